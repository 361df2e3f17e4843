"""Growth groups of schools, and researchers stationed at rural and weak schools."""

from datetime import date

import pytest
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.audit.operations import SYSTEM
from app.extensions import db
from app.growth.models import GroupMember, GroupRole, GrowthGroup, PlaceStatus, ProgrammePlace, StationedSchool
from app.growth.operations import groups as operations
from app.growth.operations import programmes
from app.growth.queries.figures import figures
from app.growth.queries.groups import missing, one_group
from app.growth.queries.programmes import one_place
from app.schools.models import SchoolStage, Stage
from app.web.errors import Refused
from tests.factories import SchoolFactory, TeacherFactory, user_with
from tests.factories.groups import add, fill_group, make_group, researcher

DAY = date(2026, 11, 19)


pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def school(county):
    return SchoolFactory(county=county, name="城关小学", locality_code="111")


def told(user):
    with current_app.test_request_context():
        return figures(user.grants, DAY)


def value_of(clause, user):
    """The clause's last figure: those of programmes that serve it come first."""
    return [(one.value, one.needed) for one in told(user) if one.clause == clause][-1]


@pytest.mark.parametrize(("stage", "heads"), [(Stage.PRIMARY, 6), (Stage.JUNIOR, 3), (Stage.SENIOR, 3)])
def test_a_group_is_complete_with_one_all_heads_and_a_teacher(school, centre, stage, heads):
    group = make_group(school, stage)
    assert group.label == f"1+{heads}+N"
    assert value_of("JM-06", centre) == (0, 1)
    fill_group(group)
    group = one_group(group.id, centre.grants, "growth.read")
    assert missing(group) == []
    assert value_of("JM-06", centre) == (1, 1)


def test_the_list_says_what_each_school_lacks(client, county, school, centre):
    group = make_group(school)
    fill_group(group, but=(2, 5))
    other = SchoolFactory(county=county, name="东村小学")
    db.session.add(SchoolStage(school_id=other.id, stage=Stage.PRIMARY, pupils=90))
    db.session.add(SchoolStage(school_id=other.id, stage=Stage.KINDERGARTEN, pupils=30))
    db.session.flush()
    client.sign_in(centre)
    page = client.get("/growth/groups").text
    assert "the heads of the grades 2, 5" in page
    assert "东村小学" in page
    for state, (first, second) in {"short": (True, False), "none": (False, True), "full": (False, False)}.items():
        text = client.get(f"/growth/groups?state={state}").text
        assert ("城关小学</th>" in text, "东村小学</th>" in text) == (first, second)
    table = client.post("/growth/groups/export?format=csv&state=short").data.decode("utf-8-sig")
    assert ("the heads of the grades 2, 5" in table, "东村小学" in table) == (True, False)


def test_a_school_sets_up_changes_and_ends_its_group(client, county, school):
    stage = SchoolStage(school_id=school.id, stage=Stage.JUNIOR, pupils=500)
    db.session.add(stage)
    db.session.flush()
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    assert client.post(f"/growth/groups/new/{stage.id}", data={"from_on": "2026-09-01"}).status_code == 303
    group = db.session.scalars(select(GrowthGroup)).one()
    teacher = TeacherFactory(school=school)
    form = {"teacher": teacher.name, "role": "grade_head", "grade": "4", "from_on": "2026-09-01"}
    beyond = client.post(f"/growth/groups/{group.id}/members", data=form)
    assert (beyond.status_code, "from 1 to 3" in beyond.text) == (422, True)
    assert client.post(f"/growth/groups/{group.id}/members", data=form | {"grade": "3"}).status_code == 303
    edited = {"from_on": "2026-09-01", "about": "团体辅导", "row_version": str(group.version)}
    assert client.post(f"/growth/groups/{group.id}/edit", data=edited).status_code == 303
    member = db.session.scalars(select(GroupMember)).one()
    end = {"on": "2026-11-19", "reason": "", "row_version": str(member.version)}
    assert client.post(f"/growth/groups/members/{member.id}/end", data=end).status_code == 422
    assert client.post(f"/growth/groups/members/{member.id}/end", data=end | {"reason": "调动"}).status_code == 303
    assert "调动" in client.get(f"/growth/groups/{group.id}").text
    db.session.expire_all()
    version = str(db.session.get(GrowthGroup, group.id).version)
    final = {"on": "2026-11-19", "reason": "撤并", "row_version": version}
    assert client.post(f"/growth/groups/{group.id}/end", data=final).status_code == 303
    assert client.post(f"/growth/groups/new/{stage.id}", data={"from_on": "2026-11-19"}).status_code == 303


def test_another_school_neither_sees_nor_changes_a_group(client, county, school):
    group = make_group(school)
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=SchoolFactory(county=county)))
    for address in (f"/growth/groups/{group.id}", f"/growth/groups/{group.id}/edit"):
        assert client.get(address).status_code == 404


def test_who_works_elsewhere_or_is_in_it_already_does_not_join(county, school):
    group = make_group(school)
    member = add(group, GroupRole.TEACHER)
    with pytest.raises(Refused, match="does not work at the school"):
        add(group, GroupRole.TEACHER, teacher=TeacherFactory(school=SchoolFactory(county=county)))
    teacher = db.session.get(type(TeacherFactory.build()), member.teacher_id)
    with pytest.raises(Refused, match="in the group already"):
        add(group, GroupRole.TEACHER, teacher=teacher)
    add(group, GroupRole.GRADE_HEAD, 2)
    with pytest.raises(Refused, match="This grade has its head"):
        add(group, GroupRole.GRADE_HEAD, 2)
    add(group, GroupRole.PSYCHOLOGY)
    with pytest.raises(Refused, match="mental health teacher already"):
        add(group, GroupRole.PSYCHOLOGY)
    with pytest.raises(Refused, match="already"):
        make_group(school)


@pytest.mark.parametrize(
    ("model", "values", "name"),
    [
        (GroupMember, {"grade": 7, "role": "grade_head"}, "ck_growth_group_member_grade_of_group"),
        (GroupMember, {"grade": 1}, "ck_growth_group_member_head_has_grade"),
        (GroupMember, {"to_on": DAY}, "ck_growth_group_member_end_has_reason"),
        (GrowthGroup, {"grades": 5}, "ck_growth_group_grades_of_stage"),
        (GrowthGroup, {"to_on": date(2020, 1, 1), "reason": "误"}, "ck_growth_group_dates_in_order"),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(school, model, values, name):
    add(make_group(school), GroupRole.TEACHER)
    with pytest.raises(IntegrityError) as error:
        db.session.execute(db.update(model).values(**values))
    assert name in str(error.value)


def test_the_queries_of_the_list_do_not_grow_with_the_schools(client, county, school, centre, queries):
    fill_group(make_group(school))
    client.sign_in(centre)
    counted = []
    for _ in range(3):
        with queries() as found:
            client.get("/growth/groups")
            client.get("/growth/stationings")
        counted.append(len(found))
        for _more in range(3):
            fill_group(make_group(SchoolFactory(county=county)))
    assert counted[1] == counted[2]


def test_each_rural_or_weak_school_has_one_researcher(client, county, centre):
    rural = SchoolFactory(county=county, name="乡村小学", locality_code="220")
    weak = SchoolFactory(county=county, name="薄弱小学", locality_code="111", is_weak=True)
    SchoolFactory(county=county, name="城区小学", locality_code="111")
    home = SchoolFactory(county=county, name="教研室", locality_code="111")
    assert value_of("HY-05", centre) == (0, 2)
    place = researcher(county, TeacherFactory(school=home, name="陈思远"), rural)
    assert value_of("HY-05", centre) == (1, 2)
    client.sign_in(centre)
    page = client.get("/growth/stationings").text
    assert ("陈思远" in page, "薄弱小学" in page, "城区小学" in page) == (True, True, False)
    assert "薄弱小学" not in client.get("/growth/stationings?covered=1").text
    other = researcher(county, TeacherFactory(school=home), weak, name="教研员蹲点二")
    form = {"school": rural.name, "from_on": "2026-11-19"}
    taken = client.post(f"/growth/places/{other.id}/station", data=form)
    assert (taken.status_code, "has its researcher already" in taken.text) == (422, True)
    stay = db.session.scalars(select(StationedSchool).where(StationedSchool.school_id == rural.id)).one()
    end = {"on": "2026-11-19", "reason": "轮换", "row_version": str(stay.version)}
    assert client.post(f"/growth/stationings/{stay.id}/end", data=end).status_code == 303
    assert client.post(f"/growth/places/{other.id}/station", data=form).status_code == 303
    assert value_of("HY-05", centre) == (2, 2)
    table = client.post("/growth/stationings/export?format=csv").data.decode("utf-8-sig")
    assert ("乡村小学" in table, "陈思远" in table) == (True, False)
    assert place.id != other.id


def test_the_stays_end_with_the_place(county, centre):
    rural = SchoolFactory(county=county, locality_code="220")
    place = researcher(county, TeacherFactory(school=SchoolFactory(county=county)), rural)
    programmes.leave(place=one_place(place.id, centre.grants, "growth.edit"), to_on=DAY, reason="退休", actor=SYSTEM)
    stay = db.session.scalars(select(StationedSchool)).one()
    assert (stay.to_on, stay.reason) == (DAY, "退休")


def test_a_secondment_may_lead_to_a_partner_district_and_is_corrected(client, county, school, centre):
    from app.growth.models import ProgrammeKind

    place = researcher(county, TeacherFactory(school=school), school, kind=ProgrammeKind.SECONDMENT, name="跟岗")
    client.sign_in(centre)
    form = {"statement": "骨干教师", "from_on": "2026-11-01", "host_name": "昆明市盘龙区教研院",
            "row_version": str(place.version)}  # fmt: skip
    both = client.post(f"/growth/places/{place.id}/edit", data=form | {"host": school.name})
    assert (both.status_code, "either a school of ours" in both.text) == (422, True)
    assert client.post(f"/growth/places/{place.id}/edit", data=form).status_code == 303
    db.session.expire_all()
    row = db.session.get(ProgrammePlace, place.id)
    assert (row.host_school_id, row.host_name, row.status) == (None, "昆明市盘龙区教研院", PlaceStatus.ADMITTED)
    assert "盘龙区教研院" in client.get(f"/growth/places/{place.id}").text


def test_every_figure_of_growth_opens_the_names_behind_it(client, county, school, centre):
    fill_group(make_group(school))
    researcher(county, TeacherFactory(school=school), SchoolFactory(county=county, locality_code="220"))
    client.sign_in(centre)
    assert "JM-06" in client.get("/growth/figures").text
    found = told(centre)
    clauses = {"HY-02", "HY-03", "HY-05", "JM-06", "JM-07", "LP-09", "LX-20", "LX-22"}
    assert {one.clause for one in found} >= clauses
    for address in {one.url for one in found}:
        assert client.get(address).status_code == 200


def test_two_members_cannot_be_pressed_into_one_grade_past_the_operation(school):
    group = make_group(school)
    add(group, GroupRole.GRADE_HEAD, 1)
    twin = GroupMember(
        group_id=group.id, grades=6, teacher_id=TeacherFactory(school=school).id, role=GroupRole.GRADE_HEAD, grade=1,
        from_on=DAY,
    )  # fmt: skip
    db.session.add(twin)
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_an_ended_group_takes_nobody_in(school):
    group = make_group(school)
    operations.end_group(group=group, on=DAY, reason="撤并", actor=SYSTEM)
    with pytest.raises(Refused, match="ended already"):
        add(group, GroupRole.TEACHER)

"""Growth programmes as people use them."""

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.access import Role
from app.extensions import db
from app.growth.models import GrowthProgramme, PlaceStatus, ProgrammeKind, ProgrammePlace
from app.growth.operations import programmes as operations
from app.growth.queries.programmes import intakes, one_place
from app.notices.models import Notice
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.teachers.naming import teachers_named
from app.web.errors import Refused
from tests.factories import BackboneHonourFactory, SchoolFactory, TeacherFactory, user_with

FORM = {
    "name": "教学能手培养计划",
    "kind": "talent",
    "clause": "HY-02",
    "first_year": "2024",
    "every_years": "1",
    "course_years": "5",
    "yearly_intake": "2",
    "total": "10",
    "backbone": "county",
    "title": "first",
    "years_from": "5",
    "age_to": "50",
    "is_open": "y",
}


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-19T08:00:00+08:00", tick=False):
        yield


@pytest.fixture
def programme(county, centre):
    return made(county, centre)


def made(county, actor, **more):
    fields = {
        "name": "教学能手培养计划",
        "kind": ProgrammeKind.TALENT,
        "first_year": 2024,
        "last_year": None,
        "every_years": 1,
        "course_years": 5,
        "yearly_intake": 2,
        "total": 10,
        "requirements": {},
    }
    return operations.add_programme(county=county, actor=actor, **fields | more)


def loaded(teacher, actor):
    db.session.flush()
    db.session.expire(teacher)
    reach = teachers_where(actor.grants, "growth.edit")
    return teachers_named(teacher.name, reach, options=(selectinload(Teacher.honours),))[0]


def proposed(programme, teacher, actor, year=2026):
    place = operations.propose(
        programme=programme, teacher=loaded(teacher, actor), year=year, statement="教学突出", actor=actor
    )
    return one_place(place.id, actor.grants, "growth.edit")


def test_the_centre_sets_a_programme_up_and_changes_it(client, county, centre):
    client.sign_in(centre)
    answer = client.post("/growth/programmes/new", data=FORM | {"county": county.id})
    assert answer.status_code == 303
    row = db.session.scalars(select(GrowthProgramme)).one()
    assert row.requirements == {"backbone": "county", "title": "first", "years_from": 5, "age_to": 50}
    edited = FORM | {"county": county.id, "yearly_intake": "3", "title": "", "row_version": str(row.version)}
    assert client.post(f"/growth/programmes/{row.id}/edit", data=edited).status_code == 303
    db.session.expire_all()
    row = db.session.scalars(select(GrowthProgramme)).one()
    assert (row.yearly_intake, "title" in row.requirements) == (3, False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"last_year": "2020"}, "The last year lies before the first."),
        ({"total": "1"}, "All together are at least one intake."),
        ({"yearly_intake": "-3"}, "Number must be between"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_a_programme_that_contradicts_itself_is_told_and_keeps_what_was_typed(client, county, centre, change, sentence):
    client.sign_in(centre)
    answer = client.post("/growth/programmes/new", data=FORM | {"county": county.id, "about": "三年一轮"} | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "三年一轮" in answer.text


def test_two_programmes_of_a_county_have_two_names(county, centre, programme):
    with pytest.raises(Refused, match="已"):
        made(county, centre)


def test_who_lacks_something_is_refused_with_all_that_is_lacking(county, school, centre):
    programme = made(
        county, centre, requirements={"backbone": "county", "title": "first", "years_from": 5, "age_to": 50}
    )
    teacher = TeacherFactory(school=school, title_rated_code="second")
    with pytest.raises(Refused) as refusal:
        proposed(programme, teacher, centre)
    text = str(refusal.value.message)
    assert "骨干称号" in text
    assert "及以上职称" in text


def test_who_brings_everything_is_proposed_taken_in_and_completes(client, county, school, centre):
    programme = made(county, centre, requirements={"backbone": "county", "title": "first"})
    teacher = TeacherFactory(school=school, title_rated_code="senior")
    BackboneHonourFactory(teacher_id=teacher.id, level_code="4", valid_to=None)
    user_with(Role.TEACHER, teacher=teacher)
    place = proposed(programme, teacher, centre)
    client.sign_in(centre)
    version = str(place.version)
    assert (
        client.post(f"/growth/places/{place.id}/take-in", data={"on": "2026-09-01", "row_version": version}).status_code
        == 303
    )
    db.session.expire_all()
    assert db.session.scalars(select(Notice.kind)).all() == ["growth.place"]
    place = one_place(place.id, centre.grants, "growth.edit")
    end = {"on": "2026-11-18", "is_completed": "y", "row_version": str(place.version)}
    assert client.post(f"/growth/places/{place.id}/end", data=end).status_code == 303
    db.session.expire_all()
    assert db.session.get(ProgrammePlace, place.id).status is PlaceStatus.COMPLETED


def test_a_school_proposes_its_own_teachers_only(client, county, school, programme):
    own, other = TeacherFactory(school=school), TeacherFactory(school=SchoolFactory(county=county))
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    address = f"/growth/programmes/{programme.id}/propose"
    form = {"year": "2026", "statement": "教学突出"}
    assert client.post(address, data=form | {"teacher": own.name}).status_code == 303
    refused = client.post(address, data=form | {"teacher": other.name})
    assert (refused.status_code, "No teacher within your reach" in refused.text) == (422, True)
    assert "教学突出" in refused.text


def test_a_teacher_is_proposed_once_a_year(school, centre, programme):
    teacher = TeacherFactory(school=school)
    proposed(programme, teacher, centre)
    with pytest.raises(Refused, match="已"):
        proposed(programme, teacher, centre)
    assert proposed(programme, teacher, centre, year=2025).year == 2025


def test_no_intake_in_a_year_between(county, school, centre):
    team = made(county, centre, name="心理辅导员", kind=ProgrammeKind.TEAM, every_years=2, first_year=2023)
    with pytest.raises(Refused, match="2026"):
        proposed(team, TeacherFactory(school=school), centre)
    assert proposed(team, TeacherFactory(school=school), centre, year=2025)


def test_a_stationing_names_its_school(client, county, school, centre):
    stay = made(county, centre, name="教研员蹲点", kind=ProgrammeKind.STATIONING)
    place = proposed(stay, TeacherFactory(school=school), centre)
    host = SchoolFactory(county=county, name="乡村小学")
    client.sign_in(centre)
    address, form = f"/growth/places/{place.id}/take-in", {"on": "2026-09-01", "row_version": str(place.version)}
    bare = client.post(address, data=form)
    assert (bare.status_code, "Name the school" in bare.text) == (422, True)
    assert client.post(address, data=form | {"host": host.name}).status_code == 303
    assert "乡村小学" in client.get(f"/growth/programmes/{stay.id}").text


def test_of_two_decisions_the_second_is_told_of_the_first(client, make_client, county, school, centre, programme):
    place = proposed(programme, TeacherFactory(school=school), centre)
    version = str(place.version)
    other = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    first, second = make_client().sign_in(centre), make_client().sign_in(other)
    assert (
        first.post(f"/growth/places/{place.id}/take-in", data={"on": "2026-09-01", "row_version": version}).status_code
        == 303
    )
    late = second.post(f"/growth/places/{place.id}/decline", data={"reason": "名额已满", "row_version": version})
    assert late.status_code == 422
    assert "名额已满" in late.text
    db.session.expire_all()
    assert db.session.get(ProgrammePlace, place.id).status is PlaceStatus.ADMITTED


def test_who_leaves_says_why(client, school, centre, programme):
    place = proposed(programme, TeacherFactory(school=school), centre)
    operations.take_in(place=place, from_on=place.created_at.date(), host=None, actor=centre)
    client.sign_in(centre)
    version = str(place.version)
    bare = client.post(f"/growth/places/{place.id}/end", data={"on": "2026-11-19", "row_version": version})
    assert (bare.status_code, "Say why" in bare.text) == (422, True)
    full = {"on": "2026-11-19", "row_version": version, "reason": "调离"}
    assert client.post(f"/growth/places/{place.id}/end", data=full).status_code == 303


def test_a_teacher_reports_of_the_own_place_and_of_no_other(client, school, centre, programme):
    teacher, other = TeacherFactory(school=school), TeacherFactory(school=school)
    place, foreign = proposed(programme, teacher, centre), proposed(programme, other, centre)
    for one in (place, foreign):
        operations.take_in(place=one, from_on=one.created_at.date(), host=None, actor=centre)
    client.sign_in(user_with(Role.TEACHER, teacher=teacher))
    report = {"on": "2026-11-19", "text": "本学期上公开课三节，听课二十节。"}
    assert client.post(f"/growth/my-places/{place.id}", data=report).status_code == 303
    assert "公开课三节" in client.get(f"/growth/my-places/{place.id}").text
    assert client.get(f"/growth/my-places/{foreign.id}").status_code == 404
    early = client.post(f"/growth/my-places/{place.id}", data=report | {"on": "2020-01-01"})
    assert (early.status_code, "公开课三节" in early.text) == (422, True)


def test_the_intake_is_counted_by_year_and_in_all(school, centre, programme):
    for year in (2025, 2026, 2026):
        place = proposed(programme, TeacherFactory(school=school), centre, year=year)
        operations.take_in(place=place, from_on=place.created_at.date(), host=None, actor=centre)
    place = proposed(programme, TeacherFactory(school=school), centre)
    operations.decline(place=place, reason="名额已满", actor=centre)
    found = intakes([programme])[programme.id]
    assert (found[2026].taken_in, found[2026].proposed, found[2026].is_met) == (2, 3, True)
    assert (found[2025].taken_in, found[2025].short_by) == (1, 1)
    assert (found[0].taken_in, found[0].short_by) == (3, 7)


def test_the_queries_of_a_programme_do_not_grow_with_its_people(client, school, centre, programme, queries):
    client.sign_in(centre)
    proposed(programme, TeacherFactory(school=school), centre)
    address = f"/growth/programmes/{programme.id}"
    client.get(address)
    with queries() as few:
        client.get(address)
    for _ in range(5):
        proposed(programme, TeacherFactory(school=school), centre)
    with queries() as many:
        client.get(address)
    assert len(few) == len(many)


def test_an_export_holds_who_the_filter_leaves(client, school, centre, programme):
    proposed(programme, TeacherFactory(school=school, name="林青禾"), centre)
    proposed(programme, TeacherFactory(school=school, name="高远"), centre, year=2025)
    answer = client.sign_in(centre).post(f"/growth/programmes/{programme.id}/export?format=csv&year=2026")
    text = answer.data.decode("utf-8-sig")
    assert ("林青禾" in text, "高远" in text) == (True, False)

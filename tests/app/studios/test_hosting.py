"""Who may host a studio and who helps: titles of hosts, the assistant's pages, the names behind figures."""

import re
from datetime import date

import pytest

from app.access import Role
from app.accounts.models import RoleGrant
from app.audit.operations import SYSTEM
from app.extensions import db
from app.studios.access import studios_where
from app.studios.models import AppraisalStage, MemberRole, Studio, StudioKind
from app.studios.operations import appraising, founding, work
from app.studios.queries.figures import figures
from app.teachers.models import Teacher
from app.web.errors import Refused
from tests.factories import BackboneHonourFactory, CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.studio_rows import meeting, observation, outcome
from tests.factories.studios import add_person, make_studio, make_teacher

DAY = date(2026, 11, 19)


def ask_for(county, types, levels):
    founding.set_settings(
        actor=SYSTEM, county=county, fields={"host_honour_types": types, "host_honour_levels": levels}
    )


def roles_of(user):
    found = db.select(RoleGrant.role).where(RoleGrant.user_id == user.id)
    return set(db.session.scalars(found))


def test_a_host_needs_the_title_that_the_county_asks_for(app):
    county = CountyFactory()
    host = TeacherFactory(school=SchoolFactory(county=county))
    ask_for(county, ["special_grade", "famous_teacher"], ["1", "2"])
    with pytest.raises(Refused, match="A host needs one of these titles") as refusal:
        make_studio(host=host)
    assert "Special-grade teacher" in str(refusal.value.message)
    BackboneHonourFactory(teacher_id=host.id, type_code="special_grade", level_code="4")
    with pytest.raises(Refused, match="A host needs"):
        make_studio(host=host)
    honour = BackboneHonourFactory(teacher_id=host.id, type_code="special_grade", level_code="2")
    studio = make_studio(host=host, is_approved=False)
    honour.valid_to = date(2020, 1, 1)
    honour.valid_from = date(2019, 1, 1)
    db.session.flush()
    with pytest.raises(Refused, match="A host needs"):
        founding.approve(actor=SYSTEM, studio=studio, begins_on=DAY)


def test_a_county_that_asks_for_no_title_lets_anybody_found_a_studio(app):
    county = CountyFactory()
    ask_for(county, [], [])
    assert make_studio(school=SchoolFactory(county=county)).licence_number


def test_titles_of_hosts_are_set_with_their_levels(client):
    county = CountyFactory()
    client.sign_in(user_with(Role.DEVELOPMENT_CENTRE, region=county))
    form = {
        "cycle_years": "3", "member_places": "5", "mentee_places": "3", "answer_days": "7",
        "honour_types": ["backbone"], "honour_levels": ["4"], "host_credit": "studio_host",
        "member_credit": "studio_member", "outreach_credit": "outreach", "host_honour_types": ["special_grade"],
    }  # fmt: skip
    bare = client.post(f"/studios/settings/{county.id}", data=form)
    assert (bare.status_code, "Tick the levels that count, too." in bare.text) == (422, True)
    assert client.post(f"/studios/settings/{county.id}", data=form | {"host_honour_levels": ["2"]}).status_code == 303
    rules = founding.settings_of(county.id)
    assert (rules.host_honour_types, rules.host_honour_levels) == (["special_grade"], ["2"])


def test_the_assistant_gets_the_hosts_pages_of_this_studio_and_loses_them(client, make_client):
    county = CountyFactory()
    school = SchoolFactory(county=county)
    helper, successor = TeacherFactory(school=school), TeacherFactory(school=school)
    user, other = user_with(Role.TEACHER, teacher=helper), user_with(Role.TEACHER, teacher=successor)
    studio = make_studio(school=school, assistant_id=helper.id)
    elsewhere = make_studio(school=school, kind=StudioKind.PSYCHOLOGY)
    assert roles_of(user) == {Role.TEACHER, Role.STUDIO_HOST}
    client.sign_in(user)
    assert client.get(f"/studios/{studio.id}/work").status_code == 200
    assert client.get(f"/studios/{elsewhere.id}/work").status_code == 404
    founding.edit(actor=SYSTEM, studio=db.session.get(Studio, studio.id), fields={"assistant_id": successor.id})
    assert (roles_of(user), roles_of(other)) == ({Role.TEACHER}, {Role.TEACHER, Role.STUDIO_HOST})
    founding.close(actor=SYSTEM, studio=db.session.get(Studio, studio.id), reason="主持人退休")
    assert roles_of(other) == {Role.TEACHER}


def test_an_assistant_of_a_second_studio_keeps_the_pages(app):
    county = CountyFactory()
    school = SchoolFactory(county=county)
    helper = TeacherFactory(school=school)
    user = user_with(Role.TEACHER, teacher=helper)
    first = make_studio(school=school, assistant_id=helper.id)
    make_studio(school=school, kind=StudioKind.PRINCIPAL, assistant_id=helper.id)
    founding.edit(actor=SYSTEM, studio=first, fields={"assistant_id": None})
    assert Role.STUDIO_HOST in roles_of(user)


def test_neither_host_nor_assistant_reviews_or_sees_the_scores_before_the_decision(client):
    county = CountyFactory()
    school = SchoolFactory(county=county)
    helper = TeacherFactory(school=school)
    user = user_with(Role.TEACHER, teacher=helper)
    reviewer = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    studio = make_studio(school=school, assistant_id=helper.id)
    with pytest.raises(Refused, match="Neither the host nor the assistant"), db.session.begin_nested():
        appraising.open_appraisal(
            actor=SYSTEM, studio=studio, stage=AppraisalStage.MIDTERM, due_on=date(2099, 1, 1), reviewer_ids=[user.id]
        )
    row = appraising.open_appraisal(
        actor=SYSTEM, studio=studio, stage=AppraisalStage.MIDTERM, due_on=date(2099, 1, 1), reviewer_ids=[reviewer.id]
    )
    page = client.sign_in(user).get(f"/studios/appraisals/{row.id}").text
    assert "The reviews are shown once it is decided." in page


@pytest.fixture
def working(app):
    """A mental health studio of the county with one row of each kind."""
    county = CountyFactory()
    studio = make_studio(school=SchoolFactory(county=county), kind=StudioKind.PSYCHOLOGY)
    member = add_person(studio, MemberRole.MEMBER)
    mentee = add_person(studio, leader=member)
    host = db.session.get(Teacher, studio.host_id)
    return county, studio, host, mentee


def test_every_figure_counts_what_the_list_behind_it_shows(client, working):
    county, _studio, _host, _mentee = working
    centre = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    client.sign_in(centre)
    with client.application.test_request_context():
        found = figures(studios_where(centre.grants, "studio.read"), centre.grants, DAY)
    for one in found:
        page = client.get(one.url)
        assert page.status_code == 200
        shown = page.text.count('<th scope="row">')
        assert shown == one.value, (one.label, one.url)


@pytest.mark.parametrize("who", ["host", "centre"])
def test_each_list_behind_a_studios_figures_names_its_people(client, working, who):
    county, studio, host, mentee = working
    held = meeting(studio, on=mentee.from_on)
    rows = [make(studio, mentee) for make in (observation, outcome)]
    for row in rows:
        row.teacher_id = mentee.teacher_id
    db.session.add_all([held, *rows])
    db.session.flush()
    work.set_attendance(actor=SYSTEM, row=held, shown=[mentee.id], present=[mentee.id])
    user = {
        "host": lambda: user_with(Role.STUDIO_HOST, teacher=host),
        "centre": lambda: user_with(Role.DEVELOPMENT_CENTRE, region=county),
    }[who]()
    client.sign_in(user)
    name = db.session.get(Teacher, mentee.teacher_id).name
    for part in ("people", "outcomes", "hours", "observations"):
        assert name in client.get(f"/studios/behind/{part}?studio={studio.id}").text, part
    assert held.title in client.get(f"/studios/behind/meetings?studio={studio.id}").text


def test_another_countys_rows_are_behind_nobody_elses_figures(client, working):
    stranger = user_with(Role.DEVELOPMENT_CENTRE, region=CountyFactory())
    client.sign_in(stranger)
    for part in ("people", "outcomes", "meetings", "hours", "observations"):
        assert '<th scope="row">' not in client.get(f"/studios/behind/{part}").text
        answer = client.post(f"/studios/behind/{part}/export?format=csv")
        assert len(answer.data.decode("utf-8-sig").strip().splitlines()) == 1


def test_every_number_on_a_studios_page_opens_something(client, working):
    county, studio, _host, _mentee = working
    client.sign_in(user_with(Role.DEVELOPMENT_CENTRE, region=county))
    page = client.get(f"/studios/{studio.id}").text
    values = re.findall(r'<p class="ql-figure-value">(.*?)</p>', page, flags=re.S)
    plain = [value for value in values if "<a href" not in value]
    assert len(plain) == 1  # nobody waits, so there is no list of those who wait
    for address in re.findall(r'href="(/studios/behind/[^"]+)"', page):
        assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_the_queries_of_a_list_behind_do_not_grow(client, working, queries):
    county, studio, _host, _mentee = working
    client.sign_in(user_with(Role.DEVELOPMENT_CENTRE, region=county))
    counted = []
    for _ in range(3):
        with queries() as found:
            client.get("/studios/behind/people")
            client.get("/studios/behind/outcomes")
        counted.append(len(found))
        row = add_person(studio)
        db.session.add(outcome(studio, row))
        db.session.flush()
    assert counted[1] == counted[2]


def test_a_teacher_without_a_studio_sees_nothing_behind(client, working):
    _county, studio, _host, _mentee = working
    client.sign_in(user_with(Role.TEACHER, teacher=make_teacher(studio)))
    assert '<th scope="row">' not in client.get("/studios/behind/people").text

"""Each page of the room opens for those it is for, with as many statements for many rows as for few."""

from datetime import date

import pytest

from app.access import Role
from app.extensions import db
from app.regions.models import Region
from app.studios.models import MemberRole, Studio
from app.teachers.models import Teacher
from tests.factories import officer_of, studio_rows, user_with
from tests.factories.studios import add_person, full_studio, make_studio


@pytest.fixture
def world(app):
    """A studio with members and mentees, and something of everything."""
    studio, members, mentees = full_studio(members=2, mentees=2)
    made = {
        name: getattr(studio_rows, name)(studio)
        for name in ("meeting", "outcome", "spending", "funding", "request", "observation", "appraisal")
    }
    db.session.add_all(made.values())
    db.session.flush()
    made["note"] = studio_rows.note(studio, mentees[0])
    db.session.add(made["note"])
    db.session.flush()
    return studio, members, mentees, made


def host_of(studio):
    return user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id))


def centre_of(studio):
    return user_with(Role.DEVELOPMENT_CENTRE, region=studio_county(studio))


def studio_county(studio):
    return db.session.get(Region, studio.county_id)


def opened(client, addresses):
    wrong = {}
    for address in addresses:
        answer = client.get(address)
        if answer.status_code != 200:
            wrong[address] = answer.status_code
    assert wrong == {}


def test_the_host_opens_every_page_of_the_workplace(world, client):
    studio, members, mentees, made = world
    client.sign_in(host_of(studio))
    s, person = f"/studios/{studio.id}", f"/studios/people/{mentees[0].id}"
    opened(
        client,
        [
            "/studios/me", "/studios/open", f"/studios/open/{studio.id}", "/studios/found", "/studios/board",
            f"{s}/work", f"{s}/people", f"{s}/people?q=zhang&sort=-since", f"{s}/people/message", f"{s}/people/invite",
            f"{s}/people/import", f"{s}/plan", f"{s}/plan/2026", f"{s}/meetings", f"{s}/meetings/new",
            f"{s}/observations", f"{s}/observations/new", f"{s}/outcomes", f"{s}/outcomes/new", f"{s}/portfolio",
            f"{s}/money", f"{s}/money/new", person, f"{person}/move", f"{person}/ask-to-leave", f"{person}/plan",
            f"/studios/people/{members[0].id}", f"/studios/meetings/{made['meeting'].id}",
            f"/studios/meetings/{made['meeting'].id}/edit", f"/studios/meetings/{made['meeting'].id}/cancel",
            f"/studios/observations/{made['observation'].id}", f"/studios/outcomes/{made['outcome'].id}",
            f"/studios/money/{made['spending'].id}", f"/studios/appraisals/{made['appraisal'].id}",
            f"/studios/appraisals/{made['appraisal'].id}/report", f"/studios/requests/{made['request'].id}",
        ],
    )  # fmt: skip
    assert client.get("/studios/mine").status_code == 302
    assert client.get("/studios/people-template").mimetype.endswith("sheet")


def test_the_centre_opens_every_page_of_the_county(world, client):
    studio, _members, _mentees, made = world
    client.sign_in(centre_of(studio))
    s = f"/studios/{studio.id}"
    opened(
        client,
        [
            "/studios/", "/studios/?shaped=1&full=0&network=0&status=running&ends=2030-01-01&q=zhang&sort=-ends",
            "/studios/figures", s, f"{s}/history", f"{s}/edit", f"{s}/approve", f"{s}/suspend", f"{s}/close",
            f"{s}/merge", f"{s}/grants", f"{s}/grants/new", f"{s}/appraise", f"{s}/portfolio",
            f"/studios/new/{studio.county_id}", f"/studios/settings/{studio.county_id}",
            f"/studios/appraisals/form/{studio.county_id}", "/studios/appraisals", "/studios/requests",
            f"/studios/appraisals/{made['appraisal'].id}", f"/studios/appraisals/{made['appraisal'].id}/decide",
            f"/studios/grants/{made['funding'].id}", f"/studios/requests/{made['request'].id}",
            f"/teachers/{studio.host_id}",
        ],
    )  # fmt: skip


def test_another_countys_officer_finds_nothing(world, client):
    studio, *_rest = world
    other = make_studio()
    client.sign_in(centre_of(other))
    for address in (f"/studios/{studio.id}", f"/studios/{studio.id}/edit", f"/studios/{studio.id}/portfolio"):
        assert client.get(address).status_code == 404
    assert studio.name not in client.get("/studios/").text


def test_a_personnel_officer_reads_and_does_not_decide(world, client):
    studio, *_rest = world
    client.sign_in(officer_of(studio_county(studio)))
    assert client.get(f"/studios/{studio.id}").status_code == 200
    assert client.get(f"/studios/{studio.id}/approve").status_code == 403


def test_lists_cost_the_same_for_many_rows(world, client, queries):
    studio, *_rest = world

    def statements(address):
        with queries() as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    client.sign_in(host_of(studio))
    address = f"/studios/{studio.id}/people"
    statements(address)
    few = statements(address)
    db.session.get(Studio, studio.id).member_places = 12
    for _ in range(6):
        add_person(db.session.get(Studio, studio.id), MemberRole.MEMBER)
    assert statements(address) <= few
    workplace = statements(f"/studios/{studio.id}/work")
    assert workplace <= 40


def test_the_mentee_list_counts_each_ones_part(world, client):
    studio, _members, mentees, _made = world
    teacher_id = mentees[0].teacher_id
    db.session.add(studio_rows.outcome(studio, on=date(2026, 10, 20)))
    outcome = studio_rows.outcome(studio, title="示范课")
    outcome.teacher_id = teacher_id
    db.session.add(outcome)
    db.session.commit()
    client.sign_in(host_of(studio))
    page = client.get(f"/studios/people/{mentees[0].id}").text
    assert "Papers" in page
    sheet = client.post(f"/studios/{studio.id}/people/export?format=csv")
    assert sheet.status_code == 200
    assert len(sheet.data.decode("utf-8-sig").strip().splitlines()) >= 8

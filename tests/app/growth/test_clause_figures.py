"""Every clause that studios and growth serve has its figure on their pages, and the names behind it."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from app.access import Role
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.growth.models import ProgrammeKind
from app.growth.operations import ladder_people, programmes
from app.growth.operations.draws import draw_week, open_chain
from app.growth.queries.figures import figures as growth_figures
from app.studios.access import studios_where
from app.studios.models import MeetingKind, MeetingStatus, RequestStatus, StudioKind
from app.studios.queries.figures import figures as studio_figures
from tests.factories import SchoolFactory, TeacherFactory, user_with
from tests.factories.groups import fill_group, make_group, researcher
from tests.factories.ladder import announced, apply_for, make_round, make_rung
from tests.factories.mentors import mentor, newcomer, pair
from tests.factories.studio_rows import meeting, outcome, request
from tests.factories.studios import full_studio

# Clause to where its figure stands, and the name that stands behind it in the county below.
STUDIOS = {
    "LX-05": "领航语文工作室",
    "LP-05": "阳光心理工作室",
    "JM-04": "阳光心理工作室",
    "HY-06": "领航语文工作室",
    "WP-04": "习作指导课",
}
GROWTH = {
    "LX-22": "被抽教师",
    "LP-08": "新教师",
    "LP-09": "跟岗教师",
    "JM-06": "城关小学",
    "JM-07": "心理辅导员",
    "HY-02": "教学能手学员",
    "HY-03": "起航学员",
    "HY-05": "乡村小学",
}
PROGRAMMES = {"LP-09": ProgrammeKind.SECONDMENT, "JM-07": ProgrammeKind.TEAM} | dict.fromkeys(
    ("HY-02", "HY-03"), ProgrammeKind.TALENT
)


@pytest.fixture(autouse=True)
def thursday(app):
    with time_machine.travel("2026-11-19T08:00:00+08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def school(county):
    return SchoolFactory(county=county, name="城关小学", locality_code="111")


@pytest.fixture
def studios(county, school):
    """A studio in its full form over the network, one for mental health, a lesson delivered and a showcase."""
    studio, members, _mentees = full_studio(
        members=1, mentees=1, member_places=1, mentee_places=1, school=school, name="领航语文工作室", is_network=True
    )
    for level in ("3", "4"):
        name = "阳光心理工作室" + ("（市级）" if level == "3" else "")
        ours, _m, _n = full_studio(
            members=1, mentees=1, school=school, kind=StudioKind.PSYCHOLOGY, level_code=level, name=name
        )
        db.session.add(outcome(ours, kind="research", title=f"{name}课题"))
    db.session.add(_confirmed(studio, members[0]))
    db.session.add(request(studio, topic="阅读指导课"))
    db.session.add(meeting(studio, kind=MeetingKind.SHOWCASE, status=MeetingStatus.HELD, title="风采展示"))
    db.session.flush()


def _confirmed(studio, giver):
    """A lesson that a school asked for, was brought and confirmed."""
    on = date(2026, 11, 1)
    held = meeting(studio, kind=MeetingKind.OUTREACH, status=MeetingStatus.HELD, on=on)
    db.session.add(held)
    db.session.flush()
    given = {"giver_id": giver.id, "agreed_on": on, "given_on": on, "hours": Decimal(2), "meeting_id": held.id}
    return request(studio, status=RequestStatus.CONFIRMED, rating=5, **given)


@pytest.fixture
def growth(county, school, centre, thursday):
    """What each clause of growth asks for, once."""
    fill_group(make_group(school))
    researcher(
        county, TeacherFactory(school=school), SchoolFactory(county=county, name="乡村小学", locality_code="220")
    )
    pair(mentor(school), newcomer(school, name="新教师"))
    for clause, kind in PROGRAMMES.items():
        _take_in(county, TeacherFactory(school=school, name=GROWTH[clause]), clause, kind)
    _recognise(county, school, thursday)
    for number in range(3):
        TeacherFactory(school=SchoolFactory(county=county), name=f"被抽教师{number}")
    open_chain(county=county, school_year=2026, actor=centre)
    draw_week(county=county, week="2026-W47", actor=centre, wanted=3)


def _take_in(county, teacher, clause, kind):
    row = programmes.add_programme(
        county=county, actor=SYSTEM, name=f"{clause}项目", kind=kind, clause=clause, first_year=2026, every_years=1,
        course_years=1, yearly_intake=1, total=1, requirements={},
    )  # fmt: skip
    db.session.refresh(teacher, ["honours"])
    place = programmes.propose(programme=row, teacher=teacher, year=2026, statement="业绩突出", actor=SYSTEM)
    place.programme, place.teacher = row, teacher
    host_name = "结对区实验小学" if kind.needs_host else None
    programmes.take_in(place=place, from_on=today(), host=None, host_name=host_name, actor=SYSTEM)


def _recognise(county, school, clock):
    reviewer = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    row = make_round(make_rung(county), [reviewer])
    one = apply_for(row, TeacherFactory(school=school, name="教坛新秀者"))
    announced(row, [(one, [(reviewer, (90, 90))])])
    clock.move_to("2026-11-26T08:00:00+08:00")
    ladder_people.recognise_all(row=row, actor=SYSTEM)
    clock.move_to("2026-11-19T08:00:00+08:00")


def told(user):
    """Every figure of both pages, as the centre sees them."""
    reach = studios_where(user.grants, "studio.read")
    return [*studio_figures(reach, user.grants, today()), *growth_figures(user.grants, today())]


@pytest.fixture
def found(app, studios, growth, centre):
    db.session.flush()
    db.session.expire_all()
    with app.test_request_context():
        return told(centre)


def test_every_clause_has_a_figure_with_the_name_behind_it(client, found, centre):
    client.sign_in(centre)
    for clause, name in (STUDIOS | GROWTH).items():
        ours = [one for one in found if clause in one.clause and one.value]
        assert ours, clause
        pages = {one.url: client.get(one.url).text for one in ours}
        assert any(name in page for page in pages.values()), (clause, list(pages))


def test_both_pages_show_them_all(client, found, centre):
    client.sign_in(centre)
    studio_page, growth_page = client.get("/studios/figures").text, client.get("/growth/figures").text
    assert [clause for clause in STUDIOS if clause not in studio_page] == []
    assert [clause for clause in GROWTH if clause not in growth_page] == []


def test_no_figure_leads_nowhere(client, found, centre):
    client.sign_in(centre)
    for one in found:
        assert client.get(one.url).status_code == 200, one


def test_a_county_with_nothing_yet_has_every_figure_all_the_same(app, centre):
    with app.test_request_context():
        clauses = {clause for one in told(centre) for clause in one.clause.split(", ")}
    assert clauses >= set(STUDIOS | GROWTH)

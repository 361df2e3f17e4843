"""Clauses of training, studios, programmes, draws and ethics: by hand, and one short."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from app.credits.books import ensure_rules, in_force
from app.credits.models import Account, ClaimStatus, CreditEntry, EntryCause
from app.db.clock import utc_now
from app.ethics.models import ActivityKind
from app.growth.models import (
    DrawChain,
    DrawnLesson,
    GrowthProgramme,
    PlaceStatus,
    ProgrammeKind,
    ProgrammePlace,
    StationedSchool,
    WeeklyDraw,
)
from app.schools.models import Stage
from app.studios.models import MeetingKind, MeetingStatus, OutcomeKind, RequestStatus, StudioKind
from app.targets.evaluators.evaluating import Side
from app.training.models import TrainingBudget
from tests.app.targets.seeing import (
    DAY,
    MET,
    MISSED,
    ON_COURSE,
    UNKNOWN,
    outcome,
    people,
    rows,
    school,
    seen,
    session_of,
    trained,
    who,
)
from tests.factories import BackboneHonourFactory, CountyFactory, SchoolFactory, TeacherFactory, studio_rows
from tests.factories.credits import ClaimFactory
from tests.factories.ethics import EthicsActivityFactory, EthicsAppraisalFactory
from tests.factories.studios import full_studio, make_studio

pytestmark = pytest.mark.time_machine("2026-11-01T08:00:00+08:00", tick=False)


@pytest.fixture
def county(session):
    return CountyFactory()


@pytest.fixture
def here(county):
    return school(county)


# --- hours ---------------------------------------------------------------------------------------


def hours(session, teacher, number, on=date(2026, 5, 6)):
    """Hours that the ledger counts."""
    ensure_rules(teacher.county_id)
    session.flush()
    claim = ClaimFactory(teacher=teacher, status=ClaimStatus.CONFIRMED, from_on=on, hours=Decimal(number))
    session.add(
        CreditEntry(
            teacher_id=teacher.id,
            claim_id=claim.id,
            rule_set_id=in_force(teacher.county_id)[0].id,
            kind_code=claim.kind_code,
            account=Account.CYCLE,
            year=on.year,
            cycle=2026,
            hours=Decimal(number),
            cause=EntryCause.CONFIRMED,
            at=utc_now(),
        )
    )
    session.flush()


def test_three_hundred_and_sixty_hours_in_the_round(session, county, here):
    one, other = people(2, here)
    hours(session, one, 360)
    hours(session, other, 180, on=date(2026, 3, 1))
    hours(session, other, 180, on=date(2026, 10, 31))
    assert seen(county, "luxi", "LX-10") == (2, 2, MET)
    assert seen(county, "luxi", "LX-10", on=date(2026, 10, 30)) == (1, 2, ON_COURSE)
    third = people(1, here)[0]
    hours(session, third, Decimal("59.9"))
    # 305 of 1,826 days are over: 60.1 hours are asked by now.
    assert seen(county, "luxi", "LX-10") == (2, 3, MISSED)
    hours(session, third, Decimal("0.3"))
    assert seen(county, "luxi", "LX-10") == (2, 3, ON_COURSE)
    assert who(county, "luxi", "LX-10") == {third.id}


def test_of_who_begins_within_the_round_as_much_less_is_asked(session, county, here):
    new = TeacherFactory(school=here, started_work_on=date(2026, 8, 1))
    assert seen(county, "luxi", "LX-10") == (0, 1, ON_COURSE)
    hours(session, new, Decimal("287.9"), on=date(2026, 9, 1))
    assert seen(county, "luxi", "LX-10")[:2] == (0, 1)
    hours(session, new, Decimal("0.1"), on=date(2026, 9, 1))
    assert seen(county, "luxi", "LX-10") == (1, 1, MET)


def test_researchers_have_seventy_two_hours_a_year_each(session, county):
    institute = SchoolFactory(county=county, kind_code="920")
    one, other = people(2, institute)
    for teacher in (one, other):
        hours(session, teacher, 72)
    assert seen(county, "luxi", "LX-13", "hours") == (2, 2, MET)
    third = people(1, institute)[0]
    hours(session, third, Decimal("71.5"))
    assert seen(county, "luxi", "LX-13", "hours") == (2, 3, ON_COURSE)  # the year is not over
    assert seen(county, "luxi", "LX-13", "hours", on=date(2026, 12, 31)) == (2, 3, MISSED)
    assert who(county, "luxi", "LX-13", "hours") == {third.id}


# --- sessions and money --------------------------------------------------------------------------


def budget(session, at, planned, funds=100_000, year=2026):
    row = TrainingBudget(school_id=at.id, year=year, public_funds=Decimal(funds), planned=Decimal(planned))
    session.add(row)
    session.flush()
    return row


def test_five_per_cent_of_the_public_funds_school_by_school_and_together(session, county, here):
    there = school(county)
    budget(session, here, 5000)
    assert seen(county, "luxi", "LX-11") == (1, 2, MISSED)
    assert "some_unknown" in outcome(county, "luxi", "LX-11").notes
    second = budget(session, there, 5000)
    assert seen(county, "luxi", "LX-11") == (2, 2, MET)
    assert seen(county, "county-2021", "WP-01") == (10_000, 200_000, MET)
    second.planned = Decimal("4999.99")
    session.flush()
    assert seen(county, "luxi", "LX-11") == (1, 2, MISSED)
    assert seen(county, "county-2021", "WP-01") == (Fraction("9999.99"), 200_000, MISSED)
    assert who(county, "luxi", "LX-11") == {there.id}


@pytest.mark.parametrize(
    ("code", "clause", "key", "fields"),
    [
        ("luxi", "LX-12", "sessions", {"subject_code": "politics"}),
        ("luxi", "LX-21", "", {"stage": Stage.KINDERGARTEN}),
    ],
)
def test_a_session_a_year_in_which_they_took_part(county, here, code, clause, key, fields):
    session_of(county)
    trained(session_of(county), people(1, here))
    last_year = session_of(county, ended=date(2025, 12, 31))
    some = people(2, here, **fields)
    trained(last_year, some)
    assert seen(county, code, clause, key) == (0, None, ON_COURSE)
    assert seen(county, code, clause, key, on=date(2026, 12, 31)) == (0, None, MISSED)
    trained(session_of(county), some, passed=None)
    assert seen(county, code, clause, key) == (1, None, MET)


@pytest.mark.parametrize(
    ("code", "clause", "key", "kind", "fields", "before", "within"),
    [
        ("luxi", "LX-12", "round", "05", {"subject_code": "politics"}, date(2025, 12, 31), date(2026, 1, 1)),
        ("lianping", "LP-06", "", "06", {"is_class_teacher": True}, date(2026, 8, 31), date(2026, 9, 1)),
        ("jingmen", "JM-05", "", "06", {"subject_code": "mental_health"}, date(2025, 12, 31), date(2026, 1, 1)),
        (
            "county-2021",
            "WP-08",
            "trained",
            "03",
            {"stage": Stage.KINDERGARTEN, "staff_category_code": "04"},
            date(2025, 12, 31),
            date(2026, 1, 1),
        ),
    ],
)
def test_everybody_is_trained_within_the_round_but_one(county, here, code, clause, key, kind, fields, before, within):
    some = people(4, here, **fields)
    people(3, here)
    trained(session_of(county, kind, ended=within), some[:3])
    trained(session_of(county, kind, ended=before), some[3:])
    found = outcome(county, code, clause, key, on=date(2027, 8, 31) if clause == "LP-06" else date(2026, 12, 31))
    assert (found.numerator, found.denominator) == (3, 4)
    if clause != "LX-12":  # whose round of three years has only begun
        assert found.verdict is MISSED
    assert who(county, code, clause, key) == {some[3].id}
    trained(session_of(county, kind, ended=DAY), some[3:], passed=False)
    assert seen(county, code, clause, key)[:2] == (3, 4)
    trained(session_of(county, kind, ended=DAY), some[3:])
    assert seen(county, code, clause, key) == (4, 4, MET)


@pytest.mark.parametrize(
    ("key", "kind"), [("national", "01"), ("provincial", "02"), ("all_staff", "03"), ("new_teachers", "04")]
)
def test_the_pass_rate_of_each_kind(county, here, key, kind):
    held = session_of(county, kind)
    assert seen(county, "county-2021", "WP-02", key)[2] is UNKNOWN
    trained(held, people(3, here))
    trained(held, people(1, here), passed=None)
    assert seen(county, "county-2021", "WP-02", key) == (3, 3, MET)
    failed = people(1, here)
    trained(held, failed, passed=False)
    assert seen(county, "county-2021", "WP-02", key) == (3, 4, MISSED)
    assert who(county, "county-2021", "WP-02", key) == {failed[0].id}


def test_provincial_places_lean_to_rural_teachers(county, here):
    town = school(county, locality_code="111")
    rural, urban = people(2, here), people(2, town)
    held = session_of(county, "02", level_code="20")
    trained(held, [rural[0], urban[0]])
    assert seen(county, "heyuan", "HY-07") == (1, 2, MET)
    assert outcome(county, "heyuan", "HY-07").threshold == Fraction(1, 2)
    trained(held, [urban[1]])
    assert seen(county, "heyuan", "HY-07") == (1, 3, MISSED)


# --- studios -------------------------------------------------------------------------------------


def test_a_studio_of_five_members_with_three_mentees_each(county):
    full_studio(county=county, members=5, mentees=3)
    assert seen(county, "luxi", "LX-05", "form") == (1, 1, MET)
    short, _members, _led = full_studio(county=county, members=5, mentees=2, kind=StudioKind.PRINCIPAL)
    assert seen(county, "luxi", "LX-05", "form") == (1, 2, MISSED)
    assert who(county, "luxi", "LX-05", "form") == {short.id}
    full_studio(county=county, members=4, mentees=3, kind=StudioKind.CLASS_TEACHER)
    assert seen(county, "luxi", "LX-05", "form") == (1, 3, MISSED)
    assert sorted(row[1:] for row in rows(county, "luxi", "LX-05", "form")) == [
        (0, 5, False),
        (4, 5, False),
        (5, 5, True),
    ]


def test_of_three_kinds_of_studios_one_is_missing(county):
    for kind in (StudioKind.PRINCIPAL, StudioKind.CLASS_TEACHER):
        make_studio(county=county, kind=kind)
    assert seen(county, "luxi", "LX-05", "kinds") == (2, None, MISSED)
    assert seen(county, "lianping", "LP-08", "studios", studios=3) == (2, None, MISSED)
    make_studio(county=county)
    assert seen(county, "luxi", "LX-05", "kinds") == (3, None, MET)
    assert seen(county, "lianping", "LP-08", "studios", studios=3) == (3, None, MET)
    # Before they were founded none ran.
    assert seen(county, "luxi", "LX-05", "kinds", on=date(2026, 8, 31)) == (0, None, MISSED)


@pytest.mark.parametrize(
    ("code", "clause", "key", "level", "wanted"),
    [
        ("lianping", "LP-05", "city", "3", 2),
        ("lianping", "LP-05", "county", "4", 7),
        ("jingmen", "JM-04", "city", "3", 1),
        ("jingmen", "JM-04", "county", "4", 7),
    ],
)
def test_mental_health_studios_by_level(county, code, clause, key, level, wanted):
    make_studio(county=county, level_code=level)
    for _number in range(wanted - 1):
        make_studio(county=county, kind=StudioKind.PSYCHOLOGY, level_code=level)
    assert seen(county, code, clause, key) == (wanted - 1, None, MISSED)
    make_studio(county=county, kind=StudioKind.PSYCHOLOGY, level_code=level)
    assert seen(county, code, clause, key) == (wanted, None, MET)


def test_people_and_projects_of_mental_health_studios_in_the_round(session, county):
    studio, _members, _led = full_studio(county=county, members=1, mentees=2, kind=StudioKind.PSYCHOLOGY)
    full_studio(county=county, members=1, mentees=1)
    on = date(2026, 12, 31)
    assert seen(county, "lianping", "LP-05", "teachers", teachers=3, on=on) == (3, None, MET)
    assert seen(county, "lianping", "LP-05", "teachers", teachers=18, on=on)[2] is MISSED
    for day in (date(2026, 5, 1), date(2025, 12, 31)):
        session.add(studio_rows.outcome(studio, kind=OutcomeKind.RESEARCH, on=day))
    session.add(studio_rows.outcome(studio, kind=OutcomeKind.RESEARCH, level_code="5", on=DAY))
    session.add(studio_rows.outcome(studio, on=DAY))
    session.flush()
    assert seen(county, "lianping", "LP-05", "projects", projects=1) == (1, None, MET)
    assert seen(county, "lianping", "LP-05", "projects", projects=9) == (1, None, MISSED)


def test_pairs_network_studios_requests_and_showcases(session, county):
    studio, members, _led = full_studio(county=county, members=2, mentees=1, is_network=True)
    make_studio(county=county, kind=StudioKind.PRINCIPAL)
    assert seen(county, "lianping", "LP-08", "pairs", pairs=2) == (2, None, MET)
    assert seen(county, "lianping", "LP-08", "pairs", pairs=9)[2] is MISSED
    assert seen(county, "heyuan", "HY-06", "network", network=1) == (1, None, MET)
    assert seen(county, "heyuan", "HY-06", "network", network=2) == (1, None, MISSED)
    assert seen(county, "heyuan", "HY-06", "studios", studios=2) == (2, None, MET)
    assert seen(county, "heyuan", "HY-06", "studios", studios=3) == (2, None, MISSED)
    held = studio_rows.meeting(studio, kind=MeetingKind.SHOWCASE, status=MeetingStatus.HELD)
    session.add_all([held, studio_rows.meeting(studio, kind=MeetingKind.SHOWCASE)])
    session.flush()
    session.add(
        studio_rows.request(
            studio,
            status=RequestStatus.CONFIRMED,
            giver_id=members[0].id,
            agreed_on=DAY,
            given_on=DAY,
            hours=Decimal(2),
            rating=5,
            meeting_id=held.id,
        )
    )
    session.add(studio_rows.request(studio))
    session.flush()
    for key in ("lessons", "showcases"):
        assert seen(county, "county-2021", "WP-04", key)[2] is UNKNOWN
        assert seen(county, "county-2021", "WP-04", key, **{key: 1}) == (1, None, MET)
        assert seen(county, "county-2021", "WP-04", key, **{key: 3}) == (1, None, MISSED)


# --- programmes and draws ------------------------------------------------------------------------


def programme(session, county, clause, name, kind=ProgrammeKind.TALENT):
    row = GrowthProgramme(
        county_id=county.id, name=name, clause=clause, kind=kind, first_year=2023, course_years=5, yearly_intake=10
    )
    session.add(row)
    session.flush()
    return row


def taken(session, to, teacher, *, year=2026, status=PlaceStatus.ADMITTED, **fields):
    ended = {"to_on": DAY, "reason": "调离"} if status is PlaceStatus.LEFT else {}
    row = ProgrammePlace(
        programme_id=to.id,
        teacher_id=teacher.id,
        year=year,
        status=status,
        from_on=None if status is PlaceStatus.NOMINATED else date(year, 9, 1),
        proposed_by_label="",
        **ended,
        **fields,
    )
    session.add(row)
    session.flush()
    return row


@pytest.mark.parametrize(
    ("clause", "name", "year_key", "total_key"),
    [
        ("HY-02", "教学能手培养计划", "expert_year", "expert_total"),
        ("HY-02", "金牌名师培养计划", "gold_year", "gold_total"),
        ("HY-03", "起航计划", "department_year", "department_total"),
        ("HY-03", "远航计划", "deputy_year", "deputy_total"),
        ("HY-03", "领航计划", "head_year", "head_total"),
    ],
)
def test_the_intake_of_a_year_and_of_five(session, county, here, clause, name, year_key, total_key):
    ours, other = programme(session, county, clause, name), programme(session, county, "HY-09", "其他计划")
    some = people(5, here)
    for teacher in some[:2]:
        taken(session, ours, teacher)
    taken(session, ours, some[2], year=2024)
    taken(session, ours, some[3], status=PlaceStatus.NOMINATED)
    taken(session, ours, some[4], status=PlaceStatus.LEFT)
    taken(session, other, some[3])
    assert seen(county, "heyuan", clause, year_key, **{year_key: 2}) == (2, None, MET)
    assert seen(county, "heyuan", clause, year_key, **{year_key: 4}) == (2, None, MISSED)
    assert seen(county, "heyuan", clause, total_key, **{total_key: 3}) == (3, None, MET)
    # 1,401 of 1,826 days are over: 3 of 4 keep up, and 3 of 6 do not.
    assert seen(county, "heyuan", clause, total_key, **{total_key: 4}) == (3, None, ON_COURSE)
    assert seen(county, "heyuan", clause, total_key, **{total_key: 6}) == (3, None, MISSED)


def test_talents_secondments_and_counsellors(session, county, here):
    some = people(4, here)
    taken(session, programme(session, county, "", "十百千"), some[0])
    away = programme(session, county, "LP-09", "跟岗", ProgrammeKind.SECONDMENT)
    taken(session, away, some[1], host_school_id=here.id)
    team = programme(session, county, "JM-07", "心理辅导员", ProgrammeKind.TEAM)
    taken(session, team, some[2])
    taken(session, team, some[3], year=2025)
    assert seen(county, "lianping", "LP-08", "talents", talents=1) == (1, None, MET)
    assert seen(county, "lianping", "LP-08", "talents", talents=3) == (1, None, MISSED)
    assert seen(county, "lianping", "LP-09", "secondments", secondments=1) == (1, None, MET)
    assert seen(county, "lianping", "LP-09", "secondments", secondments=3) == (1, None, MISSED)
    # Two years from the plan's first: 2025 and 2026 belong together.
    assert seen(county, "jingmen", "JM-07", _=2) == (2, None, MET)
    assert seen(county, "jingmen", "JM-07", _=4) == (2, None, MISSED)


def test_a_researcher_is_stationed_at_each_rural_or_weak_school(session, county, here):
    school(county, locality_code="111")
    weak = school(county, locality_code="111", is_weak=True)
    row = programme(session, county, "HY-05", "蹲点", ProgrammeKind.STATIONING)
    place = taken(session, row, people(1, here)[0], host_school_id=here.id)
    for at in (here, weak):
        assert seen(county, "heyuan", "HY-05")[2] is MISSED
        session.add(StationedSchool(place_id=place.id, school_id=at.id, from_on=date(2026, 9, 1)))
        session.flush()
    assert seen(county, "heyuan", "HY-05") == (2, 2, MET)
    assert seen(county, "heyuan", "HY-05", on=date(2026, 8, 31))[:2] == (0, 2)


def test_twenty_teachers_of_twenty_schools_a_week(session, county):
    schools = [school(county) for _ in range(20)]
    chain = DrawChain(county_id=county.id, school_year=2026, length=60, commitment="c", secret="s", opened_by_label="")
    session.add(chain)
    session.flush()
    draw = WeeklyDraw(
        county_id=county.id, chain_id=chain.id, week="2026-W43", number=1, link="l", wanted=20, pool={},
        pool_digest="d", teachers=20, schools=20, drawn_by_label="",
    )  # fmt: skip
    session.add(draw)
    session.flush()

    def draw_at(position):
        teacher = people(1, schools[position])[0]
        session.add(
            DrawnLesson(draw_id=draw.id, position=position, school_id=schools[position].id, teacher_id=teacher.id)
        )
        session.flush()

    for position in range(19):
        draw_at(position)
    assert seen(county, "luxi", "LX-22", "teachers") == (19, None, MISSED)
    assert seen(county, "luxi", "LX-22", "schools") == (19, None, MISSED)
    draw_at(19)
    assert seen(county, "luxi", "LX-22", "teachers") == (20, None, MET)
    assert seen(county, "luxi", "LX-22", "schools") == (20, None, MET)
    assert seen(county, "luxi", "LX-22", "teachers", on=DAY + timedelta(days=14)) == (0, None, MISSED)
    assert seen(county, "luxi", "LX-22", "teachers", on=date(2026, 10, 18))[2] is UNKNOWN


# --- ethics --------------------------------------------------------------------------------------


def test_everybodys_file_has_last_years_appraisal_but_one(county, here):
    some = people(3, here)
    people(1, here, started_work_on=date(2026, 2, 1))
    for one in some[:2]:
        EthicsAppraisalFactory(teacher=one, conclusion_code="2", does_veto=False, veto_from=None, veto_to=None)
    assert seen(county, "luxi", "LX-18", "files") == (2, 3, MISSED)
    assert who(county, "luxi", "LX-18", "files") == {some[2].id}
    EthicsAppraisalFactory(teacher=some[2], conclusion_code="2", does_veto=False, veto_from=None, veto_to=None)
    assert seen(county, "luxi", "LX-18", "files") == (3, 3, MET)


def test_a_study_meeting_in_every_month_that_is_over(county, here):
    EthicsActivityFactory(school=here, held_on=date(2026, 9, 10))
    assert rows(county, "luxi", "LX-18", "study") == [(here.name, 1, 2, False)]
    assert seen(county, "luxi", "LX-18", "study") == (0, 1, MISSED)
    EthicsActivityFactory(school=here, held_on=date(2026, 10, 10))
    assert seen(county, "luxi", "LX-18", "study") == (1, 1, MET)


@pytest.mark.parametrize("key", ["supervision", "review"])
def test_once_a_term(county, here, key):
    assert seen(county, "luxi", "LX-18", key) == (0, 1, ON_COURSE)
    assert seen(county, "luxi", "LX-18", key, on=date(2027, 1, 31)) == (0, 1, MISSED)
    EthicsActivityFactory(school=here, kind=ActivityKind(key), held_on=date(2026, 8, 31))
    assert seen(county, "luxi", "LX-18", key)[0] == 0
    EthicsActivityFactory(school=here, kind=ActivityKind(key), held_on=date(2026, 9, 1))
    assert seen(county, "luxi", "LX-18", key) == (1, 1, MET)


@pytest.mark.parametrize(
    ("code", "clause", "key", "position"),
    [
        ("luxi", "LX-18", "veto", None),
        ("lianping", "LP-11", "all", None),
        ("lianping", "LP-11", "leaders", "12"),
        ("county-2021", "WP-05", "", None),
    ],
)
def test_nobody_is_honoured_while_a_veto_stands(county, here, code, clause, key, position):
    failed = TeacherFactory(school=here, school_position_code=position)
    EthicsAppraisalFactory(teacher=failed)
    BackboneHonourFactory(teacher_id=failed.id, valid_from=date(2026, 1, 9))
    assert seen(county, code, clause, key) == (0, None, MET)
    assert who(county, code, clause, key, Side.AMONG) == {failed.id}
    BackboneHonourFactory(teacher_id=failed.id, valid_from=date(2026, 1, 10), title="县级学科带头人")
    assert seen(county, code, clause, key) == (1, None, MISSED)
    assert who(county, code, clause, key) == {failed.id}


def test_a_teachers_veto_is_no_leaders(county, here):
    failed = TeacherFactory(school=here)
    EthicsAppraisalFactory(teacher=failed)
    BackboneHonourFactory(teacher_id=failed.id, valid_from=date(2026, 3, 1))
    assert seen(county, "lianping", "LP-11", "all") == (1, None, MISSED)
    assert seen(county, "lianping", "LP-11", "leaders") == (0, None, MET)

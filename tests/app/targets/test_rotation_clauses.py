"""Rotation, group exchange, competition, honours: the figures by hand, and the neighbour that fails by one person."""

from datetime import date
from decimal import Decimal

import pytest

from app.audit.operations import SYSTEM
from app.targets.evaluators.evaluating import Side, evaluate
from app.targets.evaluators.frame import Frame, Move
from app.targets.evaluators.outcome import Source
from app.targets.operations.figures import fill_figure
from app.targets.packs import Unit
from app.targets.wording import written
from tests.app.targets.seeing import (
    DAY,
    MET,
    MISSED,
    ON_COURSE,
    UNKNOWN,
    clause_of,
    gone,
    judged,
    outcome,
    people,
    rows,
    school,
    seen,
    session_of,
    trained,
    who,
)
from tests.factories import BackboneHonourFactory, CountyFactory, EducationGroupFactory, TeacherFactory

pytestmark = pytest.mark.time_machine("2026-11-01T08:00:00+08:00", tick=False)


@pytest.fixture
def county(session):
    return CountyFactory()


@pytest.fixture
def strong(county):
    return school(county, is_sending=True)


@pytest.fixture
def weak(county):
    return school(county)


@pytest.mark.parametrize(("code", "clause", "key"), [("luxi", "LX-01", ""), ("heyuan", "HY-01", "rate")])
def test_one_of_ten_who_may_go_is_ten_per_cent_and_one_of_eleven_is_not(county, strong, weak, code, clause, key):
    ten = people(10, strong)
    judged(county, ten)
    assert seen(county, code, clause, key) == (0, 10, MISSED)
    gone(ten[0], weak)
    assert seen(county, code, clause, key) == (1, 10, MET)
    assert who(county, code, clause, key, Side.COUNTED) == {ten[0].id}
    assert who(county, code, clause, key) == {one.id for one in ten[1:]}
    eleventh = people(1, strong)
    judged(county, eleventh)
    found = outcome(county, code, clause, key)
    assert (found.numerator, found.denominator, found.verdict, found.missing) == (1, 11, MISSED, 1)


def test_who_does_not_meet_the_conditions_is_in_neither_number(county, strong, weak):
    ten = people(10, strong)
    judged(county, ten)
    judged(county, others := people(2, weak), pool=False)
    gone(others[0], strong)
    assert seen(county, "luxi", "LX-01") == (0, 10, MISSED)


def test_a_move_counts_in_its_school_year_only(county, strong, weak):
    ten = people(10, strong)
    judged(county, ten)
    judged(county, ten, year=2025)
    gone(ten[0], weak, on=date(2025, 9, 1))
    assert seen(county, "luxi", "LX-01") == (0, 10, MISSED)
    assert seen(county, "luxi", "LX-01", on=date(2026, 5, 1)) == (1, 10, MET)
    # On the day before the move nobody had gone yet.
    assert seen(county, "luxi", "LX-01", on=date(2025, 8, 31))[2] is UNKNOWN


def test_a_scenario_can_be_supposed(county, strong, weak):
    ten = people(10, strong)
    judged(county, ten)
    pack, clause = clause_of("luxi", "LX-01")
    frame = Frame([county.id], DAY)
    supposed = frame.supposing([Move(ten[0].id, strong.id, weak.id, date(2026, 9, 1), None, "10")])
    assert evaluate(pack, clause, frame=frame).verdict is MISSED
    assert evaluate(pack, clause, frame=supposed).verdict is MET
    assert supposed.teachers[ten[0].id].working == weak.id


@pytest.mark.parametrize(("code", "clause", "key"), [("luxi", "LX-02", ""), ("heyuan", "HY-01", "backbone")])
def test_one_backbone_of_five_who_go_is_enough_and_one_of_six_is_not(county, strong, weak, code, clause, key):
    some = people(6, strong)
    judged(county, some)
    BackboneHonourFactory(teacher_id=some[0].id)
    assert seen(county, code, clause, key) == (0, None, MISSED)
    assert (outcome(county, code, clause, key).notes, outcome(county, code, clause, key).missing) == (
        ("nobody_goes",),
        None,
    )
    for one in some[:5]:
        gone(one, weak)
    assert seen(county, code, clause, key) == (1, 5, MET)
    gone(some[5], weak)
    assert seen(county, code, clause, key) == (1, 6, MISSED)


def test_an_honour_that_ran_out_makes_nobody_a_backbone_teacher(county, strong, weak):
    some = people(5, strong)
    judged(county, some)
    BackboneHonourFactory(teacher_id=some[0].id, valid_to=date(2026, 10, 31))
    for one in some:
        gone(one, weak)
    assert seen(county, "luxi", "LX-02") == (0, 5, MISSED)
    assert seen(county, "luxi", "LX-02", on=date(2026, 10, 31)) == (1, 5, MET)


def test_young_teachers_move_within_each_group(county):
    group = EducationGroupFactory(county_id=county.id)
    head, member, outside = school(county, group_id=group.id), school(county, group_id=group.id), school(county)
    young = people(20, head, birth_on=date(1996, 1, 1))
    people(5, head, birth_on=date(1970, 1, 1))
    gone(young[0], outside)
    assert seen(county, "luxi", "LX-03") == (0, 1, MISSED)
    gone(young[1], member)
    assert rows(county, "luxi", "LX-03") == [(group.name, 1, outcome(county, "luxi", "LX-03").rows[0].needed, True)]
    assert seen(county, "luxi", "LX-03") == (1, 1, MET)
    TeacherFactory(school=member, birth_on=date(1996, 1, 1))
    assert seen(county, "luxi", "LX-03") == (0, 1, MISSED)  # 1 of 21 is 4.8 %
    assert who(county, "luxi", "LX-03", side=Side.COUNTED, unit_id=group.id) == {young[1].id}


def fill(county, figure, on, numerator, denominator=None, **more):
    """Fill a figure in."""
    whole = None if denominator is None else Decimal(denominator)
    return fill_figure(
        county=county, figure=figure, on=on, numerator=Decimal(numerator), denominator=whole, actor=SYSTEM, **more
    )


def test_competitions_are_filled_in(county):
    fill(county, "competition.all", date(2025, 12, 31), 1)
    fill(county, "competition.vacant", date(2026, 1, 1), 1)
    assert seen(county, "luxi", "LX-04", "vacant") == (1, None, MET)
    # The round of 2023 to 2025 had its competition; that of 2026 to 2028 has none yet.
    assert seen(county, "luxi", "LX-04", "all", on=date(2025, 12, 31)) == (1, None, MET)
    assert seen(county, "luxi", "LX-04", "all")[2] is UNKNOWN
    fill(county, "competition.all", date(2026, 5, 1), 0)
    assert seen(county, "luxi", "LX-04", "all") == (0, None, ON_COURSE)
    assert outcome(county, "luxi", "LX-04", "all").source is Source.FILLED


def test_backbone_teachers_of_a_year_are_those_recognised_and_those_trained(county, strong):
    some = people(4, strong)
    BackboneHonourFactory(teacher_id=some[0].id, valid_from=date(2026, 3, 1))
    BackboneHonourFactory(teacher_id=some[1].id, valid_from=date(2025, 12, 31))
    trained(session_of(county, "09"), [some[0], some[2]])
    trained(session_of(county, "09"), [some[3]], passed=False)
    assert seen(county, "luxi", "LX-06", _=2) == (2, None, MET)
    assert seen(county, "luxi", "LX-06", _=3) == (2, None, ON_COURSE)
    assert seen(county, "luxi", "LX-06", _=4, on=date(2026, 12, 31)) == (2, None, MISSED)
    assert who(county, "luxi", "LX-06", side=Side.COUNTED) == {some[0].id, some[2].id}


def test_a_hundred_a_year_is_on_course_while_it_keeps_up_with_the_days(county, strong):
    for one in people(2, strong):
        BackboneHonourFactory(teacher_id=one.id, valid_from=date(2026, 3, 1))
    # 305 of 365 days are over: of 2.4 wanted, 2 in whole steps.
    assert seen(county, "luxi", "LX-06", _="2.4") == (2, None, ON_COURSE)
    assert seen(county, "luxi", "LX-06", _="3.6") == (2, None, MISSED)


def test_party_members_who_became_backbone_teachers_or_were_trained_to_manage(county, strong):
    member, candidate, other = (
        TeacherFactory(school=strong, political_status_code=code) for code in ("01", "02", "13")
    )
    for one in (member, other):
        BackboneHonourFactory(teacher_id=one.id, valid_from=date(2026, 3, 1))
    trained(session_of(county, "10"), [member, candidate, other])
    assert seen(county, "luxi", "LX-20", "teachers", teachers=1) == (1, None, MET)
    assert seen(county, "luxi", "LX-20", "teachers", teachers=3) == (1, None, MISSED)
    assert seen(county, "luxi", "LX-20", "managers", managers=2) == (2, None, MET)
    assert seen(county, "luxi", "LX-20", "managers", managers=4) == (2, None, MISSED)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("rising_star", "rising_star"),
        ("expert", "teaching_expert"),
        ("leader", "subject_leader"),
        ("famous", "famous_teacher"),
    ],
)
def test_each_rung_of_the_ladder_is_counted_by_itself(county, strong, key, kind):
    one, other = people(2, strong)
    BackboneHonourFactory(teacher_id=one.id, type_code=kind, valid_from=date(2026, 3, 1))
    BackboneHonourFactory(teacher_id=other.id, type_code="moral_leader", valid_from=date(2026, 3, 1))
    assert seen(county, "lianping", "LP-08", key)[2] is UNKNOWN  # the county has still to set the number
    assert seen(county, "lianping", "LP-08", key, **{key: 1}) == (1, None, MET)
    assert seen(county, "lianping", "LP-08", key, **{key: 3}) == (1, None, MISSED)


def test_selections_are_known_by_their_titles(county, strong):
    one, other, third = people(3, strong)
    BackboneHonourFactory(teacher_id=one.id, type_code="none", title="县教学精英", valid_from=date(2026, 3, 1))
    BackboneHonourFactory(teacher_id=other.id, type_code="rising_star", title="教学新秀", valid_from=date(2026, 3, 1))
    BackboneHonourFactory(teacher_id=third.id, type_code="none", title="其他", valid_from=date(2026, 3, 1))
    assert seen(county, "county-2021", "WP-03", "elite", elite=1) == (1, None, MET)
    assert seen(county, "county-2021", "WP-03", "newcomers", newcomers=3) == (1, None, MISSED)
    fill(county, "excellent_class_teachers", date(2026, 9, 10), 12)
    assert seen(county, "county-2021", "WP-03", "class_teachers", class_teachers=12) == (12, None, MET)
    assert seen(county, "county-2021", "WP-03", "class_teachers", class_teachers=20) == (12, None, MISSED)


def test_nothing_is_rounded_before_it_is_compared(county, strong, weak):
    # 251 people would say 9.96 %; the same is seen of 5 in 50.2, by a denominator that is filled in.
    fill(county, "observing.heads", DAY, 249, 250)
    found = outcome(county, "luxi", "LX-14", "heads", heads="0.9961")
    assert (written(found.figure, Unit.PERCENT), found.verdict) == ("99.6 %", MISSED)
    assert outcome(county, "luxi", "LX-14", "heads", heads="0.996").verdict is MET


def test_nine_point_nine_six_per_cent_shows_as_ten_and_fails(county):
    fill(county, "observing.heads", DAY, 25, 251)
    found = outcome(county, "luxi", "LX-14", "heads", heads="0.1")
    assert (written(found.figure, Unit.PERCENT), found.verdict, found.missing) == ("10.0 %", MISSED, 1)


def test_heads_who_changed_school_are_reported(county, strong, weak):
    head, teacher = people(2, strong)
    gone(head, weak, kind_code="30")
    gone(teacher, weak)
    found = outcome(county, "county-2021", "WP-07", "heads")
    assert (found.numerator, found.verdict.value) == (1, "reported")

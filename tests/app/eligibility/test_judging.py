"""Each rule in the smallest case where it bites, and its neighbour where it does not; worked by hand."""

from datetime import date

import pytest

from app.eligibility.judging import Outcome, judge, retires_on
from app.eligibility.rules import default_rules
from app.teachers.models import Sex
from tests.app.eligibility.arranging import RULES, VILLAGE, circumstance, facts, honour, rotation, rules


def against(teacher, chosen=RULES):
    """What speaks against a teacher."""
    return [r.code for r in judge(chosen, teacher).reasons if r.outcome is Outcome.EXCLUDES]


def notes(teacher, chosen=RULES):
    return [r.code for r in judge(chosen, teacher).reasons if r.outcome is Outcome.NOTE]


def test_nothing_speaks_against_the_plain_teacher():
    verdict = judge(RULES, facts())
    assert verdict.is_eligible and verdict.is_counted and verdict.is_in_pool
    assert not verdict.is_backbone and not verdict.is_young
    assert verdict.reasons == ()


def test_every_reason_is_given_not_only_the_first():
    teacher = facts(
        joined_school_on=date(2024, 9, 1), is_established=False, birth_on=date(1975, 1, 1), staff_category_code="A4"
    )
    assert against(teacher) == ["established", "category", "service", "age"]


# --- years in the school: 2020-09 to 2026-08, both months counted, are 72; from 2020-10 they are 71 -----------------


@pytest.mark.parametrize(
    ("joined", "is_enough"),
    [(date(2020, 9, 30), True), (date(2020, 9, 1), True), (date(2020, 10, 1), False), (date(2020, 8, 1), True)],
)
def test_six_years_are_seventy_two_months(joined, is_enough):
    assert (against(facts(joined_school_on=joined)) == []) is is_enough


def test_without_the_month_of_joining_september_is_a_month_short_of_six_years():
    assert against(facts(joined_school_on=date(2020, 9, 1)), rules(counts_both_months=False)) == ["service"]
    assert against(facts(joined_school_on=date(2020, 8, 1)), rules(counts_both_months=False)) == []


def test_five_years_needed_make_the_same_teacher_eligible():
    teacher = facts(joined_school_on=date(2021, 8, 1))
    assert against(teacher) == ["service"]
    assert against(teacher, rules(min_years=5)) == []


def test_an_unknown_month_of_joining_is_named_unless_no_years_are_asked():
    assert against(facts(joined_school_on=None)) == ["joined_missing"]
    assert against(facts(joined_school_on=None), rules(min_years=0)) == []


def test_joining_after_the_census_date_is_no_service():
    verdict = judge(rules(min_years=0), facts(joined_school_on=date(2026, 9, 1)))
    assert verdict.is_eligible and verdict.service_months == 0


# --- age: the birthday itself completes a year; the limit is included -------------------------------------------


@pytest.mark.parametrize(
    ("born", "is_over"),
    [(date(1975, 8, 31), True), (date(1975, 9, 1), False), (date(1976, 8, 31), False)],
)
def test_a_woman_is_over_the_limit_from_her_fifty_first_birthday(born, is_over):
    assert ("age" in against(facts(birth_on=born))) is is_over


@pytest.mark.parametrize(("born", "is_over"), [(date(1970, 8, 31), True), (date(1970, 9, 1), False)])
def test_a_man_is_over_the_limit_from_his_fifty_sixth_birthday(born, is_over):
    assert ("age" in against(facts(sex=Sex.MALE, birth_on=born))) is is_over


def test_without_limits_age_does_not_matter():
    teacher = facts(birth_on=date(1969, 1, 1))
    assert "age" not in against(teacher, rules(max_age_male=None, max_age_female=None))


def test_a_missing_birth_date_is_named_where_a_limit_needs_it():
    assert against(facts(birth_on=None)) == ["birth_missing"]
    assert against(facts(birth_on=None), rules(max_age_female=None)) == []


@pytest.mark.parametrize(
    ("born", "expected"),
    [(date(1976, 9, 1), []), (date(1973, 1, 1), ["sex_missing"]), (date(1969, 1, 1), ["age"])],
)
def test_without_the_sex_only_ages_between_the_limits_are_undecided(born, expected):
    chosen = rules(near_retirement={"is_on": False})
    assert against(facts(sex=Sex.UNKNOWN, birth_on=born), chosen) == expected


def test_born_on_29_february_is_a_year_older_on_1_march():
    chosen = rules(census_on=date(2026, 2, 28), young_max_age=35)
    assert judge(chosen, facts(birth_on=date(1988, 2, 29))).age == 37
    assert judge(rules(census_on=date(2026, 3, 1)), facts(birth_on=date(1988, 2, 29))).age == 38


# --- who is asked -----------------------------------------------------------------------------------------------


def test_only_established_staff_unless_the_rule_is_off():
    teacher = facts(is_established=False)
    assert against(teacher) == ["established"]
    assert against(teacher, rules(established_only=False)) == []


def test_only_categories_named_count():
    assert against(facts(staff_category_code="A4")) == ["category"]
    assert against(facts(staff_category_code="A4"), rules(staff_categories=("A1", "A4"))) == []


def test_a_missing_category_is_noted_or_excludes_by_choice():
    teacher = facts(staff_category_code=None)
    assert (against(teacher), notes(teacher)) == ([], ["category_missing"])
    assert against(teacher, rules(counts_missing_category=False)) == ["category_missing"]


def test_only_stages_named_take_part():
    assert against(facts(stage="senior"), rules(stages=("primary", "junior"))) == ["stage"]
    assert against(facts(stage="junior"), rules(stages=("primary", "junior"))) == []


@pytest.mark.parametrize("state", ["203", "209", "301"])
def test_who_is_not_in_post_is_not_asked(state):
    assert against(facts(state_code=state)) == ["in_post"]


def test_leaving_counts_from_the_day_itself():
    assert against(facts(left_on=date(2026, 8, 31), state_code="301")) == ["left"]
    assert against(facts(left_on=date(2026, 9, 1))) == []


# --- circumstances: both dates are included ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "is_exempt"),
    [
        (date(2026, 1, 1), date(2026, 8, 31), True),
        (date(2026, 1, 1), date(2026, 8, 30), False),
        (date(2026, 8, 31), date(2027, 1, 1), True),
        (date(2026, 9, 1), date(2027, 1, 1), False),
    ],
)
def test_a_circumstance_exempts_while_it_is_in_force_on_the_census_date(start, end, is_exempt):
    teacher = facts(circumstances=(circumstance("pregnancy", start, end),))
    assert (against(teacher) == ["exempt.pregnancy"]) is is_exempt


@pytest.mark.parametrize(
    "kind",
    ["pregnancy", "nursing", "long_illness", "investigation", "punishment", "ethics_failed", "special_programme"],
)
def test_each_exemption_can_be_switched_off(kind):
    teacher = facts(circumstances=(circumstance(kind, date(2026, 1, 1), date(2026, 12, 31)),))
    off = rules(circumstances={kind: type(RULES.circumstances[kind])(is_on=False)})
    assert against(teacher) == [f"exempt.{kind}"]
    assert against(teacher, off) == []


def test_a_kind_of_the_county_exempts_once_it_is_switched_on():
    teacher = facts(circumstances=(circumstance("twins", date(2026, 1, 1), date(2026, 12, 31)),))
    on = rules(circumstances={"twins": type(RULES.circumstances["twins"])(is_on=True)})
    assert against(teacher) == []
    assert against(teacher, on) == ["exempt.twins"]


def test_without_evidence_or_an_end_a_circumstance_is_noted_and_does_not_exempt():
    no_paper = facts(
        circumstances=(circumstance("pregnancy", date(2026, 1, 1), date(2026, 12, 31), has_evidence=False),)
    )
    no_end = facts(circumstances=(circumstance("pregnancy", date(2026, 1, 1), None),))
    assert (against(no_paper), notes(no_paper)) == ([], ["evidence_missing"])
    assert (against(no_end), notes(no_end)) == ([], ["end_missing"])


def test_an_investigation_needs_no_end_date():
    teacher = facts(circumstances=(circumstance("investigation", date(2026, 1, 1), None),))
    assert against(teacher) == ["exempt.investigation"]


def test_of_two_records_of_one_kind_the_complete_one_exempts():
    teacher = facts(
        circumstances=(
            circumstance("nursing", date(2026, 1, 1), None),
            circumstance("nursing", date(2026, 2, 1), date(2026, 12, 31)),
        )
    )
    assert against(teacher) == ["exempt.nursing"]


# --- retirement: men 60 → 63 and women 55 → 58, a month for every four, from 2025-01 ----------------------------


@pytest.mark.parametrize(
    ("sex", "title", "born", "expected"),
    [
        (Sex.MALE, "first", date(1964, 12, 31), date(2024, 12, 31)),
        (Sex.MALE, "first", date(1965, 1, 15), date(2025, 2, 15)),
        (Sex.MALE, "first", date(1965, 5, 15), date(2025, 7, 15)),
        (Sex.MALE, "first", date(1976, 8, 1), date(2039, 7, 1)),
        (Sex.MALE, "first", date(1976, 9, 1), date(2039, 9, 1)),
        (Sex.MALE, "first", date(1990, 9, 1), date(2053, 9, 1)),
        (Sex.FEMALE, "first", date(1970, 1, 1), date(2025, 2, 1)),
        (Sex.FEMALE, "first", date(1981, 9, 1), date(2039, 9, 1)),
        (Sex.FEMALE, "senior", date(1970, 1, 1), date(2031, 5, 1)),
    ],
)
def test_the_age_of_retirement_rises_by_the_published_table(sex, title, born, expected):
    assert retires_on(RULES.near_retirement, facts(sex=sex, title_code=title, birth_on=born)) == expected


def test_an_age_that_does_not_rise_stays():
    fixed = rules(near_retirement={"men": type(RULES.near_retirement.men)(60, 60, 0)}).near_retirement
    assert retires_on(fixed, facts(sex=Sex.MALE, birth_on=date(1970, 1, 1))) == date(2030, 1, 1)


# Fixed at 60, so that the arithmetic is plain: three years from the census date end on 2029-08-31.
@pytest.mark.parametrize(("born", "is_exempt"), [(date(1969, 8, 30), True), (date(1969, 8, 31), False)])
def test_less_than_three_years_before_retirement_exempts(born, is_exempt):
    fixed = {"men": type(RULES.near_retirement.men)(60, 60, 0)}
    teacher = facts(sex=Sex.MALE, birth_on=born)
    found = against(teacher, rules(max_age_male=None, near_retirement=fixed))
    assert (found == ["exempt.near_retirement"]) is is_exempt


# --- rotation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "is_out"),
    [
        (date(2025, 9, 1), date(2026, 8, 31), True),
        (date(2025, 9, 1), date(2026, 8, 30), False),
        (date(2026, 9, 1), date(2027, 7, 1), False),
    ],
)
def test_out_on_rotation_on_the_census_date(start, end, is_out):
    teacher = facts(rotations=(rotation(start, end, locality="111"),))
    assert (against(teacher) == ["exempt.on_rotation"]) is is_out


def test_a_record_without_an_end_counts_as_going_on_for_its_months():
    # 2023-09 to 2026-08 are 35 months, 2023-08 to 2026-08 are 36.
    assert against(facts(rotations=(rotation(date(2023, 9, 1), None, locality="111"),))) == ["exempt.on_rotation"]
    forgotten = facts(rotations=(rotation(date(2023, 8, 1), None, locality="111"),))
    assert (against(forgotten), notes(forgotten)) == ([], ["rotation_open"])


def test_who_moved_with_the_post_is_not_out():
    assert against(facts(rotations=(rotation(date(2024, 9, 1), None, locality="111", is_hr_transferred=True),))) == []


@pytest.mark.parametrize("state", ["101", "205"])
def test_a_state_of_rotation_is_one_reason_not_two(state):
    assert against(facts(state_code=state)) == ["exempt.on_rotation"]


def test_people_out_stay_in_the_denominator_only_where_nothing_else_speaks_against_them():
    out = facts(state_code="205")
    short = facts(state_code="205", joined_school_on=date(2024, 9, 1))
    dropped = rules(on_rotation={"stays_counted": False})
    assert [judge(RULES, t).is_counted for t in (out, short)] == [True, False]
    assert judge(dropped, out).is_counted is False
    assert judge(RULES, out).is_eligible is False


def test_exempt_people_leave_the_denominator():
    pregnant = facts(circumstances=(circumstance("pregnancy", date(2026, 1, 1), date(2026, 12, 31)),))
    assert judge(RULES, pregnant).is_counted is False


# --- rural service: ten months within the five years from 2021-09 to 2026-08 ------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "is_exempt"),
    [
        (date(2024, 9, 1), date(2025, 6, 30), True),
        (date(2024, 9, 1), date(2025, 5, 31), False),
        (date(2020, 9, 1), date(2022, 6, 30), True),
        (date(2020, 9, 1), date(2022, 5, 31), False),
        (date(2019, 9, 1), date(2021, 8, 31), False),
    ],
)
def test_rural_service_counts_the_months_within_the_look_back(start, end, is_exempt):
    teacher = facts(rotations=(rotation(start, end),))
    assert (against(teacher) == ["exempt.rural_service"]) is is_exempt


def test_service_in_town_is_not_rural_and_parts_add_up():
    halves = (rotation(date(2022, 9, 1), date(2023, 1, 31)), rotation(date(2024, 2, 1), date(2024, 6, 30)))
    assert against(facts(rotations=halves)) == ["exempt.rural_service"]
    assert against(facts(rotations=halves[:1])) == []
    town = rotation(date(2022, 9, 1), date(2024, 6, 30), locality="121")
    assert against(facts(rotations=(town,))) == []


def test_overlapping_service_counts_each_month_once():
    twice = (rotation(date(2024, 9, 1), date(2025, 1, 31)), rotation(date(2024, 9, 1), date(2025, 1, 31), kind="20"))
    assert against(facts(rotations=twice)) == []


def test_a_school_elsewhere_is_rural_by_the_kind_of_rotation():
    aid = rotation(date(2024, 9, 1), date(2025, 7, 31), kind="50", locality=None)
    other = rotation(date(2024, 9, 1), date(2025, 7, 31), kind="10", locality=None)
    assert against(facts(rotations=(aid,))) == ["exempt.rural_service"]
    assert against(facts(rotations=(other,))) == []


@pytest.mark.parametrize("kind", ["near_retirement", "on_rotation", "rural_service"])
def test_a_rule_with_its_own_parameters_also_takes_a_recorded_circumstance(kind):
    teacher = facts(circumstances=(circumstance(kind, date(2026, 1, 1), date(2026, 12, 31)),))
    assert against(teacher) == [f"exempt.{kind}"]
    assert against(teacher, rules(**{kind: {"is_on": False}})) == []


# --- young, backbone, pool --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("born", "is_young"), [(date(1990, 8, 31), False), (date(1990, 9, 1), True)])
def test_young_is_thirty_five_or_under_on_the_census_date(born, is_young):
    assert judge(RULES, facts(birth_on=born)).is_young is is_young


@pytest.mark.parametrize(
    ("start", "end", "is_backbone"),
    [
        (date(2020, 1, 1), date(2026, 8, 31), True),
        (date(2020, 1, 1), date(2026, 8, 30), False),
        (date(2026, 8, 31), None, True),
        (date(2026, 9, 1), None, False),
    ],
)
def test_an_honour_must_be_valid_on_the_census_date(start, end, is_backbone):
    assert judge(RULES, facts(honours=(honour(start=start, end=end),))).is_backbone is is_backbone


@pytest.mark.parametrize(
    ("type_code", "level", "is_backbone"),
    [("backbone", "4", True), ("backbone", "5", False), ("subject_leader", "3", True), ("rising_star", "4", False)],
)
def test_type_and_level_decide_about_an_honour(type_code, level, is_backbone):
    assert judge(RULES, facts(honours=(honour(type_code, level),))).is_backbone is is_backbone


def test_the_pool_is_by_mark_by_locality_and_by_name():
    in_pool = {
        "mark": judge(RULES, facts()).is_in_pool,
        "village": judge(RULES, facts(school=VILLAGE)).is_in_pool,
        "locality": judge(rules(pool_localities=("200",)), facts(school=VILLAGE)).is_in_pool,
        "narrower": judge(rules(pool_localities=("210",)), facts(school=VILLAGE)).is_in_pool,
        "added": judge(rules(pool_added=(VILLAGE.code,)), facts(school=VILLAGE)).is_in_pool,
        "removed": judge(rules(pool_removed=(facts().school.code,)), facts()).is_in_pool,
        "mark off": judge(rules(pool_by_flag=False), facts()).is_in_pool,
    }
    assert in_pool == {
        "mark": True,
        "village": False,
        "locality": True,
        "narrower": False,
        "added": True,
        "removed": False,
        "mark off": False,
    }


def test_the_usual_rules_begin_on_31_august_of_the_first_year():
    assert default_rules(2027).census_on == date(2027, 8, 31)

"""The official indicators, worked by hand."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.schools.models import Stage
from app.targets.balance import (
    County,
    Indicator,
    StageRow,
    exclusion,
    rounded,
    share_of,
    shown,
    split,
)

PRIMARY, JUNIOR, SENIOR = Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR
I = Indicator  # noqa: E741
# Of 1000 primary pupils, exactly what each threshold asks.
JUST = {
    I.DEGREE: Fraction(42),
    I.BACKBONE: Fraction(10),
    I.PE_ARTS: Fraction(9),
    I.TEACHING_AREA: Fraction(4500),
    I.SPORT_AREA: Fraction(7500),
    I.EQUIPMENT: Fraction(2_000_000),
    I.ROOMS: Fraction(23),
}


def row(pupils=1000, stage=PRIMARY, school=1, excluded="", without=(), **changed):
    items = {**JUST, **{I(name): Fraction(value) for name, value in changed.items()}}
    kept = {one: value for one, value in items.items() if one.value not in without}
    return StageRow(school, f"学校{school}", stage, pupils, 20, kept, excluded)


def test_a_school_that_reaches_every_threshold_exactly_passes():
    assert row().is_passed is True
    assert row().lacking == ()


def test_six_of_seven_pass_where_the_seventh_is_at_85_percent_exactly():
    # 85 % of 7.5 m² is 6.375 m²; of 1000 pupils 6375 m².
    assert row(sport_area=6375).is_passed is True
    assert row(sport_area=6375).lacking == (I.SPORT_AREA,)
    assert row(sport_area=Fraction("6374.99")).is_passed is False


def test_a_second_indicator_missed_by_one_person_fails_the_school():
    both = row(sport_area=6375, degree=41)
    assert both.is_passed is False
    assert both.lacking == (I.DEGREE, I.SPORT_AREA)
    assert both.short_by(I.DEGREE) == 1


def test_what_is_missing_is_told_in_whole_people():
    # 1001 pupils need 42.042 teachers above the degree: 43 of them, so that with 42 one is missing.
    one_more = row(pupils=1001)
    assert one_more.is_met(I.DEGREE) is False
    assert one_more.short_by(I.DEGREE) == 1
    assert shown(one_more.value(I.DEGREE)) == "4.20"  # it shows as the threshold and fails all the same


def test_a_missing_figure_leaves_the_verdict_open_only_while_it_can_decide():
    assert row(without=["rooms"]).is_passed is None
    assert row(without=["rooms"], sport_area=6000).is_passed is False  # 80 %: below 85 % whatever comes
    assert row(without=["rooms"], sport_area=6375).is_passed is None


def test_junior_thresholds_differ():
    junior = row(stage=JUNIOR)
    assert junior.lacking == (I.DEGREE, I.TEACHING_AREA, I.SPORT_AREA, I.EQUIPMENT, I.ROOMS)


def test_one_through_schools_split_by_weighted_pupils():
    # 九年一贯制: 1100 primary, 1000 junior pupils: A/(A + 1.1 B) is one half.
    assert share_of(PRIMARY, {PRIMARY: 1100, JUNIOR: 1000}) == Fraction(1, 2)
    # 完全中学: 1200 junior, 1000 senior: 1 : 1.2 gives one half each.
    assert share_of(JUNIOR, {JUNIOR: 1200, SENIOR: 1000}) == Fraction(1, 2)
    # 十二年一贯制, 1 : 1.1 : 1.32 with 100 pupils each.
    twelve = {PRIMARY: 100, JUNIOR: 100, SENIOR: 100}
    assert share_of(PRIMARY, twelve) == Fraction(100, 342)
    assert share_of(JUNIOR, twelve) == Fraction(110, 342)
    assert share_of(SENIOR, twelve) == Fraction(132, 342)
    # Kindergarten classes have no part in it.
    assert share_of(PRIMARY, {Stage.KINDERGARTEN: 90, PRIMARY: 10}) == 1


def test_a_campus_of_one_stage_is_that_stages_own():
    pupils = {PRIMARY: 600, JUNIOR: 400, SENIOR: 100}
    whole = {I.SPORT_AREA: Fraction(5200), I.ROOMS: None}
    found = split(pupils, whole, {PRIMARY: {I.SPORT_AREA: Fraction(4000)}})
    assert found[PRIMARY] == {I.SPORT_AREA: Fraction(4000)}
    # The two that share a campus: 400 × 1.1 = 440 to 100 × 1.32 = 132.
    assert found[JUNIOR] == {I.SPORT_AREA: 5200 * Fraction(440, 572)}
    assert sum(found[stage][I.SPORT_AREA] for stage in (JUNIOR, SENIOR)) == 5200


@given(st.lists(st.integers(0, 3000), min_size=3, max_size=3).filter(any))
def test_shares_always_add_up_to_the_whole(numbers):
    pupils = dict(zip((PRIMARY, JUNIOR, SENIOR), numbers, strict=True))
    assert sum(share_of(stage, pupils) for stage in pupils) == 1


def test_the_county_figure_is_weighted_and_flips_the_verdict():
    # The published example, read as backbone teachers: 0.515 > 0.50, while the unweighted 0.489 would pass.
    pupils, items = [45, 37, 89, 76, 55], [279, 137, 935, 160, 402]
    rows = [row(n, school=k, backbone=x) for k, (n, x) in enumerate(zip(pupils, items, strict=True))]
    found = County.of(rows).spreads[PRIMARY, I.BACKBONE]
    assert (rounded(found.cv, 3), found.is_met) == (Decimal("0.515"), False)
    assert shown(found.mean) == "633.44"  # per 100 pupils


def test_excluded_schools_and_missing_figures_stay_out_of_the_county_figure():
    rows = [row(school=1), row(school=2), row(pupils=30, school=3, excluded="point", backbone=0)]
    county = County.of(rows)
    assert (county.spreads[PRIMARY, I.BACKBONE].schools, county.spreads[PRIMARY, I.BACKBONE].cv) == (2, 0)
    assert (county.passed(), len(county.counted())) == (2, 2)
    gap = County.of([*rows, row(school=4, without=["rooms"])]).spreads[PRIMARY, I.ROOMS]
    assert (gap.missing, gap.is_met) == (1, None)


def test_who_is_excluded():
    assert exclusion("510", 300) == "special"
    assert exclusion("360", 300) == "vocational"
    assert (exclusion("218", 49), exclusion("218", 50)) == ("point", "")
    assert (exclusion("211", 20), exclusion("211", 0)) == ("", "pupils")


def test_figures_are_rounded_half_up_for_showing():
    assert shown(Fraction(25, 1000)) == "0.03"
    assert shown(Fraction(-25, 1000)) == "-0.03"
    assert shown(None) == "–"
    assert shown(Decimal("0.5150"), 3) == "0.515"

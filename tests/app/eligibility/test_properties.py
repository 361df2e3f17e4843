"""What must hold for every teacher and every set of rules."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.eligibility.judging import Facts, Outcome, judge
from app.eligibility.rules import CircumstanceRule, Rules
from app.teachers.models import Sex
from tests.app.eligibility.arranging import RULES, TOWN, VILLAGE, circumstance, facts, honour, rotation

days = st.dates(date(1960, 1, 1), date(2028, 12, 31))
ends = st.one_of(st.none(), days)
KINDS = sorted([*RULES.circumstances, "near_retirement", "on_rotation", "rural_service"])
SWITCHES = ("near_retirement", "on_rotation", "rural_service")


def _ordered(make):
    def build(start, end, *more):
        return make(start, max(start, end) if end else None, *more)

    return build


circumstances = st.builds(
    _ordered(lambda start, end, kind, has: circumstance(kind, start, end, has_evidence=has)),
    days,
    ends,
    st.sampled_from(KINDS),
    st.booleans(),
)
rotations = st.builds(
    _ordered(lambda start, end, kind, place, hr: rotation(start, end, kind=kind, locality=place, is_hr_transferred=hr)),
    days,
    ends,
    st.sampled_from(["00", "10", "20", "50"]),
    st.sampled_from([None, "111", "220"]),
    st.booleans(),
)
honours = st.builds(
    _ordered(lambda start, end, kind, level: honour(kind, level, start, end)),
    days,
    ends,
    st.sampled_from(["backbone", "rising_star"]),
    st.sampled_from(["1", "4", "5"]),
)
teachers = st.builds(
    facts,
    school=st.sampled_from([TOWN, VILLAGE]),
    sex=st.sampled_from(list(Sex)),
    birth_on=st.one_of(st.none(), st.dates(date(1955, 1, 1), date(2004, 12, 31))),
    joined_school_on=st.one_of(st.none(), st.dates(date(1980, 1, 1), date(2027, 1, 1))),
    stage=st.sampled_from(["primary", "senior"]),
    staff_category_code=st.sampled_from([None, "A1", "A4"]),
    is_established=st.booleans(),
    state_code=st.sampled_from(["100", "101", "203", "205", "301"]),
    left_on=st.one_of(st.none(), days),
    title_code=st.sampled_from([None, "first", "senior"]),
    honours=st.lists(honours, max_size=2).map(tuple),
    circumstances=st.lists(circumstances, max_size=3).map(tuple),
    rotations=st.lists(rotations, max_size=3).map(tuple),
)
limits = st.one_of(st.none(), st.integers(40, 65))
rule_sets = st.builds(
    lambda years, both, male, female, established, on, switches: replace(
        RULES,
        min_years=years,
        counts_both_months=both,
        max_age_male=male,
        max_age_female=female,
        established_only=established,
        circumstances={k: CircumstanceRule(k in on) for k in RULES.circumstances},
        **{name: replace(getattr(RULES, name), is_on=name in switches) for name in SWITCHES},
    ),
    st.integers(0, 12),
    st.booleans(),
    limits,
    limits,
    st.booleans(),
    st.sets(st.sampled_from(sorted(RULES.circumstances))),
    st.sets(st.sampled_from(SWITCHES)),
)


def looser(rules: Rules) -> list[Rules]:
    """The rules with one thing relaxed each."""
    off = [
        replace(rules, circumstances={**rules.circumstances, kind: replace(rule, is_on=False)})
        for kind, rule in rules.circumstances.items()
    ]
    off += [replace(rules, **{name: replace(getattr(rules, name), is_on=False)}) for name in SWITCHES]
    return [
        *off,
        replace(rules, min_years=max(0, rules.min_years - 1)),
        replace(rules, counts_both_months=True),
        replace(rules, max_age_male=None, max_age_female=None),
        replace(rules, established_only=False),
        replace(rules, staff_categories=(*rules.staff_categories, "A4")),
    ]


@settings(max_examples=300)
@given(teachers, rule_sets)
def test_relaxing_a_rule_never_makes_anybody_less_eligible_or_adds_a_reason(teacher: Facts, rules: Rules):
    before = judge(rules, teacher)
    for relaxed in looser(rules):
        after = judge(relaxed, teacher)
        assert after.is_eligible or not before.is_eligible
        assert after.is_counted or not before.is_counted
        against = [{r.code for r in v.reasons if r.outcome is Outcome.EXCLUDES} for v in (before, after)]
        assert against[1] <= against[0]


@settings(max_examples=300)
@given(teachers, rule_sets)
def test_a_verdict_is_consistent_with_its_reasons(teacher: Facts, rules: Rules):
    verdict = judge(rules, teacher)
    against = [r for r in verdict.reasons if r.outcome is Outcome.EXCLUDES]
    assert verdict.is_eligible is (not against)
    assert verdict.is_counted or not verdict.is_eligible
    assert all(r.outcome in (Outcome.EXCLUDES, Outcome.NOTE) for r in verdict.reasons)
    assert judge(rules, teacher) == verdict


@settings(max_examples=100)
@given(rule_sets)
def test_every_set_of_rules_survives_storage(rules: Rules):
    assert Rules.from_dict(rules.to_dict()) == rules


@settings(max_examples=200)
@given(teachers, rule_sets)
def test_the_order_of_records_does_not_matter(teacher: Facts, rules: Rules):
    turned = replace(
        teacher,
        circumstances=teacher.circumstances[::-1],
        rotations=teacher.rotations[::-1],
        honours=teacher.honours[::-1],
    )
    one, other = judge(rules, teacher), judge(rules, turned)
    assert (one.is_eligible, one.is_counted, one.is_backbone) == (
        other.is_eligible,
        other.is_counted,
        other.is_backbone,
    )
    assert {r.code for r in one.reasons} == {r.code for r in other.reasons}

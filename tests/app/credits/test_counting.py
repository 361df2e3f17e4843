"""The counting itself: no total ever passes a cap, whatever the claims; the order of confirmation changes nothing."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.credits.counting import Book, Counted, count, in_order
from app.credits.rules import Rules

FIRST = date(2020, 1, 1)
KINDS = ("a", "b", "c", "d")
HOURS = st.integers(1, 60).map(lambda n: str(n))
CAP = st.none() | HOURS


def rules_of(caps, groups=(), totals=(None, None), weight="1", excess=None):
    kinds = []
    for code, (record, year, cycle) in zip(KINDS, caps, strict=False):
        row = {"code": f"{code}1", "name": code, "form": "self"}
        row |= {k: v for k, v in (("record_cap", record), ("year_cap", year), ("cycle_cap", cycle)) if v}
        kinds.append(row)
    kinds[0]["hours_per_credit"] = weight
    if excess is not None:
        kinds[1]["excess_to"] = f"{KINDS[excess]}1"
    cycle = {"target": "1", "year_mark": "1"} | {k: v for k, v in (("year_cap", totals[0]), ("cap", totals[1])) if v}
    rows = [
        {"code": f"g{n}", "name": "g", "kinds": [f"{KINDS[i]}1" for i in sorted(members)]}
        | {k: v for k, v in (("year_cap", year), ("cycle_cap", whole)) if v}
        for n, (members, year, whole) in enumerate(groups)
    ]
    return Rules.from_dict({"schema": 1, "name": "t", "cycle": cycle, "kinds": kinds, "groups": rows})


RULES = st.builds(
    rules_of,
    st.lists(st.tuples(CAP, CAP, CAP), min_size=4, max_size=4),
    st.lists(st.tuples(st.sets(st.integers(0, 3), min_size=1), CAP, CAP), max_size=2),
    st.tuples(CAP, CAP),
    st.sampled_from(["1", "2", "3", "0.75"]),
    st.sampled_from([None, 2, 3]),
)
CLAIMS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 5000), st.integers(0, 2500), st.booleans()), max_size=40
).map(
    lambda rows: [
        Counted(n + 1, 1, f"{kind}1", hours, FIRST + timedelta(days=day), outside and n % 7 == 0)
        for n, (kind, hours, day, outside) in enumerate(rows)
    ]
)


def used(lines, *, year=None, cycle=None, kinds=None):
    return sum(
        line.hours
        for line in lines
        if not line.is_outside
        and year in (None, line.year)
        and cycle in (None, line.cycle)
        and (kinds is None or line.kind in kinds)
    )


def check_caps(lines, rules):
    for year in {line.year for line in lines}:
        for kinds, cap in [({k.code}, k.year_cap) for k in rules.kinds.values()] + [
            (set(g.kinds), g.year_cap) for g in rules.groups
        ]:
            assert cap is None or used(lines, year=year, kinds=kinds) <= cap
        assert rules.year_cap is None or used(lines, year=year) <= rules.year_cap
    for cycle in {line.cycle for line in lines}:
        for kinds, cap in [({k.code}, k.cycle_cap) for k in rules.kinds.values()] + [
            (set(g.kinds), g.cycle_cap) for g in rules.groups
        ]:
            assert cap is None or used(lines, cycle=cycle, kinds=kinds) <= cap
        assert rules.cycle_cap is None or used(lines, cycle=cycle) <= rules.cycle_cap


@settings(max_examples=300)
@given(RULES, CLAIMS)
def test_no_total_passes_any_cap(rules, claims):
    lines = count(in_order(claims), {1: Book([(1, FIRST, rules)])})
    check_caps(lines, rules)
    by_claim = defaultdict(int)
    for line in lines:
        assert line.hours > 0
        by_claim[line.claim_id] += line.hours
    for claim in claims:
        cap = rules.kinds[claim.kind].record_cap
        weight = rules.kinds[claim.kind].weight
        whole = claim.hours * weight.numerator // weight.denominator
        assert by_claim[claim.claim_id] <= (whole if cap is None else min(cap, whole))


@settings(max_examples=100)
@given(RULES, RULES, st.integers(0, 2500), CLAIMS)
def test_a_later_version_never_lets_a_total_pass_its_own_caps(first, second, day, claims):
    since = FIRST + timedelta(days=day)
    books = {1: Book([(1, FIRST, first), (2, since, second)])}
    lines = count(in_order(claims), books)
    assert all(line.rule_set_id == (2 if claim.done_on >= since else 1) for line in lines for claim in claims
               if claim.claim_id == line.claim_id)  # fmt: skip
    for n, line in enumerate(lines):
        if line.is_outside:
            continue
        rules, so_far = (first, second)[line.rule_set_id - 1], lines[: n + 1]
        kind = rules.kinds[line.kind]
        assert kind.year_cap is None or used(so_far, year=line.year, kinds={line.kind}) <= kind.year_cap
        assert kind.cycle_cap is None or used(so_far, cycle=line.cycle, kinds={line.kind}) <= kind.cycle_cap
        assert rules.year_cap is None or used(so_far, year=line.year) <= rules.year_cap
        assert rules.cycle_cap is None or used(so_far, cycle=line.cycle) <= rules.cycle_cap
        for group in (g for g in rules.groups if line.kind in g.kinds):
            assert group.year_cap is None or used(so_far, year=line.year, kinds=set(group.kinds)) <= group.year_cap
            assert group.cycle_cap is None or used(so_far, cycle=line.cycle, kinds=set(group.kinds)) <= group.cycle_cap


@settings(max_examples=100)
@given(RULES, CLAIMS.filter(len), st.randoms())
def test_the_order_in_which_claims_are_found_changes_nothing(rules, claims, chance):
    books = {1: Book([(1, FIRST, rules)])}
    shuffled = list(claims)
    chance.shuffle(shuffled)
    assert count(in_order(shuffled), books) == count(in_order(claims), books)


def worked(caps, claims, **more):
    rules = rules_of(caps, **more)
    rows = [Counted(n + 1, 1, f"{kind}1", hours * 100, day, False) for n, (kind, hours, day) in enumerate(claims)]
    return [
        (line.claim_id, line.kind, line.hours / 100) for line in count(in_order(rows), {1: Book([(1, FIRST, rules)])})
    ]


NONE = (None, None, None)


@pytest.mark.parametrize(
    ("caps", "more", "lines"),
    [
        ([NONE] * 4, {}, [(1, "a1", 30), (2, "b1", 30)]),
        ([("20", None, None), NONE, NONE, NONE], {}, [(1, "a1", 20), (2, "b1", 30)]),
        ([NONE] * 4, {"totals": ("40", None)}, [(1, "a1", 30), (2, "b1", 10)]),
        ([NONE] * 4, {"groups": [({0, 1}, None, "50")]}, [(1, "a1", 30), (2, "b1", 20)]),
        ([NONE, (None, None, "12"), NONE, NONE], {"excess": 2}, [(1, "a1", 30), (2, "b1", 12), (2, "c1", 18)]),
        ([NONE] * 4, {"weight": "2"}, [(1, "a1", 15), (2, "b1", 30)]),
    ],
)
def test_each_cap_worked_by_hand(caps, more, lines):
    claims = [("a", 30, date(2021, 2, 1)), ("b", 30, date(2021, 3, 1))]
    assert worked(caps, claims, **more) == lines


def test_years_and_cycles_have_caps_of_their_own():
    caps = [(None, "10", "15"), NONE, NONE, NONE]
    days = [date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1), date(2026, 1, 1)]
    assert worked(caps, [("a", 8, day) for day in days]) == [(1, "a1", 8), (2, "a1", 2), (3, "a1", 5), (4, "a1", 8)]


def test_the_year_may_begin_in_september():
    rules = Rules.from_dict(
        {
            "schema": 1,
            "name": "t",
            "cycle": {"target": "1", "year_mark": "1", "begins": "09-01", "first_year": 2021},
            "kinds": [{"code": "a1", "name": "a", "form": "self"}],
        }
    )
    assert [rules.year_of(day) for day in (date(2026, 8, 31), date(2026, 9, 1))] == [2025, 2026]
    assert [rules.cycle_of(year) for year in (2020, 2021, 2025, 2026)] == [2016, 2021, 2021, 2026]

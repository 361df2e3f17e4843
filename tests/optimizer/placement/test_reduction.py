"""Which edges a plan without a blocking pair can have: the smallest cases, and every plan of tiny markets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

from optimizer.placement import Problem
from optimizer.placement.market import Market, Plan
from optimizer.placement.reduction import without_blocking_pairs
from tests.optimizer.placement.markets import applicant, host, problem, tiny


def market_of(data: dict[str, Any]) -> Market:
    return Market.of(Problem.from_dict(data).canonical())


def names(market: Market) -> set[str]:
    """The edges of a market as "applicant host"."""
    pairs = [market.pair(n) for listed in market.of_applicant.values() for n in listed]
    return {f"{pair.applicant} {pair.host}" for pair in pairs}


def left(data: dict[str, Any], *opened: int) -> set[str]:
    market = market_of(data)
    return names(without_blocking_pairs(market, range(len(market.edges)), frozenset(opened)))


def test_nobody_comes_before_those_who_want_a_host_before_all_else() -> None:
    """a and b want x first, and x would rather have them than c: its two places are theirs or nobody's."""
    people = [applicant("a", "x", "y"), applicant("b", "x", "y"), applicant("c", "x", "y")]
    hosts = [host("x", 2, "a", "b", "c", min_places=2), host("y", 1, "c", min_places=1)]
    assert "c x" not in left(problem(people, hosts))
    assert "c x" in left(problem(people[1:], hosts))  # one place may be left for c


def test_somebody_content_with_another_host_does_not_take_a_place_away() -> None:
    people = [applicant("a", ["x", "y"]), applicant("b", "x")]
    hosts = [host("x", 1, "a", "b", min_places=1), host("y", 1, min_places=1)]
    assert left(problem(people, hosts)) >= {"a x", "a y", "b x"}


def test_whoever_is_never_turned_away_needs_no_second_wish() -> None:
    people = [applicant("a", "x", "y"), applicant("b", "x", "y"), applicant("c", "y", "x")]
    open_hosts = [host("x", 2, "a", ["b", "c"]), host("y", 1, "c", ["a", "b"])]
    found = left(problem(people, open_hosts))
    assert "a y" not in found
    assert {"a x", "c y"} <= found


def test_a_host_that_may_be_shut_makes_nobody_sure_unless_it_is_known_to_open() -> None:
    people = [applicant("a", "x", "y"), applicant("b", "x", "y")]
    hosts = [host("x", 2, min_places=2), host("y", 2)]
    assert "a y" in left(problem(people, hosts))
    assert "a y" not in left(problem(people, hosts), 0)


def test_no_plan_without_a_blocking_pair_is_lost_and_none_is_won() -> None:
    """Of every plan of 400 tiny markets; in some of them each step takes edges away."""
    seen: Counter[str] = Counter()
    for seed in range(400):
        market = market_of(tiny(seed))
        shut = [j for j in market.of_host if market.opens_with[j]]
        for opened in (frozenset[int](), frozenset(shut)):
            smaller = without_blocking_pairs(market, range(len(market.edges)), opened)
            kept = {n for listed in smaller.of_applicant.values() for n in listed}
            seen["edges gone"] += len(market.edges) - len(kept)
            for plan in plans(market, opened):
                stable = not market.blocking(plan)
                assert not stable or kept.issuperset(plan.values()), seed
                if kept.issuperset(plan.values()):
                    assert stable == (not market.blocking(plan, sorted(kept))), seed
                    seen["stable" if stable else "blocked"] += 1
    assert min(seen.values()) > 100, seen


def plans(market: Market, opened: frozenset[int]) -> Iterator[Plan]:
    """Every plan within places and minimums in which these hosts are open."""
    people = sorted(market.of_applicant)
    for choice in product(*([None, *market.of_applicant[i]] for i in people)):
        plan = {i: n for i, n in zip(people, choice, strict=True) if n is not None}
        count = Counter(market.edges[n].host for n in plan.values())
        if all(market.opens_with[j] <= number <= market.seats[j] for j, number in count.items()) and all(
            count[j] for j in opened
        ):
            yield plan

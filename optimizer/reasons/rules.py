"""What the rules cost: the best plan without each rule, and with it a step looser; and the frontier of moves.

A rule that changes nothing when it is left out changes nothing when it is loosened either, so the second solve is
spared. The price of a policy rule leaves its own shortfall out of the first tier: without the rule there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimizer import verify
from optimizer.county import County
from optimizer.problem import Problem
from optimizer.reasons.base import Asked, Asking, Solve, Tell
from optimizer.reasons.pricing import EXACT, UNKNOWN, Price, price_of
from optimizer.settings import DIRECTIONS, exact
from optimizer.solution import INFEASIBLE, OPTIMAL, Solution, TierResult
from optimizer.solve import solve as _solve

HARD = ("H2", "H3", "H4", "H5", "H6", "H7", "H8")
POLICY = ("R1", "R2", "R3", "R4")
REACH, DIRECTION = "max_km", "directions"
STEPS: Mapping[str, tuple[str, float]] = {
    "H3": ("net_loss_rate", 0.01), "H5": ("out_rate", 0.05), "H6": ("max_move_rate", 0.05),
    "H7": ("backbone_floor", -0.25), "R1": ("rate", -0.01), "R2": ("share", -0.05), "R3": ("up_share", -0.05),
    "R4": ("group_young_rate", -0.01),
}  # fmt: skip
KM_STEP = 10
OFF, RELAXED = "off", "relaxed"


@dataclass(frozen=True, slots=True)
class RulePrice:
    """The best plan without a rule (`off`) or with it a step looser (`relaxed`: ``setting`` goes from ``was`` to
    ``value``). ``rule`` is H2–H8, R1–R4, or the name of a setting that decides which arcs there are.
    ``price`` tells what the rule's absence wins, so below zero is what the rule costs. ``own_shortfall`` is how far
    the plan without a policy rule stays short of it."""

    rule: str
    how: str
    setting: str | None
    was: Any
    value: Any
    price: Price
    own_shortfall: int = 0

    @property
    def binding(self) -> bool | None:
        """Whether the rule costs anything; None where it is not known."""
        if self.price.kind == UNKNOWN:
            return None
        if self.price.first is not None:
            return True
        return False if self.price.kind == EXACT else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule, "how": self.how, "setting": self.setting, "was": self.was, "value": self.value,
            "price": self.price.to_dict(), "own_shortfall": self.own_shortfall, "binding": self.binding,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class RulePrices:
    """The plan's tiers as they are, and each rule's price; dearest first within `off` and `relaxed`."""

    base: tuple[TierResult, ...]
    rows: tuple[RulePrice, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"base": [tier.to_dict() for tier in self.base], "rows": [row.to_dict() for row in self.rows]}


def price_of_rules(
    problem: Problem,
    solution: Solution | None = None,
    *,
    solve: Solve = _solve,
    relaxed: bool = True,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> RulePrices:
    """Each rule's price, by a solve without it and, where that changes anything, one with it a step looser.

    ``solution`` is the problem's own; without one it is solved first. H1 has no price: it says what a move is. H8 is
    asked only where there are locks or bans.
    """
    rules = [rule for rule in (*HARD, *POLICY) if rule != "H8" or problem.locks or problem.bans]
    asking = Asking(solve, progress, cancelled, time_limit, total=len(rules) + 2 + (len(STEPS) if relaxed else 0))
    base = solution or asking.solve(problem, "plan")
    if base is None or base.status == INFEASIBLE:
        return RulePrices((), ())
    asking.usual = base.seconds
    rows = [_off(asking, problem, base, rule) for rule in rules]
    if relaxed:
        rows += [_relaxed(asking, problem, base, row) for row in rows if row.rule in STEPS]
        rows += _arcs(asking, problem, base)
    return RulePrices(base.tiers, tuple(sorted(rows, key=lambda row: (row.how != OFF, row.price.key()))))


def _off(asking: Asking, problem: Problem, base: Solution, rule: str) -> RulePrice:
    setting = STEPS[rule][0] if rule in STEPS else None
    was = None if setting is None else getattr(problem.settings, setting)
    if rule in HARD:
        return RulePrice(
            rule, OFF, setting, was, None, price_of(base, asking.solve(problem, rule, without=frozenset({rule})))
        )
    found = asking.solve(asking_nothing(problem, rule), rule)
    own = sum(short.missing for short in base.shortfalls if short.rule == rule)
    price = price_of(_without_own(base, own), found)
    return RulePrice(rule, OFF, setting, was, None, price, 0 if found is None else _shortfall(problem, found, rule))


def asking_nothing(problem: Problem, *rules: str) -> Problem:
    """The problem with policy rules that ask for nothing: their rates are 0, so their shortfalls are too."""
    nothing: dict[str, Any] = {STEPS[rule][0]: 0 for rule in rules}
    return replace(problem, settings=replace(problem.settings, **nothing))


def _shortfall(problem: Problem, found: Solution, rule: str) -> int:
    """How far a plan is short of a rule of the problem, whatever problem it was made for."""
    report = verify.report(problem.to_dict(), {"moves": [move.to_dict() for move in found.moves]})
    return sum(row["missing"] for row in report["rules"] if row["rule"] == rule)


def _without_own(solution: Solution, own: int) -> Solution:
    """The first tier without the rule's own shortfall."""
    first = solution.tiers[0]
    tier = replace(first, value=first.value - own, bound=max(0.0, first.bound - own))
    return replace(solution, tiers=(tier, *solution.tiers[1:]))


def _relaxed(asking: Asking, problem: Problem, base: Solution, off: RulePrice) -> RulePrice:
    setting, by = STEPS[off.rule]
    was = getattr(problem.settings, setting)
    value = float(max(exact(was) + exact(by), exact(0)))
    if off.binding is False and (off.rule in HARD or off.own_shortfall == 0):
        return RulePrice(off.rule, RELAXED, setting, was, value, replace(off.price, seconds=0.0))
    return _with_setting(asking, problem, base, off.rule, setting, value)


def _arcs(asking: Asking, problem: Problem, base: Solution) -> Iterable[RulePrice]:
    """The settings that are no rule of their own but decide which moves there are."""
    settings = problem.settings
    yield _with_setting(asking, problem, base, REACH, REACH, settings.max_km + KM_STEP)
    if set(settings.directions) != set(DIRECTIONS):
        yield _with_setting(asking, problem, base, DIRECTION, DIRECTION, DIRECTIONS)


def _with_setting(asking: Asking, problem: Problem, base: Solution, rule: str, setting: str, value: Any) -> RulePrice:
    was = getattr(problem.settings, setting)
    changes: dict[str, Any] = {setting: value}
    found = asking.solve(replace(problem, settings=replace(problem.settings, **changes)), f"{rule} {RELAXED}")
    return RulePrice(rule, RELAXED, setting, _plain(was), _plain(value), price_of(base, found))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


# -- the frontier --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FrontierRow:
    """The best plan of at most ``cap`` moves: what the county gets for its moves. ``gaps`` are open posts in
    persons; ``cv`` the official CV of backbone teachers by stage, after the moves."""

    cap: int
    moves: int
    status: str
    rules: int
    needs: float
    gaps: int
    balance: float
    cv: Mapping[str, float]
    cost: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "cap": self.cap, "moves": self.moves, "status": self.status, "rules": self.rules, "needs": self.needs,
            "gaps": self.gaps, "balance": self.balance, "cv": dict(self.cv), "cost": self.cost,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frontier:
    """``rows`` from the fewest moves that keep the first tier to the plan's own; ``still`` is no move at all."""

    still: FrontierRow
    rows: tuple[FrontierRow, ...]
    complete: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "still": self.still.to_dict(), "rows": [row.to_dict() for row in self.rows], "complete": self.complete
        }  # fmt: skip


def frontier(
    problem: Problem,
    solution: Solution | None = None,
    *,
    solve: Solve = _solve,
    steps: int = 6,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> Frontier:
    """Moves against gaps and CV: the cap on moves varied in ``steps`` from the fewest to the plan's own number.

    The fewest are those without which the policy rules would be missed by more; ``still`` shows the county as it is.
    """
    asking = Asking(solve, progress, cancelled, time_limit, total=steps + 1)
    data = problem.to_dict()
    best = solution or asking.solve(problem, "plan")
    still = _row(data, 0, Solution("", "feasible"))
    if best is None or best.status == INFEASIBLE:
        return Frontier(still, (), False)
    asking.usual = best.seconds
    few = _fewest(asking, problem)
    rows = [_row(data, len(best.moves), best)]
    if few is None:
        return Frontier(still, tuple(rows), False)
    caps = sorted({few + (len(best.moves) - few) * n // max(1, steps - 1) for n in range(steps)} - {len(best.moves)})
    complete = best.status == OPTIMAL
    for cap in caps:
        found = asking.solve(capped(problem, cap), f"{cap} moves")
        if found is None or found.status == INFEASIBLE:
            complete = False
            continue
        complete = complete and found.status == OPTIMAL
        rows.append(_row(data, cap, found))
    return Frontier(still, tuple(sorted(rows, key=lambda row: row.cap)), complete)


def _fewest(asking: Asking, problem: Problem) -> int | None:
    """The fewest moves of a plan whose policy rules fall short as little as can be."""
    settings = replace(problem.settings, tiers=("rules", "moves"))
    found = asking.solve(replace(problem, settings=settings), "fewest moves")
    return None if found is None or found.status != OPTIMAL else len(found.moves)


def capped(problem: Problem, cap: int) -> Problem:
    """The problem with at most ``cap`` moves, by a rate whose product with the eligible teachers lies just above."""
    eligible = len(County.of(problem).eligible)
    rate = min(problem.settings.max_move_rate, round((cap + 0.5) / max(1, eligible), 9))
    return replace(problem, settings=replace(problem.settings, max_move_rate=rate))


def _row(data: Mapping[str, Any], cap: int, solution: Solution) -> FrontierRow:
    report = verify.report(data, {"moves": [move.to_dict() for move in solution.moves]})
    tiers, cv = report["tiers"], {stage: row["after"] for stage, row in report["cv"].items()}
    return FrontierRow(
        cap, report["moves"], solution.status, int(tiers["rules"]), tiers["needs"], report["gaps"]["after"],
        tiers["balance"], cv, tiers["cost"],
    )  # fmt: skip

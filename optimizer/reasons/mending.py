"""The smallest changes of settings or eligibility that mend short rules, each verified by a solve.

A change is looked for on the officer's own grid (a per cent, a kilometre). Loosening a setting only adds plans or
takes demands away, so the least total shortfall never grows along the grid, and bisection finds the first value that
suffices; the value before it is shown not to suffice by a proven solve. Only the first tier is solved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from typing import Any

from optimizer.problem import Problem, ReferenceMove
from optimizer.reasons.base import Asking
from optimizer.reasons.reach import Reach
from optimizer.settings import DIRECTIONS, Settings, exact
from optimizer.solution import INFEASIBLE, OPTIMAL, Solution

MOST_PAIRS = 6
MOST_TRIMMED = 12
# setting, step, the loosest value that still means something; None: what the county's distances make it
GRID: tuple[tuple[str, str, str | None], ...] = (
    ("max_km", "1", None), ("net_loss_rate", "0.005", "1"), ("out_rate", "0.01", "1"),
    ("max_move_rate", "0.01", "1"), ("backbone_floor", "-0.05", "0"), ("rate", "-0.005", "0"),
    ("share", "-0.01", "0"), ("up_share", "-0.01", "0"), ("group_young_rate", "-0.005", "0"),
)  # fmt: skip
POLICY_SETTINGS = frozenset({"rate", "share", "up_share", "group_young_rate"})


@dataclass(frozen=True, slots=True)
class NearEligible:
    """Teachers whom one condition keeps from being eligible: ``code`` and ``params`` name it for translation."""

    code: str
    teachers: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NearEligible:
        return cls(data["code"], tuple(data["teachers"]), dict(data.get("params", {})))

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "teachers": list(self.teachers), "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: a setting from ``was`` to ``value``, or teachers made eligible (``setting`` None)."""

    setting: str | None
    was: Any = None
    value: Any = None
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    teachers: tuple[str, ...] = ()
    policy: bool = False
    """Whether the setting is itself what policy asks for, so that changing it asks for less."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "setting": self.setting, "was": self.was, "value": self.value, "code": self.code,
            "params": dict(self.params), "teachers": list(self.teachers), "policy": self.policy,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mend:
    """Changes that lessen the shortfall from ``before`` to ``after`` persons, verified by a solve.

    ``mended`` are the (rule, scope) pairs no longer short, ``still`` those that are; ``enough`` whether at least one
    whole rule's shortfall goes. ``smallest`` is proven: a step less does not suffice (for teachers: nobody can be
    left out)."""

    changes: tuple[Change, ...]
    before: int
    after: int
    mended: tuple[tuple[str, str], ...]
    still: tuple[tuple[str, str, int], ...]
    enough: bool
    smallest: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "changes": [change.to_dict() for change in self.changes], "before": self.before, "after": self.after,
            "mended": [list(key) for key in self.mended], "still": [list(row) for row in self.still],
            "enough": self.enough, "smallest": self.smallest,
        }  # fmt: skip


@dataclass(frozen=True)
class Lever:
    """Something an officer may loosen, in ``levels`` steps."""

    setting: str | None
    levels: int
    values: tuple[Any, ...] = ()
    near: NearEligible | None = None

    def apply(self, problem: Problem, level: int) -> Problem:
        """The problem with the lever at a level; 0 is as it is."""
        if level == 0:
            return problem
        if self.near is not None:
            return with_eligible(problem, self.near.teachers)
        changes: dict[str, Any] = {str(self.setting): self.values[level - 1]}
        return replace(problem, settings=replace(problem.settings, **changes))

    def change(self, problem: Problem, level: int) -> Change:
        if self.near is not None:
            return Change(None, code=self.near.code, params=self.near.params, teachers=self.near.teachers)
        was, value = getattr(problem.settings, str(self.setting)), self.values[level - 1]
        return Change(self.setting, _plain(was), _plain(value), policy=self.setting in POLICY_SETTINGS)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def with_eligible(problem: Problem, teachers: Sequence[str]) -> Problem:
    """The problem with these teachers eligible as well."""
    chosen = set(teachers)
    people = tuple(replace(t, eligible=True) if t.id in chosen else t for t in problem.teachers)
    return replace(problem, teachers=people)


def levers(problem: Problem, near_eligible: Sequence[NearEligible]) -> Iterator[Lever]:
    """Everything that may be loosened, hard settings first, then what policy asks for, then eligibility."""
    settings = problem.settings
    missing = [way for way in DIRECTIONS if way not in settings.directions]
    for name, step, end in GRID:
        if name == "rate":
            for way in missing:
                yield Lever("directions", 1, ((*settings.directions, way),))
        values = tuple(_grid(problem, settings, name, Fraction(step), end))
        if values:
            yield Lever(name, len(values), values)
    eligible = {t.id for t in problem.teachers if t.eligible}
    for near in near_eligible:
        others = tuple(t for t in near.teachers if t not in eligible)
        if others:
            yield Lever(None, 1, near=replace(near, teachers=others))


def _grid(problem: Problem, settings: Settings, name: str, step: Fraction, end: str | None) -> Iterator[float]:
    start, unit = exact(getattr(settings, name)), abs(step)
    last = Fraction(end) if end is not None else Fraction(_furthest(problem))
    if step > 0:
        inside = [unit * n for n in range(floor(start / unit) + 1, ceil(last / unit))]
    else:
        inside = [unit * n for n in range(ceil(start / unit) - 1, floor(last / unit), -1)]
    loosest = [last] if (last > start if step > 0 else last < start) else []
    yield from (_number(value) for value in inside + loosest)


def _number(value: Fraction) -> float:
    return int(value) if value.denominator == 1 else float(value)


def _furthest(problem: Problem) -> int:
    reach = Reach(problem)
    kms = [reach.km(i, s) or 0.0 for i in reach.county.eligible for s in range(len(reach.county.schools))]
    return ceil(max(kms, default=0.0))


# -- the search ----------------------------------------------------------------------------------------------


@dataclass
class _Shortfall:
    """The least total shortfall of problems, each solved once."""

    asking: Asking
    base: Solution
    known: dict[tuple[Any, ...], Solution] = field(default_factory=dict)

    def solve(self, problem: Problem) -> Solution | None:
        key = (problem.settings, frozenset(t.id for t in problem.teachers if t.eligible))
        if key not in self.known:
            only = replace(problem.settings, tiers=("rules",))
            found = self.asking.solve(replace(problem, settings=only), "mending")
            if found is None:
                return None
            self.known[key] = found
        return self.known[key]

    def enough(self, problem: Problem, target: int) -> bool | None:
        """Whether the shortfall can be at most ``target``; None where it was not proven either way."""
        found = self.solve(problem)
        if found is None or found.status == INFEASIBLE:
            return None
        if found.tiers[0].value <= target:
            return True
        return False if found.status == OPTIMAL or found.tiers[0].bound > target + 1e-6 else None


def find_mends(
    asking: Asking, problem: Problem, solution: Solution, near_eligible: Sequence[NearEligible]
) -> tuple[tuple[Mend, ...], tuple[Mend, ...], bool]:
    """Single changes, then pairs where no single change of a hard setting or of eligibility suffices."""
    search = _Search(asking, problem, solution, tuple(levers(problem, near_eligible)))
    singles = search.singles()
    alone = [mend for mend in singles if mend.enough and not mend.changes[0].policy]
    pairs: tuple[Mend, ...] = ()
    if not any(mend.after == 0 for mend in alone):
        pairs = search.pairs(some=not alone)
    return singles, pairs, search.complete


class _Search:
    def __init__(self, asking: Asking, problem: Problem, solution: Solution, every: tuple[Lever, ...]) -> None:
        self.problem, self.solution, self.every = problem, solution, every
        self.short = _Shortfall(asking, solution)
        self.before = sum(short.missing for short in solution.shortfalls)
        self.targets = sorted({0} | {self.before - short.missing for short in solution.shortfalls})
        asking.total = len(every)
        self.asking = asking
        self.complete = True

    def singles(self) -> tuple[Mend, ...]:
        found = [mend for lever in self.every for mend in self.single(lever)]
        return tuple(sorted(found, key=lambda m: (m.after > 0, not m.enough, m.after)))

    def single(self, lever: Lever) -> list[Mend]:
        """The lever at the least level for the most it can mend, and for a whole rule's shortfall if that is less."""
        loosest = self.short.solve(lever.apply(self.problem, lever.levels))
        if loosest is None or loosest.status == INFEASIBLE:
            self.complete = False
            return []
        reached = int(loosest.tiers[0].value)
        self.complete = self.complete and loosest.status == OPTIMAL
        if reached >= self.before:
            return []
        targets = [target for target in self.targets if target >= reached]
        found = [self.towards(lever, target) for target in sorted({targets[0], targets[-1]})] if targets else []
        if not targets:
            found = [self.mend([(lever, lever.levels)], enough=False, smallest=False)]
        mends = [mend for mend in found if mend is not None]
        return mends[:1] if len(mends) == 2 and mends[0].changes == mends[1].changes else mends

    def towards(self, lever: Lever, target: int) -> Mend | None:
        if lever.near is not None:
            return self.trimmed(lever.near, target)
        level, proven = self.bisect(lever, self.problem, target)
        return self.mend([(lever, level)], enough=True, smallest=proven)

    def bisect(self, lever: Lever, base: Problem, target: int) -> tuple[int, bool]:
        """The least level that suffices, given that the last does; and whether that is proven."""
        low, high, proven = 0, lever.levels, True
        while high - low > 1:
            middle = (low + high) // 2
            enough = self.short.enough(lever.apply(base, middle), target)
            if enough:
                high = middle
            else:
                low = middle
                proven = proven and enough is False
        self.complete = self.complete and proven
        return high, proven

    def mend(self, levers: list[tuple[Lever, int]], *, enough: bool, smallest: bool) -> Mend | None:
        changed = self.problem
        for lever, level in levers:
            changed = lever.apply(changed, level)
        changes = tuple(lever.change(self.problem, level) for lever, level in levers)
        return self.verified(changed, changes, enough=enough, smallest=smallest)

    def verified(self, changed: Problem, changes: tuple[Change, ...], *, enough: bool, smallest: bool) -> Mend | None:
        found = self.short.solve(changed)
        if found is None or found.status == INFEASIBLE:
            self.complete = False
            return None
        was = {(s.rule, s.scope) for s in self.solution.shortfalls}
        still = {(s.rule, s.scope): s.missing for s in found.shortfalls}
        return Mend(
            changes, self.before, int(found.tiers[0].value), tuple(sorted(was - still.keys())),
            tuple((rule, scope, n) for (rule, scope), n in sorted(still.items())), enough, smallest,
        )  # fmt: skip

    # -- eligibility --

    def trimmed(self, near: NearEligible, target: int) -> Mend | None:
        """The group cut down to those who are needed: who moves in a plan close to the old one, less whoever can
        be spared."""
        every = with_eligible(self.problem, near.teachers)
        chosen = self.movers(every, near, target)
        smallest = False
        if chosen is not None and self.short.enough(with_eligible(self.problem, chosen), target):
            chosen, smallest = self.spare(chosen, target)
        else:
            chosen = near.teachers
        change = Change(None, code=near.code, params=near.params, teachers=chosen)
        return self.verified(with_eligible(self.problem, chosen), (change,), enough=True, smallest=smallest)

    def movers(self, problem: Problem, near: NearEligible, target: int) -> tuple[str, ...] | None:
        reference = tuple(ReferenceMove(m.teacher, m.to) for m in self.solution.moves)
        settings = replace(problem.settings, tiers=("rules", "change") if reference else ("rules", "moves"))
        found = self.asking.solve(replace(problem, settings=settings, reference=reference), "eligibility")
        if found is None or found.status == INFEASIBLE or found.tiers[0].value > target:
            return None
        group = set(near.teachers)
        return tuple(m.teacher for m in found.moves if m.teacher in group)

    def spare(self, chosen: tuple[str, ...], target: int) -> tuple[tuple[str, ...], bool]:
        """Leave out one after another; proven where each of those left was tried and missed."""
        if len(chosen) > MOST_TRIMMED:
            return chosen, False
        proven = True
        for one in chosen:
            fewer = tuple(t for t in chosen if t != one)
            enough = self.short.enough(with_eligible(self.problem, fewer), target)
            if enough:
                chosen = fewer
            proven = proven and enough is not None
        return chosen, proven

    # -- pairs --

    def pairs(self, *, some: bool) -> tuple[Mend, ...]:
        """Two changes that together mend every rule, or where nothing does and ``some`` is set, a whole rule's
        shortfall; what policy asks for is left as it is."""
        hard = [lever for lever in self.every if lever.setting not in POLICY_SETTINGS]
        together = self.problem
        for lever in hard:
            together = lever.apply(together, lever.levels)
        together = replace(together, settings=replace(together.settings, directions=DIRECTIONS))
        for target in [0, self.targets[-1]] if some else [0]:
            if self.short.enough(together, target) is not False:
                found = self.pairs_for(hard, target)
                if found:
                    return found
        return ()

    def pairs_for(self, hard: Sequence[Lever], target: int) -> tuple[Mend, ...]:
        found: list[Mend] = []
        for one, other in combinations(hard, 2):
            if self.asking.out_of_time():
                self.complete = False
                break
            if len(found) < MOST_PAIRS:
                mend = self.pair(one, other, target)
                found += [] if mend is None else [mend]
        return tuple(found)

    def pair(self, one: Lever, other: Lever, target: int) -> Mend | None:
        """The first change as small as can be with the second at its loosest, then the second as small as can be."""
        if one.setting == other.setting == "directions":
            return None
        if not self.short.enough(other.apply(one.apply(self.problem, one.levels), other.levels), target):
            return None
        first, one_proven = self.bisect(one, other.apply(self.problem, other.levels), target)
        second, other_proven = self.bisect(other, one.apply(self.problem, first), target)
        return self.mend([(one, first), (other, second)], enough=True, smallest=one_proven and other_proven)

"""The books of a plan: what any small change would do to each rule and tier, without a solve.

`Ledger.effect` answers "the plan with these moves undone and those added, all else as it is": which hard rules it
would break, with numbers, and by how much each tier would change. A change that breaks nothing is a plan, so its
effect is an upper bound of what a solve with that change forced would cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from optimizer.problem import Problem
from optimizer.reasons.reach import Arc, Reach
from optimizer.settings import exact, share_ceiling
from optimizer.solution import Move, Solution

BALANCE_TOLERANCE = 2e-6


@dataclass(frozen=True, slots=True)
class Breach:
    """A hard rule that a change would break: the count ``now``, ``after`` the change, and the rule's ``limit``."""

    rule: str
    school: str | None
    stage: str | None
    subject: str | None
    now: int
    after: int
    limit: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule, "school": self.school, "stage": self.stage, "subject": self.subject,
            "now": self.now, "after": self.after, "limit": self.limit,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does: hard rules broken, and each tier's change (below zero is better)."""

    breaches: tuple[Breach, ...]
    change: Mapping[str, float]
    first: tuple[str, float] | None
    """The first tier that changes and by how much; None where every tier stays."""

    @property
    def possible(self) -> bool:
        return not self.breaches


def first_change(change: Mapping[str, float], values: Mapping[str, float]) -> tuple[str, float] | None:
    """The first tier that changes; the balance tier by more than its proof leaves open."""
    for name, by in change.items():
        room = BALANCE_TOLERANCE * abs(values[name]) + 1e-12 if name == "balance" else 0.5
        if abs(by) > room:
            return name, by
    return None


def allowances(problem: Problem, solution: Solution) -> dict[str, float]:
    """What each tier with a tolerance may be at worst: a change that stays within it gives up nothing."""
    settings = problem.settings
    return {t.name: settings.worst(t.name, t.best) for t in solution.tiers if settings.tolerance(t.name)}


def beyond(change: Mapping[str, float], values: Mapping[str, float], most: Mapping[str, float]) -> dict[str, float]:
    """A change of the tiers, with none where a tier stays within what its tolerance allows."""
    return {
        name: 0.0 if name in most and values[name] + by <= most[name] * (1 + BALANCE_TOLERANCE) else by
        for name, by in change.items()
    }


def _up(ratio: Fraction, count: int) -> int:
    """⌈ratio · count⌉ in whole numbers, which is much faster than with fractions."""
    return -(-ratio.numerator * count // ratio.denominator)


class Ledger:
    """Counts after a plan's moves, open to change. Moves must name teachers and schools of the problem.

    ``most`` are the `allowances` of the plan, where its problem has tolerances.
    """

    def __init__(
        self,
        problem: Problem,
        moves: Iterable[Move],
        reach: Reach | None = None,
        most: Mapping[str, float] | None = None,
    ) -> None:
        problem = problem if problem.settings == problem.settings.canonical() else _with_rules(problem)
        self.problem = problem
        self.reach = reach or Reach(problem)
        self.county = self.reach.county
        self.tiers = problem.settings.tiers
        self.most = most or {}
        self._rates()
        self._before()
        self.plan: dict[int, Arc] = {}
        for move in moves:
            self.make(Arc(self.reach.number[move.teacher], self.county.school_index[move.to], move.subject))

    def _rates(self) -> None:
        county, settings = self.county, self.problem.settings
        self._share, self._up_share = exact(settings.share), exact(settings.up_share)
        everyone = Counter(county.school_of[i] for i in county.eligible)
        pool = sum(n for s, n in everyone.items() if county.sending(s))
        scopes = {"pool": pool, "county": len(county.eligible)}
        self._rate_needed = {
            name: share_ceiling(settings.rate, scopes[name]) for name in settings.rate_scopes if name in scopes
        }
        self._school_needed = (
            {s: share_ceiling(settings.rate, everyone[s]) for s in range(len(county.schools)) if county.sending(s)}
            if "school" in settings.rate_scopes
            else {}
        )
        self._group_needed = {
            group: share_ceiling(settings.group_young_rate, young) for group, young in county.young_in_group.items()
        }
        self._reference = {(move.teacher, move.to) for move in self.problem.reference}

    def _before(self) -> None:
        county = self.county
        self.head = Counter(dict(enumerate(county.headcount)))
        self.out: Counter[int] = Counter()
        self.team = Counter((s, t.stage, t.subject) for t, s in zip(county.teachers, county.school_of, strict=True))
        self.team_before = Counter(self.team)
        self.star = Counter(county.backbones)
        # moves, backbone moves; of the county, of the sending schools; up, down; young inside each group
        self.flow: Counter[str] = Counter()
        self.young: Counter[str] = Counter()
        self.cost = 0
        self.kept = 0
        self._values: dict[str, float] | None = None
        self._balanced = {stage: frozenset(schools) for stage, schools in county.balanced.items()}

    # -- changing the plan --

    def make(self, arc: Arc) -> None:
        """Add a move to the plan."""
        self._book(arc, 1)
        self.plan[arc.teacher] = arc

    def undo(self, arc: Arc) -> None:
        """Take a move out of the plan."""
        self._book(arc, -1)
        del self.plan[arc.teacher]

    def _book(self, arc: Arc, sign: int) -> None:
        change = _Change(self, [arc] if sign < 0 else [], [arc] if sign > 0 else [])
        _add(self.head, change.head)
        _add(self.out, change.out)
        _add(self.star, change.star)
        _add(self.team, change.team)
        _add(self.flow, change.flow)
        _add(self.young, change.young)
        self.cost += change.cost
        self.kept += change.kept
        self._values = None

    # -- the plan as it is --

    def values(self) -> dict[str, float]:
        """Every tier's value, in the order of the settings."""
        found = {
            "rules": float(sum(self.shortfalls().values())),
            "needs": float(
                sum(
                    team.weight * max(0, team.posts - self.team[team.school, team.stage, team.subject])
                    for team in self.county.teams
                )
            ),
            "balance": sum(
                self.county.cv2_term(s, stage, self.star[s, stage])
                for stage, schools in self.county.balanced.items()
                for s in schools
            ),
            "change": float(len(self._reference) + len(self.plan) - 2 * self.kept if self._reference else 0),
            "moves": float(len(self.plan)),
            "cost": float(self.cost),
        }
        return {name: found[name] for name in self.tiers}

    def shortfalls(self) -> dict[tuple[str, str], int]:
        """R1–R4: the missing persons by (rule, scope), only where something is missing."""
        flow = self.flow
        missing = {("R1", name): needed - flow[name] for name, needed in self._rate_needed.items()}
        missing |= {
            ("R1", self.county.schools[s].id): needed - self.out[s] for s, needed in self._school_needed.items()
        }
        for name in self.problem.settings.share_scopes:
            missing["R2", name] = _up(self._share, flow[name]) - flow[f"{name} backbone"]
        missing["R3", "county"] = _up(self._up_share, flow["down"]) - flow["up"]
        missing |= {("R4", group): needed - self.young[group] for group, needed in self._group_needed.items()}
        return {key: n for key, n in missing.items() if n > 0}

    def staff(self, s: int, stage: str, subject: str) -> int:
        """Staff of a team after the plan's moves."""
        return self.team[s, stage, subject]

    def open_posts(self) -> list[tuple[int, int]]:
        """(team, posts still open) where any is."""
        return [
            (k, team.posts - self.team[team.school, team.stage, team.subject])
            for k, team in enumerate(self.county.teams)
            if team.posts > self.team[team.school, team.stage, team.subject]
        ]

    # -- what a change would do --

    def effect(self, leave: Sequence[Arc] = (), join: Sequence[Arc] = ()) -> Effect:
        """The plan without the moves ``leave`` and with the moves ``join``, all else as it is."""
        change = _Change(self, leave, join)
        found = {
            "rules": self._rules_change(change), "needs": self._needs_change(change),
            "balance": self._balance_change(change),
            "change": (change.moves - 2 * change.kept) if self._reference else 0,
            "moves": change.moves, "cost": change.cost,
        }  # fmt: skip
        ordered = {name: found[name] for name in self.tiers}
        if self.most:
            ordered = beyond(ordered, self._present(), self.most)
        return Effect(tuple(self._breaches(change)), ordered, first_change(ordered, self._present()))

    @classmethod
    def of(cls, problem: Problem, solution: Solution) -> Ledger:
        """The books of a solved plan."""
        return cls(problem, solution.moves, most=allowances(problem, solution))

    def _present(self) -> Mapping[str, float]:
        if self._values is None:
            self._values = self.values()
        return self._values

    def _breaches(self, change: _Change) -> Iterable[Breach]:
        county, schools = self.county, self.county.schools
        for s, n in change.head.items():
            now = self.head[s]
            if n > 0 and now + n > county.seats(s):
                yield Breach("H2", schools[s].id, None, None, now, now + n, county.seats(s))
            least = county.headcount[s] - county.net_loss(s)
            if n < 0 and now + n < least:
                yield Breach("H3", schools[s].id, None, None, now, now + n, least)
        for (s, stage, subject), n in change.team.items():
            k = county.team_index.get((s, stage, subject))
            if n < 0 and k is not None:
                now = self.team[s, stage, subject]
                least = min(county.teams[k].posts, county.teams[k].staff)
                if now + n < least:
                    yield Breach("H4", schools[s].id, stage, subject, now, now + n, least)
        for s, n in change.out.items():
            if n > 0 and self.out[s] + n > county.out_cap(s):
                yield Breach("H5", schools[s].id, None, None, self.out[s], self.out[s] + n, county.out_cap(s))
        if change.moves > 0 and len(self.plan) + change.moves > county.move_cap:
            yield Breach("H6", None, None, None, len(self.plan), len(self.plan) + change.moves, county.move_cap)
        for (s, stage), n in change.star.items():
            now = self.star[s, stage]
            if n < 0 and now + n < county.backbone_floor(s, stage):
                yield Breach("H7", schools[s].id, stage, None, now, now + n, county.backbone_floor(s, stage))

    def _needs_change(self, change: _Change) -> int:
        total = 0
        for key, n in change.team.items():
            k = self.county.team_index.get(key)
            if n and k is not None:
                team, now = self.county.teams[k], self.team[key]
                total += team.weight * (max(0, team.posts - now - n) - max(0, team.posts - now))
        return total

    def _balance_change(self, change: _Change) -> float:
        total, county = 0.0, self.county
        for (s, stage), n in change.star.items():
            if n and stage in self._balanced and s in self._balanced[stage]:
                now = self.star[s, stage]
                total += county.cv2_term(s, stage, now + n) - county.cv2_term(s, stage, now)
        return total

    def _rules_change(self, change: _Change) -> int:
        now, then, total = self.flow, Counter(self.flow), 0
        for key, n in change.flow.items():
            then[key] += n
        for scope, needed in self._rate_needed.items():
            total += max(0, needed - then[scope]) - max(0, needed - now[scope])
        for scope in self.problem.settings.share_scopes:
            stars = f"{scope} backbone"
            total += max(0, _up(self._share, then[scope]) - then[stars])
            total -= max(0, _up(self._share, now[scope]) - now[stars])
        total += max(0, _up(self._up_share, then["down"]) - then["up"])
        total -= max(0, _up(self._up_share, now["down"]) - now["up"])
        if self._school_needed:
            for s, n in change.out.items():
                needed = self._school_needed.get(s, 0)
                total += max(0, needed - self.out[s] - n) - max(0, needed - self.out[s])
        for group, n in change.young.items():
            needed = self._group_needed[group]
            total += max(0, needed - self.young[group] - n) - max(0, needed - self.young[group])
        return total


class _Change:
    """The net counts of moves undone and added."""

    __slots__ = ("cost", "flow", "head", "kept", "moves", "out", "star", "team", "young")

    def __init__(self, ledger: Ledger, leave: Sequence[Arc], join: Sequence[Arc]) -> None:
        self.head: dict[int, int] = {}
        self.out: dict[int, int] = {}
        self.team: dict[tuple[int, str, str], int] = {}
        self.star: dict[tuple[int, str], int] = {}
        self.flow: dict[str, int] = {}
        self.young: dict[str, int] = {}
        self.cost = self.kept = 0
        self.moves = len(join) - len(leave)
        for arc in leave:
            self._add(ledger, arc, -1)
        for arc in join:
            self._add(ledger, arc, 1)

    def _add(self, ledger: Ledger, arc: Arc, n: int) -> None:
        county, to = ledger.county, arc.school
        teacher, origin = county.teachers[arc.teacher], county.school_of[arc.teacher]
        stage = teacher.stage
        self.head[origin] = self.head.get(origin, 0) - n
        self.head[to] = self.head.get(to, 0) + n
        self.out[origin] = self.out.get(origin, 0) + n
        here, there = (origin, stage, teacher.subject), (to, stage, arc.subject)
        self.team[here] = self.team.get(here, 0) - n
        self.team[there] = self.team.get(there, 0) + n
        pool, receives = county.sending(origin), county.sending(to)
        self._flow("county", n)
        if pool:
            self._flow("pool", n)
        if teacher.backbone:
            self.star[origin, stage] = self.star.get((origin, stage), 0) - n
            self.star[to, stage] = self.star.get((to, stage), 0) + n
            self._flow("county backbone", n)
            if pool:
                self._flow("pool backbone", n)
        if pool != receives:
            self._flow("down" if pool else "up", n)
        group = county.schools[origin].group
        if teacher.young and group is not None and county.schools[to].group == group:
            self.young[group] = self.young.get(group, 0) + n
        self.cost += n * ledger.reach.cost(arc)
        if ledger._reference and (teacher.id, county.schools[to].id) in ledger._reference:
            self.kept += n

    def _flow(self, key: str, n: int) -> None:
        self.flow[key] = self.flow.get(key, 0) + n


def _add[Key](counts: Counter[Key], change: Mapping[Key, int]) -> None:
    for key, n in change.items():
        counts[key] += n


def _with_rules(problem: Problem) -> Problem:
    return replace(problem, settings=problem.settings.canonical())

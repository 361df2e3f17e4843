"""The best plan next to the reference, found by looking at all of them (MATH.md, "Solving again").

After a decision or two the reference is nearly a plan. Without what the decisions took away and with what they demand
it is the *base*, and a plan's change is the base's own plus one for every move taken from it or added to it. So where
the base, or the base with one move more or less, has the values that the tiers before `change` were proven at, no plan
changes less, and the best of these few thousand by the tiers after it is the best of all.

Within a school the subject an arrival takes up bears on gaps alone (`needs` and H4), so moves are (teacher, school)
here, and each school shares out its subjects so that the least gap is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from optimizer.arcs import Arcs, Flags, Ints
from optimizer.counts import counts_of_plan, measure, shortfalls
from optimizer.county import County

# A school with more ways than this to share out subjects is not looked through.
MOST_WAYS = 4096
SLACK = 1e-9
# The gap of a school that cannot keep H4: more than all gaps together, and still exact in sums.
BROKEN = 10**9
LATER = frozenset({"moves", "cost"})
Move = tuple[int, int]
"""A teacher and a school, as indices into `County.teachers` and `County.schools`."""


@dataclass(frozen=True)
class Found:
    """A plan (arc numbers) next to the reference that is proven best, and the value of every tier in it."""

    plan: list[int]
    values: dict[str, float]


class Unclear(Exception):
    """A school has more ways to share out subjects than are worth looking at."""


def best_near(county: County, arcs: Arcs, held: Mapping[str, float], later: Sequence[str]) -> Found | None:
    """The best plan whose ``held`` tiers are no worse than given, by `change` and then the tiers of ``later``.

    None where a plan next to the reference does not tell: then others must be looked at.
    """
    if not set(later) <= LATER or not county.problem.reference or not len(arcs):
        return None
    ways = _Ways.of(county, arcs)
    if not arcs.must_go <= set(ways.teacher.tolist()):
        return None
    try:
        return _Base(ways).best(held, later)
    except Unclear:
        return None


@dataclass(frozen=True)
class _Ways:
    """Every (teacher, school) that arcs lead along: arrays of one length; ``first`` is each one's first arc."""

    county: County
    arcs: Arcs
    teacher: Ints
    school: Ints
    origin: Ints
    first: Ints
    cost: Ints
    place: dict[Move, int]

    @classmethod
    def of(cls, county: County, arcs: Arcs) -> _Ways:
        to = np.array([team.school for team in county.teams], dtype=np.int64)[arcs.team]
        # arcs are sorted by teacher and team, and teams by school, so those of one way lie together
        first = np.nonzero(np.diff(arcs.teacher * len(county.schools) + to, prepend=-1))[0]
        teacher, school = arcs.teacher[first], to[first]
        origin = np.array(county.school_of, dtype=np.int64)[teacher]
        place = {move: n for n, move in enumerate(zip(teacher.tolist(), school.tolist(), strict=True))}
        return cls(county, arcs, teacher, school, origin, first, arcs.cost[first], place)

    def arcs_of(self, move: Move) -> range:
        """The arcs of a move, one for each subject it can be made in."""
        n = self.place[move]
        last = int(self.first[n + 1]) if n + 1 < len(self.first) else len(self.arcs)
        return range(int(self.first[n]), last)

    def teams(self, move: Move) -> tuple[int, ...]:
        """The teams a move can arrive at."""
        return tuple(int(self.arcs.team[n]) for n in self.arcs_of(move))

    def own_team(self, i: int) -> int:
        """The team a teacher leaves; -1 where there are no posts of the kind."""
        teacher = self.county.teachers[i]
        return self.county.team_index.get((self.county.school_of[i], teacher.stage, teacher.subject), -1)


class _Base:
    """What is left of the reference, with what is locked, and the counts of that."""

    def __init__(self, ways: _Ways) -> None:
        self.ways = ways
        self.county = county = ways.county
        number = {teacher.id: i for i, teacher in enumerate(county.teachers)}
        named = ((number[move.teacher], county.school_index[move.to]) for move in county.problem.reference)
        self.moves = {i: s for i, s in named if (i, s) in ways.place}
        forced = ways.arcs.must_go - self.moves.keys()
        self.moves |= {i: s for i, s in ways.place if i in forced}
        schools, teams = len(county.schools), len(county.teams)
        self.out, self.into = np.zeros(schools, dtype=np.int64), np.zeros(schools, dtype=np.int64)
        self.stars: Counter[tuple[int, str]] = Counter()
        self.left = np.zeros(teams + 1, dtype=np.int64)
        self.come: dict[int, list[tuple[int, ...]]] = {}
        for i, s in self.moves.items():
            self.out[county.school_of[i]] += 1
            self.into[s] += 1
            self._count_star((i, s), 1, self.stars)
            self.left[ways.own_team(i)] += 1
            self.come.setdefault(s, []).append(ways.teams((i, s)))
        self.cost = sum(int(ways.cost[ways.place[move]]) for move in self.moves.items())
        self.teams_of: dict[int, list[int]] = {}
        for k, team in enumerate(county.teams):
            self.teams_of.setdefault(team.school, []).append(k)
        self.gap = np.array([self._gap(s) for s in range(schools)], dtype=np.int64)
        self.needs = int(self.gap.sum())
        self._balances: dict[tuple[object, ...], float] = {}
        self._rules: dict[tuple[object, ...], int] = {}

    # -- the few plans there are --

    def best(self, held: Mapping[str, float], later: Sequence[str]) -> Found | None:
        """The base itself where it will do, else the best of those that differ from it by one move."""
        if found := self._tried(None, 0, held):
            return found
        fewer = [(move, -1) for move in self.moves.items() if move[0] not in self.ways.arcs.must_go]
        more = [(move, 1) for move in self._worth_adding(held)]
        for move, sign in sorted(fewer + more, key=lambda one: (*self._rank(one[0], one[1], later), *one)):
            if found := self._tried(move, sign, held):
                return found
        return None

    def _rank(self, move: Move, sign: int, later: Sequence[str]) -> tuple[int, ...]:
        cost = self.cost + sign * int(self.ways.cost[self.ways.place[move]])
        values = {"moves": len(self.moves) + sign, "cost": cost}
        return tuple(values[name] for name in later)

    def _worth_adding(self, held: Mapping[str, float]) -> list[Move]:
        """The moves that, added to the base, may keep H2 to H5 and the needs held."""
        ways, county = self.ways, self.county
        going = np.zeros(len(county.teachers), dtype=bool)
        going[list(self.moves)] = True
        may: Flags = ~going[ways.teacher] & self._fits(ways.origin, ways.school)
        if "needs" in held:
            may &= self.needs + self._needs_added() <= held["needs"]
        return [(int(ways.teacher[n]), int(ways.school[n])) for n in np.nonzero(may)[0]]

    def _fits(self, origin: Ints, school: Ints) -> Flags:
        """H2, H3 and H5 with a move from ``origin`` to ``school`` added to the base."""
        county = self.county
        every = range(len(county.schools))
        room = np.array([county.seats(s) - county.headcount[s] for s in every])
        loss = np.array([county.net_loss(s) for s in every])
        cap = np.array([county.out_cap(s) for s in every])
        net = self.into - self.out
        wrong = (net > room) | (net < -loss) | (self.out > cap)
        elsewhere = int(wrong.sum()) - wrong[origin].astype(int) - wrong[school].astype(int)
        ends = (net[origin] - 1 >= -loss[origin]) & (net[origin] - 1 <= room[origin])
        ends &= (net[school] + 1 <= room[school]) & (net[school] + 1 >= -loss[school])
        fits: Flags = ends & (elsewhere == 0) & (self.out[origin] < cap[origin]) & (self.out[school] <= cap[school])
        return fits

    def _needs_added(self) -> Ints:
        """What each way adds to the needs tier of the base; about `BROKEN` where it breaks H4."""
        teams = self.county.teams
        arriving = np.array([self._gap(t.school, 1, (k,)) - self.gap[t.school] for k, t in enumerate(teams)])
        leaving = np.array([self._gap(t.school, 1, None, k) - self.gap[t.school] for k, t in enumerate(teams)] + [0])
        own = np.array([self.ways.own_team(i) for i in range(len(self.county.teachers))])
        added: Ints = np.minimum.reduceat(arriving[self.ways.arcs.team], self.ways.first)
        added += leaving[own[self.ways.teacher]]
        return added

    def _tried(self, move: Move | None, sign: int, held: Mapping[str, float]) -> Found | None:
        """The base with a move more (sign 1), less (-1) or as it is, if it keeps the hard rules and the values held."""
        if "moves" in held and len(self.moves) + sign > held["moves"]:
            return None
        if "needs" in held and self._needs_with(move, sign) > held["needs"]:
            return None
        if "balance" in held and self._balance_with(move, sign) > held["balance"] * (1 + 2 * SLACK):
            return None
        if not self._keeps_hard_rules(move, sign):
            return None
        if "rules" in held and self._rules_with(move, sign) > held["rules"]:
            return None
        plan = self._plan(move, sign)
        values = measure(self.county, self.ways.arcs.classes, counts_of_plan(self.county, self.ways.arcs, plan))
        if any(values[name] > value * (1 + SLACK) for name, value in held.items()):
            return None
        values["cost"] = sum(int(self.ways.arcs.cost[n]) for n in plan)
        return Found(plan, values)

    # -- what one move more or less does --

    def _needs_with(self, move: Move | None, sign: int) -> int:
        if move is None:
            return self.needs
        i, s = move
        origin = self.county.school_of[i]
        after = self._gap(origin, sign, None, self.ways.own_team(i)) + self._gap(s, sign, self.ways.teams(move))
        return self.needs - int(self.gap[origin] + self.gap[s]) + after

    def _gap(self, s: int, sign: int = 0, arrival: tuple[int, ...] | None = None, departure: int | None = None) -> int:
        """A school's weighted gap with an arrival or a departure more or less, subjects shared out at best."""
        come = list(self.come.get(s, ()))
        if arrival is not None:
            come.append(arrival) if sign > 0 else come.remove(arrival)
        left = self.left
        if departure is not None and departure >= 0:
            left = left.copy()
            left[departure] += sign
        return min((gap for gap, _ in self._shared_out(s, left, come)), default=BROKEN)

    def _shared_out(self, s: int, left: Ints, come: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Each way to share out subjects among a school's arrivals that keeps H4, with the gap it leaves."""
        if np.prod([len(options) for options in come], dtype=float) > MOST_WAYS:
            raise Unclear
        mine = self.teams_of.get(s, [])
        staff = {k: self.county.teams[k].staff - int(left[k]) for k in mine}
        for choice in product(*come):
            gap = 0
            for k in mine:
                team, there = self.county.teams[k], staff[k] + choice.count(k)
                if there < team.posts:
                    if there < team.staff:
                        break
                    gap += team.weight * (team.posts - there)
            else:
                yield gap, choice

    def _count_star(self, move: Move, sign: int, stars: Counter[tuple[int, str]]) -> None:
        teacher = self.county.teachers[move[0]]
        if teacher.backbone:
            stars[self.county.school_of[move[0]], teacher.stage] -= sign
            stars[move[1], teacher.stage] += sign

    def _stars_with(self, move: Move | None, sign: int) -> Counter[tuple[int, str]]:
        stars = Counter(self.stars)
        if move is not None:
            self._count_star(move, sign, stars)
        return stars

    def _balance_with(self, move: Move | None, sign: int) -> float:
        """The balance tier with a move more or less; the exact sum is taken again afterwards."""
        key: tuple[object, ...] = ()
        if move is not None and self.county.teachers[move[0]].backbone:
            key = self.county.teachers[move[0]].stage, self.county.school_of[move[0]], move[1], sign
        if key not in self._balances:
            stars, county = self._stars_with(move, sign), self.county
            self._balances[key] = sum(
                county.cv2_term(s, stage, county.backbones.get((s, stage), 0) + stars[s, stage])
                for stage, schools in county.balanced.items()
                for s in schools
            )
        return self._balances[key]

    def _keeps_hard_rules(self, move: Move | None, sign: int) -> bool:
        """H2, H3, H5, H6 and H7; H1 and H8 hold by what is looked at, H4 by the gaps."""
        county, out, into = self.county, self.out.copy(), self.into.copy()
        if move is not None:
            out[county.school_of[move[0]]] += sign
            into[move[1]] += sign
        if out.sum() > county.move_cap:
            return False
        for s in np.nonzero(out + into)[0].tolist():
            room, net = county.seats(s) - county.headcount[s], into[s] - out[s]
            if not (-county.net_loss(s) <= net <= room and out[s] <= county.out_cap(s)):
                return False
        return all(
            -n <= county.backbones.get((s, stage), 0) - county.backbone_floor(s, stage)
            for (s, stage), n in self._stars_with(move, sign).items()
            if county.schools[s].students.get(stage, 0) > 0
        )

    def _rules_with(self, move: Move | None, sign: int) -> int:
        """The rules tier: alike for moves whose ends, title and group are alike."""
        key: tuple[object, ...] = ()
        county = self.county
        if move is not None:
            kind = self.ways.arcs.classes[int(self.ways.arcs.kind[self.ways.arcs_of(move)[0]])]
            group = county.schools[move[1]].group if kind.young_in_group else None
            origin = county.school_of[move[0]]
            key = sign, kind.backbone, origin, county.sending(move[1]), group
        if key not in self._rules:
            counts = counts_of_plan(county, self.ways.arcs, self._plan(move, sign))
            self._rules[key] = sum(shortfalls(county, self.ways.arcs.classes, counts).values())
        return self._rules[key]

    def _plan(self, move: Move | None, sign: int) -> list[int]:
        """The arcs of the base with a move more or less, every school's subjects shared out at best."""
        moves = dict(self.moves)
        if move is not None and sign > 0:
            moves[move[0]] = move[1]
        elif move is not None:
            del moves[move[0]]
        left = np.zeros_like(self.left)
        come: dict[int, list[Move]] = {}
        for i, s in sorted(moves.items()):
            left[self.ways.own_team(i)] += 1
            come.setdefault(s, []).append((i, s))
        plan: list[int] = []
        for s, arrivals in come.items():
            _, choice = min(self._shared_out(s, left, [self.ways.teams(one) for one in arrivals]))
            for one, k in zip(arrivals, choice, strict=True):
                plan.append(next(n for n in self.ways.arcs_of(one) if self.ways.arcs.team[n] == k))
        return sorted(plan)

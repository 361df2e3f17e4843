"""Who is better and worse off: wishes, ways to work, and how evenly backbone teachers and gaps are spread.

Everything is measured from the problem and a list of moves, so that any plan, whoever made it, can be set beside any
other. Lorenz curves order the schools from the least to the most per pupil (per post); Gini is twice the area between
curve and diagonal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

from optimizer.geometry import distance_km
from optimizer.problem import Problem
from optimizer.reasons.ledger import Ledger
from optimizer.reasons.reach import Arc, place
from optimizer.solution import Move


@dataclass(frozen=True, slots=True)
class Wishes:
    """Moves by what the teacher wished: the first listed school, another listed one, none listed, no wishes given."""

    first: int
    listed: int
    unlisted: int
    none_given: int

    def to_dict(self) -> dict[str, int]:
        return {
            "first": self.first, "listed": self.listed, "unlisted": self.unlisted, "none_given": self.none_given
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """Kilometres from home to work of those who move: mean, 95th percentile (nearest rank), greatest."""

    mean: float
    p95: float
    max: float

    def to_dict(self) -> dict[str, float]:
        return {"mean": self.mean, "p95": self.p95, "max": self.max}


@dataclass(frozen=True, slots=True)
class Commuting:
    """The ways of the movers before and after; ``known`` of them have a home and both schools on the map."""

    known: int
    unknown: int
    before: Way | None
    after: Way | None
    longer: int
    shorter: int
    most_longer: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "known": self.known, "unknown": self.unknown,
            "before": None if self.before is None else self.before.to_dict(),
            "after": None if self.after is None else self.after.to_dict(),
            "longer": self.longer, "shorter": self.shorter, "most_longer": self.most_longer,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """A Lorenz curve from (0, 0) to (1, 1), its Gini index, and how many units it is made of."""

    gini: float
    lorenz: tuple[tuple[float, float], ...]
    total: int

    def to_dict(self) -> dict[str, Any]:
        return {"gini": self.gini, "lorenz": [list(point) for point in self.lorenz], "total": self.total}


@dataclass(frozen=True, slots=True)
class Loss:
    """The donor school that loses most of its teachers of a subject, net of those who come."""

    school: str
    stage: str
    subject: str
    before: int
    after: int
    posts: int

    @property
    def share(self) -> float:
        return (self.before - self.after) / self.before

    def to_dict(self) -> dict[str, Any]:
        return {
            "school": self.school, "stage": self.stage, "subject": self.subject, "before": self.before,
            "after": self.after, "posts": self.posts, "lost": self.before - self.after, "share": self.share,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fairness:
    """``backbones`` by stage (per pupil) and ``gaps`` (open posts per post, all stages), each before and after."""

    moves: int
    wishes: Wishes
    commuting: Commuting
    backbones: Mapping[str, tuple[Spread, Spread]]
    gaps: tuple[Spread, Spread]
    losses: tuple[Loss, ...]

    @property
    def worst_loss(self) -> Loss | None:
        """The greatest loss of all donor schools and subjects, by share."""
        return max(self.losses, key=lambda loss: (loss.share, loss.before - loss.after), default=None)

    def to_dict(self) -> dict[str, Any]:
        worst = self.worst_loss
        return {
            "moves": self.moves, "wishes": self.wishes.to_dict(), "commuting": self.commuting.to_dict(),
            "backbones": {g: _both(pair) for g, pair in self.backbones.items()}, "gaps": _both(self.gaps),
            "losses": [loss.to_dict() for loss in self.losses],
            "worst_loss": None if worst is None else worst.to_dict(),
        }  # fmt: skip


def _both(pair: tuple[Spread, Spread]) -> dict[str, Any]:
    return {"before": pair[0].to_dict(), "after": pair[1].to_dict()}


def fairness(problem: Problem, moves: Iterable[Move]) -> Fairness:
    """How a list of moves treats teachers and schools. The moves must name people and schools of the problem."""
    still, after = Ledger(problem, ()), Ledger(problem, moves)
    arcs = sorted(after.plan.values())
    return Fairness(
        len(arcs), _wishes(after, arcs), _commuting(after, arcs), _backbones(still, after),
        (_gaps(still), _gaps(after)), _losses(still, after),
    )  # fmt: skip


def _wishes(ledger: Ledger, arcs: Sequence[Arc]) -> Wishes:
    first = listed = unlisted = none = 0
    for arc in arcs:
        given, to = ledger.county.teachers[arc.teacher].preferences, ledger.county.schools[arc.school].id
        first += bool(given) and given[0] == to
        listed += to in given[1:] and given[0] != to
        unlisted += bool(given) and to not in given
        none += not given
    return Wishes(first, listed, unlisted, none)


def _commuting(ledger: Ledger, arcs: Sequence[Arc]) -> Commuting:
    county = ledger.county
    ways: list[tuple[float, float]] = []
    for arc in arcs:
        home = place(county.teachers[arc.teacher])
        origin, to = place(county.schools[county.school_of[arc.teacher]]), place(county.schools[arc.school])
        if home is not None and origin is not None and to is not None:
            ways.append((distance_km(home, origin), distance_km(home, to)))
    return Commuting(
        len(ways), len(arcs) - len(ways), _way([a for a, _ in ways]), _way([b for _, b in ways]),
        sum(b > a for a, b in ways), sum(b < a for a, b in ways), max((b - a for a, b in ways), default=0.0),
    )  # fmt: skip


def _way(kms: Sequence[float]) -> Way | None:
    if not kms:
        return None
    ranked = sorted(kms)
    return Way(sum(ranked) / len(ranked), ranked[ceil(95 * len(ranked) / 100) - 1], ranked[-1])


def spread(parts: Iterable[tuple[int, int]]) -> Spread:
    """The Lorenz curve of (units, size) pairs, from the least units per size to the most."""
    rows = sorted(((units, size) for units, size in parts if size > 0), key=lambda row: (row[0] / row[1], row))
    units, sizes = sum(row[0] for row in rows), sum(row[1] for row in rows)
    if not units:
        return Spread(0.0, ((0.0, 0.0), (1.0, 1.0)), 0)
    points, x, y = [(0.0, 0.0)], 0, 0
    for held, size in rows:
        x, y = x + size, y + held
        points.append((x / sizes, y / units))
    gini = 1 - sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(points))
    return Spread(max(0.0, gini), tuple(points), units)


def _backbones(still: Ledger, after: Ledger) -> dict[str, tuple[Spread, Spread]]:
    stages = sorted({stage for school in still.county.schools for stage in school.students})
    return {stage: (_backbone_spread(still, stage), _backbone_spread(after, stage)) for stage in stages}


def _backbone_spread(ledger: Ledger, stage: str) -> Spread:
    schools = ledger.county.schools
    return spread((ledger.star[s, stage], school.students.get(stage, 0)) for s, school in enumerate(schools))


def _gaps(ledger: Ledger) -> Spread:
    posts: dict[int, list[int]] = {}
    for team in ledger.county.teams:
        row = posts.setdefault(team.school, [0, 0])
        row[0] += max(0, team.posts - ledger.team[team.school, team.stage, team.subject])
        row[1] += team.posts
    return spread((row[0], row[1]) for row in posts.values())


def _losses(still: Ledger, after: Ledger) -> tuple[Loss, ...]:
    """For each stage and subject the donor school that loses the greatest share."""
    county = after.county
    worst: dict[tuple[str, str], Loss] = {}
    for key, before in sorted(still.team.items()):
        s, stage, subject = key
        now = after.team[key]
        if now >= before or not after.out[s]:
            continue
        k = county.team_index.get(key)
        loss = Loss(county.schools[s].id, stage, subject, before, now, 0 if k is None else county.teams[k].posts)
        known = worst.get((stage, subject))
        if known is None or (loss.share, before - now) > (known.share, known.before - known.after):
            worst[stage, subject] = loss
    return tuple(worst[key] for key in sorted(worst))

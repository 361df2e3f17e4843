"""A plan as counts: how many leave each team and how many arrive in each arc class.

All tiers save cost, and all policy rules, are functions of these counts, computed here exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from optimizer.arcs import ArcClass, Arcs
from optimizer.county import County
from optimizer.settings import exact, share_ceiling

Leaving = tuple[int, str, str, bool]


@dataclass(frozen=True)
class Counts:
    """``leaving`` by (school, stage, subject, backbone), ``arriving`` by arc class index."""

    leaving: Counter[Leaving]
    arriving: Counter[int]

    @property
    def moves(self) -> int:
        return sum(self.leaving.values())


def counts_of_plan(county: County, arcs: Arcs, plan: Iterable[int]) -> Counts:
    """The counts of a plan given as arc numbers."""
    leaving: Counter[Leaving] = Counter()
    arriving: Counter[int] = Counter()
    for n in plan:
        i = int(arcs.teacher[n])
        teacher = county.teachers[i]
        leaving[county.school_of[i], teacher.stage, teacher.subject, teacher.backbone] += 1
        arriving[int(arcs.kind[n])] += 1
    return Counts(leaving, arriving)


def staff_after(county: County, classes: Sequence[ArcClass], counts: Counts) -> list[int]:
    """The staff of every team after the moves."""
    staff = [team.staff for team in county.teams]
    for (s, stage, subject, _), n in counts.leaving.items():
        k = county.team_index.get((s, stage, subject))
        if k is not None:
            staff[k] -= n
    for c, n in counts.arriving.items():
        staff[classes[c].team] += n
    return staff


def backbones_gained(county: County, classes: Sequence[ArcClass], counts: Counts) -> Counter[tuple[int, str]]:
    """Backbone teachers gained (or lost, below zero) by (school, stage)."""
    gained: Counter[tuple[int, str]] = Counter()
    for (s, stage, _, backbone), n in counts.leaving.items():
        gained[s, stage] -= n * backbone
    for c, n in counts.arriving.items():
        team = county.teams[classes[c].team]
        gained[team.school, team.stage] += n * classes[c].backbone
    return gained


def measure(county: County, classes: Sequence[ArcClass], counts: Counts) -> dict[str, float]:
    """The value of every tier but cost; whole numbers as ints."""
    staff = staff_after(county, classes, counts)
    gained = backbones_gained(county, classes, counts)
    reference = len(county.problem.reference)
    kept = sum(n for c, n in counts.arriving.items() if classes[c].in_reference)
    return {
        "rules": sum(shortfalls(county, classes, counts).values()),
        "needs": sum(t.weight * max(0, t.posts - n) for t, n in zip(county.teams, staff, strict=True)),
        "balance": sum(
            county.cv2_term(s, stage, county.backbones.get((s, stage), 0) + gained[s, stage])
            for stage, schools in county.balanced.items()
            for s in schools
        ),
        "change": reference + counts.moves - 2 * kept if reference else 0,
        "moves": counts.moves,
    }


def shortfalls(county: County, classes: Sequence[ArcClass], counts: Counts) -> dict[tuple[str, str], int]:
    """R1–R4: the missing persons by (rule, scope), only where something is missing."""
    missing = {
        **_rate(county, counts),
        **_share(county, counts),
        **_two_way(county, classes, counts),
        **_groups(county, classes, counts),
    }
    return {key: short for key, short in missing.items() if short > 0}


def _scope(county: County, name: str) -> set[int]:
    everyone = range(len(county.schools))
    return {s for s in everyone if name == "county" or county.sending(s)}


def _rate(county: County, counts: Counts) -> dict[tuple[str, str], int]:
    scopes: dict[str, set[int]] = {}
    for name in county.settings.rate_scopes:
        if name == "school":
            scopes |= {county.schools[s].id: {s} for s in sorted(_scope(county, "pool"))}
        else:
            scopes[name] = _scope(county, name)
    out: Counter[int] = Counter()
    for (s, _, _, _), n in counts.leaving.items():
        out[s] += n
    eligible = Counter(county.school_of[i] for i in county.eligible)
    return {
        ("R1", name): share_ceiling(county.settings.rate, sum(eligible[s] for s in inside))
        - sum(out[s] for s in inside)
        for name, inside in scopes.items()
    }


def _share(county: County, counts: Counts) -> dict[tuple[str, str], int]:
    missing = {}
    for name in county.settings.share_scopes:
        inside = _scope(county, name)
        moves = {key: n for key, n in counts.leaving.items() if key[0] in inside}
        stars = sum(n for (_, _, _, backbone), n in moves.items() if backbone)
        missing["R2", name] = share_ceiling(county.settings.share, sum(moves.values())) - stars
    return missing


def _two_way(county: County, classes: Sequence[ArcClass], counts: Counts) -> dict[tuple[str, str], int]:
    up = down = 0
    for c, n in counts.arriving.items():
        to_sending = county.sending(county.teams[classes[c].team].school)
        down += n * (classes[c].from_sending and not to_sending)
        up += n * (to_sending and not classes[c].from_sending)
    return {("R3", "county"): ceil(exact(county.settings.up_share) * down) - up}


def _groups(county: County, classes: Sequence[ArcClass], counts: Counts) -> dict[tuple[str, str], int]:
    rotated: Counter[str | None] = Counter()
    for c, n in counts.arriving.items():
        if classes[c].young_in_group:
            rotated[county.schools[county.teams[classes[c].team].school].group] += n
    return {
        ("R4", group): share_ceiling(county.settings.group_young_rate, young) - rotated[group]
        for group, young in county.young_in_group.items()
    }

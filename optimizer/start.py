"""What a solve has proven, kept for solving again after one more decision (MATH.md, "Solving again").

A lock or a ban only takes plans away. So what holds for every plan that is as good as the best one in the leading
tiers still holds: who stays, who goes, where nobody arrives, the one best vector of backbone counts. And if any plan
obeying the new decision reaches those values, they are the best: the old proof is still one. FORMAT.md has the JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from optimizer.arcs import ArcClass, Arcs, Flags
from optimizer.county import County
from optimizer.problem import Ban, Lock, Problem, dumped
from optimizer.settings import Settings

if TYPE_CHECKING:
    from optimizer.search import Search

FORMAT = "rotation-start/1"
# Tiers that hang on the reference or on single arcs; what is proven before them holds for other references too.
OWN = frozenset({"change", "cost"})


class Place(NamedTuple):
    """An arc class without the reference, in the problem's own words."""

    school: str
    stage: str
    subject: str
    backbone: bool
    from_sending: bool
    young_in_group: bool


@dataclass(frozen=True, slots=True)
class Start:
    """``base`` names the data, settings and rules it holds for, ``locks`` and ``bans`` the decisions it builds on.

    ``values`` are the proven leading tiers; ``stays``, ``goes`` and ``closed`` what every plan of those values has in
    common; ``backbones`` (school, stage, count) is empty unless only one vector of counts reaches them.
    """

    base: str
    locks: tuple[Lock, ...]
    bans: tuple[Ban, ...]
    values: tuple[tuple[str, float], ...]
    stays: tuple[str, ...]
    goes: tuple[str, ...]
    closed: tuple[Place, ...]
    backbones: tuple[tuple[str, str, int], ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Start:
        """Read a JSON object; ``ValueError`` where it is of another format."""
        if data.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT} document")
        return cls(
            base=data["base"],
            locks=tuple(map(Lock.from_dict, data["locks"])),
            bans=tuple(map(Ban.from_dict, data["bans"])),
            values=tuple((name, value) for name, value in data["values"]),
            stays=tuple(data["stays"]),
            goes=tuple(data["goes"]),
            closed=tuple(Place(*place) for place in data["closed"]),
            backbones=tuple((school, stage, count) for school, stage, count in data["backbones"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON object `from_dict` reads."""
        return {"format": FORMAT} | asdict(self)

    def holds_for(self, problem: Problem, base: str) -> bool:
        """Whether a problem has the same data and rules, and every decision this builds on."""
        tiers = tuple(name for name, _ in self.values)
        return (
            self.base == base
            and tiers == leading(problem.settings.tiers)
            and set(self.locks) <= set(problem.locks)
            and set(self.bans) <= set(problem.bans)
        )

    # -- taking it up --

    def denies(self, locks: tuple[Lock, ...]) -> bool:
        """Whether a lock holds back somebody who goes in every plan of these values."""
        held = {lock.teacher for lock in locks if lock.to is None}
        return not held.isdisjoint(self.goes)

    def usable(self, county: County, arcs: Arcs) -> Flags:
        """The arcs that a plan of these values may use."""
        closed = set(self.closed)
        shut = np.array([_place(county, kind) in closed for kind in arcs.classes], dtype=bool)
        stays = set(self.stays)
        still = np.array([teacher.id in stays for teacher in county.teachers], dtype=bool)
        flags: Flags = ~still[arcs.teacher]
        return flags & ~shut[arcs.kind] if len(arcs) else flags

    def impose(self, search: Search) -> bool:
        """Hold a search at these values, and at what they imply. False where that cannot be."""
        county, network = search.model.county, search.model.network
        if dict(self.values).get("rules") == 0:
            search.forbid_shortfalls()
        ids = set(self.goes)
        goes = {i for i, teacher in enumerate(county.teachers) if teacher.id in ids}
        search.hold_going(goes)
        possible = goes <= {i for cohort in network.cohorts for i in cohort.teachers}
        if self.backbones:
            after = {(county.school_index[school], stage): count for school, stage, count in self.backbones}
            possible &= search.hold_backbones(after)
        for tier, value in self.values:
            possible &= search.pin_value(tier, value)
        return possible


def leading(tiers: tuple[str, ...]) -> tuple[str, ...]:
    """The tiers before the first that hangs on the reference or on single arcs."""
    first = next((n for n, name in enumerate(tiers) if name in OWN), len(tiers))
    return tiers[:first]


def base_of(parts: Mapping[str, str], settings: Settings, without: frozenset[str]) -> str:
    """A name for the data (`canonical_parts`), settings and rules, whatever was decided and whatever it refers to."""
    rules = dumped([replace(settings, time_limit_s=0).to_dict(), sorted(without)])
    return sha256("\n".join((parts["schools"], parts["teachers"], rules)).encode()).hexdigest()


def start_of(search: Search, base: str, values: tuple[tuple[str, float], ...]) -> Start:
    """What a search that has proven its leading tiers leaves for the next."""
    model, relaxation = search.model, search.relaxation
    county, problem = model.county, model.county.problem
    stays: set[int] = set()
    goes: set[int] = set()
    for cohort, variable in zip(model.network.cohorts, model.variables.goes, strict=True):
        column = relaxation.column[variable.id]
        if relaxation.upper[column] < 0.5:
            stays |= set(cohort.teachers)
        elif relaxation.lower[column] > cohort.size - 0.5:
            goes |= set(cohort.teachers)
    shut: set[Place] = set()
    ajar: set[Place] = set()
    for c, variable in model.variables.arrivals.items():
        place = _place(county, model.arcs.classes[c])
        (shut if relaxation.upper[relaxation.column[variable.id]] < 0.5 else ajar).add(place)
    backbones = search.held_backbones()
    return Start(
        base=base,
        locks=problem.locks,
        bans=problem.bans,
        values=values,
        stays=tuple(sorted(county.teachers[i].id for i in stays)),
        goes=tuple(sorted(county.teachers[i].id for i in goes)),
        closed=tuple(sorted(shut - ajar)),
        backbones=tuple(sorted((county.schools[s].id, stage, n) for (s, stage), n in backbones.items())),
    )


def _place(county: County, kind: ArcClass) -> Place:
    team = county.teams[kind.team]
    return Place(
        county.schools[team.school].id, team.stage, team.subject, kind.backbone, kind.from_sending, kind.young_in_group
    )

"""Which posts a teacher could take up, and what stands in the way of each: distance, direction, a decision.

The arcs of section 2 of the problem definition, with those that are *not* arcs and why, which a model has no use
for but an answer has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from optimizer.county import County
from optimizer.geometry import Place, distance_km, table
from optimizer.problem import Problem, School, Teacher

LISTED_STEP = 50
UNLISTED = 300
BANNED, LOCKED = "banned", "locked"


class Arc(NamedTuple):
    """Teacher ``teacher`` goes to school ``school`` (indices into the county) to teach ``subject``."""

    teacher: int
    school: int
    subject: str


class Option(NamedTuple):
    """A post that fits a teacher's stage and subjects. ``decided`` names an officer's decision against it."""

    arc: Arc
    km: float | None
    near: bool
    way: str
    allowed: bool
    decided: str

    @property
    def open(self) -> bool:
        """Whether it is an arc."""
        return self.near and self.allowed and not self.decided


Wanted = Callable[[Option], bool]


class Reach:
    """All options of all eligible teachers of a county."""

    def __init__(self, problem: Problem) -> None:
        self.county = County.of(problem)
        self.number = {teacher.id: i for i, teacher in enumerate(self.county.teachers)}
        self.locks = {lock.teacher: lock.to for lock in problem.locks}
        self.bans = {(ban.teacher, ban.to) for ban in problem.bans}
        self._row = {i: n for n, i in enumerate(self.county.eligible)}
        homes = [self.home(i) for i in self.county.eligible]
        self._km = table(homes, [place(s) for s in self.county.schools], problem.settings.max_km).tolist()
        self._posts: dict[tuple[str, str], list[int]] = defaultdict(list)
        for team in self.county.teams:
            if team.stage in self.county.schools[team.school].stages:
                self._posts[team.stage, team.subject].append(team.school)

    def home(self, i: int) -> Place | None:
        """Where teacher ``i`` lives, or the present school's place."""
        return place(self.county.teachers[i]) or place(self.county.schools[self.county.school_of[i]])

    def km(self, i: int, s: int) -> float | None:
        """From the home of teacher ``i`` to school ``s``; None where a place is not known."""
        if i not in self._row:
            home, there = self.home(i), place(self.county.schools[s])
            return None if home is None or there is None else distance_km(home, there)
        km: float = self._km[self._row[i]][s]
        return None if km != km else km

    def way(self, a: int, b: int) -> str:
        """The direction of a move from school ``a`` to school ``b``."""
        here, there = self.county.sending(a), self.county.sending(b)
        return "lateral" if here == there else "down" if here else "up"

    def cost(self, arc: Arc) -> int:
        """The arc's part of the cost tier: round(10 · km) and the wish's price."""
        wishes = self.county.teachers[arc.teacher].preferences
        to = self.county.schools[arc.school].id
        wish = 0
        if wishes:
            wish = LISTED_STEP * wishes.index(to) if to in wishes else UNLISTED
        return round(10 * (self.km(arc.teacher, arc.school) or 0)) + wish

    def options(self, i: int) -> list[Option]:
        """Every post elsewhere that eligible teacher ``i`` could fill by stage and subject."""
        teacher, origin = self.county.teachers[i], self.county.school_of[i]
        found = []
        for subject in teacher.subjects:
            for s in self._posts.get((teacher.stage, subject), ()):
                if s != origin:
                    found.append(self._option(i, teacher, origin, s, subject))
        return found

    def _option(self, i: int, teacher: Teacher, origin: int, s: int, subject: str) -> Option:
        km, way = self.km(i, s), self.way(origin, s)
        settings, to = self.county.settings, self.county.schools[s].id
        allowed = way in settings.directions or self.county.same_group(origin, s)
        decided = ""
        if teacher.id in self.locks and self.locks[teacher.id] != to:
            decided = LOCKED
        elif (teacher.id, to) in self.bans:
            decided = BANNED
        return Option(Arc(i, s, subject), km, km is None or km <= settings.max_km, way, allowed, decided)

    def arcs(self, i: int) -> list[Arc]:
        """The arcs of eligible teacher ``i``."""
        return [option.arc for option in self.options(i) if option.open]


def place(item: School | Teacher) -> Place | None:
    """(lat, lng) in degrees, or None where either is unknown."""
    return None if item.lat is None or item.lng is None else (item.lat, item.lng)


def names(county: County, schools: Sequence[int]) -> list[str]:
    """The ids of schools, each once, in the county's order."""
    return [county.schools[s].id for s in sorted(set(schools))]

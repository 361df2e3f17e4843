"""Who may go where: the arcs of a county, as arrays, and their classes.

Source: section 2 of the problem definition (MATH.md, "Arcs"); rule H8 takes arcs away for bans and locks.

An arc's *class* holds all that the rules and the tiers other than cost need to know of it: the team it arrives
at, whether the mover is a backbone teacher, comes from a sending school, is a young teacher moving inside the
group, and whether the move stands in the reference.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.county import County
from optimizer.geometry import Floats, Place, table
from optimizer.problem import School, Teacher

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
LISTED_STEP = 50
UNLISTED = 300


class ArcClass(NamedTuple):
    """Arcs alike in the eyes of every rule; ``team`` is an index into `County.teams`."""

    team: int
    backbone: bool
    from_sending: bool
    young_in_group: bool
    in_reference: bool


@dataclass(frozen=True)
class Arcs:
    """All arcs, sorted by (teacher, team). Arrays of one length: `teacher` (index into `County.teachers`),
    `team`, `kind` (index into `classes`), `cost` (cost tier, whole numbers)."""

    teacher: Ints
    team: Ints
    kind: Ints
    cost: Ints
    classes: tuple[ArcClass, ...]
    must_go: frozenset[int]

    def __len__(self) -> int:
        return len(self.teacher)

    def only(self, usable: Flags) -> Arcs:
        """The arcs that are usable, of the same classes."""
        columns = (self.teacher[usable], self.team[usable], self.kind[usable], self.cost[usable])
        return Arcs(*columns, self.classes, self.must_go)


def place(item: School | Teacher) -> Place | None:
    """(lat, lng) in degrees, or None where either is unknown."""
    return None if item.lat is None or item.lng is None else (item.lat, item.lng)


def home(county: County, i: int) -> Place | None:
    """Where teacher `i` lives, or the present school's place."""
    return place(county.teachers[i]) or place(county.schools[county.school_of[i]])


def find_arcs(county: County, *, obey_locks: bool = True, obey_bans: bool = True) -> Arcs:
    """Every arc of section 2. ``must_go`` are the teachers whom a lock sends somewhere."""
    people = list(county.eligible)
    km = table([home(county, i) for i in people], [place(s) for s in county.schools], county.settings.max_km)
    open_to = _reach(county, people, km)
    if obey_bans:
        _apply_bans(county, people, open_to)
    must_go = _apply_locks(county, people, open_to) if obey_locks else frozenset()
    person, team = _pairs(county, people, open_to)
    kind, classes = _classes(county, people, person, team)
    school = np.array([t.school for t in county.teams], dtype=np.int64)
    cost = _cost(county, people, km)[person, school[team]] if len(person) else np.zeros(0, dtype=np.int64)
    return Arcs(np.array(people, dtype=np.int64)[person], team, kind, cost, classes, must_go)


def _reach(county: County, people: list[int], km: Floats) -> Flags:
    """Distance, direction and own school: shape (people, schools)."""
    origin = np.array([county.school_of[i] for i in people], dtype=np.int64)
    with np.errstate(invalid="ignore"):
        near = ~(km > county.settings.max_km)
    allowed: Flags = near & _directions(county)[origin]
    allowed[np.arange(len(people)), origin] = False
    return allowed


def _directions(county: County) -> Flags:
    """Which school pairs the settings or a common group allow: shape (schools, schools)."""
    sending = np.array([school.sending for school in county.schools], dtype=bool)
    groups = {g: n for n, g in enumerate(sorted({s.group for s in county.schools if s.group is not None}))}
    group = np.array([-1 if s.group is None else groups[s.group] for s in county.schools], dtype=np.int64)
    down, up = sending[:, None] & ~sending[None, :], ~sending[:, None] & sending[None, :]
    allowed: Flags = (group[:, None] == group[None, :]) & (group[:, None] >= 0)
    for name, flags in (("down", down), ("up", up), ("lateral", ~down & ~up)):
        if name in county.settings.directions:
            allowed |= flags
    return allowed


def _apply_bans(county: County, people: list[int], open_to: Flags) -> None:
    row = {county.teachers[i].id: n for n, i in enumerate(people)}
    for ban in county.problem.bans:
        if ban.teacher in row:
            open_to[row[ban.teacher], county.school_index[ban.to]] = False


def _apply_locks(county: County, people: list[int], open_to: Flags) -> frozenset[int]:
    row = {county.teachers[i].id: n for n, i in enumerate(people)}
    must_go = set()
    for lock in county.problem.locks:
        n = row[lock.teacher]
        keep = None if lock.to is None else county.school_index[lock.to]
        was_open = keep is not None and bool(open_to[n, keep])
        open_to[n, :] = False
        if keep is not None:
            open_to[n, keep] = was_open
            must_go.add(people[n])
    return frozenset(must_go)


def _pairs(county: County, people: list[int], open_to: Flags) -> tuple[Ints, Ints]:
    """(person, team) of each arc, sorted; persons are positions in `people`."""
    able: dict[tuple[str, str], list[int]] = defaultdict(list)
    for n, i in enumerate(people):
        for subject in county.teachers[i].subjects:
            able[county.teachers[i].stage, subject].append(n)
    teams: dict[tuple[str, str], list[int]] = defaultdict(list)
    for k, team in enumerate(county.teams):
        if team.stage in county.schools[team.school].stages:
            teams[team.stage, team.subject].append(k)
    found: list[tuple[Ints, Ints]] = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    for key in sorted(able.keys() & teams.keys()):
        persons, targets = np.array(able[key]), np.array(teams[key])
        schools = np.array([county.teams[k].school for k in teams[key]])
        rows, columns = np.nonzero(open_to[np.ix_(persons, schools)])
        found.append((persons[rows], targets[columns]))
    who = np.concatenate([pair[0] for pair in found])
    where = np.concatenate([pair[1] for pair in found])
    order = np.lexsort((where, who))
    return who[order], where[order]


def _classes(county: County, people: list[int], person: Ints, team: Ints) -> tuple[Ints, tuple[ArcClass, ...]]:
    school = np.array([t.school for t in county.teams], dtype=np.int64)
    to = school[team]
    who = [county.teachers[i] for i in people]
    origin = np.array([county.school_of[i] for i in people], dtype=np.int64)[person]
    backbone = np.array([t.backbone for t in who], dtype=bool)[person]
    sending = np.array([s.sending for s in county.schools], dtype=bool)[origin]
    names = {g: n for n, g in enumerate(sorted({s.group for s in county.schools if s.group is not None}))}
    group = np.array([-1 if s.group is None else names[s.group] for s in county.schools], dtype=np.int64)
    young = np.array([t.young for t in who], dtype=bool)[person]
    inside = young & (group[origin] == group[to]) & (group[origin] >= 0)
    in_reference = np.zeros(len(person), dtype=bool)
    moves = {(move.teacher, county.school_index[move.to]) for move in county.problem.reference}
    if moves:
        named = np.array([who[p].id in {t for t, _ in moves} for p in range(len(who))], dtype=bool)
        for n in np.nonzero(named[person])[0]:
            in_reference[n] = (who[person[n]].id, int(to[n])) in moves
    code = team * 16 + backbone * 8 + sending * 4 + inside * 2 + in_reference
    codes, kind = np.unique(code, return_inverse=True)
    classes = tuple(ArcClass(int(c) >> 4, bool(c & 8), bool(c & 4), bool(c & 2), bool(c & 1)) for c in codes.tolist())
    return kind.astype(np.int64), classes


def _cost(county: County, people: list[int], km: Floats) -> Ints:
    """T6: round(10 · km) plus the wish's price, shape (people, schools)."""
    cost = np.rint(10 * np.nan_to_num(km, nan=0.0)).astype(np.int64)
    for n, i in enumerate(people):
        wishes = county.teachers[i].preferences
        if wishes:
            price = np.full(len(county.schools), UNLISTED, dtype=np.int64)
            for rank, school in reversed(list(enumerate(wishes))):
                price[county.school_index[school]] = LISTED_STEP * rank
            cost[n] += price
    return cost

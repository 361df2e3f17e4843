"""Teachers alike and the routes they share: a small network that carries exactly what the arcs carry.

Rules and tiers (cost apart) see only how many of each *cohort* go and how many arrive in each arc class. Which
counts fit together is a transportation problem over the reach relation. Two ways to write that relation:

- `direct`: one link per arc. Needed where single arcs are priced.
- `shared`: equal sets of reachable classes share a node, and sets much alike share a node for what they have in
  common: a set's node leads there and to what is left over. Paths from a cohort end exactly in its reachable
  classes, so the same counts fit together, with far fewer links.

Both are networks, so whole counts always come with whole flows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from optimizer.arcs import Arcs, Flags
from optimizer.county import County

LEAST_SHARED = 4


@dataclass(frozen=True, slots=True)
class Cohort:
    """Teachers (indices) alike in school, stage, subject, title and reach. ``must_go`` is by lock."""

    teachers: tuple[int, ...]
    school: int
    stage: str
    subject: str
    backbone: bool
    must_go: bool

    @property
    def size(self) -> int:
        return len(self.teachers)


@dataclass(frozen=True, slots=True)
class Network:
    """Cohorts, and links from node to node and from node to class. ``node_of`` is by cohort.

    ``kinds`` are the classes there are. ``arc_of`` gives the arc behind each entry of ``ends`` in a direct network;
    it is empty in a shared one.
    """

    cohorts: tuple[Cohort, ...]
    node_of: tuple[int, ...]
    nodes: int
    links: tuple[tuple[int, int], ...]
    ends: tuple[tuple[int, int], ...]
    kinds: tuple[int, ...]
    arc_of: tuple[int, ...] = ()


def _cohort(county: County, arcs: Arcs, teachers: tuple[int, ...]) -> Cohort:
    first = county.teachers[teachers[0]]
    return Cohort(
        teachers=teachers,
        school=county.school_of[teachers[0]],
        stage=first.stage,
        subject=first.subject,
        backbone=first.backbone,
        must_go=teachers[0] in arcs.must_go,
    )


def direct(county: County, arcs: Arcs, usable: Flags | None = None, listed: Flags | None = None) -> Network:
    """One cohort per teacher and one link per arc.

    ``usable`` (by arc) says whose teachers and classes there are, all unless given; ``listed`` which of those
    arcs get a link now, for a model that adds the others when they pay.
    """
    usable = np.ones(len(arcs), dtype=bool) if usable is None else usable
    numbers = np.nonzero(usable if listed is None else usable & listed)[0]
    who = sorted(set(arcs.teacher[usable].tolist()) | arcs.must_go)
    node = {i: n for n, i in enumerate(who)}
    pairs = zip(arcs.teacher[numbers].tolist(), arcs.kind[numbers].tolist(), strict=True)
    return Network(
        cohorts=tuple(_cohort(county, arcs, (i,)) for i in who),
        node_of=tuple(range(len(who))),
        nodes=len(who),
        links=(),
        ends=tuple((node[i], c) for i, c in pairs),
        kinds=tuple(np.unique(arcs.kind[usable]).tolist()),
        arc_of=tuple(numbers.tolist()),
    )


def shared(county: County, arcs: Arcs) -> Network:
    """Equal teachers as one cohort; nested reach as shared nodes."""
    reach: dict[int, list[int]] = defaultdict(list)
    for i, c in zip(arcs.teacher.tolist(), arcs.kind.tolist(), strict=True):
        reach[i].append(c)
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for i in sorted(reach.keys() | arcs.must_go):
        teacher = county.teachers[i]
        key = (
            county.school_of[i],
            teacher.stage,
            teacher.subject,
            teacher.backbone,
            i in arcs.must_go,
            tuple(reach.get(i, ())),
        )
        alike[key].append(i)
    cohorts = tuple(_cohort(county, arcs, tuple(group)) for group in alike.values())
    masks = [sum(1 << c for c in reach.get(group[0], ())) for group in alike.values()]
    cover = _Cover()
    subjects = _by_subject(county, arcs)
    families: dict[int, set[int]] = defaultdict(set)
    for mask in sorted(set(masks)):
        parts = [(n, mask & universe) for n, universe in enumerate(subjects) if mask & universe]
        for n, part in parts:
            families[n].add(part)
        if len(parts) > 1:
            cover.join(mask, [part for _, part in parts])
    for _, family in sorted(families.items()):
        cover.add(family)
    return Network(
        cohorts=cohorts,
        node_of=tuple(cover.node(mask) for mask in masks),
        nodes=len(cover.number),
        links=tuple(cover.links),
        ends=tuple(cover.ends),
        kinds=tuple(np.unique(arcs.kind).tolist()),
    )


def _by_subject(county: County, arcs: Arcs) -> list[int]:
    """The classes of each stage, subject, title and origin as a set of bits. Reaches are split along these."""
    universes: dict[tuple[str, str, bool, bool], int] = defaultdict(int)
    for c, kind in enumerate(arcs.classes):
        team = county.teams[kind.team]
        universes[team.stage, team.subject, kind.backbone, kind.from_sending] |= 1 << c
    return [universe for _, universe in sorted(universes.items())]


class _Cover:
    """Nodes for sets of classes (bits), each led to sets inside it and to its remaining classes."""

    def __init__(self) -> None:
        self.number: dict[int, int] = {}
        self.links: list[tuple[int, int]] = []
        self.ends: list[tuple[int, int]] = []
        self._led: set[int] = set()

    def node(self, mask: int) -> int:
        """The node of a set; an empty set gets a node without a way out."""
        return self.number.setdefault(mask, len(self.number))

    def join(self, mask: int, parts: list[int]) -> None:
        """Lead a set to the parts it is made of."""
        self.links += [(self.node(mask), self.node(part)) for part in parts]

    def add(self, family: set[int]) -> None:
        """Lead the sets of a family to their classes, sharing what two of them have in common, level by level."""
        level = sorted(family, key=_largest_first)
        while level:
            common: set[int] = set()
            waiting = dict.fromkeys(level)
            while waiting:
                mask = next(iter(waiting))
                del waiting[mask]
                other = max(waiting, key=lambda m: ((m & mask).bit_count(), -m.bit_count(), m), default=0)
                shared_part = mask & other
                if shared_part.bit_count() < LEAST_SHARED:
                    self._lead(mask, 0)
                    continue
                del waiting[other]
                common.add(shared_part)
                self._lead(mask, shared_part)
                self._lead(other, shared_part)
            level = sorted(common - self._led, key=_largest_first)

    def _lead(self, mask: int, inner: int) -> None:
        """Ways out of a set: to the node of ``inner`` and to each class outside it."""
        if mask == inner:
            return
        own = self.node(mask)
        self._led.add(mask)
        if inner:
            self.links.append((own, self.node(inner)))
        left = mask & ~inner
        while left:
            lowest = left & -left
            self.ends.append((own, lowest.bit_length() - 1))
            left ^= lowest


def _largest_first(mask: int) -> tuple[int, int]:
    return -mask.bit_count(), mask

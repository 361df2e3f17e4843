"""Teachers alike and the routes they share: a small network that carries exactly what the arcs carry.

Rules and tiers (cost apart) see only how many of each *cohort* go and how many arrive in each arc class. Which
counts fit together is a transportation problem over the reach relation. Two ways to write that relation:

- `direct`: one link per arc. Needed where single arcs are priced.
- `shared`: equal and nested sets of reachable classes share nodes: a set's node leads to the nodes of the
  largest sets inside it and to what is left over. Paths from a cohort end exactly in its reachable classes, so
  the same counts fit together, with far fewer links.

Both are networks, so whole counts always come with whole flows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from optimizer.arcs import Arcs, Flags
from optimizer.county import County


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
    for family in _families(county, arcs, masks):
        cover.add(family)
    return Network(
        cohorts=cohorts,
        node_of=tuple(cover.node(mask) for mask in masks),
        nodes=len(cover.number),
        links=tuple(cover.links),
        ends=tuple(cover.ends),
        kinds=tuple(range(len(arcs.classes))),
    )


def _families(county: County, arcs: Arcs, masks: list[int]) -> list[list[int]]:
    """The sets to give nodes to, by stage, title and origin (no set reaches across those): whole reaches, and
    for teachers of several subjects the part of each subject."""
    subject_mask: dict[tuple[str, bool, bool, str], int] = defaultdict(int)
    for c, kind in enumerate(arcs.classes):
        team = county.teams[kind.team]
        subject_mask[team.stage, kind.backbone, kind.from_sending, team.subject] |= 1 << c
    whole: dict[tuple[str, bool, bool], int] = defaultdict(int)
    for (stage, backbone, sending, _), mask in subject_mask.items():
        whole[stage, backbone, sending] |= mask
    families: dict[tuple[str, bool, bool], set[int]] = {key: set() for key in whole}
    for mask in set(masks) - {0}:
        key = next(key for key, universe in whole.items() if mask & universe)
        parts = {mask & part for (*head, _), part in subject_mask.items() if tuple(head) == key}
        families[key] |= {mask} | (parts - {0})
    return [sorted(family) for _, family in sorted(families.items())]


class _Cover:
    """Nodes for sets, each led to the largest sets inside it and to its remaining classes."""

    def __init__(self) -> None:
        self.number: dict[int, int] = {}
        self.links: list[tuple[int, int]] = []
        self.ends: list[tuple[int, int]] = []

    def node(self, mask: int) -> int:
        """The node of a set; an empty set gets a node without a way out."""
        return self.number.setdefault(mask, len(self.number))

    def add(self, family: list[int]) -> None:
        placed: list[int] = []
        for mask in sorted(family, key=lambda m: (m.bit_count(), m)):
            own = self.node(mask)
            inside = [other for other in placed if other & mask == other]
            left = mask
            while inside:
                best = max(inside, key=lambda other: ((other & left).bit_count(), other))
                if (best & left).bit_count() < 2:
                    break
                self.links.append((own, self.number[best]))
                left &= ~best
            for c in range(left.bit_length()):
                if left >> c & 1:
                    self.ends.append((own, c))
            placed.append(mask)

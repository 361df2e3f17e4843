"""What distinguishes the kinds of placement: who looks, who takes, and how a place is given.

The engine, the pages and the job are the same for all kinds. A room registers its kind once; the later room of mentors
does so without this one knowing it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement

from app.access import Permission
from app.audit.operations import Actor
from app.schools.models import Stage
from app.studios.models import PlacementKind, PlacementRound
from app.teachers.models import Teacher


@dataclass(frozen=True, slots=True)
class HostLine:
    """A host that can be wished for: its number, its name, a line about it, how many places are free, and which subject
    and stage it takes (no subject: any)."""

    id: int
    name: str
    about: str
    free: int
    stage: Stage
    subject: str | None = None

    def takes(self, stage: Stage, subjects: Collection[str]) -> bool:
        """Whether somebody of this stage and these subjects could come."""
        return self.stage is stage and (self.subject is None or not subjects or self.subject in subjects)


@dataclass(slots=True)
class Collected:
    """The data of a round as the optimiser reads them: people and hosts with their wishes; who takes no part, and why
    (a code of `placement_wording.LEFT_OUT`); and those whose wishes were taken to be something they did not say."""

    applicants: list[dict[str, Any]] = field(default_factory=list)
    hosts: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    implied: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Words:
    """How the pages of a kind call things."""

    rounds: LazyString
    person: LazyString
    people: LazyString
    host: LazyString
    hosts: LazyString
    wish: LazyString


@dataclass(frozen=True, slots=True)
class Spec:
    """One kind of placement."""

    kind: PlacementKind
    blueprint: str
    # The page where a host sees its people.
    home: str
    read: Permission
    edit: Permission
    approve: Permission
    words: Words
    # Everything of a round that the optimiser needs, as it is on a day.
    collect: Callable[[PlacementRound, date], Collected]
    # The hosts of a round, and what keeps somebody from taking part in it (a sentence) or from a host.
    hosts: Callable[[PlacementRound], Sequence[HostLine]]
    names: Callable[[Collection[int]], Mapping[int, str]]
    host_url: Callable[[int], str]
    obstacle: Callable[[PlacementRound, Teacher, date], str | None]
    # Gives the place by the operations that a person would use; raises Refused where it cannot be.
    give: Callable[[Actor, PlacementRound, int, Teacher, date], None]
    # The teachers who answer for a host.
    answer_for: Callable[[int], list[int]]
    # Condition on Teacher: who may have a part in a round of the county.
    may_take_part: Callable[[PlacementRound, date], ColumnElement[bool]]


KINDS: dict[PlacementKind, Spec] = {}


def register(spec: Spec) -> None:
    """Make a kind known."""
    KINDS[spec.kind] = spec


def spec_of(one: PlacementRound) -> Spec:
    """What the kind of a round brings along."""
    return KINDS[one.kind]


def person_key(teacher_id: int) -> str:
    """How a problem names somebody who looks for a place."""
    return f"T{teacher_id}"


def host_key(host_id: int) -> str:
    """How a problem names a host."""
    return f"H{host_id}"


def number_of(key: str) -> int:
    """The number behind either."""
    return int(key[1:])

"""A rotation problem as frozen data, read from and written to `rotation-problem/1` JSON.

The JSON format is described in FORMAT.md. Unknown keys are ignored. Reading does not judge: `checks.check`
reports every fault of a problem at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimizer.settings import Settings

FORMAT = "rotation-problem/1"


@dataclass(frozen=True, slots=True)
class Need:
    """The posts a school has for one subject of one stage."""

    stage: str
    subject: str
    posts: int

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Need:
        return cls(data["stage"], data["subject"], data["posts"])

    def to_dict(self) -> dict[str, Any]:
        return {"stage": self.stage, "subject": self.subject, "posts": self.posts}


@dataclass(frozen=True, slots=True)
class School:
    """A school. ``quota`` is the staffing quota in persons, ``students`` the pupils by stage.

    ``sending`` marks the schools whose teachers the rotation rate counts; ``priority`` the rural or weak
    schools whose gaps weigh double; ``group`` is the education group, or None.
    """

    id: str
    name: str
    stages: tuple[str, ...]
    locality: str
    sending: bool
    priority: bool
    group: str | None
    students: Mapping[str, int]
    quota: int
    lat: float | None
    lng: float | None
    needs: tuple[Need, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> School:
        return cls(
            id=data["id"],
            name=data.get("name", data["id"]),
            stages=tuple(data["stages"]),
            locality=data.get("locality", ""),
            sending=data["sending"],
            priority=data["priority"],
            group=data.get("group"),
            students=dict(data.get("students", {})),
            quota=data["quota"],
            lat=data.get("lat"),
            lng=data.get("lng"),
            needs=tuple(Need.from_dict(need) for need in data.get("needs", ())),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "stages": list(self.stages),
            "locality": self.locality,
            "sending": self.sending,
            "priority": self.priority,
            "group": self.group,
            "students": dict(self.students),
            "quota": self.quota,
            "lat": self.lat,
            "lng": self.lng,
            "needs": [need.to_dict() for need in self.needs],
        }


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher on the census date. ``lat``/``lng`` is the home; None falls back to the school's place."""

    id: str
    school: str
    stage: str
    subject: str
    also: tuple[str, ...] = ()
    backbone: bool = False
    young: bool = False
    eligible: bool = False
    lat: float | None = None
    lng: float | None = None
    preferences: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Teacher:
        return cls(
            id=data["id"],
            school=data["school"],
            stage=data["stage"],
            subject=data["subject"],
            also=tuple(data.get("also", ())),
            backbone=data["backbone"],
            young=data["young"],
            eligible=data["eligible"],
            lat=data.get("lat"),
            lng=data.get("lng"),
            preferences=tuple(data.get("preferences", ())),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "school": self.school,
            "stage": self.stage,
            "subject": self.subject,
            "also": list(self.also),
            "backbone": self.backbone,
            "young": self.young,
            "eligible": self.eligible,
            "lat": self.lat,
            "lng": self.lng,
            "preferences": list(self.preferences),
        }

    @property
    def subjects(self) -> tuple[str, ...]:
        """Everything the teacher may teach, the present subject first, without repeats."""
        return tuple(dict.fromkeys((self.subject, *self.also)))


@dataclass(frozen=True, slots=True)
class Lock:
    """An officer's decision: the teacher goes to school ``to``, or stays where ``to`` is None."""

    teacher: str
    to: str | None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Lock:
        return cls(data["teacher"], data["to"])

    def to_dict(self) -> dict[str, Any]:
        return {"teacher": self.teacher, "to": self.to}


@dataclass(frozen=True, slots=True)
class Ban:
    """A move that must not be made."""

    teacher: str
    to: str

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Ban:
        return cls(data["teacher"], data["to"])

    def to_dict(self) -> dict[str, Any]:
        return {"teacher": self.teacher, "to": self.to}


@dataclass(frozen=True, slots=True)
class ReferenceMove:
    """A move of an earlier proposal, which the change tier keeps still."""

    teacher: str
    to: str

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReferenceMove:
        return cls(data["teacher"], data["to"])

    def to_dict(self) -> dict[str, Any]:
        return {"teacher": self.teacher, "to": self.to}


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a proposal is made from. The order of the lists carries no meaning, save `preferences`."""

    schools: tuple[School, ...]
    teachers: tuple[Teacher, ...]
    locks: tuple[Lock, ...] = ()
    bans: tuple[Ban, ...] = ()
    reference: tuple[ReferenceMove, ...] = ()
    settings: Settings = field(default_factory=Settings)
    name: str = ""
    year: int = 0

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Problem:
        """Read a decoded JSON object.

        Raises ``ProblemRefused`` where a value is missing or of the wrong type, with every such finding.
        """
        from optimizer.checks import check_shape
        from optimizer.errors import ProblemRefused

        findings = check_shape(data)
        if findings:
            raise ProblemRefused(findings)
        return cls(
            schools=tuple(School.from_dict(school) for school in data["schools"]),
            teachers=tuple(Teacher.from_dict(teacher) for teacher in data["teachers"]),
            locks=tuple(Lock.from_dict(lock) for lock in data.get("locks", ())),
            bans=tuple(Ban.from_dict(ban) for ban in data.get("bans", ())),
            reference=tuple(ReferenceMove.from_dict(move) for move in data.get("reference", ())),
            settings=Settings.from_dict(data.get("settings", {})),
            name=data.get("name", ""),
            year=data.get("year", 0),
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON object `from_dict` reads."""
        return {
            "format": FORMAT,
            "name": self.name,
            "year": self.year,
            "schools": [school.to_dict() for school in self.schools],
            "teachers": [teacher.to_dict() for teacher in self.teachers],
            "locks": [lock.to_dict() for lock in self.locks],
            "bans": [ban.to_dict() for ban in self.bans],
            "reference": [move.to_dict() for move in self.reference],
            "settings": self.settings.to_dict(),
        }

    def canonical(self) -> Problem:
        """The same problem with every unordered list sorted, so that equal problems solve equally."""
        return replace(
            self,
            schools=tuple(sorted(map(_canonical_school, self.schools), key=lambda school: school.id)),
            teachers=tuple(sorted(map(_canonical_teacher, self.teachers), key=lambda teacher: teacher.id)),
            locks=tuple(sorted(set(self.locks), key=lambda lock: (lock.teacher, lock.to or ""))),
            bans=tuple(sorted(set(self.bans), key=lambda ban: (ban.teacher, ban.to))),
            reference=tuple(sorted(set(self.reference), key=lambda move: (move.teacher, move.to))),
            settings=self.settings.canonical(),
        )


def _canonical_school(school: School) -> School:
    return replace(
        school,
        stages=tuple(sorted(set(school.stages))),
        students=dict(sorted(school.students.items())),
        needs=tuple(sorted(school.needs, key=lambda need: (need.stage, need.subject))),
    )


def _canonical_teacher(teacher: Teacher) -> Teacher:
    return replace(teacher, also=tuple(sorted(set(teacher.also) - {teacher.subject})))


def canonical_json(problem: Problem) -> bytes:
    """UTF-8 JSON that is equal for equal problems, whatever the order of their lists. For hashes."""
    return joined(canonical_parts(problem.canonical()))


def canonical_parts(problem: Problem) -> dict[str, str]:
    """The JSON of each key of a canonical problem, by key, sorted."""
    return {key: dumped(value) for key, value in sorted(problem.to_dict().items())}


def joined(parts: dict[str, str]) -> bytes:
    """The JSON object of `canonical_parts`."""
    return ("{" + ",".join(f"{dumped(key)}:{text}" for key, text in parts.items()) + "}").encode()


def dumped(value: Any) -> str:
    """JSON without a choice: sorted keys, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

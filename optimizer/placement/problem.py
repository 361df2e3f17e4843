"""A placement problem as frozen data, read from and written to `placement-problem/1` JSON.

One model for two kinds: applicants to studios (`studio`), newcomers to mentors (`mentor`). The JSON is described in
docs/formats/placement.md. Unknown keys are ignored. Reading does not judge: `checks.check` reports every fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimizer.placement.settings import Settings
from optimizer.problem import dumped

FORMAT = "placement-problem/1"
KINDS = ("studio", "mentor")
Wish = str | tuple[str, ...]
"""One entry of a list of wishes: an id, or several that are wished for alike."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """A person who looks for a place.

    ``wishes`` are hosts, best first. Hosts outside the list come after it, all alike, where the applicant is ``open``
    or wishes for nobody; otherwise the applicant goes to none of them. ``refuses`` are hosts that are out of the
    question. Without a ``subject`` or ``stage`` any fits; ``also`` are further subjects.
    """

    id: str
    name: str = ""
    subject: str = ""
    stage: str = ""
    also: tuple[str, ...] = ()
    rural: bool = False
    lat: float | None = None
    lng: float | None = None
    wishes: tuple[Wish, ...] = ()
    open: bool = False
    refuses: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Applicant:
        return cls(
            id=data["id"],
            name=data.get("name", ""),
            subject=data.get("subject", ""),
            stage=data.get("stage", ""),
            also=tuple(data.get("also", ())),
            rural=data.get("rural", False),
            lat=data.get("lat"),
            lng=data.get("lng"),
            wishes=_wishes(data.get("wishes", ())),
            open=data.get("open", False),
            refuses=tuple(data.get("refuses", ())),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "subject": self.subject,
            "stage": self.stage,
            "also": list(self.also),
            "rural": self.rural,
            "lat": self.lat,
            "lng": self.lng,
            "wishes": _plain(self.wishes),
            "open": self.open,
            "refuses": list(self.refuses),
        }

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every subject the applicant teaches, the main one first."""
        return tuple(dict.fromkeys(filter(None, (self.subject, *self.also))))

    @property
    def takes_others(self) -> bool:
        """Whether hosts outside the list are acceptable."""
        return self.open or not self.wishes


@dataclass(frozen=True, slots=True)
class Host:
    """A studio or a mentor with ``max_places`` free places; takes nobody, or at least ``min_places``.

    Without ``subjects`` or ``stages`` any fits. ``wishes`` are applicants, best first; the others come after them, all
    alike, unless the host is not ``open`` and did wish for somebody. ``refuses`` are applicants it will not have.
    """

    id: str
    max_places: int
    name: str = ""
    min_places: int = 0
    subjects: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    lat: float | None = None
    lng: float | None = None
    wishes: tuple[Wish, ...] = ()
    open: bool = True
    refuses: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Host:
        return cls(
            id=data["id"],
            max_places=data["max_places"],
            name=data.get("name", ""),
            min_places=data.get("min_places", 0),
            subjects=tuple(data.get("subjects", ())),
            stages=tuple(data.get("stages", ())),
            lat=data.get("lat"),
            lng=data.get("lng"),
            wishes=_wishes(data.get("wishes", ())),
            open=data.get("open", True),
            refuses=tuple(data.get("refuses", ())),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "min_places": self.min_places,
            "max_places": self.max_places,
            "subjects": list(self.subjects),
            "stages": list(self.stages),
            "lat": self.lat,
            "lng": self.lng,
            "wishes": _plain(self.wishes),
            "open": self.open,
            "refuses": list(self.refuses),
        }

    @property
    def takes_others(self) -> bool:
        """Whether applicants outside the list are acceptable."""
        return self.open or not self.wishes


@dataclass(frozen=True, slots=True)
class Pair:
    """An applicant and a host: a ban, a keep, or a place of an earlier proposal."""

    applicant: str
    host: str

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Pair:
        return cls(data["applicant"], data["host"])

    def to_dict(self) -> dict[str, Any]:
        return {"applicant": self.applicant, "host": self.host}


@dataclass(frozen=True, slots=True)
class Lock:
    """An officer's decision: the applicant goes to ``host``, or gets no place where ``host`` is None."""

    applicant: str
    host: str | None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Lock:
        return cls(data["applicant"], data["host"])

    def to_dict(self) -> dict[str, Any]:
        return {"applicant": self.applicant, "host": self.host}


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a placement is made from. The order of the lists carries no meaning, save `wishes`.

    A ``keep`` is a place that stands whatever subject, distance or wishes say: it fills a place of its host, and its
    two sides look for nothing better. A ``lock`` is an officer's decision within the rules, and whoever it parts from
    somebody they would rather be with still counts as such.
    """

    applicants: tuple[Applicant, ...]
    hosts: tuple[Host, ...]
    kind: str = "studio"
    locks: tuple[Lock, ...] = ()
    bans: tuple[Pair, ...] = ()
    keeps: tuple[Pair, ...] = ()
    reference: tuple[Pair, ...] = ()
    settings: Settings = field(default_factory=Settings)
    name: str = ""
    year: int = 0

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Problem:
        """Read a decoded JSON object.

        Raises ``ProblemRefused`` where a value is missing or of the wrong type, with every such finding.
        """
        from optimizer.errors import ProblemRefused
        from optimizer.placement.checks import check_shape

        findings = check_shape(data)
        if findings:
            raise ProblemRefused(findings)
        return cls(
            applicants=tuple(map(Applicant.from_dict, data["applicants"])),
            hosts=tuple(map(Host.from_dict, data["hosts"])),
            kind=data.get("kind", "studio"),
            locks=tuple(map(Lock.from_dict, data.get("locks", ()))),
            bans=tuple(map(Pair.from_dict, data.get("bans", ()))),
            keeps=tuple(map(Pair.from_dict, data.get("keeps", ()))),
            reference=tuple(map(Pair.from_dict, data.get("reference", ()))),
            settings=Settings.from_dict(data.get("settings", {})),
            name=data.get("name", ""),
            year=data.get("year", 0),
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON object `from_dict` reads."""
        return {
            "format": FORMAT,
            "kind": self.kind,
            "name": self.name,
            "year": self.year,
            "applicants": [applicant.to_dict() for applicant in self.applicants],
            "hosts": [host.to_dict() for host in self.hosts],
            "locks": [lock.to_dict() for lock in self.locks],
            "bans": [pair.to_dict() for pair in self.bans],
            "keeps": [pair.to_dict() for pair in self.keeps],
            "reference": [pair.to_dict() for pair in self.reference],
            "settings": self.settings.to_dict(),
        }

    def canonical(self) -> Problem:
        """The same problem with every unordered list sorted, so that equal problems solve equally."""
        return replace(
            self,
            applicants=tuple(sorted(map(_sorted_applicant, self.applicants), key=lambda a: a.id)),
            hosts=tuple(sorted(map(_sorted_host, self.hosts), key=lambda h: h.id)),
            locks=tuple(sorted(set(self.locks), key=lambda lock: (lock.applicant, lock.host or ""))),
            bans=_sorted_pairs(self.bans),
            keeps=_sorted_pairs(self.keeps),
            reference=_sorted_pairs(self.reference),
            settings=self.settings.canonical(),
        )


def canonical_json(problem: Problem) -> bytes:
    """UTF-8 JSON that is equal for equal problems, whatever the order of their lists. For hashes."""
    return dumped(problem.canonical().to_dict()).encode()


def ranks(wishes: tuple[Wish, ...]) -> dict[str, int]:
    """The rank of everybody listed: 1 for the first entry, the same for all of one entry."""
    return {name: n for n, wish in enumerate(wishes, 1) for name in ((wish,) if isinstance(wish, str) else wish)}


def _wishes(entries: Any) -> tuple[Wish, ...]:
    return tuple(entry if isinstance(entry, str) else tuple(entry) for entry in entries)


def _plain(wishes: tuple[Wish, ...]) -> list[str | list[str]]:
    return [wish if isinstance(wish, str) else list(wish) for wish in wishes]


def _sorted_wishes(wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """Equals in order; an entry of one as the id itself, an empty one left out."""
    groups = [(wish,) if isinstance(wish, str) else tuple(sorted(set(wish))) for wish in wishes]
    return tuple(group[0] if len(group) == 1 else group for group in groups if group)


def _sorted_applicant(applicant: Applicant) -> Applicant:
    return replace(
        applicant,
        also=tuple(sorted(set(applicant.also) - {applicant.subject})),
        wishes=_sorted_wishes(applicant.wishes),
        refuses=tuple(sorted(set(applicant.refuses))),
    )


def _sorted_host(host: Host) -> Host:
    return replace(
        host,
        subjects=tuple(sorted(set(host.subjects))),
        stages=tuple(sorted(set(host.stages))),
        wishes=_sorted_wishes(host.wishes),
        refuses=tuple(sorted(set(host.refuses))),
    )


def _sorted_pairs(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    return tuple(sorted(set(pairs), key=lambda pair: (pair.applicant, pair.host)))

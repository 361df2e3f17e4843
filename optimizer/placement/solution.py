"""What comes back: `placement-solution/1`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.placement.problem import Pair
from optimizer.solution import FEASIBLE, INFEASIBLE, OPTIMAL, Progress, Reason, TierResult

FORMAT = "placement-solution/1"
__all__ = [
    "FEASIBLE", "FORMAT", "INFEASIBLE", "OPTIMAL", "Place", "Progress", "Reason", "Shortfall", "Solution", "TierResult",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One applicant's place. The ranks are 1 for the first wish; ``km`` is None where a home or seat is not known."""

    applicant: str
    host: str
    applicant_rank: int
    host_rank: int
    km: float | None = None
    why: tuple[Reason, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Place:
        why = tuple(Reason.from_dict(reason) for reason in data.get("why", ()))
        return cls(
            data["applicant"], data["host"], data["applicant_rank"], data["host_rank"], data.get("km"), why
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        return {
            "applicant": self.applicant,
            "host": self.host,
            "applicant_rank": self.applicant_rank,
            "host_rank": self.host_rank,
            "km": self.km,
            "why": [reason.to_dict() for reason in self.why],
        }


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The rural applicants that a scope (`all`, or a host's id) asks for, has, and misses."""

    scope: str
    needed: int
    reached: int
    missing: int

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Shortfall:
        return cls(data["scope"], data["needed"], data["reached"], data["missing"])

    def to_dict(self) -> dict[str, Any]:
        return {"scope": self.scope, "needed": self.needed, "reached": self.reached, "missing": self.missing}


@dataclass(frozen=True, slots=True)
class Solution:
    """A proposal. ``blocking`` are the pairs who would both rather be together; ``conflict`` holds the locks
    (`{"applicant", "host"}`) that contradict the rules where the status is `infeasible`, with ``reasons``."""

    problem_sha256: str
    status: str
    tiers: tuple[TierResult, ...] = ()
    places: tuple[Place, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    blocking: tuple[Pair, ...] = ()
    conflict: tuple[Mapping[str, Any], ...] = ()
    reasons: tuple[Reason, ...] = ()
    seconds: float = 0.0

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Solution:
        return cls(
            problem_sha256=data["problem_sha256"],
            status=data["status"],
            tiers=tuple(map(TierResult.from_dict, data.get("tiers", ()))),
            places=tuple(map(Place.from_dict, data.get("places", ()))),
            shortfalls=tuple(map(Shortfall.from_dict, data.get("shortfalls", ()))),
            blocking=tuple(map(Pair.from_dict, data.get("blocking", ()))),
            conflict=tuple(dict(lock) for lock in data.get("conflict", ())),
            reasons=tuple(map(Reason.from_dict, data.get("reasons", ()))),
            seconds=data.get("seconds", 0.0),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "problem_sha256": self.problem_sha256,
            "status": self.status,
            "tiers": [tier.to_dict() for tier in self.tiers],
            "places": [place.to_dict() for place in self.places],
            "shortfalls": [short.to_dict() for short in self.shortfalls],
            "blocking": [pair.to_dict() for pair in self.blocking],
            "conflict": [dict(lock) for lock in self.conflict],
            "reasons": [reason.to_dict() for reason in self.reasons],
            "seconds": self.seconds,
        }

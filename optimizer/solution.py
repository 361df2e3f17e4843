"""What comes back: `rotation-solution/1`, and the progress on the way there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.start import Start

FORMAT = "rotation-solution/1"
OPTIMAL, FEASIBLE, INFEASIBLE = "optimal", "feasible", "infeasible"


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a running solve. ``incumbent`` and ``bound`` are in the tier's own unit, None if unknown."""

    stage: str
    tier: str | None
    incumbent: float | None
    bound: float | None
    tier_index: int
    tier_count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a move: a code, its values, and the English sentence."""

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Reason:
        return cls(data["code"], data["message"], dict(data.get("params", {})))

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Move:
    """One teacher's move; ``why`` is empty until `explain` has spoken."""

    teacher: str
    origin: str
    to: str
    subject: str
    why: tuple[Reason, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Move:
        why = tuple(Reason.from_dict(reason) for reason in data.get("why", ()))
        return cls(data["teacher"], data["from"], data["to"], data["subject"], why)

    def to_dict(self) -> dict[str, Any]:
        return {
            "teacher": self.teacher,
            "from": self.origin,
            "to": self.to,
            "subject": self.subject,
            "why": [reason.to_dict() for reason in self.why],
        }


@dataclass(frozen=True, slots=True)
class TierResult:
    """A tier's value, its proven lower bound, and the seconds it took."""

    name: str
    value: float
    bound: float
    seconds: float

    @property
    def best(self) -> float:
        """The best value the tier could have, where it is proven: the plan's, unless a tolerance gave some of it up."""
        room = 1e-6 * self.value + 1e-12 if self.name == "balance" else 1 - 1e-9
        return self.value if self.value - self.bound <= room else self.bound

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TierResult:
        return cls(data["name"], data["value"], data["bound"], data["seconds"])

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "value": self.value, "bound": self.bound, "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The persons a policy rule misses in one scope."""

    rule: str
    scope: str
    missing: int

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Shortfall:
        return cls(data["rule"], data["scope"], data["missing"])

    def to_dict(self) -> dict[str, Any]:
        return {"rule": self.rule, "scope": self.scope, "missing": self.missing}


@dataclass(frozen=True, slots=True)
class Solution:
    """A proposal. ``conflict`` holds locks ({teacher, to}) where the status is `infeasible`.

    ``start`` is what the next solve may build on (`solve`); it is no part of the JSON, and two solutions are equal
    without it.
    """

    problem_sha256: str
    status: str
    tiers: tuple[TierResult, ...] = ()
    moves: tuple[Move, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    conflict: tuple[Mapping[str, Any], ...] = ()
    seconds: float = 0.0
    start: Start | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Solution:
        return cls(
            problem_sha256=data["problem_sha256"],
            status=data["status"],
            tiers=tuple(TierResult.from_dict(tier) for tier in data.get("tiers", ())),
            moves=tuple(Move.from_dict(move) for move in data.get("moves", ())),
            shortfalls=tuple(Shortfall.from_dict(short) for short in data.get("shortfalls", ())),
            conflict=tuple(dict(lock) for lock in data.get("conflict", ())),
            seconds=data.get("seconds", 0.0),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "problem_sha256": self.problem_sha256,
            "status": self.status,
            "tiers": [tier.to_dict() for tier in self.tiers],
            "moves": [move.to_dict() for move in self.moves],
            "shortfalls": [short.to_dict() for short in self.shortfalls],
            "conflict": [dict(lock) for lock in self.conflict],
            "seconds": self.seconds,
        }

"""The settings of a placement: defaults, and the rural share as an exact fraction of its decimal text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import ceil
from typing import Any

from optimizer.settings import exact

SCOPES = ("all", "host")
TIERS = ("policy", "stability", "unplaced", "change", "applicants", "hosts", "distance")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an officer may set.

    ``rural_share`` (0.3 is 30 %) of the places asked for rural applicants, over ``rural_scopes``: all places
    together, or those of each host. ``max_km`` is the furthest way, None for no limit. An applicant of subject `a`
    may go to a host of subject `b` where (a, b) is in ``subject_exceptions``; likewise stages. ``tiers`` is the
    order of what is best.
    """

    rural_share: float = 0.0
    rural_scopes: tuple[str, ...] = ("all",)
    max_km: float | None = None
    subject_exceptions: Pairs = ()
    stage_exceptions: Pairs = ()
    tiers: tuple[str, ...] = TIERS
    time_limit_s: float = 60

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Settings:
        """Read a JSON object; unknown keys are ignored, lists become tuples."""
        known = {field.name for field in fields(cls)}
        values = {key: _tuples(value) for key, value in data.items() if key in known}
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """A JSON object with every key."""
        return {field.name: _lists(getattr(self, field.name)) for field in fields(self)}

    def rural_floor(self, places: int) -> int:
        """⌈rural_share · places⌉, exactly."""
        return ceil(exact(self.rural_share) * places)

    def canonical(self) -> Settings:
        """The same settings with unordered lists sorted and `policy` as the first tier."""
        values = self.to_dict()
        for key in ("rural_scopes", "subject_exceptions", "stage_exceptions"):
            values[key] = [*map(_lists, sorted(set(getattr(self, key))))]
        if "policy" not in values["tiers"]:
            values["tiers"] = ["policy", *values["tiers"]]
        return Settings.from_dict(values)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, (list, tuple)) else value


def _lists(value: Any) -> Any:
    return [*map(_lists, value)] if isinstance(value, tuple) else value

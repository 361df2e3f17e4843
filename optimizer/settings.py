"""The settings of a rotation problem: defaults, and rates as exact fractions.

Source: section 4 of the problem definition (MATH.md, "Settings"). Rates are compared as exact fractions of
their decimal text, so a share of 9.96 % never passes for 10 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from math import ceil, floor
from typing import Any

RATE_SCOPES = ("pool", "county", "school")
SHARE_SCOPES = ("pool", "county")
DIRECTIONS = ("down", "up", "lateral")
TIERS = ("rules", "needs", "balance", "change", "moves", "cost")
WHOLE = frozenset(TIERS) - {"balance"}


def exact(rate: float) -> Fraction:
    """The decimal a person typed, as a fraction: ``exact(0.1) == Fraction(1, 10)``."""
    return Fraction(str(rate))


def share_floor(rate: float, count: int) -> int:
    """⌊rate · count⌋, exactly."""
    return floor(exact(rate) * count)


def share_ceiling(rate: float, count: int) -> int:
    """⌈rate · count⌉, exactly."""
    return ceil(exact(rate) * count)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an officer may set; every field has the policy's default.

    Rates are plain numbers (0.10 is 10 %); ``max_km`` is in kilometres, ``time_limit_s`` in seconds;
    ``backbone_floor`` is backbone teachers per 100 pupils; ``tiers`` is the order of what is best, and
    ``tolerances`` (tier, share) says how much of a tier's best value may be given up for the tiers after it.
    """

    rate: float = 0.10
    share: float = 0.20
    rate_scopes: tuple[str, ...] = ("pool", "county")
    share_scopes: tuple[str, ...] = ("pool", "county")
    up_share: float = 0.20
    group_young_rate: float = 0.05
    net_loss_rate: float = 0.03
    out_rate: float = 0.20
    max_move_rate: float = 0.15
    backbone_floor: float = 1.0
    max_km: float = 40
    directions: tuple[str, ...] = ("down", "up")
    tiers: tuple[str, ...] = TIERS
    tolerances: tuple[tuple[str, float], ...] = ()
    time_limit_s: float = 300

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Settings:
        """Read a JSON object; unknown keys are ignored, lists become tuples."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
        if isinstance(tolerances := values.get("tolerances"), Mapping):
            values["tolerances"] = tuple(sorted((tier, share) for tier, share in tolerances.items() if share != 0))
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """A JSON object with every key; `tolerances` only where there are some, so that a problem without them keeps
        the digest it always had."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        found = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items() if k != "tolerances"}
        return found | ({"tolerances": dict(self.tolerances)} if self.tolerances else {})

    def tolerance(self, tier: str) -> Fraction:
        """How much of a tier's best value may be given up, as an exact share. The policy rules give up nothing."""
        return exact(dict(self.tolerances).get(tier, 0)) if tier != "rules" else Fraction(0)

    def worst(self, tier: str, best: float) -> float:
        """The worst value that the tiers after it may leave a tier whose best is ``best``."""
        give = self.tolerance(tier)
        if not give:
            return best
        return float(floor((1 + give) * round(best))) if tier in WHOLE else best * float(1 + give)

    def canonical(self) -> Settings:
        """The same settings with unordered lists sorted and `rules` as the first tier."""
        values = self.to_dict()
        for key in ("rate_scopes", "share_scopes", "directions"):
            values[key] = sorted(set(values[key]))
        if "rules" not in values["tiers"]:
            values["tiers"] = ["rules", *values["tiers"]]
        return Settings.from_dict(values)

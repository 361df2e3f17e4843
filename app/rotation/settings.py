"""A plan's settings: the policy's defaults, exact decimals as text, and the form the optimiser reads.

Rates are kept as the decimal text of the share ("0.10"), never as binary floats, so that 9.96 % stays 9.96 %.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

DEFAULTS: dict[str, Any] = {
    "rate": "0.10",
    "share": "0.20",
    "rate_scopes": ["pool", "county"],
    "share_scopes": ["pool", "county"],
    "up_share": "0.20",
    "group_young_rate": "0.05",
    "net_loss_rate": "0.03",
    "out_rate": "0.20",
    "max_move_rate": "0.15",
    "backbone_floor": "1.0",
    "max_km": "40",
    "directions": ["down", "up"],
    "tiers": ["rules", "needs", "balance", "change", "moves", "cost"],
    "tolerances": {},
    "time_limit_s": "300",
    "priority": ["rural", "weak"],
}
SHARES = ("rate", "share", "up_share", "group_young_rate", "net_loss_rate", "out_rate", "max_move_rate")
NUMBERS = ("backbone_floor", "max_km", "time_limit_s")
OWN = ("priority",)  # read by the snapshot; the optimiser does not know them
TIERS = ("rules", "needs", "balance", "change", "moves", "cost")

SCOPE_LABELS = {
    "pool": _l("All sending schools together"),
    "county": _l("All schools of the county together"),
    "school": _l("Each sending school by itself"),
}
TIER_LABELS = {
    "rules": _l("Policy rules: fewest persons short"),
    "needs": _l("Subject gaps: fewest vacant posts"),
    "balance": _l("Balance: backbone teachers spread evenly over schools"),
    "change": _l("Stability: fewest differences from the proposal it is based on"),
    "moves": _l("Fewest moves"),
    "cost": _l("Shortest ways, wishes respected"),
}
TIER_NAMES = {
    "rules": _l("Policy rules"),
    "needs": _l("Subject gaps"),
    "balance": _l("Balance"),
    "change": _l("Stability"),
    "moves": _l("Number of moves"),
    "cost": _l("Ways and wishes"),
}
TIER_UNITS = {
    "rules": _l("persons short"),
    "needs": _l("vacant posts, rural and weak schools twice"),
    "balance": _l("sum of the squared CVs"),
    "change": _l("moves that differ"),
    "moves": _l("moves"),
    "cost": _l("points: 10 a kilometre, 50 a rank of the wishes"),
}
PRIORITY_LABELS = {"rural": _l("Rural schools"), "weak": _l("Weak schools")}
DIRECTION_LABELS = {
    "down": _l("From a sending school to another school"),
    "up": _l("From another school to a sending school"),
    "lateral": _l("Between two sending schools, or between two others"),
}


def plain(value: Decimal) -> str:
    """A decimal as text without exponent or trailing zeros: 0.10 → "0.1", 40 → "40"."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_percent(share: str) -> str:
    """ "0.0996" → "9.96"."""
    return plain(Decimal(share) * 100)


def from_percent(percent: Decimal) -> str:
    """9.96 → "0.0996"."""
    return plain(percent / 100)


def complete(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with the policy's default for each key that is missing."""
    return {key: settings.get(key, default) for key, default in DEFAULTS.items()}


def for_optimiser(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The optimiser's own settings. The shortest float that reads as the same decimal text is exact for it."""
    whole = complete(settings)
    made = {key: value for key, value in whole.items() if key not in OWN}
    for key in (*SHARES, *NUMBERS):
        made[key] = float(whole[key])
    made["tolerances"] = {tier: float(share) for tier, share in in_use(whole).items()}
    return made


def in_use(settings: Mapping[str, Any]) -> dict[str, str]:
    """What may be given up of which aim, where another aim comes after it."""
    tiers, tolerances = settings["tiers"], settings.get("tolerances", {})
    return {tier: tolerances[tier] for tier in tiers[:-1] if Decimal(tolerances.get(tier, "0")) and tier != "rules"}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The keys whose value differs: (before, after)."""
    old, new = complete(before), complete(after)
    keys = [key for key in DEFAULTS if old[key] != new[key]]
    return {key: old[key] for key in keys}, {key: new[key] for key in keys}

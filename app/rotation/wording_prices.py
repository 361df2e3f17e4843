"""Prices in words: what a decision or a rule costs, aim by aim."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import flask_babel
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.rotation.settings import DIRECTION_LABELS, SHARES, TIER_NAMES, TIER_UNITS, as_percent, plain
from app.rotation.wording import RULES
from app.rotation.wording_reasons import figure

type Price = Mapping[str, Any]

LIMITS: dict[str, LazyString] = {
    "H2": _l("Staffing quota of the schools"),
    "H3": _l("Most staff a school may lose in all"),
    "H4": _l("No subject left worse off than before or than its posts"),
    "H5": _l("Most departures from a school"),
    "H6": _l("Most moves in all"),
    "H7": _l("Backbone teachers a school keeps"),
    "H8": _l("Decisions of the officers"),
    "max_km": _l("Furthest way"),
    "directions": _l("Directions"),
}
SETTINGS: dict[str, LazyString] = {
    "rate": _l("Rotation rate"),
    "share": _l("Backbone share"),
    "up_share": _l("Moves to sending schools"),
    "group_young_rate": _l("Young teachers inside each education group"),
    "net_loss_rate": _l("Most staff a school may lose in all"),
    "out_rate": _l("Most departures from a school"),
    "max_move_rate": _l("Most moves in all"),
    "backbone_floor": _l("Backbone teachers a school keeps per 100 pupils"),
    "max_km": _l("Furthest way (km)"),
    "directions": _l("Directions"),
}


def _(message: str, **values: object) -> str:
    return str(flask_babel.gettext(message, **values))


def rule(code: str) -> str:
    """A rule's name: a limit, a policy rule, or a setting that decides who may go where."""
    return str(RULES.get(code) or LIMITS.get(code, code))


def setting_value(setting: str, value: Any) -> str:
    """A setting's value as an officer types it."""
    if value is None:
        return "–"
    if setting == "directions":
        return "; ".join(str(DIRECTION_LABELS[way]) for way in value)
    if setting in SHARES:
        return f"{as_percent(str(value))} %"
    return plain(Decimal(str(value)))


def change(tier: str, by: float) -> str:
    """One aim and how it changes; below zero is better."""
    name = TIER_NAMES.get(tier, tier)
    if by > 0:
        return _("“%(tier)s” worse by %(by)s", tier=name, by=figure(by))
    return _("“%(tier)s” better by %(by)s", tier=name, by=figure(-by))


def price(item: Price) -> str:
    """A price in one line."""
    if item["kind"] == "impossible":
        return _("No plan keeps all limits with it.")
    if item["kind"] == "unknown":
        return _("Not known: the time was over.")
    first = item["first"]
    text = change(first["tier"], first["change"]) if first else _("No aim changes")
    if item["kind"] == "estimate":
        return _("At most: %(text)s (all else as it is)", text=text)
    if item["kind"] == "bound":
        return _("%(text)s (found in time, perhaps not the best)", text=text)
    return text


def tiers(item: Price) -> list[dict[str, Any]]:
    """Each aim before and after, and its change."""
    return [
        {
            "label": TIER_NAMES.get(row["name"], row["name"]),
            "unit": TIER_UNITS.get(row["name"], ""),
            "before": figure(row["before"]),
            "after": figure(row["after"]),
            "change": ("+" if row["change"] > 0 else "") + figure(round(row["change"], 9)),
            "is_changed": item["first"] is not None and abs(row["change"]) > 1e-9,
        }
        for row in item["tiers"]
    ]

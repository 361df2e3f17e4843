"""A hand-made plan beside the proposal: what it breaks, what it misses, how it scores."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.rotation import wording
from app.rotation import wording_conflicts as words
from app.rotation.models import Scenario
from app.rotation.presenting_short import people, scope
from app.rotation.settings import TIER_LABELS
from app.rotation.wording_prices import rule
from app.rotation.wording_reasons import Told, figure


def checked(scenario: Scenario, body: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Everything the page of a hand-made plan shows."""
    ours = {row["name"]: row["value"] for row in scenario.report["tiers"]}
    return {
        "name": body["name"],
        "count": len(body["given"]),
        "understood": len(body["moves"]),
        "is_sound": body["sound"],
        "broken": [_broken(row, told) for row in body["broken"]],
        "rules": [
            {**row, "name": wording.RULES[row["rule"]], "scope_name": scope(row["scope"], told)}
            for row in body["rules"]
        ],
        "missing": sum(row["missing"] for row in body["rules"]),
        "aims": [
            {
                "label": TIER_LABELS[name],
                "before": figure(body["before"].get(name)),
                "handmade": figure(value),
                "proposal": figure(ours.get(name)),
            }
            for name, value in body["tiers"].items()
            if name in TIER_LABELS
        ],
        "gaps": (body["gaps"]["before"], body["gaps"]["after"], scenario.report["counts"]["vacant_after"]),
    }


def _broken(row: Mapping[str, Any], told: Told) -> dict[str, Any]:
    own = {"H1": _("What a move is")}
    return {
        "rule": own.get(row["rule"]) or rule(row["rule"]),
        "people": people([key for key in row["teachers"] if key[:1] == "T" and key[1:].isdigit()], told),
        "school": told.school(row["school"]) if row["school"] else "–",
        "text": words.broken(row, told),
    }

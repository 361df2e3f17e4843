"""Why a move, and what the rules cost, as rows and charts."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from app.codes.queries import label
from app.rotation import wording_prices as prices
from app.rotation.presenting import stage_label
from app.rotation.snapshot import teacher_number
from app.rotation.wording_reasons import Told, figure


def priced(item: Mapping[str, Any]) -> dict[str, Any]:
    """A price in one line, aim by aim, and how many other moves it changes."""
    return {
        "text": prices.price(item),
        "tiers": prices.tiers(item),
        "moves_changed": item["moves_changed"],
        "is_free": item["kind"] == "exact" and item["first"] is None,
        "is_possible": item["kind"] != "impossible",
    }


def why_move(answer: Mapping[str, Any], told: Told, moves: Mapping[int, int]) -> dict[str, Any]:
    """The answer to "why this move", with names; `moves` leads to the moves of other teachers."""
    return {
        "loss": priced(answer["loss"]),
        "teachers": [_alternative(row, told, moves) for row in answer["teachers"]],
        "schools": [_alternative(row, told, moves) for row in answer["schools"]],
        "is_complete": answer["complete"],
    }


def _alternative(row: Mapping[str, Any], told: Told, moves: Mapping[int, int]) -> dict[str, Any]:
    number = teacher_number(row["teacher"])
    return {
        "teacher_id": number,
        "name": told.teacher(row["teacher"]),
        "from": told.school(row["from"]),
        "to": told.school(row["to"]),
        "subject": label("subject", row["subject"]),
        "goes_to": told.school(row["moves_already_to"]) if row["moves_already_to"] else None,
        "is_moved": number in moves,
        "breaks": [prices.rule(code) for code in row["breaks"]],
        "price": priced(row["price"]),
    }


def rule_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What each rule costs: the plan without it, or with it a step looser."""
    return [
        {
            "rule": prices.rule(row["rule"]),
            "code": row["rule"],
            "how": _how(row),
            "price": priced(row["price"]),
            "own_shortfall": row["own_shortfall"],
            "binding": row["binding"],
        }
        for row in answer["rows"]
    ]


def _how(row: Mapping[str, Any]) -> str:
    if row["how"] == "off":
        return str(_("Without the rule"))
    if row["setting"] == "directions":
        more = prices.setting_value("directions", [way for way in row["value"] if way not in row["was"]])
        return str(_("Also: %(directions)s", directions=more))
    was, value = (prices.setting_value(row["setting"], row[key]) for key in ("was", "value"))
    return str(_("From %(was)s to %(value)s", was=was, value=value))


def frontier_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The county as it is, then the best plan for each number of moves."""
    rows = [answer["still"], *answer["rows"]]
    return [
        {
            **row,
            "is_still": number == 0,
            "is_proven": row["status"] == "optimal",
            "primary": f"{row['cv'].get('primary', 0):.3f}",
            "junior": f"{row['cv'].get('junior', 0):.3f}",
            "cost": figure(round(row["cost"])),
        }
        for number, row in enumerate(rows)
    ]


def frontier_chart(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Moves against vacant posts and against the CV of each stage."""
    every = list(rows)

    def line(name: str, key: str, axis: int) -> dict[str, Any]:
        points = [[row["moves"], float(row[key])] for row in every]
        return {"name": name, "type": "line", "yAxisIndex": axis, "data": points, "symbolSize": 8}

    return {
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 24, "right": 24, "top": 64, "bottom": 24, "containLabel": True},
        "xAxis": {"type": "value", "name": _("Moves"), "nameLocation": "middle", "nameGap": 28, "minInterval": 1},
        "yAxis": [
            {"type": "value", "name": _("Vacant posts"), "minInterval": 1},
            {"type": "value", "name": _("CV"), "splitLine": {"show": False}},
        ],
        "series": [
            line(_("Vacant posts"), "gaps", 0),
            line(_("CV, %(stage)s", stage=stage_label("primary")), "primary", 1),
            line(_("CV, %(stage)s", stage=stage_label("junior")), "junior", 1),
        ],
    }

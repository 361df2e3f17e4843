"""Vacancies, balance and flows of a proposal as lists and charts, each with a way to the names behind it."""

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.codes.queries import choices, label
from app.rotation.models import Scenario
from app.rotation.presenting import cv_lines, stage_label
from app.rotation.wording import Names
from app.schools.models import Stage

BUSY_FLOWS = 40
BARS: dict[str, Any] = {
    "legend": {"top": 0},
    "tooltip": {"trigger": "axis"},
    "grid": {"left": 24, "right": 8, "top": 56, "bottom": 8, "containLabel": True},
}
SLANTED = {"rotate": 45, "width": 110, "overflow": "truncate"}


# --- vacancies ----------------------------------------------------------------------------------------------------


def gap_chart(scenario: Scenario) -> dict[str, Any]:
    """Vacant posts by subject, before and after."""
    rows = scenario.report["gaps"]

    def bar(row: Mapping[str, Any], key: str) -> dict[str, Any]:
        url = url_for("rotation.vacancies", scenario_id=scenario.id, stage=row["stage"], subject=row["subject"])
        return {"value": row[key], "url": url}

    return {
        **BARS,
        "xAxis": {"type": "category", "data": [_post_label(row) for row in rows], "axisLabel": SLANTED},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": _("Before"), "type": "bar", "data": [bar(row, "before") for row in rows]},
            {"name": _("After"), "type": "bar", "data": [bar(row, "after") for row in rows]},
        ],
    }


def post_choices(posts: Iterable[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """The stages and subjects that have posts, as choices of a filter."""
    rows = list(posts)
    return {
        "stages": [(stage.value, str(stage.label)) for stage in Stage if any(p["stage"] == stage for p in rows)],
        "subjects": [(code, name) for code, name in choices("subject") if any(p["subject"] == code for p in rows)],
    }


def _post_label(row: Mapping[str, Any]) -> str:
    return f"{stage_label(row['stage'])} {label('subject', row['subject'])}"


def open_posts(
    posts: Iterable[Mapping[str, Any]], names: Names, *, subject: str, stage: str, school: str
) -> list[dict[str, Any]]:
    """Posts that stay vacant, the largest gaps at rural and weak schools first."""
    found = [
        {**row, "name": names.school(row["school"]), "vacant": row["posts"] - row["after"]}
        for row in posts
        if row["after"] < row["posts"]
        and subject in ("", row["subject"])
        and stage in ("", row["stage"])
        and school in ("", row["school"])
    ]
    return sorted(found, key=lambda r: (-r["vacant"], not r["is_priority"], r["school"], r["stage"], r["subject"]))


# --- balance ------------------------------------------------------------------------------------------------------


def spread_by_stage(
    scenario: Scenario, spread: Iterable[Mapping[str, Any]], names: Names, numbers: Mapping[str, int]
) -> list[dict[str, Any]]:
    """For each stage: the CV, each school's backbone teachers per 100 pupils, and their chart."""
    rows = [_spread_row(scenario, row, names, numbers) for row in spread]
    found = []
    for line in cv_lines(scenario.report):
        mine = sorted(
            (row for row in rows if row["stage"] == line["stage"]), key=lambda r: (-r["per_before"], r["name"])
        )
        if mine:
            found.append({**line, "rows": mine, "chart": _spread_chart(mine)})
    return found


def _spread_row(scenario: Scenario, row: Mapping[str, Any], names: Names, numbers: Mapping[str, int]) -> dict[str, Any]:
    school = numbers.get(row["school"])
    return {
        **row,
        "name": names.school(row["school"]),
        "per_before": 100 * row["before"] / row["pupils"],
        "per_after": 100 * row["after"] / row["pupils"],
        "url": url_for("rotation.moves", scenario_id=scenario.id, school=school, backbone=1, stage=row["stage"]),
    }


def _spread_chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
    def line(key: str) -> list[dict[str, Any]]:
        return [{"value": round(row[key], 2), "url": row["url"]} for row in rows]

    return {
        **BARS,
        "xAxis": {"type": "category", "data": short_names([row["name"] for row in rows]), "axisLabel": SLANTED},
        "yAxis": {"type": "value", "name": _("per 100 pupils"), "nameTextStyle": {"align": "left"}},
        "series": [
            {"name": _("Before"), "type": "bar", "data": line("per_before"), "barGap": "0%"},
            {"name": _("After"), "type": "bar", "data": line("per_after")},
        ],
    }


def short_names(names: list[str]) -> list[str]:
    """Names for an axis, without the beginning that all of them share, such as the county's."""
    first, last = (min(names), max(names)) if len(set(names)) > 1 else ("", "")
    pairs = zip(first, last, strict=False)
    shared = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return [name[shared:] or name for name in names]


# --- flows --------------------------------------------------------------------------------------------------------


def flow_lines(
    scenario: Scenario, flows: Iterable[Mapping[str, Any]], names: Names, numbers: Mapping[str, int]
) -> list[dict[str, Any]]:
    """How many go from which school to which, the largest flows first."""
    found = []
    for row in flows:
        ends: dict[str, Any] = {"from": numbers.get(row["from"]), "to": numbers.get(row["to"])}
        found.append(
            {
                **row,
                "origin": names.school(row["from"]),
                "target": names.school(row["to"]),
                "url": url_for("rotation.moves", scenario_id=scenario.id, **ends),
            }
        )
    return sorted(found, key=lambda r: (-r["moves"], r["origin"], r["target"]))


def flow_chart(lines: list[dict[str, Any]], schools: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A Sankey diagram. With many flows, schools that do not send are drawn together by locality."""
    is_busy = len(lines) > BUSY_FLOWS
    weights: dict[tuple[str, str], int] = {}
    for line in lines:
        ends = (
            _end(line["from"], line["origin"], schools, is_busy),
            _end(line["to"], line["target"], schools, is_busy),
        )
        weights[ends] = weights.get(ends, 0) + line["moves"]
    left = list(dict.fromkeys(origin for origin, _target in weights))
    right = list(dict.fromkeys(target for _origin, target in weights))
    return {
        "series": [
            {
                "type": "sankey",
                "left": 4,
                "right": 150,
                "top": 8,
                "bottom": 8,
                "nodeGap": 8,
                "label": {"fontSize": 11},
                "emphasis": {"focus": "adjacency"},
                # The arrow tells a school that sends from the same school that receives.
                "data": [{"name": f"{name} →"} for name in left] + [{"name": f"→ {name}"} for name in right],
                "links": [
                    {"source": f"{origin} →", "target": f"→ {target}", "value": count}
                    for (origin, target), count in weights.items()
                ],
            }
        ]
    }


def _end(code: str, name: str, schools: Mapping[str, Mapping[str, Any]], is_busy: bool) -> str:
    school = schools.get(code)
    if not is_busy or school is None or school["sending"]:
        return name
    together = {"urban": _("Other urban schools"), "town": _("Other town schools"), "rural": _("Rural schools")}
    return str(together.get(school["locality"], name))

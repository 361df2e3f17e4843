"""Runs and counties side by side, as pages and charts show them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.rotation.presenting import cv_lines
from app.rotation.presenting_balance import BARS, SLANTED
from app.rotation.queries.runs import CountyLine, Stands, sums_of
from app.web.exports import Column

MOST_BARS = 40


def states(lines: Iterable[CountyLine]) -> list[dict[str, Any]]:
    """How many counties of a run stand where; those where none stands are left out."""
    found = Counter(line.stands for line in lines)
    return [{"stands": one, "label": one.label, "count": found[one]} for one in Stands if found[one]]


def progress(lines: Sequence[CountyLine]) -> float:
    """How far a run is, in percent: each county that is solved for counts alike."""
    asked = [line for line in lines if line.stands is not Stands.LEFT_OUT]
    done = sum(1.0 if not line.stands.is_open else (line.percent or 0) / 100 for line in asked)
    return round(100 * done / len(asked), 1) if asked else 100.0


def rows(lines: Iterable[CountyLine]) -> list[dict[str, Any]]:
    """The counties as a table shows them."""
    return [_row(line) for line in lines]


def _row(line: CountyLine) -> dict[str, Any]:
    report = line.report
    found: dict[str, Any] = {
        "county": line.county,
        "above": line.county.parent.name if line.county.parent else "",
        "stands": line.stands,
        "percent": line.percent,
        "plan": line.plan,
        "scenario": line.scenario,
        "problem": _problem(line),
        "counts": report["counts"] if report else None,
        "short": line.short,
        "is_proven": report is not None and report["status"] == "optimal",
        "cv": {row["stage"]: row for row in cv_lines(report)} if report else {},
    }
    return found


def _problem(line: CountyLine) -> str:
    """Why the county has no proposal."""
    if line.left_out:
        return str(line.left_out.label)
    if line.stands is Stands.FAILED and line.scenario is not None:
        return line.job.error if line.job is not None and line.job.error else str(line.scenario.status.label)
    return ""


def by_region(lines: Iterable[CountyLine]) -> list[dict[str, Any]]:
    """The sums of each region directly above the counties, where there are several."""
    groups: dict[int, list[CountyLine]] = {}
    for line in lines:
        groups.setdefault(line.county.parent_id or 0, []).append(line)
    if len(groups) < 2:
        return []
    return [
        {"region": some[0].county.parent, "sums": sums_of(some)} for some in groups.values() if some[0].county.parent
    ]


def chart(lines: Sequence[CountyLine]) -> dict[str, Any] | None:
    """Vacant posts of each county before and after, and its moves; the counties with the most vacancies first."""
    solved = [line for line in lines if line.report is not None]
    if not solved:
        return None
    most = sorted(solved, key=lambda line: (-_count(line, "vacant_before"), line.county.code))[:MOST_BARS]
    series = (
        (_("Vacant before"), "vacant_before", "rotation.vacancies"),
        (_("Vacant after"), "vacant_after", "rotation.vacancies"),
        (_("Moves"), "moves", "rotation.moves"),
    )
    return {
        **BARS,
        "xAxis": {"type": "category", "data": [line.county.name for line in most], "axisLabel": SLANTED},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": name, "type": "bar", "data": [_bar(line, key, endpoint) for line in most]}
            for name, key, endpoint in series
        ],
    }


def _count(line: CountyLine, key: str) -> int:
    return int(line.report["counts"][key]) if line.report else 0


def _bar(line: CountyLine, key: str, endpoint: str) -> dict[str, Any]:
    scenario_id = line.scenario.id if line.scenario else 0
    return {"value": _count(line, key), "url": url_for(endpoint, scenario_id=scenario_id)}


def columns() -> list[Column]:
    """The columns of the exported table."""

    def count(key: str) -> Any:
        return lambda row: row["counts"][key] if row["counts"] else None

    def cv(stage: str) -> Any:
        return lambda row: round(row["cv"][stage]["after"], 3) if stage in row["cv"] else None

    return [
        Column(_("Code"), lambda row: row["county"].code),
        Column(_("County"), lambda row: row["county"].name),
        Column(_("Region"), lambda row: row["above"]),
        Column(_("Plan"), lambda row: row["plan"].name if row["plan"] else ""),
        Column(_("Status"), lambda row: row["plan"].status if row["plan"] else ""),
        Column(_("Scenario"), lambda row: row["scenario"].name if row["scenario"] else ""),
        Column(_("Meet the conditions"), count("eligible")),
        Column(_("Moves"), count("moves")),
        Column(_("Backbone teachers among them"), count("backbone")),
        Column(_("Persons short"), lambda row: row["short"] if row["counts"] else None),
        Column(_("Vacant before"), count("vacant_before")),
        Column(_("Vacant after"), count("vacant_after")),
        Column(_("CV, primary"), cv("primary")),
        Column(_("CV, junior secondary"), cv("junior")),
        Column(_("Proven"), lambda row: row["is_proven"] if row["counts"] else None),
    ]

"""A proposal's summary as lines of text, for the shell: `flask propose` and the demo print it."""

from collections.abc import Iterable, Iterator
from typing import Any
from unicodedata import east_asian_width

from flask_babel import gettext as _

from app.codes.queries import label
from app.rotation.models import Scenario, ScenarioStatus
from app.rotation.presenting import cv_lines, findings_in_words, number, stage_label
from app.rotation.queries.plans import names_in
from app.rotation.queries.scenarios import people_named
from app.rotation.settings import SCOPE_LABELS, TIER_LABELS
from app.rotation.wording import CLAUSES, RULES, Names


def lines(scenario: Scenario) -> Iterator[str]:
    """The summary of a scenario whose plan and county are loaded, solved or not."""
    yield _("Plan %(plan)s, scenario %(name)s", plan=scenario.plan.name, name=scenario.name)
    names = names_in(scenario.plan.county_id)
    if scenario.status is not ScenarioStatus.SOLVED:
        yield from _unsolved(scenario, names)
        return
    report = scenario.report
    yield from _rules(report, names)
    yield from _gaps(report)
    yield from _cv(report)
    yield from _aims(report)
    counts = report["counts"]
    yield _(
        "%(moves)s moves, %(backbone)s of them backbone teachers; %(eligible)s teachers meet the conditions",
        moves=counts["moves"],
        backbone=counts["backbone"],
        eligible=counts["eligible"],
    )
    proven = _("proven best, aim by aim") if report["status"] == "optimal" else _("not every aim is proven")
    yield _("%(proven)s; %(seconds)s seconds", proven=proven, seconds=f"{report['seconds']:.1f}")


def _unsolved(scenario: Scenario, names: Names) -> Iterator[str]:
    yield _("There is no proposal: %(status)s", status=scenario.status.label)
    findings = scenario.report.get("findings", [])
    people = people_named(scenario.report.get("conflict", []), findings)
    for item in findings_in_words(findings, people, names, with_links=False):
        yield f"  - {item['text']}"


def _rules(report: dict[str, Any], names: Names) -> Iterator[str]:
    yield _("Policy rules")
    rows = []
    for row in sorted(report["rules"], key=lambda r: (r["rule"], r["scope"])):
        scope = SCOPE_LABELS[row["scope"]] if row["scope"] in ("pool", "county") else names.scope(row["scope"])
        verdict = _("reached") if not row["missing"] else _("short by %(count)s", count=row["missing"])
        clauses = ", ".join(CLAUSES[row["rule"]])
        needed = _("%(reached)s of %(needed)s needed", reached=row["reached"], needed=row["needed"])
        rows.append([f"{row['rule']} {RULES[row['rule']]} ({clauses})", str(scope), needed, verdict])
    yield from _table(rows)


def _gaps(report: dict[str, Any]) -> Iterator[str]:
    counts = report["counts"]
    yield _("Vacant posts: %(before)s → %(after)s", before=counts["vacant_before"], after=counts["vacant_after"])
    rows = [
        [stage_label(row["stage"]), label("subject", row["subject"]), f"{row['before']} → {row['after']}"]
        for row in report["gaps"]
        if row["before"] or row["after"]
    ]
    yield from _table(rows)


def _cv(report: dict[str, Any]) -> Iterator[str]:
    yield _("CV of backbone teachers per 100 pupils")
    rows = [[row["label"], f"{row['before']:.3f} → {row['after']:.3f}"] for row in cv_lines(report)]
    yield from _table(rows)


def _aims(report: dict[str, Any]) -> Iterator[str]:
    yield _("Aims, in their order")
    rows = [
        [
            str(TIER_LABELS[row["name"]]),
            number(row["value"]),
            _("not below %(bound)s", bound=number(row["bound"])),
            f"{row['seconds']:.1f} s",
        ]
        for row in report["tiers"]
    ]
    yield from _table(rows)


def _table(rows: list[list[str]]) -> Iterator[str]:
    """Columns under each other; a Chinese character is two wide."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(_padded(row, widths)).rstrip()


def _padded(row: list[str], widths: list[int]) -> Iterable[str]:
    return (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)

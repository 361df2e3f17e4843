"""Figures of a proposal as pages and charts show them: names instead of codes, and a way to the names behind each."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import ceil
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.audit.labels import actor_name
from app.audit.models import AuditEntry
from app.codes.queries import label
from app.jobs.models import Job
from app.rotation import wording
from app.rotation.models import ProposedMove, Scenario, ScenarioStatus
from app.rotation.queries.scenarios import Stayed
from app.rotation.settings import (
    DIRECTION_LABELS,
    PRIORITY_LABELS,
    SCOPE_LABELS,
    SHARES,
    TIER_LABELS,
    TIER_NAMES,
    TIER_UNITS,
    as_percent,
    complete,
    in_use,
    plain,
)
from app.rotation.wording import Names
from app.schools.models import Stage
from app.web.exports import Column

CV_LIMITS = {"primary": 0.50, "junior": 0.45}  # 优质均衡, LX-09
STATES = {"queued": "queued", "solving": "running", "cancelled": "cancelled", "solved": "done"}


def stage_label(stage: str) -> str:
    """A stage in the person's language."""
    return str(Stage(stage).label)


# --- the solve ----------------------------------------------------------------------------------------------------


def job_view(scenario: Scenario, job: Job | None, status: ScenarioStatus) -> dict[str, Any]:
    """What the job card shows of a solve."""
    state = STATES.get(status.value, "failed")
    if status.is_under_way and job is not None and job.is_cancel_requested:
        state = "cancelling"
    detail = job.detail if job is not None and status.is_under_way else {}
    return {
        "state": state,
        "label": _("Being cancelled") if state == "cancelling" else status.label,
        "percent": round(100 * job.progress) if job is not None and status is ScenarioStatus.SOLVING else None,
        "message": wording.step(job.stage) if job is not None and job.stage and status.is_under_way else None,
        "figures": _solve_figures(detail),
        "error": job.error if job is not None and status is ScenarioStatus.FAILED else None,
        "is_open": status.is_under_way,
    }


def _solve_figures(detail: Mapping[str, Any]) -> list[dict[str, Any]]:
    tier = detail.get("tier")
    if not tier:
        return []
    rank = _("%(rank)s of %(count)s", rank=detail["tier_index"] + 1, count=detail["tier_count"])
    return [
        {"label": _("Aim"), "value": f"{wording.tier(tier)} ({rank})"},
        {"label": _("Best so far"), "value": number(detail.get("incumbent"))},
        {"label": _("Cannot be below"), "value": number(detail.get("bound"))},
        {"label": _("Seconds"), "value": number(detail.get("seconds"))},
    ]


def number(value: Any) -> str:
    """A number without a tail of zeros; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:.4f}".rstrip("0").rstrip(".")


def findings_in_words(
    findings: Iterable[Mapping[str, Any]], people: Mapping[int, str], names: Names, *, with_links: bool = True
) -> list[dict[str, Any]]:
    """The faults of the data, each with where it is."""
    found = []
    for item in findings:
        kind, _slash, key = str(item["subject"]).partition("/")
        who, url = "", None
        if key[:1] == "T" and key[1:].isdigit():
            who = people.get(int(key[1:]), key)
            url = url_for("teachers.show", teacher_id=int(key[1:])) if with_links else None
        elif kind == "schools":
            who = names.school(key)
        found.append({"text": wording.finding(item, who), "url": url})
    return found


def conflict_in_words(
    conflict: Iterable[Mapping[str, Any]], people: Mapping[int, str], names: Names
) -> list[dict[str, Any]]:
    """The smallest set of decisions that cannot hold together."""
    found = []
    for item in conflict:
        who = people.get(int(item["teacher"][1:]), item["teacher"])
        if item["to"] is None:
            text = _("%(name)s stays in place.", name=who)
        else:
            text = _("%(name)s goes to %(school)s.", name=who, school=names.school(item["to"]))
        found.append({"text": text, "teacher_id": int(item["teacher"][1:])})
    return found


# --- the summary --------------------------------------------------------------------------------------------------


def summary(scenario: Scenario, names: Names, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Verdicts, aims and figures of a solved scenario."""
    report = scenario.report
    return {
        "rules": [_rule(scenario, row, names, numbers) for row in sorted(report["rules"], key=_rule_order)],
        "aims": [_aim(row, report["before"], in_use(complete(scenario.settings))) for row in report["tiers"]],
        "trade": trade(report),
        "is_proven": report["status"] == "optimal",
        "counts": report["counts"],
        "cv": cv_lines(report),
        "seconds": report["seconds"],
        "missing": sum(row["missing"] for row in report["rules"]),
    }


def _rule_order(row: Mapping[str, Any]) -> tuple[str, int, str]:
    return row["rule"], {"pool": 0, "county": 1}.get(row["scope"], 2), row["scope"]


def _rule(scenario: Scenario, row: Mapping[str, Any], names: Names, numbers: Mapping[str, int]) -> dict[str, Any]:
    scope = row["scope"]
    return {
        **row,
        "name": wording.RULES[row["rule"]],
        "meaning": wording.MEANINGS[row["rule"]],
        "clauses": ", ".join(wording.CLAUSES[row["rule"]]),
        "scope_name": SCOPE_LABELS[scope] if scope in ("pool", "county") else names.scope(scope),
        "url": url_for("rotation.moves", scenario_id=scenario.id, **_behind(row["rule"], scope, numbers)),
    }


def _behind(rule: str, scope: str, numbers: Mapping[str, int]) -> dict[str, Any]:
    """The filter of the moves that a rule counts."""
    narrowed: dict[str, Any] = {"sending": 1} if scope == "pool" else {}
    if scope in numbers:
        narrowed["from"] = numbers[scope]
    more: dict[str, dict[str, Any]] = {
        "R2": {"backbone": 1},
        "R3": {"direction": "up"},
        "R4": {"young": 1, "group": scope[1:]},
    }
    return narrowed | more.get(rule, {})


def _aim(row: Mapping[str, Any], before: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    room = 1e-6 * abs(row["value"]) + 1e-12 if row["name"] == "balance" else 1 - 1e-9
    most = Decimal(given.get(row["name"], "0"))
    over = row["value"] - row["bound"]
    return {
        "most": as_percent(str(most)) if most else "",
        "given": _share_given(row) if most and over > room else "",
        "label": TIER_LABELS[row["name"]],
        "unit": TIER_UNITS[row["name"]],
        "value": number(row["value"]),
        "bound": number(row["bound"] if row["name"] == "balance" else ceil(row["bound"] - 1e-4)),
        "before": number(before.get(row["name"])),
        "is_proven": over <= room + float(most) * row["bound"],
        "seconds": f"{row['seconds']:.1f}",
    }


def _share_given(row: Mapping[str, Any]) -> str:
    over = row["value"] - row["bound"]
    share = f"{100 * over / row['bound']:.2f}" if row["bound"] else "–"
    return str(_("%(amount)s given up (%(share)s %%)", amount=number(over), share=share))


def trade(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was given up and what was gained: each aim beside the plan that gives nothing up; None without one."""
    strict = report.get("strict")
    if not strict:
        return None
    values = {row["name"]: row["value"] for row in strict["tiers"]}
    lines = []
    for row in report["tiers"]:
        change = row["value"] - values[row["name"]]
        room = 2e-6 * abs(row["value"]) + 1e-12 if row["name"] == "balance" else 0.5
        lines.append(
            {
                "label": TIER_NAMES[row["name"]],
                "unit": TIER_UNITS[row["name"]],
                "strict": number(values[row["name"]]),
                "value": number(row["value"]),
                "change": f"{'+' if change > 0 else '−'}{number(abs(change))}" if abs(change) > room else "",
                "is_gain": change < 0,
            }
        )
    return {"lines": lines, "is_proven": strict["status"] == "optimal" == report["status"]}


def cv_lines(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The official CV of each stage with its limit."""
    return [
        {
            "stage": stage,
            "label": stage_label(stage),
            "before": report["cv"][stage]["before"],
            "after": report["cv"][stage]["after"],
            "limit": CV_LIMITS[stage],
            "is_met": report["cv"][stage]["after"] <= CV_LIMITS[stage],
        }
        for stage in ("primary", "junior")
        if stage in report["cv"]
    ]


def settings_lines(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A scenario's settings in words."""
    whole = complete(settings)
    labels = {
        "rate": _("Rotation rate (%)"),
        "share": _("Backbone share (%)"),
        "up_share": _("Moves to sending schools (%)"),
        "group_young_rate": _("Young teachers inside each education group (%)"),
        "net_loss_rate": _("Most staff a school may lose in all (%)"),
        "out_rate": _("Most departures from a school (%)"),
        "max_move_rate": _("Most moves in all (%)"),
        "backbone_floor": _("Backbone teachers a school keeps per 100 pupils"),
        "max_km": _("Furthest way (km)"),
        "time_limit_s": _("Time limit (seconds)"),
    }
    lists: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
        ("rate_scopes", _("Where the rotation rate must hold"), SCOPE_LABELS),
        ("share_scopes", _("Where the backbone share must hold"), SCOPE_LABELS),
        ("directions", _("Directions"), DIRECTION_LABELS),
        ("priority", _("Vacancies that count twice"), PRIORITY_LABELS),
        ("tiers", _("What is best"), TIER_LABELS),
    )
    numbers = [
        (name, as_percent(whole[key]) if key in SHARES else plain(Decimal(whole[key]))) for key, name in labels.items()
    ]
    given = [
        (_("May be given up of %(aim)s (%%)", aim=TIER_NAMES[tier]), as_percent(share))
        for tier, share in in_use(whole).items()
    ]
    return (
        numbers
        + given
        + [(name, "; ".join(str(words[value]) for value in whole[key]) or "–") for key, name, words in lists]
    )


def comparison(scenarios: list[Scenario], names: Names) -> dict[str, Any]:
    """Rules, aims and vacancies of several scenarios, one cell for each."""
    reports = [scenario.report for scenario in scenarios]
    rules = sorted({_rule_order(row) for report in reports for row in report["rules"]})
    aims = dict.fromkeys(row["name"] for report in reports for row in report["tiers"])
    gaps = sorted({(row["stage"], row["subject"]) for report in reports for row in report["gaps"]})
    return {
        "rules": [
            {
                "name": wording.RULES[rule],
                "scope": SCOPE_LABELS[scope] if scope in ("pool", "county") else names.scope(scope),
                "cells": [_first(report["rules"], rule=rule, scope=scope) for report in reports],
            }
            for rule, _rank, scope in rules
        ],
        "aims": [
            {
                "label": TIER_LABELS[aim],
                "cells": [number(_value(report["tiers"], "value", name=aim)) for report in reports],
            }
            for aim in aims
        ],
        "gaps": [
            {
                "stage": stage,
                "subject": subject,
                "cells": [number(_value(r["gaps"], "after", stage=stage, subject=subject)) for r in reports],
            }
            for stage, subject in gaps
        ],
    }


def _first(rows: Iterable[Mapping[str, Any]], **wanted: str) -> Mapping[str, Any] | None:
    return next((row for row in rows if all(row[key] == value for key, value in wanted.items())), None)


def _value(rows: Iterable[Mapping[str, Any]], key: str, **wanted: str) -> Any:
    found = _first(rows, **wanted)
    return found[key] if found else None


# --- exports ------------------------------------------------------------------------------------------------------


def move_columns(names: Names) -> list[Column]:
    """The columns of exported moves."""
    return [
        Column(_("Name"), "teacher.name"),
        Column(_("Sex"), "teacher.sex"),
        Column(_("Stage"), "stage"),
        Column(_("From school"), "from_school.name"),
        Column(_("To school"), "to_school.name"),
        Column(_("Subject"), lambda m: label("subject", m.subject_code)),
        Column(_("Direction"), "direction"),
        Column(_("Distance (km)"), "km"),
        Column(_("Backbone teacher"), "is_backbone"),
        Column(_("Young teacher"), "is_young"),
        Column(_("Why this move"), lambda m: reasons_line(m, names)),
    ]


def reasons_line(move: ProposedMove, names: Names) -> str:
    """All reasons of a move in one line."""
    return " ".join(wording.reason(item, names) for item in move.why)


def posting_history(entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """A posting's log, as the timeline shows it."""
    words = {
        "rotation.posting.report": (_("Reported for duty"), "user-check"),
        "rotation.posting.end": (_("Posting ended"), "check"),
        "rotation.posting.recall": (_("Recalled"), "arrow-back-up"),
    }
    found = []
    for entry in entries:
        title, icon = words.get(entry.action, (entry.action, "pencil"))
        detail = " ".join(part for part in ((entry.after or {}).get("on"), entry.reason) if part)
        found.append(
            {"at": entry.at, "actor": actor_name(entry.actor_label), "title": title, "detail": detail, "icon": icon}
        )
    return found


def stayed_columns(who: Stayed) -> list[Column]:
    """The columns of exported teachers who were not moved."""
    return [
        Column(_("Name"), "name"),
        Column(_("Sex"), "sex"),
        Column(_("School"), "working_school.name"),
        Column(_("Stage"), "stage"),
        Column(_("Subject"), lambda t: label("subject", t.subject_code)),
        Column(_("Backbone teacher"), lambda t: t.id in who.backbone),
        Column(_("Young teacher"), lambda t: t.id in who.young),
    ]

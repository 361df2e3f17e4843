"""Who is worse off: wishes, ways to work and how evenly things are spread, beside what others would have done."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.codes.queries import label
from app.rotation.presenting import stage_label
from app.rotation.settings import TIER_NAMES
from app.rotation.wording_reasons import Told, figure

PLANS = {
    "plan": _l("This proposal"),
    "greedy": _l("Office rule: nearest gap first"),
    "to_be": _l("TO-BE (stable improvement cycles)"),
    "mda": _l("MDA (modified deferred acceptance)"),
}


def plan_rows(answer: Mapping[str, Any], told: Told) -> list[dict[str, Any]]:
    """One column for each way of making a plan."""
    return [_plan(row, told) for row in answer["plans"]]


def _plan(row: Mapping[str, Any], told: Told) -> dict[str, Any]:
    fair = row["fairness"]
    ways, worst = fair["commuting"], fair["worst_loss"]
    return {
        "name": PLANS.get(row["name"], row["name"]),
        "is_ours": row["name"] == "plan",
        "moves": fair["moves"],
        "gaps": row["gaps"],
        "broken": row["broken"],
        "tiers": [(TIER_NAMES.get(name, name), figure(value)) for name, value in row["tiers"].items()],
        "wishes": fair["wishes"],
        "ways": ways,
        "before": ways["before"],
        "after": ways["after"],
        "gini": [
            (stage_label(stage), f"{pair['before']['gini']:.3f}", f"{pair['after']['gini']:.3f}")
            for stage, pair in fair["backbones"].items()
        ],
        "gap_gini": (f"{fair['gaps']['before']['gini']:.3f}", f"{fair['gaps']['after']['gini']:.3f}"),
        "worst": _loss(worst, told) if worst else None,
        "losses": [_loss(one, told) for one in fair["losses"]],
    }


def _loss(row: Mapping[str, Any], told: Told) -> dict[str, Any]:
    return {
        **row,
        "school_name": told.school(row["school"]),
        "post": f"{stage_label(row['stage'])} {label('subject', row['subject'])}",
        "percent": f"{100 * row['share']:.0f} %",
    }


def figure_lines(plans: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """The figures that are compared, one row each with a cell for every plan."""
    every = list(plans)
    lines: list[tuple[str, list[str]]] = [
        (_("Moves"), [str(p["moves"]) for p in every]),
        (_("Vacant posts"), [str(p["gaps"]) for p in every]),
        (_("Limits broken"), [str(p["broken"]) for p in every]),
        (_("First wish"), [str(p["wishes"]["first"]) for p in every]),
        (_("Another wish"), [str(p["wishes"]["listed"]) for p in every]),
        (_("No wish of theirs"), [str(p["wishes"]["unlisted"]) for p in every]),
        (_("No wishes given"), [str(p["wishes"]["none_given"]) for p in every]),
    ]
    for key, name in (("mean", _("mean")), ("p95", _("95 of 100 at most")), ("max", _("longest"))):
        lines.append((_("Way to work, %(what)s (km)", what=name), [_ways(p, key) for p in every]))
    lines.append((_("Ways that become longer"), [str(p["ways"]["longer"]) for p in every]))
    for number, (stage, _before, _after) in enumerate(every[0]["gini"]):
        cells = [f"{p['gini'][number][1]} → {p['gini'][number][2]}" for p in every]
        lines.append((_("Gini of backbone teachers, %(stage)s", stage=stage), cells))
    lines.append((_("Gini of vacant posts"), [" → ".join(p["gap_gini"]) for p in every]))
    lines.append((_("Worst loss of a school"), [_worst(p["worst"]) for p in every]))
    return lines


def _ways(plan: Mapping[str, Any], key: str) -> str:
    if plan["before"] is None or plan["after"] is None:
        return "–"
    return f"{plan['before'][key]:.1f} → {plan['after'][key]:.1f}"


def _worst(loss: Mapping[str, Any] | None) -> str:
    return f"{loss['school_name']} {loss['post']} {loss['before']} → {loss['after']}" if loss else "–"


def wishes_chart(plans: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What became of the wishes, plan by plan."""
    every = list(plans)
    kinds = {
        "first": _("First wish"),
        "listed": _("Another wish"),
        "unlisted": _("No wish of theirs"),
        "none_given": _("No wishes given"),
    }
    return {
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 24, "right": 8, "top": 56, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(p["name"]) for p in every]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": name, "type": "bar", "stack": "wishes", "data": [p["wishes"][key] for p in every]}
            for key, name in kinds.items()
        ],
    }


def lorenz(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lorenz curves of this proposal: backbone teachers by stage, and vacant posts, each with its points."""
    fair = answer["plans"][0]["fairness"]
    curves = [
        (f"backbones-{stage}", _("Backbone teachers per pupil, %(stage)s", stage=stage_label(stage)), pair)
        for stage, pair in fair["backbones"].items()
    ]
    curves.append(("gaps", _("Vacant posts per post"), fair["gaps"]))
    return [
        {"id": f"lorenz-{key}", "title": title, "chart": _lorenz_chart(pair), **_points(pair)}
        for key, title, pair in curves
        if pair["before"]["total"] or pair["after"]["total"]
    ]


def _points(pair: Mapping[str, Any]) -> dict[str, Any]:
    """What the poorest tenth, fifth … of the county has, before and after."""
    rows = [
        (f"{tenth * 10} %", *(f"{100 * _at(pair[when]['lorenz'], tenth / 10):.0f} %" for when in ("before", "after")))
        for tenth in range(1, 11)
    ]
    return {"rows": rows, "before": f"{pair['before']['gini']:.3f}", "after": f"{pair['after']['gini']:.3f}"}


def _at(points: list[list[float]], x: float) -> float:
    """The curve's height at a share."""
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1 + 1e-12:
            return y1 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return 1.0


def _lorenz_chart(pair: Mapping[str, Any]) -> dict[str, Any]:
    def line(name: str, points: Any, *, is_dashed: bool = False) -> dict[str, Any]:
        style = {"lineStyle": {"type": "dashed"}} if is_dashed else {}
        return {"name": name, "type": "line", "data": points, "symbol": "none", **style}

    axis = {"type": "value", "min": 0, "max": 1}
    return {
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 24, "right": 24, "top": 48, "bottom": 8, "containLabel": True},
        "xAxis": axis,
        "yAxis": axis,
        "series": [
            line(_("Before"), pair["before"]["lorenz"]),
            line(_("After"), pair["after"]["lorenz"]),
            line(_("Quite even"), [[0, 0], [1, 1]], is_dashed=True),
        ],
    }

"""Charts as ECharts takes them: plain data, each point with the address of the list behind it."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.schools.models import Stage
from app.targets.balance import CV_LIMITS, County, Indicator, rounded


def variation(found: County) -> dict[str, Any]:
    """The CV of each indicator as bars, a series a stage, with the stage's limit as a line."""
    names = [str(one.short) for one in Indicator]
    return {
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 64, "top": 40, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "item"},
        "xAxis": {"type": "category", "data": names, "axisLabel": {"interval": 0, "rotate": 30, "fontSize": 11}},
        "yAxis": {"type": "value", "min": 0},
        "series": [_bars(found, stage) for stage in found.has_stage],
    }


def _bars(found: County, stage: Stage) -> dict[str, Any]:
    limit = CV_LIMITS[stage]
    data: list[dict[str, Any]] = []
    for one in Indicator:
        cv = found.spreads[stage, one].cv
        url = url_for("targets.balance_schools", stage=stage.value, lacking=one.value)
        data.append({"value": None if cv is None else float(rounded(cv, 3)), "url": url})
    return {
        "name": str(stage.label),
        "type": "bar",
        "barMaxWidth": 26,
        "data": data,
        "markLine": {
            "symbol": "none",
            "silent": True,
            "lineStyle": {"type": "dashed" if stage is Stage.PRIMARY else "dotted", "width": 2},
            "label": {"formatter": _("limit %(limit)s", limit=limit), "position": "end"},
            "data": [{"yAxis": float(limit)}],
        },
    }

"""The figures that the county map can show: a value of each school, where it stands, and the page behind it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.schools.models import School, Stage
from app.targets.balance import Indicator, StageRow, rounded, shown
from app.targets.queries.staffing import StaffLine


@dataclass(frozen=True, slots=True)
class Point:
    """One school on the map. `state` is True, False, or None where nothing can be said; values are shown as text."""

    school: School
    stage: Stage | None
    value: Fraction | None
    text: str
    state: bool | None
    earlier: Fraction | None
    url: str

    @property
    def change(self) -> Fraction | None:
        """How much more than a year ago."""
        return None if self.value is None or self.earlier is None else self.value - self.earlier


@dataclass(frozen=True, slots=True)
class MapFigure:
    """A figure of the map: its name, and what its three states are called."""

    name: str
    label: LazyString | str
    good: LazyString | str
    bad: LazyString | str
    has_stages: bool
    of: Callable[..., tuple[Fraction | None, str, bool | None]]


def _indicator(one: Indicator) -> MapFigure:
    def of(row: StageRow) -> tuple[Fraction | None, str, bool | None]:
        return row.value(one), shown(row.value(one)), row.is_met(one)

    return MapFigure(one.value, one.label, _l("Threshold reached"), _l("Below the threshold"), True, of)


def _passes(row: StageRow) -> tuple[Fraction | None, str, bool | None]:
    known = [one for one in Indicator if row.is_met(one) is not None]
    met = Fraction(sum(row.is_met(one) is True for one in known))
    return met, _("%(met)s of %(known)s", met=int(met), known=len(known)), row.is_passed


def _quota(line: StaffLine) -> tuple[Fraction | None, str, bool | None]:
    return Fraction(line.quota_gap), f"{line.quota_gap:+d}", line.quota_gap <= 0


def _present(line: StaffLine) -> tuple[Fraction | None, str, bool | None]:
    return Fraction(line.present_gap), f"{line.present_gap:+d}", line.present_gap >= 0


def _mental(line: StaffLine) -> tuple[Fraction | None, str, bool | None]:
    number = line.mental_full + line.mental_part
    return Fraction(number), str(number), number > 0


FIGURES: Mapping[str, MapFigure] = {
    one.name: one
    for one in (
        MapFigure("verdict", _l("Balance: indicators reached"), _l("Passes"), _l("Does not pass"), True, _passes),
        *map(_indicator, Indicator),
        MapFigure("quota", _l("Staff beyond the quota"), _l("Within the quota"), _l("Over the quota"), False, _quota),
        MapFigure(
            "norm",
            _l("At work beyond the norm"),
            _l("Norm reached"),
            _l("Below the norm"),
            False,
            _present,
        ),
        MapFigure("mental", _l("Mental health teachers"), _l("Has one"), _l("Has none"), False, _mental),
    )
}


def balance_points(
    figure: MapFigure,
    schools: Mapping[int, School],
    rows: Sequence[StageRow],
    earlier: Mapping[tuple[int, Stage], StageRow],
    year: int,
) -> list[Point]:
    """The points of a balance figure, of the rows that count."""
    found = []
    for row in rows:
        if row.excluded or row.school_id not in schools:
            continue
        value, text, state = figure.of(row)
        before = earlier.get((row.school_id, row.stage))
        url = url_for("targets.balance_school", school_id=row.school_id, year=year)
        was = figure.of(before)[0] if before else None
        found.append(Point(schools[row.school_id], row.stage, value, text, state, was, url))
    return found


def staff_points(figure: MapFigure, lines: Sequence[StaffLine]) -> list[Point]:
    """The points of a staffing figure."""
    found = []
    for line in lines:
        value, text, state = figure.of(line)
        found.append(
            Point(line.school, None, value, text, state, None, url_for("schools.show", school_id=line.school.id))
        )
    return found


def chart(figure: MapFigure, points: Sequence[Point]) -> dict[str, Any]:
    """The points by their coordinates: colour and shape by state, size by value."""
    placed = [point for point in points if point.school.lat is not None and point.school.lng is not None]
    largest = max((abs(float(p.value)) for p in placed if p.value is not None), default=0) or 1.0
    states = ((True, figure.good, "circle", "#2b8a3e"), (False, figure.bad, "triangle", "#c92a2a"),
              (None, _("Not known"), "diamond", "#868e96"))  # fmt: skip
    series = [
        {
            "name": str(name),
            "type": "scatter",
            "symbol": symbol,
            "itemStyle": {"color": colour, "opacity": 0.85},
            "data": [_dot(point, largest) for point in placed if point.state is state],
        }
        for state, name, symbol, colour in states
    ]
    return {
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "tooltip": {"formatter": "{b}"},
        **_axes(placed),
        "series": [one for one in series if one["data"]],
    }


def _dot(point: Point, largest: float) -> dict[str, Any]:
    value = 0.0 if point.value is None else float(rounded(point.value))
    stage = f" · {point.stage.label}" if point.stage else ""
    return {
        "name": f"{point.school.name}{stage}: {point.text}",
        "value": [point.school.lng, point.school.lat, value],
        "symbolSize": 10 + round(16 * min(1.0, abs(value) / largest)),
        "url": point.url,
    }


def _axes(placed: Sequence[Point]) -> dict[str, Any]:
    """Both axes over the schools' own extent, with a little room around."""

    def axis(values: Sequence[float], name: str) -> dict[str, Any]:
        least, most = min(values, default=0.0), max(values, default=1.0)
        room = max((most - least) * 0.08, 0.005)
        return {
            "type": "value",
            "name": name,
            "min": math.floor((least - room) * 100) / 100,
            "max": math.ceil((most + room) * 100) / 100,
            "nameLocation": "middle",
            "nameGap": 28,
            "splitNumber": 4,
        }

    lngs = [point.school.lng for point in placed if point.school.lng is not None]
    lats = [point.school.lat for point in placed if point.school.lat is not None]
    return {"xAxis": axis(lngs, _("Longitude")), "yAxis": axis(lats, _("Latitude"))}

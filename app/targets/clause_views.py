"""Clauses as pages show them: a board's rows, the units of a figure, the months behind it, and what to do."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import Permission
from app.targets.evaluators.evaluating import Side, action_of
from app.targets.evaluators.finding import Row, Who
from app.targets.evaluators.frame import Filled
from app.targets.evaluators.outcome import Outcome, PartOutcome, UnitRow, Verdict, worst
from app.targets.models import FigureSnapshot, FilledFigure
from app.targets.packs import Clause, Kind, Pack, Part, Unit
from app.targets.wording import missing_of, notes_of, threshold_of, unit_of, written, written_of
from app.web.guards import guard_of
from app.web.navigation import GROUPS

P = Permission
type Months = Mapping[tuple[str, str], Sequence[FigureSnapshot]]
SHOWN = (Verdict.MISSED, Verdict.ON_COURSE, Verdict.MET, Verdict.UNKNOWN, Verdict.REPORTED)
CHART_COLOURS = {
    Verdict.MET: "#19703f",
    Verdict.ON_COURSE: "#d98a1f",
    Verdict.MISSED: "#b3261e",
    Verdict.UNKNOWN: "#7f8c99",
    Verdict.REPORTED: "#155e8a",
}
# Patterns beside the colours; the chart's own label stays the page's.
PATTERNS = {"enabled": True, "label": {"enabled": False}, "decal": {"show": True}}


@dataclass(frozen=True, slots=True)
class Spark:
    """The last months as a line in a box of 100 by 28; `limit` is the height of the threshold."""

    points: str
    limit: str | None
    words: str
    change: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One figure of a clause on the board."""

    url: str
    label: str
    words: str
    part_words: str
    verdict: Verdict
    figure: str
    aim: str
    how_many: str
    missing: str
    notes: str
    spark: Spark | None


# --- the board ----------------------------------------------------------------------------------------------------


def board_rows(
    pack_id: int, standing: Iterable[tuple[Clause, Outcome | None]], months: Months, **args: Any
) -> list[BoardRow]:
    """A row for each figure, in the order of the pack; `args` go into the links."""
    found = []
    for clause, outcome in standing:
        url = url_for("targets.clause", pack_id=pack_id, clause_key=clause.id, **args)
        for number, part in enumerate(clause.parts):
            stands = outcome.part(part.key) if outcome else None
            line = months.get((clause.id, part.key), ())
            found.append(_board_row(clause, part, stands, url, line, is_first=number == 0))
    return found


def _board_row(
    clause: Clause,
    part: Part,
    stands: PartOutcome | None,
    url: str,
    months: Sequence[FigureSnapshot],
    *,
    is_first: bool,
) -> BoardRow:
    outcome = stands or PartOutcome(part.key, Verdict.UNKNOWN)
    return BoardRow(
        url=f"{url}#part-{part.key}" if part.key and not is_first else url,
        label=clause.id,
        words=clause.words if is_first else "",
        part_words=part.words if part.key else "",
        verdict=outcome.verdict,
        figure=written_of(part, outcome),
        aim=aim_of(part, outcome),
        how_many=how_many(outcome),
        missing=missing_of(part, outcome) if outcome.verdict is not Verdict.REPORTED else "",
        notes=" ".join(notes_of(outcome)) if stands else "",
        spark=spark(part, outcome, months),
    )


def aim_of(part: Part, outcome: PartOutcome) -> str:
    """The threshold with its sign, and its day where that has still to come; empty where there is none."""
    if outcome.threshold is None:
        return ""
    text = threshold_of(part, outcome)
    return str(_("%(aim)s by %(day)s", aim=text, day=outcome.by.isoformat())) if outcome.by else text


def how_many(outcome: PartOutcome) -> str:
    """Numerator and denominator; a dash where the figure is not made of whole numbers."""
    if outcome.numerator is None:
        return "–"
    if outcome.denominator is None:
        return "–"
    return f"{quantity(outcome.numerator)} / {quantity(outcome.denominator)}"


def quantity(value: Fraction | None) -> str:
    """A number with a mark at each thousand."""
    if value is None:
        return "–"
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure in a comparison."""

    verdict: Verdict
    figure: str
    aim: str
    how_many: str
    missing: str


def cell(part: Part, outcome: PartOutcome | None) -> Cell | None:
    """A figure as a comparison shows it; None where the clause does not count."""
    if outcome is None:
        return None
    return Cell(
        outcome.verdict, written_of(part, outcome), aim_of(part, outcome), how_many(outcome), missing_of(part, outcome)
    )


def beside(
    pack_id: int, clause: Clause, part: Part, outcomes: Sequence[Outcome], units: Sequence[int]
) -> dict[str, Any]:
    """A figure in several cases side by side: whether each differs from the first, which way, in how many units."""
    cells = [cell(part, outcome.part(part.key)) for outcome in outcomes]
    return {
        "label": clause.id,
        "words": part.words if part.key else clause.words,
        "url": url_for("targets.clause", pack_id=pack_id, clause_key=clause.id),
        "cells": cells,
        "moves": [one != cells[0] for one in cells],
        "units": units,
        "better": [_is_better(part, outcomes[0].part(part.key), one.part(part.key)) for one in outcomes],
    }


def _is_better(part: Part, before: PartOutcome | None, after: PartOutcome | None) -> bool | None:
    """Whether a figure moved the right way; None where it did not move."""
    if before is None or after is None or before.figure is None or after.figure is None:
        return None
    if before.figure == after.figure:
        return None
    is_upwards = part.kind is Kind.EACH or part.operator.is_upwards
    return (after.figure > before.figure) == is_upwards


def counts(verdicts: Sequence[Verdict], url: Any) -> list[dict[str, Any]]:
    """How many clauses stand how; `url(verdict)` leads to them."""
    found = Counter(verdicts)
    return [
        {"verdict": one, "number": found[one], "url": url(one)}
        for one in SHOWN
        if found[one] or one in (Verdict.MISSED, Verdict.MET)
    ]


def spark(part: Part, outcome: PartOutcome, months: Sequence[FigureSnapshot]) -> Spark | None:
    """The months as a line; None with fewer than two."""
    known = [row for row in months if row.figure is not None]
    if len(known) < 2:
        return None
    values = [row.figure for row in known if row.figure is not None]
    limit = outcome.threshold
    low, high = min([*values, *([limit] if limit is not None else [])]), max([*values, *([limit] if limit else [])])
    span = high - low or Fraction(1)

    def height(value: Fraction) -> str:
        return f"{26 - float((value - low) / span) * 24:.1f}"

    step = 100 / (len(values) - 1)
    unit = unit_of(part, outcome)
    first, last = written(values[0], unit), written(values[-1], unit)
    return Spark(
        points=" ".join(f"{number * step:.1f},{height(value)}" for number, value in enumerate(values)),
        limit=height(limit) if limit is not None else None,
        words=_("from %(first)s on %(from_on)s to %(last)s on %(to_on)s", first=first, last=last,
                from_on=known[0].on.isoformat(), to_on=known[-1].on.isoformat()),
        change=f"{first} → {last}" if first != last else first,
    )  # fmt: skip


def verdicts_by_day(months: Months) -> dict[date, Counter[Verdict]]:
    """Day to how many clauses stood how, the oldest first."""
    by_clause: dict[tuple[date, str], list[Verdict]] = {}
    for (clause_id, _key), rows in months.items():
        for row in rows:
            by_clause.setdefault((row.on, clause_id), []).append(row.verdict)
    found: dict[date, Counter[Verdict]] = {}
    for (day, _clause), verdicts in sorted(by_clause.items()):
        found.setdefault(day, Counter())[worst(verdicts)] += 1
    return found


def trend_of(months: Months) -> dict[str, Any] | None:
    """The clauses by verdict, month by month, as a chart with its table; None with fewer than two months."""
    days = verdicts_by_day(months)
    if len(days) < 2:
        return None
    kinds = [one for one in reversed(SHOWN) if any(counted[one] for counted in days.values())]
    labels = [f"{day:%Y-%m}" for day in days]
    series = [
        {
            "name": str(one.label),
            "type": "bar",
            "stack": "all",
            "barMaxWidth": 36,
            "itemStyle": {"color": CHART_COLOURS[one]},
            "data": [counted[one] for counted in days.values()],
        }
        for one in kinds
    ]
    return {
        "chart": {
            "aria": PATTERNS,
            "legend": {"top": 0},
            "tooltip": {"trigger": "axis"},
            "grid": {"left": 8, "right": 8, "top": 40, "bottom": 8, "containLabel": True},
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value", "minInterval": 1},
            "series": series,
        },
        "columns": [{"label": _("Month")}, *({"label": one.label, "numeric": True} for one in kinds)],
        "rows": [{"month": f"{day:%Y-%m}", "cells": [counted[one] for one in kinds]} for day, counted in days.items()][
            ::-1
        ],
    }


# --- one figure ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """Where something is mended, and how that place is called."""

    label: str
    url: str


def action_for(part: Part) -> Link | None:
    """The page that mends a figure, where it is there and the present person may open it."""
    action = action_of(part)
    if action is None or action.endpoint not in current_app.view_functions:
        return None
    guard = guard_of(current_app, action.endpoint)
    if isinstance(guard, Permission) and not current_user.may(guard):
        return None
    known = {entry.endpoint: entry.label for _label, entries in GROUPS for entry in entries}
    label = known.get(action.endpoint) or _("Where it is mended")
    return Link(_("Go to: %(place)s", place=label), url_for(action.endpoint, **action.args))


@dataclass(frozen=True, slots=True)
class UnitView:
    """One school, group, studio or person of an “each” clause."""

    id: int
    who: Who
    name: str
    passes: bool | None
    figure: str
    needed: str
    numerator: str
    denominator: str
    value: Fraction
    url: str | None = None
    counted_url: str | None = None
    lacking_url: str | None = None
    fill_url: str | None = None

    @property
    def aim(self) -> str:
        """What it should reach, in words."""
        return str(_("needed: %(needed)s", needed=self.needed))


UNIT_NAMES = {
    Who.SCHOOL: lambda: _("School"),
    Who.GROUP: lambda: _("Education group"),
    Who.STUDIO: lambda: _("Studio"),
    Who.TEACHER: lambda: _("Teacher"),
}
_UNIT_PAGES = {
    Who.SCHOOL: ("schools.show", "school_id", P.SCHOOL_READ),
    Who.TEACHER: ("teachers.show", "teacher_id", P.TEACHER_READ),
    Who.STUDIO: ("studios.show", "studio_id", P.STUDIO_READ),
}


def unit_view(part: Part, row: UnitRow, names_url: Any = None, fill_url: Any = None) -> UnitView:
    """A unit in words; `names_url(side, unit)` leads to the people behind it, `fill_url(school)` to the form."""
    endpoint, parameter, permission = _UNIT_PAGES.get(row.who, ("", "", None))
    named: dict[str, Any] = {parameter: row.id}
    has_page = endpoint in current_app.view_functions and permission is not None and current_user.may(permission)
    has_names = names_url is not None and row.who in (Who.SCHOOL, Who.GROUP) and row.denominator is not None
    return UnitView(
        id=row.id,
        who=row.who,
        name=row.name,
        passes=row.passes,
        figure=written(row.figure, part.unit),
        needed=f"{part.operator.sign} {written(row.needed, part.unit)}" if row.needed is not None else "–",
        numerator=quantity(row.numerator),
        denominator=quantity(row.denominator) if row.denominator is not None else "",
        value=row.figure if row.figure is not None else Fraction(-1),
        url=url_for(endpoint, **named) if has_page else None,
        counted_url=names_url(Side.COUNTED, row.id) if has_names else None,
        lacking_url=names_url(Side.LACKING, row.id) if has_names and row.passes is False else None,
        fill_url=fill_url(row.id) if fill_url is not None and row.who is Who.SCHOOL else None,
    )


def unit_name(units: Sequence[Any]) -> str:
    """What one of them is called."""
    return str(UNIT_NAMES.get(units[0].who, lambda: _("Unit"))() if units else _("Unit"))


def passes_in_words(passes: bool | None) -> str:
    """Whether a unit reaches what it should, in words."""
    return str(_("Not known") if passes is None else _("Reached") if passes else _("Not reached"))


def units_title(outcome: PartOutcome) -> str:
    """What the table of units is called."""
    failing = sum(row.passes is not True for row in outcome.rows)
    return str(ngettext("%(num)s does not reach it", "%(num)s do not reach it", failing))


# --- the months behind a figure -----------------------------------------------------------------------------------


def history_of(part: Part, outcome: PartOutcome, rows: Sequence[FigureSnapshot]) -> dict[str, Any] | None:
    """A figure's months as a chart with its table, each beside the same month of the year before."""
    if not rows:
        return None
    unit = unit_of(part, outcome)
    by_month = {(row.on.year, row.on.month): row.figure for row in rows}
    lines = []
    for row in reversed(rows):
        before = by_month.get((row.on.year - 1, row.on.month))
        lines.append(
            {
                "on": row.on,
                "verdict": row.verdict,
                "figure": written(row.figure, unit),
                "threshold": written(row.threshold, unit),
                "change": _change(row.figure, before, unit),
            }
        )
    return {"chart": _history_chart(rows, unit), "rows": lines}


def _change(now: Fraction | None, before: Fraction | None, unit: Unit) -> str:
    if now is None or before is None:
        return ""
    sign = "+" if now > before else "−" if now < before else "±"
    amount = written(abs(now - before), unit).removesuffix(" %")
    return str(_("%(change)s points", change=f"{sign}{amount}")) if unit is Unit.PERCENT else f"{sign}{amount}"


def scaled(value: Fraction | None, unit: Unit) -> float | None:
    """A figure as charts draw it."""
    if value is None:
        return None
    if unit is Unit.RATIO:
        return round(float(1 / value), 2) if value else None
    return round(float(value * (100 if unit in (Unit.PERCENT, Unit.PER_100) else 1)), 4)


def _history_chart(rows: Sequence[FigureSnapshot], unit: Unit) -> dict[str, Any]:
    return {
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 8, "right": 16, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [f"{row.on:%Y-%m}" for row in rows]},
        "yAxis": {"type": "value", "scale": True},
        "series": [
            {"name": _("Figure"), "type": "line", "data": [scaled(row.figure, unit) for row in rows]},
            {
                "name": _("Threshold"),
                "type": "line",
                "symbol": "none",
                "lineStyle": {"type": "dashed"},
                "data": [scaled(row.threshold, unit) for row in rows],
            },
        ],
    }


# --- what a school is measured by ---------------------------------------------------------------------------------


def school_rows(pack_id: int, pack: Pack, outcomes: Mapping[str, Outcome], schools: Collection[int]) -> list[BoardRow]:
    """A school's own rows of the clauses that look at each school."""
    found = []
    for clause in pack.clauses:
        outcome = outcomes.get(clause.id)
        for part in clause.parts:
            stands = outcome.part(part.key) if outcome else None
            for row in own_rows(stands, schools):
                found.append(_school_row(pack_id, clause, part, row, is_many=len(schools) > 1))
    return found


def own_rows(outcome: PartOutcome | None, schools: Collection[int]) -> list[UnitRow]:
    """The rows of some schools."""
    return [row for row in outcome.rows if row.who is Who.SCHOOL and row.id in schools] if outcome else []


def _school_row(pack_id: int, clause: Clause, part: Part, row: UnitRow, *, is_many: bool) -> BoardRow:
    unit = unit_view(part, row)
    verdict = Verdict.UNKNOWN if row.passes is None else Verdict.MET if row.passes else Verdict.MISSED
    words = part.words if part.key else ""
    return BoardRow(
        url=url_for("targets.clause", pack_id=pack_id, clause_key=clause.id),
        label=clause.id,
        words=clause.words,
        part_words=" · ".join(filter(None, (words, row.name if is_many else ""))),
        verdict=verdict,
        figure=unit.figure,
        aim=unit.needed if row.needed is not None else "",
        how_many=f"{unit.numerator} / {unit.denominator}" if unit.denominator else unit.numerator,
        missing="",
        notes="",
        spark=None,
    )


# --- what was filled in -------------------------------------------------------------------------------------------


def unit_value(part: Part, row: Row) -> str:
    """A school's filled-in figure in words; a dash where it has none."""
    return written(row.figure, part.unit)


def filled_value(part: Part | None, row: FilledFigure | Filled) -> str:
    """A filled-in figure in words: its numbers, and for a share the share."""
    number = quantity(Fraction(row.numerator))
    if row.denominator is None:
        return number
    of = f"{number} / {quantity(Fraction(row.denominator))}"
    share = Fraction(row.numerator) / Fraction(row.denominator)
    return f"{of} ({written(share, part.unit)})" if part else of

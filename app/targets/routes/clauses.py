"""A clause: its figures on any day, what they are made of, what is missing and what mends it, the months."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.targets import clause_views as views
from app.targets.evaluators.evaluating import Side, can_be_filled, evaluate, names
from app.targets.evaluators.finding import Who
from app.targets.evaluators.frame import Frame
from app.targets.evaluators.outcome import PartOutcome, UnitRow
from app.targets.models import FigureSnapshot
from app.targets.packs import Clause, Kind, Part
from app.targets.packs.comparing import aims_in_words
from app.targets.queries import figures as figure_queries
from app.targets.queries import filling
from app.targets.routes import bp
from app.targets.routes.reach import Held, asked_day, clause_or_404, held_or_404, may, may_name
from app.targets.wording import missing_of, notes_of, threshold_of, written, written_of
from app.web.attempts import Page
from app.web.guards import requires

P = Permission
FIRST_UNITS = 10
MONTHS_SHOWN = 26


@bp.get("/clauses/<int:pack_id>/<clause_key>")
@requires(P.TARGET_READ)
def clause(pack_id: int, clause_key: str) -> Page:
    """One clause as of a day, computed now: figures, what is missing and what mends it, units, months."""
    held = held_or_404(pack_id)
    row = clause_or_404(held, clause_key)
    on, problems = asked_day()
    frame = Frame([held.row.county_id], on)
    outcome = evaluate(held.pack, row, frame=frame)
    months = figure_queries.trend(held.row.county_id, held.row.code, row.id, months=MONTHS_SHOWN)
    parts = [
        _part_view(held, row, part, outcome.part(part.key), months, on.isoformat())
        | {"lacking_at": _lacking_at(held, row, part, outcome.part(part.key), frame)}
        for part in row.parts
    ]
    return render_template(
        "targets/clause.html",
        pack=held.row,
        said=held.pack,
        clause=row,
        outcome=outcome,
        parts=parts,
        on=on,
        today=today(),
        problems=problems,
        is_school=held.place.is_school,
        may_edit=may(P.PACK_EDIT, held.place),
    )


def _part_view(
    held: Held,
    row: Clause,
    part: Part,
    outcome: PartOutcome | None,
    months: Mapping[str, Sequence[FigureSnapshot]],
    on: str,
) -> dict[str, Any]:
    outcome = outcome or abort(404)
    here: dict[str, Any] = {"pack_id": held.row.id, "clause_key": row.id, "part": part.key, "on": on}
    schools = held.place.schools
    shown = views.own_rows(outcome, schools) if schools is not None else _first_units(held, outcome)
    names_url = names_url_of(held, here)
    may_fill = may(P.TARGET_EDIT, held.place) and can_be_filled(part)
    stood: Sequence[FigureSnapshot] = months.get(part.key, ())
    return {
        "part": part,
        "key": part.key,
        "title": part.words if part.key else _("The figure"),
        "outcome": outcome,
        "verdict": outcome.verdict,
        "figure": written_of(part, outcome),
        "figure_label": _("Reach it") if part.kind is Kind.EACH else _("Figure"),
        "aim": views.aim_of(part, outcome) or _("no threshold"),
        "path": written(outcome.path, views.unit_of(part, outcome)) if outcome.path is not None else None,
        "numerator": views.quantity(outcome.numerator) if outcome.denominator is not None else None,
        "denominator": views.quantity(outcome.denominator) if outcome.denominator is not None else None,
        "missing_number": outcome.missing or None,
        "missing": _missing_sentence(part, outcome),
        "urls": {side.value: _side_url(held, part, outcome, here, side) for side in Side},
        "action": views.action_for(part),
        "notes": notes_of(outcome),
        "source": outcome.source.label,
        "thresholds": aims_in_words(part),
        "fill_url": _fill_url(held, here) if may_fill and not filling.is_by_school(part) and schools is None else None,
        "filled": _filled(held, part) if can_be_filled(part) else [],
        "units": [views.unit_view(part, unit, names_url, school_fill_url(held, part, here)) for unit in shown],
        "units_title": views.units_title(outcome),
        "units_total": len(outcome.rows),
        "units_url": url_for(".units", **here),
        "unit_name": views.unit_name(shown),
        "history": views.history_of(part, outcome, stood),
    }


def _missing_sentence(part: Part, outcome: PartOutcome) -> str:
    missing = missing_of(part, outcome)
    if not missing or outcome.threshold is None:
        return ""
    return str(_("Missing for %(aim)s: %(missing)s.", aim=threshold_of(part, outcome), missing=missing))


def _first_units(held: Held, outcome: PartOutcome) -> list[UnitRow]:
    """Those that fail stand first; people stand there only for who may read them."""
    rows = [row for row in outcome.rows if row.who is not Who.TEACHER or may_name(held)]
    return sorted(rows, key=lambda row: {False: 0, None: 1, True: 2}[row.passes])[:FIRST_UNITS]


def _lacking_at(held: Held, row: Clause, part: Part, outcome: PartOutcome | None, frame: Frame) -> list[dict[str, Any]]:
    """The schools of those who are missing, most of them first; nothing for units, which stand in their own table."""
    if held.place.is_school or outcome is None or not outcome.missing or outcome.who is not Who.TEACHER or outcome.rows:
        return []
    people = [
        frame.teachers[one]
        for one in names(held.pack, row, part.key, Side.LACKING, frame=frame).ids
        if one in frame.teachers
    ]
    counted = Counter(teacher.working for teacher in people if teacher.working in frame.schools)
    here: dict[str, Any] = {"pack_id": held.row.id, "clause_key": row.id, "part": part.key, "on": frame.on.isoformat()}
    link = url_for(".clause_names", **here, side=Side.LACKING.value) if may_name(held) else ""
    return [
        {"name": frame.schools[school].name, "number": number, "url": f"{link}&school={school}" if link else None}
        for school, number in counted.most_common()
    ]


def names_url_of(held: Held, here: dict[str, Any]) -> Callable[[Side, int], str] | None:
    """Where the people behind a unit's figure are listed; None for who may not read them."""
    if not may_name(held):
        return None
    return lambda side, unit: url_for(".clause_names", **here, side=side.value, unit=unit)


def _side_url(held: Held, part: Part, outcome: PartOutcome, here: dict[str, Any], side: Side) -> str | None:
    """The people, or the units, behind a figure."""
    if outcome.rows:
        passes = {Side.COUNTED: "yes", Side.LACKING: "no", Side.AMONG: None}[side]
        return url_for(".units", **here, passes=passes)
    is_named = outcome.who is Who.TEACHER and outcome.source.value != "filled" and outcome.denominator is not None
    if is_named and may_name(held):
        return url_for(".clause_names", **here, side=side.value)
    return None


def _fill_url(held: Held, here: dict[str, Any], school: int | None = None) -> str:
    return url_for(".fill", pack_id=here["pack_id"], clause_key=here["clause_key"], part=here["part"], school=school)


def school_fill_url(held: Held, part: Part, here: dict[str, Any]) -> Callable[[int], str] | None:
    """Where a school's figure is filled in; None where it is not, or by others."""
    if not (filling.is_by_school(part) and may(P.TARGET_EDIT, held.place)):
        return None
    return lambda school: _fill_url(held, here, school)


def _filled(held: Held, part: Part) -> list[dict[str, Any]]:
    rows = figure_queries.filled_history(held.row.county_id, part.figure, current_user.grants)
    return [{"row": row, "shown": views.filled_value(part, row)} for row in rows if row.withdrawn_at is None][:6]

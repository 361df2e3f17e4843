"""The people and the units behind a clause's figure, as lists and as workbooks."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.access import Grant, Permission
from app.codes import queries as codes
from app.extensions import db
from app.targets import clause_views as views
from app.targets.evaluators.evaluating import Side, evaluate_part, names
from app.targets.evaluators.finding import Who
from app.targets.evaluators.frame import Frame
from app.targets.packs import Clause, Part
from app.targets.queries import boards
from app.targets.routes import bp
from app.targets.routes.clauses import names_url_of, school_fill_url
from app.targets.routes.reach import Held, asked_day, clause_or_404, held_or_404, may_name, part_or_404
from app.targets.unit_lists import UnitList
from app.teachers.models import Teacher
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires

P = Permission
NAME_PARTS = (joinedload(Teacher.working_school),)


def _asked_side() -> Side:
    asked = request.args.get("side", "")
    return Side(asked) if asked in {one.value for one in Side} else Side.LACKING


def _here(held: Held, row: Clause, part: Part) -> dict[str, Any]:
    """What the links of a figure's lists keep."""
    on, _problems = asked_day()
    return {"pack_id": held.row.id, "clause_key": row.id, "part": part.key, "on": on.isoformat()}


def _named_or_403(pack_id: int, clause_key: str) -> tuple[Held, Clause, Part]:
    """A figure whose names the person may read."""
    held = held_or_404(pack_id)
    if not may_name(held):
        abort(403)
    row = clause_or_404(held, clause_key)
    return held, row, part_or_404(row)


def _people(held: Held, row: Clause, part: Part) -> tuple[int, ...]:
    on, _problems = asked_day()
    unit = request.args.get("unit", type=int)
    found = names(held.pack, row, part.key, _asked_side(), frame=Frame([held.row.county_id], on), unit_id=unit)
    return found.ids if found.who is Who.TEACHER else ()


@bp.get("/clauses/<int:pack_id>/<clause_key>/names")
@requires(P.TARGET_READ)
def clause_names(pack_id: int, clause_key: str) -> Page:
    """The people behind a figure, for those who may read teachers there."""
    held, row, part = _named_or_403(pack_id, clause_key)
    on, problems = asked_day()
    listing = boards.NAMES.read(request.args)
    listing.problems += problems
    statement = boards.teachers_among(_people(held, row, part), listing, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=Teacher.id, options=NAME_PARTS)
    unit = request.args.get("unit", type=int)
    return render_template(
        "targets/names.html",
        pack=held.row,
        clause=row,
        part=part,
        side=_asked_side(),
        sides=_sides(held, row, part, unit),
        unit_name=boards.unit_name(held.row.county_id, part, unit) if unit else "",
        on=on,
        back=url_for(".clause", pack_id=pack_id, clause_key=row.id, on=on.isoformat()),
        action=views.action_for(part),
        may_export=current_user.may(P.EXPORT),
        **lists.shown(listing, found),
    )


def _sides(held: Held, row: Clause, part: Part, unit: int | None) -> list[dict[str, Any]]:
    here = _here(held, row, part)
    return [
        {
            "label": one.label,
            "url": url_for(".clause_names", **here, side=one.value, unit=unit),
            "active": one is _asked_side(),
        }
        for one in Side
    ]


@bp.post("/clauses/<int:pack_id>/<clause_key>/names/export")
@requires(P.EXPORT)
def export_names(pack_id: int, clause_key: str) -> Response:
    """The people that the list shows, as a workbook; the log says who took them."""
    held, row, part = _named_or_403(pack_id, clause_key)
    grants, side, ids = _exporting(), _asked_side(), _people(held, row, part)
    listing = boards.NAMES.read(request.args)
    return send_table(
        _name_columns(),
        lambda: db.session.scalars(
            lists.ordered(boards.teachers_among(ids, listing, grants), listing).options(*NAME_PARTS)
        ),
        f"{row.id} {side.label}",
        actor=current_user,
        subject="policy_clause",
        fmt=asked_format(),
        filters={"clause": row.id, "part": part.key, "side": side.value} | listing.in_words(),
        grants=grants,
    )


def _name_columns() -> list[Column]:
    return [
        Column(_("Teacher"), "name"),
        Column(_("Work number"), "staff_number"),
        Column(_("School"), "working_school.name"),
        Column(_("Stage"), "stage"),
        Column(_("Subject"), lambda teacher: codes.label("subject", teacher.subject_code)),
    ]


def _exporting() -> list[Grant]:
    return [grant for grant in current_user.grants if grant.allows(P.EXPORT)]


# --- units --------------------------------------------------------------------------------------------------------


def _units(held: Held, row: Clause, part: Part) -> Sequence[views.UnitView]:
    """The units of a figure within the person's reach; people only for who may read them."""
    on, _problems = asked_day()
    outcome = evaluate_part(held.pack, row, part, Frame([held.row.county_id], on))
    here, schools = _here(held, row, part), held.place.schools
    rows = outcome.rows if schools is None else views.own_rows(outcome, schools)
    fill_url = school_fill_url(held, part, here)
    return [
        views.unit_view(part, unit, names_url_of(held, here), fill_url)
        for unit in rows
        if unit.who is not Who.TEACHER or may_name(held)
    ]


@bp.get("/clauses/<int:pack_id>/<clause_key>/units")
@requires(P.TARGET_READ)
def units(pack_id: int, clause_key: str) -> Page:
    """Every school, group, studio or person of a figure with its own."""
    held = held_or_404(pack_id)
    row = clause_or_404(held, clause_key)
    part = part_or_404(row)
    on, problems = asked_day()
    listed = UnitList.read(_units(held, row, part), request.args)
    unit_name = views.unit_name(listed.every)
    return render_template(
        "targets/units.html",
        pack=held.row,
        clause=row,
        part=part,
        listed=listed,
        on=on,
        problems=problems,
        unit_name=unit_name,
        title=part.words if part.key else unit_name,
        back=url_for(".clause", pack_id=pack_id, clause_key=row.id, on=on.isoformat()),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/clauses/<int:pack_id>/<clause_key>/units/export")
@requires(P.EXPORT)
def export_units(pack_id: int, clause_key: str) -> Response:
    """The units that the list shows, as a workbook."""
    held = held_or_404(pack_id)
    row = clause_or_404(held, clause_key)
    part = part_or_404(row)
    listed = UnitList.read(_units(held, row, part), request.args)
    return send_table(
        [
            Column(views.unit_name(listed.every), "name"),
            Column(_("Reached or not"), lambda unit: views.passes_in_words(unit.passes)),
            Column(_("Figure"), "figure"),
            Column(_("Needed"), "needed"),
            Column(_("Counted"), "numerator"),
            Column(_("Out of"), "denominator"),
        ],
        lambda: listed.found,
        f"{row.id} {part.key}".strip(),
        actor=current_user,
        subject="policy_clause",
        fmt=asked_format(),
        filters={"clause": row.id, "part": part.key, **listed.in_words()},
        grants=_exporting(),
    )

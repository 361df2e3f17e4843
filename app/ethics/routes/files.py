"""The lists, a teacher's file, and one record."""

from collections.abc import Iterator
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from app import audit
from app.access import Permission
from app.codes import queries as codes
from app.db.clock import today
from app.ethics import operations, queries
from app.ethics.access import EDIT, READ, RecordModel, records_where
from app.ethics.models import EthicsAppraisal, EthicsEntry
from app.ethics.routes import bp
from app.ethics.routes.common import choices, decides, looked_at, record_page, teacher_or_404
from app.extensions import db
from app.schools import queries as schools
from app.schools.access import one_county
from app.teachers import queries as teachers
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires
from app.web.lists import Listing, ListSpec
from app.web.transaction import writing

ENTRY_COLUMNS = (
    Column(_l("Name"), "teacher.name"),
    Column(_l("Staff number"), "teacher.staff_number"),
    Column(_l("School"), "school.name"),
    Column(_l("Kind of entry"), "kind"),
    Column(_l("Clause"), "clause_code"),
    Column(_l("In words"), "clause_text"),
    Column(_l("Points"), "points"),
    Column(_l("It happened on"), "happened_on"),
    Column(_l("Counts from"), "from_on"),
    Column(_l("Counts until"), "to_on"),
    Column(_l("Vetoes"), "does_veto"),
    Column(_l("Status"), "state"),
)
APPRAISAL_COLUMNS = (
    Column(_l("Name"), "teacher.name"),
    Column(_l("Staff number"), "teacher.staff_number"),
    Column(_l("School"), "school.name"),
    Column(_l("Year"), "year"),
    Column(_l("Conclusion"), lambda row: codes.label("ethics_appraisal", row.conclusion_code)),
    Column(_l("Appraised on"), "appraised_on"),
    Column(_l("Vetoes"), "does_veto"),
    Column(_l("The veto lasts until"), "veto_to"),
    Column(_l("Status"), "state"),
)


@bp.get("/ethics")
@requires(READ)
def index() -> Page:
    """The entries on record within reach."""
    return _list(EthicsEntry, queries.ENTRIES, "ethics/index.html")


@bp.get("/ethics/appraisals")
@requires(READ)
def appraisals() -> Page:
    """The yearly appraisals within reach."""
    return _list(EthicsAppraisal, queries.APPRAISALS, "ethics/appraisals.html")


def _list(model: RecordModel, spec: ListSpec, template: str) -> Page:
    listing = spec.read(request.args)
    with writing():
        _note_list(spec, listing)
    grants = current_user.grants
    within = one_county(grants, READ)
    statement = queries.listed(model, listing, records_where(model, grants, READ), today())
    found = lists.fetch(
        db.session(),
        statement,
        listing,
        key=model.id,
        options=queries.list_options(model),
        is_wide=not (within or listing.get("county")),
    )
    return render_template(
        template,
        **lists.view(listing, found),
        **choices(),
        filters={one.name: one for one in spec.filters},
        counties=[] if within else schools.counties(grants, READ),
        named=lists.named,
        may_edit=current_user.may(EDIT),
    )


def _note_list(spec: ListSpec, listing: Listing) -> None:
    """A list names people, so looking through it is on record too."""
    grant = next((g for g in current_user.grants if g.allows(READ)), None)
    audit.record(
        actor=current_user,
        action="ethics.look",
        subject_type="ethics_list",
        subject_label=spec.page,
        after=listing.in_words() or None,
        region_id=grant.region_id if grant else None,
        school_id=grant.school_id if grant else None,
    )


@bp.post("/ethics/export")
@requires(Permission.EXPORT)
def export() -> Response:
    """The entries that the list shows now."""
    return _export(EthicsEntry, queries.ENTRIES, ENTRY_COLUMNS, _("Ethics entries"))


@bp.post("/ethics/appraisals/export")
@requires(Permission.EXPORT)
def export_appraisals() -> Response:
    """The appraisals that the list shows now."""
    return _export(EthicsAppraisal, queries.APPRAISALS, APPRAISAL_COLUMNS, _("Ethics appraisals"))


def _export(model: RecordModel, spec: ListSpec, columns: tuple[Column, ...], name: str) -> Response:
    listing = spec.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(Permission.EXPORT)]
    statement = queries.listed(model, listing, records_where(model, grants, READ), today())

    def rows() -> Iterator[Any]:
        query = lists.ordered(statement, listing).options(*queries.list_options(model))
        yield from db.session.scalars(query.execution_options(yield_per=500))

    return send_table(
        columns,
        rows,
        name,
        fmt=asked_format(),
        actor=current_user,
        subject=model.__tablename__,
        filters=listing.in_words(),
        region_id=next((g.region_id for g in grants if g.region_id), None),
        school_id=next((g.school_id for g in grants if g.school_id), None),
    )


@bp.get("/ethics/teachers/<int:teacher_id>")
@requires(READ)
def file(teacher_id: int) -> Page:
    """A teacher's ethics file. Each look is on record."""
    with writing():
        operations.note_look(actor=current_user, teacher=teacher_or_404(teacher_id, READ))
    teacher = teacher_or_404(teacher_id, READ)
    is_mine = teacher.id == current_user.teacher_id
    return render_template(
        "ethics/file.html",
        teacher=teacher,
        **queries.file_of(teacher.id, today(), with_returned=True),
        may_edit=not is_mine and teachers.one_teacher(teacher_id, current_user.grants, EDIT) is not None,
        decides=decides(teacher.county_id),
        today=today(),
    )


@bp.get("/ethics/<any(entry, appraisal):part>/<int:ethics_id>")
@requires(READ)
def show(part: str, ethics_id: int) -> Page:
    """One entry or appraisal with its evidence and its thread. Each look is on record."""
    return record_page(part, looked_at(part, ethics_id))

"""Pages of staff: by school, by subject, mental health teachers, and recruits."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.codes import queries as codes
from app.db.clock import today
from app.schools.models import Stage
from app.tables.writing import Column as SheetColumn
from app.tables.writing import ExportSheet
from app.targets.queries import staffing as queries
from app.targets.queries.staffing import StaffLine
from app.targets.routes import bp
from app.targets.routes.common import scene_of
from app.web.attempts import Page
from app.web.exports import send_sheets
from app.web.guards import requires

P = Permission
SORTS: dict[str, Callable[[StaffLine], Any]] = {
    "name": lambda line: line.school.name_pinyin,
    "pupils": lambda line: line.pupils,
    "norm": lambda line: line.norm,
    "quota": lambda line: line.school.quota,
    "established": lambda line: line.staff.established,
    "working": lambda line: line.staff.working,
    "gap": lambda line: line.quota_gap,
    "normgap": lambda line: line.present_gap,
}
STATES: dict[str, Callable[[StaffLine], bool]] = {
    "over": lambda line: line.quota_gap > 0,
    "under": lambda line: line.quota_gap < 0,
    "short": lambda line: line.present_gap < 0,
}


def _state_choices() -> list[tuple[str, str]]:
    return [
        ("over", _("More staff than quota")),
        ("under", _("Free posts within the quota")),
        ("short", _("Fewer at work than the norm")),
    ]


@bp.get("/staffing")
@requires(P.TARGET_READ)
def staffing() -> Page:
    """Norm, quota and staff of every school."""
    scene = scene_of()
    lines = queries.lines(scene.where, today())
    state, search, sort = (request.args.get(name, "") for name in ("state", "q", "sort"))
    chosen = STATES.get(state, lambda _line: True)
    shown = [line for line in lines if chosen(line) and search.strip() in line.school.name]
    key = SORTS.get(sort.removeprefix("-"))
    if key is not None:
        shown.sort(key=key, reverse=sort.startswith("-"))
    return render_template(
        "targets/staffing.html",
        scene=scene,
        lines=shown,
        totals=queries.totals(lines),
        states=_state_choices(),
        counts={name: sum(map(test, lines)) for name, test in STATES.items()},
        may_export=current_user.may(P.EXPORT),
        may_see_people=current_user.may(P.TEACHER_READ),
    )


@bp.get("/staffing/subjects")
@requires(P.TARGET_READ)
def staffing_subjects() -> Page:
    """Posts and staff by subject; one subject school by school."""
    scene = scene_of()
    lines = queries.lines(scene.where, today())
    stage, subject = request.args.get("stage", ""), request.args.get("subject", "")
    if stage and stage not in set(Stage):
        abort(404)
    schools = queries.of_subject(lines, Stage(stage), subject) if stage and subject else []
    return render_template(
        "targets/staffing_subjects.html",
        scene=scene,
        subjects=queries.by_subject(lines),
        schools=schools,
        stage=Stage(stage) if stage else None,
        subject=subject,
        may_see_people=current_user.may(P.TEACHER_READ),
    )


@bp.get("/staffing/mental-health")
@requires(P.TARGET_READ)
def staffing_mental() -> Page:
    """Which schools have a mental health teacher, by their size, and how many there were in the last years."""
    scene, day = scene_of(), today()
    lines = queries.lines(scene.where, day)
    return render_template(
        "targets/staffing_mental.html",
        scene=scene,
        sizes=queries.by_size(lines),
        years=queries.mental_by_year(scene.where, day),
        boarders=queries.MANY_BOARDERS,
        largest=queries.SIZES[-1],
        may_see_people=current_user.may(P.TEACHER_READ),
    )


@bp.get("/staffing/recruits")
@requires(P.TARGET_READ)
def staffing_recruits() -> Page:
    """Recruits by year, and the share for shortage subjects."""
    scene = scene_of()
    return render_template(
        "targets/staffing_recruits.html",
        scene=scene,
        years=queries.recruits(scene.where, today()),
        share=queries.SHORTAGE_SHARE,
        may_see_people=current_user.may(P.TEACHER_READ),
    )


@bp.post("/staffing/export")
@requires(P.EXPORT)
def export_staffing() -> Response:
    """All four as one workbook."""
    scene, day = scene_of(P.EXPORT), today()
    where = scene.where
    return send_sheets(
        lambda: sheets(queries.lines(where, day), queries.recruits(where, day)),
        _("Staffing"),
        actor=current_user,
        subject="staffing",
        region_id=scene.county.id if scene.county else None,
    )


def sheets(lines: Sequence[StaffLine], recruits: Sequence[queries.YearLine]) -> list[ExportSheet]:
    """The sheets of the export."""
    note = _("Norm: pupils per staff 19 (primary), 13.5 (junior), 12.5 (senior); small village schools by classes.")
    heads = (
        _("School"), _("Pupils"), _("Norm"), _("Quota"), _("On the establishment"), _("At work"), _("Lent"),
        _("From other schools"), _("On loan to offices"), _("Away on rotation"), _("Beyond the quota"),
        _("At work beyond the norm"),
    )  # fmt: skip
    rows = [
        (line.school.name, line.pupils, line.norm, line.school.quota, line.staff.established, line.staff.working,
         line.staff.lent, line.staff.borrowed, line.loan, line.away, line.quota_gap, line.present_gap)
        for line in lines
    ]  # fmt: skip
    subjects = [
        (str(one.stage.label), codes.label("subject", one.subject), one.posts, one.staff, one.missing, one.surplus)
        for one in queries.by_subject(lines)
    ]
    of_subjects = (_("Stage"), _("Subject"), _("Posts"), _("Staff"), _("People missing"), _("People too many"))
    mental = [(line.school.name, line.pupils, line.boarders, line.mental_full, line.mental_part) for line in lines]
    of_mental = (_("School"), _("Pupils"), _("Boarders"), _("Full-time"), _("Part-time"))
    of_years = (_("School year"), _("Recruits"), _("For shortage subjects"))
    return [
        _sheet(_("Staffing by school"), heads, rows, note),
        _sheet(_("Staffing by subject"), of_subjects, subjects),
        _sheet(_("Mental health teachers"), of_mental, mental),
        _sheet(_("Recruits"), of_years, [(one.year, one.first, one.second) for one in recruits]),
    ]


def _sheet(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], note: str = "") -> ExportSheet:
    return ExportSheet(title, [SheetColumn(head) for head in heads], rows, sheet_name=title[:31], note=note)

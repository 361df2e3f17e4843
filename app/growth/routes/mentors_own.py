"""A teacher's own pages of mentor pairs, as mentor or as newcomer, for the phone."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.growth import mentor_placement  # noqa: F401  registers the kind
from app.growth.forms.mentors import LessonForm, ReportForm
from app.growth.models import MentorPair, PairLesson, PairReport, PairSide
from app.growth.operations import mentors as operations
from app.growth.queries import mentors as queries
from app.growth.routes import bp
from app.growth.routes.common import pair_page
from app.growth.terms import terms_between
from app.studios.models import PlacementKind, PlacementRound, RoundStatus
from app.studios.placement_kinds import KINDS
from app.studios.queries.placement import rounds_asking
from app.studios.routes.common import form_page
from app.studios.routes.placement_at import At, add_to
from app.studios.routes.placement_own import choice_page
from app.teachers.models import Teacher
from app.web.attempts import Page, press
from app.web.forms import Form
from app.web.guards import requires

P = Permission
add_to(bp, PlacementKind.MENTOR)


def own_or_404(own_pair_id: int) -> tuple[MentorPair, PairSide]:
    """One's own pair, and which side one is."""
    row = queries.pair_of(own_pair_id, current_user.grants, P.OWN_RECORD) or abort(404)
    return row, queries.side_of(row, current_user.teacher_id) or abort(404)


@bp.get("/mentoring/my")
@requires(P.OWN_RECORD)
def my_mentoring() -> Page:
    """One's pairs on either side, and rounds in which newcomers wish for one."""
    teacher = db.session.get(Teacher, current_user.teacher_id or 0)
    rows = queries.pairs_of(teacher.id) if teacher else []
    asked = rounds_asking(PlacementKind.MENTOR, teacher.county_id, teacher.id) if teacher else []
    return render_template(
        "growth/mentors_mine.html",
        rows=rows,
        sides={row.id: queries.side_of(row, current_user.teacher_id) for row in rows},
        asked=asked,
        counts=queries.counts_of(rows),
    )


@bp.get("/mentoring/my/<int:own_pair_id>")
@requires(P.OWN_RECORD)
def my_pair(own_pair_id: int) -> Page:
    """One's own pair: the agreement to sign, the terms with what is missing, the appraisal."""
    row, side = own_or_404(own_pair_id)
    return pair_page(row, side=side)


@bp.post("/mentoring/my/<int:own_pair_id>/sign")
@requires(P.OWN_RECORD)
def sign_own(own_pair_id: int) -> Response:
    """Sign the agreement."""
    row, side = own_or_404(own_pair_id)
    return press(
        lambda: operations.sign(pair=row, side=side, actor=current_user),
        _("You have signed."),
        url_for(".my_pair", own_pair_id=own_pair_id),
    )


def _step(row: MentorPair, form: Form, act: Callable[[], Any], heading: str) -> Page:
    back = url_for(".my_pair", own_pair_id=row.id)
    trail = [(_("My mentoring"), url_for(".my_mentoring")), (row.label, back)]
    return form_page(form, act, heading=heading, back=back, trail=trail, about=row.label, label=_("Save"))


@bp.route("/mentoring/my/<int:own_pair_id>/report", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def pair_report(own_pair_id: int) -> Page:
    """Report of a term; the page of a term that was reported on changes that report."""
    row, side = own_or_404(own_pair_id)
    form = ReportForm()
    form.offer(terms_between(row.from_on, min(today(), row.to_on))[::-1], row.county_id)
    mine = {(one.year, one.term): one for one in row.reports if one.side is side}
    known = mine.get(form.chosen_term()) if form.is_submitted() else _asked(mine)
    if known and not form.is_submitted():
        form.term.data, form.done.data, form.plans.data = f"{known.year}-{known.term}", known.done, known.next
        form.evidence.data = list(known.evidence)

    def act() -> None:
        operations.save_report(
            pair=row,
            side=side,
            term=form.chosen_term(),
            done=form.done.data or "",
            plans=form.plans.data or "",
            evidence=form.evidence.data,
            report=known,
            actor=current_user,
        )

    return _step(row, form, act, _("Report of a term"))


def _asked(mine: dict[tuple[int, int], PairReport]) -> PairReport | None:
    year, _dash, term = request.args.get("term", "").partition("-")
    return mine.get((int(year), int(term))) if year.isdigit() and term.isdigit() else None


@bp.route("/mentoring/my/<int:own_pair_id>/lesson", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def pair_lesson(own_pair_id: int) -> Page:
    """Enter a lesson that one gave and the other observed."""
    row, side = own_or_404(own_pair_id)
    form = LessonForm(on=today(), given_by=side)

    def act() -> None:
        operations.save_lesson(pair=row, fields=_lesson(form), actor=current_user)

    return _step(row, form, act, _("Enter a lesson"))


def _lesson(form: LessonForm) -> dict[str, Any]:
    return form.values("on", "given_by", "topic") | {"remarks": form.remarks.data or ""}


def _lesson_or_404(pair_lesson_id: int) -> tuple[MentorPair, PairLesson]:
    lesson = db.session.get(PairLesson, pair_lesson_id) or abort(404)
    row, _side = own_or_404(lesson.pair_id)
    return row, lesson


@bp.route("/mentoring/my/lessons/<int:pair_lesson_id>", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def edit_pair_lesson(pair_lesson_id: int) -> Page:
    """Change a lesson."""
    row, lesson = _lesson_or_404(pair_lesson_id)
    form = LessonForm(obj=lesson, row_version=str(lesson.version))

    def act() -> None:
        if not form.refuse_stale(lesson):
            operations.save_lesson(pair=row, fields=_lesson(form), lesson=lesson, actor=current_user)

    return _step(row, form, act, _("Edit the lesson"))


@bp.post("/mentoring/my/lessons/<int:pair_lesson_id>/delete")
@requires(P.OWN_RECORD)
def delete_pair_lesson(pair_lesson_id: int) -> Response:
    """Delete a lesson that was entered by mistake."""
    row, lesson = _lesson_or_404(pair_lesson_id)
    back = url_for(".my_pair", own_pair_id=row.id)
    return press(
        lambda: operations.delete_lesson(lesson=lesson, actor=current_user), _("The lesson was deleted."), back
    )


@bp.route("/mentoring/choose/<int:own_placement_id>", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def placement_choose(own_placement_id: int) -> Page:
    """Whom a mentor would take of the newcomers who wish for it."""
    teacher = db.session.get(Teacher, current_user.teacher_id or 0) or abort(404)
    one = db.session.scalar(
        db.select(PlacementRound).where(
            PlacementRound.id == own_placement_id,
            PlacementRound.county_id == teacher.county_id,
            PlacementRound.kind == PlacementKind.MENTOR,
            PlacementRound.status != RoundStatus.CANCELLED,
        )
    ) or abort(404)
    back = url_for(".my_mentoring")
    trail = [{"label": _("My mentoring"), "url": back}, {"label": _("Choices in “%(name)s”", name=one.name)}]
    return choice_page(At(KINDS[PlacementKind.MENTOR]), one, teacher.id, back=back, trail=trail)

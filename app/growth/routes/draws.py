"""Pages of the weekly draw: the list, a week, its proof, and what became of those drawn."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.growth.forms.draws import DrawForm, ExcuseForm, LessonForm
from app.growth.models import DrawnLesson, WeeklyDraw
from app.growth.operations import draws as operations
from app.growth.queries import draws as queries
from app.growth.routes import bp
from app.growth.routes.common import county_or_404
from app.growth.weeks import school_year_of, week_of
from app.web import lists
from app.web.attempts import Page, attempt
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires

P = Permission


def draw_or_404(draw_id: int) -> WeeklyDraw:
    """A draw within the person's reach."""
    return queries.one_draw(draw_id, current_user.grants) or abort(404)


def lesson_or_404(lesson_id: int) -> DrawnLesson:
    """A drawn lesson that the person may decide about."""
    return queries.one_lesson(lesson_id, current_user.grants) or abort(404)


@bp.get("/draws")
@requires(P.GROWTH_READ)
def draws() -> Page:
    """The weeks that were drawn, and the years whose draws are open."""
    return _list_page(_draw_form())


def _list_page(form: DrawForm) -> str:
    grants = current_user.grants
    listing = queries.DRAWS.read(request.args)
    found = lists.fetch(db.session(), queries.draws_listed(listing, grants), listing, key=WeeklyDraw.id)
    counties = queries.counties_of(grants, P.GROWTH_EDIT)
    return render_template(
        "growth/draws.html",
        **lists.view(listing, found),
        form=form,
        counties=counties,
        chains=queries.chains_of(county.id for county in counties),
        year=school_year_of(week_of(today())),
    )


def _draw_form() -> DrawForm:
    form = DrawForm()
    form.offer(queries.counties_of(current_user.grants, P.GROWTH_EDIT))
    if not form.is_submitted():
        form.week.data = week_of(today())
    return form


@bp.post("/draws/open/<int:county_id>/<int:school_year>")
@requires(P.GROWTH_EDIT)
def open_draws(county_id: int, school_year: int) -> AnyResponse:
    """Fix the seeds of a school year, before anything is drawn."""
    county = county_or_404(county_id)
    if not 2000 <= school_year <= 2100:
        abort(404)
    operations.open_chain(county=county, school_year=school_year, actor=current_user)
    flash(_("The draws of the school year are open; their commitment is public from now on."), "success")
    return redirect(url_for(".draws"), 303)


@bp.post("/draws")
@requires(P.GROWTH_EDIT)
def draw_week() -> Page:
    """Draw a week."""
    form = _draw_form()
    if form.validate_on_submit():
        county = county_or_404(form.county.data)
        drawn: list[WeeklyDraw] = []

        def draw() -> None:
            drawn.append(
                operations.draw_week(county=county, week=form.week.data, wanted=form.wanted.data, actor=current_user)
            )

        if attempt(form, draw):
            flash(_("%(week)s was drawn.", week=form.week.data), "success")
            return redirect(url_for(".show_draw", draw_id=drawn[0].id), 303)
    return _list_page(form), 422


@bp.get("/draws/<int:draw_id>")
@requires(P.GROWTH_READ)
def show_draw(draw_id: int) -> Page:
    """One week: who was drawn, and the lessons."""
    drawn = draw_or_404(draw_id)
    return render_template(
        "growth/draw.html",
        drawn=drawn,
        lessons=queries.lessons_of(drawn.id, current_user.grants),
        may_edit=queries.one_draw(drawn.id, current_user.grants, P.GROWTH_EDIT) is not None,
        may_export=current_user.may(P.EXPORT),
    )


@bp.get("/draws/<int:draw_id>/proof")
@requires(P.GROWTH_READ)
def proof(draw_id: int) -> Page:
    """The draw recomputed from what was published, step by step."""
    drawn = draw_or_404(draw_id)
    return render_template("growth/proof.html", drawn=drawn, checks=queries.proof_of(drawn))


@bp.get("/draws/<int:draw_id>/pool.txt")
@requires(P.GROWTH_READ)
def pool(draw_id: int) -> Response:
    """The people of a draw, as numbers, in the text that the digest is of."""
    text = queries.pool_text(draw_or_404(draw_id))
    headers = {"Content-Disposition": f"attachment; filename=pool-{draw_id}.txt"}
    return Response(text, content_type="text/plain; charset=utf-8", headers=headers)


@bp.post("/draws/<int:draw_id>/export")
@requires(P.EXPORT)
def export_draw(draw_id: int) -> Response:
    """The drawn teachers of a week as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    drawn = queries.one_draw(draw_id, grants) or abort(404)
    return send_table(
        [
            Column(_("Week"), lambda _row: drawn.week),
            Column(_("School"), "school.name"),
            Column(_("Teacher"), "teacher.name"),
            Column(_("Status"), "status"),
            Column(_("Day of the lesson"), "lesson_on"),
            Column(_("Reason"), "reason"),
        ],
        lambda: queries.lessons_of(draw_id, grants),
        _("Weekly draw"),
        actor=current_user,
        subject="weekly_draw",
        fmt=asked_format(),
        filters={"week": drawn.week},
        grants=grants,
    )


@bp.route("/lessons/<int:lesson_id>/excuse", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def excuse(lesson_id: int) -> Page:
    """Excuse a drawn teacher; the next in the drawn order stands in."""
    lesson, form = lesson_or_404(lesson_id), ExcuseForm()
    draw_id = lesson.draw_id

    def act() -> None:
        operations.excuse(lesson=lesson, reason=form.reason.data, actor=current_user)

    if form.validate_on_submit() and attempt(form, act):
        flash(_("The teacher is excused."), "success")
        return redirect(url_for(".show_draw", draw_id=draw_id), 303)
    page = render_template("growth/lesson.html", form=form, lesson=lesson_or_404(lesson_id), heading=_("Excuse"))
    return page, 422 if form.is_submitted() else 200


@bp.route("/lessons/<int:lesson_id>/record", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def record_lesson(lesson_id: int) -> Page:
    """Put the lesson on record."""
    lesson = lesson_or_404(lesson_id)
    form = LessonForm(
        data={"on": lesson.lesson_on or today(), "remarks": lesson.remarks}, row_version=str(lesson.version)
    )
    draw_id = lesson.draw_id

    def act() -> None:
        operations.record_lesson(lesson=lesson, on=form.on.data, remarks=form.remarks.data or "", actor=current_user)

    if form.validate_on_submit() and not form.refuse_stale(lesson) and attempt(form, act):
        flash(_("The lesson is on record."), "success")
        return redirect(url_for(".show_draw", draw_id=draw_id), 303)
    page = render_template("growth/lesson.html", form=form, lesson=lesson_or_404(lesson_id), heading=_("Lesson taught"))
    return page, 422 if form.is_submitted() else 200

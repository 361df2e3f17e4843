"""A teacher's own pages of the ladder: the rounds to apply in, what is lacking, and one's applications."""

from collections.abc import Callable

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.growth.forms.ladder import ApplicationForm
from app.growth.models import LIVE, OWN, LadderRound, LadderStatus, RoundStatus
from app.growth.operations import ladder_people as operations
from app.growth.queries import ladder as queries
from app.growth.requirements import Requirements
from app.growth.routes import bp
from app.studios.routes.common import form_page
from app.teachers.models import Teacher
from app.web.attempts import Page, press
from app.web.guards import requires

P = Permission


def _myself() -> Teacher | None:
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.id == (current_user.teacher_id or 0))
        .options(selectinload(Teacher.honours), joinedload(Teacher.working_school))
    )


@bp.get("/my-ladder")
@requires(P.OWN_RECORD)
def my_ladder() -> Page:
    """The rounds that are open, what one lacks for each, and one's applications."""
    teacher, day = _myself(), today()
    rounds = queries.open_rounds(teacher, day) if teacher else []
    mine = queries.applications_of(teacher.id) if teacher else []
    return render_template(
        "growth/my_ladder.html",
        rounds=[
            (row, Requirements.of(row.requirements).told(row.county_id), operations.obstacles(row, teacher, day))
            for row in rounds
            if teacher
        ],
        mine=mine,
        applied={one.round_id for one in mine if one.status is not LadderStatus.WITHDRAWN},
        own=OWN,
        live=LIVE,
        is_open=RoundStatus.OPEN,
    )


@bp.route("/my-ladder/rounds/<int:own_round_id>/apply", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def apply_for_rung(own_round_id: int) -> Page:
    """Apply in a round."""
    teacher = _myself() or abort(404)
    row = db.session.scalar(
        select(LadderRound).where(LadderRound.id == own_round_id, LadderRound.county_id == teacher.county_id)
    ) or abort(404)
    earlier = operations.taken_back(row, teacher)
    form = ApplicationForm(obj=earlier)
    form.evidence.belongs_to(teacher.county_id)

    def act() -> None:
        operations.apply(
            row=row,
            teacher=teacher,
            statement=form.statement.data or "",
            evidence=form.evidence.data,
            actor=current_user,
        )

    intro = _("You took this application back. Send it again as it is, or change it first.") if earlier else ""
    return _page(form, act, row.label, _("Send the application"), _("Your application went to your school."), intro)


@bp.route("/my-ladder/applications/<int:own_application_id>", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def my_application(own_application_id: int) -> Page:
    """Change one's application before the school said its opinion."""
    one = queries.own_application(own_application_id, current_user.teacher_id) or abort(404)
    form = ApplicationForm(obj=one, row_version=str(one.version))
    form.evidence.belongs_to(one.round.county_id)

    def act() -> None:
        if not form.refuse_stale(one):
            operations.change(
                one=one, statement=form.statement.data or "", evidence=form.evidence.data, actor=current_user
            )

    intro = _("It was returned: %(reason)s", reason=one.reason) if one.reason else ""
    return _page(form, act, one.round.label, _("Send it again"), _("Your application went to your school."), intro)


def _page(form: ApplicationForm, act: Callable[[], None], heading: str, label: str, done: str, intro: str = "") -> Page:
    return form_page(
        form,
        act,
        heading=heading,
        back=url_for(".my_ladder"),
        trail=[(_("My way up the ladder"), url_for(".my_ladder"))],
        intro=intro,
        label=label,
        done=done,
    )


@bp.post("/my-ladder/applications/<int:own_application_id>/withdraw")
@requires(P.OWN_RECORD)
def withdraw_application(own_application_id: int) -> Response:
    """Take one's application back."""
    one = queries.own_application(own_application_id, current_user.teacher_id) or abort(404)
    return press(
        lambda: operations.withdraw(one=one, actor=current_user),
        _("Your application was taken back."),
        url_for(".my_ladder"),
    )

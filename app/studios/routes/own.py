"""A teacher's own pages: studios to see and join, one's places, and applying for a studio of one's own."""

from collections.abc import Callable

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.schools.models import School
from app.studios.access import open_to
from app.studios.forms.common import ReasonForm
from app.studios.forms.founding import StudioForm
from app.studios.forms.people import AnswerForm, JoinForm
from app.studios.models import OPEN, MemberRole, Membership, MembershipStatus, Studio, StudioStatus
from app.studios.operations import founding
from app.studios.operations import people as operations
from app.studios.queries import people as people_queries
from app.studios.queries import studios as queries
from app.studios.queries import work as work_queries
from app.studios.routes import bp
from app.studios.routes.common import form_page, membership_or_404, myself
from app.teachers.models import Teacher
from app.web.attempts import Page, press
from app.web.forms import Form
from app.web.guards import requires

P = Permission


@bp.get("/me")
@requires(P.OWN_RECORD)
def my_places() -> Page:
    """One's places in studios, with what there is to answer."""
    teacher = db.session.get(Teacher, current_user.teacher_id or 0)
    rows = people_queries.places_of(teacher.id) if teacher else []
    own = db.session.scalars(
        select(Studio).where(Studio.host_id == (teacher.id if teacher else 0)).order_by(Studio.id.desc())
    ).all()
    return render_template(
        "studios/my_places.html",
        rows=rows,
        lines={r.id: people_queries.place_in_line(r) for r in rows if r.status is MembershipStatus.WAITING},
        own=own,
        statuses=MembershipStatus,
        studio_statuses=StudioStatus,
        may_host=current_user.may(P.STUDIO_HOST),
    )


@bp.get("/open")
@requires(P.OWN_RECORD)
def open_studios() -> Page:
    """The studios of one's county, those of one's own subject and stage first."""
    teacher = db.session.get(Teacher, current_user.teacher_id or 0)
    if teacher is None:
        return render_template("studios/open.html", teacher=None, rows=[], counted={}, mine={})
    found = db.session.scalars(
        select(Studio).where(open_to(teacher)).options(*queries.STUDIO_PARTS).order_by(Studio.name_pinyin, Studio.id)
    ).all()
    rows = sorted(found, key=lambda s: (s.subject_code != teacher.subject_code, s.stage != teacher.stage))
    mine = {row.studio_id: row for row in people_queries.places_of(teacher.id) if row.status in OPEN}
    counted = queries.people_counts([row.id for row in rows])
    return render_template("studios/open.html", teacher=teacher, rows=rows, counted=counted, mine=mine)


@bp.get("/open/<int:studio_id>")
@requires(P.OWN_RECORD)
def open_studio(studio_id: int) -> Page:
    """One studio, as a teacher who may join sees it."""
    teacher = myself()
    studio = _open_or_404(studio_id, teacher)
    mine = [row for row in people_queries.places_of(teacher.id) if row.studio_id == studio.id]
    return render_template(
        "studios/open_studio.html",
        studio=studio,
        people=people_queries.active(studio.id, MemberRole.HOST, MemberRole.MEMBER),
        mine=next((row for row in mine if row.status in OPEN), None),
        outcomes=work_queries.outcomes_for_portfolio(studio.id),
        waiting=len(people_queries.waiting_list(studio.id)),
    )


def _open_or_404(studio_id: int, teacher: Teacher) -> Studio:
    found = db.session.scalar(select(Studio).where(Studio.id == studio_id, open_to(teacher)).options(*queries.WHOLE))
    return found or abort(404)


@bp.route("/open/<int:studio_id>/join", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def join(studio_id: int) -> Page:
    """Apply to a studio."""
    teacher = myself()
    studio = _open_or_404(studio_id, teacher)
    form = JoinForm()
    leaders = people_queries.active(studio.id, MemberRole.MEMBER)
    form.leader.offer([(row.id, row.teacher.name) for row in leaders], _("No wish"))

    def act() -> None:
        role = MemberRole(form.role.data)
        leader = db.session.get(Membership, form.leader.data or 0) if role is MemberRole.MENTEE else None
        operations.apply(
            actor=current_user,
            studio=studio,
            teacher=teacher,
            role=role,
            statement=form.statement.data or "",
            leader=leader,
        )

    return form_page(
        form,
        act,
        heading=_("Apply to join"),
        back=url_for(".open_studio", studio_id=studio_id),
        trail=[(_("Studios"), url_for(".open_studios")), (studio.name, url_for(".open_studio", studio_id=studio_id))],
        about=studio.name,
        label=_("Send the application"),
        done=_("Your application was sent; the host answers it."),
        to=lambda: url_for(".my_places"),
    )


@bp.post("/me/<int:membership_id>/accept")
@requires(P.OWN_RECORD)
def accept_invitation(membership_id: int) -> Response:
    """Accept an invitation."""
    row = membership_or_404(membership_id, P.OWN_RECORD)
    return press(
        lambda: operations.accept_invitation(actor=current_user, row=row),
        _("You accepted; where you stand is said below."),
        url_for(".my_places"),
    )


@bp.post("/me/<int:membership_id>/withdraw")
@requires(P.OWN_RECORD)
def withdraw(membership_id: int) -> Response:
    """Decline an invitation, take an application back, or leave the waiting list."""
    row = membership_or_404(membership_id, P.OWN_RECORD)
    return press(
        lambda: operations.withdraw(actor=current_user, row=row), _("The host can see it now."), url_for(".my_places")
    )


@bp.route("/me/<int:membership_id>/leave", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def leave(membership_id: int) -> Page:
    """Leave a studio."""
    row, form = membership_or_404(membership_id, P.OWN_RECORD), ReasonForm()

    def act() -> None:
        operations.leave(actor=current_user, row=row, reason=form.reason.data or "")

    return _mine(form, act, row, _("Leave the studio"))


@bp.route("/me/<int:membership_id>/answer", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def answer(membership_id: int) -> Page:
    """Answer the host who asks one to leave."""
    row, form = membership_or_404(membership_id, P.OWN_RECORD), AnswerForm()
    intro = _("The host writes: %(reason)s", reason=row.asked_reason) if row.asked_reason else ""

    def act() -> None:
        operations.answer(actor=current_user, row=row, agrees=form.agrees.data == "yes", text=form.text.data)

    return _mine(form, act, row, _("Answer the host"), intro)


def _mine(form: Form, act: Callable[[], None], row: Membership, heading: str, intro: str = "") -> Page:
    trail = [(_("Studios I belong to"), url_for(".my_places"))]
    return form_page(
        form,
        act,
        heading=heading,
        back=url_for(".my_places"),
        trail=trail,
        about=row.studio.name,
        intro=intro,
    )


@bp.route("/found", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def found() -> Page:
    """Apply for a studio of one's own."""
    teacher = db.session.get(Teacher, current_user.teacher_id or 0)
    form = StudioForm(stage=teacher.stage, subject_code=teacher.subject_code) if teacher else StudioForm()
    county_id = teacher.county_id if teacher else 0
    form.offer(county_id, queries.school_choices(county_id))
    if not form.is_submitted() and teacher:
        form.school_id.data = teacher.working_school_id

    def act() -> None:
        host = myself()
        school = db.session.get_one(School, form.school_id.data)
        founding.apply_for(actor=current_user, host=host, school=school, fields=form.studio_fields())

    return form_page(
        form,
        act,
        heading=_("Apply for a studio"),
        back=url_for(".my_places"),
        trail=[(_("Studios I belong to"), url_for(".my_places"))],
        about=teacher.name if teacher else "",
        intro=_("The development centre decides. With the licence your host's pages open."),
        label=_("Send the application"),
    )


@bp.route("/found/<int:studio_id>", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def complete(studio_id: int) -> Page:
    """Complete a returned application and send it again."""
    teacher = myself()
    studio = db.session.scalar(
        select(Studio).where(Studio.id == studio_id, Studio.host_id == teacher.id).options(*queries.WHOLE)
    ) or abort(404)
    form = StudioForm(obj=studio, row_version=studio.version)
    form.offer(studio.county_id, queries.school_choices(studio.county_id))
    intro = _("It was returned: %(reason)s", reason=studio.reason) if studio.reason else ""

    def act() -> None:
        if not form.refuse_stale(studio):
            founding.send_again(actor=current_user, studio=studio)
            fields = form.studio_fields() | {"school_id": form.school_id.data}
            founding.edit(actor=current_user, studio=studio, fields=fields)

    return form_page(
        form,
        act,
        heading=_("Complete the application"),
        back=url_for(".my_places"),
        trail=[(_("Studios I belong to"), url_for(".my_places"))],
        about=studio.name,
        intro=intro,
        label=_("Send it again"),
    )

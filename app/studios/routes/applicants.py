"""The host's page of applicants: several are accepted in one step, and each is told where they stand."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import Permission
from app.studios.forms.people import AcceptManyForm
from app.studios.models import MemberRole, Membership, MembershipStatus
from app.studios.operations import workplace as operations
from app.studios.queries import people as queries
from app.studios.routes import bp
from app.studios.routes.common import studio_or_404
from app.web.attempts import Page, attempt
from app.web.guards import requires

P = Permission
SHOWN = 10


@bp.route("/<int:studio_id>/applicants", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def applicants(studio_id: int) -> Page:
    """Who waits for an answer, beside the places that are free; those ticked are accepted."""
    studio, form = studio_or_404(studio_id, P.STUDIO_HOST), AcceptManyForm()
    done = operations.Accepted()

    def act() -> None:
        nonlocal done
        done = operations.accept_many(
            actor=current_user,
            studio=studio,
            membership_ids=form.person.data,
            is_wish_binding=form.full.data == "wait",
        )

    if form.validate_on_submit() and attempt(form, act):
        _tell(done)
        is_over = not queries.applicants_counted(studio_id)
        return redirect(url_for(".people" if is_over else ".applicants", studio_id=studio_id), 303)
    return _page(studio_id, form), 422 if form.is_submitted() else 200


def _page(studio_id: int, form: AcceptManyForm) -> str:
    return render_template(
        "studios/applicants.html",
        studio=studio_or_404(studio_id, P.STUDIO_HOST),
        form=form,
        rows=queries.applicants(studio_id),
        number=queries.applicants_counted(studio_id),
        members=queries.active(studio_id, MemberRole.MEMBER),
        room=dict(queries.members_with_room(studio_id)),
    )


def _tell(done: operations.Accepted) -> None:
    """Person by person: who leads whom, who waits at which place of the line, and who was not taken."""
    if done.joined:
        sentence = ngettext(
            "%(num)d has joined: %(names)s.",
            "%(num)d have joined: %(names)s.",
            len(done.joined),
            names=_(", ").join(_placed(row) for row in done.joined),
        )
        flash(sentence, "success")
    if done.waiting:
        sentence = ngettext(
            "No place was free for %(num)d, who stands on the waiting list: %(names)s.",
            "No place was free for %(num)d, who stand on the waiting list: %(names)s.",
            len(done.waiting),
            names=_(", ").join(
                _("%(name)s (number %(number)s)", name=row.teacher.name, number=queries.place_in_line(row))
                for row in done.waiting
            ),
        )
        flash(sentence, "warning")
    for refusal in done.refusals[:SHOWN]:
        flash(refusal, "error")
    if rest := done.refusals[SHOWN:]:
        flash(ngettext("%(num)d more was not taken.", "%(num)d more were not taken.", len(rest)), "error")


def _placed(row: Membership) -> str:
    leader = queries.leader_of(row) if row.status is MembershipStatus.ACTIVE else None
    if leader is None:
        return row.teacher.name
    return str(_("%(name)s (led by %(leader)s)", name=row.teacher.name, leader=leader))

"""A teacher's own pages of placements: the rounds one may take part in, one's wishes, what became of them."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.db.clock import today
from app.extensions import db
from app.studios import placement_presenting as presenting
from app.studios.forms.placement import ChoiceForm
from app.studios.models import PlacementRound, RoundStatus
from app.studios.operations import placement_rounds as operations
from app.studios.queries import placement as queries
from app.studios.routes.placement_at import At, page
from app.studios.routes.placement_rounds import save_wishes, wish_form
from app.teachers.models import Teacher
from app.web.attempts import Page, attempt


def myself() -> Teacher:
    """The teacher that the present person is."""
    return db.session.get(Teacher, current_user.teacher_id or 0) or abort(404)


@page("/placement/my", right="own")
def placement_mine(at: At) -> Page:
    """The rounds one may take part in, or took part in."""
    teacher = db.session.get(Teacher, current_user.teacher_id or 0)
    rows = queries.rounds_for(teacher, at.kind, today()) if teacher else []
    entries = {row.id: queries.entry_of(row.id, teacher.id) for row in rows} if teacher else {}
    return render_template(
        "studios/placement_mine.html",
        at=at,
        rows=rows,
        entries=entries,
        titles={row.id: queries.title_of(row) for row in rows},
        trail=_trail(at),
        today=today(),
    )


def _trail(at: At) -> list[dict[str, str]]:
    return [{"label": _("My record"), "url": url_for("teachers.me")}, {"label": str(at.spec.words.rounds)}]


@page("/placement/my/<int:round_id>", right="own", methods=("GET", "POST"))
def placement_own(at: At, round_id: int) -> Page:
    """One's own wishes in a round; once it is approved, what became of them and why."""
    teacher = myself()
    one = next((row for row in queries.rounds_for(teacher, at.kind, today()) if row.id == round_id), None) or abort(404)
    trail = [{"label": at.spec.words.rounds, "url": at.url("placement_mine")}, {"label": one.name}]
    if one.status is not RoundStatus.OPEN or today() > one.wishes_until:
        return _result(at, one, teacher, trail)
    form = wish_form(at, one, teacher)
    if form.validate_on_submit() and save_wishes(form, one, teacher):
        flash(_("Your wishes were saved."), "success")
        return redirect(at.url("placement_mine"), 303)
    body = render_template(
        "studios/placement_wishes.html",
        at=at,
        one=one,
        form=form,
        teacher=None,
        trail=trail,
        back=at.url("placement_mine"),
    )
    return body, 422 if form.is_submitted() else 200


def _result(at: At, one: PlacementRound, teacher: Teacher, trail: list[dict[str, str]]) -> Page:
    place, about = queries.result_for(one, teacher.id)
    entry = queries.entry_of(one.id, teacher.id)
    numbers = {wish.host_id for wish in entry.wishes} if entry else set()
    return render_template(
        "studios/placement_result.html",
        at=at,
        one=one,
        entry=entry,
        place=place,
        names=at.spec.names(numbers | ({place.host_id} if place else set())),
        missed=presenting.better_wishes(at.spec, about),
        trail=trail,
    )


def choice_page(at: At, one: PlacementRound, host_id: int, *, back: str, trail: list[dict[str, str]]) -> Page:
    """What a host thinks of those who wish for it: a rank, the same for equals, or no."""
    asking = queries.asking_for(one, host_id)
    form = ChoiceForm()
    people = [row.teacher_id for row in asking]

    def act() -> None:
        ranks, refused = form.read(people)
        operations.state_choices(
            one=one, host_id=host_id, ranks=ranks, refused=refused, asked=people, today=today(), actor=current_user
        )

    if form.validate_on_submit() and attempt(form, act):
        flash(_("Your choices were saved."), "success")
        return redirect(back, 303)
    body = render_template(
        "studios/placement_choices.html",
        at=at,
        one=one,
        form=form,
        asking=asking,
        name=at.spec.names([host_id]).get(host_id, ""),
        chosen=queries.choices_of(one, host_id),
        is_open=one.status is RoundStatus.OPEN and today() <= one.choices_until,
        back=back,
        trail=trail,
    )
    return body, 422 if form.is_submitted() else 200

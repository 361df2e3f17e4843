"""Rounds of placement: the list, one round with its proposals, its form, and the wishes in it."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.studios import placement_presenting as presenting
from app.studios import placement_settings as settings_of
from app.studios.forms.common import ReasonForm
from app.studios.forms.placement import RoundForm, WishForm
from app.studios.models import MemberRole, PlacementEntry, PlacementKind, PlacementRound, RoundStatus
from app.studios.operations import placement_proposals as proposals
from app.studios.operations import placement_rounds as operations
from app.studios.queries import placement as queries
from app.studios.routes.common import form_page
from app.studios.routes.placement_at import At, page
from app.teachers.models import Teacher
from app.web import lists
from app.web.attempts import Page, attempt, press
from app.web.exports import Column, asked_format, send_table
from app.web.forms import Form

P = Permission


def counties_of(permission: Permission) -> list[Region]:
    """The counties for which the person opens rounds."""
    here = regions_where(current_user.grants, permission)
    query = db.select(Region).where(Region.level == RegionLevel.COUNTY, here).order_by(Region.code).limit(200)
    return list(db.session.scalars(query))


@page("/placement", right="read")
def placement_rounds(at: At) -> Page:
    """The rounds of the counties within reach, the newest first."""
    listing = queries.ROUNDS[at.kind].read(request.args)
    statement = queries.rounds_listed(listing, current_user.grants, at.kind)
    found = lists.fetch(
        db.session(), statement, listing, key=PlacementRound.id, options=(db.joinedload(PlacementRound.county),)
    )
    return render_template(
        "studios/placement_rounds.html",
        at=at,
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
        counted=queries.counted(found.items),
        titles={one.id: queries.title_of(one) for one in found.items},
        may_open=bool(counties_of(at.spec.edit)),
    )


@page("/placement/new", right="edit", methods=("GET", "POST"))
def placement_new(at: At) -> Page:
    """Open a round."""
    form = _round_form(at)
    form.county.offer(lists.named(counties_of(at.spec.edit)))
    if not form.is_submitted():
        form.load_settings(settings_of.DEFAULTS)
        form.wishes_until.data, form.choices_until.data = today() + timedelta(days=14), today() + timedelta(days=21)
    made: list[PlacementRound] = []

    def act() -> None:
        about: dict[str, Any] = {}
        if at.kind is PlacementKind.STUDIO:
            about = {"studio_kind": form.studio_kind.data, "role": MemberRole(form.role.data)}
        made.append(
            operations.open_round(
                county_id=form.county.data or 0, kind=at.kind, actor=current_user, **form.round_fields(), **about
            )
        )

    if form.validate_on_submit() and attempt(form, act):
        flash(_("The round “%(name)s” is open.", name=made[0].name), "success")
        return redirect(at.url("placement_round", round_id=made[0].id), 303)
    return render_template("studios/placement_form.html", at=at, form=form, one=None), _status(form)


def _round_form(at: At, **given: Any) -> RoundForm:
    form = RoundForm(**given)
    form.offer_settings()
    if at.kind is PlacementKind.MENTOR:
        del form.studio_kind, form.role
    return form


def _status(form: Form) -> int:
    return 422 if form.is_submitted() else 200


@page("/placement/<int:round_id>/edit", right="edit", methods=("GET", "POST"))
def placement_edit(at: At, round_id: int) -> Page:
    """Change a round's name, days and settings."""
    one = at.round_or_404(round_id, at.spec.edit)
    form = _round_form(at, obj=one, county=one.county_id, row_version=str(one.version))
    form.county.offer([(one.county_id, one.county.name)])
    if at.kind is PlacementKind.STUDIO:
        del form.studio_kind, form.role
    if not form.is_submitted():
        form.load_settings(settings_of.complete(one.settings))

    def act() -> None:
        operations.change_round(one=one, actor=current_user, **form.round_fields())

    if form.validate_on_submit() and not form.refuse_stale(one) and attempt(form, act):
        flash(_("The round was saved."), "success")
        return redirect(at.url("placement_round", round_id=round_id), 303)
    one = at.round_or_404(round_id)
    return render_template("studios/placement_form.html", at=at, form=form, one=one), _status(form)


@page("/placement/<int:round_id>/cancel", right="edit", methods=("GET", "POST"))
def placement_cancel(at: At, round_id: int) -> Page:
    """Call a round off."""
    one, form = at.round_or_404(round_id, at.spec.edit), ReasonForm()
    back = at.url("placement_round", round_id=round_id)
    return form_page(
        form,
        lambda: operations.cancel_round(one=one, reason=form.reason.data or "", actor=current_user),
        heading=_("Call the round off"),
        back=back,
        trail=[(str(at.spec.words.rounds), at.url("placement_rounds")), (one.name, back)],
        about=one.name,
        intro=_("No place is given. Wishes and proposals stay on record."),
    )


@page("/placement/<int:round_id>", right="read")
def placement_round(at: At, round_id: int) -> Page:
    """One round: how far it is, its proposals, what became of the places."""
    one = at.round_or_404(round_id)
    rows = queries.proposals_of(one.id)
    approved = next((row for row in rows if row.is_approved), None)
    job = queries.job_of(one)
    hosts = at.spec.hosts(one)
    return render_template(
        "studios/placement_round.html",
        at=at,
        one=one,
        title=queries.title_of(one),
        counts=queries.counted([one])[one.id],
        hosts=hosts,
        free=sum(line.free for line in hosts),
        chosen=queries.choices_stated(one),
        rows=presenting.proposal_lines(rows),
        approved=approved,
        given=queries.given_counts(approved.id) if approved else {},
        card=presenting.giving_view(job) if approved else None,
        lines=settings_of.lines(one.settings),
        can_edit=one.status is RoundStatus.OPEN and at.may(at.spec.edit, one),
        can_approve=at.may(at.spec.approve, one),
    )


@page("/placement/<int:round_id>/giving", right="read")
def placement_giving(at: At, round_id: int) -> Page:
    """The card of the job that gives the places, alone."""
    one = at.round_or_404(round_id)
    card = presenting.giving_view(queries.job_of(one))
    response = Response(render_template("studios/_placement_giving.html", at=at, one=one, card=card))
    response.mimetype = "text/html"
    if not card["is_open"]:
        response.headers["HX-Redirect"] = at.url("placement_round", round_id=round_id)
    return response


@page("/placement/<int:round_id>/solve", right="edit", methods=("POST",))
def placement_solve(at: At, round_id: int) -> Page:
    """Send the round to be solved with the data of now."""
    one = at.round_or_404(round_id, at.spec.edit)
    row = proposals.solve_round(one=one, actor=current_user)
    return redirect(at.url("placement_proposal", proposal_id=row.id), 303)


@page("/placement/<int:round_id>/give", right="approve", methods=("POST",))
def placement_give_rest(at: At, round_id: int) -> Page:
    """Try the places again that could not be given."""
    one = at.round_or_404(round_id, at.spec.approve)
    return press(
        lambda: proposals.give_rest(one=one, actor=current_user),
        _("The remaining places are being given."),
        at.url("placement_round", round_id=round_id),
    )


# --- wishes -------------------------------------------------------------------------------------------------------


@page("/placement/<int:round_id>/wishes", right="read")
def placement_entries(at: At, round_id: int) -> Page:
    """Who wishes to go where."""
    one = at.round_or_404(round_id)
    listing = queries.ENTRIES.read(request.args)
    statement = queries.entries_listed(listing, one)
    found = lists.fetch(db.session(), statement, listing, key=PlacementEntry.id, options=queries.ENTRY_PARTS)
    typed = request.args.get("who", "").strip()[:60]
    can_edit = one.status is RoundStatus.OPEN and at.may(at.spec.edit, one)
    hosts = at.spec.hosts(one)
    return render_template(
        "studios/placement_entries.html",
        at=at,
        one=one,
        **lists.shown(listing, found),
        names=at.spec.names({wish.host_id for row in found.items for wish in row.wishes}),
        hosts=[(line.id, line.name) for line in hosts],
        typed=typed,
        people=queries.teachers_like(one.county_id, typed) if typed and can_edit else [],
        can_edit=can_edit,
        may_export=at.may(P.EXPORT, one),
    )


@page("/placement/<int:round_id>/wishes/export", right="export", methods=("POST",))
def placement_export_entries(at: At, round_id: int) -> Page:
    """The wishes that the list shows now, as a workbook."""
    one = at.round_or_404(round_id, P.EXPORT)
    listing = queries.ENTRIES.read(request.args)
    statement = queries.entries_listed(listing, one)
    names = dict(at.spec.names({line.id for line in at.spec.hosts(one)}))

    def wish(rank: int) -> Any:
        return lambda row: next((names.get(w.host_id, "–") for w in row.wishes if w.rank == rank), "")

    columns = [
        Column(_("Teacher"), "teacher.name"),
        Column(_("School"), "teacher.working_school.name"),
        Column(_("Stage"), "teacher.stage"),
        Column(_("Subject"), lambda row: presenting.subject(row.teacher)),
        *(Column(_("Wish no. %(rank)s", rank=rank), wish(rank)) for rank in range(1, one.most_wishes + 1)),
        Column(_("Would go to any other as well"), "is_flexible"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.ENTRY_PARTS)),
        _("Wishes of %(round)s", round=one.name),
        actor=current_user,
        subject="placement_entry",
        fmt=asked_format(),
        filters={"round": one.name, **listing.in_words()},
        region_id=one.county_id,
    )


@page("/placement/<int:round_id>/wishes/<int:teacher_id>", right="edit", methods=("GET", "POST"))
def placement_entry(at: At, round_id: int, teacher_id: int) -> Page:
    """Enter or change somebody's wishes, as they come in on paper."""
    one = at.round_or_404(round_id, at.spec.edit)
    teacher = queries.teacher_in(one.county_id, teacher_id) or abort(404)
    form = wish_form(at, one, teacher)
    if form.validate_on_submit() and save_wishes(form, one, teacher, is_late_allowed=True):
        flash(_("The wishes of %(name)s were saved.", name=teacher.name), "success")
        return redirect(at.url("placement_entries", round_id=round_id), 303)
    trail = [
        {"label": at.spec.words.rounds, "url": at.url("placement_rounds")},
        {"label": one.name, "url": at.url("placement_round", round_id=round_id)},
        {"label": _("Wishes"), "url": at.url("placement_entries", round_id=round_id)},
        {"label": teacher.name},
    ]
    back = at.url("placement_entries", round_id=round_id)
    return (
        render_template(
            "studios/placement_wishes.html", at=at, one=one, form=form, teacher=teacher, trail=trail, back=back
        ),
        _status(form),
    )


def wish_form(at: At, one: PlacementRound, teacher: Teacher) -> WishForm:
    """The form of somebody's wishes, with those there are; offered are the hosts that take the subject and stage."""
    form = WishForm.for_wishes(one.most_wishes)()
    entry = queries.entry_of(one.id, teacher.id)
    kept = {wish.host_id for wish in entry.wishes} if entry else set()
    subjects = queries.subjects_of(teacher)
    form.offer([line for line in at.spec.hosts(one) if line.id in kept or line.takes(teacher.stage, subjects)])
    if not form.is_submitted():
        form.is_flexible.data = entry.is_flexible if entry else at.kind is PlacementKind.MENTOR
        form.statement.data = entry.statement if entry else None
        form.load([wish.host_id for wish in entry.wishes] if entry else [])
    return form


def save_wishes(form: WishForm, one: PlacementRound, teacher: Teacher, *, is_late_allowed: bool = False) -> bool:
    """Keep what the form says."""
    return attempt(
        form,
        lambda: operations.state_wishes(
            one=one,
            teacher=teacher,
            hosts=form.wished(),
            is_flexible=bool(form.is_flexible.data),
            statement=form.statement.data or "",
            today=today(),
            actor=current_user,
            is_late_allowed=is_late_allowed,
        ),
    )

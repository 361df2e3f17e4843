"""A proposal of places: its figures, places, hosts, who is left, what stands apart, decisions, what changed."""

from typing import Any

from flask import abort, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.studios import placement_presenting as presenting
from app.studios import placement_settings as settings_of
from app.studios import placement_wording as wording
from app.studios.forms.placement import SolveAgainForm
from app.studios.models import (
    PlacementDecisionKind,
    PlacementProposal,
    ProposalStatus,
    ProposedPlace,
    RoundStatus,
)
from app.studios.operations import placement_proposals as operations
from app.studios.queries import placement as queries
from app.studios.routes.placement_at import At, page
from app.teachers.models import Teacher
from app.web import lists
from app.web.attempts import Page, attempt, press
from app.web.exports import Column, asked_format, send_table

P = Permission


def frame(at: At, row: PlacementProposal, tab: str) -> dict[str, Any]:
    """What every tab of a proposal shows around its own part."""
    decisions = queries.decisions_of(row.id)
    is_open = row.round.status is RoundStatus.OPEN
    return {
        "at": at,
        "proposal": row,
        "one": row.round,
        "tab": tab,
        "decisions": decisions,
        "pending": queries.pending(row, decisions),
        "can_edit": is_open and at.may(at.spec.edit, row.round),
        "can_approve": is_open and at.may(at.spec.approve, row.round),
        "may_export": at.may(P.EXPORT, row.round),
    }


def solved_or_back(at: At, proposal_id: int, permission: Permission | None = None) -> PlacementProposal:
    """A solved proposal within reach; one without a result leads back to its own page."""
    row = at.proposal_or_404(proposal_id, permission)
    if row.status is not ProposalStatus.SOLVED:
        abort(redirect(at.url("placement_proposal", proposal_id=proposal_id), 303))
    return row


@page("/placement/proposals/<int:proposal_id>", right="read")
def placement_proposal(at: At, proposal_id: int) -> Page:
    """One proposal: its figures, or how far the solve is, or why there is none."""
    row = at.proposal_or_404(proposal_id)
    around = frame(at, row, "summary")
    card = presenting.solving_view(row, queries.job_of(row))
    if card["status"] is not ProposalStatus.SOLVED:
        clash = presenting.conflict(at.spec, row.report)
        faults = [wording.finding(item) for item in row.report.get("findings", [])] + row.report.get("faults", [])
        return render_template("studios/placement_unsolved.html", **around, card=card, clash=clash, faults=faults)
    detail = queries.detail_of(row.id)
    left_out = queries.people_named(one["teacher"] for one in detail["left_out"])
    return render_template(
        "studios/placement_proposal.html",
        **around,
        report=row.report,
        aims=presenting.aims(row.report),
        wishes=presenting.wish_shares(row.report),
        lines=settings_of.lines(row.settings),
        left_out=[(one["teacher"], left_out.get(one["teacher"], "–"), wording.LEFT_OUT[one["code"]])
                  for one in detail["left_out"]],
        peer_changes=presenting.peer_changes(at.spec, detail, queries.places_of(row.id)),
    )  # fmt: skip


@page("/placement/proposals/<int:proposal_id>/progress", right="read")
def placement_progress(at: At, proposal_id: int) -> Page:
    """The card of the solve, alone: the page asks for it every second."""
    row = at.proposal_or_404(proposal_id)
    card = presenting.solving_view(row, queries.job_of(row))
    can_edit = at.may(at.spec.edit, row.round)
    response = Response(
        render_template("studios/_placement_solving.html", at=at, proposal=row, card=card, can_edit=can_edit)
    )
    response.mimetype = "text/html"
    if not card["is_open"]:
        response.headers["HX-Redirect"] = at.url("placement_proposal", proposal_id=proposal_id)
    return response


@page("/placement/proposals/<int:proposal_id>/places", right="read")
def placement_places(at: At, proposal_id: int) -> Page:
    """The proposed places, each with why."""
    row = solved_or_back(at, proposal_id)
    around = frame(at, row, "places")
    listing = queries.PLACES.read(request.args)
    statement = queries.places_listed(listing, row)
    found = lists.fetch(db.session(), statement, listing, key=ProposedPlace.id, options=queries.PLACE_PARTS)
    implied = set(queries.detail_of(row.id)["implied"])
    about: dict[int, list[Any]] = {}
    for decision in around["decisions"]:
        if decision.is_active:
            about.setdefault(decision.teacher_id, []).append(decision)
    return render_template(
        "studios/placement_places.html",
        **around,
        **lists.shown(listing, found),
        names=at.spec.names({place.host_id for place in found.items} | {d.host_id for d in around["decisions"]}),
        hosts=[(line.id, line.name) for line in at.spec.hosts(row.round)],
        why={place.id: presenting.reasons_of(place, implied) for place in found.items},
        about=about,
    )


@page("/placement/proposals/<int:proposal_id>/places/export", right="export", methods=("POST",))
def placement_export_places(at: At, proposal_id: int) -> Page:
    """The places that the list shows now, as a workbook."""
    row = solved_or_back(at, proposal_id, P.EXPORT)
    listing = queries.PLACES.read(request.args)
    statement = queries.places_listed(listing, row)
    implied = set(queries.detail_of(row.id)["implied"])
    names = at.spec.names({place.host_id for place in queries.places_of(row.id)})
    columns = [
        Column(at.spec.words.person, "teacher.name"),
        Column(_("School"), "teacher.working_school.name"),
        Column(_("Stage"), "teacher.stage"),
        Column(_("Subject"), lambda place: presenting.subject(place.teacher)),
        Column(at.spec.words.host, lambda place: names[place.host_id]),
        Column(_("Which wish"), "wish_rank"),
        Column(_("The host's choice"), "host_rank"),
        Column(_("Way in km"), "km"),
        Column(_("Rural school"), "is_rural"),
        Column(_("Why this place"), lambda place: _("; ").join(presenting.reasons_of(place, implied))),
        Column(_("What became of it"), "status"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.PLACE_PARTS)),
        row.label,
        actor=current_user,
        subject="placement_place",
        fmt=asked_format(),
        filters={"proposal": row.label, **listing.in_words()},
        region_id=row.round.county_id,
    )


@page("/placement/proposals/<int:proposal_id>/hosts", right="read")
def placement_hosts(at: At, proposal_id: int) -> Page:
    """Each host with its free places and whom it gets."""
    row = solved_or_back(at, proposal_id)
    lines = presenting.host_lines(at.spec, queries.detail_of(row.id), queries.places_of(row.id))
    return render_template("studios/placement_hosts.html", **frame(at, row, "hosts"), lines=lines)


@page("/placement/proposals/<int:proposal_id>/left", right="read")
def placement_left(at: At, proposal_id: int) -> Page:
    """Who gets no place, with the reason for each wish."""
    row = solved_or_back(at, proposal_id)
    left = queries.left_people(queries.detail_of(row.id))
    listing = queries.LEFT.read(request.args)
    statement = queries.people_listed(listing, left)
    found = lists.fetch(db.session(), statement, listing, key=Teacher.id, options=queries.PERSON_PARTS)
    return render_template(
        "studios/placement_left.html",
        **frame(at, row, "left"),
        **lists.shown(listing, found),
        reasons=presenting.left_rows(at.spec, left, [person.id for person in found.items]),
        more={person.id: left[person.id]["more"] for person in found.items},
        no_host=queries.NO_HOST,
        hosts=[(line.id, line.name) for line in at.spec.hosts(row.round)],
        decided={one.teacher_id for one in queries.decisions_of(row.id) if one.is_active},
    )


@page("/placement/proposals/<int:proposal_id>/blocking", right="read")
def placement_blocking(at: At, proposal_id: int) -> Page:
    """Pairs who would both rather be together than as the proposal has them."""
    row = solved_or_back(at, proposal_id)
    blocking = queries.detail_of(row.id)["report"]["blocking"]
    shown = presenting.pairs(at.spec, blocking, queries.places_of(row.id))
    return render_template(
        "studios/placement_blocking.html", **frame(at, row, "blocking"), rows=shown, total=len(blocking)
    )


@page("/placement/proposals/<int:proposal_id>/changes", right="read")
def placement_changes(at: At, proposal_id: int) -> Page:
    """What distinguishes this proposal from the one it is based on."""
    row = solved_or_back(at, proposal_id)
    base = row.based_on
    if base is None or base.status is not ProposalStatus.SOLVED:
        abort(404)
    around, found = frame(at, row, "changes"), queries.changes_between(base.id, row.id)
    places = [*found.added, *found.removed, *(one for pair in found.moved for one in pair)]
    return render_template(
        "studios/placement_changes.html",
        **around,
        base=base,
        changes=found,
        names=at.spec.names({place.host_id for place in places}),
        why=presenting.causes(found, around["decisions"], at.spec, queries.detail_of(row.id)),
    )


# --- decisions ----------------------------------------------------------------------------------------------------


@page("/placement/proposals/<int:proposal_id>/decisions", right="read")
def placement_decisions(at: At, proposal_id: int) -> Page:
    """The decisions a proposal was solved with, and those for the next one."""
    row = at.proposal_or_404(proposal_id)
    around = frame(at, row, "decisions")
    typed = request.args.get("who", "").strip()[:60]
    return render_template(
        "studios/placement_decisions.html",
        **around,
        typed=typed,
        people=queries.teachers_like(row.round.county_id, typed) if typed else [],
        hosts=[(line.id, line.name) for line in at.spec.hosts(row.round)],
        names=at.spec.names({one.host_id for one in around["decisions"]}),
    )


@page("/placement/proposals/<int:proposal_id>/decide", right="edit", methods=("POST",))
def placement_decide(at: At, proposal_id: int) -> Page:
    """Record a decision about one person."""
    row = at.proposal_or_404(proposal_id, at.spec.edit)
    kind = request.form.get("kind", "")
    teacher_id = request.form.get("teacher_id", type=int)
    if kind not in set(PlacementDecisionKind) or teacher_id is None:
        abort(400)
    teacher = queries.teacher_in(row.round.county_id, teacher_id) or abort(404)
    return press(
        lambda: operations.decide(
            proposal=row,
            kind=PlacementDecisionKind(kind),
            teacher=teacher,
            host_id=request.form.get("host_id", type=int),
            actor=current_user,
            note=request.form.get("note", "").strip()[:300],
        ),
        _("Decided for %(name)s. Solve again for it to take effect.", name=teacher.name),
        _back(at, proposal_id),
    )


@page("/placement/decisions/<int:decision_id>/undo", right="edit", methods=("POST",))
def placement_undo(at: At, decision_id: int) -> Page:
    """Take a decision back."""
    row = queries.decision_of(current_user.grants, at.kind, at.spec.edit, decision_id) or abort(404)
    proposal_id = row.proposal_id
    return press(
        lambda: operations.undo(decision=row, actor=current_user),
        _("The decision was taken back. Solve again for it to take effect."),
        _back(at, proposal_id),
    )


def _back(at: At, proposal_id: int) -> str:
    """The list the person came from: only lists of this proposal are named, never an address that was sent in."""
    places = {"places": "placement_places", "left": "placement_left"}
    return at.url(places.get(request.form.get("from", ""), "placement_decisions"), proposal_id=proposal_id)


# --- solving and approving ----------------------------------------------------------------------------------------


@page("/placement/proposals/<int:proposal_id>/again", right="edit", methods=("GET", "POST"))
def placement_again(at: At, proposal_id: int) -> Page:
    """A new proposal from this one, with the decisions made since."""
    base = at.proposal_or_404(proposal_id, at.spec.edit)
    form = SolveAgainForm()
    form.offer_settings()
    if not form.is_submitted():
        form.load_settings(settings_of.complete(base.settings))
        form.is_same_data.data = True
    made: list[PlacementProposal] = []

    def act() -> None:
        made.append(
            operations.solve_again(
                proposal=base,
                settings=form.settings(),
                is_same_data=bool(form.is_same_data.data),
                actor=current_user,
            )
        )

    if form.validate_on_submit() and attempt(form, act):
        return redirect(at.url("placement_proposal", proposal_id=made[0].id), 303)
    base = at.proposal_or_404(proposal_id)
    rows = [one for one in queries.decisions_of(base.id) if one.is_active]
    names = at.spec.names({one.host_id for one in rows})
    body = render_template(
        "studios/placement_again.html", at=at, form=form, base=base, one=base.round, decisions=rows, names=names
    )
    return body, 422 if form.is_submitted() else 200


@page("/placement/proposals/<int:proposal_id>/retry", right="edit", methods=("POST",))
def placement_retry(at: At, proposal_id: int) -> Page:
    """Send a proposal that has no result to be solved once more."""
    row = at.proposal_or_404(proposal_id, at.spec.edit)
    back = at.url("placement_proposal", proposal_id=proposal_id)
    return press(lambda: operations.try_again(proposal=row, actor=current_user), _("It is being solved again."), back)


@page("/placement/proposals/<int:proposal_id>/cancel", right="edit", methods=("POST",))
def placement_stop(at: At, proposal_id: int) -> Page:
    """Stop the solve."""
    row = at.proposal_or_404(proposal_id, at.spec.edit)
    back = at.url("placement_proposal", proposal_id=proposal_id)
    return press(
        lambda: operations.cancel_solve(proposal=row, actor=current_user), _("The solve is being cancelled."), back
    )


@page("/placement/proposals/<int:proposal_id>/approve", right="approve", methods=("POST",))
def placement_approve(at: At, proposal_id: int) -> Page:
    """Approve a proposal: its places are given, and everybody is told."""
    row = at.proposal_or_404(proposal_id, at.spec.approve)
    return press(
        lambda: operations.approve(proposal=row, actor=current_user),
        _("The proposal was approved; the places are being given."),
        at.url("placement_round", round_id=row.round_id),
    )

"""Proposals of places: solved, decided about, solved again, approved. Whoever changes anything holds the round."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import joinedload

from app.audit.operations import Actor
from app.db import rows_changed
from app.db.clock import utc_now
from app.extensions import db
from app.jobs.models import Job
from app.jobs.operations import enqueue, request_cancel
from app.jobs.solving import settled_status
from app.studios.models import (
    GivenStatus,
    PlacementDecision,
    PlacementDecisionKind,
    PlacementProposal,
    PlacementRound,
    ProposalStatus,
    ProposedPlace,
    RoundStatus,
    host_columns,
)
from app.studios.operations.placement_rounds import held, held_open, log
from app.studios.placement_kinds import spec_of
from app.studios.placement_settings import complete
from app.teachers.models import Teacher
from app.web.errors import Refused

SOLVE, GIVE = "placement.solve", "placement.give"
D = PlacementDecisionKind


def fresh(proposal_id: int) -> PlacementProposal:
    """A proposal as it is now; its round must be held already."""
    return db.session.execute(
        select(PlacementProposal)
        .where(PlacementProposal.id == proposal_id)
        .options(joinedload(PlacementProposal.round))
        .execution_options(populate_existing=True)
    ).scalar_one()


def solve_round(*, one: PlacementRound, actor: Actor) -> PlacementProposal:
    """A first proposal, or another one, with the round's settings and the data of now."""
    one = held_open(one.id)
    return _sent(one, actor, settings=complete(one.settings))


def solve_again(
    *, proposal: PlacementProposal, settings: dict[str, Any], is_same_data: bool, actor: Actor
) -> PlacementProposal:
    """A proposal based on a solved one: its places are what the new one stays close to, its decisions come along."""
    one = held_open(proposal.round_id)
    base = fresh(proposal.id)
    if base.status is not ProposalStatus.SOLVED:
        raise Refused(_("Only a solved proposal can be the base of another."))
    decisions = _active(base.id)
    made = _new(one, actor, settings=complete(settings), based_on_id=base.id, is_same_data=is_same_data)
    for row in decisions:
        db.session.add(
            PlacementDecision(
                proposal_id=made.id,
                kind=row.kind,
                teacher_id=row.teacher_id,
                studio_id=row.studio_id,
                mentor_id=row.mentor_id,
                note=row.note,
                created_by_id=row.created_by_id,
            )
        )
    db.session.flush()
    return _send(one, made, actor)


def try_again(*, proposal: PlacementProposal, actor: Actor) -> PlacementProposal:
    """Send a proposal that has no result to be solved once more, with the decisions in force."""
    one = held_open(proposal.round_id)
    row = fresh(proposal.id)
    settle(row)
    if row.status.is_under_way:
        raise Refused(_("This proposal is already being solved."))
    if row.status is ProposalStatus.SOLVED:
        raise Refused(_("This proposal is solved and kept as it is. Solve again from it to change something."))
    return _send(one, row, actor)


def _sent(one: PlacementRound, actor: Actor, **values: Any) -> PlacementProposal:
    return _send(one, _new(one, actor, **values), actor)


def _new(one: PlacementRound, actor: Actor, **values: Any) -> PlacementProposal:
    last = db.session.scalar(select(func.max(PlacementProposal.number)).where(PlacementProposal.round_id == one.id))
    row = PlacementProposal(round_id=one.id, number=(last or 0) + 1, created_by_id=actor.id, **values)
    row.round = one
    db.session.add(row)
    db.session.flush()
    return row


def _send(one: PlacementRound, row: PlacementProposal, actor: Actor) -> PlacementProposal:
    of_row = PlacementDecision.proposal_id == row.id
    db.session.execute(delete(PlacementDecision).where(of_row, PlacementDecision.is_active.is_(False)))
    db.session.execute(update(PlacementDecision).where(of_row).values(is_input=True))
    job = enqueue(
        kind=SOLVE,
        payload={"proposal_id": row.id},
        actor=actor,
        region_id=one.county_id,
        subject_type=PlacementProposal.__tablename__,
        subject_id=row.id,
    )
    row.status, row.job_id, row.report = ProposalStatus.QUEUED, job.id, {}
    row.snapshot_id = row.problem_sha256 = None
    db.session.flush()
    log(one, row, "placement.solve", actor, after={"settings": row.settings, "based_on_id": row.based_on_id})
    return row


def settle(row: PlacementProposal) -> None:
    """Bring a proposal whose job ended without a word to the job's end."""
    row.status = settled_status(row.status, db.session.get(Job, row.job_id) if row.job_id else None)
    db.session.flush()


def cancel_solve(*, proposal: PlacementProposal, actor: Actor) -> None:
    """Ask the job to stop; a waiting one ends at once."""
    held(proposal.round_id)
    row = fresh(proposal.id)
    job = db.session.get(Job, row.job_id) if row.job_id else None
    if job is None or job.status.is_over:
        settle(row)
        raise Refused(_("This proposal is not being solved any more."))
    request_cancel(job, actor)
    settle(row)


# --- decisions ----------------------------------------------------------------------------------------------------


def decide(
    *,
    proposal: PlacementProposal,
    kind: PlacementDecisionKind,
    teacher: Teacher,
    host_id: int | None,
    actor: Actor,
    note: str = "",
) -> PlacementDecision:
    """Record a decision for the next solve. A new lock takes the place of an earlier one of that person."""
    one = held_open(proposal.round_id)
    proposal = fresh(proposal.id)
    if proposal.status.is_under_way:
        raise Refused(_("This proposal is being solved. Wait for it, or cancel it, before deciding more."))
    host_id = None if kind is D.NO_PLACE else host_id
    known = {line.id: line.name for line in spec_of(one).hosts(one)}
    if kind is not D.NO_PLACE and host_id not in known:
        raise Refused(_("Say which place this decision is about."))
    if teacher.county_id != one.county_id:
        raise Refused(_("Only teachers on the roster of the round's county take part."))
    for earlier in _in_the_way(proposal.id, kind, teacher.id, host_id):
        _take_back(earlier)
    row = PlacementDecision(
        proposal_id=proposal.id,
        kind=kind,
        teacher_id=teacher.id,
        note=note,
        created_by_id=actor.id,
        **host_columns(one.kind, host_id),
    )
    db.session.add(row)
    db.session.flush()
    told = {"kind": kind, "host": known.get(host_id or 0), "note": note}
    log(one, row, "placement.decision.add", actor, label=teacher.name, after=told)
    return row


def undo(*, decision: PlacementDecision, actor: Actor) -> None:
    """Take a decision back: the next solve is free of it."""
    proposal = fresh(decision.proposal_id)
    one = held_open(proposal.round_id)
    row = db.session.execute(
        select(PlacementDecision)
        .where(PlacementDecision.id == decision.id)
        .options(joinedload(PlacementDecision.teacher))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or not row.is_active:
        raise Refused(_("Somebody has already taken this decision back."))
    if proposal.status.is_under_way:
        raise Refused(_("This proposal is being solved. Wait for it, or cancel it, before deciding more."))
    log(one, row, "placement.decision.undo", actor, label=row.teacher.name, before={"kind": row.kind})
    _take_back(row)


def _active(proposal_id: int) -> list[PlacementDecision]:
    query = select(PlacementDecision).where(PlacementDecision.proposal_id == proposal_id, PlacementDecision.is_active)
    return list(db.session.scalars(query.order_by(PlacementDecision.id)))


def _in_the_way(
    proposal_id: int, kind: PlacementDecisionKind, teacher_id: int, host_id: int | None
) -> list[PlacementDecision]:
    """Decisions in force that the new one replaces: its own like, and one that it contradicts."""
    found = []
    for row in _active(proposal_id):
        if row.teacher_id != teacher_id:
            continue
        is_same_host = host_id is not None and row.host_id == host_id
        if is_same_host or (kind is not D.BAN and row.kind is not D.BAN):
            found.append(row)
    return found


def _take_back(row: PlacementDecision) -> None:
    if row.is_input:
        row.is_active = False
    else:
        db.session.delete(row)
    db.session.flush()


# --- approval -----------------------------------------------------------------------------------------------------


def approve(*, proposal: PlacementProposal, actor: Actor) -> Job:
    """Approve a solved proposal: of two people one approves, and a job gives the places."""
    row = fresh(proposal.id)
    one = row.round
    moved = rows_changed(
        db.session,
        update(PlacementRound)
        .where(PlacementRound.id == one.id, PlacementRound.status == RoundStatus.OPEN)
        .values(
            status=RoundStatus.APPROVED,
            approved_at=utc_now(),
            approved_by_label=actor.label,
            version=PlacementRound.version + 1,
        ),
    )
    if moved != 1:
        raise Refused(
            _("Somebody else was faster: this round has been approved or called off. Nothing was done twice.")
        )
    one = held(one.id)
    row = fresh(row.id)
    if row.status is not ProposalStatus.SOLVED:
        raise Refused(_("Only a solved proposal can be approved."))
    row.is_approved = True
    db.session.flush()
    counts = row.report["counts"]
    log(one, row, "placement.approve", actor, after={"placed": counts["placed"], "unplaced": counts["unplaced"]})
    return _give(one, row, actor)


def give_rest(*, one: PlacementRound, actor: Actor) -> Job:
    """Try the places again that could not be given, once what was in the way is out of it."""
    one = held(one.id)
    row = db.session.scalar(
        select(PlacementProposal)
        .where(PlacementProposal.round_id == one.id, PlacementProposal.is_approved)
        .options(joinedload(PlacementProposal.round))
    )
    job = db.session.get(Job, one.job_id) if one.job_id else None
    if row is None or (job is not None and not job.status.is_over):
        raise Refused(_("The places are being given now, or nothing was approved yet."))
    left = update(ProposedPlace).where(ProposedPlace.proposal_id == row.id, ProposedPlace.status == GivenStatus.REFUSED)
    if not rows_changed(db.session, left.values(status=GivenStatus.PROPOSED, problem="")) and not _waiting(row.id):
        raise Refused(_("Every place of this proposal has been given."))
    return _give(one, row, actor)


def _waiting(proposal_id: int) -> bool:
    query = select(func.count()).where(
        ProposedPlace.proposal_id == proposal_id, ProposedPlace.status == GivenStatus.PROPOSED
    )
    return bool(db.session.scalar(query))


def _give(one: PlacementRound, row: PlacementProposal, actor: Actor) -> Job:
    job = enqueue(
        kind=GIVE,
        payload={"round_id": one.id, "proposal_id": row.id},
        actor=actor,
        region_id=one.county_id,
        subject_type=PlacementRound.__tablename__,
        subject_id=one.id,
    )
    one.job_id = job.id
    db.session.flush()
    return job

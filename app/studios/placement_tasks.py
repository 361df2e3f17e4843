"""Solving a proposal of places, and giving the places of an approved one, as jobs."""

import zlib
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import joinedload, undefer

from app.accounts.models import User
from app.audit.operations import SYSTEM, Actor
from app.db.clock import today, utc_now
from app.db.packed import pack
from app.extensions import db
from app.jobs.handle import JobCancelled, JobHandle, JobLost
from app.jobs.models import Job
from app.jobs.operations import job_kind
from app.jobs.solving import reporter
from app.studios import placement, placement_telling
from app.studios.models import (
    GivenStatus,
    PlacementDecision,
    PlacementProposal,
    PlacementRound,
    PlacementSnapshot,
    ProposalStatus,
    ProposedPlace,
    host_columns,
)
from app.studios.operations.placement_proposals import GIVE, SOLVE
from app.studios.placement_kinds import number_of, spec_of
from app.studios.placement_wording import STEPS
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import reading

SHARES = {"read": 0.02, "edges": 0.04, "build": 0.06, "solve": 0.08, "conflict": 0.9, "verify": 0.92, "explain": 0.95}
SOLVING_SHARE = 0.82


def _to_proposal(job: Job) -> str:
    row = db.session.get(PlacementProposal, int(job.subject_id))
    one = db.session.get(PlacementRound, row.round_id) if row else None
    return url_for(f"{spec_of(one).blueprint}.placement_proposal", proposal_id=int(job.subject_id)) if one else "/"


def _to_round(job: Job) -> str:
    one = db.session.get(PlacementRound, int(job.subject_id))
    return url_for(f"{spec_of(one).blueprint}.placement_round", round_id=one.id) if one else "/"


@job_kind(SOLVE, label=_l("Solving a placement"), link=_to_proposal, stages=STEPS)
def solve_proposal(handle: JobHandle) -> dict[str, Any]:
    """Solve one proposal. Safe to take up again: until the last transaction nothing but its status has changed."""
    proposal_id = int(handle.payload["proposal_id"])
    try:
        problem, base = _prepare(handle, proposal_id)
        result = placement.solved(
            problem,
            base,
            progress=reporter(handle, SHARES, SOLVING_SHARE),
            cancelled=handle.is_cancelled,
            about=lambda stage: handle.report(SHARES[stage], stage),
        )
        handle.raise_if_cancelled()
    except (placement.Cancelled, JobCancelled) as ending:
        _end(handle, proposal_id, ProposalStatus.CANCELLED, {})
        raise JobCancelled(handle.job_id) from ending
    except placement.ProblemRefused as refusal:
        findings = [finding.to_dict() for finding in refusal.findings]
        _end(handle, proposal_id, ProposalStatus.FAILED, {"findings": findings})
        raise Refused(_("The data cannot be solved as they are: %(count)s problems.", count=len(findings))) from refusal
    except (placement.Unsound, placement.SolverFailed) as failure:
        _end(handle, proposal_id, ProposalStatus.FAILED, {"faults": [str(failure)]})
        raise Refused(
            _("The independent verifier did not confirm the solver's result, so nothing was stored.")
        ) from failure
    if result.summary["status"] == "infeasible":
        _end(handle, proposal_id, ProposalStatus.INFEASIBLE, result.summary)
        return {"status": "infeasible"}
    _store(handle, proposal_id, problem, result)
    return {"status": result.summary["status"], "places": len(result.solution["places"])}


def _prepare(handle: JobHandle, proposal_id: int) -> tuple[dict[str, Any], placement.Picture]:
    """Mark the proposal as being solved, take or find its snapshot, and put the problem together."""
    handle.report(SHARES["read"], "read")
    with handle.transaction():
        _mine(handle, proposal_id).status = ProposalStatus.SOLVING
    with reading():
        row = _mine(handle, proposal_id)
        base = _picture(row)
        decisions = db.session.scalars(
            select(PlacementDecision)
            .where(PlacementDecision.proposal_id == row.id, PlacementDecision.is_input)
            .order_by(PlacementDecision.id)
        ).all()
        problem = placement.compose(base, row.settings, decisions, _reference(row))
        db.session.rollback()
    with handle.transaction():
        row = _mine(handle, proposal_id)
        row.snapshot_id = _keep(row.round.county_id, base).id
    handle.raise_if_cancelled()
    return problem, base


def _picture(row: PlacementProposal) -> placement.Picture:
    """The data of the base proposal where the officer asked for the same, else of now."""
    if row.is_same_data and row.based_on_id is not None:
        kept = db.session.scalar(
            select(PlacementSnapshot)
            .join(PlacementProposal, PlacementProposal.snapshot_id == PlacementSnapshot.id)
            .where(PlacementProposal.id == row.based_on_id)
            .options(undefer(PlacementSnapshot.body))
        )
        if kept is not None:
            return placement.read(zlib.decompress(kept.body), kept.sha256)
    return placement.picture(row.round.kind, spec_of(row.round).collect(row.round, today()))


def _keep(county_id: int, base: placement.Picture) -> PlacementSnapshot:
    """Keep the data; what was kept before is found again by its digest."""
    known = db.session.scalar(
        select(PlacementSnapshot).where(
            PlacementSnapshot.county_id == county_id, PlacementSnapshot.sha256 == base.sha256
        )
    )
    if known is not None:
        return known
    row = PlacementSnapshot(
        county_id=county_id,
        sha256=base.sha256,
        body=zlib.compress(base.body, 6),
        applicant_count=len(base.problem["applicants"]),
        host_count=len(base.problem["hosts"]),
        place_count=base.places,
        taken_at=utc_now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _reference(row: PlacementProposal) -> list[tuple[int, int]]:
    places = db.session.scalars(
        select(ProposedPlace).where(ProposedPlace.proposal_id == row.based_on_id).order_by(ProposedPlace.id)
    )
    return [(place.teacher_id, place.host_id) for place in places]


def _store(handle: JobHandle, proposal_id: int, problem: dict[str, Any], result: placement.Result) -> None:
    people = {one["id"]: one for one in problem["applicants"]}
    hosts = {one["id"]: one for one in problem["hosts"]}
    with handle.transaction():
        row = _mine(handle, proposal_id)
        names = _pinyin([number_of(place["applicant"]) for place in result.solution["places"]])
        row.report, row.detail = result.summary, pack(result.detail)
        row.problem_sha256 = result.solution["problem_sha256"]
        row.status, row.solved_at = ProposalStatus.SOLVED, utc_now()
        db.session.execute(delete(ProposedPlace).where(ProposedPlace.proposal_id == row.id))
        db.session.add_all(
            ProposedPlace(
                proposal_id=row.id,
                teacher_id=number_of(place["applicant"]),
                name_pinyin=names[number_of(place["applicant"])],
                wish_rank=_within(place["applicant_rank"], people[place["applicant"]]["wishes"]),
                host_rank=_within(place["host_rank"], hosts[place["host"]]["wishes"]),
                km=None if place["km"] is None else round(place["km"], 1),
                is_rural=people[place["applicant"]]["rural"],
                why=place["why"],
                **host_columns(row.round.kind, number_of(place["host"])),
            )
            for place in result.solution["places"]
        )


def _within(rank: int, wishes: list[Any]) -> int | None:
    return rank if rank <= len(wishes) else None


def _pinyin(numbers: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for first in range(0, len(numbers), 500):
        part = select(Teacher.id, Teacher.name_pinyin).where(Teacher.id.in_(numbers[first : first + 500]))
        found |= dict(db.session.execute(part).tuples().all())
    return found


def _end(handle: JobHandle, proposal_id: int, status: ProposalStatus, report: dict[str, Any]) -> None:
    db.session.rollback()
    with handle.transaction():
        row = _mine(handle, proposal_id)
        row.status, row.report = status, report


def _mine(handle: JobHandle, proposal_id: int) -> PlacementProposal:
    """The proposal, if this job is still the one that solves it."""
    row = db.session.scalar(
        select(PlacementProposal)
        .where(PlacementProposal.id == proposal_id, PlacementProposal.job_id == handle.job_id)
        .options(joinedload(PlacementProposal.round))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise JobLost(handle.job_id)
    return row


# --- giving the places --------------------------------------------------------------------------------------------


@job_kind(GIVE, label=_l("Giving the places of a placement"), link=_to_round, stages=STEPS)
def give_places(handle: JobHandle) -> dict[str, Any]:
    """Give every proposed place that has not been given: host by host, each host's in one transaction. Who cannot get
    a place any more keeps everybody else from nothing; why not stands with the place."""
    proposal_id, round_id = int(handle.payload["proposal_id"]), int(handle.payload["round_id"])
    with reading():
        hosts = _hosts_left(proposal_id)
        db.session.rollback()
    counted = {"given": 0, "refused": 0}
    for number, host_id in enumerate(hosts):
        handle.report(number / max(1, len(hosts)), "give")
        with handle.transaction():
            one = db.session.get_one(PlacementRound, round_id)
            counted["given"] += _give_at(one, proposal_id, host_id, _actor(handle))
    with handle.transaction():
        counted["refused"] = len(_left(proposal_id, GivenStatus.REFUSED))
        placement_telling.outcome(db.session.get_one(PlacementRound, round_id), proposal_id)
    return counted


def _actor(handle: JobHandle) -> Actor:
    found = db.session.get(User, handle.requested_by_id) if handle.requested_by_id else None
    return found or SYSTEM


def _hosts_left(proposal_id: int) -> list[int]:
    return sorted({place.host_id for place in _left(proposal_id, GivenStatus.PROPOSED)})


def _left(proposal_id: int, status: GivenStatus, *at: ColumnElement[bool]) -> list[ProposedPlace]:
    return list(
        db.session.scalars(
            select(ProposedPlace)
            .where(ProposedPlace.proposal_id == proposal_id, ProposedPlace.status == status, *at)
            .options(joinedload(ProposedPlace.teacher))
            .order_by(ProposedPlace.host_rank.is_(None), ProposedPlace.host_rank, ProposedPlace.id)
        )
    )


def _give_at(one: PlacementRound, proposal_id: int, host_id: int, actor: Actor) -> int:
    spec, given = spec_of(one), 0
    column, number = next(item for item in host_columns(one.kind, host_id).items() if item[1] is not None)
    for place in _left(proposal_id, GivenStatus.PROPOSED, getattr(ProposedPlace, column) == number):
        try:
            with db.session.begin_nested():
                spec.give(actor, one, host_id, place.teacher, today())
        except Refused as refusal:
            place.status, place.problem = GivenStatus.REFUSED, str(refusal.message)
        else:
            place.status = GivenStatus.GIVEN
            given += 1
        db.session.flush()
    return given

"""What is worked out in the background: the boards every day, and the snapshot of each month."""

from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.audit.operations import Actor
from app.db.clock import today
from app.extensions import db
from app.jobs.handle import JobHandle
from app.jobs.models import Job
from app.jobs.operations import enqueue, job_kind
from app.jobs.periodic import periodic
from app.regions.models import Region
from app.targets.evaluators.evaluating import evaluate_all
from app.targets.evaluators.frame import Frame
from app.targets.models import CurrentFigure, FigureSnapshot, PackStatus, PolicyPack
from app.targets.operations.figures import keep_outcomes, take_snapshot
from app.targets.queries.packs import pack_of, packs_in_force
from app.web.transaction import reading

EVALUATE, DAILY, MONTHLY = "targets.evaluate", "targets.daily", "targets.monthly"
STAGES = {"counties": _l("County by county")}


def evaluate_soon(county: Region, *, actor: Actor) -> Job:
    """Ask for a county's boards to be worked out anew."""
    return enqueue(
        kind=EVALUATE,
        payload={"county_id": county.id},
        actor=actor,
        region_id=county.id,
        subject_type="region",
        subject_id=county.id,
    )


def _link(job: Job) -> str:
    return url_for("targets.board", county=int(job.subject_id))


@job_kind(EVALUATE, label=_l("Working out the policy targets"), link=_link)
def evaluate_county(handle: JobHandle) -> dict[str, Any]:
    """Every pack in force of one county, as of today."""
    return {"clauses": _work_out(handle, int(handle.payload["county_id"]), today(), is_kept_for_good=False)}


@job_kind(DAILY, label=_l("Policy targets of the day"), stages=STAGES)
def daily(handle: JobHandle) -> dict[str, Any]:
    """Every county's boards, as of today."""
    return _all_counties(handle, today(), is_kept_for_good=False)


@job_kind(MONTHLY, label=_l("Monthly snapshot of the policy targets"), stages=STAGES)
def monthly(handle: JobHandle) -> dict[str, Any]:
    """Every figure as it stands on the first of the month; a month that was kept already stays as it is."""
    return _all_counties(handle, today().replace(day=1), is_kept_for_good=True)


def counties_with_packs() -> list[int]:
    """The counties that adopted a pack."""
    query = select(PolicyPack.county_id).where(PolicyPack.status == PackStatus.ADOPTED).distinct()
    return list(db.session.scalars(query.order_by(PolicyPack.county_id)))


def _all_counties(handle: JobHandle, on: date, *, is_kept_for_good: bool) -> dict[str, Any]:
    with reading():
        counties = counties_with_packs()
        db.session.rollback()
    done = 0
    for number, county_id in enumerate(counties):
        handle.raise_if_cancelled()
        done += _work_out(handle, county_id, on, is_kept_for_good=is_kept_for_good)
        handle.report((number + 1) / len(counties), "counties")
    return {"counties": len(counties), "clauses": done}


def _work_out(handle: JobHandle, county_id: int, on: date, *, is_kept_for_good: bool) -> int:
    """Reads without a transaction that others would wait for, and writes the outcome in one."""
    with reading():
        rows = packs_in_force(county_id, on)
        frame = Frame([county_id], on)
        found = {row.id: evaluate_all(pack_of(row), frame) for row in rows}
        db.session.rollback()
    with handle.transaction():
        for pack_id, outcomes in found.items():
            row = db.session.get(PolicyPack, pack_id, options=[undefer(PolicyPack.content)])
            if row is None:
                continue
            if is_kept_for_good:
                take_snapshot(row, on=on, outcomes=outcomes)
            else:
                keep_outcomes(row, outcomes)
    return sum(map(len, found.values()))


def _is_month_open() -> bool:
    """Whether some pack in force has no snapshot of this month yet."""
    kept = select(FigureSnapshot.id).where(
        FigureSnapshot.pack_id == PolicyPack.id, FigureSnapshot.on == today().replace(day=1)
    )
    query = select(PolicyPack.id).where(
        PolicyPack.status == PackStatus.ADOPTED, PolicyPack.adopted_from <= today().replace(day=1), ~kept.exists()
    )
    return bool(db.session.scalar(select(query.exists())))


def _is_day_open() -> bool:
    """Whether some pack in force was not worked out today."""
    kept = select(CurrentFigure.id).where(CurrentFigure.pack_id == PolicyPack.id, CurrentFigure.computed_on == today())
    query = select(PolicyPack.id).where(PolicyPack.status == PackStatus.ADOPTED, ~kept.exists())
    return bool(db.session.scalar(select(query.exists())))


periodic(DAILY, every=timedelta(hours=6), unless_idle=_is_day_open)
periodic(MONTHLY, every=timedelta(hours=12), unless_idle=_is_month_open)

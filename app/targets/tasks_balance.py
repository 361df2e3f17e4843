"""No school year passes without its official figures: what nobody put on record by late August is recorded then."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.jobs.kinds import job_kind
from app.jobs.operations import JobHandle
from app.jobs.periodic import periodic
from app.regions.models import Region
from app.schools.models import School
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.models import BalanceRecord
from app.targets.operations.resources import record_balance
from app.targets.queries.balance import has_stage
from app.web.transaction import reading

CLOSE_YEAR = "targets.close_balance_year"
LAST_DAYS = timedelta(days=10)


def counties_without_record() -> list[int]:
    """The counties whose school year ends within days and is not on record."""
    day = today()
    if day < school_year(school_year_of(day)).last - LAST_DAYS:
        return []
    kept = exists().where(BalanceRecord.county_id == School.county_id, BalanceRecord.school_year == school_year_of(day))
    query = select(School.county_id).where(has_stage(), ~kept).distinct().order_by(School.county_id)
    return list(db.session.scalars(query))


@job_kind(CLOSE_YEAR, label=_l("Putting the school year’s balance figures on record"))
def close_year(handle: JobHandle) -> dict[str, Any]:
    """Record each county's figures, one transaction a county; what an officer recorded stays."""
    with reading():
        waiting = counties_without_record()
        db.session.rollback()
    for county_id in waiting:
        handle.raise_if_cancelled()
        with handle.transaction():
            record_balance(actor=SYSTEM, county=db.session.get_one(Region, county_id))
    return {"counties": len(waiting)}


periodic(CLOSE_YEAR, every=timedelta(days=1), unless_idle=lambda: bool(counties_without_record()))

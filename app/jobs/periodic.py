"""Work that comes round: each kind is enqueued by whichever worker's sweep finds it due.

    periodic("notices.digest", every=timedelta(minutes=10))

A room says so beside its job kind, which takes no payload. When it last came round stands in the database, so that of
several workers one enqueues it, and what fell due while none was running is done once when one runs again.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.audit.operations import SYSTEM
from app.db import rows_changed
from app.db.clock import utc_now
from app.extensions import db
from app.jobs.kinds import KINDS
from app.jobs.models import PeriodicWork
from app.jobs.operations import enqueue
from app.web.transaction import reading, transaction

PERIODIC: dict[str, tuple[timedelta, Callable[[], bool] | None]] = {}


def periodic(kind: str, *, every: timedelta, unless_idle: Callable[[], bool] | None = None) -> None:
    """Enqueue the job kind so often; with `unless_idle`, only where that says that there is something to do."""
    PERIODIC[kind] = (every, unless_idle)


def enqueue_due() -> list[str]:
    """Enqueue what is due, one transaction a kind; returns the kinds."""
    now = utc_now()
    with reading(), db.engine.connect() as connection:
        begun = dict(connection.execute(select(PeriodicWork.kind, PeriodicWork.last_at)).tuples().all())
    done = []
    for kind, (every, has_work) in PERIODIC.items():
        is_due = kind not in begun or begun[kind] <= now - every
        if kind in KINDS and is_due and (has_work is None or _asked(has_work)) and _take(kind, every):
            done.append(kind)
    return done


def _asked(has_work: Callable[[], bool]) -> bool:
    with reading():
        answer = has_work()
        db.session.rollback()
    return answer


def _take(kind: str, every: timedelta) -> bool:
    """Enqueue the kind where no other worker did meanwhile."""
    now = utc_now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    with transaction() as session:
        session.execute(insert(PeriodicWork).values(kind=kind, last_at=now - 2 * every).on_conflict_do_nothing())
        taken = rows_changed(
            session,
            update(PeriodicWork)
            .where(PeriodicWork.kind == kind, PeriodicWork.last_at <= now - every)
            .values(last_at=now),
        )
        if not taken:
            return False
        enqueue(kind=kind, payload={}, actor=SYSTEM)
    return True

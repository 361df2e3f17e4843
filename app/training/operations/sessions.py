"""Programmes and sessions: added, changed, opened, closed, cancelled; and how a session's places are shared out."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.audit.operations import Actor, changes
from app.extensions import db
from app.teachers.models import Teacher
from app.training import telling
from app.training.models import (
    HOLDING,
    Enrolment,
    SessionQuota,
    SessionStatus,
    TrainingProgramme,
    TrainingResult,
    TrainingSession,
)
from app.training.operations import places as place_operations
from app.training.operations.locking import locked_session
from app.training.operations.recording import record
from app.web.errors import Refused

MOST_PLACES, MOST_HOURS, LONGEST_DAYS = 20_000, Decimal(1000), 400
TOLD_CHANGES = ("begins_on", "ends_on", "daily_from", "daily_to", "venue")
NEXT: dict[SessionStatus, tuple[SessionStatus, ...]] = {
    SessionStatus.DRAFT: (SessionStatus.OPEN, SessionStatus.CANCELLED),
    SessionStatus.OPEN: (SessionStatus.CLOSED, SessionStatus.FINISHED, SessionStatus.CANCELLED),
    SessionStatus.CLOSED: (SessionStatus.OPEN, SessionStatus.FINISHED, SessionStatus.CANCELLED),
    SessionStatus.FINISHED: (SessionStatus.CLOSED,),
    SessionStatus.CANCELLED: (),
}


def add_programme(*, actor: Actor, region_id: int, school_id: int | None, **fields: Any) -> TrainingProgramme:
    """Add a programme of a region, or of one of its schools."""
    _check_free_name(region_id, school_id, fields["year"], fields["name"], None)
    row = TrainingProgramme(region_id=region_id, school_id=school_id, **fields)
    db.session.add(row)
    db.session.flush()
    record(actor, "training.programme.add", row, after=fields)
    return row


def change_programme(*, actor: Actor, programme: TrainingProgramme, **fields: Any) -> bool:
    """Change a programme; only what differs is written."""
    _check_free_name(
        programme.region_id,
        programme.school_id,
        fields.get("year", programme.year),
        fields.get("name", programme.name),
        programme.id,
    )
    before, after = changes(programme, fields)
    for name, value in after.items():
        setattr(programme, name, value)
    db.session.flush()
    if after:
        record(actor, "training.programme.edit", programme, before=before, after=after)
    return bool(after)


def _check_free_name(region_id: int, school_id: int | None, year: int, name: str, own_id: int | None) -> None:
    other = db.session.scalar(
        select(TrainingProgramme.id).where(
            TrainingProgramme.region_id == region_id,
            TrainingProgramme.school_id.is_(None) if school_id is None else TrainingProgramme.school_id == school_id,
            TrainingProgramme.year == year,
            TrainingProgramme.name == name,
            TrainingProgramme.id != (own_id or 0),
        )
    )
    if other is not None:
        raise Refused(_("There is already a programme “%(name)s” in %(year)s.", name=name, year=year))


def dates_problem(year: int, begins_on: date, ends_on: date) -> str | None:
    """What is wrong with the days of a session of a programme of that year; None where nothing is."""
    if abs(begins_on.year - year) > 1:
        return str(
            _(
                "The session would begin in %(found)s, but its programme is of %(year)s. Check the year.",
                found=begins_on.year,
                year=year,
            )
        )
    if ends_on < begins_on:
        return str(_("The session ends before it begins."))
    if (ends_on - begins_on).days >= LONGEST_DAYS:
        return str(_("A session lasts at most %(days)s days. Check the year of its end.", days=LONGEST_DAYS))
    return None


def add_session(*, actor: Actor, programme: TrainingProgramme, **fields: Any) -> TrainingSession:
    """Add a session to a programme; all its places are open to all at first."""
    _check(programme.year, fields)
    row = TrainingSession(
        programme_id=programme.id, region_id=programme.region_id, school_id=programme.school_id, **fields
    )
    row.quotas = [SessionQuota(places=row.places)]
    db.session.add(row)
    db.session.flush()
    record(actor, "training.session.add", row, after=fields)
    return row


def _check(year: int, fields: Mapping[str, Any]) -> None:
    if problem := dates_problem(year, fields["begins_on"], fields["ends_on"]):
        raise Refused(problem)
    if not 0 < fields["hours"] <= MOST_HOURS:
        raise Refused(_("A session has more than 0 and at most %(most)s hours.", most=MOST_HOURS))
    if not 0 < fields["places"] <= MOST_PLACES:
        raise Refused(_("A session has 1 to %(most)s places.", most=MOST_PLACES))


def change_session(*, actor: Actor, session: TrainingSession, year: int, **fields: Any) -> bool:
    """Change a session; whoever holds a place is told of another time or venue. More places move people up."""
    session = locked_session(session.id)
    fields = {name: getattr(session, name) for name in ("begins_on", "ends_on", "hours", "places")} | fields
    _check(year, fields)
    _refuse_finished(session)
    before, after = changes(session, fields)
    if "hours" in after and _has_results(session):
        raise Refused(_("Results are recorded with these hours. Change the hours of each result instead."))
    if "places" in after:
        _set_open_places(session, after.pop("places"))
        db.session.flush()
    for name, value in after.items():
        setattr(session, name, value)
    if after.keys() & {"begins_on", "ends_on", "daily_from", "daily_to", "is_on_site"}:
        _refuse_clashes(session)
    db.session.flush()
    told = {name: fields[name] for name in before}
    if told:
        record(actor, "training.session.edit", session, before=before, after=told)
    if before.keys() & set(TOLD_CHANGES) and session.status is not SessionStatus.DRAFT:
        telling.session_changed(session)
    if "places" in before:
        place_operations.move_up(actor=actor, session=session)
    return bool(told)


def _refuse_finished(session: TrainingSession) -> None:
    if session.status in (SessionStatus.FINISHED, SessionStatus.CANCELLED):
        raise Refused(
            _("%(name)s: %(status)s. It cannot be changed any more.", name=session.name, status=session.status.label)
        )


def _set_open_places(session: TrainingSession, wanted: int) -> None:
    """Bring the places open to all in line with the session's total."""
    reserved = sum(quota.places for quota in session.quotas if not quota.is_open)
    open_to_all = next(quota for quota in session.quotas if quota.is_open)
    if wanted - reserved < open_to_all.taken:
        raise Refused(
            _(
                "%(reserved)s places are set aside and %(taken)s of the others are taken: there cannot be fewer than"
                " %(least)s places.",
                reserved=reserved,
                taken=open_to_all.taken,
                least=reserved + open_to_all.taken,
            )
        )
    open_to_all.places, session.places = wanted - reserved, wanted
    db.session.flush()


def _has_results(session: TrainingSession) -> bool:
    query = select(Enrolment.id).where(Enrolment.session_id == session.id, Enrolment.result != TrainingResult.NONE)
    return db.session.scalar(query.limit(1)) is not None


def set_status(*, actor: Actor, session: TrainingSession, status: SessionStatus, reason: str | None = None) -> None:
    """Open, close, finish or cancel a session."""
    session = locked_session(session.id)
    if status is session.status:
        return
    if status not in NEXT[session.status]:
        raise Refused(
            _("%(name)s: %(status)s. This step is not possible now.", name=session.name, status=session.status.label)
        )
    if status is SessionStatus.CANCELLED:
        if not reason:
            raise Refused(_("Say why the session is cancelled; everybody enrolled reads it."))
        if _has_results(session):
            raise Refused(_("Results are recorded already. Withdraw them before you cancel the session."))
    before, session.status = session.status, status
    db.session.flush()
    action = "training.session.cancel" if status is SessionStatus.CANCELLED else "training.session.status"
    record(actor, action, session, before={"status": before}, after={"status": status}, reason=reason)
    if status is SessionStatus.CANCELLED:
        telling.session_cancelled(session, reason or "")
    if status in (SessionStatus.OPEN, SessionStatus.CLOSED):
        place_operations.move_up(actor=actor, session=session)


type Holder = tuple[str, int]


def set_quotas(*, actor: Actor, session: TrainingSession, wanted: Mapping[Holder, int]) -> bool:
    """Set places aside: ("school" or "county", id) → places. What is left over is open to all."""
    session = locked_session(session.id)
    _refuse_finished(session)
    standing = {_holder(quota): quota for quota in session.quotas if not quota.is_open}
    before = {_told(quota): quota.places for quota in standing.values()}
    _check_quotas(session, standing, wanted)
    for holder, number in wanted.items():
        if holder in standing:
            standing[holder].places = number
        elif number:
            kind, key = holder
            session.quotas.append(
                SessionQuota(
                    places=number,
                    school_id=key if kind == "school" else None,
                    county_id=key if kind == "county" else None,
                )
            )
    for holder, quota in standing.items():
        if not wanted.get(holder) and not quota.taken:
            session.quotas.remove(quota)
    _set_open_places(session, session.places)
    session = reload_quotas(session)
    after = {_told(quota): quota.places for quota in session.quotas if not quota.is_open}
    if before == after:
        return False
    record(actor, "training.session.quotas", session, before=before, after=after)
    place_operations.move_up(actor=actor, session=session)
    return True


def _check_quotas(
    session: TrainingSession, standing: Mapping[Holder, SessionQuota], wanted: Mapping[Holder, int]
) -> None:
    for holder, quota in standing.items():
        if wanted.get(holder, 0) < quota.taken:
            raise Refused(
                _("%(holder)s has filled %(taken)s of its places already.", holder=_told(quota), taken=quota.taken)
            )
    if sum(wanted.values()) > session.places:
        raise Refused(
            _(
                "%(reserved)s places would be set aside, but the session has %(places)s.",
                reserved=sum(wanted.values()),
                places=session.places,
            )
        )


def reload_quotas(session: TrainingSession) -> TrainingSession:
    """The session with its quotas as they are in the database."""
    return db.session.scalars(
        select(TrainingSession)
        .where(TrainingSession.id == session.id)
        .options(
            selectinload(TrainingSession.quotas).joinedload(SessionQuota.school),
            selectinload(TrainingSession.quotas).joinedload(SessionQuota.county),
        )
        .execution_options(populate_existing=True)
    ).one()


def _holder(quota: SessionQuota) -> Holder:
    return ("school", quota.school_id) if quota.school_id else ("county", quota.county_id or 0)


def _told(quota: SessionQuota) -> str:
    holder = quota.school or quota.county
    return holder.name if holder else ""


def _refuse_clashes(session: TrainingSession) -> None:
    """The people of a session that moves must be free at its new time."""
    people = select(Enrolment.teacher_id).where(Enrolment.session_id == session.id, Enrolment.status.in_(HOLDING))
    busy = clashing(list(db.session.scalars(people)), session)
    if busy:
        raise Refused(
            _(
                "These people are enrolled elsewhere at that time: %(names)s. Choose another time, or take them off the"
                " list first.",
                names=_("; ").join(
                    _("%(name)s (%(session)s)", name=name, session=other) for name, other in list(busy.values())[:8]
                ),
            )
        )


def clashing(teacher_ids: Sequence[int], session: TrainingSession) -> dict[int, tuple[str, str]]:
    """Who of the teachers holds a place, or asked for one, in another session on site at the same time:
    teacher → (name, the other session)."""
    if not session.is_on_site or not teacher_ids:
        return {}
    other = TrainingSession
    rows = db.session.execute(
        select(Enrolment.teacher_id, Teacher.name, other)
        .join(other, other.id == Enrolment.session_id)
        .join(Teacher, Teacher.id == Enrolment.teacher_id)
        .where(
            Enrolment.teacher_id.in_(teacher_ids),
            Enrolment.status.in_(HOLDING),
            other.id != session.id,
            other.is_on_site,
            other.status != SessionStatus.CANCELLED,
            other.begins_on <= session.ends_on,
            other.ends_on >= session.begins_on,
        )
        .order_by(other.begins_on, other.id)
    )
    found: dict[int, tuple[str, str]] = {}
    for teacher_id, name, taken in rows.tuples():
        if _hours_meet(session, taken):
            found.setdefault(teacher_id, (name, _when(taken)))
    return found


def _hours_meet(one: TrainingSession, other: TrainingSession) -> bool:
    """Whether two sessions of the same day are at the same time; without times a session takes the whole day."""
    start, end = one.daily_from or time.min, one.daily_to or time.max
    return start < (other.daily_to or time.max) and (other.daily_from or time.min) < end


def _when(session: TrainingSession) -> str:
    if session.begins_on == session.ends_on:
        return f"{session.name}, {session.begins_on}"
    return f"{session.name}, {session.begins_on} – {session.ends_on}"

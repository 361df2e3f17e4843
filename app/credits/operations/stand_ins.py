"""Who reviews in whose place, from when to when."""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.accounts.models import User
from app.audit.operations import Actor
from app.credits.access import CHECK, CONFIRM
from app.credits.models import CreditStandIn
from app.db.clock import today
from app.extensions import db
from app.schools.models import School
from app.web.errors import Refused

LONGEST = timedelta(days=366)


def appoint(
    *, actor: Actor, for_user: User, user: User, county_id: int, from_on: date, to_on: date, reason: str
) -> CreditStandIn:
    """Let somebody review in a reviewer's place. They get no other right of the reviewer's."""
    school_id = next((g.school_id for g in for_user.grants if g.school_id and g.allows(CHECK)), None)
    if not any(grant.allows(CHECK) or grant.allows(CONFIRM) for grant in for_user.grants):
        raise Refused(_("%(name)s reviews no claims.", name=for_user.name))
    if user.id == for_user.id or not user.active:
        raise Refused(_("Choose another person, whose account is in use."))
    if to_on < from_on or to_on < today():
        raise Refused(_("The last day lies before the first, or is over."))
    if to_on - from_on > LONGEST:
        raise Refused(_("A stand-in is named for a year at most."))
    same = select(CreditStandIn.id).where(
        CreditStandIn.for_user_id == for_user.id,
        CreditStandIn.user_id == user.id,
        CreditStandIn.ended_on.is_(None),
        CreditStandIn.from_on <= to_on,
        CreditStandIn.to_on >= from_on,
    )
    if db.session.scalar(same) is not None:
        raise Refused(_("%(name)s stands in on some of these days already.", name=user.name))
    if school_id is not None:
        county_id = db.session.get_one(School, school_id).county_id
    row = CreditStandIn(
        for_user_id=for_user.id,
        user_id=user.id,
        county_id=county_id,
        school_id=school_id,
        from_on=from_on,
        to_on=to_on,
        reason=(reason or "").strip()[:200],
        created_by_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor,
        action="credit_stand_in.add",
        subject=row,
        subject_label=f"{user.label} → {for_user.label}",
        after={"from_on": from_on, "to_on": to_on},
        reason=row.reason or None,
        region_id=county_id,
        school_id=school_id,
    )
    return row


def end(*, actor: Actor, stand_in: CreditStandIn) -> None:
    """End it today; what was decided stays."""
    if stand_in.ended_on is not None:
        raise Refused(_("This has ended already."))
    stand_in.ended_on = today()
    db.session.flush()
    audit.record(
        actor=actor,
        action="credit_stand_in.end",
        subject=stand_in,
        subject_label=f"{stand_in.user_id} → {stand_in.for_user_id}",
        region_id=stand_in.county_id,
        school_id=stand_in.school_id,
    )

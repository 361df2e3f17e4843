"""Budgets and expenses of schools for training."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import Actor, changes
from app.audit.operations import record as write
from app.db.clock import today
from app.extensions import db
from app.schools.models import School
from app.training.models import TrainingBudget, TrainingSpending
from app.web.errors import Refused

MOST_YUAN = Decimal(10) ** 10


def set_budget(
    *, actor: Actor, school: School, year: int, public_funds: Decimal, planned: Decimal, budget: TrainingBudget | None
) -> TrainingBudget:
    """Set a school's public funds of a year, and what of them is for training."""
    if not 0 < public_funds <= MOST_YUAN:
        raise Refused(_("The public funds are more than 0 yuan and at most %(most)s.", most=f"{MOST_YUAN:,}"))
    if not 0 <= planned <= public_funds:
        raise Refused(_("What is set aside for training is part of the public funds: it cannot exceed them."))
    fields = {"public_funds": public_funds, "planned": planned}
    if budget is None:
        budget = TrainingBudget(school_id=school.id, year=year, **fields)
        db.session.add(budget)
        before, after = dict[str, Any](), dict[str, Any](fields)
    else:
        before, after = changes(budget, fields)
        budget.public_funds, budget.planned = public_funds, planned
    db.session.flush()
    if after:
        write(
            actor=actor,
            action="training.budget.set",
            subject_type=TrainingBudget.__tablename__,
            subject_id=budget.id,
            subject_label=f"{school.name} {year}",
            before=before or None,
            after=after,
            region_id=school.county_id,
            school_id=school.id,
        )
    return budget


def save_spending(
    *, actor: Actor, school: School, spending: TrainingSpending | None = None, spent_on: date, **fields: Any
) -> TrainingSpending:
    """Enter an expense, or change one."""
    if spent_on > today() or spent_on.year < 2000:
        raise Refused(_("An expense has been made: its day is today or earlier, and not before 2000."))
    if not 0 < fields["amount"] <= MOST_YUAN:
        raise Refused(_("An expense is more than 0 yuan and at most %(most)s.", most=f"{MOST_YUAN:,}"))
    values = {"spent_on": spent_on, "year": spent_on.year, **fields}
    action = "training.spending.add" if spending is None else "training.spending.edit"
    if spending is None:
        spending = TrainingSpending(school_id=school.id, **values)
        db.session.add(spending)
        before, after = dict[str, Any](), dict[str, Any](values)
    else:
        before, after = changes(spending, values)
        for name, value in after.items():
            setattr(spending, name, value)
    db.session.flush()
    if after:
        _record(actor, action, school, spending, before or None, after)
    return spending


def remove_spending(*, actor: Actor, school: School, spending: TrainingSpending) -> None:
    """Take an expense off the books; the log keeps what it was."""
    before = {name: getattr(spending, name) for name in ("spent_on", "amount", "purpose")}
    _record(actor, "training.spending.remove", school, spending, before, None)
    db.session.delete(spending)
    db.session.flush()


def budget_of(school_id: int, year: int) -> TrainingBudget | None:
    """A school's budget of a year."""
    query = select(TrainingBudget).where(TrainingBudget.school_id == school_id, TrainingBudget.year == year)
    return db.session.scalar(query)


def _record(
    actor: Actor,
    action: str,
    school: School,
    spending: TrainingSpending,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    write(
        actor=actor,
        action=action,
        subject=spending,
        before=before,
        after=after,
        region_id=school.county_id,
        school_id=school.id,
    )

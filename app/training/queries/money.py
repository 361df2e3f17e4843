"""Budgets and expenses: what schools set aside of their public funds, against the Five per cent rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ColumnElement, Select, func, select, type_coerce
from sqlalchemy.orm import joinedload

from app.access import Grant, Permission
from app.extensions import db
from app.schools.access import schools_where
from app.schools.models import School
from app.schools.queries import COUNTY_FILTER, NAME
from app.training.access import spendings_where
from app.training.models import TrainingBudget, TrainingSpending
from app.web import lists
from app.web.lists import Listing, ListSpec

PERCENT = 5
_STATES = (
    ("reached", _l("Five per cent set aside")),
    ("short", _l("Below five per cent")),
    ("none", _l("No budget entered")),
)
BUDGETS = ListSpec(
    "training.budgets",
    filters=(
        lists.whole("year", _l("Year"), minimum=2000, maximum=2100),
        COUNTY_FILTER,
        lists.choice("state", _l("Budget"), lambda: _STATES),
    ),
    sorts={"name": NAME},
)


@dataclass(frozen=True, slots=True)
class Account:
    """A school's training money of one year. Shares are exact; they are rounded only to be shown."""

    budget: TrainingBudget | None
    spent: Decimal

    @property
    def share_planned(self) -> Fraction | None:
        """What of the public funds is set aside."""
        return self._share(self.budget.planned) if self.budget else None

    @property
    def share_spent(self) -> Fraction | None:
        """What of the public funds was spent."""
        return self._share(self.spent)

    @property
    def is_reached(self) -> bool | None:
        """Whether at least 5 % is set aside, judged before rounding; None without a budget."""
        return None if self.share_planned is None else self.share_planned * 100 >= PERCENT

    @property
    def left(self) -> Decimal | None:
        """What of the money set aside is not spent yet."""
        return self.budget.planned - self.spent if self.budget else None

    def _share(self, amount: Decimal) -> Fraction | None:
        return Fraction(amount) / Fraction(self.budget.public_funds) if self.budget else None


def shown_share(share: Fraction | None) -> str:
    """A share in per cent to two places, cut and not rounded: 4.999 % never looks like the 5 % it misses."""
    if share is None:
        return "–"
    hundredths = share * 10_000
    whole = hundredths.numerator // hundredths.denominator
    return f"{whole // 100}.{whole % 100:02d} %"


def schools_listed(listing: Listing, reach: ColumnElement[bool], year: int) -> Select[Any]:
    """The schools that the list of budgets asks for."""
    conditions = [reach, School.is_active]
    if county := listing.get("county"):
        conditions.append(School.county_id == county)
    if listing.search:
        conditions.append(School.name.contains(listing.search, autoescape=True))
    if state := listing.get("state"):
        of_year = select(TrainingBudget.school_id).where(TrainingBudget.year == year)
        # Both sides in hundredths of a yuan: whole numbers, compared as they are.
        enough = type_coerce(TrainingBudget.planned, BigInteger) * 100 >= (
            type_coerce(TrainingBudget.public_funds, BigInteger) * PERCENT
        )
        ways = {
            "none": School.id.not_in(of_year),
            "reached": School.id.in_(of_year.where(enough)),
            "short": School.id.in_(of_year.where(~enough)),
        }
        conditions.append(ways[state])
    return select(School).where(*conditions)


def accounts(school_ids: Sequence[int], year: int) -> dict[int, Account]:
    """The accounts of some schools, in two queries."""
    budgets = {
        row.school_id: row
        for row in db.session.scalars(
            select(TrainingBudget).where(TrainingBudget.school_id.in_(school_ids), TrainingBudget.year == year)
        )
    }
    spent = dict(
        db.session.execute(
            select(TrainingSpending.school_id, func.sum(TrainingSpending.amount))
            .where(TrainingSpending.school_id.in_(school_ids), TrainingSpending.year == year)
            .group_by(TrainingSpending.school_id)
        )
        .tuples()
        .all()
    )
    return {key: Account(budgets.get(key), spent.get(key) or Decimal(0)) for key in school_ids}


@dataclass(frozen=True, slots=True)
class Totals:
    """All schools within reach together."""

    schools: int
    with_budget: int
    reached: int
    public_funds: Decimal
    planned: Decimal
    spent: Decimal


def totals(reach: ColumnElement[bool], year: int) -> Totals:
    """The figures of a year, over the schools within reach."""
    here = select(School.id).where(reach, School.is_active)
    enough = type_coerce(TrainingBudget.planned, BigInteger) * 100 >= (
        type_coerce(TrainingBudget.public_funds, BigInteger) * PERCENT
    )
    mine = (TrainingBudget.year == year, TrainingBudget.school_id.in_(here))
    number, funds, planned = db.session.execute(
        select(func.count(), func.sum(TrainingBudget.public_funds), func.sum(TrainingBudget.planned)).where(*mine)
    ).one()
    reached = db.session.scalar(select(func.count()).select_from(TrainingBudget).where(*mine, enough)) or 0
    spent = db.session.scalar(
        select(func.sum(TrainingSpending.amount)).where(
            TrainingSpending.year == year, TrainingSpending.school_id.in_(here)
        )
    )
    schools = db.session.scalar(select(func.count()).select_from(here.subquery())) or 0
    zero = Decimal(0)
    return Totals(schools, number, reached, funds or zero, planned or zero, spent or zero)


def spendings_of(school_id: int, year: int) -> Sequence[TrainingSpending]:
    """The expenses of a school in a year, the newest first."""
    return db.session.scalars(
        select(TrainingSpending)
        .where(TrainingSpending.school_id == school_id, TrainingSpending.year == year)
        .order_by(TrainingSpending.spent_on.desc(), TrainingSpending.id.desc())
        .options(joinedload(TrainingSpending.session))
    ).all()


def one_spending(spending_id: int, grants: Iterable[Grant], permission: Permission) -> TrainingSpending | None:
    """An expense within reach."""
    return db.session.scalar(
        select(TrainingSpending)
        .where(TrainingSpending.id == spending_id, spendings_where(grants, permission))
        .options(joinedload(TrainingSpending.school), joinedload(TrainingSpending.session))
    )


def one_school(school_id: int, grants: Iterable[Grant], permission: Permission) -> School | None:
    """A school within reach."""
    return db.session.scalar(select(School).where(School.id == school_id, schools_where(grants, permission)))


def session_spent(session_id: int, reach: ColumnElement[bool]) -> Decimal:
    """What the schools within reach spent for a session."""
    query = select(func.sum(TrainingSpending.amount)).where(TrainingSpending.session_id == session_id, reach)
    return db.session.scalar(query) or Decimal(0)

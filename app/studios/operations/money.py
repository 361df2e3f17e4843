"""A studio's money: grants by the centre, expenses by the host; what goes beyond the grant says so."""

from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from app.audit.operations import Actor
from app.db.clock import today
from app.extensions import db
from app.studios.models import SpendingCategory, Studio, StudioGrant, StudioSpending
from app.studios.operations.common import locked, note
from app.studios.queries.work import money_of
from app.web.errors import Refused

MOST_YUAN = Decimal(10) ** 9


def save_grant(
    *, actor: Actor, studio: Studio, row: StudioGrant | None = None, year: int, amount: Decimal, source: str
) -> StudioGrant:
    """Grant money to a studio, or correct a grant."""
    studio = locked(studio.id)
    check_amount(amount)
    same = db.session.scalar(
        db.select(StudioGrant.id).where(
            StudioGrant.studio_id == studio.id,
            StudioGrant.year == year,
            StudioGrant.source == source,
            StudioGrant.id != (row.id if row else 0),
        )
    )
    if same:
        raise Refused(_("%(source)s has a grant for %(year)s already; correct that one.", source=source, year=year))
    before = None if row is None else {"year": row.year, "amount": row.amount, "source": row.source}
    row = row or StudioGrant(studio_id=studio.id)
    row.year, row.amount, row.source = year, amount, source
    db.session.add(row)
    db.session.flush()
    action = "studio.grant.edit" if before else "studio.grant.add"
    note(actor, action, row, studio, before=before, after={"year": year, "amount": amount, "source": source})
    return row


def save_spending(
    *,
    actor: Actor,
    studio: Studio,
    row: StudioSpending | None = None,
    spent_on: date,
    category: SpendingCategory,
    amount: Decimal,
    purpose: str,
    beyond_reason: str | None,
) -> StudioSpending:
    """Enter an expense, or change one. Where it goes beyond what was granted, it must say why."""
    studio = locked(studio.id)
    check_amount(amount)
    if spent_on > today() or spent_on.year < 2000:
        raise Refused(_("An expense has been made: its day is today or earlier, and not before 2000."))
    granted, spent = money_of(studio.id)
    left = granted - spent + (row.amount if row else 0)
    if amount > left and not beyond_reason:
        raise Refused(
            _(
                "%(left)s yuan are left of the grant, and this expense is %(amount)s yuan. Say why it goes beyond the"
                " grant, and who bears it; or correct the amount.",
                left=f"{max(left, Decimal(0)):,.2f}",
                amount=f"{amount:,.2f}",
            )
        )
    before = None if row is None else {"amount": row.amount, "category": row.category, "purpose": row.purpose}
    row = row or StudioSpending(studio_id=studio.id)
    row.year, row.spent_on, row.category = spent_on.year, spent_on, category
    row.amount, row.purpose = amount, purpose
    row.beyond_reason = beyond_reason if amount > left else None
    db.session.add(row)
    db.session.flush()
    action = "studio.spending.edit" if before else "studio.spending.add"
    after = {"amount": amount, "category": category, "purpose": purpose}
    note(actor, action, row, studio, before=before, after=after, reason=row.beyond_reason)
    return row


def delete_spending(*, actor: Actor, studio: Studio, row: StudioSpending) -> None:
    """Delete an expense that was entered by mistake."""
    note(actor, "studio.spending.delete", row, studio, before={"amount": row.amount, "purpose": row.purpose})
    db.session.delete(row)
    db.session.flush()


def check_amount(amount: Decimal) -> None:
    """An amount of money: more than nothing, to the fen."""
    if not amount.is_finite() or not 0 < amount <= MOST_YUAN or amount != round(amount, 2):
        raise Refused(
            _("An amount is more than 0 yuan and at most %(most)s, with at most two decimal places.",
              most=f"{MOST_YUAN:,}")
        )  # fmt: skip

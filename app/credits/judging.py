"""What is wrong with a claim as it stands, in sentences beside its fields. Knows no form."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from app.credits.models import MOST_HOURS
from app.credits.rules import Kind, Measure, Rules

EARLIEST = date(2011, 1, 1)
MOST_A_DAY = 12
TITLE_LENGTH, PROVIDER_LENGTH = 200, 120


@dataclass(frozen=True, slots=True)
class Facts:
    """What a claim says, as far as it could be read."""

    kind_code: str | None = None
    level_code: str | None = None
    title: str = ""
    provider: str = ""
    from_on: date | None = None
    done_on: date | None = None
    quantity: Decimal | None = None


def problems_of(facts: Facts, rules: Rules, today: date) -> dict[str, str]:
    """Field → sentence, for everything that keeps a claim from being handed in."""
    found: dict[str, str] = {}
    if not facts.title:
        found["title"] = _("Say what it was, for example the name of the course.")
    found |= _dates(facts, rules, today)
    kind = rules.kinds.get(facts.kind_code or "")
    if kind is None or not kind.is_claimable:
        found["kind"] = _("Choose the kind of training.")
        return found
    return found | _amount(facts, kind)


def _dates(facts: Facts, rules: Rules, today: date) -> dict[str, str]:
    found = {}
    for name, day in (("from_on", facts.from_on), ("done_on", facts.done_on)):
        if day is None:
            found[name] = _("Say on which day.")
        elif day > today:
            found[name] = _("%(day)s has not come yet. Log training once it is over.", day=day.isoformat())
        elif day < EARLIEST:
            found[name] = _(
                "%(day)s lies before %(first)s, when training hours began to be counted. Check the year.",
                day=day.isoformat(),
                first=EARLIEST.isoformat(),
            )
    if facts.from_on and facts.done_on and not found:
        if facts.done_on < facts.from_on:
            found["done_on"] = _("The last day lies before the first.")
        elif _months(facts.done_on, today) > rules.window_months:
            found["done_on"] = _(
                "Training can be logged up to %(months)s months after it ended. Ask the development centre.",
                months=rules.window_months,
            )
    return found


def _months(since: date, today: date) -> int:
    return (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)


def _amount(facts: Facts, kind: Kind) -> dict[str, str]:
    """Whether the quantity or the level gives hours that can be."""
    if kind.measure is Measure.LEVEL:
        if kind.award(None, facts.level_code) is None:
            return {"level": _("Choose the level; the hours follow from it.")}
        return {}
    quantity = facts.quantity
    if quantity is None:
        return {"quantity": _("Write how much it was, as a number such as 8 or 1.5.")}
    if not quantity.is_finite() or quantity <= 0:
        return {"quantity": _("This must be more than 0.")}
    if quantity > MOST_HOURS:
        return {"quantity": _("No training lasts longer than %(most)s.", most=f"{MOST_HOURS:,}")}
    if quantity != round(quantity, 2):
        return {"quantity": _("Write at most two decimal places, such as 1.25.")}
    hours = kind.award(int(quantity * 100), facts.level_code)
    if hours is None:
        return {"quantity": _("Less than one %(unit)s counts nothing.", unit=kind.unit_label)}
    if hours > MOST_HOURS * 100:
        return {"quantity": _("That would be %(hours)s hours; no training lasts so long.", hours=f"{hours / 100:,.0f}")}
    if kind.measure is Measure.HOURS and facts.from_on and facts.done_on and facts.from_on <= facts.done_on:
        days = (facts.done_on - facts.from_on).days + 1
        if quantity > MOST_A_DAY * days:
            return {
                "quantity": _(
                    "%(hours)s hours do not fit into %(days)s days: at most %(most)s a day count. Check the days.",
                    hours=f"{quantity.normalize():f}",
                    days=days,
                    most=MOST_A_DAY,
                )
            }
    return {}

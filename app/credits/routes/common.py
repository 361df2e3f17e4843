"""What the pages share: rows within reach or 404, and refusals shown where they can be mended."""

from flask import abort, request
from flask_login import current_user

from app.access import Permission
from app.credits.access import Reviewer, editable_rule_sets_where
from app.credits.models import CreditRuleSet
from app.credits.queries import claims as queries
from app.credits.rules import Rules
from app.db.clock import today
from app.extensions import db
from app.regions.models import Region
from app.teachers.models import Teacher

P = Permission


def own_teacher() -> Teacher:
    """The teacher that the present person is; 404 for who is none."""
    number = current_user.teacher_id
    teacher = db.session.get(Teacher, number) if number else None
    return teacher or abort(404)


def chosen_county() -> Region:
    """The county that the query string names, else the person's first; 404 for one beyond reach."""
    found = queries.counties(current_user.grants)
    asked = request.values.get("county", type=int)
    return next((c for c in found if asked in (None, c.id)), None) or abort(404)


def reviewer() -> Reviewer:
    """The present person as a reviewer."""
    return Reviewer(current_user, today())


def rule_set_or_404(number: int, *, to_edit: bool = False) -> CreditRuleSet:
    """A version within reach."""
    extra = [editable_rule_sets_where(current_user.grants)] if to_edit else []
    return queries.rule_set_where(current_user.grants, number, *extra) or abort(404)


def in_unit(rules: Rules, hundredths: int | None) -> str:
    """An amount as the rules show it: hours, or credits where they count in credits."""
    if hundredths is None:
        return "–"
    value = hundredths / 100 / float(rules.hours_per_credit) if rules.shows_credits else hundredths / 100
    return f"{value:,.2f}".rstrip("0").rstrip(".")

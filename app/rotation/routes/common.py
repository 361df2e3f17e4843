"""What the pages of this room share: rows within reach or 404, and refusals shown where they can be mended."""

from collections.abc import Callable
from typing import Any

from flask import abort
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.rotation.models import RotationPlan, Scenario
from app.rotation.queries import plans, scenarios
from app.web.errors import Refused
from app.web.forms import Form, VersionedForm
from app.web.lists import Found, Listing

type Page = str | Response | tuple[str, int]
P = Permission


def plan_or_404(plan_id: int, permission: Permission = P.PLAN_READ) -> RotationPlan:
    """A plan within the person's reach."""
    return plans.plan_of(current_user.grants, permission, plan_id) or abort(404)


def scenario_or_404(scenario_id: int, permission: Permission = P.PLAN_READ) -> Scenario:
    """A scenario within the person's reach."""
    return scenarios.scenario_of(current_user.grants, permission, scenario_id) or abort(404)


def attempt(form: Form, action: Callable[[], Any]) -> bool:
    """Do what a form asks for; a refusal becomes the form's error, and nothing of the attempt stays."""
    try:
        action()
        db.session.flush()
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal.message))
        return False
    except StaleDataError:
        db.session.rollback()
        form.form_errors.append(str(VersionedForm.STALE))
        return False
    return True


def may_edit(plan: RotationPlan, permission: Permission = P.PLAN_EDIT) -> bool:
    """Whether the person may change this very plan."""
    return plans.plan_of(current_user.grants, permission, plan.id) is not None


def shown(listing: Listing, found: Found[Any]) -> dict[str, Any]:
    """What the template of a list inside a record needs beside its rows."""
    return {
        "listing": listing,
        "found": found,
        "rows": found.items,
        "chips": listing.chips(),
        "filters": {one.name: one for one in listing.spec.filters},
    }

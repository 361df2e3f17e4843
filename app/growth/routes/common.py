"""What the pages of this room share: a refusal becomes the form's error, and counties a person answers for."""

from collections.abc import Callable
from typing import Any

from flask import abort
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.growth.queries.draws import counties_of
from app.regions.models import Region
from app.web.errors import Refused
from app.web.forms import Form, VersionedForm

type Page = str | Response | tuple[str, int]


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


def county_or_404(county_id: int) -> Region:
    """A county that the person answers for."""
    counties = {county.id: county for county in counties_of(current_user.grants, Permission.GROWTH_EDIT)}
    return counties.get(county_id) or abort(404)

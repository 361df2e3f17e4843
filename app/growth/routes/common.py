"""What the pages of this room share: a refusal becomes the form's error, and counties a person answers for."""

from flask import abort
from flask_login import current_user

from app.access import Permission
from app.growth.queries.draws import counties_of
from app.regions.models import Region


def county_or_404(county_id: int) -> Region:
    """A county that the person answers for."""
    counties = {county.id: county for county in counties_of(current_user.grants, Permission.GROWTH_EDIT)}
    return counties.get(county_id) or abort(404)

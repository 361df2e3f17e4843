"""What the pages of this room share: counties a person answers for, and a mentor pair as both sides see it."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.growth.forms.mentors import term_label
from app.growth.models import MentorPair, PairSide, PairStatus
from app.growth.queries import mentors
from app.growth.queries.draws import counties_of
from app.regions.models import Region
from app.web.attempts import Page


def county_or_404(county_id: int) -> Region:
    """A county that the person answers for."""
    counties = {county.id: county for county in counties_of(current_user.grants, Permission.GROWTH_EDIT)}
    return counties.get(county_id) or abort(404)


def pair_page(
    row: MentorPair, *, side: PairSide | None = None, may_arrange: bool = False, entries: Sequence[Any] = ()
) -> Page:
    """One pair: the agreement, the terms with reports and lessons, the appraisal; `entries` are its history."""
    return render_template(
        "growth/mentors_pair.html",
        pair=row,
        terms=mentors.terms_of(row, today()),
        term_label=term_label,
        sides=PairSide,
        side=side,
        statuses=PairStatus,
        may_arrange=may_arrange,
        entries=entries,
    )

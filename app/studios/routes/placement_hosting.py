"""Where a studio's host says whom the studio would take; and the pages of placements in studios."""

from flask import abort, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.extensions import db
from app.studios import placement_studios  # noqa: F401  registers the kind
from app.studios.models import PlacementKind, PlacementRound, RoundStatus
from app.studios.placement_kinds import KINDS
from app.studios.queries import studios as studio_queries
from app.studios.routes import (  # noqa: F401  each module adds its pages to the table of views
    bp,
    placement_own,
    placement_proposals,
    placement_rounds,
)
from app.studios.routes.placement_at import At, add_to
from app.web.attempts import Page
from app.web.guards import requires

P = Permission
add_to(bp, PlacementKind.STUDIO)


@bp.route("/work/<int:studio_id>/placement/<int:round_id>", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def placement_choose(studio_id: int, round_id: int) -> Page:
    """Whom a studio would take of those who wish for it."""
    studio = studio_queries.studio_of(current_user.grants, P.STUDIO_HOST, studio_id) or abort(404)
    one = db.session.scalar(
        db.select(PlacementRound).where(
            PlacementRound.id == round_id,
            PlacementRound.county_id == studio.county_id,
            PlacementRound.studio_kind == studio.kind,
            PlacementRound.status != RoundStatus.CANCELLED,
        )
    ) or abort(404)
    back = url_for(".workplace", studio_id=studio_id)
    trail = [{"label": studio.name, "url": back}, {"label": _("Choices in “%(name)s”", name=one.name)}]
    at = At(KINDS[PlacementKind.STUDIO])
    return placement_own.choice_page(at, one, studio.id, back=back, trail=trail)

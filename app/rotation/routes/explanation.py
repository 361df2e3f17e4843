"""The explanation of a proposal as one workbook."""

from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.rotation import explanation
from app.rotation.queries import plans as plan_queries
from app.rotation.routes import bp
from app.rotation.routes.proposals import exported_or_404
from app.tables.writing import ExportSheet
from app.web.exports import send_sheets
from app.web.guards import requires

P = Permission


@bp.post("/scenarios/<int:scenario_id>/explanation")
@requires(P.EXPORT)
def export_explanation(scenario_id: int) -> Response:
    """Why each moves, why others do not, what the rules cost and who is worse off: all that has been worked out."""
    row = exported_or_404(scenario_id)
    name, county_id = _("Explanation of %(name)s", name=row.name), row.plan.county_id

    def sheets() -> list[ExportSheet]:
        return explanation.sheets(exported_or_404(scenario_id), plan_queries.names_in(county_id))

    return send_sheets(sheets, name, actor=current_user, subject="rotation_scenario", region_id=county_id)

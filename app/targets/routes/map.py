"""The county map: schools by their own coordinates, coloured and shaped by a figure."""

from flask import abort, render_template, request
from sqlalchemy import select

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.schools.models import School
from app.targets import map_figures
from app.targets.queries import balance, staffing
from app.targets.routes import bp
from app.targets.routes.common import Scene, scene_of
from app.web.attempts import Page
from app.web.guards import requires

P = Permission


@bp.get("/map", endpoint="county_map")
@requires(P.TARGET_READ)
def county_map() -> Page:
    """The schools of a county on their places, with the table of the same."""
    scene = scene_of()
    figure = map_figures.FIGURES.get(request.args.get("figure", "verdict")) or abort(404)
    points = _points(scene, figure)
    stage = request.args.get("stage", "")
    shown = [point for point in points if not stage or point.stage is None or point.stage == stage]
    return render_template(
        "targets/map.html",
        scene=scene,
        figures=map_figures.FIGURES,
        figure=figure,
        points=sorted(shown, key=lambda point: ((point.state is not False), point.school.name_pinyin)),
        unplaced=[point for point in shown if point.school.lat is None or point.school.lng is None],
        chart=map_figures.chart(figure, shown),
        has_earlier=any(point.earlier is not None for point in shown),
    )


def _points(scene: Scene, figure: map_figures.MapFigure) -> list[map_figures.Point]:
    if not figure.has_stages:
        return map_figures.staff_points(figure, staffing.lines(scene.where, today()))
    schools = {school.id: school for school in db.session.scalars(select(School).where(scene.where))}
    rows = balance.rows_where(scene.where, scene.year)
    earlier = balance.before(rows, balance.recorded(scene.where, scene.year - 1))
    return map_figures.balance_points(figure, schools, rows, earlier, scene.year)

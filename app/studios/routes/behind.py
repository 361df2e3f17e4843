"""The names behind the figures of studios, for whoever reads or hosts them."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, or_
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.studios.access import studios_where
from app.studios.queries import behind
from app.studios.routes import bp
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires, signed_in

P = Permission


def _page(name: str) -> Page:
    part = behind.PARTS[name]
    listing = part.spec.read(request.args)
    statement = part.statement(listing, behind.reach())
    found = lists.fetch(db.session(), statement, listing, key=part.model.id, options=part.options)
    return render_template(
        "studios/behind.html",
        **lists.view(listing, found),
        filters=[one for one in part.spec.filters if one.choices],
        part=part,
        headers=[{"label": column.label} for column in part.columns],
        name=name,
        reads=current_user.may(P.STUDIO_READ),
        opens_teachers=current_user.may(P.TEACHER_READ),
        may_export=current_user.may(P.EXPORT) and current_user.may(P.STUDIO_READ),
        export_url=url_for(".export_behind", part_name=name),
    )


@bp.get("/behind/people")
@signed_in
def people_behind() -> Page:
    """The people of studios."""
    return _page("people")


@bp.get("/behind/outcomes")
@signed_in
def outcomes_behind() -> Page:
    """The outcomes of studios."""
    return _page("outcomes")


@bp.get("/behind/meetings")
@signed_in
def meetings_behind() -> Page:
    """The activities of studios."""
    return _page("meetings")


@bp.get("/behind/hours")
@signed_in
def hours_behind() -> Page:
    """The hours that studios credited, person by person."""
    return _page("hours")


@bp.get("/behind/observations")
@signed_in
def observations_behind() -> Page:
    """The lessons that were observed."""
    return _page("observations")


@bp.post("/behind/<any(people, outcomes, meetings, hours, observations):part_name>/export")
@requires(P.EXPORT)
def export_behind(part_name: str) -> Response:
    """What such a list shows now, as a workbook."""
    part = behind.PARTS[part_name]
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    listing = part.spec.read(request.args)
    within: ColumnElement[bool] = or_(studios_where(grants, P.STUDIO_READ), studios_where(grants, P.STUDIO_HOST))
    statement = part.statement(listing, within)
    columns = [
        Column(_("Studio"), lambda row: part.studio(row).name),
        Column(_("Teacher"), lambda row: part.teacher(row).name),
        *part.columns,
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*part.options)),
        str(part.title),
        actor=current_user,
        subject=part.model.__tablename__,
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )

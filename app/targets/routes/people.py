"""The names behind a figure of this room."""

from collections.abc import Iterable

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.access import Grant, Permission
from app.codes import queries as codes
from app.db.clock import today
from app.extensions import db
from app.schools import queries as school_queries
from app.schools.access import one_county, schools_where
from app.schools.models import School
from app.targets.balance import Indicator
from app.targets.queries import people as queries
from app.targets.queries.teachers import small_villages
from app.targets.routes import bp
from app.teachers.models import Teacher
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires
from app.web.lists import Listing

P = Permission


def _small(listing: Listing, grants: Iterable[Grant]) -> list[int]:
    """The small village schools that the list is about, where it is about PE and arts teachers."""
    if listing.get("group") != Indicator.PE_ARTS:
        return []
    where = schools_where(grants, P.TEACHER_READ)
    if school := listing.get("school"):
        where = where & (School.id == school)
    if county := listing.get("county"):
        where = where & (School.county_id == county)
    return list(db.session.scalars(select(School.id).where(small_villages(where))))


@bp.get("/staffing/people")
@requires(P.TEACHER_READ)
def people() -> Page:
    """The teachers that a figure counts."""
    listing, grants, day = queries.PEOPLE.read(request.args), current_user.grants, today()
    statement = queries.people_listed(listing, grants, P.TEACHER_READ, day, small=_small(listing, grants))
    found = lists.fetch(db.session(), statement, listing, key=Teacher.id, options=queries.list_options())
    group = listing.get("group", "present")
    return render_template(
        "targets/people.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.PEOPLE.filters},
        counties=[]
        if one_county(grants, P.TEACHER_READ)
        else lists.named(school_queries.counties(grants, P.TEACHER_READ)),
        title=queries.GROUPS[group],
        group=group,
        day=day,
        may_export=current_user.may(P.EXPORT),
        is_indicator=group in set(Indicator),
    )


@bp.post("/staffing/people/export")
@requires(P.EXPORT)
def export_people() -> Response:
    """The same names as a workbook."""
    listing, day = queries.PEOPLE.read(request.args), today()
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.people_listed(listing, grants, P.TEACHER_READ, day, small=_small(listing, grants))

    def rows() -> Iterable[Teacher]:
        query = lists.ordered(statement, listing).options(*queries.list_options())
        return db.session.scalars(query.execution_options(yield_per=500))

    return send_table(
        _columns(),
        rows,
        str(queries.GROUPS[listing.get("group", "present")]),
        actor=current_user,
        subject="teacher",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


def _columns() -> list[Column]:
    """The columns of the names."""
    return [
        Column(_("Name"), "name"),
        Column(_("Working school"), "working_school.name"),
        Column(_("Employing school"), "employing_school.name"),
        Column(_("Stage"), "stage"),
        Column(_("Subject"), lambda row: codes.label("subject", row.subject_code)),
        Column(_("Highest education"), lambda row: codes.label("education_level", row.highest_degree_code or "")),
        Column(_("Backbone honours"), lambda row: "；".join(one.title for one in row.honours)),
    ]

"""Pages of teachers: the list, one teacher, the history, and one's own record. Changes have files of their own."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.access import Grant, Permission
from app.db.clock import today
from app.extensions import db
from app.schools import queries as school_queries
from app.schools.access import one_county, schools_where
from app.schools.fields import written
from app.schools.models import School
from app.teachers import facts, queries, search
from app.teachers.access import editable_fields, may_decide, teachers_where
from app.teachers.backbones import counts_on, is_backbone
from app.teachers.models import Teacher
from app.teachers.sections import of_oneself, of_teacher
from app.web import history, lists
from app.web.attempts import Page
from app.web.exports import asked_format, send_table
from app.web.guards import requires

bp = Blueprint("teachers", __name__)


def teacher_or_404(teacher_id: int, permission: Permission = Permission.TEACHER_READ) -> Teacher:
    """A teacher within the person's reach."""
    teacher = queries.one_teacher(teacher_id, current_user.grants, permission)
    if teacher is None:
        abort(404)
    return teacher


@bp.get("/teachers")
@requires(Permission.TEACHER_READ)
def index() -> Page:
    """The list of teachers."""
    if tidied := _tidied(request.args):
        return redirect(url_for(".index", **tidied), 303)
    grants, day = current_user.grants, today()
    listing = queries.TEACHERS.read(request.args)
    if request.args.get("at", "").strip():
        listing.problems.append(_("No school within your reach is called “%(name)s”.", name=request.args["at"]))
    within = one_county(grants, Permission.TEACHER_READ)
    reach = teachers_where(grants, Permission.TEACHER_READ)
    statement, looked = queries.teachers_listed(listing, reach, day, in_one_county=within)
    found = lists.fetch(
        db.session(),
        statement,
        listing,
        key=Teacher.id,
        options=queries.list_options(),
        is_wide=not (within or listing.get("county")),
        anchors=queries.anchors(listing),
    )
    return render_template(
        "teachers/index.html",
        **lists.view(listing, found),
        **_list_extras(grants, listing, within),
        looked=looked,
        today=day,
    )


def _list_extras(grants: list[Grant], listing: lists.Listing, within: bool) -> dict[str, Any]:
    here = schools_where(grants, Permission.SCHOOL_READ)
    school = db.session.scalar(select(School).where(School.id == listing.get("school", 0), here))
    return {
        "filters": {one.name: one for one in queries.TEACHERS.filters},
        "counties": [] if within else school_queries.counties(grants, Permission.TEACHER_READ),
        "at": request.args.get("at") or (written(school) if school else ""),
        "may_add": current_user.may(Permission.TEACHER_EDIT),
        "may_export": current_user.may(Permission.EXPORT),
        "named": lists.named,
        "is_backbone": is_backbone,
        "years_between": facts.years_between,
    }


def _tidied(args: MultiDict[str, str]) -> dict[str, Any] | None:
    """The same list at its proper address: an identity number never stays in one, and a school is named by its id."""
    if tidied := search.without_number(args):
        return tidied
    changed: dict[str, Any] = {
        name: values for name, values in args.lists() if name not in ("q", "at", "after", "before")
    }
    at = args.get("at", "").strip()
    if not at:
        return None
    found = school_queries.named(at, schools_where(current_user.grants, Permission.SCHOOL_READ))
    if len(found) != 1:
        return None
    return changed | {"school": found[0].id} | ({"q": args["q"]} if args.get("q") else {})


@bp.post("/teachers/export")
@requires(Permission.EXPORT)
def export() -> Response:
    """The teachers that the list shows now, as a workbook."""
    day = today()
    listing = queries.TEACHERS.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(Permission.EXPORT)]
    reach = teachers_where(grants, Permission.TEACHER_READ)
    within = one_county(grants, Permission.TEACHER_READ)
    statement, _looked = queries.teachers_listed(listing, reach, day, in_one_county=within)

    def rows() -> Iterator[Teacher]:
        query = lists.ordered(statement, listing).options(*queries.export_options())
        yield from db.session.scalars(query.execution_options(yield_per=500))

    return send_table(
        facts.export_columns(day),
        rows,
        _("Teachers"),
        fmt=asked_format(),
        actor=current_user,
        subject="teacher",
        filters=listing.in_words() | ({"q": "••••"} if search.identity_digests(listing.search) else {}),
        grants=grants,
    )


@bp.get("/teachers/<int:teacher_id>")
@requires(Permission.TEACHER_READ)
def show(teacher_id: int) -> Page:
    """One teacher, section by section, and what later rooms have to say."""
    teacher = teacher_or_404(teacher_id)
    grants = current_user.grants
    return render_template(
        "teachers/show.html",
        **_record(teacher),
        sections=of_teacher.of(teacher),
        can_edit=bool(editable_fields(grants, teacher, facts.FACTS)),
        can_decide=may_decide(grants, teacher),
        can_reveal=_reaches(teacher, Permission.IDENTITY_REVEAL),
    )


def _record(teacher: Teacher) -> dict[str, Any]:
    day = today()
    return {
        "teacher": teacher,
        "facts": facts.sections_of(teacher),
        "age": facts.years_between(teacher.birth_on, day),
        "years_here": facts.years_between(teacher.joined_school_on, day),
        "is_backbone": is_backbone(teacher, day),
        "counts_on": counts_on,
        "today": day,
    }


def _reaches(teacher: Teacher, permission: Permission) -> bool:
    reach = teachers_where(current_user.grants, permission)
    return db.session.scalar(select(Teacher.id).where(Teacher.id == teacher.id, reach)) is not None


@bp.get("/teachers/<int:teacher_id>/history")
@requires(Permission.TEACHER_READ)
def past(teacher_id: int) -> Page:
    """Who changed what about a teacher, and when."""
    teacher = teacher_or_404(teacher_id)
    page = history.read("teacher", teacher.id, request.args)
    return render_template("teachers/history.html", teacher=teacher, page=page, entries=facts.HISTORY.tell(page.items))


@bp.get("/me")
@requires(Permission.OWN_RECORD)
def me() -> Page:
    """One's own record: what the bureau has, and whom to tell where it is wrong."""
    teacher = queries.one_teacher(current_user.teacher_id or 0, current_user.grants, Permission.OWN_RECORD)
    if teacher is None:
        abort(404)
    return render_template("teachers/me.html", **_record(teacher), sections=of_oneself.of(teacher))


from app.teachers import change_routes, record_routes  # noqa: E402, F401

"""Reading published lists and postings."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased, joinedload, undefer

from app.access import Grant, Permission
from app.codes import queries as codes
from app.extensions import db
from app.rotation.access import postings_where, publications_where
from app.rotation.models import Posting, PostingStatus, Publication, RotationPlan
from app.rotation.queries.names import name_like
from app.schools.models import School
from app.schools.queries import school_filter
from app.teachers.models import Teacher
from app.web import lists
from app.web.languages import school_year_label
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey


def _years() -> list[tuple[str, str]]:
    years = db.session.scalars(select(Publication.school_year).distinct().order_by(Publication.school_year.desc()))
    return [(str(year), school_year_label(year)) for year in years]


PUBLICATIONS = ListSpec(
    "rotation.publications",
    filters=(lists.choice("year", _l("School year"), _years),),
    sorts={"published": Sort((SortKey(Publication.id, "id", True),))},
)


def publications_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The published lists that a person may read."""
    conditions = [publications_where(grants)]
    if year := listing.get("year"):
        conditions.append(Publication.school_year == int(year))
    return select(Publication).where(*conditions)


def publication_of(grants: Iterable[Grant], publication_id: int) -> Publication | None:
    """One published list, with its rows and its plan's county."""
    return db.session.scalar(
        select(Publication)
        .where(Publication.id == publication_id, publications_where(grants))
        .options(undefer(Publication.rows), joinedload(Publication.plan).joinedload(RotationPlan.county))
    )


def versions_of(plan_id: int) -> list[Publication]:
    """All versions of a plan's list, the newest first."""
    query = select(Publication).where(Publication.plan_id == plan_id).order_by(Publication.revision.desc())
    return list(db.session.scalars(query))


# --- postings -----------------------------------------------------------------------------------------------------

FromSchool = aliased(School)
ToSchool = aliased(School)


def _statuses() -> list[tuple[str, Any]]:
    return [(status.value, status.label) for status in PostingStatus]


POSTINGS = ListSpec(
    "rotation.postings",
    filters=(
        lists.choice("year", _l("School year"), _years),
        lists.choice("status", _l("Status"), _statuses),
        school_filter("school", _l("School")),
        school_filter("from", _l("From school")),
        school_filter("to", _l("To school")),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.day("ends", _l("Ends on or before")),
    ),
    sorts={
        "name": Sort(
            (SortKey(Teacher.name_pinyin, "teacher.name_pinyin"), SortKey(Posting.id, "id")), (Posting.teacher,)
        ),
        "start": Sort((SortKey(Posting.start_on, "start_on"), SortKey(Posting.id, "id"))),
        "end": Sort((SortKey(Posting.end_on, "end_on"), SortKey(Posting.id, "id"))),
    },
)
POSTING_PARTS = (joinedload(Posting.teacher), joinedload(Posting.from_school), joinedload(Posting.to_school))


def postings_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The postings that a list asks for, within a person's reach."""
    conditions: list[ColumnElement[bool]] = [postings_where(grants, Permission.POSTING_READ)]
    if year := listing.get("year"):
        conditions.append(Posting.school_year == int(year))
    if status := listing.get("status"):
        conditions.append(Posting.status == PostingStatus(status))
    columns: tuple[tuple[str, Any], ...] = (
        ("from", Posting.from_school_id),
        ("to", Posting.to_school_id),
        ("subject", Posting.subject_code),
    )
    for name, column in columns:
        if (value := listing.get(name)) is not None:
            conditions.append(column == value)
    if school := listing.get("school"):
        conditions.append(or_(Posting.from_school_id == school, Posting.to_school_id == school))
    if ends := listing.get("ends"):
        conditions.append(Posting.end_on <= ends)
    if listing.search:
        conditions.append(Posting.teacher_id.in_(select(Teacher.id).where(name_like(listing.search))))
    return select(Posting).where(*conditions)


def posting_of(grants: Iterable[Grant], permission: Permission, posting_id: int) -> Posting | None:
    """One posting within a person's reach."""
    return db.session.scalar(
        select(Posting)
        .where(Posting.id == posting_id, postings_where(grants, permission))
        .options(*POSTING_PARTS, joinedload(Posting.publication))
    )


def postings_among(grants: Iterable[Grant], permission: Permission, numbers: Iterable[int]) -> list[int]:
    """Those of the given postings that a person reaches."""
    query = select(Posting.id).where(Posting.id.in_(list(numbers)[:500]), postings_where(grants, permission))
    return list(db.session.scalars(query))


def postings_of_teacher(teacher_id: int, reach: ColumnElement[bool]) -> list[Posting]:
    """A teacher's postings within reach, the newest first."""
    query = (
        select(Posting)
        .where(Posting.teacher_id == teacher_id, reach)
        .options(joinedload(Posting.from_school), joinedload(Posting.to_school))
        .order_by(Posting.start_on.desc(), Posting.id.desc())
    )
    return list(db.session.scalars(query))

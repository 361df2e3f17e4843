"""The room's pages: lists, queues, one certificate, records, types and a teacher's own have files of their own."""

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select

from app.access import Permission
from app.extensions import db
from app.qualifications import queries
from app.qualifications.access import acts_for_county
from app.qualifications.models import Certificate, CertificateSource
from app.regions.models import Region
from app.schools import queries as school_queries
from app.schools.models import School
from app.teachers import queries as teacher_queries
from app.teachers.models import Teacher

bp = Blueprint("qualifications", __name__)


def certificate_or_404(certificate_id: int, permission: Permission = Permission.QUALIFICATION_READ) -> Certificate:
    """A certificate within the person's reach."""
    row = queries.one_certificate(certificate_id, current_user.grants, permission)
    if row is None:
        abort(404)
    return row


def teacher_or_404(teacher_id: int, permission: Permission = Permission.QUALIFICATION_EDIT) -> Teacher:
    """A teacher within the person's reach."""
    teacher = teacher_queries.one_teacher(teacher_id, current_user.grants, permission)
    if teacher is None:
        abort(404)
    return teacher


def source_for(teacher: Teacher) -> CertificateSource:
    """For whom the present person acts on this teacher: the county where they verify for it, else the school."""
    is_county = acts_for_county(current_user.grants, teacher.employing_school.county.path)
    return CertificateSource.COUNTY if is_county else CertificateSource.SCHOOL


def counties(permission: Permission = Permission.QUALIFICATION_READ) -> list[Region]:
    """The counties whose certificates the person reaches; a school's own is among them."""
    grants = current_user.grants
    found = list(school_queries.counties(grants, permission))
    schools = {g.school_id for g in grants if g.school_id and g.allows(permission)}
    if schools:
        own = select(Region).join(School, School.county_id == Region.id).where(School.id.in_(schools))
        found += [row for row in db.session.scalars(own.order_by(Region.code)).unique() if row not in found]
    return found


def chosen_county(permission: Permission = Permission.QUALIFICATION_READ) -> Region:
    """The county that the query string names, else the person's first; 404 for one beyond reach."""
    asked = request.values.get("county", type=int)
    return next((one for one in counties(permission) if asked in (None, one.id)), None) or abort(404)


def told(done: int, overtaken: int) -> tuple[str, str]:
    """How a decision over several rows went, as a message and its tone."""
    said = ngettext("%(num)d certificate was done.", "%(num)d certificates were done.", done)
    if not overtaken:
        return str(said), "success"
    late = ngettext(
        "%(num)d had been decided by somebody else meanwhile.",
        "%(num)d had been decided by somebody else meanwhile.",
        overtaken,
    )
    return f"{said} {late}" if done else str(late), "warning"


def saved_message() -> str:
    """What is said after saving."""
    return str(_("It was saved."))


from app.qualifications.routes import certificates, gaps, lists, own, records, reviews, types  # noqa: E402, F401

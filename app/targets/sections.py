"""What this room shows on a school's page: whether its stages pass, and what they lack."""

from flask_babel import gettext as _

from app.access import Permission
from app.db.clock import today
from app.schools.models import School
from app.schools.sections import Section, sections
from app.targets.evaluators.periods import school_year_of
from app.targets.queries.balance import rows_where


def register() -> None:
    """Bring the section along."""
    sections.register("balance", _balance, permission=Permission.TARGET_READ, order=60)


def _balance(school: School) -> Section | None:
    year = school_year_of(today())
    rows = rows_where(School.id == school.id, year)
    context = {"rows": rows, "year": year, "school_id": school.id}
    return Section(_("Balanced schooling"), "targets/_school_section.html", context) if rows else None

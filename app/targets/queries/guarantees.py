"""The guarantees that concern teachers, measured on a day, beside what a county says of the others."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from app.credits.books import book_of
from app.credits.models import CreditTotal
from app.extensions import db
from app.qualifications.models import CertificateGap, CertificateJudgement
from app.regions.models import Region
from app.schools.models import School
from app.targets.balance import STAGES
from app.targets.evaluators.frame import Frame
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.guarantees import CERTIFICATES, HOURS, ITEMS, POSTS, ROTATION, GuaranteeLine, Part
from app.targets.models import GuaranteeEntry
from app.targets.queries.staffing import lines as staff_lines
from app.targets.queries.staffing import totals
from app.targets.queries.teachers import full_time
from app.teachers.models import Teacher
from app.training.queries.money import Totals as Money
from app.training.queries.money import totals as money_totals

WHOLE, TENTH, FIFTH = Fraction(1), Fraction(10, 100), Fraction(20, 100)
FIVE_YEARS, TARGET = 5, Decimal(360)


def guarantees(county: Region, year: int, day: date) -> list[GuaranteeLine]:
    """All fifteen of a school year, as they stand on the day or stood at the year's end."""
    on = min(day, school_year(year).last)
    stated = entries(county.id, year)
    measured = {HOURS: (hours(county, on),), ROTATION: rotation(county, on), CERTIFICATES: (certified(county, on),)}
    return [
        GuaranteeLine(
            number, measured.get(number, ()), stated.get(number), _posts_note(county, day) if number == POSTS else ""
        )
        for number in ITEMS
    ]


def _posts_note(county: Region, day: date) -> str:
    found = totals(staff_lines(School.county_id == county.id, day))
    said: str = _(
        "Quota %(quota)s, norm %(norm)s; %(over)s beyond the quota at some schools, %(under)s posts free at others.",
        quota=found.quota,
        norm=found.norm,
        over=found.over,
        under=found.under,
    )
    return said


def _teachers(county: Region, on: date) -> tuple[ColumnElement[bool], ...]:
    return Teacher.county_id == county.id, Teacher.stage.in_(STAGES), full_time(on)


def hours(county: Region, on: date) -> Part:
    """Full-time teachers with 360 hours in the last five training years."""
    rules = book_of(county.id).on(on).rules
    last = rules.year_of(on)
    enough = (
        select(CreditTotal.teacher_id)
        .where(CreditTotal.year.between(last - FIVE_YEARS + 1, last))
        .group_by(CreditTotal.teacher_id)
        .having(func.sum(CreditTotal.hours) >= TARGET)
    )
    return _part("hours", _("Teachers with 360 hours in five years"), county, on, Teacher.id.in_(enough), WHOLE)


def certified(county: Region, on: date) -> Part:
    """Full-time teachers whom no certificate keeps from teaching, as the county was judged last."""
    label = _("Teachers with a valid qualification")
    if db.session.get(CertificateJudgement, county.id) is None:
        return Part("certificates", label, None, None, WHOLE)
    barred = select(CertificateGap.teacher_id).where(CertificateGap.county_id == county.id, CertificateGap.is_barring)
    return _part("certificates", label, county, on, Teacher.id.not_in(barred), WHOLE)


def _part(name: str, label: str, county: Region, on: date, condition: ColumnElement[bool], threshold: Fraction) -> Part:
    numbers = select(func.count().filter(condition), func.count()).select_from(Teacher)
    number, whole = db.session.execute(numbers.where(*_teachers(county, on))).tuples().one()
    return Part(name, label, number, whole, threshold)


def rotation(county: Region, on: date) -> tuple[Part, Part]:
    """Who rotates this school year of those who meet the conditions, and the backbone teachers among them."""
    frame = Frame((county.id,), on)
    labels = _("Teachers who rotate, of those who meet the conditions"), _("Backbone teachers among them")
    if not frame.judged:
        return Part("rotation", labels[0], None, None, TENTH), Part("rotation_backbone", labels[1], None, None, FIFTH)
    pool = {one for one, verdict in frame.judged.items() if verdict.is_in_pool and verdict.is_counted}
    period = school_year(school_year_of(on))
    gone = frozenset(move.teacher_id for move in frame.moves if move.on in period) & pool
    return (
        Part("rotation", labels[0], len(gone), len(pool), TENTH),
        Part("rotation_backbone", labels[1], len(gone & frame.backbones), len(gone), FIFTH),
    )


def money(county: Region, on: date) -> Money:
    """Training money of the county's schools in the calendar year (education quality, item 4)."""
    return money_totals(School.county_id == county.id, on.year)


def entries(county_id: int, year: int) -> dict[int, GuaranteeEntry]:
    """What a county said of its guarantees in a year, by number."""
    query = select(GuaranteeEntry).where(GuaranteeEntry.county_id == county_id, GuaranteeEntry.school_year == year)
    return {entry.item: entry for entry in db.session.scalars(query)}

"""The figures a person starts from; each leads to the names behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.access import Permission
from app.eligibility.access import rule_sets_where, verdicts_where
from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.extensions import db
from app.rotation.operations.postings import AWAY_ON_ROTATION, HERE_ON_ROTATION
from app.schools.access import schools_where
from app.schools.models import School
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.web.languages import school_year_label
from app.web.lists import count

P = Permission


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its list; `is_capped` where it is at least that many."""

    label: str
    value: int
    url: str
    note: str = ""
    is_capped: bool = False


def figures_for(user: Any, _today: date) -> list[Figure]:
    """The figures of this person's scope."""
    found: list[Figure] = []
    if user.may(P.SCHOOL_READ):
        found.append(_schools(user))
    if user.may(P.TEACHER_READ):
        found.append(_teachers(user))
    if user.may(P.ELIGIBILITY_READ):
        found += _eligible(user)
    if user.may(P.POSTING_READ):
        found += _away(user)
    return found


def _schools(user: Any) -> Figure:
    number = db.session.scalar(
        select(func.count()).select_from(School).where(schools_where(user.grants, P.SCHOOL_READ), School.is_active)
    )
    return Figure(_("Schools"), number or 0, url_for("schools.index"))


def _teachers(user: Any) -> Figure:
    statement = select(Teacher).where(teachers_where(user.grants, P.TEACHER_READ), Teacher.left_on.is_(None))
    number, is_capped = count(db.session(), statement, Teacher.id)
    return Figure(_("Teachers"), number, url_for("teachers.index"), is_capped=is_capped)


def _eligible(user: Any) -> Iterator[Figure]:
    newest = db.session.scalar(
        select(EligibilityRuleSet)
        .where(rule_sets_where(user.grants), EligibilityRuleSet.status == RuleSetStatus.IN_FORCE)
        .order_by(EligibilityRuleSet.school_year.desc(), EligibilityRuleSet.id)
        .limit(1)
    )
    if newest is None:
        return
    mine = (EligibilityVerdict.rule_set_id == newest.id, verdicts_where(user.grants), EligibilityVerdict.is_eligible)
    people = select(func.count()).select_from(EligibilityVerdict).join(EligibilityVerdict.teacher).where(*mine)
    year = school_year_label(newest.school_year)
    where: dict[str, Any] = {"county": newest.county_id, "year": newest.school_year, "verdict": "eligible"}
    yield Figure(
        _("Eligible to rotate"), db.session.scalar(people) or 0, url_for("eligibility.verdicts", **where), year
    )
    backbones = db.session.scalar(people.where(EligibilityVerdict.is_backbone)) or 0
    yield Figure(
        _("Backbone teachers among them"), backbones, url_for("eligibility.verdicts", **where, backbone=1), year
    )


def _away(user: Any) -> Iterator[Figure]:
    """Who is out on rotation, whether the roster brought them so or a posting of ours: the list has the same people."""
    for label, state in (
        (_("On rotation now"), AWAY_ON_ROTATION),
        (_("Rotated with their employment"), HERE_ON_ROTATION),
    ):
        reach = teachers_where(user.grants, P.TEACHER_READ)
        statement = select(Teacher).where(reach, Teacher.left_on.is_(None), Teacher.state_code == state)
        number, is_capped = count(db.session(), statement, Teacher.id)
        if number or state == AWAY_ON_ROTATION:
            yield Figure(label, number, url_for("teachers.index", state=state), is_capped=is_capped)

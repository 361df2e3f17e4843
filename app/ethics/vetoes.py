"""Who is vetoed 一票否决: by a failed appraisal, by the negative list, or by a circumstance on the teacher's record.

Rotation, studios and honours ask here, so that all of them say the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select

from app.ethics.models import EthicsAppraisal, EthicsEntry, State
from app.extensions import db
from app.teachers.models import Circumstance, Teacher

FAILED = "ethics_failed"


@dataclass(frozen=True, slots=True)
class Veto:
    """One veto: where it comes from (`appraisal`, `entry` or `circumstance`), what it says, and its term."""

    teacher_id: int
    source: str
    id: int
    what: str
    from_on: date
    to_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the veto stands on a day."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)

    @property
    def sentence(self) -> str:
        """The veto in words."""
        words = {
            "appraisal": _("The ethics appraisal of %(what)s was failed", what=self.what),
            "entry": _("An entry of the negative list stands: %(what)s", what=self.what),
        }
        said = words.get(self.source, _("A failed ethics appraisal is on the teacher's record"))
        if self.to_on is None:
            return str(_("%(said)s (since %(day)s).", said=said, day=self.from_on))
        return str(_("%(said)s (%(first)s to %(last)s).", said=said, first=self.from_on, last=self.to_on))


def veto_of(teacher_id: int, on: date) -> Veto | None:
    """What vetoes a teacher on a day, the longest first; None for nothing."""
    found = [veto for veto in _vetoes(Teacher.id == teacher_id) if veto.covers(on)]
    return max(found, key=lambda veto: veto.to_on or date.max, default=None)


def vetoed_teachers(county_id: int, on: date) -> dict[int, Veto]:
    """The vetoed teachers of a county on a day, each with the veto that lasts longest."""
    found: dict[int, Veto] = {}
    for veto in _vetoes(Teacher.county_id == county_id):
        known = found.get(veto.teacher_id)
        if veto.covers(on) and (known is None or (veto.to_on or date.max) > (known.to_on or date.max)):
            found[veto.teacher_id] = veto
    return found


def vetoes_of(county_id: int) -> dict[int, list[Veto]]:
    """All that vetoes the teachers of a county, on whatever days."""
    found: dict[int, list[Veto]] = {}
    for veto in _vetoes(Teacher.county_id == county_id):
        found.setdefault(veto.teacher_id, []).append(veto)
    return found


def ethics_terms(where: list[ColumnElement[bool]]) -> list[tuple[int, str, int, date, date]]:
    """The terms that the ethics record itself vetoes for, of the teachers that `where` names: (teacher, source, id,
    first day, last day), in a fixed order."""
    appraisals = (
        select(EthicsAppraisal.teacher_id, EthicsAppraisal.id, EthicsAppraisal.veto_from, EthicsAppraisal.veto_to)
        .join(Teacher, Teacher.id == EthicsAppraisal.teacher_id)
        .where(*where, *_standing(EthicsAppraisal))
        .order_by(EthicsAppraisal.id)
    )
    entries = (
        select(EthicsEntry.teacher_id, EthicsEntry.id, EthicsEntry.from_on, EthicsEntry.to_on)
        .join(Teacher, Teacher.id == EthicsEntry.teacher_id)
        .where(*where, *_standing(EthicsEntry))
        .order_by(EthicsEntry.id)
    )
    terms = []
    for source, query in (("appraisal", appraisals), ("entry", entries)):
        for teacher_id, row_id, first, last in db.session.execute(query).tuples():
            if first is not None and last is not None:
                terms.append((teacher_id, source, row_id, first, last))
    return terms


def _standing(model: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return model.does_veto, model.state == State.IN_FORCE


def _vetoes(where: ColumnElement[bool]) -> Iterator[Veto]:
    appraisals = select(EthicsAppraisal).join(Teacher, Teacher.id == EthicsAppraisal.teacher_id)
    for row in db.session.scalars(appraisals.where(where, *_standing(EthicsAppraisal))):
        if row.veto_from is not None:
            yield Veto(row.teacher_id, "appraisal", row.id, str(row.year), row.veto_from, row.veto_to)
    entries = select(EthicsEntry).join(Teacher, Teacher.id == EthicsEntry.teacher_id)
    for entry in db.session.scalars(entries.where(where, *_standing(EthicsEntry))):
        yield Veto(entry.teacher_id, "entry", entry.id, entry.clause_text or "", entry.from_on, entry.to_on)
    recorded = select(Circumstance).join(Teacher, Teacher.id == Circumstance.teacher_id)
    has_evidence = func.trim(Circumstance.evidence) != ""
    for one in db.session.scalars(recorded.where(where, Circumstance.kind_code == FAILED, has_evidence)):
        yield Veto(one.teacher_id, "circumstance", one.id, "", one.from_on, one.to_on)


def is_vetoed_by_record(day: date) -> ColumnElement[bool]:
    """Condition on Teacher: the ethics record vetoes the teacher on a day."""
    by_appraisal = select(EthicsAppraisal.id).where(
        EthicsAppraisal.teacher_id == Teacher.id,
        *_standing(EthicsAppraisal),
        EthicsAppraisal.veto_from <= day,
        EthicsAppraisal.veto_to >= day,
    )
    by_entry = select(EthicsEntry.id).where(
        EthicsEntry.teacher_id == Teacher.id,
        *_standing(EthicsEntry),
        EthicsEntry.from_on <= day,
        EthicsEntry.to_on >= day,
    )
    return or_(by_appraisal.exists(), by_entry.exists())

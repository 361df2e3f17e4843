"""Claims that come from a record: once, whatever is asked twice; taken back and corrected through the ledger."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.audit.operations import SYSTEM
from app.credits.models import ClaimSource, ClaimStatus, CreditClaim, CreditEntry, CreditTotal
from app.credits.operations import (
    change_source_hours,
    credit_from_source,
    credit_many_from_source,
    withdraw_source,
)
from app.extensions import db
from app.web.errors import Refused
from tests.factories import SchoolFactory, TeacherFactory

ON = date(2026, 5, 6)
SESSION = {"source": ClaimSource.TRAINING_SESSION, "source_id": 7}


def credit(teacher, hours="6", **more):
    values = {"kind_code": "concentrated", "on": ON, "title": "教研培训", **SESSION} | more
    return credit_from_source(actor=SYSTEM, teacher_id=teacher.id, hours=Decimal(hours), **values)


def counted(teacher):
    return db.session.scalar(select(func.sum(CreditEntry.hours)).where(CreditEntry.teacher_id == teacher.id))


def test_asked_twice_it_counts_once(session):
    teacher = TeacherFactory()
    first, second = credit(teacher), credit(teacher)
    assert first.id == second.id and first.status is ClaimStatus.CONFIRMED
    assert counted(teacher) == 6
    total = session.get(CreditTotal, (teacher.id, 2026))
    assert (total.cycle, total.hours) == (2026, 6)


def test_withdrawn_it_counts_no_more_and_can_stand_again(session):
    teacher = TeacherFactory()
    credit(teacher)
    claim = withdraw_source(actor=SYSTEM, teacher_id=teacher.id, reason="未到场", **SESSION)
    assert claim.status is ClaimStatus.WITHDRAWN
    assert counted(teacher) == 0
    withdraw_source(actor=SYSTEM, teacher_id=teacher.id, reason="未到场", **SESSION)
    assert credit(teacher, "4").id == claim.id
    assert counted(teacher) == 4


def test_changed_hours_replace_the_earlier_line(session, rows):
    teacher = TeacherFactory()
    credit(teacher)
    change_source_hours(actor=SYSTEM, teacher_id=teacher.id, hours=Decimal("4.5"), reason="早退", **SESSION)
    assert counted(teacher) == Decimal("4.5")
    assert rows(CreditEntry) == 3


def test_many_take_few_statements(session, queries):
    school = SchoolFactory()
    teachers = [TeacherFactory(school=school) for _n in range(30)]
    credit(teachers[0], source_id=1)
    hours = {teacher.id: Decimal(3) for teacher in teachers}
    session.commit()
    facts = {"kind_code": "online", "on": ON, "title": "网络研修"}
    with queries() as seen:
        assert credit_many_from_source(actor=SYSTEM, hours=hours, **SESSION, **facts) == 30
    assert len(seen) < 25
    assert credit_many_from_source(actor=SYSTEM, hours=hours, **SESSION, **facts) == 0


def test_a_new_teachers_induction_stands_outside_the_cycle(session):
    teacher = TeacherFactory(started_work_on=date(2025, 9, 1))
    credit(teacher, "30", kind_code="new_teacher")
    total = session.get(CreditTotal, (teacher.id, 2026))
    assert (total.hours, total.outside_hours) == (0, 30)


@pytest.mark.parametrize("hours", ["0", "-1", "1000000000", "1.234", "NaN"])
def test_hours_that_cannot_be_are_refused(session, hours):
    with pytest.raises(Refused):
        credit(TeacherFactory(), hours)


def test_a_kind_the_rules_do_not_know_is_refused(session, rows):
    with pytest.raises(Refused):
        credit(TeacherFactory(), kind_code="nothing")
    assert rows(CreditClaim) == 0

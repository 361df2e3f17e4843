"""What is entered, decided, answered, ruled on, corrected and withdrawn; and what leaves with its term."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.db.clock import today
from app.ethics import operations, queries
from app.ethics.clauses import clauses
from app.ethics.models import EntryKind, EthicsAppraisal, EthicsEntry, EthicsRemark, RemarkKind, State
from app.ethics.vetoes import veto_of, vetoed_teachers
from app.evidence.operations import keep
from app.notices.models import Notice
from app.regions.models import Region
from app.web.errors import Refused
from tests.factories import CircumstanceFactory, TeacherFactory, officer_of, user_with
from tests.factories.ethics import EthicsAppraisalFactory, EthicsEntryFactory
from tests.factories.files import upload

NOW = "2026-11-22"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(f"{NOW} 04:00", tick=False):
        yield


@pytest.fixture
def place(session, app):
    """A teacher, the school's administrator, the county's officer, and the teacher's own account."""

    class Place:
        teacher = TeacherFactory()

    place = Place()
    from app.schools.models import School

    school = session.get(School, place.teacher.employing_school_id)
    place.county = session.get(Region, place.teacher.county_id)
    place.school = user_with(Role.SCHOOL_ADMINISTRATOR, school=school)
    place.officer = officer_of(place.county)
    place.person = user_with(Role.TEACHER, teacher=place.teacher)
    return place


def proof(place, mark=b"a"):
    from tests.factories.files import png

    return [keep(actor=place.school, upload=upload(png(mark)), county_id=place.county.id)]


def propose(place, code="T06", *, actor=None, is_decided=False, **more):
    clause = next(c for c in clauses(place.county.id) if c.code == code)
    fields = {
        "kind": EntryKind.NEGATIVE,
        "clause": clause,
        "points": clause.points,
        "happened_on": date(2026, 11, 1),
        "from_on": date(2026, 11, 1),
        "to_on": date(2027, 10, 31),
        "facts": "周末在家有偿补课",
        "evidence": proof(place),
    }
    return operations.record_entry(
        actor=actor or place.school, teacher=place.teacher, is_decided=is_decided, **(fields | more)
    )


def told(session, user):
    return list(session.scalars(select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)))


def test_what_vetoes_is_proposed_and_counts_once_the_county_confirms(session, place):
    entry = propose(place)
    assert entry.state is State.PROPOSED
    assert veto_of(place.teacher.id, today()) is None
    assert told(session, place.person) == ["ethics.proposed"]
    assert told(session, place.officer) == ["ethics.to_confirm"]
    operations.confirm(actor=place.officer, record=entry)
    assert veto_of(place.teacher.id, today()).id == entry.id
    assert veto_of(place.teacher.id, date(2026, 10, 31)) is None
    assert veto_of(place.teacher.id, date(2027, 11, 1)) is None
    assert told(session, place.person) == ["ethics.proposed", "ethics.recorded"]


def test_what_does_not_veto_stands_at_once(session, place):
    entry = propose(place, "T11")
    assert entry.state is State.IN_FORCE
    assert told(session, place.person) == ["ethics.recorded"]
    assert told(session, place.officer) == []


def test_what_the_county_enters_stands_at_once(session, place):
    assert propose(place, actor=place.officer, is_decided=True).state is State.IN_FORCE


def test_an_entry_needs_evidence(session, place, rows):
    with pytest.raises(Refused):
        propose(place, evidence=[])
    assert rows(EthicsEntry) == 0


@pytest.mark.parametrize(
    ("happened", "first", "last"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2027, 1, 1)),
        (date(2026, 11, 2), date(2026, 11, 1), date(2027, 1, 1)),
        (date(2026, 11, 2), date(2026, 11, 2), date(2026, 11, 1)),
    ],
)
def test_dates_out_of_order_are_refused(session, place, happened, first, last):
    with pytest.raises(Refused):
        propose(place, happened_on=happened, from_on=first, to_on=last)


def test_the_same_clause_of_the_same_day_is_entered_once(session, place):
    propose(place)
    with pytest.raises(Refused):
        propose(place)
    propose(place, happened_on=date(2026, 10, 31))


def test_of_two_reviewers_the_second_is_told_of_the_first(session, place):
    entry = propose(place)
    operations.confirm(actor=place.officer, record=entry)
    with pytest.raises(Refused):
        operations.give_back(actor=place.officer, record=entry, reason="证据不足")
    assert entry.state is State.IN_FORCE


def test_a_returned_proposal_is_mended_and_proposed_again(session, place):
    entry = propose(place)
    operations.give_back(actor=place.officer, record=entry, reason="证据不足")
    assert veto_of(place.teacher.id, today()) is None
    assert told(session, place.school) == ["ethics.returned"]
    assert told(session, place.person)[-1] == "ethics.dropped"
    operations.correct_entry(
        actor=place.school, entry=entry, reason="补充照片", evidence=proof(place, b"b"), is_decided=False
    )
    assert entry.state is State.PROPOSED
    assert told(session, place.officer) == ["ethics.to_confirm", "ethics.to_confirm"]
    operations.confirm(actor=place.officer, record=entry)
    assert entry.state is State.IN_FORCE


def test_a_teacher_answers_the_county_rules_and_all_of_it_stays(session, place):
    entry = propose(place)
    with pytest.raises(Refused):
        operations.answer(actor=place.school, record=entry, said="…")
    operations.answer(actor=place.person, record=entry, said="当天不在本地")
    with pytest.raises(Refused):
        operations.answer(actor=place.person, record=entry, said="再补充")
    assert entry.awaits_ruling
    operations.rule(actor=place.officer, record=entry, said="经核实予以采纳")
    with pytest.raises(Refused):
        operations.rule(actor=place.officer, record=entry, said="…")
    operations.answer(actor=place.person, record=entry, said="谢谢")
    kinds = [one.kind for one in queries.thread(entry)]
    assert kinds == [RemarkKind.ANSWER, RemarkKind.RULING, RemarkKind.ANSWER]
    stored = session.connection().exec_driver_sql("SELECT said FROM ethics_remark").scalars().all()
    assert not any("本地" in one for one in stored)


def test_a_correction_gives_its_reason_and_the_log_keeps_no_words_about_conduct(session, place):
    entry = propose(place, "T11")
    operations.correct_entry(
        actor=place.school, entry=entry, reason="日期有误", evidence=entry.evidence, is_decided=False,
        happened_on=date(2026, 10, 30), from_on=date(2026, 10, 30), facts="迟到两次",
    )  # fmt: skip
    assert entry.happened_on == date(2026, 10, 30)
    assert [one.said for one in session.scalars(select(EthicsRemark))] == ["日期有误"]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("ethics."))).all()
    assert "ethics.correct" in {one.action for one in entries}
    assert not any("补课" in str((one.before, one.after)) or "迟到" in str((one.before, one.after)) for one in entries)


def test_a_school_neither_corrects_nor_withdraws_what_the_county_decided(session, place):
    entry = propose(place)
    operations.confirm(actor=place.officer, record=entry)
    with pytest.raises(Refused):
        operations.withdraw(actor=place.school, record=entry, reason="撤回", is_decided=False)
    with pytest.raises(Refused):
        operations.correct_entry(
            actor=place.school, entry=entry, reason="x", evidence=entry.evidence, is_decided=False, to_on=today()
        )
    operations.withdraw(actor=place.officer, record=entry, reason="查无实据", is_decided=True)
    assert veto_of(place.teacher.id, today()) is None


def test_nobody_keeps_the_record_about_themselves(session, place):
    from tests.factories import grant

    grant(place.officer, Role.TEACHER, teacher=place.teacher)
    with pytest.raises(Refused):
        propose(place, actor=place.officer, is_decided=True)
    entry = propose(place)
    with pytest.raises(Refused):
        operations.confirm(actor=place.officer, record=entry)


def test_an_entry_leaves_the_file_with_its_term_and_no_row_is_deleted(session, place, rows):
    propose(place, "T11")
    shown = queries.file_of(place.teacher.id, date(2027, 10, 31), with_returned=True)
    gone = queries.file_of(place.teacher.id, date(2027, 11, 1), with_returned=True)
    assert (len(shown["entries"]), shown["points"]) == (1, 90)
    assert (len(gone["entries"]), gone["points"]) == (0, 100)
    assert rows(EthicsEntry) == 1


def test_a_failed_appraisal_vetoes_once_confirmed_and_a_passed_one_never(session, place):
    fields = {"teacher": place.teacher, "year": 2025, "appraised_on": date(2026, 1, 10), "is_decided": False}
    failed = {"conclusion_code": "4", "veto_to": date(2027, 1, 9), "facts": "有偿补课"}
    row = operations.record_appraisal(actor=place.school, evidence=proof(place), **fields, **failed)
    assert (row.state, veto_of(place.teacher.id, today())) == (State.PROPOSED, None)
    operations.confirm(actor=place.officer, record=row)
    veto = veto_of(place.teacher.id, today())
    assert (veto.source, veto.what, veto.to_on) == ("appraisal", "2025", date(2027, 1, 9))
    with pytest.raises(Refused):
        operations.record_appraisal(
            actor=place.school, evidence=[], conclusion_code="2", veto_to=None, facts=None, **fields
        )
    operations.correct_appraisal(
        actor=place.officer, appraisal=row, reason="复核合格", conclusion_code="2", appraised_on=date(2026, 1, 10),
        veto_to=None, facts=None, evidence=[], is_decided=True,
    )  # fmt: skip
    assert veto_of(place.teacher.id, today()) is None


def test_a_failing_appraisal_needs_evidence_and_grounds(session, place):
    fields = {"teacher": place.teacher, "year": 2025, "appraised_on": date(2026, 1, 10), "is_decided": True}
    for lack in ({"evidence": []}, {"facts": " "}, {"veto_to": None}, {"veto_to": date(2026, 1, 9)}):
        whole = {"conclusion_code": "4", "veto_to": date(2027, 1, 9), "facts": "x", "evidence": proof(place)} | lack
        with pytest.raises(Refused):
            operations.record_appraisal(actor=place.officer, **fields, **whole)


def test_a_school_that_turns_a_pass_into_a_fail_needs_the_county(session, place):
    row = operations.record_appraisal(
        actor=place.school, teacher=place.teacher, year=2025, conclusion_code="2", appraised_on=date(2026, 1, 10),
        veto_to=None, facts=None, evidence=[], is_decided=False,
    )  # fmt: skip
    assert row.state is State.IN_FORCE
    operations.correct_appraisal(
        actor=place.school, appraisal=row, reason="发现问题", conclusion_code="4", appraised_on=date(2026, 1, 10),
        veto_to=date(2027, 1, 9), facts="经查", evidence=proof(place), is_decided=False,
    )  # fmt: skip
    assert row.state is State.PROPOSED
    assert veto_of(place.teacher.id, today()) is None


def test_a_returned_appraisal_is_entered_anew_in_its_place(session, place, rows):
    row = EthicsAppraisalFactory(teacher=place.teacher, state=State.RETURNED)
    again = operations.record_appraisal(
        actor=place.school, teacher=place.teacher, year=2025, conclusion_code="2", appraised_on=date(2026, 1, 10),
        veto_to=None, facts=None, evidence=[], is_decided=False,
    )  # fmt: skip
    assert again.id == row.id
    assert rows(EthicsAppraisal) == 1


def test_all_sources_of_a_veto_agree(session, place):
    other, third, free = (TeacherFactory() for _ in range(3))
    for one in (other, third, free):
        one.county_id = place.county.id
    session.flush()
    EthicsEntryFactory(teacher=place.teacher)
    EthicsAppraisalFactory(teacher=other)
    CircumstanceFactory(teacher_id=third.id, kind_code="ethics_failed", from_on=date(2026, 1, 1), to_on=None)
    CircumstanceFactory(teacher_id=free.id, kind_code="ethics_failed", from_on=date(2026, 1, 1), to_on=date(2026, 2, 1))
    found = vetoed_teachers(place.county.id, today())
    assert {teacher: veto.source for teacher, veto in found.items()} == {
        place.teacher.id: "entry",
        other.id: "appraisal",
        third.id: "circumstance",
    }
    assert all(veto_of(teacher, today()).source == veto.source for teacher, veto in found.items())
    assert all(veto.sentence for veto in found.values())


def test_an_honour_is_refused_to_a_vetoed_teacher_in_words(session, place):
    from app.teachers import records

    EthicsAppraisalFactory(teacher=place.teacher)
    fields = {"type_code": "backbone", "level_code": "4", "title": "县级骨干教师", "valid_to": None}
    with pytest.raises(Refused, match="2025"):
        records.add(actor=place.officer, teacher=place.teacher, kind=records.HONOUR, valid_from=today(), **fields)
    later = date(2027, 1, 10)
    honour = records.add(actor=place.officer, teacher=place.teacher, kind=records.HONOUR, valid_from=later, **fields)
    assert honour.valid_from == later


def test_the_database_itself_refuses_a_term_that_ends_before_it_begins(session, place):
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError, match="dates_in_order"):
        EthicsEntryFactory(teacher=place.teacher, to_on=date(2026, 2, 1))
    session.rollback()


def test_the_county_edits_its_lists_and_what_is_on_record_keeps_its_words(session, place):
    entry = propose(place, "T11")
    assert operations.make_own(actor=place.officer, county=place.county) == 19
    with pytest.raises(Refused):
        operations.make_own(actor=place.officer, county=place.county)
    row = queries.clause_row(
        next(c.id for c in clauses(place.county.id) if c.code == "T11"), place.officer.grants, "ethics.confirm"
    )
    operations.change_clause(actor=place.officer, row=row, text="新的表述", is_active=False)
    assert entry.clause_text != "新的表述"
    assert "T11" not in {c.code for c in clauses(place.county.id)}
    assert timedelta(days=0) == today() - date(2026, 11, 22)

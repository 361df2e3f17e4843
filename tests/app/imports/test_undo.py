"""Undo: the very bytes come back, or the reason is said."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.audit import record
from app.audit.models import AuditEntry
from app.eligibility import operations as eligibility
from app.eligibility.models import EligibilityVerdict
from app.eligibility.queries import is_stale
from app.extensions import db
from app.imports import operations, queries
from app.imports.models import BatchStatus, ChangeOperation
from app.teachers.models import Teacher, TeacherSubject
from app.web.errors import Refused
from tests.app.imports.conftest import counts, everything
from tests.app.imports.workbooks import teacher_row, workbook
from tests.factories import BackboneHonourFactory, TeacherFactory
from tests.factories.people import identity_number


def known_teacher(school, serial, **more):
    teacher = TeacherFactory(school=school, serial=serial, number=identity_number(serial), **more)
    db.session.add(TeacherSubject(teacher_id=teacher.id, subject_code="science"))
    db.session.flush()
    return teacher


def undo(batch, officer):
    operations.undo(actor=officer, batch=batch)
    db.session.expire_all()


def test_an_undone_roster_leaves_every_byte_as_it_was(put, officer, school, other_school):
    known_teacher(school, 1, phone="13900000001", email="a@example.org")
    known_teacher(school, 2)
    before = everything()
    rows = [
        teacher_row(1, other_school, phone="13700000000", further_subjects="劳动", email="b@example.org"),
        teacher_row(2, school, state="203", name="改名"),
        teacher_row(3, other_school, further_subjects="科学；劳动", phone="13600000000"),
    ]
    batch = put("teachers", workbook("teachers", rows))
    assert counts(batch) == (1, 2, 0, 0)
    assert everything() != before
    undo(batch, officer)
    assert batch.status is BatchStatus.UNDONE
    assert everything() == before


VALUES = {
    "phone": st.sampled_from([None, "13800000001", "13800000002"]),
    "email": st.sampled_from([None, "a@example.org", "b@example.org"]),
    "state": st.sampled_from([None, "100", "205", "203-长病假"]),
    "further_subjects": st.sampled_from([None, "科学", "科学；劳动", "劳动"]),
    "subject": st.sampled_from(["语文", "数学"]),
    "home_township": st.sampled_from([None, "东乡", "=1+1"]),
    "title_employed_on": st.sampled_from([None, "2019.12", "2020年1月"]),
    "joined_school_on": st.sampled_from(["2017-09", "2012-09"]),
}
ROWS = st.dictionaries(st.integers(0, 5), st.fixed_dictionaries(VALUES), min_size=1, max_size=6)


@settings(max_examples=8)
@given(stored=st.sets(st.integers(0, 5)), first=ROWS, second=ROWS, clears=st.booleans())
def test_imports_undone_in_reverse_restore_everything(put, officer, school, stored, first, second, clears):
    with db.session.begin_nested() as around:
        for serial in stored:
            known_teacher(school, serial, phone="13900000001")
        states, batches = [everything()], []
        for number, rows in enumerate((first, second)):
            content = workbook(
                "teachers",
                [teacher_row(serial, school, **more) for serial, more in rows.items()],
                title=f"第{number}次",
            )
            batches.append(put("teachers", content, does_empty_clear=clears))
            states.append(everything())
        for batch, state in zip(reversed(batches), reversed(states[:-1]), strict=True):
            undo(batch, officer)
            assert everything() == state
        around.rollback()
    db.session.expire_all()


def test_a_later_import_is_named(put, officer, school):
    first = put("teachers", workbook("teachers", [teacher_row(1, school)]))
    second = put("teachers", workbook("teachers", [teacher_row(1, school, phone="13800000001")]), name="第二次.xlsx")
    with pytest.raises(Refused, match=f"{second.id}.*第二次"):
        operations.undo(actor=officer, batch=first)
    db.session.rollback()


def test_a_later_edit_is_named_with_the_person(put, officer, school):
    batch = put("teachers", workbook("teachers", [teacher_row(1, school)]))
    teacher = db.session.scalars(select(Teacher)).one()
    teacher.email = "later@example.org"
    record(actor=officer, action="teacher.edit", subject=teacher, after={"email": "later@example.org"})
    with pytest.raises(Refused, match=officer.name):
        operations.undo(actor=officer, batch=batch)


def test_rows_that_refer_to_created_ones_are_named(put, officer, school, monkeypatch):
    batch = put("teachers", workbook("teachers", [teacher_row(1, school)]))
    teacher = db.session.scalars(select(Teacher)).one()
    BackboneHonourFactory(teacher_id=teacher.id)
    with pytest.raises(Refused, match=r"1 .*(骨干称号|backbone)"):
        operations.undo(actor=officer, batch=batch)


def test_a_refused_undo_changes_nothing(client, put, officer, school, rows):
    batch = put("teachers", workbook("teachers", [teacher_row(1, school), teacher_row(2, school)]))
    teacher = db.session.scalars(select(Teacher).order_by(Teacher.id)).first()
    BackboneHonourFactory(teacher_id=teacher.id)
    client.sign_in(officer)
    answer = client.post(f"/imports/{batch.id}/undo", follow_redirects=True)
    assert "cannot be undone" in answer.text
    db.session.expire_all()
    assert batch.status is BatchStatus.APPLIED
    assert rows(Teacher) == 2


def test_a_form_opened_on_the_imported_row_is_stale_after_the_undo(put, officer, school):
    teacher = known_teacher(school, 1)
    read = teacher.version
    batch = put("teachers", workbook("teachers", [teacher_row(1, school, email="b@example.org")]))
    db.session.expire_all()
    opened = teacher.version
    undo(batch, officer)
    assert teacher.version == read
    for _edit in range(3):
        teacher.home_township = f"{_edit}乡"
        db.session.flush()
        assert teacher.version != opened


def test_the_history_of_a_record_tells_what_imports_did(put, officer, school, county):
    teacher = known_teacher(school, 1, phone="13900000001")
    put("teachers", workbook("teachers", [teacher_row(1, school, phone="13700000000", joined_school_on="2012-09")]))
    found = {c.field: c for c in queries.changes_for("teacher", teacher.id, county.id)}
    assert (found["phone"].before, found["phone"].after) == ("13900000001", "13700000000")
    assert found["phone"].actor_label == officer.label
    assert found["phone"].operation is ChangeOperation.UPDATE
    assert not {"version", "updated_at", "id_number"} & found.keys()


def test_the_teacher_s_own_page_tells_what_an_import_changed(put, officer, school, client):
    teacher = known_teacher(school, 1, email="a@example.org")
    put("teachers", workbook("teachers", [teacher_row(1, school, email="b@example.org", joined_school_on="2012-09")]))
    page = client.sign_in(officer).get(f"/teachers/{teacher.id}/history").text
    assert "a@example.org" in page
    assert "b@example.org" in page
    assert "Import no." in page


def test_verdicts_do_not_stand_in_the_way_of_an_undo_because_they_are_judged_anew(put, officer, school, county, rows):
    batch = put("teachers", workbook("teachers", [teacher_row(1, school)]))
    draft = eligibility.create_draft(actor=officer, county_id=county.id, year=2026)
    rule_set = eligibility.put_in_force(actor=officer, draft=draft)
    assert rows(EligibilityVerdict) == 1
    undo(batch, officer)
    assert rows(Teacher) == rows(EligibilityVerdict) == 0
    assert is_stale(rule_set)


def test_the_log_has_one_entry_a_batch_with_the_digest_of_its_changes(put, officer, school):
    batch = put("teachers", workbook("teachers", [teacher_row(n, school) for n in range(3)]))
    undo(batch, officer)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "import_batch")).all()
    by_action = {entry.action: entry for entry in entries}
    assert len(entries) == 3
    assert by_action["import.apply"].after["new"] == 3
    assert by_action["import.undo"].before["digest"] == by_action["import.apply"].after["digest"]


def test_an_import_checked_before_a_change_is_not_applied_over_it(bring, officer, school):
    teacher = known_teacher(school, 1)
    batch = bring("teachers", workbook("teachers", [teacher_row(1, school, email="b@example.org")]))
    prepared = operations.prepare(batch)
    db.session.execute(update(Teacher).where(Teacher.id == teacher.id).values(version=77, left_on=date(2026, 1, 1)))
    with pytest.raises(Refused):
        operations.apply(actor=officer, batch=batch, prepared=prepared, does_accept_rejected=False)


def test_a_teacher_who_came_on_record_meanwhile_is_not_added_twice(bring, officer, school):
    batch = bring("teachers", workbook("teachers", [teacher_row(1, school)]))
    prepared = operations.prepare(batch)
    known_teacher(school, 1)
    with pytest.raises(Refused):
        operations.apply(actor=officer, batch=batch, prepared=prepared, does_accept_rejected=False)

"""Results, what they are worth, and the lists they come from."""

import io
import threading
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.credits.models import ClaimStatus, CreditClaim
from app.extensions import db
from app.training.models import (
    CertificateCounter,
    CompletionCertificate,
    RosterImport,
    RosterStatus,
    TrainingProgramme,
    TrainingResult,
    TrainingSession,
)
from app.training.operations import certificates, enrolments, rosters
from app.training.operations.results import Outcome
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.app.training.county import build_scene

PASSED, FAILED = TrainingResult.PASSED, TrainingResult.FAILED


@pytest.fixture(autouse=True)
def _after_the_session():
    with time_machine.travel(date(2026, 9, 20), tick=True):
        yield


@pytest.fixture
def scene(app):
    return build_scene()


def claims(scene):
    db.session.expire_all()
    return db.session.scalars(select(CreditClaim).order_by(CreditClaim.id)).all()


def book(*rows, headers=("姓名", "身份证号", "合格状态", "成绩", "学时")):
    page = (made := openpyxl.Workbook()).active
    page.append(["培训成绩名单"])
    page.append(list(headers))
    for row in rows:
        page.append(list(row))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def line(teacher, result="合格", score=90, hours=16):
    return (teacher.name, teacher.id_number, result, score, hours)


def upload(scene, *rows):
    return rosters.upload(
        actor=SYSTEM, session=scene.session, programme=scene.programme, file_name="成绩.xlsx", content=book(*rows)
    )


def apply(scene, roster, **more):
    return rosters.apply(actor=SYSTEM, roster=roster, programme=scene.programme, **more)


def test_a_pass_becomes_credit_with_the_hours_of_the_session(scene):
    scene.record(scene.rows[0], Outcome(PASSED))
    (claim,) = claims(scene)
    assert (claim.teacher_id, claim.hours, claim.status) == (scene.teachers[0].id, Decimal(16), ClaimStatus.CONFIRMED)


def test_a_changed_result_changes_the_credit_and_counts_nothing_twice(scene):
    row = scene.rows[0]
    scene.record(row, Outcome(PASSED))
    scene.record(row, Outcome(PASSED, hours=Decimal("7.5")), reason="只参加一天")
    (claim,) = claims(scene)
    assert claim.hours == Decimal("7.5")
    scene.record(row, Outcome(FAILED), reason="考试作弊")
    assert claims(scene)[0].status is ClaimStatus.WITHDRAWN
    scene.record(row, Outcome(PASSED), reason="申诉成立")
    (claim,) = claims(scene)
    assert (claim.status, claim.hours) == (ClaimStatus.CONFIRMED, Decimal(16))


def test_the_same_result_again_changes_nothing(scene):
    assert scene.record(scene.rows[0], Outcome(PASSED))
    assert not scene.record(scene.rows[0], Outcome(PASSED))


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(PASSED, score=Decimal(79)), "79"),
        (Outcome(PASSED, score=Decimal(101)), "100"),
        (Outcome(PASSED, hours=Decimal("16.5")), "16"),
        (Outcome(FAILED, hours=Decimal(1)), "no hours"),
    ],
)
def test_what_cannot_be_is_refused(scene, outcome, words, app):
    with app.test_request_context(), pytest.raises(Refused, match=words):
        from flask import session as kept

        kept["language"] = "en"
        scene.record(scene.rows[0], outcome)


def test_a_changed_result_needs_its_reason(scene):
    scene.record(scene.rows[0], Outcome(PASSED))
    with pytest.raises(Refused):
        scene.record(scene.rows[0], Outcome(FAILED))


def test_a_list_is_applied_as_a_whole_and_undone_as_a_whole(scene):
    first, second, third = scene.teachers
    roster = upload(scene, line(first, score=92.5), line(second, "不合格", 55, 0), line(third, hours=""))
    assert apply(scene, roster) == 3
    found = [(row.result, row.score, row.hours) for row in enrolments.fresh([row.id for row in scene.rows])]
    assert found == [
        (PASSED, Decimal("92.5"), Decimal(16)),
        (FAILED, Decimal(55), Decimal(0)),
        (PASSED, Decimal(90), Decimal(16)),
    ]
    assert sum(claim.status is ClaimStatus.CONFIRMED for claim in claims(scene)) == 2

    assert rosters.undo(actor=SYSTEM, roster=roster, programme=scene.programme) == 3
    assert {row.result for row in enrolments.fresh([row.id for row in scene.rows])} == {TrainingResult.NONE}
    assert all(claim.status is ClaimStatus.WITHDRAWN for claim in claims(scene))
    assert roster.status is RosterStatus.UNDONE


def test_a_list_is_applied_once(scene):
    roster = upload(scene, line(scene.teachers[0]))
    apply(scene, roster)
    with pytest.raises(Refused):
        apply(scene, roster)
    assert len(claims(scene)) == 1


def test_undo_is_refused_where_a_result_was_changed_since(scene):
    roster = upload(scene, line(scene.teachers[0]), line(scene.teachers[1]))
    apply(scene, roster)
    scene.record(scene.rows[1], Outcome(PASSED, hours=Decimal(8)), reason="更正")
    with pytest.raises(Refused, match=scene.teachers[1].name):
        rosters.undo(actor=SYSTEM, roster=roster, programme=scene.programme)


def test_what_is_wrong_with_a_row_is_told_and_keeps_the_list_back(scene):
    first, second, third = scene.teachers
    stranger = build_scene(people=1).teachers[0]
    roster = upload(
        scene,
        line(first, "及格了"),
        line(second, score=60),
        ("王某某", third.id_number, "合格", 90, 16),
        line(stranger),
        (first.name, "123", "合格", 90, 16),
    )
    codes = {one["row"]: one["code"] for one in roster.problems}
    assert codes == {3: "result_unknown", 4: "said", 5: "name_differs", 6: "not_on_list", 7: "id_length"}
    with pytest.raises(Refused):
        apply(scene, roster)
    db.session.rollback()


def test_rows_with_errors_can_be_left_out(scene):
    roster = upload(scene, line(scene.teachers[0]), line(scene.teachers[1], "?"))
    assert apply(scene, roster, leaves_out_rejected=True) == 1


@pytest.mark.parametrize("hours", ["2.5.1", "-1", 1e9])
def test_hours_that_are_none_are_named(scene, hours):
    roster = upload(scene, line(scene.teachers[0], hours=hours))
    assert [one["key"] for one in roster.problems] == ["hours"]
    assert roster.rows == []


@pytest.mark.parametrize(
    "content", [b"", b"<html><body><table></table></body></html>", b"PK\x03\x04broken", b"%PDF-1.7 nothing"]
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(scene, content):
    with pytest.raises(Refused):
        rosters.upload(
            actor=SYSTEM, session=scene.session, programme=scene.programme, file_name="x.xlsx", content=content
        )


def test_certificates_are_numbered_without_a_gap(scene):
    scene.pass_all()
    made = certificates.issue(actor=SYSTEM, session=scene.session, programme=scene.programme)
    assert [row.number[-8:] for row in made] == ["03000001", "03000002", "03000003"]
    assert all(row.number.startswith(scene.county.code) for row in made)
    with pytest.raises(Refused):
        certificates.issue(actor=SYSTEM, session=scene.session, programme=scene.programme)


def test_a_result_with_a_certificate_stands_until_it_is_revoked(scene):
    scene.pass_all()
    made = certificates.issue(actor=SYSTEM, session=scene.session, programme=scene.programme)
    with pytest.raises(Refused):
        scene.record(scene.rows[0], Outcome(FAILED), reason="更正")
    mine = next(row for row in made if row.enrolment_id == scene.rows[0].id)
    certificates.revoke(actor=SYSTEM, certificate=mine, reason="成绩有误")
    db.session.expire_all()
    assert scene.record(scene.rows[0], Outcome(FAILED), reason="更正")
    with pytest.raises(Refused):
        certificates.revoke(actor=SYSTEM, certificate=mine, reason="再次")


def test_issuers_at_once_lose_no_number_and_give_none_twice(app):
    scenes = [build_scene(people=3)]
    scenes += [_another_session(scenes[0]) for _one in range(3)]
    for scene in scenes:
        scene.pass_all()
    keys = [(scene.session.id, scene.programme.id) for scene in scenes]
    area = scenes[0].county.code
    db.session.commit()
    start, failures = threading.Barrier(len(keys)), []

    def click(session_id, programme_id):
        try:
            with app.app_context():
                start.wait()
                with transaction():
                    certificates.issue(
                        actor=SYSTEM,
                        session=db.session.get(TrainingSession, session_id),
                        programme=db.session.get(TrainingProgramme, programme_id),
                    )
                db.session.remove()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=click, args=key) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert failures == []
    serials = db.session.scalars(select(CompletionCertificate.serial)).all()
    assert sorted(serials) == list(range(1, 13))
    assert db.session.get(CertificateCounter, (area, "03")).last == 12


def _another_session(scene):
    other = build_scene(people=0)
    from tests.factories import TeacherFactory
    from tests.factories.training import SessionFactory

    other.county, other.school, other.programme = scene.county, scene.school, scene.programme
    other.session = SessionFactory(
        programme=scene.programme, begins_on=date(2026, 9, 14), ends_on=date(2026, 9, 15), is_on_site=False
    )
    other.teachers = [TeacherFactory(school=scene.school) for _one in range(3)]
    other.rows = enrolments.enrol(actor=SYSTEM, session=other.session, teachers=other.teachers)
    return other


def test_a_number_given_back_by_a_rollback_is_given_again(scene):
    scene.pass_all()
    db.session.commit()
    certificates.issue(actor=SYSTEM, session=scene.session, programme=scene.programme)
    db.session.rollback()
    made = certificates.issue(
        actor=SYSTEM,
        session=db.session.get(TrainingSession, scene.session.id),
        programme=db.session.get(TrainingProgramme, scene.programme.id),
    )
    assert [row.serial for row in made] == [1, 2, 3]


def test_the_kept_list_has_no_identity_number(scene):
    roster = upload(scene, line(scene.teachers[0]))
    number = scene.teachers[0].id_number
    stored = db.session.get(RosterImport, roster.id)
    assert number not in str(stored.rows) + str(stored.problems)

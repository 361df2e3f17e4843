"""The pages: who may do what, what bad input answers, and what a list costs."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from reportlab.pdfbase.ttfonts import TTFontFile
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.extensions import db, limiter
from app.notices.models import Notice
from app.training import attendance_codes, certificate_pdf
from app.training.models import (
    Admission,
    AttendanceMark,
    CompletionCertificate,
    Enrolment,
    EnrolmentStatus,
    RosterImport,
    SessionFeedback,
    SessionStatus,
    TrainingBudget,
    TrainingProgramme,
    TrainingResult,
    TrainingSession,
    TrainingSpending,
)
from app.training.operations import certificates, enrolments
from app.training.presenting import masked_name
from app.web.errors import Refused
from tests.app.training.county import build_scene
from tests.factories import SchoolFactory, TeacherFactory, user_with
from tests.factories.training import EnrolmentFactory, ProgrammeFactory, SessionFactory, SpendingFactory

S = EnrolmentStatus


@pytest.fixture(autouse=True)
def _on_the_second_day():
    with time_machine.travel(datetime.fromisoformat("2026-09-15T02:00:00+00:00"), tick=True):
        yield


@pytest.fixture
def scene(app):
    return build_scene()


@pytest.fixture
def centre(client, scene):
    return client.sign_in(scene.centre())


SESSION = {
    "name": "小学数学班",
    "mode_code": "1",
    "begins_on": "2026-10-12",
    "ends_on": "2026-10-13",
    "is_on_site": "y",
    "hours": "16.5",
    "places": "40",
    "admission": "centre",
    "venue": "进修学校",
}


def text_of(answer):
    return answer.get_data(as_text=True)


def test_the_centre_adds_a_programme_and_a_session(centre, scene):
    programme = {
        "owner": f"region:{scene.county.id}",
        "name": "心理健康教育培训",
        "year": "2026",
        "level_code": "40",
        "kind_code": "06",
        "organiser": "青县教师发展中心",
        "pass_mark": "60",
    }
    assert centre.post("/training/programmes/new", data=programme).status_code == 303
    row = db.session.scalars(select(TrainingProgramme).where(TrainingProgramme.kind_code == "06")).one()
    assert centre.post(f"/training/programmes/{row.id}/sessions/new", data=SESSION).status_code == 303
    session = db.session.scalars(select(TrainingSession).where(TrainingSession.programme_id == row.id)).one()
    assert (session.hours, session.status, session.places) == (Decimal("16.5"), SessionStatus.DRAFT, 40)
    assert centre.post("/training/programmes/new", data=programme).status_code == 422
    edit = f"/training/programmes/{row.id}/edit"
    assert "心理健康教育培训" in text_of(centre.get(edit))
    assert centre.post(edit, data=programme | {"name": "心理健康教育（C证）培训"}).status_code == 303
    assert "（C证）" in text_of(centre.get(f"/training/programmes/{row.id}"))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("hours", "2.5.1", "two decimal places"),
        ("hours", "-1", "two decimal places"),
        ("hours", "1000000000", "at most 1000"),
        ("hours", "0", "more than 0"),
        ("begins_on", "1900-01-01", "1900"),
        ("ends_on", "2026-10-01", "before it begins"),
        ("places", "0", "between"),
        ("daily_from", "09:00", "both times"),
    ],
)
def test_a_session_that_cannot_be_is_shown_again_with_what_was_typed(centre, scene, field, value, said):
    answer = centre.post(f"/training/programmes/{scene.programme.id}/sessions/new", data=SESSION | {field: value})
    assert answer.status_code == 422
    page = text_of(answer)
    assert said in page
    assert "小学数学班" in page
    assert value in page


def test_a_school_runs_its_own_sessions_and_only_those(client, scene):
    client.sign_in(scene.school_admin())
    own = SessionFactory(school=scene.school)
    others = SessionFactory(school=SchoolFactory(county=scene.county))
    assert client.get(f"/training/sessions/{own.id}/edit").status_code == 200
    assert client.get(f"/training/sessions/{scene.session.id}").status_code == 200
    assert client.get(f"/training/sessions/{scene.session.id}/edit").status_code == 404
    assert client.get(f"/training/sessions/{others.id}").status_code == 404
    wrong = {"owner": f"school:{scene.school.id}", "name": "x", "year": "2026", "level_code": "40", "kind_code": "08"}
    answer = client.post("/training/programmes/new", data=wrong | {"organiser": "x", "pass_mark": "80"})
    assert answer.status_code == 422


def test_a_teacher_applies_the_school_nominates_the_centre_confirms(make_client, scene):
    session = SessionFactory(programme=scene.programme, begins_on=date(2026, 11, 2), ends_on=date(2026, 11, 3))
    teacher = scene.teachers[0]
    account = scene.account_of(0)
    db.session.commit()
    mine = make_client().sign_in(account)
    assert session.name in text_of(mine.get("/training/offers"))
    assert mine.post(f"/training/offers/{session.id}/apply").status_code == 303
    school = make_client().sign_in(scene.school_admin())
    assert school.post(f"/training/sessions/{session.id}/nominate", data={"teacher": teacher.id}).status_code == 303
    row = db.session.scalars(select(Enrolment).where(Enrolment.session_id == session.id)).one()
    assert row.status is S.NOMINATED
    centre = make_client().sign_in(scene.centre())
    chosen = {"enrolment": row.id, "do": "confirm"}
    assert centre.post(f"/training/sessions/{session.id}/people/decide", data=chosen).status_code == 303
    db.session.expire_all()
    assert db.session.get(Enrolment, row.id).status is S.CONFIRMED
    assert db.session.scalars(select(Notice.kind).where(Notice.user_id == account.id)).all() == ["training.confirmed"]


def test_who_moves_up_is_told_once(scene, client):
    session = SessionFactory(
        programme=scene.programme, begins_on=date(2026, 11, 2), ends_on=date(2026, 11, 3), places=1
    )
    account = scene.account_of(1)
    first, _second = (
        enrolments.enrol(actor=SYSTEM, session=session, teachers=[teacher])[0] for teacher in scene.teachers[:2]
    )
    client.sign_in(scene.centre()).post(f"/training/enrolments/{first.id}/remove", data={"reason": "生病"})
    kinds = db.session.scalars(select(Notice.kind).where(Notice.user_id == account.id).order_by(Notice.id)).all()
    assert kinds == ["training.waiting", "training.moved_up"]


def test_declining_needs_a_reason(centre, scene):
    row = EnrolmentFactory(of=scene.session, person=TeacherFactory(school=scene.school))
    url = f"/training/sessions/{scene.session.id}/people/decide"
    centre.post(url, data={"enrolment": row.id, "do": "decline"})
    assert db.session.get(Enrolment, row.id).status is S.APPLIED
    centre.post(url, data={"enrolment": row.id, "do": "decline", "reason": "学科不符"})
    assert db.session.get(Enrolment, row.id).status is S.DECLINED


def test_a_school_declines_only_its_own_people(client, scene):
    row = EnrolmentFactory(of=scene.session, person=TeacherFactory(school=SchoolFactory(county=scene.county)))
    client.sign_in(scene.school_admin())
    data = {"teacher": row.teacher_id, "do": "decline", "reason": "x"}
    client.post(f"/training/sessions/{scene.session.id}/nominate", data=data)
    assert db.session.get(Enrolment, row.id).status is S.APPLIED


def test_the_code_of_the_day_signs_people_in_once(client, scene, app):
    with app.app_context():
        token = attendance_codes.make(scene.session.id, date(2026, 9, 15))
    client.sign_in(scene.account_of(0))
    assert "I am here" in text_of(client.get(f"/training/here/{token}"))
    assert client.post(f"/training/here/{token}").status_code == 303
    assert client.post(f"/training/here/{token}").status_code == 303
    marks = db.session.scalars(select(AttendanceMark)).all()
    assert [(mark.enrolment_id, mark.day) for mark in marks] == [(scene.rows[0].id, date(2026, 9, 15))]


def test_the_code_runs_out(client, scene, app):
    client.sign_in(scene.account_of(0))
    token = attendance_codes.make(scene.session.id, date(2026, 9, 15))
    with time_machine.travel(datetime.fromisoformat("2026-09-15T02:09:00+00:00")):
        assert client.get(f"/training/here/{token}").status_code == 200
    with time_machine.travel(datetime.fromisoformat("2026-09-15T02:11:00+00:00")):
        answer = client.post(f"/training/here/{token}")
    assert answer.status_code == 422
    assert "run out" in text_of(answer)
    assert db.session.scalars(select(AttendanceMark)).all() == []


def test_a_forged_code_is_refused(client, scene):
    client.sign_in(scene.account_of(0))
    token = attendance_codes.make(scene.session.id, date(2026, 9, 15))
    assert client.post(f"/training/here/{token[:-2]}xx").status_code == 422


def test_who_is_not_enrolled_is_told_so(client, scene):
    stranger = TeacherFactory(school=scene.school)
    client.sign_in(user_with(Role.TEACHER, teacher=stranger))
    token = attendance_codes.make(scene.session.id, date(2026, 9, 15))
    answer = client.post(f"/training/here/{token}")
    assert answer.status_code == 422
    assert "not on the list" in text_of(answer)


def test_the_page_of_the_code_shows_an_image_that_the_policy_allows(centre, scene):
    page = text_of(centre.get(f"/training/sessions/{scene.session.id}/code?day=2026-09-15"))
    assert 'src="data:image/svg+xml' in page
    tomorrow = text_of(centre.get(f"/training/sessions/{scene.session.id}/code?day=2026-09-16"))
    assert "no day of it" in tomorrow


def test_ticks_are_kept_and_taken_back(centre, scene):
    url = f"/training/sessions/{scene.session.id}/attendance"
    shown = [row.id for row in scene.rows]
    centre.post(url, data={"day": "2026-09-14", "shown": shown, "present": shown[:2]})
    centre.post(url, data={"day": "2026-09-14", "shown": shown, "present": shown[1:]})
    here = db.session.scalars(select(AttendanceMark.enrolment_id).order_by(AttendanceMark.enrolment_id)).all()
    assert here == shown[1:]


def test_nobody_was_there_tomorrow(centre, scene):
    session = SessionFactory(programme=scene.programme, begins_on=date(2026, 9, 16), ends_on=date(2026, 9, 16))
    row = enrolments.enrol(actor=SYSTEM, session=session, teachers=[TeacherFactory(school=scene.school)])[0]
    url = f"/training/sessions/{session.id}/attendance"
    centre.post(url, data={"day": "2026-09-16", "shown": row.id, "present": row.id})
    assert db.session.scalars(select(AttendanceMark)).all() == []


def test_a_list_of_results_goes_its_way(centre, scene):
    page = (book := openpyxl.Workbook()).active
    page.append(["姓名", "身份证号", "合格状态", "成绩", "学时"])
    page.append([scene.teachers[0].name, scene.teachers[0].id_number, "合格", 91, 16])
    page.append(["无此人", "x", "合格", 91, 16])
    buffer = io.BytesIO()
    book.save(buffer)
    file = (io.BytesIO(buffer.getvalue()), "成绩.xlsx")
    answer = centre.post(f"/training/sessions/{scene.session.id}/rosters", data={"file": file})
    assert answer.status_code == 303
    address = answer.location
    assert "would change" in text_of(centre.get(address))
    errors = openpyxl.load_workbook(io.BytesIO(centre.post(f"{address}/errors").data)).active
    assert errors.cell(1, 6).value == "错误信息"
    assert errors.cell(3, 6).value
    centre.post(f"{address}/apply")
    assert db.session.get(Enrolment, scene.rows[0].id).result is TrainingResult.NONE
    centre.post(f"{address}/apply", data={"leaves_out": "y"})
    db.session.expire_all()
    assert db.session.get(Enrolment, scene.rows[0].id).result is TrainingResult.PASSED
    centre.post(f"{address}/undo")
    db.session.expire_all()
    assert db.session.get(Enrolment, scene.rows[0].id).result is TrainingResult.NONE


def test_only_the_uploader_takes_the_workbook_back(make_client, scene):
    page = (book := openpyxl.Workbook()).active
    page.append(["姓名", "身份证号", "合格状态"])
    page.append([scene.teachers[0].name, scene.teachers[0].id_number, "?"])
    buffer = io.BytesIO()
    book.save(buffer)
    one, other = make_client().sign_in(scene.centre()), make_client().sign_in(scene.centre())
    data = {"file": (io.BytesIO(buffer.getvalue()), "成绩.xlsx")}
    address = one.post(f"/training/sessions/{scene.session.id}/rosters", data=data).location
    assert one.post(f"{address}/errors").status_code == 200
    assert other.post(f"{address}/errors").status_code == 409
    assert one.post(f"{address}/discard").status_code == 303
    assert one.post(f"{address}/errors").status_code == 409
    kept = db.session.scalars(select(RosterImport)).one()
    assert kept.content == b""


@pytest.mark.parametrize("content", [b"<html>", b"PK\x03\x04", b""])
def test_a_file_that_is_no_list_is_answered_on_the_form(centre, scene, content):
    data = {"file": (io.BytesIO(content), "成绩.xlsx")}
    assert centre.post(f"/training/sessions/{scene.session.id}/rosters", data=data).status_code == 422


def test_the_template_can_be_filled_in(centre):
    book = openpyxl.load_workbook(io.BytesIO(centre.get("/training/results-template.xlsx").data))
    headers = " ".join(str(cell.value) for cell in book.active[2])
    assert all(word in headers for word in ("姓名", "身份证号", "合格状态", "成绩", "学时"))


def issue(scene):
    scene.pass_all()
    return certificates.issue(actor=SYSTEM, session=scene.session, programme=scene.programme)


def test_certificates_are_printed_in_one_go_with_their_letters_inside(centre, scene):
    scene.teachers[0].name = "林䶮昇"
    issue(scene)
    answer = centre.post(f"/training/sessions/{scene.session.id}/certificates.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.data.count(b"/Type /Page") - answer.data.count(b"/Type /Pages") == 3
    assert b"/FontFile2" in answer.data, "the font is embedded"
    assert db.session.scalar(select(AuditEntry.position).where(AuditEntry.action == "training.certificate.print"))


def test_names_that_the_font_lacks_are_told_before_anything_is_printed(centre, scene):
    scene.teachers[1].name = "王\U0003134a"
    made = issue(scene)
    with pytest.raises(Refused, match="王\U0003134a"):
        certificate_pdf.print_all(made, lambda row: "x")
    answer = centre.post(f"/training/sessions/{scene.session.id}/certificates.pdf", follow_redirects=True)
    assert "王\U0003134a" in text_of(answer)
    assert answer.mimetype == "text/html"


def test_the_font_is_a_truetype_font_with_rare_letters():
    known = TTFontFile(str(certificate_pdf.FILE)).charToGlyph
    assert len(known) > 30_000
    assert all(ord(letter) in known for letter in "䶮㛃昇燚犇喆赟龘〇")


def test_anybody_can_verify_a_certificate_without_learning_a_name(client, scene):
    scene.teachers[0].name = "林清禾"
    row = next(one for one in issue(scene) if one.name == "林清禾")
    page = text_of(client.get(f"/training/verify/{row.token}"))
    assert "林*禾" in page
    assert "林清禾" not in page
    assert row.number in page
    assert scene.school.name not in page
    assert len(row.token) >= 32
    assert client.get("/training/verify/" + "a" * 32).status_code == 404
    certificates.revoke(actor=SYSTEM, certificate=row, reason="成绩有误")
    page = text_of(client.get(f"/training/verify/{row.token}"))
    assert "撤销" in page
    assert "成绩有误" not in page, "why is nobody else's business"


def test_verifying_is_limited(app):
    view = app.view_functions["training.verify"]
    limits = limiter.limit_manager.decorated_limits(f"{view.__module__}.{view.__name__}.{view.__name__}")
    assert [str(one.limit) for one in limits] == ["30 per 1 minute"]


@pytest.mark.parametrize(("name", "shown"), [("林清禾", "林*禾"), ("林禾", "林*"), ("欧阳清禾", "欧**禾"), ("禾", "*")])
def test_names_are_masked(name, shown):
    assert masked_name(name) == shown


def test_a_teacher_fetches_only_their_own_certificate(client, scene):
    made = {one.enrolment_id: one.id for one in issue(scene)}
    client.sign_in(scene.account_of(0))
    assert client.get(f"/training/mine/certificates/{made[scene.rows[0].id]}.pdf").data.startswith(b"%PDF")
    assert client.get(f"/training/mine/certificates/{made[scene.rows[1].id]}.pdf").status_code == 404


def test_feedback_is_given_once_and_leads_to_nobody(client, scene):
    client.sign_in(scene.account_of(0))
    url = f"/training/mine/{scene.rows[0].id}/feedback"
    answers = {"content": "5", "teaching": "4", "organisation": "3", "result": "2", "comment": "多些案例"}
    before = db.session.scalar(select(AuditEntry.position).order_by(AuditEntry.position.desc()).limit(1))
    moment = db.session.get(Enrolment, scene.rows[0].id).updated_at
    assert client.post(url, data={"content": "6"}).status_code == 422
    assert client.post(url, data=answers).status_code == 303
    client.post(url, data=answers)
    db.session.expire_all()
    (kept,) = db.session.scalars(select(SessionFeedback)).all()
    assert (kept.content, kept.result, kept.comment) == (5, 2, "多些案例")
    assert "teacher" not in "".join(kept.__table__.columns.keys())
    assert db.session.scalar(select(AuditEntry.position).order_by(AuditEntry.position.desc()).limit(1)) == before
    assert db.session.get(Enrolment, scene.rows[0].id).updated_at == moment


def test_small_groups_stay_hidden(centre, scene):
    url = f"/training/sessions/{scene.session.id}/feedback"

    def answer(number, **more):
        kept = {"session_id": scene.session.id, "stage": "primary", "is_rural": True, "comment": "不错"}
        kept |= {"content": 5, "teaching": 5, "organisation": 5, "result": 4}
        db.session.add_all(SessionFeedback(**(kept | more)) for _one in range(number))
        db.session.commit()

    answer(4)
    assert "4.00" not in text_of(centre.get(url))
    assert "不错" not in text_of(centre.get(url))
    answer(2)
    page = text_of(centre.get(url))
    assert "4.00" in page
    assert "不错" in page
    answer(1, is_rural=False, result=1)
    assert "hidden" in text_of(centre.get(url)), "the one elsewhere, and the six with whom it would be worked out"


def test_the_calendar_shows_the_month_and_its_list(centre, scene):
    page = text_of(centre.get("/training/calendar?month=2026-09"))
    assert page.count(f"/training/sessions/{scene.session.id}") == 3  # two days and the list
    assert scene.session.name not in text_of(centre.get("/training/calendar?month=2026-11"))
    assert centre.get("/training/calendar?month=nonsense").status_code == 200
    assert centre.get("/training/calendar?month=0001-01").status_code == 200


def test_cancelling_tells_everybody_why(centre, scene):
    account = scene.account_of(0)
    url = f"/training/sessions/{scene.session.id}/status"
    centre.post(url, data={"status": "cancelled"})
    assert db.session.get(TrainingSession, scene.session.id).status is SessionStatus.OPEN
    centre.post(url, data={"status": "cancelled", "reason": "台风"})
    db.session.expire_all()
    assert db.session.get(TrainingSession, scene.session.id).status is SessionStatus.CANCELLED
    told = db.session.scalars(select(Notice).where(Notice.user_id == account.id)).one()
    assert (told.kind, told.params["reason"]) == ("training.cancelled", "台风")


def test_places_are_shared_out_and_bad_figures_are_named(centre, scene):
    url = f"/training/sessions/{scene.session.id}/quotas"
    box = f"school-{scene.school.id}"
    answer = centre.post(url, data={box: "-3"})
    assert answer.status_code == 422
    assert "-3" in text_of(answer)
    assert centre.post(url, data={box: "31"}).status_code == 422
    assert centre.post(url, data={box: "10"}).status_code == 303
    assert "10 of 30" in text_of(centre.get(f"/training/sessions/{scene.session.id}"))


def test_five_per_cent_is_judged_before_rounding(client, scene):
    client.sign_in(scene.school_admin())
    url = f"/training/budgets/{scene.school.id}/2026"
    exact = {"public_funds": "100000", "planned": "4999.99"}
    assert client.post(f"{url}/edit", data=exact).status_code == 303
    page = text_of(client.get(url))
    assert "4.99 %" in page
    assert "Not reached" in page
    assert scene.school.name in text_of(client.get("/training/budgets?state=short&year=2026"))
    client.post(f"{url}/edit", data={"public_funds": "100,000", "planned": "5000"})
    assert "Reached" in text_of(client.get(url))
    assert db.session.scalars(select(TrainingBudget)).one().planned == Decimal(5000)


@pytest.mark.parametrize("planned", ["1e9", "-5", "100001", "五千", "1.234"])
def test_a_budget_that_cannot_be_is_refused(client, scene, planned):
    client.sign_in(scene.school_admin())
    url = f"/training/budgets/{scene.school.id}/2026/edit"
    answer = client.post(url, data={"public_funds": "100000", "planned": planned})
    assert answer.status_code == 422
    assert planned in text_of(answer)


def test_expenses_are_entered_changed_and_removed(client, scene):
    client.sign_in(scene.school_admin())
    url = f"/training/budgets/{scene.school.id}/2026"
    entry = {"spent_on": "2026-03-01", "amount": "1200.50", "purpose": "差旅费", "session_id": str(scene.session.id)}
    assert client.post(f"{url}/spendings/new", data=entry | {"spent_on": "2027-01-01"}).status_code == 422
    assert client.post(f"{url}/spendings/new", data=entry).status_code == 303
    row = db.session.scalars(select(TrainingSpending)).one()
    edit = f"/training/spendings/{row.id}/edit"
    assert client.post(edit, data=entry | {"amount": "300"}).status_code == 303
    assert "300.00" in text_of(client.get(url))
    assert client.post(f"/training/spendings/{row.id}/remove").status_code == 303
    assert db.session.scalars(select(TrainingSpending)).all() == []


def test_a_school_sees_no_other_school_s_money(client, scene):
    other = SchoolFactory(county=scene.county)
    SpendingFactory(school_id=other.id)
    client.sign_in(scene.school_admin())
    assert client.get(f"/training/budgets/{other.id}/2026").status_code == 404
    assert other.name not in text_of(client.get("/training/budgets"))


@pytest.mark.parametrize(
    "address",
    ["/training/export", "/training/programmes/export", "/training/certificates/export", "/training/budgets/export"],
)
def test_lists_leave_as_workbooks_and_on_record(centre, scene, address):
    issue(scene)
    answer = centre.post(address)
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).active.max_row >= 3
    assert db.session.scalar(select(AuditEntry.position).where(AuditEntry.action == "export"))


def test_an_export_of_people_masks_identity_numbers(centre, scene):
    answer = centre.post(f"/training/sessions/{scene.session.id}/people/export")
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = " ".join(str(cell.value) for row in page.iter_rows() for cell in row)
    assert scene.teachers[0].name in cells
    assert scene.teachers[0].id_number not in cells


@pytest.mark.parametrize(
    "address",
    [
        "/training",
        "/training/programmes",
        "/training/certificates",
        "/training/budgets",
        "/training/calendar?month=2026-09",
    ],
)
def test_a_list_asks_no_more_of_the_database_with_more_rows(centre, scene, queries, address):
    issue(scene)
    centre.get(address)
    with queries() as few:
        centre.get(address)
    for _one in range(8):
        other = ProgrammeFactory(region=scene.county)
        SessionFactory(programme=other, begins_on=date(2026, 9, 21), ends_on=date(2026, 9, 22))
        school = SchoolFactory(county=scene.county)
        enrolments.enrol(actor=SYSTEM, session=scene.session, teachers=[TeacherFactory(school=school)])
    db.session.commit()
    with queries() as many:
        assert centre.get(address).status_code == 200
    assert len(many) == len(few)


def test_the_people_of_a_session_cost_the_same_however_many(centre, scene, queries):
    address = f"/training/sessions/{scene.session.id}/people"
    centre.get(address)
    with queries() as few:
        centre.get(address)
    school = SchoolFactory(county=scene.county)
    enrolments.enrol(
        actor=SYSTEM, session=scene.session, teachers=[TeacherFactory(school=school) for _one in range(12)]
    )
    with queries() as many:
        assert centre.get(address).status_code == 200
    assert len(many) == len(few)


def test_a_teacher_leaves_before_it_begins_and_not_after(client, scene):
    client.sign_in(scene.account_of(0))
    later = SessionFactory(
        programme=scene.programme,
        begins_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 2),
        admission=Admission.DIRECT,
    )
    client.post(f"/training/offers/{later.id}/apply")
    row = db.session.scalars(select(Enrolment).where(Enrolment.session_id == later.id)).one()
    assert row.status is S.CONFIRMED
    client.post(f"/training/mine/{row.id}/leave")
    client.post(f"/training/mine/{scene.rows[0].id}/leave")
    db.session.expire_all()
    assert db.session.get(Enrolment, row.id).status is S.CANCELLED
    assert db.session.get(Enrolment, scene.rows[0].id).status is S.CONFIRMED
    assert client.post(f"/training/mine/{scene.rows[1].id}/leave").status_code == 404


def test_another_s_changes_are_not_overwritten(centre, scene):
    url = f"/training/sessions/{scene.session.id}/edit"
    data = SESSION | {"row_version": str(scene.session.version), "begins_on": "2026-09-14", "ends_on": "2026-09-15"}
    data["hours"] = "16"
    assert centre.post(url, data=data | {"venue": "甲"}).status_code == 303
    answer = centre.post(url, data=data | {"venue": "乙"})
    assert answer.status_code == 422
    assert "乙" in text_of(answer)
    assert db.session.get(TrainingSession, scene.session.id).venue == "甲"


def test_the_sections_lead_to_what_they_tell(make_client, scene):
    issue(scene)
    number = db.session.scalars(select(CompletionCertificate.number)).first()
    teacher = scene.teachers[0]
    school = make_client().sign_in(scene.school_admin())
    assert scene.session.name in text_of(school.get(f"/teachers/{teacher.id}"))
    mine = make_client().sign_in(scene.account_of(0))
    assert scene.session.name in text_of(mine.get("/me"))
    assert number[:6] in text_of(mine.get("/me"))


def test_every_page_opens_in_chinese_too(client, scene):
    person = scene.centre()
    person.language = "zh_Hans_CN"
    made = issue(scene)
    client.sign_in(person)
    session, row = f"/training/sessions/{scene.session.id}", f"/training/enrolments/{scene.rows[0].id}"
    school = f"/training/budgets/{scene.school.id}/2026"
    parts = (
        "",
        "/edit",
        "/people",
        "/attendance",
        "/code",
        "/rosters",
        "/certificates",
        "/feedback",
        "/history",
        "/quotas",
    )
    addresses = [
        *(f"{session}{part}" for part in parts),
        *(
            "/training",
            "/training/programmes",
            "/training/programmes/new",
            "/training/certificates",
            "/training/budgets",
        ),
        *("/training/calendar", f"/training/programmes/{scene.programme.id}", f"/training/certificates/{made[0].id}"),
        *(f"/training/programmes/{scene.programme.id}/sessions/new", f"/training/verify/{made[0].token}"),
        *(row, f"{row}/result", school, f"{school}/edit", f"{school}/spendings/new"),
    ]
    assert [one for one in addresses if client.get(one).status_code != 200] == []

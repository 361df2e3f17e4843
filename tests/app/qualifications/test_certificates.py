"""A certificate's way: from a teacher's telephone by the school to the county, back with a reason, renewed, revoked."""

from datetime import date

import pytest
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.extensions import db
from app.qualifications import operations
from app.qualifications.models import Certificate, CertificateGap, CertificateSource, CertificateState
from app.web.errors import Refused
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, officer_of, user_with
from tests.factories.qualifications import CertificateFactory, RegistrationFactory, qualified

S = CertificateState
FORM = {
    "type_code": "mental_c", "number": "XL 2026 0001", "issued_by": "云南省教育厅", "issued_on": "2026-05-10",
    "action": "send",
}  # fmt: skip


def certificate():
    return db.session.scalars(select(Certificate).order_by(Certificate.id.desc())).first()


def gaps(teacher):
    rows = db.session.scalars(select(CertificateGap).where(CertificateGap.teacher_id == teacher.id))
    return {(row.type_code, row.reason.value, row.is_barring) for row in rows}


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


# --- a teacher's own ----------------------------------------------------------------------------------------------


def test_from_the_telephone_to_the_county(make_client, teacher, holder, administrator, officer, photo, notices):
    qualified(teacher)
    mine = make_client().sign_in(holder)
    answer = mine.post("/me/certificates/new", data={**FORM, "evidence": photo()})
    assert answer.status_code == 303
    row = certificate()
    assert (row.state, row.number, row.valid_to) == (S.CLAIMED, "XL20260001", date(2031, 5, 9))
    assert len(mine.get(answer.location).data) and "证书.png" in mine.get(answer.location).text
    assert ("mental_c", "unverified", False) in gaps(teacher)

    school = make_client().sign_in(administrator)
    assert "林青禾" in school.get("/qualifications/to-check").text
    school.post("/qualifications/to-check", data={"certificate": row.id, "action": "confirm"})
    assert certificate().state is S.CHECKED

    county = make_client().sign_in(officer)
    assert "XL20260001" in county.get("/qualifications/to-verify").text
    county.post("/qualifications/to-verify", data={"certificate": row.id, "action": "confirm"})
    assert certificate().state is S.VERIFIED
    assert gaps(teacher) == {("class_teacher", "missing", False)}
    assert notices() == [("certificate.verified", holder.id)]
    told = select(AuditEntry.action).where(AuditEntry.subject_type == "certificate").order_by(AuditEntry.position)
    assert db.session.scalars(told).all() == ["certificate.add", "certificate.check", "certificate.verify"]


def test_returned_with_a_reason_mended_and_sent_again(make_client, teacher, holder, administrator, notices):
    mine, school = make_client().sign_in(holder), make_client().sign_in(administrator)
    mine.post("/me/certificates/new", data=FORM)
    row = certificate()
    page = school.post("/qualifications/to-check", data={"certificate": row.id, "action": "return", "reason": ""})
    assert page.status_code == 422 and certificate().state is S.CLAIMED
    assert f'value="{row.id}" checked' in page.text
    school.post("/qualifications/to-check", data={"certificate": row.id, "action": "return", "reason": "编号不清楚"})
    assert (certificate().state, certificate().reason) == (S.RETURNED, "编号不清楚")
    assert notices() == [("certificate.returned", holder.id)]
    assert "编号不清楚" in mine.get(f"/me/certificates/{row.id}").text
    mine.post(f"/me/certificates/{row.id}/edit", data=FORM | {"number": "XL20260002"})
    assert (certificate().state, certificate().number, certificate().reason) == (S.CLAIMED, "XL20260002", None)


def test_a_draft_is_kept_as_typed_and_seen_by_nobody_else(make_client, teacher, holder, administrator, photo):
    mine = make_client().sign_in(holder)
    mine.post("/me/certificates/new", data={"type_code": "mental_c", "action": "draft", "evidence": photo()})
    row = certificate()
    assert (row.state, row.number) == (S.DRAFT, None)
    school = make_client().sign_in(administrator)
    assert school.get(f"/qualifications/certificates/{row.id}").status_code == 404
    page = mine.get(f"/me/certificates/{row.id}/edit").text
    assert "证书.png" in page
    refused = mine.post(f"/me/certificates/{row.id}/edit", data={"type_code": "mental_c", "action": "send"})
    assert refused.status_code == 422 and "Give the number" in refused.text
    assert mine.post(f"/me/certificates/{row.id}/remove").status_code == 303
    assert certificate() is None


def test_taken_back_before_anybody_looked(client, teacher, holder):
    client.sign_in(holder).post("/me/certificates/new", data=FORM)
    row = certificate()
    client.post(f"/me/certificates/{row.id}/withdraw")
    assert certificate().state is S.DRAFT
    assert client.post(f"/me/certificates/{row.id}/withdraw").status_code == 409


def test_what_is_with_the_county_is_not_changed_by_its_holder(client, teacher, holder):
    row = CertificateFactory(teacher=teacher, state=S.CHECKED)
    client.sign_in(holder)
    assert client.post(f"/me/certificates/{row.id}/edit", data=FORM).status_code == 303
    assert certificate().number == row.number
    assert client.post(f"/me/certificates/{row.id}/remove").status_code == 403


def test_another_teachers_certificate_is_not_found(client, school, holder):
    row = CertificateFactory(teacher=TeacherFactory(school=school))
    client.sign_in(holder)
    for path in (
        f"/me/certificates/{row.id}",
        f"/me/certificates/{row.id}/edit",
        f"/qualifications/certificates/{row.id}",
    ):
        assert client.get(path).status_code in (403, 404)


# --- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"issued_on": "2026-09-02"}, "lies in the future"),
        ({"issued_on": "1980-01-01"}, "not after the teacher&#39;s birth"),
        ({"issued_on": "2026-05-10", "valid_to": "2026-05-09"}, "The end lies before the beginning"),
        ({"issued_on": "10.5.26"}, "Write the date as 2026-09-01"),
        ({"type_code": "no_such"}, "Not a valid choice"),
        ({"number": ""}, "Give the number of the certificate"),
        ({"issued_by": ""}, "Say who issued it"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(client, teacher, holder, changed, sentence, rows):
    answer = client.sign_in(holder).post("/me/certificates/new", data=FORM | {"title": "心理健康C证"} | changed)
    assert answer.status_code == 422 and sentence in answer.text
    assert 'value="心理健康C证"' in answer.text
    assert rows(Certificate) == 0


def test_a_web_page_named_pdf_is_refused_and_the_rest_stays(client, teacher, holder, photo, rows):
    page = photo(b"<!doctype html><script>alert(1)</script>", "证书.pdf")
    answer = client.sign_in(holder).post("/me/certificates/new", data={**FORM, "evidence": page})
    assert answer.status_code == 422 and "is a web page" in answer.text
    assert 'value="XL 2026 0001"' in answer.text
    assert rows(Certificate) == 0


def test_a_number_is_once_in_the_county(client, teacher, holder, school):
    CertificateFactory(teacher=TeacherFactory(school=school), number="XL20260001")
    answer = client.sign_in(holder).post("/me/certificates/new", data=FORM)
    assert answer.status_code == 422 and "already on record in the county" in answer.text
    elsewhere = SchoolFactory(county=CountyFactory())
    CertificateFactory(teacher=TeacherFactory(school=elsewhere), number="XL20260003")
    assert client.post("/me/certificates/new", data=FORM | {"number": "XL20260003"}).status_code == 303


def test_a_revoked_certificate_frees_its_number(client, teacher, holder, school):
    CertificateFactory(teacher=TeacherFactory(school=school), number="XL20260001", state=S.REVOKED)
    assert client.sign_in(holder).post("/me/certificates/new", data=FORM).status_code == 303


def test_the_database_itself_keeps_numbers_apart(session, school):
    from sqlalchemy.exc import IntegrityError

    first, second = TeacherFactory(school=school), TeacherFactory(school=school)
    CertificateFactory(teacher=first, number="A1")
    with pytest.raises(IntegrityError):
        CertificateFactory(teacher=second, number="A1")
    session.rollback()


# --- school and county --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "state"), [("administrator", S.CHECKED), ("officer", S.VERIFIED)])
def test_who_enters_decides_where_it_begins(client, teacher, request, role, state):
    client.sign_in(request.getfixturevalue(role))
    answer = client.post(f"/teachers/{teacher.id}/certificates/new", data=FORM)
    assert answer.status_code == 303 and certificate().state is state


def test_what_a_school_changes_goes_to_the_county_again(make_client, teacher, administrator, officer):
    row = CertificateFactory(teacher=teacher, number="XL20260001")
    make_client().sign_in(administrator).post(f"/qualifications/certificates/{row.id}/edit", data=FORM)
    assert certificate().state is S.CHECKED
    make_client().sign_in(officer).post(
        f"/qualifications/certificates/{row.id}/edit", data=FORM | {"issued_by": "市教育局"}
    )
    assert (certificate().state, certificate().issued_by) == (S.CHECKED, "市教育局")


def test_somebody_elses_change_meanwhile_is_not_overwritten(client, teacher, officer, session):
    row = CertificateFactory(teacher=teacher, number="XL20260001")
    client.sign_in(officer)
    row.issued_by = "另一个"
    session.commit()
    data = FORM | {"row_version": "1", "issued_by": "我写的"}
    answer = client.post(f"/qualifications/certificates/{row.id}/edit", data=data)
    assert answer.status_code == 422 and 'value="我写的"' in answer.text
    assert certificate().issued_by == "另一个"


def test_several_at_once_and_two_people_at_once(make_client, school, administrator):
    waiting = [CertificateFactory(teacher=TeacherFactory(school=school), state=S.CLAIMED) for _ in range(3)]
    elsewhere = CertificateFactory(teacher=TeacherFactory(), state=S.CLAIMED)
    ids = [row.id for row in waiting]
    one, two = make_client().sign_in(administrator), make_client().sign_in(administrator)
    one.post("/qualifications/to-check", data={"certificate": ids[:2], "action": "confirm"})
    answer = two.post(
        "/qualifications/to-check",
        data={"certificate": [*ids, elsewhere.id], "action": "confirm"},
        follow_redirects=True,
    )
    assert "1 certificate was done. 2 had been decided by somebody else meanwhile." in answer.text
    states = db.session.scalars(select(Certificate.state).where(Certificate.id.in_(ids))).all()
    assert states == [S.CHECKED] * 3
    assert db.session.get(Certificate, elsewhere.id).state is S.CLAIMED
    assert len(entries("certificate.check")) == 3


def test_nothing_ticked_is_said(client, administrator):
    answer = client.sign_in(administrator).post("/qualifications/to-check", data={}, follow_redirects=True)
    assert "Choose at least one row." in answer.text


def test_revoked_with_a_reason_and_told(client, teacher, holder, officer, notices):
    row = qualified(teacher)
    client.sign_in(officer)
    assert client.post(f"/qualifications/certificates/{row.id}/revoke", data={"reason": ""}).status_code == 422
    client.post(f"/qualifications/certificates/{row.id}/revoke", data={"reason": "以不正当手段取得"})
    assert certificate().state is S.REVOKED
    assert ("teacher_primary", "revoked", True) in gaps(teacher)
    assert notices() == [("certificate.revoked", holder.id)]
    again = client.post(f"/qualifications/certificates/{row.id}/revoke", data={"reason": "再来一次"})
    assert again.status_code == 422 and "Only a verified certificate" in again.text


def test_a_school_removes_nothing_that_the_county_verified(make_client, teacher, administrator, officer):
    row = CertificateFactory(teacher=teacher)
    assert make_client().sign_in(administrator).post(f"/qualifications/certificates/{row.id}/remove").status_code == 403
    assert make_client().sign_in(officer).post(f"/qualifications/certificates/{row.id}/remove").status_code == 303
    assert certificate() is None


def test_scans_open_for_those_who_may_see_the_record_and_nobody_else(
    make_client, teacher, holder, administrator, photo
):
    mine = make_client().sign_in(holder)
    mine.post("/me/certificates/new", data={**FORM, "evidence": photo()})
    page = mine.get(f"/me/certificates/{certificate().id}").text
    address = page.split('href="/evidence/')[1].split('"')[0]
    assert mine.get(f"/evidence/{address}").status_code == 200
    assert make_client().sign_in(administrator).get(f"/evidence/{address}").status_code == 200
    stranger = user_with(Role.SCHOOL_ADMINISTRATOR, school=SchoolFactory(county=CountyFactory()))
    assert make_client().sign_in(stranger).get(f"/evidence/{address}").status_code == 404
    colleague = user_with(Role.TEACHER, teacher=TeacherFactory())
    assert make_client().sign_in(colleague).get(f"/evidence/{address}").status_code == 404


# --- renewal ------------------------------------------------------------------------------------------------------


def test_a_renewal_keeps_the_chain_and_the_number(make_client, teacher, holder, administrator, officer):
    old = CertificateFactory(teacher=teacher, number="XL1", issued_on=date(2021, 9, 15), valid_to=date(2026, 9, 14))
    mine = make_client().sign_in(holder)
    form = FORM | {"number": "XL1", "issued_on": "2026-08-20"}
    assert mine.post(f"/me/certificates/new?renews={old.id}", data=form).status_code == 303
    new = certificate()
    assert (new.renews_id, new.number, new.own_number) == (old.id, "XL1", None)
    assert db.session.get(Certificate, old.id).state is S.VERIFIED
    make_client().sign_in(administrator).post("/qualifications/to-check", data={"certificate": new.id})
    make_client().sign_in(officer).post("/qualifications/to-verify", data={"certificate": new.id})
    assert db.session.get(Certificate, old.id).state is S.RENEWED
    assert "2021-09-15" in mine.get(f"/me/certificates/{new.id}").text


def test_a_certificate_is_renewed_once(client, teacher, holder):
    old = CertificateFactory(teacher=teacher, number="XL1", issued_on=date(2021, 9, 15))
    client.sign_in(holder).post(f"/me/certificates/new?renews={old.id}", data=FORM)
    answer = client.post(f"/me/certificates/new?renews={old.id}", data=FORM | {"number": "XL9"})
    assert answer.status_code == 422 and "has been renewed already" in answer.text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"issued_on": "2021-09-15"}, "not newer than the certificate it renews"),
        ({"type_code": "first_aid"}, "of the same type, or of one that replaces it"),
    ],
)
def test_what_is_no_renewal_is_refused(client, teacher, holder, changed, sentence):
    old = CertificateFactory(teacher=teacher, issued_on=date(2021, 9, 15))
    answer = client.sign_in(holder).post(f"/me/certificates/new?renews={old.id}", data=FORM | changed)
    assert answer.status_code == 422 and sentence in answer.text


def test_a_higher_certificate_renews_a_lower(client, teacher, officer):
    old = CertificateFactory(teacher=teacher, issued_on=date(2021, 9, 15))
    address = f"/teachers/{teacher.id}/certificates/new?renews={old.id}"
    assert client.sign_in(officer).post(address, data=FORM | {"type_code": "mental_b"}).status_code == 303
    assert db.session.get(Certificate, old.id).state is S.RENEWED


def test_a_removed_renewal_lets_the_old_one_stand_again(client, teacher, officer):
    old = CertificateFactory(teacher=teacher, issued_on=date(2021, 9, 15))
    client.sign_in(officer).post(f"/teachers/{teacher.id}/certificates/new?renews={old.id}", data=FORM)
    refused = client.post(f"/qualifications/certificates/{old.id}/remove")
    assert refused.status_code == 409
    client.post(f"/qualifications/certificates/{certificate().id}/remove")
    assert certificate().id == old.id and certificate().state is S.VERIFIED


# --- registrations ------------------------------------------------------------------------------------------------


def test_a_registration_is_good_for_five_years(client, teacher, officer):
    row = qualified(teacher, issued_on=date(2010, 7, 1))
    client.sign_in(officer)
    path = f"/qualifications/certificates/{row.id}/registrations/new"
    client.post(path, data={"on": "2021-09-01", "conclusion_code": "1"})
    assert (certificate().registered_to, certificate().expires_on) == (date(2026, 8, 31),) * 2
    assert ("teacher_primary", "registration_overdue", True) in gaps(teacher)
    client.post(path, data={"on": "2026-08-20", "conclusion_code": "2", "note": "学时不足"})
    assert certificate().registered_to == date(2026, 8, 31)
    client.post(path, data={"on": "2026-09-01", "conclusion_code": "1"})
    assert certificate().registered_to == date(2031, 8, 31)
    assert not any(barring for _type, _reason, barring in gaps(teacher))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"on": "2026-09-02", "conclusion_code": "1"}, "lies in the future"),
        ({"on": "2009-01-01", "conclusion_code": "1"}, "before the day of issue"),
        ({"on": "2022-06-01", "conclusion_code": "1"}, "of this day is already on record"),
        ({"on": "2022-07-01", "conclusion_code": ""}, "This field is required"),
    ],
)
def test_a_registration_that_cannot_be_is_refused(client, teacher, officer, data, sentence):
    row = qualified(teacher, issued_on=date(2010, 7, 1))
    RegistrationFactory(certificate_id=row.id, on=date(2022, 6, 1))
    path = f"/qualifications/certificates/{row.id}/registrations/new"
    answer = client.sign_in(officer).post(path, data=data)
    assert answer.status_code == 422 and sentence in answer.text


def test_a_mended_and_a_removed_registration_are_reckoned_anew(client, teacher, officer):
    row = qualified(teacher, issued_on=date(2010, 7, 1))
    one = RegistrationFactory(certificate_id=row.id, on=date(2022, 6, 1))
    client.sign_in(officer)
    client.post(f"/qualifications/certificates/{row.id}/registrations/{one.id}",
                data={"on": "2023-06-01", "conclusion_code": "1"})  # fmt: skip
    assert certificate().registered_to == date(2028, 5, 31)
    client.post(f"/qualifications/certificates/{row.id}/registrations/{one.id}/remove")
    assert (certificate().registered_to, certificate().conclusion_code) == (None, None)


def test_only_the_county_registers(client, teacher, administrator):
    row = qualified(teacher)
    path = f"/qualifications/certificates/{row.id}/registrations/new"
    assert client.sign_in(administrator).post(path, data={}).status_code == 403


def test_an_operation_refuses_what_the_form_would(teacher, officer, rows):
    fields = operations.Fields("mental_c", number=None)
    with pytest.raises(Refused):
        operations.add(actor=officer, teacher=teacher, source=CertificateSource.COUNTY, fields=fields)
    assert rows(Certificate) == 0


def test_another_countys_officer_finds_nothing(client, teacher):
    row = CertificateFactory(teacher=teacher)
    client.sign_in(officer_of(CountyFactory()))
    for path in ("", "/edit", "/revoke"):
        assert client.get(f"/qualifications/certificates/{row.id}{path}").status_code == 404
    assert "林青禾" not in client.get("/qualifications/certificates").text

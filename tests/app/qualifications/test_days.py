"""What happens with time: reminders, each once; a certificate runs out and is renewed; figures, lists and types."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.access import Role
from app.db.clock import today
from app.extensions import db
from app.notices.kinds import render
from app.notices.models import Notice
from app.qualifications.judging import judge_county
from app.qualifications.models import Certificate, CertificateGap, CertificateState, TitleKind, TitleRecord
from app.qualifications.tasks import day, step_of
from tests.factories import CountyFactory, PrefectureFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.qualifications import CertificateFactory, TitleRecordFactory, qualified

S = CertificateState


def one_day(county):
    day(county.id, today())
    db.session.commit()


@pytest.mark.parametrize(
    ("left", "step"),
    [(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)],
)
def test_the_step_that_is_due(left, step):
    assert step_of(left) == step


def test_each_step_is_told_once_and_the_school_when_it_is_past(moment, county, teacher, holder, administrator, notices):
    ends = date(2026, 9, 1) + timedelta(days=100)
    CertificateFactory(teacher=teacher, valid_to=ends)
    told = []
    for left in range(100, -4, -1):
        moment.move_to(f"{ends - timedelta(days=left)}T04:00:00Z")
        before = len(notices())
        one_day(county)
        one_day(county)
        told += [(left, *one) for one in notices()[before:]]
    assert told == [
        (90, "certificate.ends", holder.id), (60, "certificate.ends", holder.id), (30, "certificate.ends", holder.id),
        (7, "certificate.ends", holder.id), (-1, "certificate.overdue", administrator.id),
        (-1, "certificate.past", holder.id),
    ]  # fmt: skip


def test_days_without_a_worker_lose_no_reminder_and_repeat_none(moment, county, teacher, holder, notices):
    CertificateFactory(teacher=teacher, valid_to=date(2026, 10, 1))
    for now in ("2026-09-01T04:00:00Z", "2026-09-20T04:00:00Z", "2026-09-28T04:00:00Z"):
        moment.move_to(now)
        one_day(county)
    assert [kind for kind, _user in notices()] == ["certificate.ends"] * 2


def test_a_certificate_runs_out_and_is_renewed(
    moment, make_client, county, teacher, holder, administrator, officer, notices
):
    """The whole way with time moved: reminded, run out, entered anew, checked, verified, quiet again."""
    qualified(teacher)
    CertificateFactory(teacher=teacher, type_code="class_teacher")
    old = CertificateFactory(teacher=teacher, issued_on=date(2021, 10, 1), valid_to=date(2026, 9, 30))
    one_day(county)
    assert [kind for kind, _user in notices()] == ["certificate.ends"]

    moment.move_to("2026-10-01T04:00:00Z")
    one_day(county)
    lacking = db.session.scalars(select(CertificateGap)).one()
    assert (lacking.type_code, lacking.reason.value, lacking.since_on) == ("mental_c", "expired", date(2026, 10, 1))
    assert {kind for kind, _user in notices()} == {"certificate.ends", "certificate.past", "certificate.overdue"}

    form = {"type_code": "mental_c", "number": "NEW1", "issued_by": "省教育厅", "issued_on": "2026-09-29"}
    mine = make_client().sign_in(holder)
    assert mine.post(f"/me/certificates/new?renews={old.id}", data=form | {"action": "send"}).status_code == 303
    new = db.session.scalar(select(Certificate).where(Certificate.number == "NEW1"))
    make_client().sign_in(administrator).post("/qualifications/to-check", data={"certificate": new.id})
    make_client().sign_in(officer).post("/qualifications/to-verify", data={"certificate": new.id})
    assert db.session.scalars(select(CertificateGap)).all() == []
    before = len(notices())
    one_day(county)
    assert len(notices()) == before
    assert db.session.get(Certificate, old.id).state is S.RENEWED


def test_what_is_being_renewed_is_not_reminded_of(county, teacher, holder, notices):
    old = CertificateFactory(teacher=teacher, valid_to=date(2026, 9, 20))
    CertificateFactory(teacher=teacher, renews_id=old.id, state=S.CHECKED)
    one_day(county)
    assert notices() == []


def test_every_notice_has_its_words(app, county, teacher, holder, administrator, officer, make_client, moment):
    ends = CertificateFactory(teacher=teacher, valid_to=date(2026, 9, 20))
    qualified(teacher, registered_to=date(2026, 8, 1), expires_on=date(2026, 8, 1))
    waiting = [CertificateFactory(teacher=teacher, state=S.CHECKED) for _ in range(2)]
    one_day(county)
    client = make_client().sign_in(officer)
    client.post("/qualifications/to-verify", data={"certificate": waiting[0].id})
    client.post(
        "/qualifications/to-verify", data={"certificate": waiting[1].id, "action": "return", "reason": "不清楚"}
    )
    client.post(f"/qualifications/certificates/{ends.id}/revoke", data={"reason": "伪造的证书"})
    rows = db.session.scalars(select(Notice)).all()
    assert {row.kind for row in rows} == {
        f"certificate.{name}" for name in ("ends", "past", "overdue", "verified", "returned", "revoked")
    }
    with app.test_request_context():
        for row in rows:
            said = render(row.kind, row.params)
            assert said.title and said.body and said.url.startswith("/"), row.kind


def test_the_job_does_the_day_for_every_county(run_jobs, county, teacher, holder, officer, client, notices):
    CertificateFactory(teacher=teacher, valid_to=date(2026, 9, 20))
    client.sign_in(officer).post("/qualifications/gaps/judge", data={"county": county.id})
    run_jobs()
    assert [kind for kind, _user in notices()].count("certificate.ends") == 1
    assert "Judge now" in client.get("/qualifications/gaps").text


def test_the_command_does_it_too(runner, county, teacher, holder, notices):
    CertificateFactory(teacher=teacher, valid_to=date(2026, 9, 20))
    result = runner.invoke(args=["qualifications", "day"])
    assert result.exit_code == 0 and "1 judged, 1 told" in result.output


# --- titles -------------------------------------------------------------------------------------------------------


def test_a_title_from_the_roster_comes_into_the_history(county, teacher, session):
    TitleRecordFactory(teacher_id=teacher.id, title_code="second", from_on=date(2012, 9, 1))
    teacher.title_employed_code, teacher.title_employed_on = "first", date(2019, 12, 1)
    session.flush()
    one_day(county)
    one_day(county)
    rows = db.session.scalars(select(TitleRecord).order_by(TitleRecord.from_on)).all()
    assert [(r.title_code, r.to_on) for r in rows] == [("second", date(2019, 11, 30)), ("first", None)]


def test_a_title_entered_becomes_the_present_one_and_its_removal_takes_it_back(client, teacher, officer):
    client.sign_in(officer)
    path = f"/teachers/{teacher.id}/titles"
    client.post(
        f"{path}/new", data={"kind": "employed", "title_code": "second", "from_on": "2012-09", "to_on": "2019-11"}
    )
    assert teacher.title_employed_code is None
    client.post(f"{path}/new", data={"kind": "employed", "title_code": "first", "from_on": "2019-12"})
    client.post(f"{path}/new", data={"kind": "rated", "title_code": "senior", "from_on": "2024-12"})
    assert (teacher.title_employed_code, teacher.title_employed_on) == ("first", date(2019, 12, 1))
    assert teacher.title_rated_code == "senior"
    twice = client.post(f"{path}/new", data={"kind": "employed", "title_code": "third", "from_on": "2019-12"})
    assert twice.status_code == 422 and "already on record" in twice.text
    newest = db.session.scalar(select(TitleRecord).where(TitleRecord.title_code == "first"))
    client.post(f"{path}/{newest.id}/remove")
    assert teacher.title_employed_code is None
    kinds = db.session.scalars(select(TitleRecord.kind)).all()
    assert sorted(kinds) == [TitleKind.EMPLOYED, TitleKind.RATED]
    assert "Title removed" in client.get(f"/teachers/{teacher.id}/history").text


def test_a_school_enters_studies_and_appraisals_but_no_titles(client, teacher, administrator):
    client.sign_in(administrator)
    study = {"level_code": "14", "institution": "云南师范大学", "graduated_on": "2018-07", "degree_level_code": "3"}
    assert client.post(f"/teachers/{teacher.id}/degrees/new", data=study).status_code == 303
    assert client.post(f"/teachers/{teacher.id}/appraisals/new",
                       data={"year": "2025", "result_code": "1"}).status_code == 303  # fmt: skip
    late = client.post(f"/teachers/{teacher.id}/appraisals/new", data={"year": "2027", "result_code": "1"})
    assert late.status_code == 422 and 'value="2027"' in late.text
    assert client.get(f"/teachers/{teacher.id}/titles/new").status_code == 403
    page = client.get(f"/teachers/{teacher.id}").text
    assert "云南师范大学" in page and "Excellent" in page


# --- lists and figures --------------------------------------------------------------------------------------------


def lacking(county):
    judge_county(county.id, today())
    db.session.commit()


def test_who_may_not_teach_and_why(client, county, school, teacher, officer):
    fine = TeacherFactory(school=school, name="王合格", staff_category_code="A1")
    qualified(fine)
    lacking(county)
    client.sign_in(officer)
    page = client.get("/qualifications/gaps?effect=bar").text
    assert "林青禾" in page and "王合格" not in page and "Primary teaching qualification" in page
    assert "No rows match" in client.get("/qualifications/gaps?effect=bar&reason=expired").text
    assert "林青禾" in client.get("/qualifications/gaps?type=mental_c&q=林").text
    for sort in ("school", "-school", "-name"):
        assert client.get(f"/qualifications/gaps?sort={sort}").status_code == 200
    export = client.post("/qualifications/gaps/export?effect=bar&format=csv")
    assert "林青禾" in export.data.decode("utf-8-sig") and "王合格" not in export.data.decode("utf-8-sig")


def test_a_school_sees_its_own_alone(client, county, teacher, administrator):
    other = SchoolFactory(county=county, name="别的小学")
    TeacherFactory(school=other, name="赵别处", staff_category_code="A1")
    lacking(county)
    client.sign_in(administrator)
    for path in ("", "/gaps", "/certificates", "/types", "/to-check"):
        page = client.get(f"/qualifications{path}")
        assert page.status_code == 200 and "赵别处" not in page.text and "别的小学" not in page.text, path
    assert "林青禾" in client.get("/qualifications/gaps").text
    exported = client.post("/qualifications/gaps/export?format=csv").data.decode("utf-8-sig")
    assert "林青禾" in exported and "赵别处" not in exported


def test_figures_lead_to_the_names_behind_them(client, county, teacher, officer):
    CertificateFactory(teacher=teacher, valid_to=date(2026, 8, 1))
    CertificateFactory(teacher=teacher, type_code="first_aid", valid_to=date(2026, 9, 20))
    CertificateFactory(teacher=teacher, state=S.CLAIMED)
    lacking(county)
    page = client.sign_in(officer).get("/qualifications").text
    assert 'data-chart="types-chart-option"' in page and "城关小学" in page
    for query in ("ends=overdue", "ends=90", "state=claimed"):
        assert f"{query}" in page
        listed = client.get(f"/qualifications/certificates?{query}").text
        assert listed.count('data-label="Certificate number"') == 1, query
    csv = client.post("/qualifications/certificates/export?format=csv&ends=90").data.decode("utf-8-sig")
    assert "First aid certificate" in csv and csv.count("林青禾") == 1


def test_certificates_are_found_by_name_pinyin_and_number(client, county, teacher, officer):
    teacher.name_pinyin, teacher.name_initials = "linqinghe", "lqh"
    CertificateFactory(teacher=teacher, number="XL9900")
    client.sign_in(officer)
    for text in ("林青", "linq", "lqh", "XL99"):
        assert "XL9900" in client.get(f"/qualifications/certificates?q={text}").text, text
    assert "XL9900" not in client.get("/qualifications/certificates?q=张").text


def test_an_identity_number_stays_in_no_address(client, county, teacher, officer):
    CertificateFactory(teacher=teacher, number="XL9900")
    answer = client.sign_in(officer).get(f"/qualifications/certificates?q={teacher.id_number}")
    assert answer.status_code == 303 and teacher.id_number not in answer.location
    assert "XL9900" in client.get(answer.location).text


@pytest.mark.parametrize("path", ["/qualifications/certificates", "/qualifications/gaps", "/qualifications"])
def test_a_page_asks_no_more_of_the_database_when_there_is_more(client, county, school, officer, queries, path):
    client.sign_in(officer)

    def cost():
        client.get(path)
        with queries() as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    CertificateFactory(teacher=TeacherFactory(school=school), state=S.CLAIMED)
    lacking(county)
    few = cost()
    for _ in range(12):
        CertificateFactory(teacher=TeacherFactory(school=SchoolFactory(county=county)), state=S.CLAIMED)
    lacking(county)
    assert cost() <= few


def test_a_prefectures_list_asks_no_more_where_more_counties_are_in_it(client, queries):
    prefecture = PrefectureFactory()
    client.sign_in(user_with(Role.PERSONNEL_OFFICER, region=prefecture))

    def cost(counties):
        for _ in range(counties):
            county = CountyFactory(parent_id=prefecture.id)
            CertificateFactory(teacher=TeacherFactory(school=SchoolFactory(county=county)))
        client.get("/qualifications/certificates")
        with queries() as seen:
            assert client.get("/qualifications/certificates").status_code == 200
        return len(seen)

    assert cost(2) >= cost(6)


def test_judging_a_county_takes_as_many_queries_for_many_as_for_few(county, school, queries):
    def cost():
        with queries() as seen:
            judge_county(county.id, today())
        return len(seen)

    TeacherFactory(school=school)
    few = cost()
    for _ in range(20):
        TeacherFactory(school=school)
    assert cost() <= few


def test_tasks_tell_what_waits(make_client, county, teacher, holder, administrator, officer):
    CertificateFactory(teacher=teacher, state=S.CLAIMED)
    CertificateFactory(teacher=teacher, state=S.CHECKED)
    CertificateFactory(teacher=teacher, state=S.RETURNED)
    CertificateFactory(teacher=teacher, valid_to=date(2026, 8, 1))
    lacking(county)
    at_school, at_county = (
        make_client().sign_in(administrator).get("/").text,
        make_client().sign_in(officer).get("/").text,
    )
    assert "1 certificate waits to be checked" in at_school and "1 teacher may not teach today" in at_school
    assert "1 certificate waits to be verified" in at_county and "1 certificate has run out" in at_county
    mine = make_client().sign_in(holder).get("/").text
    assert "1 of your certificates was returned" in mine and "runs out within 90 days" in mine


def test_sections_say_what_is_missing(make_client, county, teacher, holder, administrator):
    for client, path in ((make_client().sign_in(administrator), f"/teachers/{teacher.id}"),
                         (make_client().sign_in(holder), "/me")):  # fmt: skip
        page = client.get(path).text
        assert "May not teach today" in page and "Primary teaching qualification – Not on record" in page


# --- types --------------------------------------------------------------------------------------------------------


def type_data(**more):
    return {
        "name_zh": "救护员证", "name_en": "First aid certificate", "category": "skill", "is_active": "y",
        "needs_number": "y", "is_renewable": "y", "is_overdue_barring": "y", "subject_match": "ignore",
        "validity_months": "36", **more,
    }  # fmt: skip


def test_a_county_says_who_needs_a_certificate_and_everybody_is_judged_anew(client, county, teacher, officer):
    qualified(teacher)
    lacking(county)
    client.sign_in(officer)
    needs = {"needs-0-is_used": "y", "needs-0-is_barring": "y", "needs-0-is_class_teacher": "y"}
    answer = client.post(f"/qualifications/types/first_aid?county={county.id}", data=type_data(**needs))
    assert answer.status_code == 303
    assert ("first_aid", True) in {(g.type_code, g.is_barring) for g in db.session.scalars(select(CertificateGap))}
    page = client.get(f"/qualifications/types/first_aid?county={county.id}").text
    assert "Type changed" in page and "is_class_teacher=True" in page
    elsewhere = CountyFactory()
    TeacherFactory(school=SchoolFactory(county=elsewhere), is_class_teacher=True, staff_category_code="A1")
    lacking(elsewhere)
    others = select(CertificateGap.type_code).where(CertificateGap.county_id == elsewhere.id)
    assert "first_aid" not in db.session.scalars(others).all()
    client.post(f"/qualifications/types/first_aid/restore?county={county.id}")
    assert "first_aid" not in db.session.scalars(select(CertificateGap.type_code)).all()


def test_a_longer_registration_is_reckoned_into_certificates_on_record(client, county, teacher, officer):
    from tests.factories.qualifications import RegistrationFactory

    row = qualified(teacher, issued_on=date(2010, 7, 1), registered_to=date(2026, 8, 31), expires_on=date(2026, 8, 31))
    RegistrationFactory(certificate_id=row.id, on=date(2021, 9, 1))
    data = {
        "name_zh": "小学教师资格", "name_en": "Primary", "category": "teaching", "is_active": "y", "needs_number": "y",
        "is_renewable": "y", "is_overdue_barring": "y", "subject_match": "ignore", "stages": "primary",
        "registration_months": "72",
    }  # fmt: skip
    client.sign_in(officer).post(f"/qualifications/types/teacher_primary?county={county.id}", data=data)
    assert db.session.get(Certificate, row.id).registered_to == date(2027, 8, 31)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name_zh": ""}, "This field is required"),
        ({"validity_months": "-1"}, "Number must be between"),
        ({"validity_months": "1.5"}, "Not a valid integer"),
        ({"subject_covers": "mental_c"}, "Choose the subject for which it replaces others"),
        (
            {"needs-0-is_used": "y", "needs-0-min_pupils": "900", "needs-0-max_pupils": "100"},
            "smallest school is larger",
        ),
    ],
)
def test_a_type_that_cannot_be_is_refused_with_what_was_typed(client, county, officer, changed, sentence):
    answer = client.sign_in(officer).post(
        "/qualifications/types/first_aid", data=type_data(name_en="As typed") | changed
    )
    assert answer.status_code == 422 and sentence in answer.text and 'value="As typed"' in answer.text


def test_types_do_not_replace_each_other_in_a_circle(client, officer):
    data = type_data(name_zh="心理健康教育教师C证", category="mental_health", covers="mental_a")
    answer = client.sign_in(officer).post("/qualifications/types/mental_c", data=data)
    assert answer.status_code == 422 and "in a circle" in answer.text


def test_a_type_of_the_countys_own_can_be_entered_and_goes_only_while_unused(client, county, teacher, officer):
    client.sign_in(officer).post("/qualifications/types/new", data=type_data(name_zh="本县上岗证", name_en="Local"))
    form = {"type_code": "own_1", "number": "L1", "issued_by": "县教育局", "issued_on": "2026-05-10"}
    assert client.post(f"/teachers/{teacher.id}/certificates/new", data=form).status_code == 303
    assert client.post("/qualifications/types/own_1/restore").status_code == 409
    again = client.post("/qualifications/types/new", data=type_data(name_zh="本县上岗证"))
    assert again.status_code == 422 and "of this name is already there" in again.text


def test_only_those_who_may_change_types_do(client, county):
    leader = user_with(Role.BUREAU_LEADER, region=county)
    client.sign_in(leader)
    assert client.get("/qualifications/types").status_code == 200
    assert client.post("/qualifications/types/first_aid", data=type_data()).status_code == 403

"""Wishes: stated by the teacher, entered or imported by the officer, followed by the proposal's cost."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.extensions import db
from app.rotation.models import TeacherWish
from app.rotation.operations import wishes as operations
from app.rotation.snapshot import base_problem
from app.web.errors import Refused
from tests.app.rotation.county import make_plan
from tests.factories import user_with


@pytest.fixture
def plan(county, officer):
    return make_plan(county, officer)


def stored():
    rows = db.session.execute(select(TeacherWish.teacher_id, TeacherWish.school_id).order_by(TeacherWish.rank))
    return [tuple(row) for row in rows]


def test_a_teacher_states_wishes_and_takes_them_back(county, plan, client):
    teacher = county.teachers[0]
    client.sign_in(user_with(Role.TEACHER, teacher=teacher))
    page = f"/rotation/my-wishes/{plan.id}"
    assert client.get(page).status_code == 200
    first, second = county.others[1].id, county.others[0].id
    assert client.post(page, data={"first": first, "second": second}).status_code == 303
    assert stored() == [(teacher.id, first), (teacher.id, second)]
    answer = client.post(page, data={"first": first, "second": first})
    assert answer.status_code == 422
    assert "only once" in answer.text
    assert client.post(page, data={}).status_code == 303
    assert stored() == []


def test_the_own_page_leads_to_the_wishes(county, plan, client):
    client.sign_in(user_with(Role.TEACHER, teacher=county.teachers[0]))
    assert f"/rotation/my-wishes/{plan.id}" in client.get("/me").text


def test_wishes_reach_the_problem_in_their_order(county, plan, officer):
    teacher = county.teachers[0]
    schools = [county.others[2], county.others[0]]
    operations.set_wishes(plan=plan, teacher=teacher, schools=schools, actor=officer)
    problem = base_problem(plan, ["rural"])
    mine = next(t for t in problem["teachers"] if t["id"] == f"T{teacher.id}")
    assert mine["preferences"] == [schools[0].code, schools[1].code]


def test_the_present_school_cannot_be_wished_for(county, plan, officer):
    with pytest.raises(Refused):
        operations.set_wishes(plan=plan, teacher=county.teachers[0], schools=[county.sending[0]], actor=officer)


def test_an_officer_enters_wishes_by_name(county, plan, officer, client):
    teacher = county.teachers[3]
    teacher.name = "只此一人"
    client.sign_in(officer)
    form = {"teacher": teacher.name, "first": county.others[1].id}
    assert client.post(f"/rotation/plans/{plan.id}/wishes/edit", data=form).status_code == 303
    assert stored() == [(teacher.id, county.others[1].id)]
    form["first"] = county.others[0].id
    teacher.staff_number = "X-77"
    form["teacher"] = "X-77"
    assert client.post(f"/rotation/plans/{plan.id}/wishes/edit", data=form).status_code == 303
    assert (teacher.id, county.others[0].id) in stored()
    assert teacher.name in client.get(f"/rotation/plans/{plan.id}/wishes").text
    form["teacher"] = "没有这个人"
    answer = client.post(f"/rotation/plans/{plan.id}/wishes/edit", data=form)
    assert answer.status_code == 422
    assert "没有这个人" in answer.text


def workbook(*rows):
    book = openpyxl.Workbook()
    book.active.append(["2026年教师交流轮岗志愿表"])
    book.active.append(["序号", "姓名", "学校", "志愿1", "志愿2"])
    for number, row in enumerate(rows, start=1):
        book.active.append([number, *row])
    buffer = io.BytesIO()
    book.save(buffer)
    return {"file": (io.BytesIO(buffer.getvalue()), "志愿.xlsx")}


def test_a_workbook_of_wishes_is_taken_over_whole_or_not_at_all(county, plan, officer, client):
    for number, teacher in enumerate(county.teachers):
        teacher.name = f"王{number}"
    school, wished = county.sending[0].name, [s.name for s in county.others]
    client.sign_in(officer)
    path = f"/rotation/plans/{plan.id}/wishes/import"
    bad = workbook(["王0", school, wished[0], ""], ["王1", school, "没有的学校", ""], ["李四", school, wished[0], ""])
    answer = client.post(path, data=bad)
    assert answer.status_code == 422
    assert "Line 4" in answer.text
    assert "Line 5" in answer.text
    assert stored() == []
    good = workbook(["王0", school, wished[0], wished[1]], ["王1", school, wished[1], ""])
    assert client.post(path, data=good).status_code == 303
    assert len(stored()) == 3
    nonsense = {"file": (io.BytesIO(b"%PDF-1.4"), "x.xlsx")}
    answer = client.post(path, data=nonsense)
    assert answer.status_code == 422
    assert "cannot be read as a table" in answer.text


def test_a_workbook_that_wishes_for_the_present_school_says_who(county, plan, officer, client):
    teacher = county.teachers[0]
    teacher.name = "王一一"
    rows = workbook([teacher.name, "", county.sending[0].name, ""])
    answer = client.sign_in(officer).post(f"/rotation/plans/{plan.id}/wishes/import", data=rows)
    assert answer.status_code == 422
    assert "王一一: The present school cannot be wished for." in answer.text
    assert stored() == []


def test_the_log_names_the_schools_before_and_after(county, plan, officer, session):
    first, second = county.others[0], county.others[1]
    operations.set_wishes(plan=plan, teacher=county.teachers[0], schools=[first], actor=officer)
    operations.set_wishes(plan=plan, teacher=county.teachers[0], schools=[second], actor=officer)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "rotation.wish.set")).all()[-1]
    assert (entry.before["schools"], entry.after["schools"]) == ([first.label], [second.label])

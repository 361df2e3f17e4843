"""A studio in the browser: a teacher applies by telephone, the host accepts, an activity becomes hours."""

from playwright.sync_api import expect
from sqlalchemy import select

from app.access import Role
from app.extensions import db
from app.studios.models import MemberRole, Membership
from app.teachers.models import Teacher
from tests.factories import user_with
from tests.factories.studio_rows import meeting
from tests.factories.studios import add_person, make_studio, make_teacher
from tests.journeys.looking import DESKTOP, PHONE, runs_over, serious_findings


def test_a_mentee_applies_by_telephone_and_is_credited_for_an_activity(app, browser_of):
    studio = make_studio()
    add_person(studio, MemberRole.MEMBER)
    teacher = make_teacher(studio)
    name = teacher.name
    applicant = user_with(Role.TEACHER, teacher=teacher)
    host = user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id))

    db.session.commit()
    desk = browser_of(host, viewport=DESKTOP)
    phone = browser_of(applicant, viewport=PHONE, has_touch=True, is_mobile=True)
    phone.goto(f"/studios/open/{studio.id}")
    phone.get_by_role("link", name="申请加入").click()
    phone.get_by_label("申请理由和研修意向").fill("想学单元整体教学")
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_text("申请已提交，等待主持人答复。")).to_be_visible()
    assert not runs_over(phone)
    assert serious_findings(phone) == []

    desk.goto("/studios/mine")
    desk.get_by_role("link", name=f"{name} 申请为学员").click()
    desk.get_by_role("link", name="接受").click()
    desk.get_by_role("button", name="接受").click()
    db.session.rollback()
    row = db.session.scalar(select(Membership).where(Membership.teacher_id == teacher.id))
    held = meeting(studio, on=row.from_on)
    db.session.add(held)
    db.session.commit()
    desk.goto(f"/studios/meetings/{held.id}")
    assert serious_findings(desk) == []
    desk.get_by_role("button", name="保存并计学时").click()
    expect(desk.locator("tbody tr", has_text=name)).to_contain_text("2.5")
    desk.goto(f"/studios/people/{row.id}")
    expect(desk.locator(".ql-figure", has_text="入室以来的学时")).to_contain_text("2.5")
    phone.goto("/studios/me")
    expect(phone.get_by_text("在室").first).to_be_visible()

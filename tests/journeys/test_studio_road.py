"""A studio's whole road in the browser: founded and licensed, filled with 5 members and 15 mentees, at work, asked for
a lesson by a school, appraised. Everything is done on the pages; only who is already invited comes from the factory."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.access import Role
from app.credits.models import ClaimStatus, CreditClaim
from app.db.clock import today
from app.extensions import db
from app.studios.models import MemberRole, Membership, MembershipStatus, Studio, StudioAppraisal, StudioStatus
from app.teachers.models import Teacher
from tests.factories import BackboneHonourFactory, CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.studios import add_person, make_teacher
from tests.journeys.looking import DESKTOP, PHONE, runs_over, serious_findings


def clean(page):
    """The page keeps nobody out, and fits the screen."""
    assert serious_findings(page) == []
    assert not runs_over(page)


def choose(page, name, option):
    """Choose from a searchable select, as one types."""
    page.locator(f"#{name} + .ts-wrapper .ts-control").click()
    page.locator(f"#{name}-ts-dropdown").get_by_role("option", name=option, exact=True).click()


def send(page):
    """Press the button at the end of the page's form."""
    page.get_by_role("main").locator("form.ql-form button[type=submit]").last.click()


@pytest.fixture
def cast(app):
    """Everybody of the journey: the county's people, a host's account, two schools."""
    county = CountyFactory(name="宁江县")
    school, other = SchoolFactory(county=county, name="宁江一小"), SchoolFactory(county=county, name="青河小学")
    host = TeacherFactory(school=school, name="林清禾")
    BackboneHonourFactory(teacher_id=host.id)
    mentee = TeacherFactory(school=other, name="周晓")
    reviewer = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    reviewer.name = "方评审"
    return {
        "host": user_with(Role.TEACHER, teacher=host),
        "mentee": user_with(Role.TEACHER, teacher=mentee),
        "centre": user_with(Role.DEVELOPMENT_CENTRE, region=county),
        "reviewer": reviewer,
        "school": user_with(Role.SCHOOL_ADMINISTRATOR, school=other),
    }


def test_a_studio_from_its_application_to_its_appraisal(cast, browser_of):
    db.session.commit()
    host, centre = browser_of(cast["host"], viewport=DESKTOP), browser_of(cast["centre"], viewport=DESKTOP)
    number = found_and_license(host, centre)
    fill(number)
    apply_by_telephone(browser_of(cast["mentee"], viewport=PHONE, has_touch=True, is_mobile=True), number)
    accept(host, number)
    work(host, number)
    bring_a_lesson(host, browser_of(cast["school"], viewport=DESKTOP))
    appraise(host, centre, browser_of(cast["reviewer"], viewport=DESKTOP), number)


def found_and_license(host, centre):
    host.goto("/studios/me")
    host.get_by_role("link", name="申报工作室").click()
    host.get_by_label("工作室名称").fill("林清禾语文名师工作室")
    host.get_by_label("工作室定位和主持人基础").fill("聚焦单元整体教学，带动乡村青年教师。")
    clean(host)
    host.get_by_role("button", name="提交申请").click()
    expect(host.get_by_role("heading", name="林清禾语文名师工作室")).to_be_visible()
    centre.goto("/studios/?status=applied")
    centre.get_by_role("link", name="林清禾语文名师工作室").click()
    centre.get_by_role("link", name="批准", exact=True).click()
    centre.get_by_label("开始日期").fill((today() - timedelta(days=40)).isoformat())
    centre.get_by_role("button", name="批准授牌").click()
    expect(centre.get_by_text("-MS-")).to_be_visible()
    clean(centre)
    host.goto("/studios/mine")
    expect(host.get_by_role("heading", name="林清禾语文名师工作室", level=1)).to_be_visible()
    db.session.rollback()
    return db.session.scalars(select(Studio.id)).one()


def fill(number):
    """5 members, and mentees but for one place."""
    studio = db.session.get(Studio, number)
    for _ in range(5):
        add_person(studio, MemberRole.MEMBER)
    for _ in range(14):
        add_person(studio, teacher=make_teacher(studio))
    begun = studio.begins_on
    db.session.execute(db.update(Membership).values(from_on=begun))
    db.session.commit()


def apply_by_telephone(phone, number):
    phone.goto(f"/studios/open/{number}")
    phone.get_by_role("link", name="申请加入").click()
    phone.get_by_label("申请理由和研修意向").fill("想学单元整体教学")
    clean(phone)
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_text("申请已提交，等待主持人答复。")).to_be_visible()
    clean(phone)


def accept(host, number):
    host.goto(f"/studios/{number}/work")
    host.get_by_role("link", name="周晓 申请为学员").click()
    host.get_by_role("link", name="接受").click()
    host.get_by_role("button", name="接受").click()
    host.goto(f"/studios/{number}/work")
    expect(host.locator(".ql-figure", has_text="成员").first).to_contain_text("5 / 5")
    expect(host.locator(".ql-figure", has_text="学员").first).to_contain_text("15 / 15")
    clean(host)
    db.session.rollback()
    counted = select(func.count()).where(Membership.status == MembershipStatus.ACTIVE)
    assert db.session.scalar(counted) == 21


def work(host, number):
    host.get_by_role("link", name="安排活动").click()
    host.get_by_label("标题").fill("同课异构研讨")
    host.get_by_label("日期").fill(today().isoformat())
    host.get_by_label("学时").fill("3")
    send(host)
    host.get_by_role("link", name="同课异构研讨").click()
    clean(host)
    host.get_by_role("button", name="保存并计学时").click()
    expect(host.locator("tbody tr", has_text="周晓")).to_contain_text("3")
    host.goto(f"/studios/{number}/work")
    host.locator(".ql-figure", has_text="已计学时").get_by_role("link").click()
    expect(host.locator("tbody tr", has_text="周晓")).to_contain_text("同课异构研讨")
    clean(host)
    db.session.rollback()
    mine = select(CreditClaim.hours).join(Teacher, Teacher.id == CreditClaim.teacher_id).where(Teacher.name == "周晓")
    assert [float(hours) for hours in db.session.scalars(mine.where(CreditClaim.status == ClaimStatus.CONFIRMED))] == [
        3
    ]


def bring_a_lesson(host, school):
    school.goto("/studios/requests")
    school.get_by_role("link", name="提出送教需求").first.click()
    school.get_by_label("主题").fill("习作指导示范课")
    choose(school, "subject_code", "语文")
    school.locator("input[name=wanted_from]").fill(today().isoformat())
    school.locator("input[name=wanted_to]").fill((today() + timedelta(days=10)).isoformat())
    clean(school)
    send(school)
    host.goto("/studios/board")
    clean(host)
    host.get_by_role("link", name="接受 习作指导示范课").click()
    host.get_by_label("送教日期").fill(today().isoformat())
    send(host)
    host.goto("/studios/board")
    host.get_by_role("link", name="习作指导示范课").click()
    host.get_by_role("link", name="已完成送教").click()
    host.get_by_label("学时").fill("2")
    host.get_by_label("送教内容").fill("执教示范课一节，评课一次。")
    send(host)
    school.goto("/studios/requests")
    school.get_by_role("link", name="习作指导示范课").click()
    school.get_by_role("link", name="确认").first.click()
    school.locator("label", has_text="5").first.click()
    send(school)
    expect(school.get_by_role("main")).to_contain_text("已确认")
    clean(school)


def appraise(host, centre, reviewer, number):
    centre.goto(f"/studios/{number}")
    centre.get_by_role("link", name="启动考核").click()
    centre.get_by_label("报告截止日期").fill((today() + timedelta(days=20)).isoformat())
    centre.get_by_label("方评审").check()
    centre.get_by_role("main").get_by_role("button", name="启动考核").click()
    host.goto(f"/studios/{number}/work")
    host.get_by_role("link", name="中期考核").click()
    host.get_by_label("报告").fill("按计划开展研修与送教，成员学员全员参与。")
    host.get_by_role("button", name="提交自评报告").click()
    reviewer.goto("/")
    reviewer.get_by_role("link", name="评审林清禾语文名师工作室").click()
    for box in reviewer.locator("main input[type=number], main input[inputmode=numeric]").all():
        box.fill("92")
    clean(reviewer)
    send(reviewer)
    centre.goto("/studios/appraisals")
    centre.locator("main tbody th a").first.click()
    centre.get_by_role("link", name="决定").click()
    centre.get_by_label("考核意见").fill("运行规范，成效明显。")
    centre.get_by_role("button", name="决定").click()
    expect(centre.get_by_role("main")).to_contain_text("92")
    clean(centre)
    host.goto(f"/studios/{number}/work")
    expect(host.get_by_role("main")).to_contain_text("优秀")
    db.session.rollback()
    assert db.session.scalars(select(StudioAppraisal)).one().result.value == "excellent"
    assert db.session.get(Studio, number).status is StudioStatus.ACTIVE

"""A studio's whole road in the browser: founded and licensed, filled with 5 members and 15 mentees, at work, asked for
a lesson by a school, appraised. Everything is done on the pages."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask_security import hash_password
from openpyxl import Workbook
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.access import Role
from app.credits.models import ClaimStatus, CreditClaim
from app.db.clock import today
from app.extensions import db
from app.studios.models import MemberRole, Membership, MembershipStatus, Studio, StudioAppraisal, StudioStatus
from app.teachers.models import Teacher
from tests.factories import BackboneHonourFactory, CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.journeys.conftest import CHINESE, PASSWORD
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
    """Everybody of the journey: the county's people, a host's account, two schools, and who joins the studio."""
    county = CountyFactory(name="宁江县")
    school, other = SchoolFactory(county=county, name="宁江一小"), SchoolFactory(county=county, name="青河小学")
    host = TeacherFactory(school=school, name="林清禾")
    members, invited, applying = (people_of(other, *one) for one in (("骨干", 5), ("受邀", 8), ("申请", 8)))
    for teacher in (host, *members):
        BackboneHonourFactory(teacher_id=teacher.id)
    applying[0].name = "周晓"
    reviewer = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    reviewer.name = "方评审"
    return {
        "host": user_with(Role.TEACHER, teacher=host),
        "members": accounts_of(members),
        "invited": accounts_of(invited),
        "applying": accounts_of(applying),
        "mentee": user_with(Role.TEACHER, teacher=applying[-1]),
        "centre": user_with(Role.DEVELOPMENT_CENTRE, region=county),
        "reviewer": reviewer,
        "school": user_with(Role.SCHOOL_ADMINISTRATOR, school=other),
    }


def people_of(school, name, number):
    """Teachers of a school, called by a number."""
    return [TeacherFactory(school=school, name=f"{name}{'甲乙丙丁戊己庚辛'[n]}") for n in range(number)]


def accounts_of(teachers):
    """(account, name, identity number) of each."""
    found = []
    for teacher in teachers:
        user = user_with(Role.TEACHER, teacher=teacher)
        user.password, user.language = hash_password(PASSWORD), CHINESE
        found.append((user.username, teacher.name, teacher.id_number))
    return found


def test_a_studio_from_its_application_to_its_appraisal(cast, browser_of):
    db.session.commit()
    host, centre = browser_of(cast["host"], viewport=DESKTOP), browser_of(cast["centre"], viewport=DESKTOP)
    school, reviewer = (browser_of(cast[one], viewport=DESKTOP) for one in ("school", "reviewer"))
    phone = browser_of(cast["mentee"], viewport=PHONE, has_touch=True, is_mobile=True)
    number = found_and_license(host, centre)
    invite(host, number, cast["members"], "成员")
    invite(host, number, cast["invited"], "学员")
    for person in (*cast["members"], *cast["invited"]):
        accept_invitation(phone, person, is_first=person in (cast["members"][0], cast["invited"][0]))
    for person in cast["applying"]:
        apply_by_telephone(phone, person, number, is_first=person is cast["applying"][0])
    accept_all(host, number)
    work(host, number)
    look_at_own_hours(phone, cast["applying"][0])
    bring_a_lesson(host, school)
    appraise(host, centre, reviewer, number)


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


def invite(host, number, people, role):
    """The host invites a list kept in a workbook."""
    book = Workbook()
    for row in (("姓名", "身份证号"), *((name, id_number) for _username, name, id_number in people)):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    host.goto(f"/studios/{number}/people/import")
    clean(host)
    host.get_by_label("工作簿").set_input_files(
        {"name": "名单.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": content.getvalue()}
    )
    host.get_by_role("button", name="读取名单").click()
    expect(host.get_by_role("checkbox", checked=True)).to_have_count(len(people))
    clean(host)
    host.get_by_label("邀请身份").select_option(label=role)
    host.get_by_role("button", name="邀请所选").click()
    expect(host.get_by_text(f"已邀请 {len(people)} 名教师")).to_be_visible()


def come(phone, person, address):
    """Somebody follows a link on the telephone and signs in on the way."""
    phone.goto("about:blank")  # nothing of the page before is still on its way when the cookies go
    phone.context.clear_cookies()
    phone.goto(address)
    phone.locator("input[name=username]").fill(person[0])
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.locator("main button[type=submit]").click()


def accept_invitation(phone, person, *, is_first):
    come(phone, person, "/studios/me")
    phone.get_by_role("button", name="接受").click()
    expect(phone.get_by_text("在室")).to_be_visible()
    if is_first:
        clean(phone)


def apply_by_telephone(phone, person, number, *, is_first):
    come(phone, person, f"/studios/open/{number}")
    phone.get_by_role("link", name="申请加入").click()
    phone.get_by_label("申请理由和研修意向").fill("想学单元整体教学")
    if is_first:
        clean(phone)
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_text("申请已提交，等待主持人答复。")).to_be_visible()
    if is_first:
        clean(phone)


def accept_all(host, number):
    """Eight apply for seven places: the last stands on the waiting list."""
    host.goto(f"/studios/{number}/work")
    host.get_by_role("link", name="8 位教师申请入室").click()
    host.get_by_role("checkbox", name="全选本页").check()
    clean(host)
    host.get_by_role("button", name="接受所勾选的人").click()
    expect(host.get_by_text("7 人已入室：周晓（由骨干")).to_be_visible()
    expect(host.get_by_text("1 人进入候补名单：申请辛（第 1 位）")).to_be_visible()
    host.goto(f"/studios/{number}/work")
    expect(host.locator(".ql-figure", has_text="成员").first).to_contain_text("5 / 5")
    expect(host.locator(".ql-figure", has_text="学员").first).to_contain_text("15 / 15")
    clean(host)
    db.session.rollback()
    counted = select(Membership.role, func.count()).where(Membership.status == MembershipStatus.ACTIVE)
    found = dict(db.session.execute(counted.group_by(Membership.role)).tuples().all())
    assert found == {MemberRole.HOST: 1, MemberRole.MEMBER: 5, MemberRole.MENTEE: 15}


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


def look_at_own_hours(phone, person):
    come(phone, person, "/credits/me")
    expect(phone.get_by_role("main")).to_contain_text("同课异构研讨")
    clean(phone)


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

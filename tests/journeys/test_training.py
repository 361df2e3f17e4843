"""The centre runs a session: places, enrolment, attendance, results, certificates, and the page that verifies one."""

import io
from datetime import timedelta

import openpyxl
import pytest
from playwright.sync_api import expect

from app.access import Role
from app.db.clock import today
from app.extensions import db
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.journeys.looking import DESKTOP, PHONE, download, runs_over, serious_findings

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def county(app):
    county = CountyFactory(name="青县")
    school = SchoolFactory(county=county, name="山后小学")
    county.teachers = [TeacherFactory(school=school, name=name) for name in ("林清禾", "王䶮", "赵一鸣")]
    county.school = school
    db.session.commit()
    return county


def results_of(teachers):
    page = (book := openpyxl.Workbook()).active
    page.append(["姓名", "身份证号", "合格状态", "成绩", "学时"])
    for teacher, score in zip(teachers, (95, 88, 60), strict=True):
        page.append(
            [teacher.name, teacher.id_number, "合格" if score > 80 else "不合格", score, 6 if score > 80 else 0]
        )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_session_from_enrolment_to_printed_certificates(county, browser_of):
    day, names = today(), [teacher.name for teacher in county.teachers]
    sheet = results_of(county.teachers)
    centre = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    head = user_with(Role.SCHOOL_ADMINISTRATOR, school=county.school)
    person = user_with(Role.TEACHER, teacher=county.teachers[0])
    page = browser_of(centre, viewport=DESKTOP)

    page.get_by_role("link", name="教师培训").first.click()
    page.get_by_role("link", name="新增项目").first.click()
    page.get_by_label("项目名称").fill("全员培训")
    page.get_by_label("级别").select_option(label="县级")
    page.get_by_label("培训类型").select_option("03")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="新增班次").first.click()
    page.get_by_label("班次名称").fill("小学语文班")
    page.get_by_label("形式").select_option("1")
    page.get_by_label("开始日期").fill(day.isoformat())
    page.get_by_label("截止日期").fill((day - timedelta(days=1)).isoformat())
    page.get_by_label("学时").fill("6")
    page.get_by_label("名额").fill("2")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("早于")
    page.get_by_label("截止日期").fill(day.isoformat())
    page.get_by_role("button", name="保存").click()
    expect(page.locator("h1")).to_have_text("小学语文班")
    page.get_by_role("button", name="开放报名").click()
    address = page.url
    assert serious_findings(page) == []

    school = browser_of(head, viewport=DESKTOP)
    school.goto(f"{address}/nominate")
    for name in names:
        school.get_by_label(f"选择{name}").check()
    school.get_by_role("button", name="推荐所选人员").click()
    expect(school.get_by_text("已推荐 3 人。")).to_be_visible()

    page.goto(f"{address}/people")
    page.locator("input[data-select-all]").check()
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_text("1 人因名额已满进入候补。")).to_be_visible()
    page.goto(f"{address}/edit")
    page.get_by_label("名额").fill("3")
    page.get_by_role("button", name="保存").click()
    page.goto(f"{address}/people?status=confirmed")
    expect(page.locator("tbody tr")).to_have_count(3)

    page.goto(f"{address}/code")
    expect(page.locator("img.ql-sign-in-code")).to_be_visible()
    page.locator("details summary", has_text="无法扫码").click()
    scanned = page.locator(".ql-break").inner_text().strip()
    phone = browser_of(person, viewport=PHONE, has_touch=True, is_mobile=True)
    phone.goto(scanned)
    phone.get_by_role("button", name="我已到场").click()
    expect(phone.get_by_text("签到成功")).to_be_visible()
    assert not runs_over(phone)
    page.goto(f"{address}/attendance")
    page.get_by_label(f"{names[1]} 已到场").check()
    page.get_by_role("button", name="保存本页").click()
    expect(page.locator("h1 + p")).to_contain_text("实到 2 人")

    page.goto(f"{address}/rosters")
    page.get_by_label("成绩名单").set_input_files({"name": "成绩.xlsx", "mimeType": XLSX, "buffer": sheet})
    page.get_by_role("button", name="检查名单").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("button", name="登记成绩").click()
    expect(page.get_by_text("已登记 3 人成绩。")).to_be_visible()
    page.goto(address)
    page.get_by_role("button", name="颁发证书").click()
    expect(page.locator(".ql-certificate")).to_have_count(2)
    assert serious_findings(page) == []
    file = download(page, lambda: page.get_by_role("button", name="全部导出 PDF").click())
    assert file.read(5) == b"%PDF-"

    page.locator(".ql-certificate a").first.click()
    link = page.get_by_role("link", name="公开查验页").get_attribute("href")
    stranger = page.context.browser.new_context(locale="zh-CN").new_page()
    stranger.goto(link)
    expect(stranger.get_by_text("查验通过")).to_be_visible()
    assert all(name not in stranger.content() for name in names)
    stranger.context.close()

    phone.reload()
    expect(phone.get_by_text("合格").first).to_be_visible()
    phone.get_by_role("link", name="评价").first.click()
    for question in ("content", "teaching", "organisation", "result"):
        phone.locator(f"input[name={question}][value='5']").check()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("感谢您的评价")).to_be_visible()
    for path in ("/training/mine", "/training/offers"):
        phone.goto(path)
        assert not runs_over(phone), path
        assert serious_findings(phone) == [], path
    page.set_viewport_size(PHONE)
    for path in ("/training", "/training/calendar", "/training/budgets", "/training/certificates"):
        page.goto(path)
        assert not runs_over(page), path
        assert serious_findings(page) == [], path

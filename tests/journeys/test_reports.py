"""A school fills in its rooms, the officer looks at the balance and its names, and the official tables are made."""

import openpyxl
import pytest
from playwright.sync_api import expect

from app.access import Role
from app.extensions import db
from tests.factories import (
    BackboneHonourFactory,
    CountyFactory,
    SchoolFactory,
    SchoolStageFactory,
    TeacherFactory,
    user_with,
)
from tests.journeys.looking import DESKTOP, PHONE, download, runs_over, serious_findings

FIGURES = {"教学及辅助用房面积": "900", "体育运动场馆面积": "1500", "教学仪器设备值": "400000", "网络多媒体教室": "5"}
PAGES = (
    "/targets/balance", "/targets/balance/schools", "/targets/balance/resources", "/targets/balance/guarantees",
    "/targets/staffing", "/targets/staffing/subjects", "/targets/staffing/mental-health", "/targets/staffing/recruits",
    "/targets/map", "/reports/", "/reports/new", "/reports/schedules/new",
)  # fmt: skip


@pytest.fixture
def county(app):
    county = CountyFactory(name="青县")
    for name, backbones in (("城关小学", 2), ("山后小学", 1)):
        school = SchoolFactory(county=county, name=name)
        SchoolStageFactory(school_id=school.id, pupils=200, classes=6)
        people = [TeacherFactory(school=school, highest_degree_code="21") for _ in range(9)]
        for teacher in people[:backbones]:
            BackboneHonourFactory(teacher_id=teacher.id)
        for teacher in people[7:]:
            teacher.subject_code = "pe"
        county.school = school
    db.session.commit()
    return county


def test_from_the_rooms_of_a_school_to_the_official_tables(county, browser_of, worker):
    head = user_with(Role.SCHOOL_ADMINISTRATOR, school=county.school)
    officer = user_with(Role.PERSONNEL_OFFICER, region=county)

    page = browser_of(head, viewport=DESKTOP)
    page.get_by_role("link", name="优质均衡").first.click()
    page.get_by_role("link", name="办学条件").first.click()
    page.get_by_role("link", name="山后小学").click()
    page.locator("main").get_by_role("link", name="填报").first.click()
    for label, value in FIGURES.items():
        page.get_by_label(label).first.fill(value)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("4.50")).to_be_visible()
    page.context.close()

    page = browser_of(officer, viewport=DESKTOP)
    page.get_by_role("link", name="优质均衡").first.click()
    page.get_by_role("link", name="按学校").click()
    page.get_by_role("link", name="山后小学").click()
    expect(page.get_by_text("还差 1").first).to_be_visible()
    backbone = page.get_by_role("row").filter(has_text="骨干教师数")
    backbone.get_by_role("link").click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    page.go_back()

    page.get_by_role("link", name="报告").first.click()
    page.get_by_role("link", name="生成报告").click()
    page.get_by_label("供县外使用").check()
    page.get_by_role("button", name="生成").click()
    press = page.get_by_role("button", name="下载")
    expect(press).to_be_visible(timeout=60_000)
    table = openpyxl.load_workbook(download(page, press.click))["表Ⅱ-2小学"]
    assert [cell.value for cell in table[6]][1:9] == ["城关小学", None, 200, 6, 6, 4.5, "少于5", "少于5"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_are_open_to_everybody_and_fit_the_screen(county, browser_of, viewport):
    page = browser_of(user_with(Role.PERSONNEL_OFFICER, region=county), viewport=viewport)
    wrong = []
    for address in (*PAGES, f"/targets/balance/schools/{county.school.id}/2026"):
        page.goto(address)
        wrong += [f"{address}: {finding}" for finding in serious_findings(page)]
        wrong += [f"{address}: wider than the screen"] if runs_over(page) else []
    assert wrong == []

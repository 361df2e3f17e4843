"""Training hours by telephone: logged with a photograph, returned, mended, checked, confirmed, and the ring moves."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.access import Role
from app.db.clock import today
from app.extensions import db
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.files import jpeg
from tests.journeys.looking import DESKTOP, PHONE, runs_over, serious_findings

REASON = "照片看不清，请重拍签到表，并更正学时。"


@pytest.fixture
def people(app):
    """The teacher, the head of the school and the county's development centre."""
    county = CountyFactory(name="青县")
    school = SchoolFactory(county=county, name="山后小学")
    teacher = TeacherFactory(school=school, name="林清禾")
    return (
        user_with(Role.TEACHER, teacher=teacher),
        user_with(Role.SCHOOL_ADMINISTRATOR, school=school),
        user_with(Role.DEVELOPMENT_CENTRE, region=county),
    )


def photograph(name, mark):
    return {"name": name, "mimeType": "image/jpeg", "buffer": jpeg(mark)}


def looks_right(page, *, at=(PHONE, DESKTOP)):
    """Nothing runs over and nothing keeps anybody out, on a telephone and at a desk."""
    was = page.viewport_size
    for size in at:
        page.set_viewport_size(size)
        assert not runs_over(page), (page.url, size)
        assert serious_findings(page) == [], (page.url, size)
    page.set_viewport_size(was)


def ring(page):
    """The hours that the ring shows, by its parts."""
    page.goto("/credits/me")
    expect(page.locator("#ring canvas")).to_be_visible()
    option = json.loads(page.locator("#ring-option").text_content())
    return {part["name"]: part["value"] for part in option["series"][0]["data"]}


def expect_hours(page, counted, waiting):
    """What the figures and the table beside the ring say."""
    expect(page.locator(".ql-figure", has_text="本周期").first.locator(".ql-figure-value")).to_contain_text(
        f"{counted}/ 360"
    )
    expect(page.locator(".ql-figure", has_text="待审核").locator(".ql-figure-value")).to_contain_text(str(waiting))
    expect(page.locator("#ring tbody tr", has_text="集中培训")).to_contain_text(str(counted))


def test_a_claim_with_a_photograph_is_returned_mended_and_confirmed_and_the_ring_moves(people, browser_of):
    me, head, centre = people
    first, last = today() - timedelta(days=1), today()
    phone = browser_of(me, viewport=PHONE, has_touch=True, is_mobile=True)
    assert ring(phone) == {"尚缺": 360}
    expect_hours(phone, 0, 0)
    looks_right(phone)

    phone.get_by_role("button", name="申报学时").click()
    phone.locator("#kind + .ts-wrapper .ts-control").click()
    phone.locator("#kind-ts-dropdown").get_by_role("option", name="集中培训").click()
    phone.get_by_label("内容名称").fill("县级语文骨干教师研修")
    phone.get_by_label("主办单位").fill("青县教师发展中心")
    phone.get_by_label("开始日期").fill(first.isoformat())
    phone.get_by_label("结束日期").fill(last.isoformat())
    phone.get_by_label("数量").fill("十六")
    phone.locator("input[type=file]").set_input_files(photograph("签到表.jpg", b"blurred"))
    phone.get_by_role("button", name="提交学校").click()
    expect(phone.locator("[data-error-summary]")).to_contain_text("“十六”不是数字")
    expect(phone.get_by_label("签到表.jpg")).to_be_checked()
    looks_right(phone)
    phone.get_by_label("数量").fill("16")
    phone.get_by_role("button", name="提交学校").click()
    expect(phone.get_by_text("已提交学校审核。")).to_be_visible()
    looks_right(phone)
    ring(phone)
    expect_hours(phone, 0, 16)

    school = browser_of(head, viewport=DESKTOP)
    school.goto("/credits/queue")
    looks_right(school)
    school.get_by_role("link", name="县级语文骨干教师研修").click()
    expect(school.get_by_role("link", name="签到表.jpg")).to_be_visible()
    school.get_by_role("button", name="退回").click()
    expect(school.locator("[data-error-summary]")).to_contain_text("请填写理由")
    looks_right(school)
    school.get_by_label("理由").fill(REASON)
    school.get_by_role("button", name="退回").click()
    expect(school.get_by_text("已退回，教师可看到理由。")).to_be_visible()
    expect(school.get_by_text("没有待审")).to_be_visible()

    ring(phone)
    expect_hours(phone, 0, 0)
    expect(phone.get_by_text("1 条申报被退回")).to_be_visible()
    looks_right(phone)
    phone.locator("#open").get_by_role("link", name="县级语文骨干教师研修").click()
    expect(phone.get_by_text(REASON)).to_be_visible()
    expect(phone.get_by_label("数量")).to_have_value("16")
    phone.get_by_label("数量").fill("12")
    phone.get_by_label("签到表.jpg").uncheck()
    phone.locator("input[type=file]").set_input_files(photograph("清晰的签到表.jpg", b"sharp"))
    phone.get_by_role("button", name="提交学校").click()
    expect(phone.get_by_text("已提交学校审核。")).to_be_visible()
    expect(phone.get_by_role("link", name="清晰的签到表.jpg")).to_be_visible()
    expect(phone.get_by_role("link", name="签到表.jpg", exact=True)).to_have_count(0)

    school.goto("/credits/queue")
    school.get_by_role("link", name="县级语文骨干教师研修").click()
    school.get_by_role("button", name="通过并报县区").click()
    expect(school.get_by_text("没有待审")).to_be_visible()
    ring(phone)
    expect_hours(phone, 0, 12)

    county = browser_of(centre, viewport=DESKTOP)
    county.goto("/credits/queue")
    looks_right(county)
    county.get_by_role("link", name="县级语文骨干教师研修").click()
    looks_right(county)
    county.get_by_role("button", name="确认").click()
    expect(county.get_by_text("已处理，可继续审核下一条。")).to_be_visible()

    assert ring(phone) == {"集中培训": 12, "尚缺": 348}
    expect_hours(phone, 12, 0)
    expect(phone.locator(".ql-figure", has_text="本年度").first).to_contain_text("12/ 72")
    looks_right(phone)
    phone.get_by_role("link", name="县级语文骨干教师研修").click()
    steps = phone.locator(".ql-timeline > li strong")
    expect(steps).to_have_text(["县区认定", "学校审核通过", "提交学校", "退回", "提交学校"])
    looks_right(phone)
    county.goto("/credits/")
    expect(county.locator("tbody tr", has_text="林清禾")).to_contain_text("12")
    looks_right(county)
    db.session.rollback()

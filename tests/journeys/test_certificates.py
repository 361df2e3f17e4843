"""A certificate runs out and is renewed, with time moved: reminder, end, who may not teach, renewal, all well again."""

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from app.access import Role
from app.db.clock import today, utc_now
from app.extensions import db
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, officer_of, user_with
from tests.factories.files import jpeg
from tests.factories.qualifications import CertificateFactory, qualified
from tests.journeys.looking import DESKTOP, PHONE, runs_over, serious_findings

NAME = "心理健康教育教师B证"


@pytest.fixture
def scene(app):
    """A teacher of mental health whose certificate B ends in five days; the school; the county."""
    county = CountyFactory(name="青县")
    school = SchoolFactory(county=county, name="山后小学")
    teacher = TeacherFactory(school=school, name="林清禾", subject_code="mental_health", staff_category_code="A1")
    qualified(teacher, subject_code="chinese")
    issued, ends = today() - timedelta(days=1800), today() + timedelta(days=5)
    CertificateFactory(teacher=teacher, type_code="mental_b", number="XLB0001", issued_on=issued, valid_to=ends)
    return (
        user_with(Role.TEACHER, teacher=teacher),
        user_with(Role.SCHOOL_ADMINISTRATOR, school=school),
        officer_of(county),
        ends,
    )


def looks_right(page):
    """Nothing runs over and nothing keeps anybody out, on a telephone and at a desk."""
    was = page.viewport_size
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert not runs_over(page), (page.url, size)
        assert serious_findings(page) == [], (page.url, size)
    page.set_viewport_size(was)


def a_night(runner):
    """The daily sweep, as it runs every night; how many were told."""
    result = runner.invoke(args=["qualifications", "day"])
    assert result.exit_code == 0, result.output
    return result.output.split(",")[1].strip()


def test_a_certificate_runs_out_and_is_renewed(scene, browser_of, runner):
    holder, _head, _officer, ends = scene

    # Five days before the end: the teacher is told, and everything still counts.
    assert a_night(runner) == "1 told"
    phone = browser_of(holder, viewport=PHONE, has_touch=True, is_mobile=True)
    phone.goto("/notices")
    expect(phone.get_by_role("link", name=f"{ends} 到期：{NAME}")).to_be_visible()
    phone.goto("/me/certificates")
    expect(phone.get_by_text("所需证书齐全，今日均有效。")).to_be_visible()
    expect(phone.locator("tbody tr", has_text=NAME)).to_contain_text("还剩 5 天")
    looks_right(phone)

    with time_machine.travel(utc_now() + timedelta(days=9)):
        it_has_run_out(scene, browser_of, runner)
        renewed_on = today()
    with time_machine.travel(utc_now() + timedelta(days=100)):
        it_is_good_again(scene, browser_of, runner, renewed_on)
    db.session.rollback()


def it_has_run_out(scene, browser_of, runner):
    """Nine days later nobody is signed in any more; the holder and the school are told, and the holder renews."""
    holder, head, officer, ends = scene
    assert a_night(runner) == "2 told"
    phone = browser_of(holder, viewport=PHONE, has_touch=True, is_mobile=True)
    school, county = browser_of(head, viewport=DESKTOP), browser_of(officer, viewport=DESKTOP)

    for page in (school, county):
        expect(page.get_by_text("1 名教师今日不得任教")).to_be_visible()
        page.goto("/qualifications/gaps?effect=bar")
        row = page.locator("tbody tr", has_text="林清禾")
        for words in ("不得任教", NAME, "已过期", (ends + timedelta(days=1)).isoformat()):
            expect(row).to_contain_text(words)
        looks_right(page)
    school.goto("/notices")
    school.get_by_role("link", name=f"林清禾：{NAME} 已于 {ends} 过期").click()
    expect(school.locator("h1")).to_have_text(NAME)
    expect(school.get_by_text("今日无效")).to_be_visible()
    looks_right(school)

    phone.goto("/me/certificates")
    expect(phone.get_by_text("今日不得任教")).to_be_visible()
    looks_right(phone)
    phone.goto("/notices")
    looks_right(phone)
    phone.get_by_role("link", name=f"{ends} 已过期：{NAME}").click()
    expect(phone.get_by_text("今日无效")).to_be_visible()
    looks_right(phone)
    phone.get_by_role("link", name="换证").click()
    expect(phone.get_by_label("发证单位")).to_have_value("省教育厅")
    phone.get_by_label("证书编号").fill("XLB0002")
    phone.get_by_label("颁发日期").fill((ends - timedelta(days=3000)).isoformat())
    phone.locator("input[type=file]").set_input_files(
        {"name": "新证.jpg", "mimeType": "image/jpeg", "buffer": jpeg(b"renewed")}
    )
    phone.get_by_role("button", name="提交学校审核").click()
    expect(phone.locator("[data-error-summary]")).to_contain_text("新证的发证日期不晚于原证")
    expect(phone.get_by_label("新证.jpg")).to_be_checked()
    looks_right(phone)
    phone.get_by_label("颁发日期").fill(today().isoformat())
    phone.get_by_role("button", name="提交学校审核").click()
    expect(phone.get_by_text("已提交学校审核。")).to_be_visible()
    expect(phone.get_by_text("待学校审核").first).to_be_visible()
    looks_right(phone)

    school.goto("/qualifications/to-check")
    looks_right(school)
    expect(school.get_by_role("link", name="新证.jpg")).to_be_visible()
    school.get_by_label(f"林清禾 {NAME}").check()
    school.get_by_role("button", name="审核通过所选").click()
    expect(school.get_by_text("没有待办")).to_be_visible()

    county.goto("/qualifications/to-verify")
    county.get_by_role("link", name=NAME).click()
    looks_right(county)
    county.get_by_role("button", name="认定", exact=True).click()
    expect(county.get_by_text("没有待办")).to_be_visible()

    for page in (school, county):
        page.goto("/qualifications/gaps?effect=bar")
        expect(page.locator("tbody tr")).to_have_count(0)
        page.goto("/")
        expect(page.locator("h1")).to_be_visible()
        expect(page.get_by_text("今日不得任教")).to_have_count(0)
    phone.goto("/notices")
    expect(phone.get_by_role("link", name=f"已认定：{NAME}")).to_be_visible()


def it_is_good_again(scene, browser_of, runner, renewed_on):
    """A hundred days on: no further reminder, nobody barred, and the chain of both certificates is kept."""
    holder, head, _officer, _ends = scene
    assert a_night(runner) == "0 told"
    phone, school = browser_of(holder, viewport=PHONE, has_touch=True, is_mobile=True), browser_of(head)
    phone.goto("/me/certificates")
    expect(phone.get_by_text("所需证书齐全，今日均有效。")).to_be_visible()
    phone.locator("tbody tr", has_text="XLB0002").get_by_role("link").first.click()
    chain = phone.locator("section[aria-labelledby=chain] tbody tr")
    expect(chain.filter(has_text="XLB0001")).to_contain_text("已换新证")
    expect(chain.filter(has_text="XLB0002")).to_contain_text(renewed_on.isoformat())
    expect(phone.locator(".ql-timeline")).to_contain_text(NAME)
    looks_right(phone)
    school.goto("/qualifications/gaps")
    expect(school.locator("tbody tr")).to_have_count(0)
    looks_right(school)

"""A teacher on a telephone: one's own record, the verdict with its reason, one's wishes; nobody else."""

from datetime import date

import pytest
from playwright.sync_api import expect

from app.access import Role
from app.audit.operations import SYSTEM
from app.eligibility.operations import judge_all
from tests.app.rotation.county import build_county, make_plan
from tests.factories import user_with
from tests.journeys.looking import PHONE, runs_over


@pytest.fixture
def county(app):
    """A small county with a plan in work, and a teacher who came only last year."""
    county = build_county()
    make_plan(county, county.officer(), name="2026年交流轮岗方案")
    county.teachers[1].joined_school_on = date(2025, 9, 1)
    judge_all(actor=SYSTEM, rule_set=county.rule_set)
    return county


def test_a_teacher_reads_the_verdict_and_states_wishes(county, browser_of):
    teacher, other = county.teachers[1], county.teachers[2]
    wished, other_id, school_id = county.others[0].name, other.id, county.others[0].id
    own_number, own_name = teacher.id_number, teacher.name
    page = browser_of(user_with(Role.TEACHER, teacher=teacher), viewport=PHONE, has_touch=True, is_mobile=True)

    page.locator(".ql-drawer summary").click()
    page.locator(".ql-drawer").get_by_role("link", name="我的档案").click()
    expect(page.get_by_text(own_name).first).to_be_visible()
    assert own_number not in page.content()
    expect(page.get_by_text("不符合条件").first).to_be_visible()
    expect(page.get_by_text("年限").first).to_be_visible()
    assert not runs_over(page)

    page.get_by_role("link", name="填报志愿").click()
    page.get_by_label("第一志愿").select_option(label=wished)
    page.get_by_label("第二志愿").select_option(label=wished)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_label("第二志愿").select_option(index=0)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/me")
    expect(page.get_by_role("listitem").filter(has_text=wished)).to_be_visible()

    for address in (f"/teachers/{other_id}", f"/schools/{school_id}", "/teachers", "/rotation", "/imports", "/audit/"):
        assert page.goto(address).status in (403, 404), address
        expect(page.locator("h1")).to_be_visible()

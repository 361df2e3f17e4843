"""A school's administrator: their own school and its people, and nothing else."""

import pytest
from playwright.sync_api import expect

from app.access import Role
from app.rotation.operations import publications
from tests.app.rotation.county import approved_plan, build_county
from tests.app.rotation.test_road import NOTICE
from tests.factories import user_with
from tests.journeys.looking import agree, heading


@pytest.fixture
def county(app):
    """A small county whose list is published."""
    county = build_county()
    officer = county.officer()
    plan = approved_plan(county, officer, county.leader())
    publications.publish(plan=plan, notice=NOTICE | {"term_years": 1}, reason="", actor=officer)
    return county


def test_a_school_keeps_its_own_people_and_sees_who_comes_and_goes(county, browser_of):
    own, other = county.sending
    ours = next(t for t in county.teachers if t.working_school_id == own.id)
    theirs = next(t for t in county.teachers if t.working_school_id == other.id)
    agree(ours)
    addresses = [f"/schools/{other.id}", f"/teachers/{theirs.id}", f"/teachers/{theirs.id}/edit"]
    own_name, other_name, ours_id, own_id = own.name, other.name, ours.id, own.id
    page = browser_of(user_with(Role.SCHOOL_ADMINISTRATOR, school=own))

    page.goto("/schools")
    expect(page.get_by_role("table").get_by_text(own_name)).to_be_visible()
    assert other_name not in page.locator("table").inner_text()
    for address in addresses:
        assert page.goto(address).status == 404
        expect(page.locator("h1")).to_be_visible()

    page.goto(f"/teachers/{ours_id}/edit")
    assert page.get_by_label("身份证件号码").count() == 0
    page.get_by_label("手机").fill("13987654321")
    page.get_by_label("电子邮箱").fill("no address")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(page.get_by_label("手机")).to_have_value("13987654321")
    expect(page.get_by_label("电子邮箱")).to_have_value("no address")
    page.get_by_label("电子邮箱").fill("name@example.org")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(f"**/teachers/{ours_id}")
    expect(page.get_by_text("name@example.org")).to_be_visible()

    page.goto("/rotation/postings?year=2026")
    rows = page.locator("tbody tr").all_inner_texts()
    assert rows
    assert all(own_name in row for row in rows)
    page.goto(f"/schools/{own_id}")
    assert heading(page) == own_name
    assert page.goto("/rotation").status == 403

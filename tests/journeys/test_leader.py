"""The leader's road: read, return with a reason, approve; then the officer publishes and the teachers report."""

import docx
import openpyxl
import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.rotation.operations import reviews, scenarios
from tests.app.rotation.county import build_county, make_plan, make_scenario, solved
from tests.journeys.looking import download, heading

REASON = "请先核实城关第0小学语文教师的人数"


@pytest.fixture
def county(app):
    """A small county whose plan lies on the leader's desk."""
    county = build_county()
    county.desk, county.boss = county.officer(), county.leader()
    plan = make_plan(county, county.desk, name="2026年交流轮岗方案")
    scenario = solved(make_scenario(plan, county.desk), county.desk)
    scenarios.choose(scenario=scenario, actor=county.desk)
    reviews.submit(plan=plan, actor=county.desk)
    county.plan_url = f"/rotation/plans/{plan.id}"
    county.numbers = [one for t in county.teachers for one in (t.id_number, t.id_number_masked)]
    db.session.commit()
    return county


def test_a_plan_is_returned_approved_published_and_filled(county, browser_of):
    leader, officer = browser_of(county.boss), browser_of(county.desk)
    send_back(leader)
    resubmit(officer)
    approve(leader, county.plan_url)
    publish(officer, county.plan_url)
    read_the_list(officer, county.numbers)
    read_the_documents(officer, county.numbers)
    report_for_duty(officer)
    leader.goto(county.plan_url)
    expect(leader.locator(".ql-actions").get_by_text("已发布")).to_be_visible()


def send_back(page):
    """From the desk to the proposal behind it; without a reason it is not returned."""
    page.goto("/")
    page.get_by_role("link", name="等待您审批").click()
    page.get_by_role("link", name="甲案").first.click()
    expect(page.get_by_role("heading", name="政策要求")).to_be_visible()
    page.get_by_role("link", name="2026年交流轮岗方案").click()
    page.get_by_role("link", name="退回").click()
    page.get_by_role("button", name="退回").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="退回").click()
    expect(page.locator(".ql-alert").get_by_text(REASON)).to_be_visible()


def resubmit(page):
    """The officer finds the reason among what waits, and submits again."""
    page.goto("/")
    page.get_by_role("link", name="领导退回").click()
    expect(page.locator(".ql-alert").get_by_text(REASON)).to_be_visible()
    page.get_by_role("link", name="提交审批").click()
    page.get_by_label("备注").fill("已核实")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".ql-actions").get_by_text("待审批")).to_be_visible()
    assert page.get_by_role("link", name="批准").count() == 0


def approve(page, plan_url):
    """Approve; the remark stands in the plan's road."""
    page.goto(plan_url)
    expect(page.get_by_text("已核实")).to_be_visible()
    page.get_by_role("link", name="批准").click()
    page.get_by_label("备注").fill("同意")
    page.get_by_role("button", name="批准").click()
    expect(page.locator(".ql-actions").get_by_text("已批准")).to_be_visible()
    assert page.get_by_role("link", name="发布", exact=True).count() == 0


def publish(page, plan_url):
    """The notice is checked; too short a one is refused and stays in the form."""
    page.goto(plan_url)
    page.get_by_role("link", name="发布", exact=True).click()
    page.get_by_label("文号").fill("青教〔2026〕12号")
    page.get_by_label("监督电话").fill("0873-6620000")
    page.get_by_label("公示开始日期").fill("2026-08-17")
    page.get_by_label("公示结束日期").fill("2026-08-18")
    page.get_by_label("派出开始日期").fill("2026-09-01")
    page.get_by_role("button", name="发布").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(page.get_by_label("文号")).to_have_value("青教〔2026〕12号")
    page.get_by_label("公示结束日期").fill("2026-08-21")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("0873-6620000")).to_be_visible()


def read_the_list(page, numbers):
    """Name, sex, school, subject, destination: no identity number, masked or whole."""
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert [text.strip() for text in heads] == ["序号", "姓名", "性别", "学校", "学科", "派往学校"]
    assert page.locator("tbody tr").count() >= 1
    content = page.content()
    assert not [number for number in numbers if number in content]


def read_the_documents(page, numbers):
    """The public list and the roster, as Excel and as Word."""
    people = page.locator("tbody th").all_inner_texts()
    tools = page.locator(".ql-list-tools")
    for place, is_public in ((0, True), (1, False)):
        word = docx.Document(download(page, tools.get_by_role("button", name="导出 Word").nth(place).click))
        book = openpyxl.load_workbook(download(page, tools.get_by_role("button", name="导出 Excel").nth(place).click))
        in_word = "\n".join(cell.text for row in word.tables[0].rows for cell in row.cells)
        in_book = "\n".join(str(cell.value) for row in book.active.iter_rows() for cell in row)
        assert len(word.tables[0].rows) == len(people) + 1
        for text in (in_word, in_book):
            assert not [name for name in people if name not in text]
            assert not [number for number in numbers if is_public and number in text]


def report_for_duty(page):
    """One posting a move; the first teacher reports."""
    page.goto("/rotation/postings?year=2026")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.locator("tbody th a").first.click()
    name = heading(page)
    page.get_by_role("link", name="报到").click()
    page.get_by_label("报到日期").fill("2026-09-01")
    page.get_by_role("button", name="报到").click()
    expect(page.locator(".ql-actions").get_by_text("在派出学校任教")).to_be_visible()
    page.get_by_role("link", name=name).first.click()
    expect(page.locator(".ql-subheading")).to_contain_text("交流轮岗")

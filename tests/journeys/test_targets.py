"""Policy targets in the browser: a leader from a red clause to the names and back; an officer changes a threshold."""

from datetime import date

import pytest
from playwright.sync_api import expect

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.targets.operations.figures import refresh_pack, take_snapshot
from app.targets.operations.packs import adopt_pack, copy_pack
from tests.app.rotation.county import build_county
from tests.app.targets.pack_text import TEXT
from tests.factories import RotationRecordFactory
from tests.journeys.looking import DESKTOP, PHONE, download, heading, runs_over, serious_findings


@pytest.fixture
def county(app):
    """28 teachers of sending schools meet the conditions; two are on the way, so that one more is missing for 10 %."""
    county = build_county()
    begun = date(today().year if today().month >= 9 else today().year - 1, 9, 1)
    for teacher in county.teachers[:2]:
        RotationRecordFactory(
            teacher_id=teacher.id,
            from_school_id=county.sending[0].id,
            to_school_id=county.others[0].id,
            from_on=begun,
            to_on=None,
        )
    county.desk, county.boss = county.officer(), county.leader()
    row = copy_pack(county=county.region, text=TEXT, actor=SYSTEM)
    adopt_pack(row=row, from_on=date(2026, 1, 1), actor=SYSTEM)
    for day in (begun, begun.replace(month=10)):
        take_snapshot(row, on=day)
    refresh_pack(row, on=today())
    county.names = [teacher.name for teacher in county.teachers]
    db.session.commit()
    return county


def look(page):
    """Nothing serious for axe at either width, nothing wider than the screen."""
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert serious_findings(page) == []
        assert not runs_over(page)
    page.set_viewport_size(DESKTOP)


def test_a_leader_goes_from_a_red_clause_to_the_names_and_back(county, browser_of):
    page = browser_of(county.boss)
    page.goto("/")
    page.get_by_role("link", name="项政策条款未达标").click()
    row = page.locator("tbody tr", has_text="T-01")
    expect(row).to_contain_text("未达标")
    expect(row).to_contain_text("2 / 28")
    look(page)
    row.get_by_role("link", name="T-01").click()
    assert heading(page) == "T-01"
    expect(page.locator(".ql-alert")).to_contain_text("尚差")
    page.locator("[data-chart] canvas").first.wait_for()
    look(page)
    page.locator(".ql-figure", has_text="尚缺").get_by_role("link").click()
    expect(page.locator(".ql-row-count")).to_contain_text("26")
    look(page)
    page.get_by_role("link", name="计入").first.click()
    expect(page.locator("tbody tr")).to_have_count(2)
    book = download(page, page.get_by_role("button", name="导出 Excel").click)
    assert book.getbuffer().nbytes > 0
    page.locator(".ql-breadcrumbs").get_by_role("link", name="T-01").click()
    page.locator(".ql-breadcrumbs").get_by_role("link", name="政策目标").click()
    expect(page.locator("tbody tr", has_text="T-01").first).to_be_visible()


def test_an_officer_copies_a_pack_changes_a_threshold_sees_the_effect_and_adopts_it(county, browser_of, worker):
    page = browser_of(county.desk)
    page.goto("/targets/packs")
    page.get_by_label("以此为基础").select_option(index=0)
    page.get_by_label("本版本的调整内容及理由").fill("按县情下调")
    page.get_by_role("button", name="生成草稿").click()
    page.get_by_role("link", name="编辑 T-01").click()
    look(page)
    page.get_by_label("应达到").first.fill("百分之五")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(page.get_by_label("应达到").first).to_have_value("百分之五")
    page.get_by_label("应达到").first.fill("5%")
    page.get_by_role("button", name="预览影响").click()
    effect = page.locator("section", has_text="尚未保存")
    expect(effect).to_contain_text("未达标")
    expect(effect).to_contain_text("≥ 5.0 %")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("link", name="预览影响").click()
    page.get_by_role("button", name="计算影响").click()
    expect(page.get_by_text("有 1 项指标的结果将发生变化。")).to_be_visible(timeout=30_000)
    look(page)
    page.get_by_role("link", name="启用").click()
    page.get_by_label("执行起始日").fill(today().isoformat())
    page.get_by_role("button", name="启用").click()
    expect(page.locator(".ql-subheading")).to_contain_text("生效中")
    look(page)
    page.get_by_role("link", name="查看看板").click()
    expect(page.locator("tbody tr", has_text="T-01").first).to_contain_text("达标", timeout=30_000)
    expect(page.locator("tbody tr", has_text="T-01").first).to_contain_text("≥ 5.0 %")
    look(page)

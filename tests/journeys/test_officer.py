"""The officer's road: from the offices' workbooks to a proposal that the leader decides on."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from app.demo.county import make_county
from app.demo.workbooks import write_workbooks
from app.imports import operations as imports
from tests.factories import CountyFactory, officer_of
from tests.journeys.looking import download, heading

YEAR = 2026
SOLVED_WITHIN = 90_000
KINDS = {"schools": "学校名册", "posts": "学科岗位", "teachers": "教师花名册", "honours": "骨干称号"}
KINDS |= {"rotations": "交流轮岗经历", "circumstances": "特殊情况"}


@pytest.fixture(scope="session")
def workbooks(tmp_path_factory):
    """What the offices of a county with twelve schools send in, dirt included."""
    return write_workbooks(make_county(seed=1, year=YEAR, schools=12), tmp_path_factory.mktemp("county"), seed=1)


def test_from_the_offices_workbooks_to_a_submitted_plan(browser_of, worker, workbooks, monkeypatch):
    monkeypatch.setattr(imports, "AT_ONCE", 100)  # so that the larger rosters go by job
    page = browser_of(officer_of(CountyFactory(name="青蓝县")))
    for file in workbooks.files:
        import_workbook(page, file, workbooks)
    set_rules(page)
    plan_url, first_url = propose(page, worker)
    read_every_tab(page)
    chosen = decide(page, first_url)
    solve_again(page, chosen, worker)
    compare_and_submit(page, plan_url)


def import_workbook(page, file, workbooks):
    """Upload, columns, check, preview, apply: what is spoilt stays out, with its reason."""
    page.goto("/imports/new")
    page.locator("select[name=kind]").select_option(KINDS[file.sheet])
    page.locator("input[type=file]").set_input_files(file.path)
    page.get_by_role("button", name="上传").click()
    assert heading(page) == "对应列"
    page.get_by_role("button", name="检查各行").click()
    dirty = [entry for entry in workbooks.dirty if entry.file == file.path.name]
    expect(page.get_by_role("heading", name="预览")).to_be_attached(timeout=SOLVED_WITHIN)
    if dirty:
        read_what_is_rejected(page, dirty)
        page.get_by_label(re.compile("写入其余各行")).check()
    page.get_by_role("button", name="写入", exact=True).click()
    expect(page.locator("summary", has_text="撤销本次导入")).to_be_visible(timeout=SOLVED_WITHIN)


def read_what_is_rejected(page, dirty):
    """Each spoilt row is named on the page and in the workbook that comes back."""
    table = page.get_by_role("table", name="退回")
    for entry in dirty:
        expect(table.locator(f"td:text-is('{entry.row}')")).to_have_count(1)
    button = page.get_by_role("button", name="下载带错误信息的工作簿")
    book = openpyxl.load_workbook(download(page, button.click))
    errors = next(cell for sheet in book for row in sheet.iter_rows() for cell in row if "错误信息" in str(cell.value))
    for entry in dirty:
        assert errors.parent.cell(entry.row, errors.column).value


def set_rules(page):
    """Draft, effect before saving, save, put in force."""
    page.goto(f"/eligibility?year={YEAR}")
    page.get_by_role("button", name="制定认定规则").click()
    page.get_by_label("在编制所在学校任教年限（不少于）").fill("5")
    page.get_by_role("button", name="预览影响").first.click()
    assert heading(page) == "规则影响预览"
    expect(page.get_by_text("未保存")).to_be_visible()
    eligible = page.locator(".ql-figure", has_text="符合条件").first
    assert re.search(r"[1-9]", eligible.inner_text())
    page.get_by_role("button", name="保存草稿").click()
    page.goto(f"/eligibility/versions?year={YEAR}")
    page.get_by_role("link", name="影响").click()
    page.locator("summary", has_text="启用").click()
    page.get_by_role("dialog").get_by_role("button", name="启用").click()
    expect(page.get_by_text("第1版").first).to_be_visible()
    page.goto(f"/eligibility?year={YEAR}")
    expect(page.get_by_role("heading", name="不符合条件的理由")).to_be_visible()


def propose(page, worker):
    """A plan, a scenario, its solve as it goes on; gives both addresses."""
    page.goto("/rotation")
    page.get_by_role("link", name="新建方案").first.click()
    page.get_by_label("学年").fill(str(YEAR))
    page.get_by_label("方案名称").fill("青蓝县2026年交流轮岗方案")
    page.get_by_role("button", name="添加").click()
    plan_url = page.url
    page.get_by_role("link", name="新建情景").click()
    page.get_by_label("情景名称").fill("甲案")
    page.get_by_label("求解时限（秒）").fill("20")
    solve(page, "新建并测算", worker)
    return plan_url, page.url


def solve(page, button, worker):
    """The progress is shown while it lasts, and the proposal follows by itself."""
    worker.clear()
    page.get_by_role("button", name=button).click()
    expect(page.locator("section.ql-job progress")).to_be_visible()
    worker.set()
    expect(page.get_by_role("heading", name="政策要求")).to_be_visible(timeout=SOLVED_WITHIN)


def read_every_tab(page):
    """The proposal: rules, moves with why, vacancies, balance, flows, who stays."""
    expect(page.get_by_text("各项目标均已证明最优")).to_be_visible()
    assert page.get_by_role("table", name="政策要求").locator("tbody tr").count() >= 4
    tabs = page.get_by_role("navigation", name="方案内容")
    tabs.get_by_role("link", name="交流名单").click()
    why = page.locator("details.ql-why").first
    why.locator("summary").click()
    expect(why.locator("li").first).to_be_visible()
    for name, shown in (("缺编", "分学科空缺岗位"), ("均衡", "小学"), ("流向", "校际流向")):
        tabs.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=shown).or_(page.get_by_text(shown)).first).to_be_visible()
        expect(page.locator("[data-chart] canvas").first).to_be_visible()
    tabs.get_by_role("link", name="未安排交流").click()
    expect(page.get_by_role("table").first).to_be_visible()


def decide(page, scenario_url):
    """Lock the first move, ban the second, keep the third teacher in place; gives their names."""
    page.goto(f"{scenario_url}/moves")
    rows = page.get_by_role("table", name="拟交流名单").locator("tbody tr")
    names = [rows.nth(n).locator("th a").inner_text() for n in range(3)]
    for name, label in zip(names, ("锁定", "禁止", "留在原校"), strict=True):
        page.get_by_role("button", name=f"{label} {name}").first.click()
        expect(page.locator(".ql-alert", has_text=f"已对 {name} 作出决定")).to_be_visible()
    targets = moves_on(page)
    page.get_by_role("navigation", name="方案内容").get_by_role("link", name="决定").click()
    assert page.get_by_role("table", name="决定").locator("tbody tr").count() == 3
    return names, targets


def moves_on(page):
    """Name → school they go to, of the moves that the page lists."""
    rows = page.get_by_role("table", name="拟交流名单").locator("tbody tr").all()
    return {row.locator("th a").inner_text(): row.locator("td").nth(1).locator("a").inner_text() for row in rows}


def solve_again(page, chosen, worker):
    """The decisions hold in the new proposal, and what changed is named."""
    (locked, banned, kept), targets = chosen
    page.get_by_role("link", name="重新测算").first.click()
    assert heading(page) == "由此方案重新测算"
    for name in (locked, banned, kept):
        expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    page.get_by_label("情景名称").fill("乙案")
    solve(page, "开始测算", worker)
    tabs = page.get_by_role("navigation", name="方案内容")
    tabs.get_by_role("link", name="变动").click()
    expect(page.get_by_text("与所依据的方案相比：")).to_be_visible()
    tabs.get_by_role("link", name="交流名单").click()
    moves = moves_on(page)
    assert moves[locked] == targets[locked]
    assert kept not in moves
    assert moves.get(banned) != targets[banned]


def compare_and_submit(page, plan_url):
    """Side by side, the second chosen, the plan on the leader's desk."""
    page.goto(plan_url)
    page.get_by_role("link", name="比较").click()
    assert heading(page) == "情景对比"
    heads = page.get_by_role("table", name="数据").get_by_role("columnheader").all_inner_texts()
    assert {"甲案", "乙案"} <= {text.strip() for text in heads}
    page.goto(plan_url)
    page.locator("tr", has_text="依据 甲案").get_by_role("button", name="选定").click()
    page.get_by_role("link", name="提交审批").click()
    page.get_by_label("备注").fill("请审批")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("h1 ~ *, .ql-actions").get_by_text("待审批").first).to_be_visible()
    expect(page.get_by_role("button", name="撤回")).to_be_visible()

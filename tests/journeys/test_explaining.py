"""The officer defends a proposal: lock, solve again, compare, explain, take the explanation along."""

import re

import openpyxl
from playwright.sync_api import expect
from sqlalchemy import select

from app.eligibility.models import EligibilityVerdict
from app.extensions import db
from app.rotation.models import ProposedMove
from app.rotation.queries.scenarios import all_moves
from app.teachers.models import Teacher
from tests.app.rotation.county import build_county, make_plan, make_scenario, solved
from tests.journeys.looking import PHONE, download, runs_over, serious_findings
from tests.journeys.test_officer import SOLVED_WITHIN, solve


def test_lock_solve_again_compare_explain_and_export(browser_of, worker):
    county = build_county()
    officer = county.officer()
    plan = make_plan(county, officer)
    worker.clear()  # the first proposal is made here
    first = solved(make_scenario(plan, officer), officer)
    worker.set()
    move, instead = somebody_else_for_a_move(first, county)
    wanted = (instead.name, move.to_school.name, move.teacher.name)
    plan_url, first_url = f"/rotation/plans/{plan.id}", f"/rotation/scenarios/{first.id}"
    page = browser_of(officer)
    lock(page, first_url, *wanted[:2])
    second_url = solve_again(page, worker)
    read_what_changed(page, *wanted)
    compare(page, plan_url)
    explained = explain(page, second_url, wanted[0])
    export(page, second_url, explained)
    as_on_a_telephone(page, second_url)


def somebody_else_for_a_move(scenario, county):
    """A move from a sending school, and a teacher of the same subject at one who stays though eligible."""
    moves = all_moves(scenario.id)
    moved, sending = {move.teacher_id for move in moves}, [school.id for school in county.sending]
    eligible = set(db.session.scalars(select(EligibilityVerdict.teacher_id).where(EligibilityVerdict.is_eligible)))
    for move in [move for move in moves if move.from_school_id in sending]:
        alike = select(Teacher).where(
            Teacher.working_school_id.in_(sending),
            Teacher.subject_code == move.subject_code,
            Teacher.id.in_(eligible - moved),
        )
        here_first = Teacher.working_school_id != move.from_school_id
        if found := db.session.scalar(alike.order_by(here_first, Teacher.id).limit(1)):
            return move, found
    raise AssertionError("nobody could go instead of anybody")


def lock(page, url, who, school):
    """From the list of those who stay: this teacher goes to that school."""
    page.goto(f"{url}/stayed?q={who}")
    row = page.locator("tr", has=page.get_by_role("rowheader", name=who))
    row.locator("summary", has_text="派往").click()
    row.get_by_label(re.compile("派往的学校")).select_option(label=school)
    row.get_by_role("button", name="决定").click()
    expect(page.locator(".ql-alert", has_text=f"已对 {who} 作出决定")).to_be_visible()


def solve_again(page, worker):
    """A new scenario that keeps the rest still; gives its address."""
    page.get_by_role("link", name="重新测算").first.click()
    page.get_by_label("情景名称").fill("乙案")
    solve(page, "开始测算", worker)
    return page.url


def read_what_changed(page, who, school, before):
    """Every move that is not as it was has its reason, the officer's decision first among them."""
    page.get_by_role("navigation", name="方案内容").get_by_role("link", name="变动").click()
    expect(page.get_by_text(f"已作决定：交流到{school}。")).to_be_visible()
    cells = page.locator("td[data-label='变动原因']")
    assert cells.count() >= 1
    assert all(text.strip(" –\n") for text in cells.all_inner_texts())
    added = page.locator("#added, #redirected").filter(has_text=who)
    expect(added.first).to_be_visible()
    if page.locator("#removed").filter(has_text=before).count():
        expect(page.locator("#removed tr", has_text=before)).to_contain_text(who)


def compare(page, plan_url):
    """Both scenarios side by side."""
    page.goto(plan_url)
    page.get_by_role("link", name="比较").click()
    heads = page.get_by_role("table", name="数据").get_by_role("columnheader").all_inner_texts()
    assert {"甲案", "乙案"} <= {text.strip() for text in heads}


def explain(page, url, decided):
    """What the plan would lose without a move that nobody decided, who and where would be next; gives whose it is."""
    page.goto(f"{url}/moves")
    row = page.get_by_role("table", name="拟交流名单").locator("tbody tr").filter(has_not_text=decided).first
    who = row.locator("th a").inner_text()
    row.locator("a[href*='/why/']").click()
    page.get_by_role("button", name="开始测算").click()
    expect(page.get_by_role("heading", name="若不作此项交流")).to_be_visible(timeout=SOLVED_WITHIN)
    assert page.get_by_role("table").count() >= 1
    assert not re.search(r"\bT\d+\b", page.locator("main").inner_text()), "names, not keys"
    assert serious_findings(page) == []
    return who


def export(page, url, who):
    """The explanation as a workbook: who moves, why, what it would cost to do without, who stays and why."""
    page.goto(url)
    book = openpyxl.load_workbook(download(page, page.get_by_role("button", name="导出方案说明").click))
    assert len(book.sheetnames) >= 3
    first = book.worksheets[0]
    rows = {row[0]: row for row in first.iter_rows(values_only=True)}
    assert who in rows
    assert rows[who][4] and rows[who][5], "why it is, and what the plan would lose without it"
    scenario_id = int(url.rsplit("/", 1)[1])
    db.session.rollback()
    moves = db.session.scalars(select(ProposedMove.id).where(ProposedMove.scenario_id == scenario_id)).all()
    db.session.rollback()
    assert first.max_row >= len(moves) > 0


def as_on_a_telephone(page, url):
    """The same pages on a narrow screen."""
    page.set_viewport_size(PHONE)
    for part in ("", "/changes", "/moves", "/stayed"):
        page.goto(f"{url}{part}")
        assert not runs_over(page), part
        assert serious_findings(page) == [], part

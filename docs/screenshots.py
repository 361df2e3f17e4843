"""The pictures of the guides, taken from a running demo on its own road from proposal to published list.

    QINGLAN_INSTANCE=/tmp/demo .venv/bin/flask --app app demo up --year 2026
    QINGLAN_INSTANCE=/tmp/demo .venv/bin/python -m app.serve --port 8100 &
    .venv/bin/python -m pip install pillow      # once: the pictures get a palette, so that they stay small
    .venv/bin/python -m docs.screenshots http://127.0.0.1:8100 /tmp/demo/demo

Install chromium-l10n as well, or the controls that the browser draws itself come in English.

The second argument is the folder with the demo's workbooks and `logins.json`. The plan ends published, so each run
needs a demo of its own.
"""

import argparse
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.fixtures.browser import executable

IMAGES = Path(__file__).parent / "images"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
FLAGS, ENVIRONMENT = (
    ["--no-sandbox", "--disable-gpu", "--lang=zh-CN"],
    {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "zh_CN"},
)
LARGEST = 200 * 1024
SECONDS = 1000
ROSTER = "教师名册-城区二.xlsx"
REASON = "请核对英语学科：城区两校同时流出，请保留一人。"


class Studio:
    """The demo, its people and where the pictures go."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self.browser, self.address, self.folder = browser, address.rstrip("/"), folder
        self.words = json.loads((folder / "logins.json").read_text(encoding="utf-8"))

    @contextmanager
    def person(self, username: str, size: dict[str, int] | None = None, scale: float = 1) -> Iterator[Page]:
        """A signed-in person's browser."""
        context = self.browser.new_context(
            base_url=self.address, viewport=size or DESKTOP, locale="zh-CN", device_scale_factor=scale
        )
        page = context.new_page()
        page.goto("/login")
        page.locator("input[name=username]").fill(username)
        page.locator("input[name=password]").fill(self.words[username])
        page.locator("main button[type=submit]").click()
        page.wait_for_url(f"{self.address}/")
        yield page
        context.close()


def take(page: Page, name: str, height: int | None = None, *, is_scrolled: bool = False) -> None:
    """One picture, as high as asked, from the top of the page unless it is scrolled; with a palette to stay small."""
    size = page.viewport_size or DESKTOP
    if height:
        page.set_viewport_size({"width": size["width"], "height": height})
    if page.locator("[data-chart]").count():
        page.locator("[data-chart] canvas").first.wait_for()
        page.wait_for_timeout(1500)
    page.evaluate(
        "document.activeElement.blur(); if (!%s) window.scrollTo(0, 0)" % ("true" if is_scrolled else "false")
    )
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.set_viewport_size(size)
    for colours in (128, 64, 32):
        picture.quantize(colours, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)
        if (IMAGES / f"{name}.png").stat().st_size <= LARGEST:
            break


def wait_until_solved(page: Page) -> None:
    """The page shows the proposal by itself."""
    page.get_by_role("heading", name="政策要求").wait_for(timeout=180 * SECONDS)


def imports(studio: Studio, page: Page) -> None:
    """A roster with spoilt rows: upload, columns, preview."""
    page.goto("/imports/new")
    page.get_by_label("工作簿内容").select_option("教师花名册")
    take(page, "import-upload", 620)
    page.locator("input[type=file]").set_input_files(studio.folder / ROSTER)
    page.get_by_role("button", name="上传").click()
    take(page, "import-columns")
    page.get_by_role("button", name="检查各行").click()
    page.get_by_role("heading", name="预览").wait_for(timeout=60 * SECONDS)
    take(page, "import-preview", 1120)
    page.locator("summary", has_text="放弃本次上传").click()
    page.get_by_role("dialog").get_by_role("button", name="放弃本次上传").click()
    page.goto("/imports")
    take(page, "imports")


def rules(page: Page, year: int) -> None:
    """The verdicts, and what five years instead of six would change."""
    page.goto(f"/eligibility?year={year}")
    take(page, "eligibility", 1000)
    page.get_by_role("button", name="调整规则").click()
    page.get_by_label("在编制所在学校任教年限（不少于）").fill("5")
    take(page, "eligibility-rules")
    page.get_by_role("button", name="预览影响").first.click()
    take(page, "eligibility-effect", 900)
    page.goto(f"/eligibility/versions?year={year}")
    page.locator("summary", has_text="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()


def proposal(studio: Studio, page: Page) -> str:
    """Every part of the proposal; decisions; the second proposal. Gives the plan's address."""
    page.goto("/rotation")
    page.locator("tbody th a").first.click()
    plan = page.url
    take(page, "plan", 900)
    page.get_by_role("link", name="测算方案").first.click()
    take(page, "proposal-rules", 1100)
    with studio.person("officer", {"width": 1440, "height": 900}, 1.5) as wide:
        wide.goto(page.url)
        take(wide, "proposal")
    tabs = page.get_by_role("navigation", name="方案内容")
    for name, label, height in (
        ("vacancies", "缺编", 1000),
        ("balance", "均衡", 1000),
        ("flows", "流向", 1000),
        ("stayed", "未安排交流", 800),
    ):
        tabs.get_by_role("link", name=label).click()
        take(page, name, height)
    reasons(page)
    tabs.get_by_role("link", name="交流名单").click()
    page.locator("details.ql-why summary").first.click()
    take(page, "moves", 900)
    for label, row in (("锁定", 0), ("禁止", 1), ("留在原校", 2)):
        page.locator("tbody tr").nth(row).get_by_role("button", name=label).click()
    take(page, "moves-decided", 700)
    page.get_by_role("link", name="重新测算").first.click()
    page.get_by_label("情景名称").fill("调整方案")
    take(page, "solve-again", 760)
    page.get_by_role("button", name="开始测算").click()
    page.locator(".ql-job dl").wait_for(timeout=60 * SECONDS)
    page.wait_for_timeout(1500)
    take(page, "solving", 620)
    wait_until_solved(page)
    tabs.get_by_role("link", name="变动").click()
    take(page, "changes", 760)
    short_of_people(page, plan)
    giving_up(page, plan)
    page.goto(plan)
    page.get_by_role("link", name="比较").click()
    take(page, "compare", 1000)
    return plan


def reasons(page: Page) -> None:
    """What a move is worth, what the rules cost, who is worse off: each worked out once, then shown."""
    tabs = page.get_by_role("navigation", name="方案内容")
    for name, label, shown, height in (
        ("costs", "各项规则的代价", "多交流能换来什么", 1100),
        ("fairness", "谁的处境变差", "与其他办法对比", 1100),
    ):
        tabs.get_by_role("link", name=label).click()
        ask(page, shown)
        take(page, name, height)
    tabs.get_by_role("link", name="交流名单").click()
    page.locator("a[href*='/why/']").first.click()
    ask(page, "若不作此项交流")
    take(page, "why", 1300)


def ask(page: Page, heading: str) -> None:
    """Have a question worked out unless its answer is there, and wait for it."""
    button = page.get_by_role("button", name="开始测算")
    if button.count():
        button.click()
    page.get_by_role("heading", name=heading).first.wait_for(timeout=900 * SECONDS)


def giving_up(page: Page, plan: str) -> None:
    """A scenario that may give up a little balance for shorter ways."""
    page.goto(plan)
    page.get_by_role("link", name="新建情景").click()
    page.get_by_label("情景名称").fill("均衡让步1%（试算）")
    page.locator("input[name=give_balance]").fill("1")
    page.get_by_role("button", name="新建并测算").click()
    wait_until_solved(page)
    page.get_by_role("heading", name="让步与所得").scroll_into_view_if_needed()
    take(page, "giving-up", 760, is_scrolled=True)


def short_of_people(page: Page, plan: str) -> None:
    """A scenario that asks for more than the county has."""
    page.goto(plan)
    page.get_by_role("link", name="新建情景").click()
    page.get_by_label("情景名称").fill("比例15%、骨干占比60%（试算）")
    page.get_by_label("交流轮岗比例（%）").fill("15")
    page.get_by_label("骨干教师占比（%）").fill("60")
    take(page, "scenario", 900)
    page.get_by_role("button", name="新建并测算").click()
    wait_until_solved(page)
    take(page, "short", 900)
    page.get_by_role("link", name="缺哪些人，如何补足").first.click()
    take(page, "short-rules", 1000)


def approval(studio: Studio, page: Page, plan: str) -> None:
    """Submitted, returned, submitted again, approved, published."""
    page.goto(plan)
    page.locator("tr", has_text="依据 测算方案").get_by_role("button", name="选定").click()
    submit(page, "请审批。")
    with studio.person("leader") as leader:
        take(leader, "leader-home", 620)
        leader.goto(plan)
        leader.get_by_role("link", name="退回").click()
        leader.get_by_label("理由").fill(REASON)
        take(leader, "leader-return", 620)
        leader.get_by_role("button", name="退回").click()
        page.goto(plan)
        take(page, "returned", 720)
        submit(page, "已核对，英语学科保留一人。")
        leader.goto(plan)
        leader.get_by_role("link", name="批准").click()
        leader.get_by_label("备注").fill("同意，按程序公示。")
        leader.get_by_role("button", name="批准").click()
        take(leader, "leader-plan", 1000)


def submit(page: Page, note: str) -> None:
    """Send the plan to the leader."""
    page.get_by_role("link", name="提交审批").click()
    page.get_by_label("备注").fill(note)
    page.get_by_role("button", name="提交", exact=True).click()


def publication(page: Page, plan: str, year: int) -> None:
    """The notice, the list, the postings."""
    page.goto(plan)
    page.get_by_role("link", name="发布", exact=True).click()
    page.get_by_label("文号").fill(f"青教〔{year}〕12号")
    page.get_by_label("监督电话").fill("0000-1234567")
    page.get_by_label("公示开始日期").fill(f"{year}-08-10")
    page.get_by_label("公示结束日期").fill(f"{year}-08-14")
    page.get_by_label("派出开始日期").fill(f"{year}-09-01")
    take(page, "publish", 900)
    page.get_by_role("button", name="发布").click()
    take(page, "publication", 900)
    page.goto(f"/rotation/postings?year={year}")
    take(page, "postings")


def others(studio: Studio) -> None:
    """What a school and a teacher see."""
    with studio.person("school") as page:
        take(page, "school-home", 620)
        page.get_by_role("link", name="学校", exact=True).first.click()
        page.locator("tbody th a").first.click()
        take(page, "school", 900)
    with studio.person("teacher", PHONE) as page:
        page.goto("/me")
        take(page, "teacher-me")
        page.get_by_role("heading", name="交流轮岗条件认定").scroll_into_view_if_needed()
        page.evaluate("window.scrollBy(0, 400)")
        take(page, "teacher-verdict", is_scrolled=True)


def development(studio: Studio) -> None:
    """The host's workplace, placement rounds, mentor pairs, the ladder, and the growth groups."""
    with studio.person("host") as page:
        page.goto("/studios/mine")
        take(page, "studio-work", 900)
        page.get_by_role("link", name="位教师申请入室").click()
        take(page, "studio-applicants", 760)
        page.go_back()
        page.get_by_role("link", name="学员双选").click()
        take(page, "placement-choose", 620)
        page.goto("/growth/mentoring/my")
        take(page, "my-mentoring", 420)
        page.goto("/studios/mine")
        page.get_by_role("link", name="人员").first.click()
        take(page, "studio-people", 760)
        page.go_back()
        page.locator(".ql-figure", has_text="已计学时").get_by_role("link").click()
        take(page, "studio-hours", 620)
    with studio.person("centre") as page:
        placements(page)
        page.goto("/growth/ladder")
        take(page, "ladder", 700)
        page.locator("tbody tr").first.get_by_role("link", name="名额").click()
        take(page, "ladder-round", 1000)
        page.goto("/growth/groups")
        take(page, "growth-groups", 760)
    with studio.person("officer") as page:
        page.goto("/growth/mentoring")
        take(page, "mentor-pairs", 760)
        page.locator("tbody tr", has_text="结对中").first.locator("th a").click()
        take(page, "mentor-pair", 1000)
        page.goto("/growth/mentoring/newcomers?mentored=0")
        take(page, "mentor-newcomers", 700)
        page.goto("/growth/placement")
        page.locator("tbody th a").first.click()
        take(page, "mentor-round", 760)
    with studio.person("teacher", PHONE, 2) as page:
        page.goto("/growth/my-ladder")
        take(page, "my-ladder")


def placements(page: Page) -> None:
    """A round of studios: where it stands, the proposal, the places."""
    page.goto("/studios/placement")
    page.locator("tbody th a").first.click()
    take(page, "placement-round", 900)
    page.get_by_role("link", name="方案1").click()
    take(page, "placement-proposal", 1000)
    page.get_by_role("link", name="拟安排名单").click()
    take(page, "placement-places", 760)


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--year", type=int, default=2026)
    parser.add_argument("--only", choices=["development"], help="only these pictures; they change nothing in the demo")
    options = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS, env=ENVIRONMENT)
        studio = Studio(browser, options.address, options.folder)
        development(studio)
        if options.only:
            browser.close()
            return
        with studio.person("officer") as page:
            take(page, "home", 620)
            imports(studio, page)
            rules(page, options.year)
            plan = proposal(studio, page)
            approval(studio, page, plan)
            publication(page, plan, options.year)
        others(studio)
        browser.close()


if __name__ == "__main__":
    main()

"""An import and its undoing from the page; and the roads that work without scripts and by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.app.imports.workbooks import teacher_row, workbook
from tests.app.rotation.county import build_county
from tests.journeys.looking import agree, heading

NEW_PHONE = "13700001234"


@pytest.fixture
def county(app):
    """A small county; the facts of the people in these journeys agree with their numbers, as the form asks."""
    county = build_county()
    for teacher in county.teachers[:2]:
        agree(teacher)
    return county


@pytest.fixture
def roster(county):
    """A correction of one teacher's telephone number, and somebody new."""
    known, school = county.teachers[0], county.schools[0]
    correction = teacher_row(992, school) | {"name": known.name, "id_number": known.id_number, "phone": NEW_PHONE}
    content = workbook("teachers", [correction, teacher_row(993, school, name="钱新来")])
    return {"name": "更正.xlsx", "mimeType": "application/octet-stream", "buffer": content}


def upload(page, roster):
    """As far as the preview."""
    page.goto("/imports/new")
    page.locator("select[name=kind]").select_option("teachers")
    page.locator("input[type=file]").set_input_files(roster)
    page.get_by_role("button", name="上传").click()
    page.get_by_role("button", name="检查各行").click()
    expect(page.get_by_role("heading", name="预览")).to_be_attached()


def test_an_import_is_previewed_applied_and_undone(county, roster, browser_of):
    teacher_id, name = county.teachers[0].id, county.teachers[0].name
    page = browser_of(county.officer())
    upload(page, roster)
    change = page.locator("tr").filter(has=page.get_by_role("link", name=name))
    expect(change.get_by_text(NEW_PHONE)).to_be_visible()
    page.get_by_role("button", name="写入", exact=True).click()
    expect(page.locator(".ql-alert", has_text="导入已写入")).to_be_visible()
    batch = page.url
    page.goto(f"/teachers/{teacher_id}")
    expect(page.get_by_text(NEW_PHONE)).to_be_visible()

    upload(page, roster)  # the same again: nothing left to do
    assert page.get_by_role("button", name="写入", exact=True).count() == 0

    page.goto(batch)
    page.locator("summary", has_text="撤销本次导入").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销本次导入").click()
    expect(page.locator(".ql-alert", has_text="各行均恢复原状").first).to_be_visible()
    page.goto(f"/teachers/{teacher_id}")
    assert page.get_by_text(NEW_PHONE).count() == 0
    page.goto("/teachers?q=钱新来")
    assert page.get_by_role("table").count() == 0


def test_the_road_of_a_form_needs_no_script(county, roster, browser_of):
    teacher_id = county.teachers[1].id
    page = browser_of(county.officer(), java_script_enabled=False)
    page.goto(f"/teachers/{teacher_id}/edit")
    page.get_by_label("手机").fill("13600000000")
    page.get_by_label("电子邮箱").fill("no address")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("电子邮箱")).to_have_value("no address")
    page.get_by_label("电子邮箱").fill("")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("13600000000")).to_be_visible()
    upload(page, roster)
    page.get_by_role("button", name="写入", exact=True).click()
    page.locator("summary", has_text="撤销本次导入").click()
    page.locator(".ql-confirm-panel").get_by_role("button", name="撤销本次导入").click()
    expect(page.locator(".ql-alert", has_text="各行均恢复原状").first).to_be_visible()


def test_the_keyboard_alone_is_enough(county, browser_of):
    page = browser_of(county.officer())
    page.goto("/teachers")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    page.locator(".ql-user summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ql-user .ql-menu-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".ql-user .ql-menu-panel")).to_be_hidden()
    expect(page.locator(".ql-user summary")).to_be_focused()

    page.goto(f"/schools/{county.schools[-1].id}")
    page.locator("summary", has_text="停办学校").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("summary", has_text="停办学校")).to_be_focused()

    page.goto(f"/teachers/{county.teachers[0].id}/edit")
    page.get_by_label("手机").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("13500000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("13500000000")).to_be_visible()
    assert heading(page) == county.teachers[0].name

"""Who keeps the system and who watches over it; and who may only read."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from app.access import Role
from app.rotation.operations import publications
from tests.app.rotation.county import approved_plan, build_county
from tests.app.rotation.test_road import NOTICE
from tests.factories import user_with
from tests.journeys.conftest import PASSWORD
from tests.journeys.looking import download, heading

CLOSED = (403, 404)


@pytest.fixture
def county(app):
    """A small county."""
    return build_county()


@pytest.fixture
def published(county):
    """The address of a published list."""
    officer = county.officer()
    plan = approved_plan(county, officer, county.leader())
    row = publications.publish(plan=plan, notice=NOTICE | {"term_years": 1}, reason="", actor=officer)
    return f"/rotation/publications/{row.id}"


def test_an_administrator_adds_an_account_gives_a_role_and_ends_a_session(county, browser_of, new_context, site):
    name = county.region.name
    page = browser_of(user_with(Role.SYSTEM_ADMINISTRATOR, region=county.region))
    page.goto("/accounts/")
    page.get_by_role("link", name="新建账号").click()
    page.get_by_label("用户名").fill("chenrenshi")
    page.get_by_label("姓名").fill("陈人事")
    page.get_by_role("button", name="创建账号").click()
    word = re.search(r"初始密码是 ([^，]+)，", page.locator(".ql-alert").first.inner_text())[1]
    page.get_by_label("角色", exact=True).select_option(label="人事干部")
    page.get_by_label("地区（按地区授权的角色）").select_option(label=name)
    page.get_by_role("button", name="授予该角色").click()
    account = page.url
    expect(page.get_by_role("table", name="角色一览").get_by_text("人事干部")).to_be_visible()

    new = new_context(base_url=site).new_page()
    new.goto("/login")
    new.locator("input[name=username]").fill("chenrenshi")
    new.locator("input[name=password]").fill(word)
    new.locator("main button[type=submit]").click()
    expect(new.locator("input[name=new_password]")).to_be_visible()
    new.locator("input[name=password]").fill(word)
    new.locator("input[name=new_password]").fill("another-long-password-9")
    new.locator("input[name=new_password_confirm]").fill("another-long-password-9")
    new.locator("main button[type=submit]").click()
    new.goto("/teachers")
    assert heading(new) == "教师"

    page.goto(account)
    page.get_by_role("button", name="在所有位置退出登录").click()
    new.goto("/teachers")
    assert "/login" in new.url

    page.goto("/jobs/")
    assert heading(page) == "后台任务"
    assert page.goto("/healthz").ok
    assert page.goto("/teachers").status in CLOSED


def test_an_auditor_reads_what_happened_and_exports_it_but_sees_nobody(county, published, browser_of):
    teacher = county.teachers[0]
    teacher_id, name, number = teacher.id, teacher.name, teacher.id_number
    officer = browser_of(county.officer())
    reveal(officer, teacher_id, number)
    auditor = browser_of(user_with(Role.AUDITOR, region=county.region))
    auditor.goto("/audit/")
    done = auditor.locator("tbody td[data-label=操作], tbody td:nth-child(3)").all_inner_texts()
    for action in ("轮岗方案：提交", "轮岗方案：批准", "身份证件号：查看"):
        assert any(action in text for text in done), done
    assert not [text for text in done if text.isascii()]
    auditor.get_by_role("row").filter(has_text="身份证件号：查看").get_by_role("link").click()
    expect(auditor.get_by_text("核对职称评审材料").first).to_be_visible()
    assert number not in auditor.content()
    auditor.goto("/audit/")
    book = openpyxl.load_workbook(download(auditor, auditor.get_by_role("button", name="导出 Excel").click))
    assert book.active.max_row > len(done)
    for address in ("/teachers", f"/teachers/{teacher_id}", "/schools", "/rotation", published):
        assert auditor.goto(address).status in CLOSED, address
    assert name not in auditor.content()


def reveal(page, teacher_id, number):
    """The number is shown once, for a reason, after the password was typed again."""
    page.goto(f"/teachers/{teacher_id}")
    assert number not in page.content()
    page.get_by_role("link", name="显示").first.click()
    if heading(page) == "确认是您本人":
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="显示号码").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_label("理由").fill("核对职称评审材料")
    page.get_by_role("button", name="显示号码").click()
    expect(page.get_by_text(number)).to_be_visible()
    page.goto(f"/teachers/{teacher_id}")
    assert number not in page.content()


def test_a_studio_host_sees_the_own_record_and_the_published_list(county, published, browser_of):
    host, other = county.teachers[0], county.teachers[1]
    name, other_id = host.name, other.id
    page = browser_of(user_with(Role.STUDIO_HOST, teacher=host))
    page.goto("/me")
    expect(page.get_by_text(name).first).to_be_visible()
    assert page.goto(published).ok
    for address in ("/teachers", f"/teachers/{other_id}", "/schools", "/rotation", "/rotation/postings"):
        assert page.goto(address).status in CLOSED, address


def test_the_development_centre_reads_teachers_and_changes_nothing(county, published, browser_of):
    teacher_id = county.teachers[0].id
    page = browser_of(user_with(Role.DEVELOPMENT_CENTRE, region=county.region))
    page.goto("/teachers")
    assert page.locator("tbody tr").count() > 10
    page.goto(f"/teachers/{teacher_id}")
    assert page.get_by_role("link", name="编辑").count() == 0
    assert page.goto(published).ok
    for address in (f"/teachers/{teacher_id}/edit", "/imports", "/rotation", f"/teachers/{teacher_id}/identity"):
        assert page.goto(address).status in CLOSED, address

"""Coming in: the log-in page, the language, one's own sessions."""

from tests.factories import CountyFactory, officer_of
from tests.journeys.looking import DESKTOP, PHONE, runs_over, serious_findings


def test_an_officer_signs_in_switches_to_english_and_out_again(app, site, page, sign_in, complaints):
    officer = officer_of(CountyFactory(name="青蓝县"))
    officer.language = "zh_Hans_CN"
    sign_in(officer)
    assert page.get_by_role("heading", level=1).inner_text() == "待办事项"
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What to do now"
    page.goto(f"{site}/accounts/me")
    assert page.get_by_text("This browser").is_visible()
    page.locator(".ql-user summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site}/accounts/me")
    assert "/login" in page.url
    assert complaints == []


def test_the_door_is_open_to_everybody(app, site, page):
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.goto(f"{site}/login")
        assert serious_findings(page) == []
        assert not runs_over(page)

"""Looking at a page as axe, as a narrow screen and as the browser's console do; and at what it downloads."""

import io
from pathlib import Path

import pytest_playwright_axe

from app.teachers import identity

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
AXE = (Path(pytest_playwright_axe.__file__).parent / "resources" / "axe.min.js").read_text(encoding="utf-8")
# A rule's own impact stands above that of its checks: where it is lower than serious, the rule need not be asked.
FINDINGS = """async () => {
  const lesser = axe._audit.rules.filter((rule) => ["minor", "moderate"].includes(rule.impact));
  const rules = Object.fromEntries(lesser.map((rule) => [rule.id, {enabled: false}]));
  const results = await axe.run(document, {rules, resultTypes: ["violations"], iframes: false});
  return results.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => one.id + ": " + node.target.join(" ")));
}"""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def serious_findings(page):
    """What axe finds that keeps somebody out: rule and place."""
    page.wait_for_load_state()
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    return page.evaluate(FINDINGS)


def runs_over(page):
    """Whether the page is wider than the screen."""
    page.wait_for_load_state()
    return page.evaluate(WIDER)


def complaints_of(page):
    """A list that fills with what the browser complains of; that a page answers 404 or 422 is none of it."""
    found = []
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("console", lambda line: found.append(f"{page.url}: {line.text}") if _is_complaint(line) else None)
    return found


def _is_complaint(line):
    is_answer = line.text.startswith("Failed to load resource") and "/static/" not in line.location.get("url", "")
    return line.type == "error" and not is_answer


def download(page, press):
    """The file that comes when `press` is called, to be read."""
    with page.expect_download() as coming:
        press()
    return io.BytesIO(coming.value.path().read_bytes())


def agree(teacher):
    """Give a teacher the birth date and the sex that the identity number tells."""
    told = identity.said_by("1", teacher.id_number)
    teacher.birth_on, teacher.sex = told["birth_on"], told["sex"]


def heading(page):
    """The page's h1."""
    return page.locator("h1").inner_text().strip()

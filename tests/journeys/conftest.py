"""A real browser against the real site: served over HTTP, with a worker beside it."""

import contextlib
import threading
import time
from pathlib import Path

import pytest
from flask_security import hash_password
from pytest_playwright_axe import Axe
from werkzeug.serving import make_server

from app.extensions import db
from app.jobs.worker import run_pending_jobs
from tests.fixtures import browser as chromium

PASSWORD = "correct-horse-battery"
ARTEFACTS = Path(__file__).resolve().parents[2] / "build" / "journeys"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items):
    """Journeys need a browser; without one they are left out with one clear reason."""
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))
            if chromium.executable() is None:
                item.add_marker(pytest.mark.skip(reason=chromium.ADVICE))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Chromium of the system, fit for any user and for a machine without a network."""
    return browser_type_launch_args | {"executable_path": chromium.executable(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A desktop by default."""
    return browser_context_args | {"viewport": DESKTOP, "locale": "zh-CN"}


@pytest.fixture(scope="session")
def site(application):
    """The address of the running site."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def worker(app):
    """A worker that takes jobs while the test lasts."""
    stopped = threading.Event()

    def work():
        while not stopped.is_set():
            with contextlib.suppress(Exception), app.app_context():
                run_pending_jobs()
            time.sleep(0.1)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stopped.set()
    thread.join(30)


@pytest.fixture
def sign_in(app, site, page):
    """Sign in through the log-in page as `user`; the page is left on the landing page."""

    def enter(user, on=page):
        user.password = hash_password(PASSWORD)
        db.session.commit()
        on.goto(f"{site}/login")
        on.locator("input[name=username]").fill(user.username)
        on.locator("input[name=password]").fill(PASSWORD)
        on.locator("main button[type=submit]").click()
        on.wait_for_url(f"{site}/")
        return on

    return enter


@pytest.fixture
def complaints(page):
    """What the browser complained of: script errors and violations of the content security policy."""
    found = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    return found


def serious_findings(page):
    """What axe finds that keeps somebody out: (rule, where)."""
    results = Axe(use_minified_file=True).run(page, html_report_generated=False, json_report_generated=False)
    return [
        (violation["id"], node["target"])
        for violation in results["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def runs_over(page):
    """Whether the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")

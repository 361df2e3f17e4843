"""A real browser against the real site: served over HTTP, with a worker beside it, its forms guarded as in earnest."""

import contextlib
import threading
import time
from pathlib import Path

import pytest
from flask_security import hash_password
from werkzeug.serving import make_server

from app.extensions import db
from app.jobs.worker import run_pending_jobs
from tests.fixtures import browser as chromium
from tests.journeys.looking import DESKTOP, complaints_of

PASSWORD = "correct-horse-battery"
CHINESE = "zh_Hans_CN"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items):
    """Journeys need a browser; without one they are left out with one clear reason."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
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


@pytest.fixture(autouse=True)
def _guarded_forms(application, monkeypatch):
    """Other tests post without a page; here every form must carry its token, as in a bureau."""
    monkeypatch.setitem(application.config, "WTF_CSRF_ENABLED", True)


@pytest.fixture
def worker(app):
    """A worker that takes jobs while the test lasts; an event: cleared, it takes none."""
    stopped, is_free = threading.Event(), threading.Event()
    is_free.set()

    def work():
        while not stopped.is_set():
            is_free.wait()
            with contextlib.suppress(Exception), app.app_context():
                run_pending_jobs()
            time.sleep(0.1)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield is_free
    stopped.set()
    is_free.set()
    thread.join(30)


@pytest.fixture
def sign_in(app, site, page):
    """Sign in through the log-in page as `user`; the page is left on the landing page."""

    def enter(user, on=page):
        user.password = hash_password(PASSWORD)
        username = user.username
        db.session.commit()
        on.goto(f"{site}/login")
        on.locator("input[name=username]").fill(username)
        on.locator("input[name=password]").fill(PASSWORD)
        on.locator("main button[type=submit]").click()
        on.wait_for_url(f"{site}/")
        return on

    return enter


@pytest.fixture
def browser_of(app, site, browser, browser_context_args, sign_in):
    """A browser of somebody's own, signed in, in Chinese: `browser_of(user)`, `browser_of(user, viewport=PHONE)`.

    Whatever such a browser complains of fails the test.
    """
    heard, opened = [], []

    def start(user, **options):
        user.language = CHINESE
        opened.append(browser.new_context(**(browser_context_args | {"base_url": site} | options)))
        page = opened[-1].new_page()
        page.set_default_timeout(15_000)
        heard.append(complaints_of(page))
        return sign_in(user, on=page)

    yield start
    for context in opened:
        context.close()
    assert [line for lines in heard for line in lines] == []


@pytest.fixture
def complaints(page):
    """What the browser complained of: script errors and violations of the content security policy."""
    return complaints_of(page)

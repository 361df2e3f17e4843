"""A real mail server on this machine, and two kinds of notices to tell."""

import email
import email.policy
import socket

import pytest
from aiosmtpd.controller import Controller
from flask_babel import gettext as _

from app.notices.kinds import Rendered, notice_kind


@notice_kind("test.calm", label="A calm kind")
def calm(params):
    return Rendered(_("Notices") + f": {params['what']}", "", "/me")


@notice_kind("test.urgent", label="An urgent kind", is_urgent=True)
def urgent(params):
    return Rendered(_("Notices") + f"! {params['what']}", "Look <now>", "/me?x=1&y=2")


class Post:
    """What the server took in, and what it is told to refuse."""

    def __init__(self):
        self.messages = []
        self.refused = {}
        self.data_answer = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_answer:
            return self.data_answer
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append((envelope.rcpt_tos[0], message))
        return "250 OK"

    @property
    def addresses(self):
        return [address for address, _message in self.messages]


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mail_settings(app, free_port):
    """The application knows of a mail server, which may not run."""
    settings = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": free_port,
        "SMTP_SECURITY": "none",
        "SMTP_FROM": "青蓝 <qinglan@county.example>",
        "PUBLIC_URL": "https://qinglan.county.example",
    }
    before = {name: app.config[name] for name in settings}
    app.config.update(settings)
    yield settings
    app.config.update(before)


@pytest.fixture
def start_server(mail_settings):
    """Start the server; `start_server()` gives what it takes in."""
    running = []

    def start(post=None):
        post = post or Post()
        controller = Controller(post, hostname="127.0.0.1", port=mail_settings["SMTP_PORT"])
        controller.start()
        running.append(controller)
        post.stop = controller.stop
        return post

    yield start
    for controller in running:
        if controller.server is not None:
            controller.stop()


@pytest.fixture
def post(start_server):
    """A running server."""
    return start_server()

"""Letters leave after commit, once each, and none is lost while the server is away."""

import os
import re
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from app.notices import delivery
from app.notices.models import MailAddress, MailState, Notice, OutgoingMail
from app.notices.operations import notify
from tests.factories import UserFactory


def tell(*users, kind="test.urgent", key="k", **params):
    return notify(users=[u.id for u in users], kind=kind, params={"what": "x"} | params, key=key)


def letters(session):
    session.commit()  # ends the reading, so that what others wrote is seen
    return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def due_now(session):
    session.execute(update(OutgoingMail).values(next_at=datetime(2020, 1, 1, tzinfo=UTC)))
    session.commit()


def test_a_letter_in_the_readers_language_as_text_and_html_with_a_link(session, app, post, run_jobs):
    tell(UserFactory(email="en@example.org", language="en"), UserFactory(email="zh@example.org", language="zh_Hans_CN"))
    assert post.messages == []
    run_jobs()
    told = dict(post.messages)
    english, chinese = told["en@example.org"], told["zh@example.org"]
    assert english["Subject"] == "Qinglan: Notices! x"
    assert chinese["Subject"] == "青蓝: 通知! x"
    text = english.get_body(("plain",)).get_content()
    html = english.get_body(("html",)).get_content()
    assert "https://qinglan.county.example/me?x=1&y=2" in text
    assert "Look &lt;now&gt;" in html
    assert 'href="https://qinglan.county.example/me?x=1&amp;y=2"' in html
    assert english["From"] == "青蓝 <qinglan@county.example>"
    assert english["Message-ID"] != chinese["Message-ID"]
    assert {letter.state for letter in letters(session)} == {MailState.SENT}


def test_nothing_is_sent_twice(session, app, post, run_jobs):
    one = UserFactory()
    tell(one)
    run_jobs()
    tell(one)
    run_jobs()
    delivery.deliver_all()
    assert post.addresses == [one.email]


def test_nothing_is_written_where_no_server_is_named(session, app, run_jobs, rows):
    tell(UserFactory())
    run_jobs()
    assert rows(OutgoingMail) == 0
    assert rows(Notice) == 1


@time_machine.travel("2026-11-22 04:00", tick=False)
def test_a_server_that_is_away_loses_nothing_and_is_asked_less_and_less(session, app, start_server, run_jobs):
    people = [UserFactory() for _ in range(3)]
    tell(*people)
    run_jobs()
    first = letters(session)
    assert {letter.state for letter in first} == {MailState.WAITING}
    assert [letter.attempts for letter in first] == [1, 0, 0]
    pauses = []
    for _ in range(8):
        due_now(session)
        delivery.deliver_all()
        waits = [letter.next_at - datetime.now(UTC) for letter in letters(session)]
        pauses.append(round(max(waits).total_seconds()))
        assert min(waits) > timedelta(seconds=50)
    assert pauses == sorted(pauses)
    assert pauses[-1] <= 3600
    ids = [letter.message_id for letter in letters(session)]
    post = start_server()
    delivery.deliver_all()
    assert post.messages == []
    due_now(session)
    delivery.deliver_all()
    assert sorted(post.addresses) == sorted(p.email for p in people)
    assert [str(m["Message-ID"]) for _a, m in post.messages] == ids


def test_weeks_without_a_server_lose_nothing_either(session, app, mail_settings, start_server, run_jobs):
    tell(UserFactory())
    run_jobs()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30)):
        delivery.deliver_all()
        assert letters(session)[0].state is MailState.WAITING
        post = start_server()
        due_now(session)
        delivery.deliver_all()
    assert len(post.messages) == 1


def test_one_refused_address_holds_up_nobody(session, app, post, run_jobs):
    people = [UserFactory() for _ in range(3)]
    post.refused = {people[0].email: "550 No such person", people[1].email: "450 Mailbox busy"}
    tell(*people)
    run_jobs()
    assert post.addresses == [people[2].email]
    refused, busy, sent = letters(session)
    assert (refused.state, busy.state, sent.state) == (MailState.REFUSED, MailState.WAITING, MailState.SENT)
    assert "No such person" in refused.error
    post.refused = {}
    due_now(session)
    delivery.deliver_all()
    assert post.addresses == [people[2].email, people[1].email]


def test_a_mailbox_that_stays_busy_is_given_up_after_days(session, app, post, run_jobs):
    one = UserFactory()
    post.refused = {one.email: "450 Mailbox busy"}
    tell(one)
    run_jobs()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=6)):
        delivery.deliver_all()
    assert letters(session)[0].state is MailState.REFUSED


def test_a_refusal_of_the_content_ends_that_letter(session, app, post, run_jobs):
    post.data_answer = "554 Looks like spam"
    tell(UserFactory())
    run_jobs()
    assert letters(session)[0].state is MailState.REFUSED


def test_two_workers_at_once_send_each_letter_once(application, session, app, post, run_jobs):
    import contextvars
    import threading

    people = [UserFactory() for _ in range(12)]
    tell(*people)
    session.commit()

    def work():
        with application.app_context():
            delivery.deliver_all()

    workers = [threading.Thread(target=contextvars.Context().run, args=(work,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(post.addresses) == sorted(p.email for p in people)


def test_killed_before_the_server_answered_the_letter_goes_later(session, app, post, run_jobs, monkeypatch):
    """The lease lapses, and another worker sends it: nothing is lost."""
    tell(UserFactory())
    session.commit()

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(delivery.Line, "send", die)
        delivery.deliver_all()
    assert letters(session)[0].state is MailState.SENDING
    delivery.deliver_all()
    assert post.messages == []
    with time_machine.travel(datetime.now(UTC) + delivery.LEASE + timedelta(seconds=5)):
        delivery.deliver_all()
    assert len(post.messages) == 1


def test_killed_between_the_servers_answer_and_our_commit_it_goes_again_under_the_same_id(
    session, app, post, run_jobs, monkeypatch
):
    """The window that cannot be closed from our side: whoever gets both can tell that they are one."""
    tell(UserFactory())
    session.commit()

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(delivery, "_note", die)
        delivery.deliver_all()
    with time_machine.travel(datetime.now(UTC) + delivery.LEASE + timedelta(seconds=5)):
        delivery.deliver_all()
    first, second = post.messages
    assert first[1]["Message-ID"] == second[1]["Message-ID"]
    assert letters(session)[0].state is MailState.SENT


def test_a_worker_killed_for_good_in_the_middle_loses_nothing(session, app, start_server, start_worker, mail_settings):
    """A real worker programme, killed by the system while the server is silent; another one sends everything."""
    import asyncio

    from tests.app.notices.conftest import Post

    class Slow(Post):
        begun = False

        async def handle_DATA(self, server, session, envelope):
            if not self.begun:
                self.begun = True
                await asyncio.sleep(60)
            return await super().handle_DATA(server, session, envelope)

    post = start_server(Slow())
    person = UserFactory()
    tell(person)
    session.commit()
    worker = start_worker(lease=1, settings=mail_settings)
    wait_for(lambda: post.begun)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert letters(session)[0].state is MailState.SENDING
    session.execute(update(OutgoingMail).values(lease_until=datetime(2020, 1, 1, tzinfo=UTC)))
    session.commit()
    start_worker(lease=1, settings=mail_settings)
    wait_for(lambda: letters(session)[0].state is MailState.SENT)
    assert post.addresses == [person.email]


def wait_for(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)


# --- the digest ----------------------------------------------------------------------------------------------------

MORNING = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # half past eight in China


def digest(run_jobs):
    from app.audit.operations import SYSTEM
    from app.jobs.operations import enqueue

    enqueue(kind="notices.digest", payload={}, actor=SYSTEM)
    run_jobs()


def test_a_digest_holds_the_unread_once_a_day(session, app, post, run_jobs):
    one, two = UserFactory(), UserFactory(email=None)
    with time_machine.travel(MORNING, tick=False):
        tell(one, two, kind="test.calm", key="a", what="first")
        tell(one, kind="test.calm", key="b", what="second")
        tell(one, kind="test.calm", key="c", what="read already")
        session.execute(update(Notice).where(Notice.key == "c").values(read_at=MORNING))
        digest(run_jobs)
        digest(run_jobs)
        tell(one, kind="test.calm", key="d", what="third")
        digest(run_jobs)
        assert post.addresses == [one.email]
        text = post.messages[0][1].get_body(("plain",)).get_content()
        assert "first" in text
        assert "second" in text
        assert "read already" not in text
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        digest(run_jobs)
        assert post.addresses == [one.email, one.email]
        assert "third" in post.messages[1][1].get_body(("plain",)).get_content()


def test_no_digest_before_its_hour(session, app, post, run_jobs):
    with time_machine.travel(MORNING - timedelta(hours=2), tick=False):
        tell(UserFactory(), kind="test.calm")
        digest(run_jobs)
    assert post.messages == []


def test_the_sweep_brings_letters_and_digests_round(session, app, post, run_jobs):
    from app.jobs.periodic import enqueue_due

    with time_machine.travel(MORNING, tick=False):
        tell(UserFactory(), kind="test.calm")
        session.commit()
        assert "notices.digest" in enqueue_due()
        assert "notices.digest" not in enqueue_due()
        run_jobs()
    assert len(post.messages) == 1


# --- the address ---------------------------------------------------------------------------------------------------


def test_an_own_address_counts_once_it_is_confirmed(session, client, post, run_jobs, make_client):
    me, other = UserFactory(email="old@example.org"), UserFactory()
    client.sign_in(me)
    assert client.post("/notices/address", data={"mail-address": "nonsense"}).status_code == 422
    assert client.post("/notices/address", data={"mail-address": "new@example.org"}).status_code == 303
    run_jobs()
    tell(me, key="before")
    run_jobs()
    assert post.addresses == ["new@example.org", "old@example.org"]
    text = post.messages[0][1].get_body(("plain",)).get_content()
    link = re.search(r"https://qinglan\.county\.example(/notices/address/\S+)", text)[1]
    make_client().sign_in(other).get(link)
    assert session.get(MailAddress, me.id).confirmed_at is None
    client.get(link)
    session.expire_all()
    assert session.get(MailAddress, me.id).confirmed_at
    tell(me, key="after")
    run_jobs()
    assert post.addresses[-1] == "new@example.org"


def test_the_administrator_sees_letters_in_trouble(session, client, post, run_jobs):
    from app.access import Role
    from tests.factories import CountyFactory, user_with

    county = CountyFactory()
    admin = user_with(Role.SYSTEM_ADMINISTRATOR, region=county)
    here, elsewhere = UserFactory(region_id=county.id), UserFactory(region_id=CountyFactory().id)
    post.refused = {here.email: "550 Unknown here", elsewhere.email: "550 Unknown there"}
    tell(here, elsewhere)
    run_jobs()
    page = client.sign_in(admin).get("/notices/letters").text
    assert "Unknown here" in page
    assert "Unknown there" not in page

"""The daily digest: what a person wanted to read in one letter, once a day, from a set hour on."""

from flask import current_app
from sqlalchemy import ColumnElement, and_, func, select, update

from app.db.clock import BEIJING, today, utc_now
from app.extensions import db
from app.notices.models import MailKind, MailMode, Notice, OutgoingMail
from app.notices.operations import _insert, message_id, send_soon
from app.web.transaction import transaction

PEOPLE_AT_A_TIME = 200


def is_time() -> bool:
    """Whether the hour has come, and somebody has something to read."""
    return _hour_has_come() and db.session.scalar(_people().limit(1)) is not None


def write_digests() -> int:
    """Write today's letter of everybody who has one coming; returns how many. A second run writes nothing more."""
    if not _hour_has_come():
        return 0
    written = 0
    while True:
        with transaction() as session:
            people = list(session.scalars(_people().limit(PEOPLE_AT_A_TIME)))
            written += _write(people)
        if len(people) < PEOPLE_AT_A_TIME:
            return written


def _hour_has_come() -> bool:
    hour: int = current_app.config["DIGEST_HOUR"]
    return utc_now().astimezone(BEIJING).hour >= hour


def _unsent() -> ColumnElement[bool]:
    return and_(Notice.mail_mode == MailMode.DAILY, Notice.digest_on.is_(None), Notice.read_at.is_(None))


def _people():  # type: ignore[no-untyped-def]
    """Who has unread notices for a digest and got none today."""
    had = select(OutgoingMail.user_id).where(OutgoingMail.user_id == Notice.user_id, OutgoingMail.digest_on == today())
    return select(Notice.user_id).where(_unsent(), ~had.exists()).distinct().order_by(Notice.user_id)


def _write(people: list[int]) -> int:
    if not people:
        return 0
    day = today()
    rows = [
        {"user_id": one, "kind": MailKind.DIGEST, "key": f"digest:{day}", "digest_on": day, "message_id": message_id()}
        for one in people
    ]
    made = db.session.execute(
        _insert()(OutgoingMail).values(rows).on_conflict_do_nothing().returning(OutgoingMail.user_id)
    )
    told = list(made.scalars())
    if told:
        db.session.execute(
            update(Notice).where(Notice.user_id.in_(told), _unsent()).values(digest_on=day),
            execution_options={"synchronize_session": False},
        )
        send_soon()
    return len(told)


def waiting_for_digest(user_id: int) -> int:
    """How many notices the person's next digest holds so far."""
    return db.session.scalar(select(func.count()).select_from(Notice).where(Notice.user_id == user_id, _unsent())) or 0

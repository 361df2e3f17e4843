"""The chain shows whatever was done to the log behind the system's back."""

import contextvars
import threading

import pytest
from sqlalchemy import delete, event, insert, select, update

from app import audit
from app.audit.models import AuditEntry, AuditHead
from app.audit.operations import SYSTEM, digest_of, jsonable
from app.audit.verification import verify
from app.extensions import db
from app.web.transaction import transaction
from tests.factories import CountyFactory, UserFactory


@pytest.fixture
def log(app):
    """Ten entries, each about a record of its own."""
    for n in range(1, 11):
        audit.record(
            actor=SYSTEM,
            action="teacher.edit",
            subject_type="teacher",
            subject_id=n,
            subject_label=f"Teacher {n}",
            before={"quota": n, "share": 0.1, "empty": None},
            after={"quota": n + 1, "share": -0.0, "big": 1e22},
        )
    db.session.commit()


def tamper(*statements):
    for statement in statements:
        db.session.execute(statement)
    db.session.commit()


def found():
    db.session.expire_all()
    return [(f.kind, f.position) for f in verify().findings]


def test_an_untouched_log_is_sound(log):
    verdict = verify()
    assert (verdict.is_sound, verdict.checked, verdict.position) == (True, 10, 10)


def test_an_empty_log_is_sound(app):
    assert verify().is_sound


def test_an_edited_entry_is_named_with_what_it_speaks_of(log, runner):
    tamper(update(AuditEntry).where(AuditEntry.position == 4).values(after={"quota": 99}))
    assert found() == [("edited", 4)]
    result = runner.invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert "entry 4 was altered" in result.output
    assert "Teacher 4" in result.output


def test_an_entry_removed_from_the_middle_is_named(log):
    tamper(delete(AuditEntry).where(AuditEntry.position == 6))
    assert found() == [("removed", 6)]
    assert "Teacher 7" in verify().findings[0].text


def test_an_entry_removed_and_the_rest_renumbered_shows(log):
    tamper(
        delete(AuditEntry).where(AuditEntry.position == 6),
        *(update(AuditEntry).where(AuditEntry.position == n).values(position=n - 1) for n in range(7, 11)),
    )
    assert found()[0] == ("edited", 6)
    assert ("truncated", 10) in found()


def test_the_newest_entries_cannot_be_cut_off(log):
    tamper(delete(AuditEntry).where(AuditEntry.position >= 9))
    assert found() == [("truncated", 9)]


def test_nor_by_setting_the_head_back(log):
    digest = db.session.scalar(select(AuditEntry.digest).where(AuditEntry.position == 8))
    tamper(
        delete(AuditEntry).where(AuditEntry.position >= 9),
        update(AuditHead).values(position=8, digest=digest),
    )
    assert found() == [("head", 8)]


def test_the_first_entry_cannot_go_either(log):
    tamper(delete(AuditEntry).where(AuditEntry.position == 1))
    assert found() == [("removed", 1)]


def test_an_inserted_entry_is_named(log):
    false = {c.key: None for c in AuditEntry.__table__.columns} | {
        "position": 5,
        "at": db.session.get(AuditEntry, 4).at,
        "actor_label": "nobody",
        "action": "teacher.edit",
        "subject_type": "teacher",
        "subject_id": "77",
        "subject_label": "Teacher 77",
        "digest": "f" * 64,
    }
    tamper(
        *(update(AuditEntry).where(AuditEntry.position == n).values(position=n + 1) for n in range(10, 4, -1)),
        insert(AuditEntry).values(**false),
    )
    assert found()[0] == ("inserted", 5)
    assert "Teacher 77" in verify().findings[0].text
    assert found()[-1] == ("inserted", 11)


def test_an_entry_added_behind_the_newest_is_named(log):
    row = dict(db.session.execute(select(AuditEntry.__table__).where(AuditEntry.position == 10)).mappings().one())
    tamper(insert(AuditEntry).values(**(row | {"position": 11})))
    assert found() == [("inserted", 11)]


def test_swapped_entries_show(log):
    tamper(
        update(AuditEntry).where(AuditEntry.position == 3).values(position=-1),
        update(AuditEntry).where(AuditEntry.position == 4).values(position=3),
        update(AuditEntry).where(AuditEntry.position == -1).values(position=4),
    )
    assert found()[0] == ("swapped", 3)


def test_entries_swapped_over_a_distance_show(log):
    tamper(
        update(AuditEntry).where(AuditEntry.position == 3).values(position=-1),
        update(AuditEntry).where(AuditEntry.position == 8).values(position=3),
        update(AuditEntry).where(AuditEntry.position == -1).values(position=8),
    )
    assert found()[0] == ("edited", 3)
    assert ("edited", 8) in found()


def test_whoever_lacks_the_key_cannot_close_the_chain_again(log, app):
    row = dict(db.session.execute(select(AuditEntry.__table__).where(AuditEntry.position == 10)).mappings().one())
    row["after"] = {"quota": 99}
    previous = db.session.scalar(select(AuditEntry.digest).where(AuditEntry.position == 9))
    key, app.config["AUDIT_KEY"] = app.config["AUDIT_KEY"], "a guess"
    forged = digest_of(row, previous)
    app.config["AUDIT_KEY"] = key
    tamper(update(AuditEntry).where(AuditEntry.position == 10).values(after=row["after"], digest=forged))
    assert found()[0] == ("edited", 10)


def test_an_old_copy_shows_against_a_noted_position(log, runner):
    noted = verify()
    audit.record(actor=SYSTEM, action="later")
    db.session.commit()
    assert runner.invoke(args=["audit", "verify", "--anchor", f"10:{noted.digest}"]).exit_code == 0
    assert runner.invoke(args=["audit", "verify", "--anchor", f"12:{noted.digest}"]).exit_code == 1
    assert runner.invoke(args=["audit", "verify", "--anchor", f"10:{'0' * 64}"]).exit_code == 1


def test_two_first_writers_get_one_chain(app):
    start = threading.Barrier(2)

    def write(n):
        with app.app_context():
            start.wait()
            for _ in range(5):
                with transaction():
                    audit.record(actor=SYSTEM, action=f"by.{n}")

    threads = [threading.Thread(target=contextvars.Context().run, args=(write, n)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = verify()
    assert (verdict.is_sound, verdict.checked) == (True, 10)


def test_many_entries_take_few_statements(app):
    statements = []
    listener = lambda *given: statements.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    lines = ({"subject_type": "teacher", "subject_id": n, "after": {"n": n}} for n in range(2500))
    assert audit.record_many(actor=SYSTEM, action="import.apply", lines=lines) == 2500
    event.remove(db.engine, "before_cursor_execute", listener)
    db.session.commit()
    assert len(statements) <= 12
    assert verify().checked == 2500
    assert verify().is_sound


def test_an_entry_says_what_changed_on_which_record(app):
    county = CountyFactory(name="青山县")
    user = UserFactory(name="王敏")
    entry = audit.record(
        actor=user, action="region.edit", subject=county, before={"name": "旧"}, after={"name": "青山县"}
    )
    assert (entry.subject_type, entry.subject_id, entry.subject_label) == ("region", str(county.id), "青山县")
    assert entry.actor_label.startswith("王敏")


@pytest.mark.parametrize("value", [1e22, -0.0, 0.1, 1e-7, {"a": [1, 2.5]}, None])
def test_what_is_kept_reads_back_as_it_was_hashed(app, value):
    audit.record(actor=SYSTEM, action="number", after={"value": jsonable(value)})
    db.session.commit()
    assert verify().is_sound

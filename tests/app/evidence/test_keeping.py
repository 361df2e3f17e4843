"""The scanner's word, drafts that nobody finished, and who may open what."""

import socket
import struct
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.access import Role
from app.audit.models import AuditEntry
from app.db.clock import utc_now
from app.evidence.models import EvidenceFile, ScanState
from app.evidence.operations import drop_old_drafts, keep
from app.evidence.queries import find_file
from tests.factories import CountyFactory, UserFactory, user_with
from tests.factories.ethics import EthicsEntryFactory
from tests.factories.files import upload

CLEAN, INFECTED, BROKEN = (f"{sys.executable} -c 'import sys; sys.stdin.buffer.read(); {end}'" for end in (
    "sys.exit(0)", 'print("Eicar-Test FOUND"); sys.exit(1)', "sys.exit(2)",
))  # fmt: skip


@pytest.fixture
def scanner(app):
    def use(command):
        app.config["EVIDENCE_SCAN_COMMAND"] = command

    yield use
    app.config["EVIDENCE_SCAN_COMMAND"] = ""


def kept(person=None):
    return keep(actor=person or UserFactory(), upload=upload(), county_id=CountyFactory().id)


@pytest.mark.parametrize(("command", "state"), [(CLEAN, ScanState.CLEAN), (INFECTED, ScanState.INFECTED)])
def test_the_scanner_is_asked_after_commit(session, scanner, run_jobs, command, state):
    scanner(command)
    file_id = kept().id
    assert session.get(EvidenceFile, file_id).scan_state is ScanState.PENDING
    run_jobs()
    assert session.get(EvidenceFile, file_id).scan_state is state


def test_what_is_found_is_kept_and_goes_on_record(session, scanner, run_jobs, rows):
    scanner(INFECTED)
    file_id = kept().id
    run_jobs()
    assert session.get(EvidenceFile, file_id).scan_note == "Eicar-Test FOUND"
    assert rows(AuditEntry, AuditEntry.action == "evidence.infected") == 1


def test_a_file_is_not_handed_out_before_the_scanner_has_spoken(session, scanner, client, run_jobs):
    scanner(BROKEN)
    person = UserFactory()
    file_id = kept(person).id
    client.sign_in(person)
    assert "still being checked" in client.get(f"/evidence/{file_id}").text
    run_jobs()
    assert client.get(f"/evidence/{file_id}").status_code == 409


def test_a_scanner_that_was_away_is_asked_again(session, scanner, run_jobs):
    from app.audit.operations import SYSTEM
    from app.jobs.operations import enqueue

    scanner("unix:/nowhere/clamd.sock")
    file_id = kept().id
    run_jobs()
    assert session.get(EvidenceFile, file_id).scan_state is ScanState.PENDING
    scanner(CLEAN)
    session.execute(update(EvidenceFile).values(created_at=utc_now() - timedelta(minutes=11)))
    enqueue(kind="evidence.upkeep", payload={}, actor=SYSTEM)
    run_jobs()
    assert session.get(EvidenceFile, file_id).scan_state is ScanState.CLEAN


class Clamd:
    """Enough of clamd to take a stream and answer."""

    def __init__(self, answer):
        self.answer, self.got, self.command = answer, b"", b""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp:127.0.0.1:{self.server.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        line, _ = self.server.accept()
        with line, line.makefile("rb") as stream:
            self.command = stream.read(10)
            while length := struct.unpack(">I", stream.read(4))[0]:
                self.got += stream.read(length)
            line.sendall(self.answer)
        self.server.close()


@pytest.mark.parametrize(
    ("answer", "state", "note"),
    [
        (b"stream: OK\0", ScanState.CLEAN, None),
        (b"stream: Win.Test.EICAR FOUND\0", ScanState.INFECTED, "Win.Test.EICAR"),
    ],
)
def test_clamd_is_asked_over_its_socket(answer, state, note):
    from app.evidence.scanning import scan

    clamd, content = Clamd(answer), bytes(range(256)) * 1000
    assert scan(content, clamd.address) == (state, note)
    clamd.thread.join()
    assert (clamd.command, clamd.got) == (b"zINSTREAM\0", content)


def test_an_answer_that_is_not_understood_is_no_answer():
    from app.evidence.scanning import ScannerError, scan

    clamd = Clamd(b"INSTREAM size limit exceeded. ERROR\0")
    with pytest.raises(ScannerError):
        scan(b"x", clamd.address)
    clamd.thread.join()


def test_drafts_go_after_a_week_but_never_what_a_record_carries(session, app, rows):
    entry = EthicsEntryFactory()
    old, carried, fresh = (keep(actor=UserFactory(), upload=upload(), county_id=entry.county_id) for _ in range(3))
    session.refresh(entry, ["evidence"])
    entry.evidence.append(carried)
    session.flush()
    session.execute(
        update(EvidenceFile)
        .where(EvidenceFile.id.in_([old.id, carried.id]))
        .values(created_at=utc_now() - timedelta(days=8))
    )
    assert drop_old_drafts() == 1
    session.expire_all()
    assert {f.id: f.is_draft for f in session.query(EvidenceFile)} == {carried.id: False, fresh.id: True}


def test_a_draft_is_its_uploaders_alone_and_a_records_file_its_readers(session, app):
    person, other = UserFactory(), UserFactory()
    entry = EthicsEntryFactory()
    from app.regions.models import Region

    leader = user_with(Role.BUREAU_LEADER, region=session.get(Region, entry.county_id))
    file = keep(actor=person, upload=upload(), county_id=entry.county_id)
    assert find_file(person.grants, person, file.id)
    assert find_file(other.grants, other, file.id) is None
    assert find_file(leader.grants, leader, file.id) is None
    session.refresh(entry, ["evidence"])
    entry.evidence.append(file)
    session.flush()
    assert find_file(person.grants, person, file.id) is None
    assert find_file(leader.grants, leader, file.id)

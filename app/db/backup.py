"""Copies of the whole database: by SQLite's own backup, or by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

TABLES = {"audit_entry", "user_account", "region"}


class BackupError(Exception):
    """The copy could not be made or put back; the message says why and what to do."""


def save(url: URL, target: Path) -> None:
    """Copy the database to a file that must not exist yet, readable by its owner only. People may go on working."""
    if target.exists():
        raise BackupError(f"{target} exists already; name a new file.")
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}; make it first.")
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        if url.get_backend_name() == "sqlite":
            _copy(Path(url.database or ""), unfinished)
        else:
            _run("pg_dump", ["--format=custom", "--no-owner", f"--file={unfinished}", _address(url)], url)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


def put_back(url: URL, source: Path) -> Path | None:
    """Replace the database by a saved copy. On SQLite the present one is kept beside it; its place is returned."""
    if not source.is_file():
        raise BackupError(f"There is no file {source}.")
    if url.get_backend_name() != "sqlite":
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
        _run("pg_restore", [*options, f"--dbname={_address(url)}", str(source)], url)
        return None
    _check(source)
    present = Path(url.database or "")
    kept = present.with_name(f"{present.name}.before-restore-{datetime.now().astimezone():%Y%m%d%H%M%S}")
    if present.exists():
        save(url, kept)
    present.parent.mkdir(parents=True, exist_ok=True)
    _copy(source, present)
    return kept if kept.exists() else None


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(target, timeout=30)) as new:
        old.backup(new)


def _check(source: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection:
            state = connection.execute("PRAGMA integrity_check").fetchone()[0]
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{source} is not a SQLite database.") from error
    if state != "ok":
        raise BackupError(f"{source} is damaged: {state}")
    if not names >= TABLES:
        raise BackupError(f"{source} is not a copy of a Qinglan database.")


def _run(programme: str, arguments: Sequence[str], url: URL) -> None:
    found = shutil.which(programme)
    if found is None:
        raise BackupError(f"{programme} is not on this machine; install PostgreSQL's client programs.")
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    result = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        raise BackupError(f"{programme} failed: {result.stderr.strip()}")


def _address(url: URL) -> str:
    """The address without the password, which would show in the list of processes."""
    plain = url.set(drivername="postgresql")
    return URL.create(
        "postgresql", plain.username, None, plain.host, plain.port, plain.database, plain.query
    ).render_as_string(hide_password=False)

"""Writing rows as fast as a database takes them: COPY on PostgreSQL, bare prepared inserts on SQLite.

Values are plain: whole numbers, None, and text without a tab, a line's end or a backslash.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.extensions import db

Row = Sequence[int | str | None]


@contextmanager
def bulk() -> Iterator[Connection]:
    """A transaction that does not look up what each row refers to."""
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        raw: Any = connection.connection
        cursor = raw.cursor()
        # SQLite takes this outside a transaction only, so before anything else is asked of the connection.
        cursor.execute("PRAGMA foreign_keys = OFF" if is_sqlite else "SET session_replication_role = replica")
        try:
            with connection.begin():
                yield connection
        finally:
            cursor.execute("PRAGMA foreign_keys = ON" if is_sqlite else "RESET session_replication_role")
            raw.commit()
            cursor.close()


def write(connection: Connection, table: str, columns: str, rows: Iterable[Row]) -> None:
    """Add rows to a table; `columns` are its names in the order of the values."""
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * (columns.count(",") + 1))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
    else:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            copy.write("".join(map(_as_line, rows)))
    cursor.close()


def _as_line(row: Row) -> str:
    return "\t".join([r"\N" if value is None else str(value) for value in row]) + "\n"


def moment(connection: Connection, when: datetime) -> str:
    """A moment in UTC as the database keeps it."""
    text = when.strftime("%Y-%m-%d %H:%M:%S.%f")
    return text if connection.dialect.name == "sqlite" else f"{text}+00"

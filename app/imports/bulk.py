"""Many rows at once, exactly as the database keeps them: no ORM, encrypted columns as their stored tokens.

What is read here and written back later gives the same bytes; that is what an undo rests on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import (
    BigInteger,
    Connection,
    Enum,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy import Column as SqlColumn
from sqlalchemy.engine import Dialect, Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from app.db import Base, EncryptedText, ExactDecimal
from app.imports.packing import slices

Values = Sequence[Any]
_MISSING = object()


@cache
def raw_table(name: str) -> Table:
    """A table of the models with encrypted columns as the tokens they hold, enumerations as their texts, and exact
    numbers as their hundredths."""
    source = Base.metadata.tables[name]
    return Table(
        name,
        MetaData(),
        *(SqlColumn(c.name, _raw_type(c.type), primary_key=c.primary_key, nullable=c.nullable) for c in source.columns),
    )


def _raw_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(kind, EncryptedText):
        return Text()
    if isinstance(kind, ExactDecimal):
        return BigInteger()
    return String() if isinstance(kind, Enum) else kind


def key_columns(table: Table) -> tuple[str, ...]:
    """The names of the primary key's columns."""
    return tuple(column.name for column in table.primary_key.columns)


def new_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """Ids for rows that are about to be inserted in this transaction."""
    if not count:
        return []
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        series = func.generate_series(1, count).table_valued("n")
        return list(connection.scalars(select(func.nextval(sequence)).select_from(series)))
    # SQLite has one writer, and this transaction is it.
    highest = connection.scalar(select(func.max(table.c.id))) or 0
    return list(range(highest + 1, highest + count + 1))


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert rows of plain values, by COPY where the database has it."""
    if not rows:
        return
    quoted = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f'COPY "{table.name}" ({quoted}) FROM STDIN', rows)
        return
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({quoted}) VALUES ({marks})'  # noqa: S608 names of our own tables
    connection.exec_driver_sql(statement, _bound(connection.dialect, table, columns, rows))


def _copy(connection: Connection, statement: str, rows: Sequence[Values]) -> None:
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error


def _bound(dialect: Dialect, table: Table, columns: Sequence[str], rows: Sequence[Values]) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them; each distinct value of a column is converted once."""
    converted = []
    for name, values in zip(columns, zip(*rows, strict=True), strict=True):
        processor = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        converted.append(_memoised(processor, values) if processor else values)
    return list(zip(*converted, strict=True))


def _memoised(processor: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    kept: dict[Any, Any] = {}
    found = []
    for value in values:
        result = kept.get(value, _MISSING)
        if result is _MISSING:
            result = kept[value] = processor(value)
        found.append(result)
    return found


def read_rows(
    connection: Connection,
    table: Table,
    column: str,
    values: Sequence[Any],
    *,
    columns: Sequence[str] | None = None,
    is_locked: bool = False,
) -> list[Row[Any]]:
    """The rows whose `column` is among `values`, locked against other writers on request."""
    wanted = [table.c[name] for name in columns] if columns else list(table.c)
    found: list[Row[Any]] = []
    for piece in slices(values):
        statement = select(*wanted).where(table.c[column].in_(list(piece)))
        found += connection.execute(statement.with_for_update() if is_locked else statement).all()
    return found


def update_rows(connection: Connection, table: Table, changes: Sequence[tuple[Values, Mapping[str, Any]]]) -> None:
    """Set columns of single rows, given as (primary key, values); rows that change the same columns go together."""
    keys = key_columns(table)
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for identity, values in changes:
        parameters = {f"set_{name}": value for name, value in values.items()}
        parameters |= {f"key_{name}": value for name, value in zip(keys, identity, strict=True)}
        groups.setdefault(tuple(values), []).append(parameters)
    for names, parameters_of_group in groups.items():
        statement = (
            update(table)
            .where(*(table.c[name] == bindparam(f"key_{name}") for name in keys))
            .values({name: bindparam(f"set_{name}") for name in names})
        )
        connection.execute(statement, parameters_of_group)


def delete_rows(connection: Connection, table: Table, identities: Sequence[Values]) -> None:
    """Delete rows by primary key."""
    keys = key_columns(table)
    if len(keys) == 1:
        for piece in slices(identities):
            connection.execute(delete(table).where(table.c[keys[0]].in_([identity[0] for identity in piece])))
        return
    statement = delete(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in keys))
    for piece in slices(identities):
        connection.execute(
            statement, [dict(zip((f"key_{k}" for k in keys), identity, strict=True)) for identity in piece]
        )

"""Migrations: they lead to what the models say, and every one goes up, down and up again with rows in the tables."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from app import create_app
from app.config import ROOT
from app.extensions import db
from tests.fixtures import postgres

MIGRATIONS = ROOT / "migrations"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def empty(backend, tmp_path):
    """An application on an empty database."""
    url = f"sqlite:///{tmp_path / 'empty.db'}" if backend == "sqlite" else postgres.new_database(f"migrations_{WORKER}")
    app = create_app("testing", SQLALCHEMY_DATABASE_URI=url, HUEY_URL=url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def revisions():
    """All revisions, oldest first."""
    return [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]


def test_the_models_are_what_the_migrations_lead_to(empty):
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        assert compare_metadata(context, db.metadata) == []
        assert {index for found in _expression_indexes().values() for index in found} <= _index_names(connection)


def test_the_migrations_lead_to_the_checks_that_the_models_name(empty, backend, tmp_path):
    upgrade()
    led_to = _checks(db.engine)
    url = f"sqlite:///{tmp_path / 'made.db'}" if backend == "sqlite" else postgres.new_database(f"made_{WORKER}")
    made = sa.create_engine(url)
    try:
        db.metadata.create_all(made)
        named = _checks(made)
    finally:
        made.dispose()
    assert led_to ^ named == set()


def _checks(engine):
    """(table, name, condition) of every check constraint, as the database tells them."""
    inspector = sa.inspect(engine)
    tables = set(inspector.get_table_names()) - {"alembic_version"}
    return {
        (table, check["name"], " ".join(check["sqltext"].split()))
        for table in tables
        for check in inspector.get_check_constraints(table)
    }


def _index_names(connection):
    on_sqlite = connection.dialect.name == "sqlite"
    query = "SELECT name FROM sqlite_master WHERE type = 'index'" if on_sqlite else "SELECT indexname FROM pg_indexes"
    return set(connection.scalars(sa.text(query)))


def _is_ours(item, name, kind, _reflected, _compared):
    """What can be compared: an index over an expression is written back differently, so only its name is looked at."""
    if kind == "index":
        return name not in {index for found in _expression_indexes().values() for index in found}
    return not (kind == "table" and name == "alembic_version")


def _expression_indexes():
    """Table → names of its indexes over expressions."""
    return {
        table.name: names
        for table in db.metadata.sorted_tables
        if (names := {i.name for i in table.indexes if any(not isinstance(e, sa.Column) for e in i.expressions)})
    }


def test_every_migration_goes_up_down_and_up_again_with_rows_in_the_tables(empty):
    for revision in revisions():
        upgrade(revision=revision)
        _fill()
        downgrade(revision="-1")
        upgrade(revision=revision)
        _fill()
    with db.engine.connect() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.tables["region"])) == 1


def test_there_is_one_line_of_migrations_and_none_imports_a_model():
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1
    for path in Path(MIGRATIONS / "versions").glob("*.py"):
        assert "from app" not in path.read_text(encoding="utf-8"), path.name


def _fill():
    """One row in every table that holds none, with a value of the right type in every column that asks for one."""
    tables = sa.MetaData()
    with db.engine.connect() as connection:
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name == "alembic_version" or connection.scalar(sa.select(sa.func.count()).select_from(table)):
                continue
            values = {c.name: _value(c) for c in table.columns if not c.nullable or c.primary_key}
            try:
                with connection.begin_nested():
                    connection.execute(table.insert().values(values))
            except sa.exc.IntegrityError:
                continue  # a check that blind values cannot meet; the table then stays empty
        connection.commit()


def _value(column):
    kind = column.type.python_type if not isinstance(column.type, sa.JSON) else dict
    blind = {int: 1, str: "1", bool: True, float: 1.0, dict: {}, bytes: b"1", date: date(2026, 9, 1)}
    if column.name == "level":
        return "county"
    return datetime(2026, 9, 1, tzinfo=UTC) if kind is datetime else blind[kind]

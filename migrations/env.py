"""Alembic's environment: runs the migrations on the application's engine. Migrations never import models."""

import logging
from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import JSON

from app.db.types import EncryptedText, ExactDecimal, ExactFraction, SealedBytes, UtcDateTime

logging.getLogger("alembic").setLevel(logging.WARNING)
database = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, autogenerate: AutogenContext) -> str | bool:
    """Write our column types as the plain types they are stored as, so that a migration outlives their code."""
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.Text()"
    if kind == "type" and isinstance(item, SealedBytes):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, ExactDecimal):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, ExactFraction):
        return "sa.String()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def drop_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Make no file where nothing changed."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


def run() -> None:
    """Run in one transaction. On SQLite foreign keys rest meanwhile: changing a table there means copying it."""
    with database.engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        options = dict(current_app.extensions["migrate"].configure_args)
        options.update(
            render_item=render_item, process_revision_directives=drop_empty, compare_type=True, transactional_ddl=True
        )
        context.configure(connection=connection, target_metadata=database.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if on_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


run()

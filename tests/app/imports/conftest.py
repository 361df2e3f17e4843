"""An officer, the county's schools, and the whole way of a file in one call."""

import pytest
from sqlalchemy import select

from app.db import Base
from app.extensions import db
from app.imports import bulk, operations
from app.imports.models import ImportBatch, ImportKind
from app.regions.models import Region
from tests.factories import CountyFactory, SchoolFactory, SchoolStageFactory, officer_of

OWN_TABLES = ("import_", "remembered_mapping", "audit_", "job", "worker_beat", "code_item", "alembic_version", "user_")


@pytest.fixture
def county(app):
    return CountyFactory(name="青蓝县")


@pytest.fixture
def officer(county):
    return officer_of(county)


@pytest.fixture
def school(county):
    row = SchoolFactory(county=county, name="城关小学", code="2199000001")
    SchoolStageFactory(school_id=row.id)
    return row


@pytest.fixture
def other_school(county):
    row = SchoolFactory(county=county, name="山后小学", code="2199000002")
    SchoolStageFactory(school_id=row.id)
    return row


@pytest.fixture
def bring(officer, county):
    """Upload, map and check a file; the batch comes back checked."""

    def run(kind, content, *, mapping=None, does_empty_clear=False, name="名册.xlsx", actor=None, into=None):
        batch = operations.upload(
            actor=actor or officer, county=into or county, kind=ImportKind(kind), file_name=name, content=content
        )
        chosen = mapping or {int(column): key for column, key in batch.mapping.items()}
        operations.map_columns(actor=actor or officer, batch=batch, mapping=chosen, does_empty_clear=does_empty_clear)
        operations.store_check(batch=batch, checked=operations.examine(batch))
        return batch

    return run


@pytest.fixture
def put(bring, officer):
    """The whole way: the batch comes back applied."""

    def run(kind, content, *, accept=False, **more):
        batch = bring(kind, content, **more)
        operations.apply(actor=officer, batch=batch, prepared=operations.prepare(batch), does_accept_rejected=accept)
        return batch

    return run


def counts(batch):
    """New, changed, unchanged, rejected."""
    return batch.new_count, batch.changed_count, batch.unchanged_count, batch.rejected_count


def everything():
    """All rows of all tables that an import could touch, exactly as stored."""
    db.session.flush()
    found = {}
    for table in Base.metadata.sorted_tables:
        if not table.name.startswith(OWN_TABLES):
            raw = bulk.raw_table(table.name)
            rows = db.session.connection().execute(select(raw)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


__all__ = ["ImportBatch", "Region", "counts", "everything"]

"""The base of all factories: rows are flushed into the test's session."""

from factory.alchemy import SQLAlchemyModelFactory

from app.extensions import db


class Factory(SQLAlchemyModelFactory):
    """A factory of rows."""

    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: db.session  # noqa: E731
        sqlalchemy_session_persistence = "flush"

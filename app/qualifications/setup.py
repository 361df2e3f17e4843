"""What the application takes from this room."""

from collections.abc import Iterable
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, or_

from app.access import Grant, Permission
from app.evidence.access import register_owner
from app.qualifications import facts, notices, sections, tasks
from app.qualifications.access import certificates_where
from app.qualifications.cli import group
from app.qualifications.models import Certificate
from app.qualifications.queries import files_where
from app.qualifications.routes import bp

__all__ = ["init_app", "notices", "tasks"]


def init_app(app: Flask) -> None:
    """Register the room's pages, commands, notices, and who may open the scans."""
    app.register_blueprint(bp)
    app.cli.add_command(group)
    facts.register()
    sections.register()
    register_owner("certificates", _files)


def _files(grants: Iterable[Grant], user: Any) -> ColumnElement[bool]:
    """The scans of certificates within reach, and of one's own."""
    own = Certificate.teacher_id == (user.teacher_id or 0)
    return files_where(or_(certificates_where(grants, Permission.QUALIFICATION_READ), own))

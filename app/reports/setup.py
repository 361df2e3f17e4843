"""What the application takes from this room."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.audit import labels
from app.reports import tasks, telling  # noqa: F401  they register the kinds of jobs and notices
from app.reports.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages, and give the log its words."""
    app.register_blueprint(bp)
    labels.OBJECTS.setdefault("report", _l("Report"))
    labels.OBJECTS.setdefault("report_schedule", _l("Schedule of a report"))
    labels.VERBS.setdefault("report.ask", _l("asked for"))

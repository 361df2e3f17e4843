"""Binding this room to the application."""

from flask import Flask

from app.eligibility import rule_routes, teacher_sections
from app.eligibility.cli import group
from app.eligibility.wording import duration, outcome_label, reason_label, reason_text, rule_label


def init_app(app: Flask) -> None:
    """Register the room's pages and commands, and the filters that put reasons in words."""
    app.register_blueprint(rule_routes.bp)
    app.cli.add_command(group)
    teacher_sections.register()
    app.jinja_env.filters.update(
        reason_text=reason_text,
        reason_label=reason_label,
        rule_label=rule_label,
        outcome_label=outcome_label,
        service_time=duration,
    )

"""What the application takes from this room."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.access import Permission
from app.evidence.access import register_owner
from app.rotation import plan_links
from app.rotation.plan_links import PlanLink
from app.targets import (  # noqa: F401  tasks register kinds of jobs
    cli,
    importing,
    log_words,
    presenting,
    sections,
    tasks,
    tasks_balance,
    tasks_effects,
)
from app.targets.access import evidence_where
from app.targets.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    cli.init_app(app)
    register_owner("filled_figure", evidence_where)
    presenting.init_app(app)
    importing.init()
    sections.register()
    log_words.register()
    effect = PlanLink("targets.plan_effect", _l("Effect on the policy targets"), "flag", Permission.PLAN_READ)
    plan_links.register(effect)

"""Qinglan 青蓝: teacher development and rotation management for county education bureaus."""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, config, extensions
from app.config import ROOT
from app.db import crypto
from app.web import assets, errors, guards, headers, health, languages, limits, logs, navigation, transaction

FEATURES = (
    "regions",
    "codes",
    "accounts",
    "audit",
    "jobs",
    "notices",
    "schools",
    "teachers",
    "evidence",
    "ethics",
    "qualifications",
    "credits",
    "training",
    "studios",
    "growth",
    "imports",
    "eligibility",
    "rotation",
    "targets",
    "reports",
    "home",
    "demo",
)


def create_app(environment: str | None = None, **overrides: Any) -> Flask:
    """Build the application for `development`, `testing` or `production`; `overrides` win over the configuration.

    Where none is named, the variable QINGLAN_ENV decides; without it, development.
    """
    environment = environment or os.environ.get("QINGLAN_ENV", "development")
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder="static", instance_path=str(config.INSTANCE)
    )
    app.config.from_mapping(config.ENVIRONMENTS[environment].settings() | overrides)
    app.config["ENVIRONMENT"] = environment
    crypto.configure(config.data_keys(app.config["DATA_KEYS"]), app.config["LOOKUP_KEY"].encode())
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    logs.init_app(app)
    _bind_extensions(app)
    for part in (guards, transaction, headers, languages, errors, navigation):
        part.init_app(app)
    app.jinja_env.globals["asset"] = assets.static_url
    for feature in FEATURES:
        if find_spec(f"app.{feature}.models"):
            import_module(f"app.{feature}.models")
    for feature in FEATURES:
        package = import_module(f"app.{feature}.setup")
        package.init_app(app)
    health.init_app(app)
    cli.init_app(app)
    return app


def _bind_extensions(app: Flask) -> None:
    extensions.db.init_app(app)
    with app.app_context():
        transaction.prepare_engine(extensions.db.engine)
    extensions.migrate.init_app(app, extensions.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    extensions.csrf.init_app(app)
    limits.init_app(app)

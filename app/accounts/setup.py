"""Binding this room to the application."""

from flask import Flask
from flask_security import SQLAlchemyUserDatastore

from app.accounts.models import RoleGrant, User
from app.accounts.routes import bp
from app.extensions import db, security


def init_app(app: Flask) -> None:
    """Register Flask-Security and the room's pages and commands."""
    app.config.setdefault("SECURITY_TOTP_SECRETS", {"1": app.config["TOTP_KEY"]})
    app.config.setdefault("SECURITY_TOTP_ISSUER", "Qinglan")
    app.config.setdefault(
        "SECURITY_USER_IDENTITY_ATTRIBUTES", [{"username": {"mapper": str, "case_insensitive": True}}]
    )
    app.config.setdefault("SECURITY_USERNAME_ENABLE", True)
    # Role grants are loaded with the account by its own mapping; `roles` is only their names.
    app.config.setdefault("SECURITY_JOIN_USER_ROLES", False)
    security.init_app(app, SQLAlchemyUserDatastore(db, User, RoleGrant), register_blueprint=True)
    app.register_blueprint(bp)

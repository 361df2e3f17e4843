"""Every view says who may come in: `@requires(Permission.X)`, `@signed_in` or `@public`.

A view that says nothing answers 403 to everybody, and a test walks all routes and fails on it.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, current_app, request
from flask_login import current_user

from app.access import Permission

PUBLIC = "public"
SIGNED_IN = "signed in"
# Blueprints of libraries cannot carry our decorators; each endpoint is named with what it asks.
DECLARED_ELSEWHERE: dict[str, str | Permission] = {"static": PUBLIC}


def requires[F: Callable[..., Any]](permission: Permission) -> Callable[[F], F]:
    """Only people holding `permission` in some scope; the rows are limited by that scope in the queries."""

    def mark(view: F) -> F:
        view.guard = permission  # type: ignore[attr-defined]
        return view

    return mark


def public[F: Callable[..., Any]](view: F) -> F:
    """Anybody, signed in or not."""
    view.guard = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in[F: Callable[..., Any]](view: F) -> F:
    """Anybody who is signed in."""
    view.guard = SIGNED_IN  # type: ignore[attr-defined]
    return view


def guard_of(app: Flask, endpoint: str) -> str | Permission | None:
    """What an endpoint asks, or None where it declares nothing."""
    declared = DECLARED_ELSEWHERE.get(endpoint)
    return declared or getattr(app.view_functions.get(endpoint), "guard", None)


def init_app(app: Flask) -> None:
    """Check the guard before every view."""
    app.before_request(_check)


def _check() -> Any:
    if request.endpoint is None:
        return None
    guard = guard_of(current_app, request.endpoint)
    if guard == PUBLIC:
        return None
    if guard is None:
        abort(403)
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if guard == SIGNED_IN:
        return None
    if not current_user.may(guard):
        abort(403)
    return None

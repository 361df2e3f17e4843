"""What the application takes from this room."""

from flask import Blueprint, Flask

bp = Blueprint("targets", __name__)


def init_app(app: Flask) -> None:
    """Register the room's pages."""
    app.register_blueprint(bp)

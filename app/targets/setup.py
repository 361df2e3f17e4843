"""What the application takes from this room."""

from flask import Flask

from app.targets.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages."""
    app.register_blueprint(bp)

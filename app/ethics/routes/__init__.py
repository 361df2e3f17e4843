"""Pages of the ethics record."""

from flask import Blueprint

bp = Blueprint("ethics", __name__)

from app.ethics.routes import (  # noqa: E402, F401  each module adds its pages to the blueprint
    activities,
    deciding,
    files,
    lists,
    own,
    recording,
)

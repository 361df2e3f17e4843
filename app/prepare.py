"""`flask prepare`: the database as this version of the code needs it; safe to run at every start."""

import click
from flask import Flask
from flask_migrate import upgrade

from app.codes.operations import load_codes
from app.web.transaction import transaction


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(prepare)


@click.command("prepare")
def prepare() -> None:
    """Bring the database to the newest schema and fill the code tables."""
    prepare_database()


def prepare_database() -> int:
    """Migrate and load the shipped codes; returns how many codes were added."""
    upgrade()
    with transaction():
        return load_codes()

"""Shell commands of the application. Each room adds its own in its `setup`; the common ones stand here."""

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app import upkeep


def init_app(app: Flask) -> None:
    """Register the common commands."""
    app.cli.add_command(prepare)
    for command in upkeep.COMMANDS:
        app.cli.add_command(command)


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Bring the database to the newest schema and fill the code tables; safe to run at every start."""
    prepare_database()


def prepare_database() -> int:
    """Migrate and load the shipped codes; returns how many codes were added."""
    from app.codes.operations import load_codes  # the rooms are imported only when the application is built
    from app.web.transaction import transaction

    upgrade()
    with transaction():
        return load_codes()

"""Shell commands of the application. Each room adds its own in its `setup`; the common ones stand here."""

import click
from flask import Flask


def init_app(app: Flask) -> None:
    """Register the common commands."""
    app.cli.add_command(ping)


@click.command("ping")
def ping() -> None:
    """Say that the application can be built."""
    click.echo("ok")

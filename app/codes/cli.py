"""Shell commands of the code tables."""

import click
from flask.cli import AppGroup

from app.audit import record
from app.audit.operations import SYSTEM
from app.codes import operations
from app.web.transaction import transaction

codes = AppGroup("codes", help="The code tables.")


@codes.command("load")
def load() -> None:
    """Add the shipped items that are not there yet; what somebody edited stays as it is."""
    with transaction():
        added = operations.load_codes()
        if added:
            record(actor=SYSTEM, action="code.load", after={"items": added})
    click.echo(f"{added} items added." if added else "The code tables are complete.")

"""Upkeep from the shell: keys, backup and restore."""

from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from app import audit
from app.audit.operations import SYSTEM
from app.db import backup, crypto, renewal
from app.extensions import db
from app.web.transaction import transaction

keys = AppGroup("keys", help="The keys that identity numbers and uploads are encrypted with.")


@keys.command("rotate")
def rotate() -> None:
    """Write everything that an older key encrypted anew with the newest.

    Put the new key first: QINGLAN_DATA_KEYS=1=…,2=… and restart. When this has run, the old key can go.
    """
    renewed: dict[str, int] = {}
    for column in renewal.encrypted_columns(db.metadata):
        after, is_begun = None, False
        while after is not None or not is_begun:
            is_begun = True
            with transaction() as session:
                count, after = renewal.renew_batch(session, column, after)
            renewed[str(column)] = renewed.get(str(column), 0) + count
    with transaction():
        audit.record(actor=SYSTEM, action="keys.rotate", after={"key": crypto.newest_key_version(), **renewed})
    for name, count in renewed.items():
        click.echo(f"{name}: {count} renewed")


@click.command("backup")
@click.argument("destination", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def save(destination: Path) -> None:
    """Copy the whole database to the new file DESTINATION, while people go on working.

    The keys are not in it: keep the secrets (QINGLAN_…, or instance/secrets.json) in another place.
    """
    try:
        backup.save(db.engine.url, destination)
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error
    with transaction():
        audit.record(actor=SYSTEM, action="backup.add", subject_label=destination.name)
    click.echo(f"Saved to {destination} ({destination.stat().st_size:,} bytes). The keys are not in it.")


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def put_back(source: Path, yes: bool) -> None:
    """Replace the whole database by the copy in SOURCE. Stop the site and its workers first."""
    if not yes:
        click.confirm("Everything entered since this copy was made will be gone. Go on?", abort=True)
    db.session.remove()
    db.engine.dispose()
    try:
        kept = backup.put_back(db.engine.url, source)
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error
    with transaction():
        audit.record(actor=SYSTEM, action="backup.restore", subject_label=source.name)
    click.echo(f"Restored from {source}." + (f" What was there before: {kept}" if kept else ""))
    click.echo("If the copy is of an older version, run: flask db upgrade")


COMMANDS: tuple[click.Command, ...] = (keys, save, put_back)

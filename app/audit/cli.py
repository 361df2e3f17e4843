"""Shell commands of the audit room."""

import click
from flask.cli import AppGroup

from app.audit import verification
from app.web.transaction import reading

audit = AppGroup("audit", help="The log of changes.")


@audit.command("verify")
@click.option("--anchor", metavar="POSITION:DIGEST", help="A position and digest that an earlier run printed.")
def verify(anchor: str | None) -> None:
    """Check that no entry of the log was edited, removed, inserted or cut off. Exit status 1 if one was."""
    with reading():
        verdict = verification.verify(_anchor(anchor))
    for finding in verdict.findings:
        click.echo(f"{finding.kind}: {finding.text}", err=True)
    if not verdict.is_sound:
        more = verdict.count - len(verdict.findings)
        tail = f" ({more} more not shown)" if more > 0 else ""
        raise click.ClickException(f"the log is not sound: {verdict.count} findings{tail}.")
    click.echo(f"The log is sound: {verdict.checked} entries. Newest: {verdict.position}:{verdict.digest}")


def _anchor(text: str | None) -> tuple[int, str] | None:
    if not text:
        return None
    position, _, digest = text.partition(":")
    if not position.isdigit() or len(digest) < 8:
        raise click.BadParameter("write it as 1200:3f9a…, as an earlier run printed it", param_hint="--anchor")
    return int(position), digest

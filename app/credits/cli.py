"""`flask credits …`: verify the ledger, count anew, check a file of rules, put one in force."""

import time
from datetime import date, datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.credits import ledger, packs
from app.credits.models import EntryCause
from app.credits.operations import rule_sets
from app.credits.verifying import verify
from app.extensions import db
from app.regions.models import Region
from app.web.transaction import reading, transaction

group = AppGroup("credits", help="Training hours: rules, ledger, verification.")
DAY = click.DateTime(["%Y-%m-%d"])


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(group)


def _county(code: str) -> Region:
    county = db.session.scalar(select(Region).where(Region.code == code))
    if county is None:
        raise click.ClickException(f"There is no region with the code {code}.")
    return county


@group.command("verify")
@click.option("--county", "code", help="Only this county (its GB/T 2260 code).")
@click.option("--limit", default=100, show_default=True, help="How many differences are printed.")
def verify_command(code: str | None, limit: int) -> None:
    """Recompute every counted hour from claims and rules; exit status 1 where the ledger differs."""
    start = time.perf_counter()
    with reading():
        county_id = _county(code).id if code else None
        db.session.rollback()
        result = verify(county_id, keep=limit)
    seconds = time.perf_counter() - start
    for one in result.differences:
        click.echo(str(one))
    if result.different > len(result.differences):
        click.echo(f"… and {result.different - len(result.differences):,} more")
    pace = result.teachers / seconds * 60 if seconds else 0
    click.echo(
        f"{result.teachers:,} teachers, {result.claims:,} confirmed claims, {result.lines:,} ledger lines"
        f" in {seconds:.1f} s ({pace:,.0f} teachers a minute): {result.different or 'no'} differences"
    )
    if result.different:
        raise SystemExit(1)


@group.command("recount")
@click.option("--county", "code", required=True, help="The county's code (GB/T 2260).")
def recount_command(code: str) -> None:
    """Bring the ledger up to claims and rules, by reversing entries; nothing is removed."""
    with transaction():
        county = _county(code)
        written = ledger.recount(ledger.teachers_with_claims(county.id), cause=EntryCause.RECOUNT)
    click.echo(f"{written:,} ledger lines written")


@group.command("check-rules")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_rules(file: Path) -> None:
    """Check a file of rules; each fault is named with its line, and the exit status is 1."""
    with force_locale("en"):
        _read(file)
    click.echo(f"{file.name}: in order")


def _read(file: Path) -> dict[str, object]:
    try:
        return packs.read(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name} is not text in UTF-8.") from None
    except packs.WrongFile as error:
        raise click.ClickException("\n".join([f"{file.name} cannot be used:", *map(str, error.problems)])) from None


@group.command("set-rules")
@click.option("--county", "code", required=True, help="The county's code (GB/T 2260).")
@click.option("--pack", "name", help="One of the shipped sets.")
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file of rules.")
@click.option("--from", "valid_from", type=DAY, required=True, help="The day from which they hold, as 2026-01-01.")
def set_rules(code: str, name: str | None, file: Path | None, valid_from: datetime) -> None:
    """Put a shipped set or a file in force from a day; everybody in the county is counted anew."""
    if (name is None) == (file is None):
        raise click.ClickException("Name a --pack or a --file.")
    if name is not None and name not in packs.names():
        raise click.ClickException(f"The shipped sets are: {', '.join(packs.names())}.")
    with force_locale("en"), transaction():
        rules = packs.pack(name) if name else _read(file or Path())
        day: date = valid_from.date()
        draft = rule_sets.create_draft(actor=SYSTEM, county_id=_county(code).id, valid_from=day, rules=rules)
        written = rule_sets.put_in_force(actor=SYSTEM, draft=draft)
    click.echo(f"In force from {day}; {written:,} ledger lines written")

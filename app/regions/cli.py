"""Shell commands of the region tree."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.regions import operations
from app.regions.models import Region, RegionLevel
from app.web.errors import Refused
from app.web.transaction import transaction

regions = AppGroup("regions", help="The region tree.")


@regions.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--level", type=click.Choice([level.value for level in RegionLevel]), required=True)
@click.option("--below", "parent_code", help="Code of the region it lies below; none for a province.")
def add(code: str, name: str, level: str, parent_code: str | None) -> None:
    """Add a region."""
    with transaction() as session:
        parent = session.scalar(select(Region).where(Region.code == parent_code)) if parent_code else None
        if parent_code and parent is None:
            raise click.ClickException(f"No region has the code {parent_code}; add it first.")
        try:
            operations.add_region(actor=SYSTEM, code=code, name=name, level=RegionLevel(level), parent=parent)
        except Refused as refused:
            raise click.ClickException(str(refused.message)) from refused
    click.echo(f"Added {name} ({code}).")

"""`flask accounts …`: the first administrator, and upkeep."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.access import Role
from app.accounts import operations
from app.accounts.models import User
from app.audit.operations import SYSTEM
from app.regions.models import Region
from app.web.errors import Refused
from app.web.transaction import transaction

accounts = AppGroup("accounts", help="Accounts and sessions.")


@accounts.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--role", type=click.Choice([r.value for r in Role if r.scope_kind == "region"]), required=True)
@click.option("--region", "region_code", required=True, help="Code of the region the role is held over.")
def add(username: str, name: str, role: str, region_code: str) -> None:
    """Create an account with a role over a region and print its first password."""
    with transaction() as session:
        region = session.scalar(select(Region).where(Region.code == region_code))
        if region is None:
            raise click.ClickException(f"No region has the code {region_code}; add it first (flask regions add).")
        try:
            user, password = operations.add_account(actor=SYSTEM, username=username, name=name, region_id=region.id)
        except Refused as refused:
            raise click.ClickException(str(refused.message)) from refused
        operations.give_role(actor=SYSTEM, user=user, role=Role(role), region_id=region.id)
    click.echo(f"{username}: {password}")


@accounts.command("reset-password")
@click.argument("username")
def reset_password(username: str) -> None:
    """Set and print a new one-time password."""
    with transaction() as session:
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            raise click.ClickException(f"No account is called {username}.")
        click.echo(operations.reset_password(actor=SYSTEM, user=user))


@accounts.command("tidy")
@click.option("--days", default=90, show_default=True)
def tidy(days: int) -> None:
    """Remove sessions that nobody used for a while."""
    with transaction():
        click.echo(operations.forget_old_sessions(days=days))

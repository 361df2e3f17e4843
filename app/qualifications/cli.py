"""`flask qualifications day`: the day's work at once, for those who run no worker."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.db.clock import today
from app.extensions import db
from app.qualifications.tasks import day
from app.regions.models import Region, RegionLevel
from app.web.transaction import reading, transaction

group = AppGroup("qualifications", help="Certificates: judging and reminding.")


@group.command("day")
def run_day() -> None:
    """Judge everybody for today and send the reminders that are due. May be run again: nobody is told twice."""
    with reading():
        query = select(Region.id, Region.name).where(Region.level == RegionLevel.COUNTY).order_by(Region.id)
        counties = db.session.execute(query).tuples().all()
        db.session.rollback()
    for county_id, name in counties:
        with transaction():
            done = day(county_id, today())
        click.echo(f"{name}: {done['people']} judged, {done['notices']} told, {done['titles']} titles taken in")

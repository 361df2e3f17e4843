"""`flask propose --all-counties`: a run over the counties of a region, and word of it in the shell."""

import time
from collections.abc import Iterator

import click
from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.extensions import db
from app.regions.models import Region
from app.rotation.models import ProposalRun
from app.rotation.operations import runs
from app.rotation.presenting_runs import states
from app.rotation.queries.runs import CountyLine, Stands, lines_of, sums_of
from app.web.errors import Refused
from app.web.transaction import reading, transaction

LOOK_SECONDS = 1.0


def propose_everywhere(code: str | None, year: int, time_limit: int | None, *, wait: bool) -> int:
    """Start the runs, name the counties that are left out, and, where asked, follow them to the end.

    Without a region there is one run for each region that lies below no other. The exit status is 1 where a county
    that was followed has no proposal.
    """
    with transaction():
        made = [
            runs.start_run(region=region, school_year=year, actor=SYSTEM, time_limit=time_limit).id
            for region in _regions(code)
        ]
    status = 0
    for run_id in made:
        for line in _started(run_id):
            click.echo(line)
        if wait:
            status = max(status, _follow(run_id))
    return status


def _regions(code: str | None) -> list[Region]:
    which = Region.parent_id.is_(None) if code is None else Region.code == code
    found = list(db.session.scalars(select(Region).where(which).order_by(Region.code)))
    if not found:
        raise Refused(_("There is no region with the code %(code)s.", code=code or ""))
    return found


def _lines(run_id: int) -> list[CountyLine]:
    with reading():
        found = lines_of(db.session.get_one(ProposalRun, run_id))
        db.session.expunge_all()
        db.session.rollback()
    return found


def _started(run_id: int) -> Iterator[str]:
    lines = _lines(run_id)
    left_out = [line for line in lines if line.left_out]
    asked = len(lines) - len(left_out)
    yield _("Run %(number)s: %(asked)s counties sent to be solved, %(out)s left out", number=run_id, asked=asked,
            out=len(left_out))  # fmt: skip
    for line in left_out:
        yield f"  - {line.county.name} ({line.county.code}): {line.left_out.label if line.left_out else ''}"


def _follow(run_id: int) -> int:
    """Say how far the run is whenever that changes, until it is over."""
    said = ""
    while True:
        lines = _lines(run_id)
        text = ", ".join(f"{state['label']} {state['count']}" for state in states(lines))
        if text != said:
            click.echo(text)
            said = text
        if not any(line.stands.is_open for line in lines):
            break
        time.sleep(LOOK_SECONDS)
    sums = sums_of(lines)
    click.echo(_("%(moves)s moves, %(short)s persons short of the policy rules, vacant posts %(before)s → %(after)s",
                 moves=sums.figures["moves"], short=sums.short, before=sums.figures["vacant_before"],
                 after=sums.figures["vacant_after"]))  # fmt: skip
    return int(any(line.stands in (Stands.FAILED, Stands.CANCELLED) for line in lines))

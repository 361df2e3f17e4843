"""The room's shell command."""

import time
from collections.abc import Iterable

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.operations import SYSTEM
from app.eligibility.queries import rule_set_in_force
from app.extensions import db
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.regions.models import Region, RegionLevel
from app.rotation import cli_runs, summary
from app.rotation.models import RotationPlan, Scenario, ScenarioStatus
from app.rotation.operations import plans, scenarios
from app.rotation.queries.plans import default_plan_name
from app.rotation.settings import DEFAULTS
from app.web.errors import Refused
from app.web.transaction import reading, transaction


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(propose)


@click.command("propose")
@click.option("--county", "code", default=None, help="Code of the county (GB/T 2260).")
@click.option("--all-counties", is_flag=True, help="Send every county to the workers instead, a job each.")
@click.option("--region", default=None, help="With --all-counties: only those of the region with this code.")
@click.option("--wait", is_flag=True, help="With --all-counties: say how far the run is until it is over.")
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="Year in which the school year begins.")
@click.option("--name", default=None, help="Name of the plan; it is added where there is none.")
@click.option("--time-limit", type=click.IntRange(5, 3600), default=None, help="Seconds the solver may take.")
@click.option("--language", default="zh_Hans_CN", type=click.Choice(["zh_Hans_CN", "en"]), help="Language of the text.")
@with_appcontext
def propose(
    code: str | None,
    all_counties: bool,
    region: str | None,
    wait: bool,
    year: int,
    name: str | None,
    time_limit: int | None,
    language: str,
) -> None:
    """Solve a scenario of a county's rotation plan in this process and print its summary; or have every county of a
    region solved by the workers."""
    if all_counties == (code is not None):
        raise click.UsageError("Give either --county or --all-counties.")
    with force_locale(language):
        try:
            if code is None:
                raise SystemExit(cli_runs.propose_everywhere(region, year, time_limit, wait=wait))
            scenario_id, lines = propose_for(code, year, name, time_limit)
        except Refused as refusal:
            raise click.ClickException(str(refusal.message)) from refusal
        for line in lines:
            click.echo(line)
        raise SystemExit(0 if _is_solved(scenario_id) else 1)


def propose_for(code: str, year: int, name: str | None = None, time_limit: int | None = None) -> tuple[int, list[str]]:
    """Add the plan where there is none, solve a scenario of it through the job, give its number and summary."""
    with transaction():
        county = db.session.scalar(select(Region).where(Region.code == code, Region.level == RegionLevel.COUNTY))
        if county is None:
            raise Refused(_("There is no county with the code %(code)s.", code=code))
        plan = _plan(county, year, name)
        settings = {**DEFAULTS, **plan.settings}
        if time_limit is not None:
            settings["time_limit_s"] = str(time_limit)
        scenario = scenarios.create_scenario(
            plan=plan, name=scenarios.free_name(plan.id, _("Proposal")), settings=settings, actor=SYSTEM
        )
        job = scenarios.request_solve(scenario=scenario, actor=SYSTEM)
        scenario_id, job_id = scenario.id, job.id
    _do(job_id)
    return scenario_id, list(_summary(scenario_id))


def _plan(county: Region, year: int, name: str | None) -> RotationPlan:
    wanted = name or default_plan_name(county, year)
    known = db.session.scalar(
        select(RotationPlan).where(
            RotationPlan.county_id == county.id, RotationPlan.school_year == year, RotationPlan.name == wanted
        )
    )
    if known is not None:
        return known
    rule_set = rule_set_in_force(county.id, year)
    return plans.create_plan(
        county=county, school_year=year, name=wanted, rule_set_id=rule_set.id if rule_set else None, actor=SYSTEM
    )


def _do(job_id: int) -> None:
    """Do the job here; where a worker was faster, wait for it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        is_done = run_job(job_id)
    while not is_done:
        with reading():
            job = db.session.get(Job, job_id, populate_existing=True)
            is_done = job is None or job.status.is_over
            db.session.rollback()
        time.sleep(0 if is_done else 0.5)


def _summary(scenario_id: int) -> Iterable[str]:
    with reading():
        scenario = _scenario(scenario_id)
        job = db.session.get(Job, scenario.job_id) if scenario.job_id else None
        yield from summary.lines(scenario)
        if job is not None and job.error:
            yield job.error
        db.session.rollback()


def _scenario(scenario_id: int) -> Scenario:
    return db.session.execute(
        select(Scenario)
        .where(Scenario.id == scenario_id)
        .options(joinedload(Scenario.plan))
        .execution_options(populate_existing=True)
    ).scalar_one()


def _is_solved(scenario_id: int) -> bool:
    with reading():
        is_solved = _scenario(scenario_id).status is ScenarioStatus.SOLVED
        db.session.rollback()
    return is_solved

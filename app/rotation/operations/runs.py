"""Starting a run over the counties of a region, and stopping it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, select

from app.audit import record
from app.audit.operations import Actor
from app.eligibility.models import EligibilityRuleSet, RuleSetStatus
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.regions.models import Region, RegionLevel
from app.rotation.models import (
    LeftOut,
    PlanStatus,
    ProposalRun,
    RotationPlan,
    RunCounty,
    Scenario,
    ScenarioStatus,
)
from app.rotation.operations import plans, scenarios
from app.schools.models import School, SubjectPost
from app.teachers.models import Teacher
from app.web.errors import Refused

OPEN_PLANS = (PlanStatus.DRAFT, PlanStatus.RETURNED)
UNDER_WAY = (ScenarioStatus.QUEUED, ScenarioStatus.SOLVING)
OPEN_JOBS = (JobStatus.QUEUED, JobStatus.RUNNING)


def start_run(*, region: Region, school_year: int, actor: Actor, time_limit: int | None = None) -> ProposalRun:
    """Send every county at or below the region to be solved, each by a job of its own.

    A county without a plan for the year gets one with the policy's settings. One that cannot be solved is in the run
    with the reason. Two runs that overlap stand in line here, so no county is solved by two of them at once.
    """
    counties = _held_counties(region)
    if not counties:
        raise Refused(_("There is no county in %(region)s.", region=region.name))
    about = _Facts([county.id for county in counties], school_year)
    reasons = {county.id: about.left_out(county.id) for county in counties}
    if all(reason is LeftOut.UNDER_WAY for reason in reasons.values()):
        raise Refused(_("Another run is solving these counties now. Wait until it is over, or cancel it."))
    run = ProposalRun(region_id=region.id, school_year=school_year, requested_by_id=actor.id)
    db.session.add(run)
    db.session.flush()
    for county in counties:
        reason = reasons[county.id]
        scenario = None if reason else _request(county, about, school_year, actor, time_limit)
        db.session.add(
            RunCounty(run_id=run.id, county_id=county.id, scenario_id=scenario and scenario.id, left_out=reason)
        )
    db.session.flush()
    after = {"school_year": school_year, "counties": sum(reason is None for reason in reasons.values())}
    record(actor=actor, action="rotation.run.create", subject=run, after=after, region_id=region.id)
    return run


def cancel_run(*, run: ProposalRun, actor: Actor) -> int:
    """Stop what waits and what is being solved; what is solved stays. Returns how many were stopped."""
    rows = db.session.scalars(
        select(Scenario)
        .join(RunCounty, RunCounty.scenario_id == Scenario.id)
        .join(Job, Job.id == Scenario.job_id)
        .where(RunCounty.run_id == run.id, Scenario.status.in_(UNDER_WAY), Job.status.in_(OPEN_JOBS))
        .order_by(Scenario.id)
    ).all()
    if not rows:
        raise Refused(_("Nothing of this run is being solved any more."))
    stopped = 0
    for row in rows:
        try:
            scenarios.cancel_solve(scenario=row, actor=actor)
            stopped += 1
        except Refused:
            continue  # it came to its end, or its plan was sent on, since the rows were read
    run.is_cancelled = True
    db.session.flush()
    record(actor=actor, action="rotation.run.cancel", subject=run, after={"stopped": stopped}, region_id=run.region_id)
    return stopped


def _held_counties(region: Region) -> Sequence[Region]:
    """The counties at or below the region, held until the transaction ends."""
    below = Region.path.startswith(region.path, autoescape=True)
    return db.session.scalars(
        select(Region)
        .where(below, Region.level == RegionLevel.COUNTY)
        .order_by(Region.code)
        .with_for_update(key_share=True)
    ).all()


def _request(county: Region, about: "_Facts", school_year: int, actor: Actor, time_limit: int | None) -> Scenario:
    """A scenario of the county's plan with the plan's settings, sent to be solved."""
    plan = about.open_plans.get(county.id)
    rules = about.rules.get(county.id)
    if plan is None:
        name = _("%(county)s rotation %(year)s", county=county.name, year=school_year)
        plan = plans.create_plan(county=county, school_year=school_year, name=name, rule_set_id=rules, actor=actor)
    elif plan.rule_set_id is None:
        plans.edit_plan(plan=plan, name=plan.name, rule_set_id=rules, actor=actor)
    settings = dict(plan.settings)
    if time_limit is not None:
        settings["time_limit_s"] = str(time_limit)
    name = scenarios.free_name(plan.id, _("Proposal"))
    scenario = scenarios.create_scenario(plan=plan, name=name, settings=settings, actor=actor)
    scenarios.request_solve(scenario=scenario, actor=actor)
    return scenario


class _Facts:
    """What decides whether a county can be solved, read for all counties at once."""

    def __init__(self, counties: Sequence[int], school_year: int) -> None:
        self.counties = counties
        among = select(Region.id).where(Region.id.in_(counties))
        teachers = exists().where(Teacher.county_id == Region.id, Teacher.left_on.is_(None))
        at_school = (School.county_id == Region.id, School.is_active, SubjectPost.school_id == School.id)
        self.with_teachers = self._set(among.where(teachers))
        self.with_posts = self._set(among.where(exists().where(*at_school, SubjectPost.posts > 0)))
        self.rules = self._rules(school_year)
        every = db.session.scalars(
            select(RotationPlan)
            .where(RotationPlan.county_id.in_(counties), RotationPlan.school_year == school_year)
            .order_by(RotationPlan.id)
        ).all()
        self.planned = {plan.county_id for plan in every}
        self.open_plans: Mapping[int, RotationPlan] = {p.county_id: p for p in every if p.status in OPEN_PLANS}
        self.under_way = self._under_way()

    def left_out(self, county: int) -> LeftOut | None:
        """Why the county cannot be solved now; None where it can."""
        plan = self.open_plans.get(county)
        has_rules = county in self.rules or (plan is not None and plan.rule_set_id is not None)
        tests: Iterable[tuple[LeftOut, bool]] = (
            (LeftOut.UNDER_WAY, county in self.under_way),
            (LeftOut.NO_TEACHERS, county not in self.with_teachers),
            (LeftOut.NO_POSTS, county not in self.with_posts),
            (LeftOut.CLOSED, county in self.planned and plan is None),
            (LeftOut.NO_RULES, not has_rules),
        )
        return next((reason for reason, applies in tests if applies), None)

    def _rules(self, school_year: int) -> dict[int, int]:
        query = select(EligibilityRuleSet.county_id, EligibilityRuleSet.id).where(
            EligibilityRuleSet.county_id.in_(self.counties),
            EligibilityRuleSet.school_year == school_year,
            EligibilityRuleSet.status == RuleSetStatus.IN_FORCE,
        )
        return dict(db.session.execute(query).tuples().all())

    def _under_way(self) -> set[int]:
        query = (
            select(RunCounty.county_id)
            .join(Scenario, Scenario.id == RunCounty.scenario_id)
            .join(Job, Job.id == Scenario.job_id)
            .where(RunCounty.county_id.in_(self.counties), Scenario.status.in_(UNDER_WAY), Job.status.in_(OPEN_JOBS))
        )
        return self._set(query)

    @staticmethod
    def _set(query: Select[Any]) -> set[int]:
        return set(db.session.scalars(query))

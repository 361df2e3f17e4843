"""Reading runs over several counties, and where each county stands with its proposal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.access import Grant, Permission
from app.extensions import db
from app.jobs.models import Job
from app.jobs.solving import settled_status
from app.regions.access import regions_where
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
from app.web import lists
from app.web.languages import school_year_label
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

ABOVE = (RegionLevel.PROVINCE, RegionLevel.PREFECTURE)


class Stands(StrEnum):
    """Where a county of a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LEFT_OUT = "left_out"

    @property
    def label(self) -> LazyString:
        """Where it stands, in the person's language."""
        return {
            "queued": _l("Waiting"),
            "running": _l("Being solved"),
            "done": _l("Solved"),
            "failed": _l("No proposal"),
            "cancelled": _l("Cancelled"),
            "left_out": _l("Left out"),
        }[self.value]

    @property
    def is_open(self) -> bool:
        """Whether something will still happen."""
        return self in (Stands.QUEUED, Stands.RUNNING)


_OF_STATUS = {
    ScenarioStatus.DRAFT: Stands.CANCELLED,
    ScenarioStatus.QUEUED: Stands.QUEUED,
    ScenarioStatus.SOLVING: Stands.RUNNING,
    ScenarioStatus.SOLVED: Stands.DONE,
    ScenarioStatus.INFEASIBLE: Stands.FAILED,
    ScenarioStatus.FAILED: Stands.FAILED,
    ScenarioStatus.CANCELLED: Stands.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class CountyLine:
    """One county with the proposal that stands for it, or why there is none."""

    county: Region
    scenario: Scenario | None = None
    plan: RotationPlan | None = None
    job: Job | None = None
    left_out: LeftOut | None = None

    @property
    def stands(self) -> Stands:
        """Where it really stands."""
        if self.scenario is None:
            return Stands.LEFT_OUT if self.left_out else Stands.CANCELLED
        return _OF_STATUS[settled_status(self.scenario.status, self.job)]

    @property
    def report(self) -> dict[str, Any] | None:
        """The figures of the proposal; None where there is none."""
        is_solved = self.scenario is not None and self.scenario.status is ScenarioStatus.SOLVED
        return self.scenario.report if self.scenario and is_solved else None

    @property
    def percent(self) -> int | None:
        """How far a solve under way is."""
        return round(100 * self.job.progress) if self.job is not None and self.stands is Stands.RUNNING else None

    @property
    def short(self) -> int:
        """Persons missing for the policy rules."""
        return sum(rule["missing"] for rule in self.report["rules"]) if self.report else 0


SUMMED = ("eligible", "moves", "backbone", "vacant_before", "vacant_after")


@dataclass(slots=True)
class Sums:
    """What the proposals of several counties come to."""

    counties: int = 0
    solved: int = 0
    short_counties: int = 0
    short: int = 0
    unproven: int = 0
    figures: Counter[str] = field(default_factory=Counter)

    def add(self, line: CountyLine) -> None:
        """Count one county."""
        self.counties += 1
        if line.report is None:
            return
        self.solved += 1
        self.short += line.short
        self.short_counties += line.short > 0
        self.unproven += line.report["status"] != "optimal"
        self.figures.update({key: line.report["counts"][key] for key in SUMMED})


def sums_of(lines: Iterable[CountyLine]) -> Sums:
    """The sums over all of them."""
    found = Sums()
    for line in lines:
        found.add(line)
    return found


# --- runs ---------------------------------------------------------------------------------------------------------


def _years() -> list[tuple[str, str]]:
    years = db.session.scalars(select(ProposalRun.school_year).distinct().order_by(ProposalRun.school_year.desc()))
    return [(str(year), school_year_label(year)) for year in years]


RUNS = ListSpec(
    "rotation.runs",
    filters=(lists.choice("year", _l("School year"), _years),),
    sorts={"newest": Sort((SortKey(ProposalRun.id, "id", True),))},
    search="",
)
RUN_PARTS = (joinedload(ProposalRun.region), joinedload(ProposalRun.requested_by))


def runs_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The runs over regions within reach."""
    query = select(ProposalRun).where(_in_reach(grants, Permission.PLAN_READ))
    return query.where(ProposalRun.school_year == int(year)) if (year := listing.get("year")) else query


def run_of(grants: Iterable[Grant], permission: Permission, run_id: int) -> ProposalRun | None:
    """One run within reach."""
    query = select(ProposalRun).where(ProposalRun.id == run_id, _in_reach(grants, permission))
    return db.session.scalar(query.options(*RUN_PARTS))


def _in_reach(grants: Iterable[Grant], permission: Permission) -> Any:
    return ProposalRun.region_id.in_(select(Region.id).where(regions_where(grants, permission)))


def counted(run_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many counties each run has, and how many of them it solves."""
    query = (
        select(RunCounty.run_id, func.count(), func.count(RunCounty.scenario_id))
        .where(RunCounty.run_id.in_(run_ids))
        .group_by(RunCounty.run_id)
    )
    return {run: (every, solved) for run, every, solved in db.session.execute(query).tuples()} if run_ids else {}


def lines_of(run: ProposalRun) -> list[CountyLine]:
    """The counties of a run by code, each with its scenario and its job."""
    rows = db.session.execute(
        select(RunCounty, Scenario, RotationPlan, Job, Region)
        .join(Region, Region.id == RunCounty.county_id)
        .outerjoin(Scenario, Scenario.id == RunCounty.scenario_id)
        .outerjoin(RotationPlan, RotationPlan.id == Scenario.plan_id)
        .outerjoin(Job, Job.id == Scenario.job_id)
        .where(RunCounty.run_id == run.id)
        .options(joinedload(Region.parent))
        .order_by(Region.code)
        .execution_options(populate_existing=True)
    ).tuples()
    return [CountyLine(county, scenario, plan, job, row.left_out) for row, scenario, plan, job, county in rows]


# --- the counties of a year ---------------------------------------------------------------------------------------

_RANK = {PlanStatus.PUBLISHED: 0, PlanStatus.APPROVED: 1, PlanStatus.SUBMITTED: 2}


def counties_of_year(grants: Iterable[Grant], school_year: int, region: Region | None) -> list[CountyLine]:
    """Every county within reach with the proposal that stands for it: the chosen one of the plan that is furthest on
    its road, else the newest solved one."""
    within = [Region.level == RegionLevel.COUNTY, regions_where(grants, Permission.PLAN_READ)]
    if region is not None:
        within.append(Region.path.startswith(region.path, autoescape=True))
    counties = db.session.scalars(
        select(Region).where(*within).options(joinedload(Region.parent)).order_by(Region.code)
    ).all()
    rows = db.session.execute(
        select(Scenario, RotationPlan)
        .join(RotationPlan, RotationPlan.id == Scenario.plan_id)
        .where(
            RotationPlan.school_year == school_year,
            RotationPlan.county_id.in_([county.id for county in counties]),
            Scenario.status == ScenarioStatus.SOLVED,
            Scenario.id.in_(_standing(school_year)),
        )
    ).tuples()
    best: dict[int, tuple[Scenario, RotationPlan]] = {}
    for scenario, plan in sorted(rows, key=lambda row: (_RANK.get(row[1].status, 3), not row[0].is_chosen, -row[0].id)):
        best.setdefault(plan.county_id, (scenario, plan))
    return [CountyLine(county, *best.get(county.id, (None, None))) for county in counties]


def _standing(school_year: int) -> Select[Any]:
    """Of each plan of the year: the chosen scenario and the newest solved one, so that no other report is read."""
    newest = (
        select(func.max(Scenario.id))
        .join(RotationPlan, RotationPlan.id == Scenario.plan_id)
        .where(RotationPlan.school_year == school_year, Scenario.status == ScenarioStatus.SOLVED)
        .group_by(Scenario.plan_id)
    )
    return select(Scenario.id).where(or_(Scenario.is_chosen, Scenario.id.in_(newest)))


def years_planned(grants: Iterable[Grant]) -> list[int]:
    """The school years that have plans, the newest first."""
    within = select(Region.id).where(Region.level == RegionLevel.COUNTY, regions_where(grants, Permission.PLAN_READ))
    query = select(RotationPlan.school_year).where(RotationPlan.county_id.in_(within)).distinct()
    return list(db.session.scalars(query.order_by(RotationPlan.school_year.desc())))


def regions_above(grants: Iterable[Grant], permission: Permission) -> list[Region]:
    """The provinces and prefectures within reach, from the top down."""
    query = select(Region).where(Region.level.in_(ABOVE), regions_where(grants, permission))
    return list(db.session.scalars(query.order_by(func.length(Region.path), Region.code).limit(500)))


def region_within(grants: Iterable[Grant], permission: Permission, region_id: int) -> Region | None:
    """A province or prefecture within reach."""
    return db.session.scalar(
        select(Region).where(Region.id == region_id, Region.level.in_(ABOVE), regions_where(grants, permission))
    )


def answers_for_several(grants: Iterable[Grant], permission: Permission) -> bool:
    """Whether a person's grants reach further than one county; no query."""
    levels = {level.value for level in ABOVE}
    return any(grant.allows(permission) and grant.region_level in levels for grant in grants)

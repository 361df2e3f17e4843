"""Reading plans."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from app.access import Grant, Permission
from app.eligibility.models import EligibilityRuleSet, RuleSetStatus
from app.eligibility.queries import rule_set_in_force
from app.extensions import db
from app.jobs.models import Job
from app.jobs.solving import settled_status
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.rotation.access import plans_where
from app.rotation.models import PlanReview, PlanStatus, Publication, RotationPlan, Scenario, ScenarioStatus
from app.rotation.wording import Names
from app.schools.models import EducationGroup, School
from app.web import lists
from app.web.languages import school_year_label
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey


def _years() -> list[tuple[str, str]]:
    years = db.session.scalars(select(RotationPlan.school_year).distinct().order_by(RotationPlan.school_year.desc()))
    return [(str(year), school_year_label(year)) for year in years]


def _statuses() -> list[tuple[str, Any]]:
    return [(status.value, status.label) for status in PlanStatus]


PLANS = ListSpec(
    "rotation.index",
    filters=(lists.choice("year", _l("School year"), _years), lists.choice("status", _l("Status"), _statuses)),
    sorts={
        "year": Sort((SortKey(RotationPlan.school_year, "school_year", True), SortKey(RotationPlan.id, "id", True))),
        "name": Sort((SortKey(RotationPlan.name, "name"), SortKey(RotationPlan.id, "id"))),
    },
)


LIST_PARTS = (joinedload(RotationPlan.county),)


def plans_listed(listing: Listing, reach: ColumnElement[bool]) -> Select[Any]:
    """The plans that a list asks for, within a person's reach."""
    conditions = [reach]
    if year := listing.get("year"):
        conditions.append(RotationPlan.school_year == int(year))
    if status := listing.get("status"):
        conditions.append(RotationPlan.status == PlanStatus(status))
    if listing.search:
        conditions.append(RotationPlan.name.contains(listing.search, autoescape=True))
    return select(RotationPlan).where(*conditions)


def plan_of(grants: Iterable[Grant], permission: Permission, plan_id: int) -> RotationPlan | None:
    """One plan within a person's reach."""
    return db.session.scalar(
        select(RotationPlan)
        .where(RotationPlan.id == plan_id, plans_where(grants, permission))
        .options(joinedload(RotationPlan.county), joinedload(RotationPlan.rule_set))
    )


def counties(grants: Iterable[Grant], permission: Permission) -> list[Region]:
    """The counties a person may make plans in."""
    query = (
        select(Region)
        .where(Region.level == RegionLevel.COUNTY, regions_where(grants, permission))
        .order_by(Region.code)
    )
    return list(db.session.scalars(query.limit(500)))


def rule_sets(county_id: int, school_year: int) -> list[EligibilityRuleSet]:
    """The rule sets a plan may use: those that are or were in force."""
    query = (
        select(EligibilityRuleSet)
        .where(
            EligibilityRuleSet.county_id == county_id,
            EligibilityRuleSet.school_year == school_year,
            EligibilityRuleSet.status != RuleSetStatus.DRAFT,
        )
        .order_by(EligibilityRuleSet.revision.desc())
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """A scenario as the plan's page lists it."""

    scenario: Scenario
    status: ScenarioStatus
    base: str | None


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Everything a plan's page shows beside the plan."""

    lines: list[ScenarioLine]
    reviews: list[PlanReview]
    publications: list[Publication]
    newer_rule_set: EligibilityRuleSet | None

    @property
    def chosen(self) -> Scenario | None:
        """The scenario the plan stands for."""
        return next((line.scenario for line in self.lines if line.scenario.is_chosen), None)

    @property
    def solved(self) -> list[Scenario]:
        """The scenarios that can be compared."""
        return [line.scenario for line in self.lines if line.status is ScenarioStatus.SOLVED]


def plan_page(plan: RotationPlan) -> PlanPage:
    """Scenarios with their real state, the road so far, the published versions."""
    scenarios = list(
        db.session.scalars(select(Scenario).where(Scenario.plan_id == plan.id).order_by(Scenario.id.desc()))
    )
    numbers = [s.job_id for s in scenarios if s.status.is_under_way and s.job_id]
    jobs = {job.id: job for job in db.session.scalars(select(Job).where(Job.id.in_(numbers)))} if numbers else {}
    names = {s.id: s.name for s in scenarios}
    lines = [
        ScenarioLine(s, settled_status(s.status, jobs.get(s.job_id or 0)), names.get(s.based_on_id or 0))
        for s in scenarios
    ]
    reviews = db.session.scalars(
        select(PlanReview).where(PlanReview.plan_id == plan.id).order_by(PlanReview.id.desc())
    ).all()
    publications = db.session.scalars(
        select(Publication).where(Publication.plan_id == plan.id).order_by(Publication.revision.desc())
    ).all()
    in_force = rule_set_in_force(plan.county_id, plan.school_year)
    newer = in_force if in_force is not None and in_force.id != plan.rule_set_id else None
    return PlanPage(lines, list(reviews), list(publications), newer)


def names_in(county_id: int) -> Names:
    """The names of a county's schools and groups."""
    schools = db.session.execute(select(School.code, School.name).where(School.county_id == county_id)).tuples()
    groups = db.session.execute(
        select(EducationGroup.id, EducationGroup.name).where(EducationGroup.county_id == county_id)
    ).tuples()
    return Names(dict(schools.all()), {f"G{number}": name for number, name in groups})


def school_choices(county_id: int) -> list[tuple[int, str]]:
    """The county's open schools for a select field, by name."""
    query = (
        select(School.id, School.name)
        .where(School.county_id == county_id, School.is_active)
        .order_by(School.name_pinyin, School.id)
    )
    return [(number, name) for number, name in db.session.execute(query).tuples()]


def school_numbers(county_id: int) -> dict[str, int]:
    """The rows of a county's schools by code."""
    rows = db.session.execute(select(School.code, School.id).where(School.county_id == county_id)).tuples()
    return dict(rows.all())


def default_plan_name(county: Region, school_year: int) -> str:
    """What a plan is called until somebody names it."""
    return str(_("%(county)s rotation %(year)s", county=county.name, year=school_year))

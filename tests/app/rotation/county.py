"""A small county that the optimiser solves in a moment, and the people who work in its bureau."""

from dataclasses import dataclass, field
from datetime import date

from app.access import Role
from app.audit.operations import SYSTEM
from app.eligibility.operations import create_draft, put_in_force
from app.rotation.models import DecisionKind, Scenario
from app.rotation.operations import decisions, plans, reviews, scenarios
from app.rotation.settings import DEFAULTS
from tests.factories import (
    BackboneHonourFactory,
    CountyFactory,
    EducationGroupFactory,
    SchoolFactory,
    SchoolStageFactory,
    SubjectPostFactory,
    TeacherFactory,
    user_with,
)

YEAR = 2026
SUBJECTS = ("chinese", "mathematics", "english")
STAFF = {"chinese": 6, "mathematics": 5, "english": 3}


@dataclass
class SmallCounty:
    """Two sending town schools with a little too much staff, four others with vacancies."""

    region: object
    sending: list = field(default_factory=list)
    others: list = field(default_factory=list)
    teachers: list = field(default_factory=list)
    rule_set: object = None

    @property
    def schools(self):
        return [*self.sending, *self.others]

    def officer(self):
        return user_with(Role.PERSONNEL_OFFICER, region=self.region)

    def leader(self):
        return user_with(Role.BUREAU_LEADER, region=self.region)


def build_county(**where) -> SmallCounty:
    """2 sending schools with 14 teachers each, 4 other schools with 6 each; every third teacher is a backbone."""
    county = SmallCounty(CountyFactory(**where))
    group = EducationGroupFactory(county_id=county.region.id)
    for n in range(6):
        is_sending = n < 2
        school = SchoolFactory(
            county=county.region,
            name=f"{'城关' if is_sending else '山乡'}第{n}小学",
            locality_code="121" if is_sending else "220",
            is_sending=is_sending,
            quota=20,
            group_id=group.id if n in (0, 2) else None,
            lat=24.5 + n / 50,
            lng=103.7,
        )
        (county.sending if is_sending else county.others).append(school)
        SchoolStageFactory(school_id=school.id, pupils=400 if is_sending else 150)
        for subject in SUBJECTS:
            staff = STAFF[subject] if is_sending else 2
            SubjectPostFactory(school_id=school.id, subject_code=subject, posts=staff - 1 if is_sending else staff + 1)
            for k in range(staff):
                county.teachers.append(_teacher(school, subject, k, is_backbone=is_sending and k % 3 == 0))
    draft = create_draft(actor=SYSTEM, county_id=county.region.id, year=YEAR)
    county.rule_set = put_in_force(actor=SYSTEM, draft=draft)
    return county


def _teacher(school, subject, k, *, is_backbone):
    born = date(1994, 6, 1) if k == 0 else date(1984, 6, 1)
    teacher = TeacherFactory(
        school=school, subject_code=subject, birth_on=born, started_work_on=date(2015, 9, 1),
        joined_school_on=date(2015, 9, 1), staff_category_code="A1",
    )  # fmt: skip
    if is_backbone:
        BackboneHonourFactory(teacher_id=teacher.id, level_code="4")
    return teacher


def make_plan(county, officer, **more):
    """A plan in draft."""
    return plans.create_plan(
        county=county.region,
        school_year=YEAR,
        name=more.pop("name", "2026年交流轮岗"),
        rule_set_id=county.rule_set.id,
        actor=officer,
        **more,
    )


def make_scenario(plan, officer, name="甲案", **settings):
    """A scenario in draft with the policy's settings, or some of them changed."""
    return scenarios.create_scenario(plan=plan, name=name, settings={**DEFAULTS, **settings}, actor=officer)


def solved(scenario, officer) -> Scenario:
    """Send a scenario to be solved and let a worker of this process do it."""
    from app.extensions import db
    from app.jobs.worker import run_pending_jobs

    scenarios.request_solve(scenario=scenario, actor=officer)
    db.session.commit()
    run_pending_jobs()
    db.session.expire_all()
    return db.session.get_one(Scenario, scenario.id)


def lock(scenario, teacher, school, officer):
    return decisions.decide(scenario=scenario, kind=DecisionKind.LOCK, teacher=teacher, school=school, actor=officer)


def approved_plan(county, officer, leader):
    """A plan with a solved, chosen scenario that the leader approved."""
    plan = make_plan(county, officer)
    scenario = solved(make_scenario(plan, officer), officer)
    scenarios.choose(scenario=scenario, actor=officer)
    reviews.submit(plan=plan, actor=officer)
    reviews.approve(plan=plan, actor=leader)
    return plan

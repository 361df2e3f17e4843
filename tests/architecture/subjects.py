"""What the parameters of the routes name, for the walk in test_routes.py.

A room that adds a route with a new parameter adds a line here: the parameter's name (or `endpoint:name`, which goes
first) and a function of the World that makes the rows and gives

    InSchool(own, other_school, other_county)   what it names belongs to one school
    InCounty(own, other_county)                 … to a county as a whole
    Shared(value)                               … to nobody in particular
    Personal(make)                              … to one account: make(user)
"""

from datetime import date

from app import audit
from app.access import Role
from app.audit.operations import SYSTEM
from app.extensions import db
from app.jobs.models import Job
from tests.architecture.world import InCounty, InSchool, Personal, Shared, World


def school_id(world: World):
    return InSchool(world.school.id, world.other_school.id, world.far_school.id)


def teacher_id(world: World):
    return InSchool(world.teacher.id, world.other_teacher.id, world.far_teacher.id)


def region_id(world: World):
    return InCounty(world.county.id, world.far_county.id)


def job_id(world: World):
    jobs = [Job(kind="test.wait", region_id=county.id) for county in (world.county, world.far_county)]
    db.session.add_all(jobs)
    db.session.flush()
    return InCounty(*(job.id for job in jobs))


def position(world: World):
    entries = [
        audit.record(actor=SYSTEM, action="test.walk", subject=county, region_id=county.id)
        for county in (world.county, world.far_county)
    ]
    return InCounty(*(entry.position for entry in entries))


def user_id(world: World):
    return InCounty(world.person(Role.AUDITOR).id, world.stranger.id)


def grant_id(world: World):
    return InCounty(world.person(Role.AUDITOR).role_grants[0].id, world.stranger.role_grants[0].id)


SUBJECTS = {
    "user_id": user_id,
    "grant_id": grant_id,
    "school_id": school_id,
    "teacher_id": teacher_id,
    "region_id": region_id,
    "county_id": region_id,
    "job_id": job_id,
    "position": position,
    "table_key": lambda world: Shared("teacher_state"),
    "code": lambda world: Shared("100"),
    "year": lambda world: Shared(date.today().year),
}

__all__ = ["SUBJECTS", "InCounty", "InSchool", "Personal", "Shared", "World"]

"""Studios and their people, by the operations that people use."""

from datetime import date

from app.audit.operations import SYSTEM
from app.extensions import db
from app.schools.models import School, Stage
from app.studios.models import MemberRole, StudioKind
from app.studios.operations import founding, people
from tests.factories.people import BackboneHonourFactory, TeacherFactory
from tests.factories.places import SchoolFactory

BEGINS = date(2026, 9, 1)


def make_studio(*, host=None, school=None, county=None, kind=StudioKind.TEACHER, is_approved=True, **fields):
    """A studio of primary Chinese with its licence; its host is a teacher of the school."""
    host = host or TeacherFactory(school=school or SchoolFactory(county=county))
    number = db.session.query(type(host)).count()
    studio = founding.apply_for(
        actor=SYSTEM,
        host=host,
        school=db.session.get(School, host.working_school_id),
        fields={
            "name": f"{host.name}语文工作室{host.id}",
            "kind": kind,
            "level_code": "4",
            "subject_code": "chinese",
            "stage": Stage.PRIMARY,
            "statement": f"领衔人情况 {number}",
        }
        | fields,
    )
    if is_approved:
        founding.approve(actor=SYSTEM, studio=studio, begins_on=BEGINS)
    return studio


def make_teacher(studio, *, backbone=False, **fields):
    """A teacher of the studio's county; a backbone teacher may be a member."""
    school = fields.pop("school", None) or db.session.get(School, studio.school_id)
    teacher = TeacherFactory(school=school, **fields)
    if backbone:
        BackboneHonourFactory(teacher_id=teacher.id)
    return teacher


def add_person(studio, role=MemberRole.MENTEE, *, teacher=None, leader=None):
    """Somebody who was invited and accepted."""
    teacher = teacher or make_teacher(studio, backbone=role is MemberRole.MEMBER)
    row = people.invite(actor=SYSTEM, studio=studio, teacher=teacher, role=role, leader=leader)
    return people.accept_invitation(actor=SYSTEM, row=row)


def full_studio(*, members=2, mentees=2, **fields):
    """A studio with members, each with mentees: (studio, members, mentees)."""
    studio = make_studio(**fields)
    leaders = [add_person(studio, MemberRole.MEMBER) for _ in range(members)]
    led = [add_person(studio, leader=leader) for leader in leaders for _ in range(mentees)]
    return studio, leaders, led

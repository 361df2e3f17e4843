"""Growth groups and stays of researchers, by the operations that people use."""

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.growth.models import GroupRole, ProgrammeKind
from app.growth.operations import groups, programmes
from app.schools.models import SchoolStage, Stage
from tests.factories.people import TeacherFactory


def make_group(school, stage=Stage.PRIMARY):
    """A school's group of a stage, empty; the school has pupils of it."""
    if not db.session.query(SchoolStage).filter_by(school_id=school.id, stage=stage).count():
        db.session.add(SchoolStage(school_id=school.id, stage=stage, pupils=300))
        db.session.flush()
    return groups.found_group(school=school, stage=stage, from_on=today(), about="", actor=SYSTEM)


def add(group, role, grade=None, teacher=None):
    """Somebody of the school joins."""
    teacher = teacher or TeacherFactory(school=group.school)
    return groups.add_member(group=group, teacher=teacher, role=role, grade=grade, from_on=today(), actor=SYSTEM)


def fill_group(group, *, but=()):
    """Everybody the group needs, but the grades named."""
    add(group, GroupRole.PSYCHOLOGY)
    for grade in range(1, group.grades + 1):
        if grade not in but:
            add(group, GroupRole.GRADE_HEAD, grade)
    add(group, GroupRole.TEACHER)


def researcher(county, teacher, host, *, kind=ProgrammeKind.STATIONING, name="教研员蹲点"):
    """A teacher taken into a programme of stays, at a school."""
    programme = programmes.add_programme(
        county=county, actor=SYSTEM, name=name, kind=kind, clause="HY-05", first_year=2020, every_years=1,
        course_years=1, yearly_intake=5, requirements={},
    )  # fmt: skip
    db.session.refresh(teacher, ["honours"])
    place = programmes.propose(
        programme=programme, teacher=teacher, year=today().year, statement="县教研员", actor=SYSTEM
    )
    place.programme, place.teacher = programme, teacher
    programmes.take_in(place=place, from_on=today(), host=host, actor=SYSTEM)
    return place

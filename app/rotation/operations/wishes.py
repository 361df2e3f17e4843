"""Teachers' wishes: stated by themselves or entered by the officer, while the plan is open."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.audit import record
from app.audit.operations import Actor
from app.extensions import db
from app.rotation.models import RotationPlan, TeacherWish
from app.rotation.operations.locking import open_plan
from app.schools.models import School
from app.teachers.models import Teacher
from app.web.errors import Refused

MOST = 5


def set_wishes(*, plan: RotationPlan, teacher: Teacher, schools: Sequence[School], actor: Actor) -> bool:
    """Replace a teacher's wishes, best first; no schools takes them all back. False where nothing changed."""
    plan = open_plan(plan.id)
    _check(plan, teacher, schools)
    rows = select(TeacherWish).where(TeacherWish.plan_id == plan.id, TeacherWish.teacher_id == teacher.id)
    before = [row.school_id for row in db.session.scalars(rows.order_by(TeacherWish.rank))]
    after = [school.id for school in schools]
    if before == after:
        return False
    db.session.execute(delete(TeacherWish).where(TeacherWish.plan_id == plan.id, TeacherWish.teacher_id == teacher.id))
    for rank, school in enumerate(schools, start=1):
        db.session.add(TeacherWish(plan_id=plan.id, teacher_id=teacher.id, rank=rank, school_id=school.id))
    db.session.flush()
    record(
        actor=actor,
        action="rotation.wish.set",
        subject=teacher,
        before={"schools": before},
        after={"schools": [school.label for school in schools], "plan": plan.label},
        region_id=plan.county_id,
        school_id=teacher.working_school_id,
    )
    return True


def _check(plan: RotationPlan, teacher: Teacher, schools: Sequence[School]) -> None:
    if teacher.county_id != plan.county_id or any(school.county_id != plan.county_id for school in schools):
        raise Refused(_("Teacher and school must belong to the county of the plan."))
    if len(schools) > MOST:
        raise Refused(_("At most %(count)s schools can be wished for.", count=MOST))
    if len({school.id for school in schools}) < len(schools):
        raise Refused(_("A school can be named only once."))
    if any(school.id == teacher.working_school_id for school in schools):
        raise Refused(_("The present school cannot be wished for."))

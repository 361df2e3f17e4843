"""Teachers' wishes: stated by themselves or entered by the officer, while the plan is open."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

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
    before = db.session.scalars(rows.options(joinedload(TeacherWish.school)).order_by(TeacherWish.rank)).all()
    if [wish.school_id for wish in before] == [school.id for school in schools]:
        return False
    told = [wish.school.label for wish in before]
    db.session.execute(delete(TeacherWish).where(TeacherWish.plan_id == plan.id, TeacherWish.teacher_id == teacher.id))
    for rank, school in enumerate(schools, start=1):
        db.session.add(TeacherWish(plan_id=plan.id, teacher_id=teacher.id, rank=rank, school_id=school.id))
    db.session.flush()
    record(
        actor=actor,
        action="rotation.wish.set",
        subject=teacher,
        before={"schools": told},
        after={"schools": [school.label for school in schools], "plan": plan.label},
        region_id=plan.county_id,
        school_id=teacher.working_school_id,
    )
    return True


def take_over(*, plan: RotationPlan, wishes: Iterable[tuple[Teacher, Sequence[School]]], actor: Actor) -> list[Teacher]:
    """Replace the wishes of several teachers, all or none; returns those whose wishes changed."""
    changed = []
    for teacher, schools in wishes:
        try:
            if set_wishes(plan=plan, teacher=teacher, schools=schools, actor=actor):
                changed.append(teacher)
        except Refused as refusal:
            raise Refused(f"{teacher.name}: {refusal.message}") from refusal
    return changed


def _check(plan: RotationPlan, teacher: Teacher, schools: Sequence[School]) -> None:
    if teacher.county_id != plan.county_id or any(school.county_id != plan.county_id for school in schools):
        raise Refused(_("Teacher and school must belong to the county of the plan."))
    if len(schools) > MOST:
        raise Refused(_("At most %(count)s schools can be wished for.", count=MOST))
    if len({school.id for school in schools}) < len(schools):
        raise Refused(_("A school can be named only once."))
    if any(school.id == teacher.working_school_id for school in schools):
        raise Refused(_("The present school cannot be wished for."))

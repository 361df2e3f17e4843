"""The demo county's training goes the way people's would, and a second run keeps it."""

from sqlalchemy import func, select

from app.access import Role
from app.demo import training
from app.extensions import db
from app.training.models import (
    CompletionCertificate,
    Enrolment,
    EnrolmentStatus,
    SessionFeedback,
    TrainingBudget,
    TrainingSession,
    TrainingSpending,
)
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with


def number(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_the_demo_runs_sessions_to_their_end_and_once(app):
    county = CountyFactory(code="990777")
    school, other = SchoolFactory(county=county), SchoolFactory(county=county)
    teacher = TeacherFactory(school=school)
    for _one in range(12):
        TeacherFactory(school=school)
        TeacherFactory(school=other)
    people = [
        user_with(Role.TEACHER, teacher=teacher),
        user_with(Role.SCHOOL_ADMINISTRATOR, school=school),
        user_with(Role.DEVELOPMENT_CENTRE, region=county),
    ]
    for one in people:
        one.is_demo = True
    db.session.commit()

    training.fill(county.code)
    assert number(TrainingSession) == 5
    assert number(CompletionCertificate) >= 14
    assert number(SessionFeedback) >= 10
    assert number(Enrolment, Enrolment.status == EnrolmentStatus.WAITING) > 0
    assert number(Enrolment, Enrolment.status == EnrolmentStatus.NOMINATED) == 2
    assert number(TrainingBudget) == 2
    assert number(TrainingSpending) >= 2

    before = number(Enrolment)
    training.fill(county.code)
    assert number(Enrolment) == before

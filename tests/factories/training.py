"""Programmes, sessions and who takes part; operations make what follows from them."""

from datetime import date
from decimal import Decimal

import factory

from app.extensions import db
from app.training.models import (
    Admission,
    Enrolment,
    EnrolmentStatus,
    SessionQuota,
    SessionStatus,
    TrainingProgramme,
    TrainingSession,
    TrainingSpending,
)
from tests.factories.base import Factory
from tests.factories.people import TeacherFactory
from tests.factories.places import CountyFactory


class ProgrammeFactory(Factory):
    """A county's programme for all staff; give `region`, or `school` for a school's own."""

    class Meta:
        model = TrainingProgramme

    class Params:
        region = None
        school = None

    region_id = factory.LazyAttribute(lambda o: o.school.county_id if o.school else (o.region or CountyFactory()).id)
    school_id = factory.LazyAttribute(lambda o: o.school.id if o.school else None)
    year = 2026
    name = factory.Sequence(lambda n: f"全员培训{n}")
    level_code = factory.LazyAttribute(lambda o: "60" if o.school else "40")
    kind_code = factory.LazyAttribute(lambda o: "08" if o.school else "03")
    organiser = "青县教师发展中心"
    pass_mark = 80


class SessionFactory(Factory):
    """An open session of two days in October with 30 places; give `programme` or `region`."""

    class Meta:
        model = TrainingSession

    class Params:
        programme = None
        region = None
        school = None
        of = factory.LazyAttribute(lambda o: o.programme or ProgrammeFactory(region=o.region, school=o.school))

    programme_id = factory.LazyAttribute(lambda o: o.of.id)
    region_id = factory.LazyAttribute(lambda o: o.of.region_id)
    school_id = factory.LazyAttribute(lambda o: o.of.school_id)
    name = factory.Sequence(lambda n: f"第{n}期")
    mode_code = "1"
    status = SessionStatus.OPEN
    admission = Admission.CENTRE
    begins_on = date(2026, 10, 12)
    ends_on = date(2026, 10, 13)
    is_on_site = True
    hours = Decimal(16)
    places = 30

    @factory.post_generation
    def _open_places(self, create, extracted, **kwargs):
        db.session.add(SessionQuota(session_id=self.id, places=self.places))
        db.session.flush()


class EnrolmentFactory(Factory):
    """Somebody who applied; give `teacher` and `session`."""

    class Meta:
        model = Enrolment

    class Params:
        person = factory.LazyFunction(TeacherFactory)
        of = factory.LazyFunction(SessionFactory)

    session_id = factory.LazyAttribute(lambda o: o.of.id)
    teacher_id = factory.LazyAttribute(lambda o: o.person.id)
    school_id = factory.LazyAttribute(lambda o: o.person.working_school_id)
    county_id = factory.LazyAttribute(lambda o: o.person.county_id)
    status = EnrolmentStatus.APPLIED


class SpendingFactory(Factory):
    """An expense of a school; give `school_id`."""

    class Meta:
        model = TrainingSpending

    year = 2026
    spent_on = date(2026, 3, 1)
    amount = Decimal("1200.50")
    purpose = "外出培训差旅费"

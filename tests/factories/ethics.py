"""Ethics records."""

from datetime import date

import factory

from app.db.clock import utc_now
from app.ethics.models import (
    ActivityKind,
    Audience,
    EntryKind,
    EthicsActivity,
    EthicsAppraisal,
    EthicsClause,
    EthicsEntry,
    State,
)
from tests.factories.base import Factory
from tests.factories.people import TeacherFactory
from tests.factories.places import CountyFactory, SchoolFactory


class _Record(Factory):
    class Meta:
        abstract = True
        exclude = ("teacher",)

    teacher = factory.LazyFunction(lambda: TeacherFactory())
    county_id = factory.LazyAttribute(lambda o: o.teacher.county_id)
    school_id = factory.LazyAttribute(lambda o: o.teacher.employing_school_id)
    teacher_id = factory.LazyAttribute(lambda o: o.teacher.id)
    state = State.IN_FORCE
    decided_at = factory.LazyAttribute(lambda o: None if o.state is State.PROPOSED else utc_now())


class EthicsEntryFactory(_Record):
    """A vetoing entry of the negative list, on record."""

    class Meta:
        model = EthicsEntry

    kind = EntryKind.NEGATIVE
    audience = Audience.TEACHER
    clause_code = factory.Sequence(lambda n: f"T{n}")
    clause_text = "有偿补课"
    does_veto = True
    points = -30
    happened_on = date(2026, 3, 1)
    from_on = date(2026, 3, 1)
    to_on = date(2099, 2, 28)
    facts = "经查属实"


class EthicsAppraisalFactory(_Record):
    """A failed appraisal, on record."""

    class Meta:
        model = EthicsAppraisal

    year = 2025
    conclusion_code = "4"
    appraised_on = date(2026, 1, 10)
    facts = "考核不合格"
    does_veto = True
    veto_from = date(2026, 1, 10)
    veto_to = date(2027, 1, 9)


class EthicsActivityFactory(Factory):
    class Meta:
        model = EthicsActivity
        exclude = ("school",)

    school = factory.LazyFunction(lambda: SchoolFactory())
    school_id = factory.LazyAttribute(lambda o: o.school.id)
    county_id = factory.LazyAttribute(lambda o: o.school.county_id)
    kind = ActivityKind.STUDY
    held_on = date(2026, 10, 12)
    topic = factory.Sequence(lambda n: f"师德学习{n}")
    participants = 40


class EthicsClauseFactory(Factory):
    class Meta:
        model = EthicsClause
        exclude = ("county",)

    county = factory.LazyFunction(lambda: CountyFactory())
    county_id = factory.LazyAttribute(lambda o: o.county.id)
    audience = Audience.TEACHER
    code = factory.Sequence(lambda n: f"T{n:02d}")
    text = "有偿补课"
    points = -30
    term_months = 12

"""Certificates and what stands beside them."""

from datetime import date

import factory

from app.extensions import db
from app.qualifications.models import (
    Certificate,
    CertificateRegistration,
    CertificateSource,
    CertificateState,
    TeacherDegree,
    TitleKind,
    TitleRecord,
    YearlyAppraisal,
)
from app.teachers.models import Teacher
from tests.factories.base import Factory
from tests.factories.people import TeacherFactory


class CertificateFactory(Factory):
    """A verified certificate C for class teachers; give `teacher`."""

    class Meta:
        model = Certificate

    class Params:
        teacher = None
        holder = factory.LazyAttribute(lambda o: o.teacher or TeacherFactory())

    teacher_id = factory.LazyAttribute(lambda o: o.holder.id)
    county_id = factory.LazyAttribute(lambda o: o.holder.county_id)
    name_pinyin = factory.LazyAttribute(lambda o: o.holder.name_pinyin)
    type_code = "mental_c"
    number = factory.Sequence(lambda n: f"XL{n:08d}")
    own_number = factory.LazyAttribute(lambda o: o.number)
    issued_by = "省教育厅"
    issued_on = date(2024, 3, 1)
    valid_to = None
    expires_on = factory.LazyAttribute(lambda o: min(filter(None, (o.valid_to, o.registered_to)), default=None))
    registered_to = None
    state = CertificateState.VERIFIED
    source = CertificateSource.COUNTY


class RegistrationFactory(Factory):
    class Meta:
        model = CertificateRegistration

    certificate_id = factory.LazyFunction(lambda: CertificateFactory(type_code="teacher_primary").id)
    on = date(2022, 6, 1)
    conclusion_code = "1"


class DegreeFactory(Factory):
    class Meta:
        model = TeacherDegree

    teacher_id = factory.LazyFunction(lambda: TeacherFactory().id)
    level_code = "21"
    institution = factory.Sequence(lambda n: f"第{n}师范大学")


class TitleRecordFactory(Factory):
    class Meta:
        model = TitleRecord

    teacher_id = factory.LazyFunction(lambda: TeacherFactory().id)
    kind = TitleKind.EMPLOYED
    title_code = "second"
    from_on = date(2015, 9, 1)


class AppraisalFactory(Factory):
    class Meta:
        model = YearlyAppraisal

    teacher_id = factory.LazyFunction(lambda: TeacherFactory().id)
    year = 2025
    result_code = "2"


def qualified(teacher: Teacher, **more) -> Certificate:
    """Give a teacher what everybody of the stage needs: the teaching qualification and 普通话."""
    CertificateFactory(teacher=teacher, type_code="pth_2a")
    fields = {"type_code": f"teacher_{teacher.stage.value}", "subject_code": teacher.subject_code} | more
    row = CertificateFactory(teacher=teacher, **fields)
    db.session.flush()
    return row

"""Teachers and their facts. Identity numbers are of a region that does not exist."""

from datetime import date

import factory

from app.db import crypto
from app.schools.models import Stage
from app.teachers.models import BackboneHonour, Circumstance, RotationRecord, Sex, Teacher
from tests.factories.base import Factory
from tests.factories.places import SchoolFactory

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(serial: int, born: date = date(1985, 6, 1)) -> str:
    """A well-formed number (GB 11643) that belongs to nobody."""
    body = f"990101{born:%Y%m%d}{serial % 1000:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


class TeacherFactory(Factory):
    """A primary teacher of Chinese at a school of her own; give `school`, or `employing` and `working` apart."""

    class Meta:
        model = Teacher

    class Params:
        school = None
        serial = factory.Sequence(lambda n: n)
        employing = factory.LazyAttribute(lambda o: o.school or SchoolFactory())
        working = factory.LazyAttribute(lambda o: o.employing)
        number = factory.LazyAttribute(
            lambda o: identity_number(o.serial, date(1950 + o.serial // 1000 % 55, 6, 1 + o.serial // 55000 % 28))
        )

    name = factory.Sequence(lambda n: f"张{'一二三四五六七八九十'[n % 10]}{'甲乙丙丁戊己庚辛壬癸'[n // 10 % 10]}")
    name_pinyin = factory.Sequence(lambda n: f"zhang{n:06d}")
    sex = Sex.FEMALE
    id_number = factory.LazyAttribute(lambda o: o.number)
    id_number_digest = factory.LazyAttribute(lambda o: crypto.digest(f"1:{o.number}"))
    id_number_masked = factory.LazyAttribute(lambda o: f"{o.number[:3]}***********{o.number[-4:]}")
    birth_on = date(1985, 6, 1)
    started_work_on = date(2008, 9, 1)
    joined_school_on = date(2012, 9, 1)
    employing_school_id = factory.LazyAttribute(lambda o: o.employing.id)
    working_school_id = factory.LazyAttribute(lambda o: o.working.id)
    county_id = factory.LazyAttribute(lambda o: o.employing.county_id)
    stage = Stage.PRIMARY
    subject_code = "chinese"
    state_code = "100"


class BackboneHonourFactory(Factory):
    class Meta:
        model = BackboneHonour

    teacher_id = factory.LazyFunction(lambda: TeacherFactory().id)
    type_code = "backbone"
    level_code = "4"
    title = "县级骨干教师"
    valid_from = date(2024, 1, 1)
    valid_to = date(2028, 12, 31)


class RotationRecordFactory(Factory):
    class Meta:
        model = RotationRecord

    teacher_id = factory.LazyFunction(lambda: TeacherFactory().id)
    kind_code = "10"
    from_on = date(2020, 9, 1)
    to_on = date(2021, 7, 31)
    from_school_name = "城关小学"
    to_school_name = "山后小学"


class CircumstanceFactory(Factory):
    class Meta:
        model = Circumstance

    teacher_id = factory.LazyFunction(lambda: TeacherFactory().id)
    kind_code = "pregnancy"
    evidence = "县医院证明"
    from_on = date(2026, 3, 1)
    to_on = date(2027, 3, 1)

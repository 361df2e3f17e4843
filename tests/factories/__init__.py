"""Rows for tests, with believable values; what a test is about is written in the test."""

from tests.factories.accounts import UserFactory, grant, officer_of, user_with
from tests.factories.people import BackboneHonourFactory, CircumstanceFactory, RotationRecordFactory, TeacherFactory
from tests.factories.places import (
    CountyFactory,
    EducationGroupFactory,
    PrefectureFactory,
    ProvinceFactory,
    SchoolFactory,
    SchoolStageFactory,
    SubjectPostFactory,
)

__all__ = [
    "BackboneHonourFactory",
    "CircumstanceFactory",
    "CountyFactory",
    "EducationGroupFactory",
    "PrefectureFactory",
    "ProvinceFactory",
    "RotationRecordFactory",
    "SchoolFactory",
    "SchoolStageFactory",
    "SubjectPostFactory",
    "TeacherFactory",
    "UserFactory",
    "grant",
    "officer_of",
    "user_with",
]

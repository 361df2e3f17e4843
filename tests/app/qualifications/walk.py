"""What the parameters of this room's routes name, for the walk over all routes (tests/architecture/subjects.py)."""

from functools import cache

from tests.architecture.world import InSchool, Personal, Shared
from tests.factories.qualifications import CertificateFactory, DegreeFactory, RegistrationFactory


def _certificate(teacher):
    return CertificateFactory(teacher=teacher, type_code="teacher_primary")


@cache
def _registered(world):
    rows = [_certificate(teacher) for teacher in world.teachers]
    return [(row, RegistrationFactory(certificate_id=row.id)) for row in rows]


def _certificates(world):
    return InSchool(*(row.id for row, _registration in _registered(world)))


QUALIFICATIONS = {
    "certificate_id": _certificates,
    "registration_id": lambda world: InSchool(*(one.id for _row, one in _registered(world))),
    "record_kind": lambda world: Shared("degrees"),
    "record_id": lambda world: InSchool(*(DegreeFactory(teacher_id=teacher.id).id for teacher in world.teachers)),
    "own_certificate_id": lambda world: Personal(
        lambda user: _certificate(world.teacher if user.teacher_id else world.far_teacher).id
    ),
    "type_code": lambda world: Shared("mental_c"),
}

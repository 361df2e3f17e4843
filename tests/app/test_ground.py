"""The ground: the application builds and both databases keep what the models promise."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.teachers.models import Teacher
from tests.factories import SchoolStageFactory, TeacherFactory


def test_an_identity_number_is_stored_encrypted(app):
    teacher = TeacherFactory(number="990101198506010019")
    stored = db.session.connection().exec_driver_sql("SELECT id_number FROM teacher").scalar_one()
    assert stored.startswith("k1:")
    assert "990101" not in stored
    db.session.expire(teacher)
    assert db.session.get(Teacher, teacher.id).id_number == "990101198506010019"


def test_the_database_itself_refuses_more_boarders_than_pupils(app):
    with pytest.raises(IntegrityError, match="boarders_are_pupils"):
        SchoolStageFactory(pupils=10, boarders=11)

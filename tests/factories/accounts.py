"""Accounts and what they may do."""

import uuid

import factory

from app.access import Role
from app.accounts.models import RoleGrant, User
from app.extensions import db
from tests.factories.base import Factory


class UserFactory(Factory):
    """An account without any role."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Sequence(lambda n: f"李用户{n}")
    active = True
    language = "en"
    fs_uniquifier = factory.LazyFunction(lambda: uuid.uuid4().hex)


def grant(user, role, *, region=None, school=None, teacher=None):
    """Give a person a role over one scope."""
    row = RoleGrant(
        user_id=user.id,
        role=role,
        region_id=region and region.id,
        school_id=school and school.id,
        teacher_id=teacher and teacher.id,
    )
    db.session.add(row)
    db.session.flush()
    db.session.expire(user)
    return row


def user_with(role, **scope):
    """A person with one role."""
    user = UserFactory()
    grant(user, role, **scope)
    return user


def officer_of(county):
    """A county's personnel officer."""
    return user_with(Role.PERSONNEL_OFFICER, region=county)

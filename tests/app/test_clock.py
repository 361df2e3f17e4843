"""The day is China's, wherever the machine stands."""

from datetime import date

import time_machine

from app.access import Permission, Role
from app.db.clock import today
from tests.factories import CountyFactory, user_with

NIGHT = "2026-08-31T16:30:00Z"  # half past midnight on 1 September in China


def test_the_day_begins_at_midnight_in_china():
    with time_machine.travel("2026-08-31T15:59:59Z"):
        assert today() == date(2026, 8, 31)
    with time_machine.travel(NIGHT):
        assert today() == date(2026, 9, 1)


def test_a_role_holds_from_the_first_minute_of_its_day(app, session):
    leader = user_with(Role.BUREAU_LEADER, region=CountyFactory())
    leader.role_grants[0].from_on = date(2026, 9, 1)
    with time_machine.travel("2026-08-31T15:30:00Z"):
        assert not leader.may(Permission.PLAN_APPROVE)
    with time_machine.travel(NIGHT):
        assert leader.may(Permission.PLAN_APPROVE)

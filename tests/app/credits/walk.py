"""What the parameters of this room's routes name, for the walk over all routes."""

from datetime import date
from decimal import Decimal

from app.access import Role
from app.audit.operations import SYSTEM
from app.credits.books import ensure_rules, in_force
from app.credits.operations import ClaimSource, credit_from_source
from app.credits.operations.stand_ins import appoint
from app.db.clock import today
from tests.architecture.world import InCounty, InSchool
from tests.factories import UserFactory, user_with

DAY = date(2026, 3, 1)


def credit_rule_id(world):
    for county in world.counties:
        ensure_rules(county.id)
    return InCounty(*(in_force(county.id)[0].id for county in world.counties))


def claim_id(world):
    facts = {"source": ClaimSource.TRAINING_SESSION, "source_id": 1, "kind_code": "concentrated", "on": DAY}
    return InSchool(
        *(
            credit_from_source(actor=SYSTEM, teacher_id=t.id, hours=Decimal(6), title="教研培训", **facts).id
            for t in world.teachers
        )
    )


def stand_in_id(world):
    days = {"from_on": today(), "to_on": today(), "reason": ""}
    reviewers = (world.person(Role.DEVELOPMENT_CENTRE), user_with(Role.DEVELOPMENT_CENTRE, region=world.far_county))
    people = (world.person(Role.AUDITOR), UserFactory())
    return InCounty(
        *(
            appoint(actor=SYSTEM, for_user=reviewer, user=user, county_id=county.id, **days).id
            for reviewer, user, county in zip(reviewers, people, world.counties, strict=True)
        )
    )


CREDITS = {"credit_rule_id": credit_rule_id, "claim_id": claim_id, "stand_in_id": stand_in_id}

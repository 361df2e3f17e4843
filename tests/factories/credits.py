"""Claims and rules for tests."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory

from app.credits.models import ClaimStatus, CreditClaim
from app.extensions import db
from app.teachers.models import Teacher
from tests.factories.base import Factory
from tests.factories.people import TeacherFactory

MOMENT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
WAITED = (ClaimStatus.AT_SCHOOL, ClaimStatus.AT_COUNTY, ClaimStatus.CONFIRMED)


class ClaimFactory(Factory):
    """A complete draft of six hours; give `teacher`, `status` and what differs. It does not touch the ledger."""

    class Meta:
        model = CreditClaim

    class Params:
        teacher = factory.LazyFunction(TeacherFactory)

    teacher_id = factory.LazyAttribute(lambda o: o.teacher.id)
    county_id = factory.LazyAttribute(lambda o: db.session.get(Teacher, o.teacher_id).county_id)
    school_id = factory.LazyAttribute(lambda o: db.session.get(Teacher, o.teacher_id).working_school_id)
    status = ClaimStatus.DRAFT
    kind_code = "concentrated"
    title = factory.Sequence(lambda n: f"县级培训{n}")
    from_on = date(2026, 5, 6)
    done_on = factory.LazyAttribute(lambda o: o.from_on)
    quantity = Decimal(6)
    hours = Decimal(6)
    hours_claimed = factory.LazyAttribute(lambda o: o.hours)
    submitted_at = factory.LazyAttribute(lambda o: MOMENT if o.status in WAITED else None)
    confirmed_at = factory.LazyAttribute(lambda o: MOMENT if o.status is ClaimStatus.CONFIRMED else None)
    typed = factory.LazyAttribute(
        lambda o: {
            "kind": o.kind_code or "",
            "title": o.title,
            "from_on": f"{o.from_on}",
            "done_on": f"{o.done_on}",
            "quantity": f"{o.quantity}",
        }
    )

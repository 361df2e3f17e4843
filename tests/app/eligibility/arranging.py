"""What several test files of this room arrange: facts around one plainly eligible teacher, and rule sets in force."""

from dataclasses import replace
from datetime import date

from app.audit.operations import SYSTEM
from app.eligibility import operations
from app.eligibility.judging import CircumstanceFacts, Facts, HonourFacts, RotationFacts, SchoolFacts
from app.eligibility.rules import Rules, default_rules
from app.teachers.models import Sex

CENSUS = date(2026, 8, 31)
TOWN = SchoolFacts(id=1, code="2100000001", locality_code="111", is_sending=True)
VILLAGE = SchoolFacts(id=2, code="2100000002", locality_code="220", is_sending=False)
RULES = default_rules(2026)


def facts(**changed) -> Facts:
    """A woman of 41, 13 years in a town school, against whom nothing speaks; the test says what differs."""
    plain = Facts(
        teacher_id=7,
        school=TOWN,
        sex=Sex.FEMALE,
        birth_on=date(1985, 6, 1),
        joined_school_on=date(2012, 9, 1),
        stage="primary",
        staff_category_code="A1",
        is_established=True,
        state_code="100",
        left_on=None,
        title_code="first",
    )
    return replace(plain, **changed)


def rules(**changed) -> Rules:
    """The usual rules of 2026 with some changed; a dict changes a nested rule."""
    found = {}
    for name, value in changed.items():
        present = getattr(RULES, name)
        if name == "circumstances":
            found[name] = {**present, **value}
        else:
            found[name] = replace(present, **value) if isinstance(value, dict) else value
    return replace(RULES, **found)


def circumstance(kind, start, end, *, has_evidence=True) -> CircumstanceFacts:
    return CircumstanceFacts(kind, has_evidence, start, end)


def honour(type_code="backbone", level="4", start=date(2024, 1, 1), end=date(2028, 12, 31)) -> HonourFacts:
    return HonourFacts(type_code, level, "县级骨干教师", start, end)


def rotation(start, end, *, kind="10", locality="220", is_hr_transferred=False) -> RotationFacts:
    return RotationFacts(kind, is_hr_transferred, start, end, "山后小学", locality)


def in_force(county, *, year=2026, actor=SYSTEM, **changed):
    """A county's rules in force, every teacher judged."""
    draft = operations.create_draft(actor=actor, county_id=county.id, year=year, rules=rules(**changed))
    return operations.put_in_force(actor=actor, draft=draft)

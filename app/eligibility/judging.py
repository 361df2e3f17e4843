"""Judging one teacher: facts and rules in, a verdict with every reason out. Knows no database and no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.eligibility.rules import NearRetirement, RetirementAge, Rules, is_within
from app.teachers.models import Sex


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What the rules ask of the school that employs a teacher."""

    id: int
    code: str
    locality_code: str
    is_sending: bool


@dataclass(frozen=True, slots=True)
class HonourFacts:
    """A backbone title; both dates are included."""

    type_code: str
    level_code: str
    title: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CircumstanceFacts:
    """A circumstance; both dates are included. `source` is set where another room's record says it."""

    kind_code: str
    has_evidence: bool
    from_on: date
    to_on: date | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class RotationFacts:
    """An earlier or present rotation. The locality is None where the school is not one of ours."""

    kind_code: str
    is_hr_transferred: bool
    from_on: date
    to_on: date | None
    to_school_name: str
    to_locality_code: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about one teacher that a rule may ask."""

    teacher_id: int
    school: SchoolFacts
    sex: Sex
    birth_on: date | None
    joined_school_on: date | None
    stage: str
    staff_category_code: str | None
    is_established: bool
    state_code: str
    left_on: date | None
    title_code: str | None
    honours: tuple[HonourFacts, ...] = ()
    circumstances: tuple[CircumstanceFacts, ...] = ()
    rotations: tuple[RotationFacts, ...] = ()


class Outcome(StrEnum):
    """What a rule says of a teacher."""

    MEETS = "meets"
    EXCLUDES = "excludes"
    NOTE = "note"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's word on one teacher, as a code and the numbers that it rests on; `wording` puts it in words."""

    code: str
    outcome: Outcome
    params: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As the verdict keeps it."""
        return {"code": self.code, "outcome": self.outcome.value, "params": self.params}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Reason":
        """Read what `to_dict` wrote."""
        return cls(data["code"], Outcome(data["outcome"]), data["params"])


EXEMPT = "exempt."
ON_ROTATION = "exempt.on_rotation"
NEAR_RETIREMENT = "exempt.near_retirement"
RURAL_SERVICE = "exempt.rural_service"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one teacher. `is_counted`: stays in the denominator of the rotation rate."""

    teacher_id: int
    school_id: int
    is_eligible: bool
    is_counted: bool
    is_in_pool: bool
    is_backbone: bool
    is_young: bool
    service_months: int | None
    age: int | None
    reasons: tuple[Reason, ...]


def judge(rules: Rules, facts: Facts) -> Verdict:
    """The verdict on one teacher, with every reason and note, not only the first."""
    reasons = tuple(r for r in findings(rules, facts) if r.outcome in (Outcome.EXCLUDES, Outcome.NOTE))
    against = {r.code for r in reasons if r.outcome is Outcome.EXCLUDES}
    age = age_on(facts.birth_on, rules.census_on)
    return Verdict(
        teacher_id=facts.teacher_id,
        school_id=facts.school.id,
        is_eligible=not against,
        is_counted=not against or (rules.on_rotation.stays_counted and against == {ON_ROTATION}),
        is_in_pool=is_in_pool(rules, facts.school),
        is_backbone=backbone_honour(rules, facts) is not None,
        is_young=age is not None and age <= rules.young_max_age,
        service_months=service_months(rules, facts.joined_school_on),
        age=age,
        reasons=reasons,
    )


def findings(rules: Rules, facts: Facts) -> Iterator[Reason]:
    """What each rule says of the teacher, met, broken or switched off, in the order of the form."""
    yield from _post(rules, facts)
    yield from _kind_of_staff(rules, facts)
    yield _service(rules, facts)
    yield _age(rules, facts)
    yield from _circumstances(rules, facts)
    yield _retirement(rules, facts)
    yield from _rotation(rules, facts)
    yield _rural(rules, facts)


# --- dates -------------------------------------------------------------------------------------


def age_on(birth_on: date | None, day: date) -> int | None:
    """Completed years on a day; the birthday itself completes one."""
    if birth_on is None:
        return None
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def months_between(start: date, end: date) -> int:
    """Months from the month of `start` to the month of `end`, days disregarded."""
    return (end.year - start.year) * 12 + end.month - start.month


def service_months(rules: Rules, joined_on: date | None) -> int | None:
    """Months in the employing school on the census date."""
    if joined_on is None:
        return None
    months = months_between(joined_on, rules.census_on) + (1 if rules.counts_both_months else 0)
    return max(0, months) if joined_on <= rules.census_on else 0


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def retires_on(near: NearRetirement, facts: Facts) -> date | None:
    """When a teacher reaches the retirement age that holds for them."""
    if facts.birth_on is None:
        return None
    age = _retirement_age(near, facts)
    original = add_months(facts.birth_on, age.original_years * 12)
    if original < near.gradual_from or not age.months_per_step:
        return original
    steps = months_between(near.gradual_from, original) // age.months_per_step + 1
    return add_months(original, min(steps, (age.final_years - age.original_years) * 12))


def _retirement_age(near: NearRetirement, facts: Facts) -> RetirementAge:
    if facts.sex is not Sex.FEMALE:
        return near.men
    return near.titled_women if facts.title_code in near.women_titles else near.women


def _covers(start: date, end: date | None, day: date) -> bool:
    return start <= day and (end is None or day <= end)


# --- what kind of teacher ----------------------------------------------------------------------


def is_in_pool(rules: Rules, school: SchoolFacts) -> bool:
    """Whether a school is one of those whose teachers the rotation rate counts."""
    if school.code in rules.pool_removed:
        return False
    return (
        (rules.pool_by_flag and school.is_sending)
        or is_within(school.locality_code, rules.pool_localities)
        or school.code in rules.pool_added
    )


def backbone_honour(rules: Rules, facts: Facts) -> HonourFacts | None:
    """The honour that makes a backbone teacher on the census date, the highest level first; None for none."""
    valid = [
        h
        for h in facts.honours
        if h.type_code in rules.backbone_types
        and h.level_code in rules.backbone_levels
        and _covers(h.valid_from, h.valid_to, rules.census_on)
    ]
    return min(valid, key=lambda h: (h.level_code, h.valid_from), default=None)


# --- one function a rule -----------------------------------------------------------------------


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _said(code: str, excludes: bool, **params: Any) -> Reason:
    return Reason(code, Outcome.EXCLUDES if excludes else Outcome.MEETS, params)


def _post(rules: Rules, facts: Facts) -> Iterator[Reason]:
    """In post on the census date. States of rotation are judged by the rule on rotation."""
    if facts.left_on is not None and facts.left_on <= rules.census_on:
        yield Reason("left", Outcome.EXCLUDES, {"left_on": _iso(facts.left_on), "state": facts.state_code})
        return
    known = (*rules.in_post_states, *rules.on_rotation.states)
    yield _said("in_post", facts.state_code not in known, state=facts.state_code)


def _kind_of_staff(rules: Rules, facts: Facts) -> Iterator[Reason]:
    if rules.established_only:
        yield _said("established", not facts.is_established, is_established=facts.is_established)
    else:
        yield Reason("established", Outcome.OFF)
    if facts.staff_category_code is None:
        outcome = Outcome.NOTE if rules.counts_missing_category else Outcome.EXCLUDES
        yield Reason("category_missing", outcome)
    else:
        yield _said(
            "category", facts.staff_category_code not in rules.staff_categories, category=facts.staff_category_code
        )
    yield _said("stage", facts.stage not in rules.stages, stage=facts.stage)


def _service(rules: Rules, facts: Facts) -> Reason:
    months = service_months(rules, facts.joined_school_on)
    if months is None:
        return _said("joined_missing", rules.min_years > 0, needed=rules.min_years)
    return _said(
        "service",
        months < rules.min_years * 12,
        since=_iso(facts.joined_school_on),
        months=months,
        needed=rules.min_years,
        census=_iso(rules.census_on),
    )


def _age(rules: Rules, facts: Facts) -> Reason:
    """Not above the upper age. Without the sex, only an age that both limits allow, or neither, can be judged."""
    limits = {Sex.MALE: rules.max_age_male, Sex.FEMALE: rules.max_age_female}
    possible = [limits[facts.sex]] if facts.sex in limits else list(limits.values())
    set_limits = [limit for limit in possible if limit is not None]
    if not set_limits:
        return Reason("age", Outcome.OFF)
    age = age_on(facts.birth_on, rules.census_on)
    if age is None:
        return Reason("birth_missing", Outcome.EXCLUDES)
    is_over = [limit is not None and age > limit for limit in possible]
    if any(is_over) and not all(is_over):
        return Reason("sex_missing", Outcome.EXCLUDES, {"age": age})
    return _said(
        "age",
        all(is_over),
        age=age,
        limit=max(set_limits) if all(is_over) else min(set_limits),
        sex=facts.sex.value,
        birth=_iso(facts.birth_on),
        census=_iso(rules.census_on),
    )


def _circumstances(rules: Rules, facts: Facts) -> Iterator[Reason]:
    """Circumstances in force on the census date; one that lacks what its kind needs is noted, and does not exempt."""
    for kind, rule in rules.circumstances.items():
        in_force = [
            c for c in facts.circumstances if c.kind_code == kind and _covers(c.from_on, c.to_on, rules.census_on)
        ]
        if not rule.is_on:
            yield Reason(EXEMPT + kind, Outcome.OFF, {"kind": kind, "is_on_record": bool(in_force)})
            continue
        for circumstance in in_force:
            yield _exemption(circumstance, rule.needs_evidence, rule.needs_end_date)
        if not in_force:
            yield Reason(EXEMPT + kind, Outcome.MEETS, {"kind": kind})


def _exemption(circumstance: CircumstanceFacts, needs_evidence: bool, needs_end_date: bool) -> Reason:
    params = {
        "kind": circumstance.kind_code,
        "from": _iso(circumstance.from_on),
        "to": _iso(circumstance.to_on),
    }
    if circumstance.source:
        params["source"] = circumstance.source
    if needs_evidence and not circumstance.has_evidence:
        return Reason("evidence_missing", Outcome.NOTE, params)
    if needs_end_date and circumstance.to_on is None:
        return Reason("end_missing", Outcome.NOTE, params)
    return Reason(EXEMPT + circumstance.kind_code, Outcome.EXCLUDES, params)


def _on_record(rules: Rules, facts: Facts, kind: str) -> CircumstanceFacts | None:
    """A circumstance of a kind that has a rule of its own: somebody recorded by hand what the rule looks for."""
    return next(
        (
            c
            for c in facts.circumstances
            if c.kind_code == kind and c.has_evidence and _covers(c.from_on, c.to_on, rules.census_on)
        ),
        None,
    )


def _retirement(rules: Rules, facts: Facts) -> Reason:
    near = rules.near_retirement
    if not near.is_on:
        return Reason(NEAR_RETIREMENT, Outcome.OFF, {"kind": "near_retirement"})
    if recorded := _on_record(rules, facts, "near_retirement"):
        return _exemption(recorded, False, False)
    day = retires_on(near, facts)
    if day is None:
        return Reason(NEAR_RETIREMENT, Outcome.MEETS, {"kind": "near_retirement"})
    return _said(
        NEAR_RETIREMENT,
        day < add_months(rules.census_on, near.years * 12),
        kind="near_retirement",
        retires=_iso(day),
        years=near.years,
    )


def _rotation(rules: Rules, facts: Facts) -> Iterator[Reason]:
    out = rules.on_rotation
    if not out.is_on:
        yield Reason(ON_ROTATION, Outcome.OFF, {"kind": "on_rotation"})
        return
    present = [r for r in facts.rotations if _is_out(rules, r)]
    if present:
        last = max(present, key=lambda r: r.from_on)
        params = {"school": last.to_school_name, "from": _iso(last.from_on), "to": _iso(last.to_on)}
        yield Reason(ON_ROTATION, Outcome.EXCLUDES, {"kind": "on_rotation", **params})
    elif facts.state_code in out.states:
        yield Reason(ON_ROTATION, Outcome.EXCLUDES, {"kind": "on_rotation", "state": facts.state_code})
    elif recorded := _on_record(rules, facts, "on_rotation"):
        yield _exemption(recorded, False, False)
    else:
        yield Reason(ON_ROTATION, Outcome.MEETS, {"kind": "on_rotation"})
        yield from _forgotten_rotations(rules, facts)


def _is_out(rules: Rules, record: RotationFacts) -> bool:
    """Out on the census date. Who took the post along has settled there and is not out."""
    if record.kind_code == "00" or (record.is_hr_transferred and record.to_on is None):
        return False
    if record.to_on is None:
        months = months_between(record.from_on, rules.census_on)
        return record.from_on <= rules.census_on and months < rules.on_rotation.open_record_months
    return _covers(record.from_on, record.to_on, rules.census_on)


def _forgotten_rotations(rules: Rules, facts: Facts) -> Iterator[Reason]:
    for record in facts.rotations:
        is_open = record.to_on is None and not record.is_hr_transferred and record.kind_code != "00"
        if is_open and record.from_on <= rules.census_on:
            params = {"school": record.to_school_name, "from": _iso(record.from_on)}
            yield Reason("rotation_open", Outcome.NOTE, {**params, "months": rules.on_rotation.open_record_months})


def _rural(rules: Rules, facts: Facts) -> Reason:
    rule = rules.rural_service
    if not rule.is_on:
        return Reason(RURAL_SERVICE, Outcome.OFF, {"kind": "rural_service"})
    if recorded := _on_record(rules, facts, "rural_service"):
        return _exemption(recorded, False, False)
    since = add_months(rules.census_on, -12 * rule.look_back_years)
    months = rural_months(rules, facts, since)
    return _said(
        RURAL_SERVICE,
        months >= rule.min_months,
        kind="rural_service",
        months=months,
        needed=rule.min_months,
        since=_iso(since),
    )


def rural_months(rules: Rules, facts: Facts, since: date) -> int:
    """Calendar months with rural service after `since` and up to the census date; no month counts twice."""
    served: set[int] = set()
    for record in facts.rotations:
        if not _is_rural(rules, record):
            continue
        first = max(record.from_on, add_months(since, 1).replace(day=1))
        last = min(record.to_on or _assumed_end(rules, record), rules.census_on)
        if first <= last:
            served.update(range(first.year * 12 + first.month, last.year * 12 + last.month + 1))
    return len(served)


def _assumed_end(rules: Rules, record: RotationFacts) -> date:
    return add_months(record.from_on, rules.on_rotation.open_record_months)


def _is_rural(rules: Rules, record: RotationFacts) -> bool:
    if record.kind_code == "00":
        return False
    if record.to_locality_code is None:
        return record.kind_code in rules.rural_service.kinds
    return is_within(record.to_locality_code, rules.rural_service.localities)

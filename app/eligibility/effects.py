"""What a change of rules does to people: who becomes eligible, who no longer is, by school and by reason."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.eligibility.facts import load_facts
from app.eligibility.judging import Facts, Outcome, Reason, Verdict, judge
from app.eligibility.rules import Rules
from app.extensions import db
from app.schools.models import School
from app.teachers.models import Teacher


@dataclass(frozen=True, slots=True)
class Figures:
    """What an officer looks at first."""

    teachers: int
    eligible: int
    counted: int
    eligible_in_pool: int
    eligible_backbone: int
    eligible_young: int

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> "Figures":
        """Count verdicts."""
        found = list(verdicts)
        eligible = [v for v in found if v.is_eligible]
        return cls(
            teachers=len(found),
            eligible=len(eligible),
            counted=sum(v.is_counted for v in found),
            eligible_in_pool=sum(v.is_in_pool for v in eligible),
            eligible_backbone=sum(v.is_backbone for v in eligible),
            eligible_young=sum(v.is_young for v in eligible),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One person whose verdict changes."""

    teacher_id: int
    name: str
    name_pinyin: str
    school_id: int
    school_name: str
    becomes_eligible: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SchoolEffect:
    """One school's eligible teachers before and after."""

    school_id: int
    name: str
    before: int
    after: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class ReasonEffect:
    """How many people a reason speaks against, before and after."""

    code: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Everything that differs between two sets of rules on the same facts. `before` is None without earlier rules."""

    before: Figures | None
    after: Figures
    changes: list[Change]
    schools: list[SchoolEffect]
    reasons: list[ReasonEffect]

    @property
    def gained(self) -> list[Change]:
        """Who becomes eligible."""
        return [c for c in self.changes if c.becomes_eligible]

    @property
    def lost(self) -> list[Change]:
        """Who no longer is."""
        return [c for c in self.changes if not c.becomes_eligible]


def effect_of(county_id: int, rules: Rules, earlier: Rules | None) -> Effect:
    """Judge the county by both sets of rules on today's facts, write nothing, and tell the differences.

    Without earlier rules nobody counts as eligible before.
    """
    facts = load_facts(county_id)
    after = [judge(rules, f) for f in facts]
    before = [judge(earlier, f) for f in facts] if earlier else None
    return Effect(
        before=Figures.of(before) if before is not None else None,
        after=Figures.of(after),
        changes=_changes(facts, before, after),
        schools=_schools(county_id, before or [], after),
        reasons=_reasons(before or [], after),
    )


def _changes(facts: list[Facts], before: list[Verdict] | None, after: list[Verdict]) -> list[Change]:
    was = {v.teacher_id: v for v in before or []}
    turned = {
        v.teacher_id: v
        for v in after
        if v.is_eligible != (was[v.teacher_id].is_eligible if v.teacher_id in was else False)
    }
    found = [
        Change(
            teacher_id=row.id,
            name=row.name,
            name_pinyin=row.name_pinyin,
            school_id=turned[row.id].school_id,
            school_name=row.school_name,
            becomes_eligible=turned[row.id].is_eligible,
            reasons=_explaining(turned[row.id], was.get(row.id)),
        )
        for row in _people({f.school.id for f in facts if f.teacher_id in turned})
        if row.id in turned
    ]
    return sorted(found, key=lambda c: (not c.becomes_eligible, c.school_name, c.name_pinyin, c.teacher_id))


def _explaining(now: Verdict, then: Verdict | None) -> tuple[Reason, ...]:
    """Why: what speaks against the teacher now, or what did before and no longer does."""
    told = now if not now.is_eligible else then
    return tuple(r for r in told.reasons if r.outcome is Outcome.EXCLUDES) if told else ()


def _people(school_ids: set[int]) -> Iterable[Any]:
    if not school_ids:
        return []
    return db.session.execute(
        select(Teacher.id, Teacher.name, Teacher.name_pinyin, School.name.label("school_name"))
        .join(School, School.id == Teacher.employing_school_id)
        .where(Teacher.employing_school_id.in_(school_ids))
    ).all()


def _schools(county_id: int, before: list[Verdict], after: list[Verdict]) -> list[SchoolEffect]:
    query = select(School.id, School.name).where(School.county_id == county_id)
    names = {row[0]: row[1] for row in db.session.execute(query.order_by(School.name_pinyin, School.id)).tuples()}
    was = {v.teacher_id for v in before if v.is_eligible}
    now = {v.teacher_id for v in after if v.is_eligible}
    people: dict[int, set[int]] = defaultdict(set)
    for verdict in after:
        people[verdict.school_id].add(verdict.teacher_id)
    rows = []
    for school_id, name in names.items():
        old, new = people[school_id] & was, people[school_id] & now
        if old or new:
            rows.append(SchoolEffect(school_id, name, len(old), len(new), len(new - old), len(old - new)))
    return rows


def _reasons(before: list[Verdict], after: list[Verdict]) -> list[ReasonEffect]:
    was, now = count_reasons(before), count_reasons(after)
    codes = sorted(was.keys() | now.keys(), key=lambda code: (-now[code], -was[code], code))
    return [ReasonEffect(code, was[code], now[code]) for code in codes]


def count_reasons(verdicts: Iterable[Verdict]) -> Counter[str]:
    """How many people each reason speaks against; one person counts once a reason."""
    return Counter(code for v in verdicts for code in {r.code for r in v.reasons if r.outcome is Outcome.EXCLUDES})

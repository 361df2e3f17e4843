"""What verdicts say beyond the problem: whom a milder rule would add, and how long each has served."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.eligibility.models import EligibilityVerdict
from app.eligibility.queries import VerdictRow, verdicts_of
from app.extensions import db
from app.rotation.snapshot import teacher_key

MOST_YEARS = 2


def near_eligible(rule_set_id: int | None) -> list[dict[str, Any]]:
    """Groups by condition and years; a group of two years holds that of one as well."""
    groups: dict[tuple[str, int], dict[str, Any]] = {}
    for verdict in verdicts_of(rule_set_id).values() if rule_set_id else ():
        for code, years, params in _ways(verdict):
            group = groups.setdefault((code, years), {"code": code, "params": params, "teachers": []})
            group["teachers"].append(teacher_key(verdict.teacher_id))
    return [groups[key] for key in sorted(groups)]


def service_months(rule_set_id: int | None) -> dict[str, int]:
    """How long each teacher has served in the school, as it was judged."""
    query = select(EligibilityVerdict.teacher_id, EligibilityVerdict.service_months).where(
        EligibilityVerdict.rule_set_id == rule_set_id
    )
    return {teacher_key(teacher): months for teacher, months in db.session.execute(query).tuples()}


def _ways(verdict: VerdictRow) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The rules that, a year or two milder, would let the teacher rotate."""
    if verdict.is_eligible or len(verdict.against) != 1:
        return
    reason = verdict.against[0]
    p = reason.params
    if reason.code == "service":
        for years in range(1, min(MOST_YEARS, p["needed"]) + 1):
            if p["months"] >= (p["needed"] - years) * 12:
                yield "service", years, {"was": p["needed"], "value": p["needed"] - years}
    if reason.code == "age":
        for years in range(1, MOST_YEARS + 1):
            if p["age"] <= p["limit"] + years:
                yield f"age_{p['sex']}", years, {"sex": p["sex"], "was": p["limit"], "value": p["limit"] + years}

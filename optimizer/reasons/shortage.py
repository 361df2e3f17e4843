"""Short rules: who or what is missing where R1–R4 are not met, and the smallest changes that would mend it.

Who is missing is read from the books: for each short rule the teachers whose move would count, and the reason why
each of those who stay does. What would mend it is found by solves of the first tier alone (`mending`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from optimizer import verify
from optimizer.problem import Problem
from optimizer.reasons.absence import Absences
from optimizer.reasons.base import Asked, Asking, Solve, Tell
from optimizer.reasons.ledger import Ledger
from optimizer.reasons.mending import Mend, NearEligible, find_mends
from optimizer.reasons.reach import Arc, Option, Wanted
from optimizer.solution import Solution
from optimizer.solve import solve as _solve


@dataclass(frozen=True, slots=True)
class ShortRule:
    """A rule that is not met. ``people`` are the eligible teachers whose move would count for it but who stay, by
    reason code; ``counted`` those who move and count; ``otherwise`` those who move but not in a way that counts;
    ``not_eligible`` how many more would count if they were eligible; ``schools`` where the missing work."""

    rule: str
    scope: str
    needed: int
    reached: int
    missing: int
    counted: tuple[str, ...]
    otherwise: tuple[str, ...]
    people: Mapping[str, tuple[str, ...]]
    not_eligible: int
    schools: tuple[Mapping[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule, "scope": self.scope, "needed": self.needed, "reached": self.reached,
            "missing": self.missing, "counted": list(self.counted), "otherwise": list(self.otherwise),
            "people": {code: list(who) for code, who in self.people.items()}, "not_eligible": self.not_eligible,
            "schools": [dict(row) for row in self.schools],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShortRules:
    """The short rules and what would mend them; ``pairs`` only where no single change mends everything, and
    ``complete`` where the time was enough to try everything."""

    rules: tuple[ShortRule, ...]
    mends: tuple[Mend, ...] = ()
    pairs: tuple[Mend, ...] = ()
    complete: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {
            "rules": [rule.to_dict() for rule in self.rules], "mends": [mend.to_dict() for mend in self.mends],
            "pairs": [mend.to_dict() for mend in self.pairs], "complete": self.complete,
        }  # fmt: skip


def short_rules(
    problem: Problem,
    solution: Solution,
    *,
    near_eligible: Sequence[NearEligible] = (),
    solve: Solve = _solve,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> ShortRules:
    """Where R1–R4 are short in a plan, who is missing, and the smallest changes that would mend it.

    ``near_eligible`` are groups of teachers whom one condition keeps from being eligible. Every change is verified
    by a solve; with nothing short the answer is empty and costs no solve.
    """
    short = missing_people(problem, solution)
    if not short:
        return ShortRules(())
    asking = Asking(solve, progress, cancelled, time_limit)
    mends, pairs, complete = find_mends(asking, problem, solution, near_eligible)
    return ShortRules(short, mends, pairs, complete)


def missing_people(problem: Problem, solution: Solution) -> tuple[ShortRule, ...]:
    """The short rules with the people and schools that are missing, without a solve."""
    return _Missing(problem, solution).rules()


@dataclass
class _Missing:
    problem: Problem
    solution: Solution
    books: Absences = field(init=False)

    def __post_init__(self) -> None:
        self.problem = replace(self.problem, settings=self.problem.settings.canonical())
        self.books = Absences(Ledger.of(self.problem, self.solution))
        self.county = self.books.county

    def rules(self) -> tuple[ShortRule, ...]:
        moves = [move.to_dict() for move in self.solution.moves]
        found = verify.report(self.problem.to_dict(), {"moves": moves})["rules"]
        return tuple(self.rule(row) for row in found if row["missing"] > 0)

    def rule(self, row: Mapping[str, Any]) -> ShortRule:
        person, counts = self.counting(row["rule"], row["scope"])
        counted: list[str] = []
        otherwise: list[str] = []
        people: dict[str, list[str]] = defaultdict(list)
        where: dict[str, Counter[str]] = defaultdict(Counter)
        others = 0
        for i, teacher in enumerate(self.county.teachers):
            if not person(i):
                continue
            if not teacher.eligible:
                others += 1
                continue
            planned = self.books.ledger.plan.get(i)
            if planned is not None:
                (counted if counts(self.option(planned)) else otherwise).append(teacher.id)
                continue
            code = self.books.reasons(i, counts)[0].code
            people[code].append(teacher.id)
            where[teacher.school][code] += 1
        schools = sorted(where.items(), key=lambda item: (-item[1].total(), item[0]))
        return ShortRule(
            row["rule"], row["scope"], row["needed"], row["reached"], row["missing"], tuple(counted),
            tuple(otherwise), {code: tuple(who) for code, who in sorted(people.items())}, others,
            tuple({"school": s, "teachers": n.total(), "codes": dict(n.most_common())} for s, n in schools),
        )  # fmt: skip

    def option(self, arc: Arc) -> Option:
        way = self.books.reach.way(self.county.school_of[arc.teacher], arc.school)
        return Option(arc, None, True, way, True, "")

    def counting(self, rule: str, scope: str) -> tuple[Any, Wanted]:
        """Who could count for a rule, and which of their moves would."""
        county = self.county

        def inside(i: int) -> bool:
            s = county.school_of[i]
            return scope == "county" or (county.sending(s) if scope == "pool" else county.schools[s].id == scope)

        def same_group(option: Option) -> bool:
            return county.schools[option.arc.school].group == scope

        if rule == "R1":
            return inside, lambda option: True
        if rule == "R2":
            return (lambda i: county.teachers[i].backbone and inside(i)), lambda option: True
        if rule == "R3":
            return (lambda i: not county.sending(county.school_of[i])), lambda option: option.way == "up"
        young = lambda i: county.teachers[i].young and county.schools[county.school_of[i]].group == scope  # noqa: E731
        return young, same_group

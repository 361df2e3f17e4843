"""Reasons put to the test: force what a reason says is not so, and see whether the plan suffers as it claims.

Two independent judges: the verifier, which shares no code with the books the reasons come from, looks at the plan with
the one change made and all else held; and a solve with the teacher locked there looks at every other plan as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optimizer import verify
from optimizer.problem import Problem
from optimizer.reasons.absence import NotMoved, OpenPost
from optimizer.reasons.base import Asked, Asking, Solve, Tell
from optimizer.reasons.ledger import allowances, beyond, first_change
from optimizer.reasons.pricing import BOUND, EXACT, IMPOSSIBLE, Price, locked, price_of
from optimizer.settings import DIRECTIONS
from optimizer.solution import OPTIMAL, Reason, Solution
from optimizer.solve import solve as _solve

RULES_OF = {
    "school_would_fall_under_its_floor": ("H3", "H4", "H7"), "out_rate_reached": ("H5",), "quota_full": ("H2",),
    "cap_on_moves": ("H6",),
}  # fmt: skip
NO_ARC = ("no_post_within_reach", "no_teacher_within_reach", "direction_not_allowed")
Data = dict[str, Any]
Subject = NotMoved | OpenPost | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Forced:
    """One move forced: what the verifier says with all else held, and the price of the best plan that makes it."""

    teacher: str
    to: str
    subject: str
    broken: tuple[Mapping[str, str], ...]
    tier: str | None
    by: float
    price: Price | None
    holds: bool

    def to_dict(self) -> Data:
        return {
            "teacher": self.teacher, "to": self.to, "subject": self.subject,
            "broken": [dict(b) for b in self.broken], "tier": self.tier, "by": self.by,
            "price": None if self.price is None else self.price.to_dict(), "holds": self.holds,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a reason holds, and the moves forced to see it."""

    holds: bool
    forced: tuple[Forced, ...]

    def to_dict(self) -> Data:
        return {"holds": self.holds, "forced": [one.to_dict() for one in self.forced]}


def check_reason(
    problem: Problem,
    solution: Solution,
    subject: Subject,
    reason: Reason,
    *,
    solve: Solve = _solve,
    solves: int = 1,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> Check:
    """Force what ``reason`` says of ``subject`` and see whether it holds.

    ``subject`` is a row of `why_not` or its key: {teacher} or {school, stage, subject}. Every move the reason speaks
    of is tried with all else held; the first ``solves`` of them are locked and solved as well.
    """
    asking = Asking(solve, progress, cancelled, time_limit, total=solves)
    return _Court(problem, solution, reason, asking).check(_key_of(subject), solves)


def _key_of(subject: Subject) -> Mapping[str, str]:
    if isinstance(subject, NotMoved):
        return {"teacher": subject.teacher}
    if isinstance(subject, OpenPost):
        return {"school": subject.school, "stage": subject.stage, "subject": subject.subject}
    return subject


class _Court:
    def __init__(self, problem: Problem, solution: Solution, reason: Reason, asking: Asking) -> None:
        self.problem = replace(problem, settings=problem.settings.canonical())
        self.data: Data = self.problem.to_dict()
        self.free: Data = {**self.data, "locks": [], "bans": []}
        self.solution = solution
        self.reason = reason
        self.asking = asking
        self.moves: list[Data] = [m.to_dict() for m in solution.moves]
        self.planned = {m["teacher"]: m for m in self.moves}
        found = verify.report(self.data, {"moves": self.moves})
        self.tiers: dict[str, float] = found["tiers"]
        self.most = allowances(self.problem, solution)
        self.already = {(b["rule"], b["subject"], b["message"]) for b in found["broken"]}
        self.teachers = {t.id: t for t in problem.teachers}

    def check(self, key: Mapping[str, str], solves: int) -> Check:
        forced = [self._force(move, n < solves) for n, move in enumerate(self._moves(key))]
        holds = all(one.holds for one in forced)
        if self.reason.code == "all_come_already":
            return Check(self._all_come(key), ())
        if self.reason.code == "post_filled_by":
            holds = holds and self._filled()
        return Check(holds, tuple(forced))

    # -- which moves the reason speaks of --

    def _moves(self, key: Mapping[str, str]) -> list[Data]:
        params = self.reason.params
        if "teacher" in key:
            posts: Sequence[Sequence[str]] = params.get("posts") or self._posts(key["teacher"])
            found = [self._move(key["teacher"], s, q) for s, q in posts]
        else:
            who = params.get("teachers") or [t.id for t in self._able(key)]
            found = [self._move(t, key["school"], key["subject"]) for t in who]
        if self.reason.code in NO_ARC or "posts" in params or "teachers" in params:
            return found
        return [m for m in found if not self._faults([m], self.data) & {"H1", "H8"}]

    def _able(self, key: Mapping[str, str]) -> list[Any]:
        return [
            t
            for t in self.problem.teachers
            if t.eligible and t.stage == key["stage"] and key["subject"] in t.subjects and t.school != key["school"]
        ]

    def _posts(self, teacher: str) -> list[tuple[str, str]]:
        t = self.teachers[teacher]
        return [
            (s.id, need.subject)
            for s in self.problem.schools
            for need in s.needs
            if s.id != t.school and need.posts > 0 and need.stage == t.stage and need.subject in t.subjects
        ]

    def _move(self, teacher: str, to: str, subject: str) -> Data:
        return {"teacher": teacher, "from": self.teachers[teacher].school, "to": to, "subject": subject}

    @staticmethod
    def _faults(moves: list[Data], data: Data) -> set[str]:
        teachers = {m["teacher"] for m in moves}
        broken = verify.report(data, {"moves": moves})["broken"]
        return {b["rule"] for b in broken if b["rule"] != "H8" or b["subject"] in teachers}

    # -- forcing --

    def _force(self, move: Data, solved: bool) -> Forced:
        others = [m for m in self.moves if m["teacher"] != move["teacher"]]
        report = verify.report(self.data, {"moves": [*others, move]})
        broken = [
            b
            for b in report["broken"]
            if (b["rule"], b["subject"], b["message"]) not in self.already
            or (b["rule"], b["subject"]) == ("H8", move["teacher"])
        ]
        order = self.problem.settings.tiers
        differences = {t: report["tiers"][t] - self.tiers[t] for t in order}
        change = first_change(beyond(differences, self.tiers, self.most), self.tiers)
        tier, by = change or (None, 0)
        price = self._price(move) if solved else None
        holds = self._claim(move, broken, tier, by) and (price is None or self._no_better(move, price, broken))
        return Forced(move["teacher"], move["to"], move["subject"], tuple(broken), tier, by, price, holds)

    def _price(self, move: Data) -> Price:
        forced = locked(self.problem, move["teacher"], move["to"])
        return price_of(self.solution, self.asking.solve(forced, "force"))

    def _claim(self, move: Data, broken: list[Mapping[str, str]], tier: str | None, by: float) -> bool:
        """Whether the verifier agrees with the reason's own claim for one move."""
        code, params = self.reason.code, self.reason.params
        rules = {b["rule"] for b in broken}
        if code in RULES_OF:
            school = params.get("school") if "held" not in params else self.teachers[move["teacher"]].school
            rows = [b for b in broken if b["rule"] in RULES_OF[code]]
            return any(b["subject"] == school or b["rule"] == "H6" or "posts" in params for b in rows)
        if code in ("no_post_within_reach", "no_teacher_within_reach"):
            every = {**self.free, "settings": {**self.data["settings"], "directions": list(DIRECTIONS)}}
            return "H1" in self._faults([move], every)
        if code == "direction_not_allowed":
            return "H1" in self._faults([move], self.free)
        if code == "locked_or_banned":
            return "H8" in rules or "H1" in rules
        if code == "would_improve":
            return not broken and by < 0
        if code == "equally_good":
            return not broken and tier is None
        if code == "needed_elsewhere":
            return move["teacher"] in self.planned and (bool(broken) or by > 0)
        if code == "not_worth_a_tier":
            best = move["to"] == params.get("school") or move["teacher"] == params.get("teacher")
            same = not best or "posts" not in params or move["subject"] != params["subject"]
            told = (tier, round(by, 9)) == (params["tier"], round(params["by"], 9))
            return by > 0 and not rules and (same or told)
        return bool(broken) or by >= 0

    def _all_come(self, key: Mapping[str, str]) -> bool:
        """Whether nobody but those who come already has an arc to the post."""
        able = [self._move(t.id, key["school"], key["subject"]) for t in self._able(key)]
        arcs = {m["teacher"] for m in able if not self._faults([m], self.data) & {"H1", "H8"}}
        return arcs == set(self.reason.params["coming"])

    def _filled(self) -> bool:
        """Whether those named did fill the posts: without them a gap, with them none."""
        named = {(f["school"], f["subject"]): set[str]() for f in self.reason.params["filled_by"]}
        for f in self.reason.params["filled_by"]:
            named[f["school"], f["subject"]].add(f["teacher"])
        for (school, subject), who in named.items():
            if any((self.planned[t]["to"], self.planned[t]["subject"]) != (school, subject) for t in who):
                return False
            stage = self.teachers[next(iter(who))].stage
            posts = next(
                n.posts
                for s in self.problem.schools
                if s.id == school
                for n in s.needs
                if (n.stage, n.subject) == (stage, subject)
            )
            staff = self._staff(school, stage, subject)
            if not staff >= posts > staff - len(who):
                return False
        return bool(named)

    def _staff(self, school: str, stage: str, subject: str) -> int:
        stay = [t for t in self.problem.teachers if t.id not in self.planned]
        here = sum((t.school, t.stage, t.subject) == (school, stage, subject) for t in stay)
        came = [m for m in self.moves if (m["to"], m["subject"]) == (school, subject)]
        return here + sum(self.teachers[m["teacher"]].stage == stage for m in came)

    def _no_better(self, move: Data, price: Price, broken: Sequence[Mapping[str, str]]) -> bool:
        """Whether the best plan with the move forced is as the reason leads one to expect."""
        if self.reason.code == "locked_or_banned":
            # forced against the decision, so the price is the decision's and may be below zero
            return True
        if price.kind == IMPOSSIBLE:
            return self.reason.code not in ("equally_good", "would_improve")
        if self.reason.code in NO_ARC:
            return False
        if price.kind not in (EXACT, BOUND) or self.solution.status != OPTIMAL:
            return True
        first = price.first
        if first is not None and first[1] < 0:
            return price.kind == BOUND and self.reason.code == "would_improve"
        if self.planned.get(move["teacher"], {}).get("to") == move["to"]:
            # a lock names the school, and the plan goes there already, for another subject
            return True
        # a hard rule broken with all else held: some other move must have changed
        return not broken or price.moves_changed is None or price.moves_changed > 1

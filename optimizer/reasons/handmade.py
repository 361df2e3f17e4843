"""A plan made by hand: checked and scored by the same rules and tiers, completed, or improved from where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optimizer import verify
from optimizer.geometry import distance_km
from optimizer.problem import Lock, Problem, ReferenceMove, School, Teacher
from optimizer.reasons.base import Asked, Asking, Solve, Tell
from optimizer.reasons.reach import place
from optimizer.reasons.standing import standing
from optimizer.solution import Move, Solution
from optimizer.solve import solve as _solve

Given = Mapping[str, Any] | Move


@dataclass(frozen=True, slots=True)
class Broken:
    """A hard rule broken. ``code`` is `unknown_teacher`, `unknown_school`, `moves_twice`, `wrong_origin`,
    `not_eligible`, `own_school`, `cannot_teach`, `no_post`, `direction_not_allowed`, `too_far` (all H1, with
    ``teachers`` the one concerned), H2–H7 (``school`` and numbers; ``teachers`` those whose moves cause it), or
    `locked` / `banned` (H8)."""

    rule: str
    code: str
    teachers: tuple[str, ...]
    school: str | None
    params: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule, "code": self.code, "teachers": list(self.teachers), "school": self.school,
            "params": dict(self.params),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """A hand-made plan judged: ``moves`` as understood (origin and subject filled in), every hard rule ``broken``,
    the policy ``rules`` with needed, reached and missing, tiers before and after, gaps and CV."""

    moves: tuple[Move, ...]
    broken: tuple[Broken, ...]
    rules: tuple[Mapping[str, Any], ...]
    tiers: Mapping[str, float]
    before: Mapping[str, float]
    gaps: Mapping[str, int]
    cv: Mapping[str, Mapping[str, float]]

    @property
    def sound(self) -> bool:
        """Whether no hard rule is broken."""
        return not self.broken

    def to_dict(self) -> dict[str, Any]:
        return {
            "moves": [move.to_dict() for move in self.moves], "broken": [row.to_dict() for row in self.broken],
            "sound": self.sound, "rules": [dict(row) for row in self.rules],
            "shortfalls": [
                {key: row[key] for key in ("rule", "scope", "missing")} for row in self.rules if row["missing"] > 0
            ],
            "tiers": dict(self.tiers), "before": dict(self.before), "gaps": dict(self.gaps),
            "cv": {stage: dict(row) for stage, row in self.cv.items()},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reworked:
    """A plan completed or improved. ``left_out`` are given moves that could not be asked for, with their H1 codes;
    ``kept``, ``dropped`` and ``added`` compare (teacher, to) with what was given. Where the given moves contradict
    the hard rules ``solution`` is `infeasible` and names a smallest set of them. ``None``: no time."""

    check: PlanCheck
    solution: Solution | None
    left_out: tuple[Broken, ...]
    kept: tuple[tuple[str, str], ...]
    dropped: tuple[tuple[str, str], ...]
    added: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "check": self.check.to_dict(), "solution": None if self.solution is None else self.solution.to_dict(),
            "left_out": [row.to_dict() for row in self.left_out],
            **{key: [list(pair) for pair in getattr(self, key)] for key in ("kept", "dropped", "added")},
        }  # fmt: skip


def plan_check(problem: Problem, moves: Iterable[Given]) -> PlanCheck:
    """Judge a list of moves ({teacher, to} and, where known, from and subject) by the rules and tiers.

    Rows that name nobody are reported and left out of the score; the first of two moves of one teacher counts.
    """
    return _Judge(problem, list(moves)).check()


def complete(
    problem: Problem,
    moves: Iterable[Given],
    *,
    solve: Solve = _solve,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> Reworked:
    """The best plan that makes the given moves: each is locked to its school, the rest is optimised.

    An officer's own locks and bans stand before a given move.
    """
    judge = _Judge(problem, list(moves))
    check = judge.check()
    out = tuple(row for row in check.broken if row.rule in ("H1", "H8") and row.code != "wrong_origin")
    never = {teacher for row in out for teacher in row.teachers}
    decided = {lock.teacher for lock in problem.locks}
    locks = [Lock(m.teacher, m.to) for m in check.moves if m.teacher not in never | decided]
    asking = Asking(solve, progress, cancelled, time_limit, total=1)
    solution = asking.solve(replace(problem, locks=(*problem.locks, *locks)), "complete")
    return _reworked(check, solution, out)


def improve(
    problem: Problem,
    moves: Iterable[Given],
    *,
    solve: Solve = _solve,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> Reworked:
    """The best plan near the given one: its moves become the reference, so that the change tier keeps them where the
    tiers before it allow."""
    check = plan_check(problem, moves)
    reference = tuple(ReferenceMove(move.teacher, move.to) for move in check.moves)
    asking = Asking(solve, progress, cancelled, time_limit, total=1)
    return _reworked(check, asking.solve(replace(problem, reference=reference), "improve"), ())


def _reworked(check: PlanCheck, solution: Solution | None, out: tuple[Broken, ...]) -> Reworked:
    given = {(m.teacher, m.to) for m in check.moves}
    found = set() if solution is None else {(m.teacher, m.to) for m in solution.moves}
    return Reworked(
        check, solution, out, tuple(sorted(given & found)), tuple(sorted(given - found)),
        tuple(sorted(found - given)),
    )  # fmt: skip


class _Judge:
    def __init__(self, problem: Problem, given: Sequence[Given]) -> None:
        self.problem = problem
        self.schools = {school.id: school for school in problem.schools}
        self.teachers = {teacher.id: teacher for teacher in problem.teachers}
        self.rows = [row.to_dict() if isinstance(row, Move) else dict(row) for row in given]
        self.broken: list[Broken] = []

    def check(self) -> PlanCheck:
        moves = self.read()
        for move in moves:
            self.arc(move)
        for breach in standing(self.problem, moves):
            who = tuple(m.teacher for m in moves if self.causes(breach.rule, breach.school, m, breach))
            params = breach.to_dict()
            self.broken.append(Broken(breach.rule, breach.rule, who, breach.school, params))
        self.decisions(moves)
        report = verify.report(self.problem.to_dict(), {"moves": [move.to_dict() for move in moves]})
        gaps = {key: report["gaps"][key] for key in ("before", "after")}
        return PlanCheck(
            tuple(moves), tuple(self.broken), tuple(report["rules"]), report["tiers"], report["before"], gaps,
            report["cv"],
        )  # fmt: skip

    def read(self) -> list[Move]:
        """The rows as moves; those that cannot be are broken."""
        moves: dict[str, Move] = {}
        times = Counter(str(row.get("teacher")) for row in self.rows)
        for row in self.rows:
            who, to = str(row.get("teacher")), str(row.get("to"))
            if who not in self.teachers:
                self.bad("unknown_teacher", who, None, {"to": to})
            elif to not in self.schools:
                self.bad("unknown_school", who, None, {"to": to})
            elif who not in moves:
                if times[who] > 1:
                    self.bad("moves_twice", who, None, {"times": times[who]})
                if row.get("from") not in (None, "", self.teachers[who].school):
                    self.bad("wrong_origin", who, str(row["from"]), {"school": self.teachers[who].school})
                moves[who] = Move(who, self.teachers[who].school, to, self.subject(row, who, to))
        return [moves[who] for who in sorted(moves)]

    def subject(self, row: Mapping[str, Any], who: str, to: str) -> str:
        """The given subject, or the first the teacher may teach that the school has posts for."""
        if row.get("subject"):
            return str(row["subject"])
        teacher, posts = self.teachers[who], self.posts(self.schools[to], self.teachers[who].stage)
        return next((subject for subject in teacher.subjects if subject in posts), teacher.subject)

    @staticmethod
    def posts(school: School, stage: str) -> set[str]:
        if stage not in school.stages:
            return set()
        return {need.subject for need in school.needs if need.stage == stage and need.posts > 0}

    def bad(self, code: str, who: str, school: str | None, params: Mapping[str, Any]) -> None:
        self.broken.append(Broken("H1", code, (who,), school, params))

    def arc(self, move: Move) -> None:
        """H1: whether the move follows an arc."""
        teacher, origin, to = self.teachers[move.teacher], self.schools[move.origin], self.schools[move.to]
        params = {"stage": teacher.stage, "subject": move.subject}
        if not teacher.eligible:
            self.bad("not_eligible", teacher.id, origin.id, {})
        if to.id == origin.id:
            self.bad("own_school", teacher.id, to.id, {})
        if move.subject not in teacher.subjects:
            self.bad("cannot_teach", teacher.id, to.id, params)
        if move.subject not in self.posts(to, teacher.stage):
            self.bad("no_post", teacher.id, to.id, params)
        way = "lateral" if origin.sending == to.sending else "down" if origin.sending else "up"
        if way not in self.problem.settings.directions and (origin.group is None or origin.group != to.group):
            self.bad("direction_not_allowed", teacher.id, to.id, {"way": way})
        self.distance(teacher, origin, to)

    def distance(self, teacher: Teacher, origin: School, to: School) -> None:
        home, there = place(teacher) or place(origin), place(to)
        if home is not None and there is not None:
            km = distance_km(home, there)
            if km > self.problem.settings.max_km:
                params = {"km": round(km, 1), "max_km": self.problem.settings.max_km}
                self.bad("too_far", teacher.id, to.id, params)

    def causes(self, rule: str, school: str | None, move: Move, breach: Any) -> bool:
        teacher = self.teachers[move.teacher]
        tests: dict[str, Callable[[], bool]] = {
            "H2": lambda: move.to == school,
            "H3": lambda: move.origin == school,
            "H4": lambda: move.origin == school and (teacher.stage, teacher.subject) == (breach.stage, breach.subject),
            "H5": lambda: move.origin == school,
            "H6": lambda: True,
            "H7": lambda: move.origin == school and teacher.backbone and teacher.stage == breach.stage,
        }
        return tests[rule]()

    def decisions(self, moves: Sequence[Move]) -> None:
        """H8: locks that are not kept, and banned moves that are made."""
        goes = {move.teacher: move.to for move in moves}
        for lock in self.problem.locks:
            if goes.get(lock.teacher) != lock.to:
                params = {"locked_to": lock.to, "to": goes.get(lock.teacher)}
                self.broken.append(Broken("H8", "locked", (lock.teacher,), lock.to, params))
        for ban in self.problem.bans:
            if goes.get(ban.teacher) == ban.to:
                self.broken.append(Broken("H8", "banned", (ban.teacher,), ban.to, {}))

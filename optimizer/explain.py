"""Why each move: which gap it fills, which policy rules it counts for, where it leads, how far, which wish.

Reasons carry a code and values for translation beside their English sentence. They state facts of the plan as a
whole; what a plan would lose without a move is a question for a second solve.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from optimizer.arcs import home, place
from optimizer.county import County
from optimizer.geometry import distance_km
from optimizer.problem import Problem, School, Teacher
from optimizer.solution import Move, Reason, Solution


def explain(problem: Problem, solution: Solution) -> Solution:
    """The same solution with the `why` of every move filled in."""
    return replace(solution, moves=_Explainer(problem, solution).moves())


class _Explainer:
    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.county = County.of(problem)
        self.planned = solution.moves
        self.number = {teacher.id: i for i, teacher in enumerate(self.county.teachers)}
        self.schools = {school.id: school for school in problem.schools}
        self.locked = {lock.teacher for lock in problem.locks}
        self.reference = {(move.teacher, move.to) for move in problem.reference}
        self.before = Counter((t.school, t.stage, t.subject) for t in problem.teachers)
        self.after = Counter(self.before)
        self.stars = Counter((t.school, t.stage) for t in problem.teachers if t.backbone)
        self.stars_after = Counter(self.stars)
        for move in self.planned:
            teacher = self.county.teachers[self.number[move.teacher]]
            self.after[teacher.school, teacher.stage, teacher.subject] -= 1
            self.after[move.to, teacher.stage, move.subject] += 1
            if teacher.backbone:
                self.stars_after[teacher.school, teacher.stage] -= 1
                self.stars_after[move.to, teacher.stage] += 1

    def moves(self) -> tuple[Move, ...]:
        return tuple(replace(move, why=tuple(self.reasons(move))) for move in self.planned)

    def reasons(self, move: Move) -> list[Reason]:
        teacher = self.county.teachers[self.number[move.teacher]]
        origin, to = self.schools[move.origin], self.schools[move.to]
        found = []
        if move.teacher in self.locked:
            found.append(Reason("locked", "An officer decided this move."))
        found.append(self._gap(teacher, to, move.subject))
        found += self._rules(teacher, origin, to)
        found += self._balance(teacher, origin, to)
        found.append(self._way(origin, to))
        found.append(self._distance(teacher, to))
        found += self._wish(teacher, to)
        if (move.teacher, move.to) in self.reference:
            found.append(Reason("kept", "The earlier proposal already had this move."))
        return found

    def _gap(self, teacher: Teacher, to: School, subject: str) -> Reason:
        k = self.county.team_index[self.county.school_index[to.id], teacher.stage, subject]
        posts, key = self.county.teams[k].posts, (to.id, teacher.stage, subject)
        before, after = max(0, posts - self.before[key]), max(0, posts - self.after[key])
        params = {
            "school": to.name, "stage": teacher.stage, "subject": subject, "posts": posts,
            "staff_before": self.before[key], "staff_after": self.after[key], "open_before": before,
            "open_after": after,
        }  # fmt: skip
        if before > after:
            message = f"{to.name} had {before} of {posts} {subject} posts open; after the moves {after}."
            return Reason("fills_gap", message, params)
        if self.before[key] > 0 and before == after:
            message = f"Keeps {subject} at {to.name} at {self.after[key]} of {posts} posts while others leave."
            return Reason("replaces", message, params)
        message = f"Takes up {subject} at {to.name}: {self.after[key]} on {posts} posts after the moves."
        return Reason("joins", message, params)

    def _rules(self, teacher: Teacher, origin: School, to: School) -> list[Reason]:
        settings = self.county.settings
        found = []
        for scope in settings.rate_scopes:
            if scope == "county" or origin.sending:
                where = {"pool": "the sending schools", "county": "the county", "school": origin.name}[scope]
                message = f"Counts towards the rotation rate of {where} (R1)."
                found.append(Reason("counts_rate", message, {"rule": "R1", "scope": scope}))
        for scope in settings.share_scopes:
            if teacher.backbone and (scope == "county" or origin.sending):
                where = {"pool": "the sending schools", "county": "the county"}[scope]
                message = f"Counts towards the backbone share of {where} (R2)."
                found.append(Reason("counts_share", message, {"rule": "R2", "scope": scope}))
        if to.sending and not origin.sending:
            found.append(Reason("counts_up", "Counts as a move up (R3).", {"rule": "R3", "scope": "county"}))
        if teacher.young and origin.group is not None and origin.group == to.group:
            message = f"A young teacher moving inside the group {origin.group} (R4)."
            found.append(Reason("counts_group", message, {"rule": "R4", "scope": origin.group}))
        return found

    def _balance(self, teacher: Teacher, origin: School, to: School) -> list[Reason]:
        if not teacher.backbone:
            return []
        here, there = (origin.id, teacher.stage), (to.id, teacher.stage)
        params = {
            "stage": teacher.stage, "from": origin.name, "to": to.name,
            "from_before": self.stars[here], "from_after": self.stars_after[here],
            "to_before": self.stars[there], "to_after": self.stars_after[there],
        }  # fmt: skip
        message = (
            f"A backbone teacher: {to.name} goes from {self.stars[there]} to {self.stars_after[there]}, "
            f"{origin.name} from {self.stars[here]} to {self.stars_after[here]}."
        )
        return [Reason("backbone", message, params)]

    def _way(self, origin: School, to: School) -> Reason:
        way = "lateral" if origin.sending == to.sending else "down" if origin.sending else "up"
        words = {
            "down": "From a sending school to one that receives.",
            "up": "From a receiving school to a sending school.",
            "lateral": "Between schools of the same kind.",
        }
        return Reason(f"direction_{way}", words[way], {"direction": way})

    def _distance(self, teacher: Teacher, to: School) -> Reason:
        at, target = home(self.county, self.number[teacher.id]), place(to)
        if at is None or target is None:
            return Reason("distance_unknown", "The distance is not known and counts as 0 km.")
        km = distance_km(at, target)
        known = teacher.lat is not None and teacher.lng is not None
        start = "home" if known else "the present school"
        message = f"{km:.1f} km from {start}, at most {self.county.settings.max_km:g} km."
        return Reason("distance", message, {"km": round(km, 1), "from_home": known})

    def _wish(self, teacher: Teacher, to: School) -> list[Reason]:
        if not teacher.preferences:
            return []
        if to.id in teacher.preferences:
            rank = teacher.preferences.index(to.id) + 1
            params = {"rank": rank, "of": len(teacher.preferences)}
            return [Reason("wish", f"Wish number {rank} of {len(teacher.preferences)}.", params)]
        return [Reason("not_wished", "Not among the teacher's wishes.", {"of": len(teacher.preferences)})]

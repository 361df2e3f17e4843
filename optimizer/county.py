"""The problem as the rules see it: everything counted once, before any move.

A *team* is a (school, stage, subject) with posts; it is what a mover arrives at and what the needs tier counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import NamedTuple

from optimizer.problem import Problem, School, Teacher
from optimizer.settings import Settings, exact, share_floor

BALANCED_STAGES = ("primary", "junior")
SMALLEST_BALANCED = 50
PRIORITY_WEIGHT = 2


class Team(NamedTuple):
    """Staff of one subject of one stage in one school. ``school`` is an index into `County.schools`."""

    school: int
    stage: str
    subject: str
    posts: int
    staff: int
    weight: int


@dataclass(frozen=True)
class County:
    """A problem with its counts; build it with `County.of`, from a canonical problem."""

    problem: Problem
    schools: tuple[School, ...]
    teachers: tuple[Teacher, ...]
    school_index: dict[str, int]
    school_of: tuple[int, ...]
    headcount: tuple[int, ...]
    backbones: dict[tuple[int, str], int]
    teams: tuple[Team, ...]
    team_index: dict[tuple[int, str, str], int]

    @classmethod
    def of(cls, problem: Problem) -> County:
        index = {school.id: n for n, school in enumerate(problem.schools)}
        school_of = tuple(index[teacher.school] for teacher in problem.teachers)
        staffed = list(zip(problem.teachers, school_of, strict=True))
        headcount = Counter(school_of)
        staff = Counter((s, teacher.stage, teacher.subject) for teacher, s in staffed)
        backbones = Counter((s, teacher.stage) for teacher, s in staffed if teacher.backbone)
        teams = tuple(
            Team(
                school=s,
                stage=need.stage,
                subject=need.subject,
                posts=need.posts,
                staff=staff[s, need.stage, need.subject],
                weight=PRIORITY_WEIGHT if school.priority else 1,
            )
            for s, school in enumerate(problem.schools)
            for need in school.needs
            if need.posts > 0
        )
        return cls(
            problem=problem,
            schools=problem.schools,
            teachers=problem.teachers,
            school_index=index,
            school_of=school_of,
            headcount=tuple(headcount[s] for s in range(len(problem.schools))),
            backbones=dict(backbones),
            teams=teams,
            team_index={(team.school, team.stage, team.subject): k for k, team in enumerate(teams)},
        )

    @property
    def settings(self) -> Settings:
        return self.problem.settings

    @cached_property
    def eligible(self) -> tuple[int, ...]:
        """Indices of the eligible teachers."""
        return tuple(i for i, teacher in enumerate(self.teachers) if teacher.eligible)

    # -- the limits of the hard rules --

    def seats(self, s: int) -> int:
        """H2: the most staff school `s` may have after the moves."""
        return max(self.schools[s].quota, self.headcount[s])

    def net_loss(self, s: int) -> int:
        """H3: the most staff school `s` may be short of its present number."""
        return max(1, share_floor(self.settings.net_loss_rate, self.headcount[s]))

    def out_cap(self, s: int) -> int:
        """H5: the most teachers who may leave school `s`."""
        return max(1, share_floor(self.settings.out_rate, self.headcount[s]))

    @cached_property
    def move_cap(self) -> int:
        """H6: the most moves in all."""
        return share_floor(self.settings.max_move_rate, len(self.eligible))

    def backbone_floor(self, s: int, stage: str) -> int:
        """H7: the backbone teachers school `s` keeps in `stage`; 0 where it has no pupils there."""
        pupils = self.schools[s].students.get(stage, 0)
        if pupils <= 0:
            return 0
        enough = ceil(exact(self.settings.backbone_floor) * pupils / 100)
        return min(self.backbones.get((s, stage), 0), enough)

    # -- policy counts --

    def sending(self, s: int) -> bool:
        return self.schools[s].sending

    @cached_property
    def young_in_group(self) -> dict[str, int]:
        """R4: the young teachers of each education group, eligible or not."""
        counts: Counter[str] = Counter({s.group: 0 for s in self.schools if s.group is not None})
        for teacher, s in zip(self.teachers, self.school_of, strict=True):
            group = self.schools[s].group
            if group is not None:
                counts[group] += teacher.young
        return dict(sorted(counts.items()))

    def same_group(self, a: int, b: int) -> bool:
        group = self.schools[a].group
        return group is not None and group == self.schools[b].group

    # -- balance --

    @cached_property
    def balanced(self) -> dict[str, list[int]]:
        """T3: for each balanced stage with backbones, its schools of at least 50 pupils."""
        stages: dict[str, list[int]] = {}
        for stage in BALANCED_STAGES:
            rows = [s for s, x in enumerate(self.schools) if x.students.get(stage, 0) >= SMALLEST_BALANCED]
            if sum(self.backbones.get((s, stage), 0) for s in rows):
                stages[stage] = rows
        return stages

    def cv2_term(self, s: int, stage: str, count: int) -> float:
        """T3: what school `s` adds to CV² of `stage` with `count` backbone teachers."""
        pupils, stars = self._totals[stage]
        mean = 100 * stars / pupils
        own = self.schools[s].students[stage]
        return float(own / pupils * ((100 * count / own - mean) / mean) ** 2)

    @cached_property
    def _totals(self) -> dict[str, tuple[int, int]]:
        return {
            stage: (
                sum(self.schools[s].students[stage] for s in rows),
                sum(self.backbones.get((s, stage), 0) for s in rows),
            )
            for stage, rows in self.balanced.items()
        }

"""What every question needs: the solver as a parameter, a clock, and word of how far the answer is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from optimizer.errors import Cancelled
from optimizer.problem import Problem
from optimizer.solution import Solution

LEAST_SECONDS = 0.2


class Solve(Protocol):
    """A solve as the questions use it; `optimizer.solve` is one."""

    def __call__(
        self,
        problem: Problem,
        *,
        cancelled: Callable[[], bool] | None = ...,
        time_limit: float | None = ...,
        without: frozenset[str] = ...,
    ) -> Solution: ...


@dataclass(frozen=True, slots=True)
class Step:
    """How far a long answer is: ``done`` of ``total`` solves, and what the next one asks."""

    stage: str
    done: int
    total: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        return {"stage": self.stage, "done": self.done, "total": self.total, "seconds": round(self.seconds, 3)}


Tell = Callable[[Step], None]
Asked = Callable[[], bool]


@dataclass
class Asking:
    """One question under way: it solves with the time that is left, tells progress and obeys a cancel."""

    solver: Solve
    progress: Tell | None = None
    cancelled: Asked | None = None
    time_limit: float | None = None
    total: int = 0
    done: int = 0
    usual: float = 0.0
    """Seconds that a solve of this problem takes; none is begun with less than half of them left."""
    begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the question was put."""
        return time.monotonic() - self.begun

    def out_of_time(self) -> bool:
        """Whether no further solve should be begun. Raises ``Cancelled`` when asked to stop."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled
        return self.time_limit is not None and self.time_limit - self.seconds < max(LEAST_SECONDS, self.usual / 2)

    def tell(self, stage: str) -> None:
        """Report the stage that begins now."""
        if self.progress is not None:
            self.progress(Step(stage, self.done, max(self.total, self.done), self.seconds))

    def solve(self, problem: Problem, stage: str, *, without: frozenset[str] = frozenset()) -> Solution | None:
        """Solve with what is left of the time; None when nothing is left."""
        if self.out_of_time():
            return None
        self.tell(stage)
        limit = problem.settings.time_limit_s
        if self.time_limit is not None:
            limit = min(limit, self.time_limit - self.seconds)
        found = self.solver(problem, cancelled=self.cancelled, time_limit=limit, without=without)
        self.done += 1
        return found

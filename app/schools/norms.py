"""The staffing norms: how many staff a school should have by its pupils and classes, and how they spread over subjects.

The figures are data (`norms.json`); an installation names a file of its own by `STAFFING_NORMS`.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from flask import current_app

from app.schools.models import School, SchoolStage, Stage

SHIPPED = Path(__file__).with_name("norms.json")
TEACHING_POINT = "218"


@dataclass(frozen=True)
class StageNorm:
    """The norm of one stage. `staff_per_class` counts only where it gives more."""

    pupils_per_staff: Fraction
    staff_per_class: int
    shares: Mapping[str, int]


@dataclass(frozen=True)
class Norms:
    """The norms of all stages, and those of small village schools and teaching points."""

    stages: Mapping[Stage, StageNorm]
    small_school_pupils: int
    small_school_staff_per_class: int


@lru_cache(maxsize=4)
def load(path: Path) -> Norms:
    """Read a file of norms."""
    data = json.loads(path.read_text(encoding="utf-8"))
    stages = {
        Stage(name): StageNorm(Fraction(one["pupils_per_staff"]), one.get("staff_per_class", 0), one["shares"])
        for name, one in data["stages"].items()
    }
    return Norms(stages, data["small_school_pupils"], data["small_school_staff_per_class"])


def current() -> Norms:
    """The norms of this installation."""
    return load(Path(current_app.config.get("STAFFING_NORMS") or SHIPPED))


def is_small(school: School, stages: Iterable[SchoolStage], norms: Norms) -> bool:
    """Whether the school is a village school or teaching point below the limit of pupils."""
    is_village = school.locality == "rural" or school.kind_code == TEACHING_POINT
    return is_village and sum(s.pupils for s in stages) < norms.small_school_pupils


def staff_of(stage: SchoolStage, norms: Norms, *, small: bool) -> int:
    """Staff of a stage by the norm: by pupils, rounded up; by classes where that gives more and applies."""
    norm = norms.stages[stage.stage]
    by_pupils = math.ceil(Fraction(stage.pupils) / norm.pupils_per_staff)
    a_class = max(norm.staff_per_class, norms.small_school_staff_per_class if small else 0)
    return max(by_pupils, stage.classes * a_class)


def apportion(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Split a whole number by shares, largest remainders first, so that the parts add up to it."""
    size = sum(shares.values())
    parts = {key: total * share // size for key, share in shares.items()}
    rest = {key: total * share % size for key, share in shares.items()}
    for key in sorted(shares, key=lambda key: -rest[key])[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def proposal(school: School, norms: Norms) -> dict[tuple[Stage, str], int]:
    """Posts by stage and subject for a school whose stages are loaded."""
    small = is_small(school, school.stages, norms)
    found: dict[tuple[Stage, str], int] = {}
    for stage in school.stages:
        parts = apportion(staff_of(stage, norms, small=small), norms.stages[stage.stage].shares)
        found |= {(stage.stage, subject): posts for subject, posts in parts.items()}
    return found


def staff_by_norm(school: School, norms: Norms) -> int:
    """Staff of the whole school by the norm."""
    small = is_small(school, school.stages, norms)
    return sum(staff_of(stage, norms, small=small) for stage in school.stages)

"""The room's tables, by theme."""

from app.growth.models.draws import DrawChain, DrawnLesson, FrozenDrawError, LessonStatus, WeeklyDraw
from app.growth.models.programmes import (
    IN_COURSE,
    GrowthProgramme,
    PlaceStatus,
    ProgrammeKind,
    ProgrammePlace,
    ProgrammeReport,
)

__all__ = [
    "IN_COURSE",
    "DrawChain",
    "DrawnLesson",
    "FrozenDrawError",
    "GrowthProgramme",
    "LessonStatus",
    "PlaceStatus",
    "ProgrammeKind",
    "ProgrammePlace",
    "ProgrammeReport",
    "WeeklyDraw",
]

"""The room's tables, by theme."""

from app.growth.models.draws import DrawChain, DrawnLesson, FrozenDrawError, LessonStatus, WeeklyDraw
from app.growth.models.groups import GRADES, GroupMember, GroupRole, GrowthGroup, StationedSchool
from app.growth.models.ladder import (
    LIVE,
    OWN,
    RANKED,
    LadderApplication,
    LadderEvidence,
    LadderReview,
    LadderReviewer,
    LadderRound,
    LadderRung,
    LadderStatus,
    RoundStatus,
)
from app.growth.models.programmes import (
    IN_COURSE,
    GrowthProgramme,
    PlaceStatus,
    ProgrammeKind,
    ProgrammePlace,
    ProgrammeReport,
)

__all__ = [
    "GRADES",
    "IN_COURSE",
    "LIVE",
    "OWN",
    "RANKED",
    "DrawChain",
    "DrawnLesson",
    "FrozenDrawError",
    "GroupMember",
    "GroupRole",
    "GrowthGroup",
    "GrowthProgramme",
    "LadderApplication",
    "LadderEvidence",
    "LadderReview",
    "LadderReviewer",
    "LadderRound",
    "LadderRung",
    "LadderStatus",
    "LessonStatus",
    "PlaceStatus",
    "ProgrammeKind",
    "ProgrammePlace",
    "ProgrammeReport",
    "RoundStatus",
    "StationedSchool",
    "WeeklyDraw",
]

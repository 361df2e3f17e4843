"""The room's tables, by theme."""

from app.rotation.models.answers import AnswerKind, ScenarioAnswer
from app.rotation.models.plans import PlanReview, PlanStatus, ReviewAction, RotationPlan, TeacherWish
from app.rotation.models.publications import Posting, PostingStatus, Publication
from app.rotation.models.runs import LeftOut, ProposalRun, RunCounty
from app.rotation.models.scenarios import (
    Decision,
    DecisionKind,
    Direction,
    ProposedMove,
    Scenario,
    ScenarioStatus,
    Snapshot,
)

__all__ = [
    "AnswerKind",
    "Decision",
    "DecisionKind",
    "Direction",
    "LeftOut",
    "PlanReview",
    "PlanStatus",
    "Posting",
    "PostingStatus",
    "ProposalRun",
    "ProposedMove",
    "Publication",
    "ReviewAction",
    "RotationPlan",
    "RunCounty",
    "Scenario",
    "ScenarioAnswer",
    "ScenarioStatus",
    "Snapshot",
    "TeacherWish",
]

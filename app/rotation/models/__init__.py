"""The room's tables, by theme."""

from app.rotation.models.answers import AnswerKind, ScenarioAnswer
from app.rotation.models.plans import PlanReview, PlanStatus, ReviewAction, RotationPlan, TeacherWish
from app.rotation.models.publications import Posting, PostingStatus, Publication
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
    "PlanReview",
    "PlanStatus",
    "Posting",
    "PostingStatus",
    "ProposedMove",
    "Publication",
    "ReviewAction",
    "RotationPlan",
    "Scenario",
    "ScenarioAnswer",
    "ScenarioStatus",
    "Snapshot",
    "TeacherWish",
]

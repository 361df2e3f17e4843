"""The room's tables, by theme."""

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
    "ScenarioStatus",
    "Snapshot",
    "TeacherWish",
]

"""One plan a kind: what a row is about, which record it means, how it is written."""

from app.imports.kinds.base import ChangedRow, Context, Existing, NewRow, Plan, Rows
from app.imports.kinds.certificates import OtherCertificatePlan, QualificationPlan
from app.imports.kinds.facts import CircumstancePlan, HonourPlan, RotationPlan
from app.imports.kinds.mentors import MentorPairPlan
from app.imports.kinds.records import AppraisalPlan, DegreePlan, TitlePlan
from app.imports.kinds.schools import PostPlan, SchoolPlan
from app.imports.kinds.teachers import TeacherPlan
from app.imports.models import ImportKind

PLANS: dict[ImportKind, type[Plan]] = {
    plan.kind: plan
    for plan in (
        SchoolPlan,
        PostPlan,
        TeacherPlan,
        HonourPlan,
        RotationPlan,
        CircumstancePlan,
        QualificationPlan,
        OtherCertificatePlan,
        TitlePlan,
        AppraisalPlan,
        DegreePlan,
        MentorPairPlan,
    )
}


def register(plan: type[Plan]) -> None:
    """Take the plan of a room above this one, which says so in its set-up; the kind and its sheet are known here."""
    PLANS[plan.kind] = plan


__all__ = ["PLANS", "ChangedRow", "Context", "Existing", "NewRow", "Plan", "Rows", "register"]

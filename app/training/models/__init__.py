"""What this room keeps, by theme."""

from app.training.models.certificates import CertificateCounter, CompletionCertificate
from app.training.models.enrolments import (
    HOLDING,
    AttendanceMark,
    AttendanceSource,
    Enrolment,
    EnrolmentStatus,
    TrainingResult,
)
from app.training.models.feedback import QUESTIONS, SessionFeedback
from app.training.models.money import TrainingBudget, TrainingSpending
from app.training.models.rosters import RosterImport, RosterStatus
from app.training.models.sessions import (
    Admission,
    SessionQuota,
    SessionStatus,
    TrainingProgramme,
    TrainingSession,
)

__all__ = [
    "HOLDING",
    "QUESTIONS",
    "Admission",
    "AttendanceMark",
    "AttendanceSource",
    "CertificateCounter",
    "CompletionCertificate",
    "Enrolment",
    "EnrolmentStatus",
    "RosterImport",
    "RosterStatus",
    "SessionFeedback",
    "SessionQuota",
    "SessionStatus",
    "TrainingBudget",
    "TrainingProgramme",
    "TrainingResult",
    "TrainingSession",
    "TrainingSpending",
]

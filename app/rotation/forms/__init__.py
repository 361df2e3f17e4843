"""What people type in this room."""

from app.rotation.forms.plans import NewPlanForm, NoticeForm, PlanForm, PublishForm, ReasonForm, SubmitForm
from app.rotation.forms.postings import ClosingForm, RecallForm, ReportForm
from app.rotation.forms.runs import RunForm
from app.rotation.forms.settings import ScenarioForm, SettingsForm, SolveAgainForm
from app.rotation.forms.wishes import OwnWishesForm, WishesForm, WishImportForm

__all__ = [
    "ClosingForm",
    "NewPlanForm",
    "NoticeForm",
    "OwnWishesForm",
    "PlanForm",
    "PublishForm",
    "ReasonForm",
    "RecallForm",
    "ReportForm",
    "RunForm",
    "ScenarioForm",
    "SettingsForm",
    "SolveAgainForm",
    "SubmitForm",
    "WishImportForm",
    "WishesForm",
]

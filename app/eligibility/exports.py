"""The list of verdicts as a table."""

from flask_babel import lazy_gettext as _l

from app.codes.queries import label
from app.eligibility.judging import Reason
from app.eligibility.models import EligibilityVerdict
from app.eligibility.wording import reason_text
from app.web.exports import Column


def _words(verdict: EligibilityVerdict) -> str:
    return " ".join(reason_text(Reason.from_dict(item)) for item in verdict.reasons)


COLUMNS = (
    Column(_l("School"), "school.name"),
    Column(_l("Name"), "teacher.name"),
    Column(_l("Work number"), "teacher.staff_number"),
    Column(_l("Sex"), "teacher.sex"),
    Column(_l("Date of birth"), "teacher.birth_on"),
    Column(_l("Age"), lambda v: v.age if v.age >= 0 else None),
    Column(_l("Stage"), "teacher.stage"),
    Column(_l("Subject"), lambda v: label("subject", v.teacher.subject_code)),
    Column(_l("Joined this school"), "teacher.joined_school_on"),
    Column(_l("Months in this school"), lambda v: v.service_months if v.service_months >= 0 else None),
    Column(_l("Eligible"), "is_eligible"),
    Column(_l("In the denominator"), "is_counted"),
    Column(_l("In the sending pool"), "is_in_pool"),
    Column(_l("Backbone teacher"), "is_backbone"),
    Column(_l("Young teacher"), "is_young"),
    Column(_l("Reasons"), _words),
)

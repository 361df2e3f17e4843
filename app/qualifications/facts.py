"""What the log's entries about certificates, types and records are called."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.audit import labels
from app.qualifications.kinds import Category, SubjectMatch, Types
from app.qualifications.models import CertificateState, TitleKind
from app.teachers import facts as teacher_facts
from app.web.facts import DAY, MONTH, Fact, Vocabulary


class _TypeFact(Fact):
    """The type of a certificate, by its name; the log knows no county, so one that a county added keeps its code."""

    def show(self, value: Any) -> Any:
        return Types().label(str(value)) if value else ""


_FACTS = (
    Fact("number", _l("Certificate number")),
    Fact("subject_code", _l("Subject on the certificate"), table="subject"),
    Fact("title", _l("Name on the certificate")),
    Fact("issued_by", _l("Issuing authority")),
    Fact("issued_on", _l("Issued on"), DAY),
    Fact("valid_to", _l("Valid to"), DAY),
    Fact("state", _l("Stands at"), values=CertificateState),
    Fact("files", _l("Files")),
    Fact("registered_on", _l("Registered on"), DAY),
    Fact("conclusion_code", _l("Registration conclusion"), table="registration_conclusion"),
    Fact("note", _l("Note")),
    _TypeFact("type_code", _l("Type of certificate")),
    Fact("name_zh", _l("Name in Chinese")),
    Fact("name_en", _l("Name in English")),
    Fact("category", _l("Kind of certificate"), values=Category),
    Fact("aliases", _l("Other names")),
    Fact("is_active", _l("In use")),
    Fact("needs_number", _l("Has a number")),
    Fact("validity_months", _l("Valid for so many months")),
    Fact("registration_months", _l("Registered every so many months")),
    Fact("is_overdue_barring", _l("Without registration in time one may not teach")),
    Fact("is_renewable", _l("Can be renewed")),
    Fact("stages", _l("Entitles to teach in the stages"), table="stage"),
    Fact("subject_match", _l("Subject"), values=SubjectMatch),
    Fact("covers", _l("Replaces")),
    Fact("covers_subject", _l("In the subject"), table="subject"),
    Fact("subject_covers", _l("It replaces also")),
    Fact("needs", _l("Who needs it")),
)
HISTORY = Vocabulary(
    {fact.name: fact for fact in _FACTS},
    {
        "certificate.add": (_l("Entered"), "plus"),
        "certificate.edit": (_l("Changed"), "pencil"),
        "certificate.withdraw": (_l("Taken back"), "arrow-back-up"),
        "certificate.remove": (_l("Removed"), "trash"),
        "certificate.check": (_l("Checked by the school"), "check"),
        "certificate.verify": (_l("Verified by the county"), "shield-check"),
        "certificate.return": (_l("Sent back to mend"), "arrow-back-up"),
        "certificate.revoke": (_l("Revoked"), "ban"),
        "certificate.register": (_l("Registration entered"), "clipboard-check"),
        "certificate.unregister": (_l("Registration removed"), "trash"),
        "certificate_type.add": (_l("Type added"), "plus"),
        "certificate_type.edit": (_l("Type changed"), "pencil"),
        "certificate_type.restore": (_l("Put back to what ships"), "arrow-back-up"),
    },
)
_OF_TEACHERS = (
    Fact("education_level", _l("Level of education"), table="education_level"),
    Fact("institution", _l("School or university")),
    Fact("major", _l("Field of study")),
    Fact("is_teacher_training", _l("Teacher training")),
    Fact("started_on", _l("Began"), MONTH),
    Fact("graduated_on", _l("Graduated"), MONTH),
    Fact("degree_level_code", _l("Degree"), table="degree_level"),
    Fact("degree_on", _l("Degree conferred"), MONTH),
    Fact("study_mode_code", _l("Way of studying"), table="study_mode"),
    Fact("title_kind", _l("Obtained or employed"), values=TitleKind),
    Fact("title_code", _l("Professional title"), table="title"),
    Fact("given_by", _l("Given by")),
    Fact("number", _l("Document number")),
    Fact("appraisal_year", _l("Year")),
    Fact("result_code", _l("Appraisal result"), table="appraisal"),
    Fact("unit_name", _l("Appraised by")),
    Fact("confirmed_on", _l("Confirmed on"), DAY),
)
_ACTIONS_OF_TEACHERS = {
    "degree.add": (_l("Course of study added"), "school"),
    "degree.edit": (_l("Course of study changed"), "school"),
    "degree.remove": (_l("Course of study removed"), "trash"),
    "title.add": (_l("Title added"), "medal"),
    "title.edit": (_l("Title changed"), "medal"),
    "title.remove": (_l("Title removed"), "trash"),
    "appraisal.add": (_l("Appraisal added"), "clipboard-check"),
    "appraisal.edit": (_l("Appraisal changed"), "clipboard-check"),
    "appraisal.remove": (_l("Appraisal removed"), "trash"),
}
OBJECTS = {
    "certificate": _l("Certificate"),
    "certificate_type": _l("Type of certificate"),
    "degree": _l("Course of study"),
    "title": _l("Professional title"),
    "appraisal": _l("Yearly appraisal"),
}
VERBS = {
    "check": _l("checked"),
    "verify": _l("verified"),
    "revoke": _l("revoked"),
    "register": _l("registration entered"),
    "unregister": _l("registration removed"),
    "certificate_type.restore": _l("put back to what ships"),
}


def register() -> None:
    """Teach the log and the teachers' history these words."""
    for name, label in OBJECTS.items():
        labels.OBJECTS.setdefault(name, label)
    for name, label in VERBS.items():
        labels.VERBS.setdefault(name, label)
    told = dict(teacher_facts.HISTORY.facts) | {fact.name: fact for fact in _OF_TEACHERS}
    actions = dict(teacher_facts.HISTORY.actions) | _ACTIONS_OF_TEACHERS
    object.__setattr__(teacher_facts.HISTORY, "facts", told)
    object.__setattr__(teacher_facts.HISTORY, "actions", actions)

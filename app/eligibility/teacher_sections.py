"""What this room shows on a teacher's page and on a person's own page: the verdict under the rules in force."""

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.eligibility import lists
from app.eligibility.access import READ
from app.eligibility.explaining import explain
from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict
from app.teachers.models import Teacher
from app.teachers.sections import Section, of_oneself, of_teacher

TEMPLATE = "eligibility/_section.html"


def register() -> None:
    """Bring the sections along."""
    of_teacher.register("eligibility", _of_teacher, permission=READ, order=60)
    of_oneself.register("eligibility", _of_oneself, permission=Permission.OWN_RECORD, order=60)


def _of_teacher(teacher: Teacher) -> Section | None:
    """The newest verdict, where its reader may see this teacher's."""
    for rule_set, verdict in lists.newest_verdicts_of(teacher.id):
        if lists.find_verdict(rule_set.id, teacher.id, current_user.grants) is not None:
            return _section(rule_set, verdict, may_open=True)
    return None


def _of_oneself(teacher: Teacher) -> Section | None:
    """One's own newest verdict; nobody else's is ever shown."""
    if teacher.id != current_user.teacher_id:
        return None
    found = next(iter(lists.newest_verdicts_of(teacher.id)), None)
    return _section(*found, may_open=False) if found else None


def _section(rule_set: EligibilityRuleSet, verdict: EligibilityVerdict, *, may_open: bool) -> Section:
    context: dict[str, Any] = {
        "rule_set": rule_set,
        "verdict": verdict,
        "explanation": explain(rule_set, verdict),
        "may_open": may_open,
    }
    return Section(_("Eligibility for rotation"), TEMPLATE, context)

"""Actions in words. An action is `object.verb`, such as `teacher.edit`; a word that is not known is shown as it is."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

OBJECTS: dict[str, LazyString] = {
    "account": _l("Account"),
    "audit": _l("Audit log"),
    "backup": _l("Backup"),
    "circumstance": _l("Circumstance"),
    "code": _l("Code table"),
    "eligibility": _l("Eligibility rules"),
    "export": _l("Export"),
    "honour": _l("Honour"),
    "identity": _l("Identity number"),
    "import": _l("Import"),
    "job": _l("Job"),
    "keys": _l("Encryption keys"),
    "region": _l("Region"),
    "rotation.plan": _l("Plan"),
    "rotation.posting": _l("Posting"),
    "rotation.publication": _l("Published list"),
    "rotation.scenario": _l("Scenario"),
    "rotation.wish": _l("Lock, ban or stay"),
    "school": _l("School"),
    "teacher": _l("Teacher"),
}
VERBS: dict[str, LazyString] = {
    "add": _l("added"),
    "apply": _l("applied"),
    "approve": _l("approved"),
    "backup": _l("backed up"),
    "cancel": _l("cancelled"),
    "change": _l("changed"),
    "choose": _l("chosen"),
    "create": _l("created"),
    "delete": _l("deleted"),
    "discard": _l("discarded"),
    "edit": _l("edited"),
    "end_sessions": _l("sessions ended"),
    "give_role": _l("role given"),
    "in_force": _l("put in force"),
    "judge": _l("judged"),
    "load": _l("loaded"),
    "lock": _l("locked"),
    "login": _l("signed in"),
    "password": _l("password changed"),
    "publish": _l("published"),
    "remove": _l("removed"),
    "reset_password": _l("password reset"),
    "reset_second_factor": _l("second factor reset"),
    "restore": _l("restored"),
    "return": _l("returned"),
    "reveal": _l("revealed"),
    "rotate": _l("renewed"),
    "set": _l("set"),
    "solve": _l("sent to be solved"),
    "submit": _l("submitted"),
    "take_role": _l("role taken away"),
    "undo": _l("undone"),
    "upload": _l("uploaded"),
}


def action_label(action: str) -> str:
    """An action in the person's language."""
    head, _dot, verb = action.rpartition(".")
    if not head:
        return str(OBJECTS.get(action, action))
    what, done = OBJECTS.get(head, head), VERBS.get(verb, verb)
    return f"{what}: {done}"

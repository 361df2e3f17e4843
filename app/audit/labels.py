"""Actions in words. An action is `object.verb`, such as `teacher.edit`; a word that is not known is shown as it is.

Where a verb means something else of one object, the whole action has its words.
"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.audit.operations import SYSTEM

OBJECTS: dict[str, LazyString] = {
    "account": _l("Account"),
    "audit": _l("Audit log"),
    "backup": _l("Backup"),
    "circumstance": _l("Circumstance"),
    "code": _l("Code table"),
    "credit": _l("Claim of training hours"),
    "credit_rules": _l("Credit rules"),
    "credit_stand_in": _l("Stand-in for reviewing"),
    "draw": _l("Weekly draw"),
    "eligibility": _l("Eligibility rules"),
    "export": _l("Export"),
    "group": _l("Education group"),
    "honour": _l("Honour"),
    "identity": _l("Identity number"),
    "import": _l("Import"),
    "job": _l("Job"),
    "keys": _l("Encryption keys"),
    "posts": _l("Subject posts"),
    "region": _l("Region"),
    "rotation": _l("Earlier rotations"),
    "rotation.decision": _l("Lock, ban or stay"),
    "rotation.plan": _l("Plan"),
    "rotation.posting": _l("Posting"),
    "rotation.publication": _l("Published list"),
    "rotation.run": _l("Run over several counties"),
    "rotation.scenario": _l("Scenario"),
    "rotation.wish": _l("Wishes"),
    "school": _l("School"),
    "teacher": _l("Teacher"),
    "training.attendance": _l("Attendance"),
    "training.budget": _l("Training budget"),
    "training.certificate": _l("Certificate of completion"),
    "training.enrolment": _l("Enrolment"),
    "training.programme": _l("Programme"),
    "training.result": _l("Training result"),
    "training.roster": _l("List of results"),
    "training.session": _l("Training session"),
    "training.spending": _l("Training expense"),
}
VERBS: dict[str, LazyString] = {
    "add": _l("added"),
    "apply": _l("applied"),
    "approve": _l("approved"),
    "backup": _l("backed up"),
    "cancel": _l("cancelled"),
    "change": _l("changed"),
    "choose": _l("chosen"),
    "close": _l("closed down"),
    "create": _l("created"),
    "credit.change_hours": _l("hours changed"),
    "credit.check": _l("checked by the school"),
    "credit.confirm": _l("confirmed by the county"),
    "credit.dispute": _l("objected to"),
    "credit.from_source": _l("taken over from its source"),
    "credit.take_back": _l("taken back"),
    "delete": _l("deleted"),
    "discard": _l("discarded"),
    "download": _l("downloaded"),
    "draw": _l("drawn"),
    "edit": _l("edited"),
    "end": _l("ended"),
    "end_sessions": _l("sessions ended"),
    "excuse": _l("excused"),
    "give_role": _l("role given"),
    "in_force": _l("put in force"),
    "join": _l("joined a group"),
    "judge": _l("judged"),
    "leave": _l("left"),
    "load": _l("loaded"),
    "lock": _l("locked"),
    "login": _l("signed in"),
    "notice": _l("public notice edited"),
    "open": _l("opened"),
    "password": _l("password changed"),
    "propose": _l("taken from the norm"),
    "publish": _l("published"),
    "recall": _l("recalled"),
    "record": _l("put on record"),
    "relocate": _l("working school changed"),
    "remove": _l("removed"),
    "reopen": _l("opened for a revision"),
    "report": _l("reported for duty"),
    "reset_password": _l("password reset"),
    "reset_second_factor": _l("second factor reset"),
    "restore": _l("restored"),
    "return": _l("returned"),
    "reveal": _l("revealed"),
    "rotate": _l("renewed"),
    "save": _l("saved"),
    "school.reopen": _l("opened again"),
    "set": _l("set"),
    "settings": _l("settings edited"),
    "solve": _l("sent to be solved"),
    "subjects": _l("further subjects edited"),
    "submit": _l("submitted"),
    "take_role": _l("role taken away"),
    "teacher.return": _l("put back on the roster"),
    "transfer": _l("employing school changed"),
    "undo": _l("undone"),
    "upload": _l("uploaded"),
    "withdraw": _l("withdrawn"),
    "confirm": _l("decided"),
    "decline": _l("declined"),
    "enrol": _l("put on the list"),
    "issue": _l("issued"),
    "move_up": _l("moved up from the waiting list"),
    "nominate": _l("nominated"),
    "print": _l("printed"),
    "quotas": _l("places shared out"),
    "revoke": _l("revoked"),
    "scan": _l("signed in by telephone"),
    "status": _l("status changed"),
    "training.enrolment.apply": _l("applied for"),
}


def actor_name(label: str) -> str:
    """Who did something: a person as the log named them then, or the system itself."""
    return str(_("The system")) if label == SYSTEM.label else label


def action_label(action: str) -> str:
    """An action in the person's language."""
    head, _dot, verb = action.rpartition(".")
    if not head:
        return str(OBJECTS.get(action, action))
    what, done = OBJECTS.get(head, head), VERBS.get(action) or VERBS.get(verb, verb)
    return str(_("%(record)s: %(action)s", record=what, action=done))

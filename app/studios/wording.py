"""How the log tells this room's entries."""

from flask_babel import lazy_gettext as _l

from app.audit import labels
from app.schools.models import Stage
from app.studios.models import MemberRole, MembershipStatus, Studio, StudioKind, StudioStatus
from app.web.facts import DAY, Fact, Vocabulary, vocabulary_of

OBJECTS = {
    "studio": _l("Studio"),
    "studio.person": _l("People of a studio"),
    "studio.plan": _l("Yearly plan of a studio"),
    "studio.meeting": _l("Activity of a studio"),
    "studio.observation": _l("Observed lesson"),
    "studio.outcome": _l("Outcome of a studio"),
    "studio.spending": _l("Expense of a studio"),
    "studio.grant": _l("Grant to a studio"),
    "studio.lesson": _l("Request for a lesson"),
    "studio.appraisal": _l("Appraisal of a studio"),
    "studio.form": _l("Scoring form of studios"),
}
PERSON_VERBS = {
    "apply": _l("applied to join"),
    "accept": _l("accepted"),
    "answer": _l("gave an answer"),
    "ask_to_leave": _l("asked to leave"),
    "declined": _l("declined"),
    "withdrawn": _l("did not join"),
    "delete_note": _l("note deleted"),
    "dismiss": _l("place ended"),
    "invite": _l("invited"),
    "keep": _l("may stay"),
    "move": _l("moved to another member"),
    "move_up": _l("moved up to a place"),
    "note": _l("note added"),
    "plan": _l("aims set"),
}
VERBS = {f"studio.person.{verb}": label for verb, label in PERSON_VERBS.items()} | {
    "studio.apply": _l("applied for the studio"),
    "studio.decline": _l("declined"),
    "studio.message": _l("message sent"),
    "studio.settings": _l("rules of the county set"),
    "studio.merge": _l("merged"),
    "studio.renew": _l("cycle renewed"),
    "studio.resume": _l("went on"),
    "studio.suspend": _l("suspended"),
    "studio.meeting.attend": _l("attendance set"),
    "studio.lesson.ask": _l("asked for"),
    "studio.lesson.accept": _l("accepted"),
    "studio.lesson.give": _l("given"),
    "studio.lesson.give_up": _l("gave it up"),
    "studio.lesson.confirm": _l("confirmed"),
    "studio.appraisal.open": _l("opened"),
    "studio.appraisal.review": _l("reviewed"),
    "studio.appraisal.decide": _l("decided"),
}
FACTS = (
    Fact("name", _l("Name of the studio")),
    Fact("kind", _l("Kind"), values=StudioKind),
    Fact("level_code", _l("Level"), table="honour_level"),
    Fact("stage", _l("Stage"), values=Stage),
    Fact("subject_code", _l("Subject"), table="subject"),
    Fact("is_network", _l("Works over the network as well")),
    Fact("host", _l("Host")),
    Fact("licence_number", _l("Licence number")),
    Fact("begins_on", _l("Begins on"), DAY),
    Fact("ends_on", _l("Cycle ends on"), DAY),
    Fact("closed_on", _l("Closed on"), DAY),
    Fact("cycle_years", _l("Years of a cycle")),
    Fact("cycle_no", _l("Cycle")),
    Fact("member_places", _l("Members of a host")),
    Fact("mentee_places", _l("Mentees of a member")),
    Fact("honour_types", _l("Titles of members"), table="honour_type"),
    Fact("honour_levels", _l("Levels of these titles"), table="honour_level"),
    Fact("host_honour_types", _l("Titles of hosts"), table="honour_type"),
    Fact("host_honour_levels", _l("Levels of these titles"), table="honour_level"),
    Fact("status", _l("Status"), values=StudioStatus),
    Fact("into", _l("Merged into")),
    Fact("subject", _l("Subject of the message")),
    Fact("people", _l("People of the studio")),
)
ACTIONS = {
    "studio.apply": (_l("Applied for"), "send"),
    "studio.edit": (_l("Edited"), "pencil"),
    "studio.return": (_l("Returned to be completed"), "arrow-back-up"),
    "studio.decline": (_l("Not approved"), "x"),
    "studio.approve": (_l("Approved, licence given"), "certificate"),
    "studio.suspend": (_l("Suspended"), "player-pause"),
    "studio.resume": (_l("Went on"), "player-play"),
    "studio.renew": (_l("Cycle renewed"), "refresh"),
    "studio.merge": (_l("Merged into another"), "arrows-exchange"),
    "studio.close": (_l("Closed for good"), "archive"),
    "studio.message": (_l("Message sent"), "mail"),
}
STUDIO_WORDS = vocabulary_of(Studio.__tablename__, Vocabulary({fact.name: fact for fact in FACTS}, ACTIONS))
PERSON_FACTS = (
    Fact("role", _l("Role"), values=MemberRole),
    Fact("status", _l("Status"), values=MembershipStatus),
    Fact("to_on", _l("In the studio until"), DAY),
    Fact("leader", _l("Led by")),
    Fact("agrees", _l("Agrees")),
)
PERSON_ACTIONS = {
    "studio.person.apply": (_l("Applied to join"), "send"),
    "studio.person.invite": (_l("Invited"), "mail"),
    "studio.person.accept": (_l("Accepted"), "check"),
    "studio.person.move_up": (_l("Moved up to a place"), "arrow-up"),
    "studio.person.declined": (_l("Declined"), "x"),
    "studio.person.withdrawn": (_l("Did not join"), "x"),
    "studio.person.move": (_l("Moved to another member"), "arrows-exchange"),
    "studio.person.leave": (_l("Left the studio"), "transfer-out"),
    "studio.person.ask_to_leave": (_l("Asked to leave"), "user-exclamation"),
    "studio.person.answer": (_l("Answered"), "message"),
    "studio.person.keep": (_l("May stay"), "user-check"),
    "studio.person.dismiss": (_l("Place ended"), "user-minus"),
    "studio.person.note": (_l("Note added"), "note"),
    "studio.person.delete_note": (_l("Note deleted"), "trash"),
    "studio.person.plan": (_l("Aims set"), "target"),
}
PERSON_WORDS = vocabulary_of(
    "studio_membership", Vocabulary({fact.name: fact for fact in PERSON_FACTS}, PERSON_ACTIONS)
)


def register() -> None:
    """Give the log's own pages the words of this room; a word that another room gave stays."""
    for name, label in OBJECTS.items():
        labels.OBJECTS.setdefault(name, label)
    for name, label in VERBS.items():
        labels.VERBS.setdefault(name, label)

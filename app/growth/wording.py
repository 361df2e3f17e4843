"""How the log tells this room's entries about the ladder, groups and stays."""

from flask_babel import lazy_gettext as _l

from app.audit import labels
from app.growth.models import GroupRole, LadderApplication, RoundStatus
from app.web.facts import DAY, Fact, Vocabulary, vocabulary_of

OBJECTS = {
    "ladder": _l("Ladder of backbone titles"),
    "growth_group": _l("Growth group"),
    "stationing": _l("Stationing of researchers"),
}
VERBS = {
    "programme.wait": _l("put on the waiting list"),
    "ladder.add_rung": _l("rung added"),
    "ladder.edit_rung": _l("rung changed"),
    "ladder.edit_round": _l("round changed"),
    "ladder.cancel": _l("round called off"),
    "ladder.review": _l("review begun"),
    "ladder.announce": _l("public notice begun"),
    "ladder.support": _l("recommended by the school"),
    "ladder.refuse": _l("not recommended"),
    "ladder.return": _l("returned to be completed"),
    "ladder.score": _l("scored"),
    "ladder.drop": _l("taken off the public notice"),
    "ladder.recognise": _l("recognised"),
    "ladder.revoke": _l("recognition withdrawn"),
    "growth_group.add_member": _l("member added"),
    "growth_group.end_member": _l("membership ended"),
}
FACTS = (
    Fact("evidence", _l("Evidence")),
    Fact("score", _l("Score")),
    Fact("valid_to", _l("Valid to"), DAY),
    Fact("status", _l("Status"), values=RoundStatus),
    Fact("role", _l("Role"), values=GroupRole),
)
ACTIONS = {
    "ladder.apply": (_l("Applied"), "send"),
    "ladder.change": (_l("Changed by the teacher"), "pencil"),
    "ladder.withdraw": (_l("Taken back"), "minus"),
    "ladder.support": (_l("Recommended by the school"), "user-check"),
    "ladder.refuse": (_l("Not recommended"), "x"),
    "ladder.return": (_l("Returned to be completed"), "arrow-back-up"),
    "ladder.score": (_l("A reviewer scored"), "clipboard-check"),
    "ladder.drop": (_l("Taken off the public notice"), "x"),
    "ladder.recognise": (_l("Recognised"), "award"),
    "ladder.revoke": (_l("Recognition withdrawn"), "ban"),
}
LADDER_WORDS = vocabulary_of(LadderApplication.__tablename__, Vocabulary({fact.name: fact for fact in FACTS}, ACTIONS))


def register() -> None:
    """Give the log's own pages the words of this room; a word that another room gave stays."""
    for name, label in OBJECTS.items():
        labels.OBJECTS.setdefault(name, label)
    for name, label in VERBS.items():
        labels.VERBS.setdefault(name, label)

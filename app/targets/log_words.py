"""How the log tells what was done to packs and to filled-in figures."""

from flask_babel import lazy_gettext as _l

from app.audit import labels
from app.targets.models import FilledFigure, PolicyPack
from app.web.facts import DAY, Fact, Vocabulary, vocabulary_of

OBJECTS = {"pack": _l("Policy pack"), "figure": _l("Filled-in figure")}
VERBS = {
    "pack.copy": _l("draft made"),
    "pack.adopt": _l("put in force"),
    "figure.fill": _l("filled in"),
    "figure.withdraw": _l("taken back"),
}
PACK_FACTS = (
    Fact("sha256", _l("Digest of the text")),
    Fact("based_on", _l("Made from")),
    Fact("adopted_from", _l("In force from"), DAY),
    Fact("adopted_to", _l("In force until"), DAY),
)
FIGURE_FACTS = (
    Fact("figure", _l("Figure")),
    Fact("on", _l("As of"), DAY),
    Fact("numerator", _l("Value")),
    Fact("denominator", _l("Out of")),
    Fact("files", _l("Files of evidence")),
)
ACTIONS = {
    "pack.copy": (_l("Draft made"), "copy"),
    "pack.edit": (_l("Changed"), "pencil"),
    "pack.adopt": (_l("Put in force"), "gavel"),
    "pack.end": (_l("Ended"), "archive"),
}
PACK_HISTORY = vocabulary_of(PolicyPack.__tablename__, Vocabulary({fact.name: fact for fact in PACK_FACTS}, ACTIONS))
vocabulary_of(FilledFigure.__tablename__, Vocabulary({fact.name: fact for fact in FIGURE_FACTS}, {}))


def register() -> None:
    """Give the log's own pages these words; a word that another room gave stays."""
    for name, label in OBJECTS.items():
        labels.OBJECTS.setdefault(name, label)
    for name, label in VERBS.items():
        labels.VERBS.setdefault(name, label)

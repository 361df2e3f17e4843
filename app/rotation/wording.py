"""The optimiser's codes in the person's words: rules, scopes, reasons, findings and steps."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.codes.queries import label
from app.rotation.settings import TIER_NAMES

CLAUSES = {"R1": ("LX-01", "HY-01"), "R2": ("LX-02", "HY-01"), "R3": ("LX-01",), "R4": ("LX-03",)}
RULES = {
    "R1": _l("Rotation rate"),
    "R2": _l("Backbone share"),
    "R3": _l("Both directions"),
    "R4": _l("Young teachers inside education groups"),
}
MEANINGS = {
    "R1": _l("Teachers who rotate, of those who meet the conditions"),
    "R2": _l("Backbone teachers among those who rotate"),
    "R3": _l("Moves to sending schools, against moves from them"),
    "R4": _l("Young teachers who change school inside their group"),
}
STEPS = {
    "read": _l("Reading the data"),
    "arcs": _l("Finding who may go where"),
    "build": _l("Building the model"),
    "solve": _l("Solving"),
    "conflict": _l("Looking for the decisions that contradict each other"),
    "verify": _l("Checking the result independently"),
    "strict": _l("Comparing with the proposal that gives nothing up"),
    "explain": _l("Working the reasons out"),
}


class Names:
    """The names behind the ids of a proposal: schools by code, groups by `G` and number."""

    def __init__(self, schools: Mapping[str, str], groups: Mapping[str, str]) -> None:
        self.schools, self.groups = schools, groups

    def school(self, code: str) -> str:
        """A school's name; its code where the school is gone."""
        return self.schools.get(code, code)

    def scope(self, scope: str) -> str:
        """The scope of a policy rule."""
        common = {"pool": _("All sending schools"), "county": _("The whole county")}
        return common.get(scope) or self.groups.get(scope) or self.school(scope)


def step(code: str) -> str:
    """What the solver is at."""
    return str(STEPS.get(code, code))


def tier(code: str | None) -> str:
    """A tier's short name."""
    return str(TIER_NAMES[code]) if code in TIER_NAMES else ""


def reason(item: Mapping[str, Any], names: Names) -> str:
    """One reason of a move, as a sentence."""
    code, params = item["code"], item.get("params", {})
    make = _REASONS.get(code)
    return make(params, names) if make else str(item.get("message", code))


def headline(why: list[dict[str, Any]], names: Names) -> str:
    """The reason that says most about a move: what it does for the receiving school."""
    for wanted in ("fills_gap", "replaces", "joins"):
        for item in why:
            if item["code"] == wanted:
                return reason(item, names)
    return reason(why[0], names) if why else ""


def _subject(params: Mapping[str, Any]) -> str:
    return label("subject", params["subject"])


def _fills_gap(p: Mapping[str, Any], names: Names) -> str:
    return str(
        _(
            "%(school)s lacked %(before)s of %(posts)s posts in %(subject)s; after the moves %(after)s.",
            school=p["school"],
            before=p["open_before"],
            posts=p["posts"],
            subject=_subject(p),
            after=p["open_after"],
        )
    )


def _replaces(p: Mapping[str, Any], names: Names) -> str:
    return str(
        _(
            "Keeps %(subject)s at %(school)s at %(staff)s of %(posts)s posts while others leave.",
            subject=_subject(p),
            school=p["school"],
            staff=p["staff_after"],
            posts=p["posts"],
        )
    )


def _joins(p: Mapping[str, Any], names: Names) -> str:
    return str(
        _(
            "Strengthens %(subject)s at %(school)s: %(staff)s teachers for %(posts)s posts after the moves.",
            subject=_subject(p),
            school=p["school"],
            staff=p["staff_after"],
            posts=p["posts"],
        )
    )


def _backbone(p: Mapping[str, Any], names: Names) -> str:
    return str(
        _(
            "A backbone teacher: %(to)s goes from %(to_before)s to %(to_after)s of them, %(origin)s from"
            " %(from_before)s to %(from_after)s.",
            to=p["to"],
            to_before=p["to_before"],
            to_after=p["to_after"],
            origin=p["from"],
            from_before=p["from_before"],
            from_after=p["from_after"],
        )
    )


def _distance(p: Mapping[str, Any], names: Names) -> str:
    if p.get("from_home"):
        return str(_("%(km)s km from home.", km=p["km"]))
    return str(_("%(km)s km from the present school (the home is not known).", km=p["km"]))


_REASONS = {
    "locked": lambda p, n: _("An officer decided this move."),
    "fills_gap": _fills_gap,
    "replaces": _replaces,
    "joins": _joins,
    "counts_rate": lambda p, n: _("Counts for the rotation rate: %(scope)s.", scope=n.scope(p["scope"])),
    "counts_share": lambda p, n: _("Counts for the backbone share: %(scope)s.", scope=n.scope(p["scope"])),
    "counts_up": lambda p, n: _("Counts as a move to a sending school."),
    "counts_group": lambda p, n: _("A young teacher changing school inside %(group)s.", group=n.scope(p["scope"])),
    "backbone": _backbone,
    "direction_down": lambda p, n: _("From a sending school to another school."),
    "direction_up": lambda p, n: _("From another school to a sending school."),
    "direction_lateral": lambda p, n: _("Between like schools."),
    "distance": _distance,
    "distance_unknown": lambda p, n: _("The distance is not known and counts as 0 km."),
    "wish": lambda p, n: _("The teacher's wish no. %(rank)s of %(of)s.", rank=p["rank"], of=p["of"]),
    "not_wished": lambda p, n: _("Not among the teacher's wishes."),
    "kept": lambda p, n: _("The proposal it is based on had this move too."),
}


def finding(item: Mapping[str, Any], who: str) -> str:
    """One fault of the data, with the name of the school or teacher it is about."""
    make = _FINDINGS.get(item["code"])
    what = make(item.get("params", {})) if make else str(item["message"])
    return str(_("%(who)s: %(what)s", who=who, what=what)) if who else what


_FINDINGS = {
    "negative_count": lambda p: _("%(key)s is negative (%(value)s).", key=p["key"], value=p["value"]),
    "duplicate_id": lambda p: _("appears %(times)s times.", times=p["times"]),
    "duplicate_need": lambda p: _(
        "the posts for %(stage)s %(subject)s are listed %(times)s times.",
        stage=label("stage", p["stage"]),
        subject=label("subject", p["subject"]),
        times=p["times"],
    ),
    "unknown_stage": lambda p: _("there is no stage “%(stage)s”.", stage=p["stage"]),
    "unknown_school": lambda p: _("names the school %(school)s, which is not among the data.", school=p["school"]),
    "unknown_teacher": lambda p: _(
        "a decision names this teacher, who is not in post in the county any more. Take the decision back."
    ),
    "two_locks": lambda p: ngettext(
        "%(times)s decision about where the teacher goes; keep one.",
        "%(times)s decisions about where the teacher goes; keep one.",
        p["times"],
        times=p["times"],
    ),
    "lock_not_eligible": lambda p: _(
        "a decision is about this teacher, who does not meet the conditions for rotation. Take the decision back, or"
        " change the eligibility rules."
    ),
    "unknown_word": lambda p: _("the setting %(key)s has no “%(word)s”.", key=p["key"], word=p["word"]),
    "duplicate_tier": lambda p: _("an aim is listed twice."),
    "rules_not_first": lambda p: _("the policy rules come first."),
    "wrong_type": lambda p: _("%(key)s has a value that cannot be read.", key=p.get("key", "")),
    "missing_key": lambda p: _("%(key)s is missing.", key=p["key"]),
}


def decided_without_conditions(name: str) -> str:
    """Told at once, since the next solve would refuse such a decision."""
    said: str = _(
        "By the data of this scenario %(name)s does not meet the conditions for rotation. Unless that has changed, the"
        " next solve refuses the decision: take it back, or change the eligibility rules.",
        name=name,
    )
    return said

"""Placements in words: steps of a solve, reasons, who takes no part, faults of the data, and the log."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from app.audit import labels
from app.codes import queries as codes
from app.schools.models import Stage
from app.studios.placement_kinds import number_of

STEPS: dict[str, LazyString] = {
    "read": _l("Reading the data"),
    "edges": _l("Finding who could go where"),
    "build": _l("Building the model"),
    "solve": _l("Looking for the best places"),
    "conflict": _l("Looking for decisions that contradict each other"),
    "verify": _l("Checking the result independently"),
    "explain": _l("Working out the reasons"),
    "give": _l("Giving the places"),
}
LEFT_OUT: dict[str, LazyString] = {
    "left": _l("is not on the county's roster any more"),
    "veto": _l("a finding on professional ethics stands against it"),
    "elsewhere": _l("has such a place already"),
    "no_title": _l("holds no title that any of the studios asks of its members"),
}
FINDINGS: dict[str, LazyString] = {
    "wished_and_refused": _l("somebody is wished for and refused at once"),
    "wished_twice": _l("somebody is wished for twice"),
    "two_locks": _l("two places are locked for one person"),
    "kept_and_banned": _l("a place is kept and banned at once"),
}
OBJECTS = {
    "placement": _l("Placement round"),
    "placement.wish": _l("Wishes in a placement round"),
    "placement.decision": _l("Lock or ban in a placement"),
}
VERBS = {
    "placement.open": _l("opened"),
    "placement.cancel": _l("called off"),
    "placement.solve": _l("sent to be solved"),
    "placement.approve": _l("approved"),
    "placement.choose": _l("hosts' choices stated"),
    "placement.wish.set": _l("stated"),
    "placement.wish.withdraw": _l("taken back"),
    "placement.decision.add": _l("decided"),
    "placement.decision.undo": _l("taken back"),
}

type Names = Mapping[int, str]


def register() -> None:
    """Give the log's own pages the words of placements."""
    for name, label in OBJECTS.items():
        labels.OBJECTS.setdefault(name, label)
    for name, label in VERBS.items():
        labels.VERBS.setdefault(name, label)


def finding(item: Mapping[str, Any]) -> str:
    """A fault of the data."""
    words = FINDINGS.get(str(item["code"]))
    return f"{item['subject']}: {words or item['message']}"


def _subjects(values: Any) -> str:
    return _(", ").join(codes.label("subject", one) for one in values) or "–"


def _stages(values: Any) -> str:
    return _(", ").join(str(Stage(one).label) for one in values) or "–"


def why(item: Mapping[str, Any], *, is_implied: bool = False) -> str:
    """Why somebody has the place."""
    code, params = item["code"], item["params"]
    if is_implied and code == "wish":
        return str(_("of the same school; no wish was stated"))
    said = {
        "kept": lambda: _("keeps the place"),
        "locked": lambda: _("locked by an officer"),
        "wish": lambda: _("wish no. %(rank)s of %(of)s", **params),
        "not_wished": lambda: (
            _("none of the %(of)s wishes; would go to any that fits", **params) if params["of"] else _("no wish stated")
        ),
        "host_wish": lambda: _("the host's choice no. %(rank)s of %(of)s", **params),
        "host_takes_others": lambda: (
            _("after the %(of)s that the host chose", **params) if params["of"] else _("the host chose nobody")
        ),
        "counts_rural": lambda: _("counts for the share of rural teachers"),
        "distance": lambda: _("%(km)s km away", km=round(params["km"], 1)),
        "as_before": lambda: _("as in the proposal before"),
    }
    return str(said[code]()) if code in said else str(item.get("message") or code)


def why_not(item: Mapping[str, Any], people: Names | None, hosts: Names) -> str:
    """Why somebody does not have a place: with that place added and all else as it is. Without `people` nobody else is
    named: so it is told to the person concerned."""
    code, params = item["code"], item["params"]

    def host(key: str = "host") -> str:
        name = params.get(key)
        return hosts.get(number_of(name), name) if name else ""

    def filled() -> str:
        if people is None:
            return str(_("full with people it ranks at least as high"))
        by = [people.get(number_of(one["applicant"]), one["applicant"]) for one in params["by"]]
        shown = _(", ").join(by[:6]) + ("…" if len(by) > 6 else "")
        return str(_("full with people it ranks at least as high: %(names)s", names=shown or "–"))

    def lower() -> str:
        if people is None:
            return str(_("full, and an aim that comes first stands against a change"))
        names = _(", ").join(people.get(number_of(one), one) for one in params["lower"][:6])
        return str(_("full, partly with people it ranks lower (%(names)s): an aim that comes first keeps them apart",
                     names=names))  # fmt: skip

    said = {
        "placed_here": lambda: _("has this place"),
        "subject": lambda: _(
            "teaches %(own)s; it takes %(takes)s", own=_subjects(params["subjects"]), takes=_subjects(params["takes"])
        ),
        "stage": lambda: _(
            "teaches in %(own)s; it takes %(takes)s", own=_stages([params["stage"]]), takes=_stages(params["takes"])
        ),
        "too_far": lambda: _(
            "%(km)s km away, further than %(most)s km", km=round(params["km"], 1), most=params["max_km"]
        ),
        "applicant_refuses": lambda: _("the person would not go there"),
        "not_wished": lambda: _("the person did not wish for it"),
        "host_refuses": lambda: _("the host does not take this person, or a title that it asks for is missing"),
        "not_chosen": lambda: _("the host takes only those it chose"),
        "banned": lambda: _("banned by an officer"),
        "kept": lambda: _("keeps another place"),
        "locked": lambda: _("locked to %(place)s", place=host("to")) if params.get("to") else _("locked to no place"),
        "no_free_place": lambda: _("has no free place"),
        "better_place": lambda: _("has %(place)s, wished for at least as much", place=host()),
        "filled_by": filled,
        "shut": lambda: _("takes nobody in this proposal"),
        "displaces": lower,
        "needed_to_open": lambda: _("is needed at %(place)s", place=host()),
        "free_place": lambda: ngettext(
            "%(num)s place is free, but an aim that comes first would suffer",
            "%(num)s places are free, but an aim that comes first would suffer",
            params["free"],
        ),
    }
    return str(said[code]()) if code in said else str(item.get("message") or code)

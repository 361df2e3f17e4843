"""The settings of a placement as people set them, and as the optimiser takes them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

# The aims that may be put in any order; the rural share comes before them all.
AIMS = ("stability", "unplaced", "change", "applicants", "hosts", "distance")
AIM_LABELS: dict[str, LazyString] = {
    "policy": _l("Rural teachers missing"),
    "unplaced": _l("People without a place"),
    "stability": _l("Pairs who would rather be together"),
    "change": _l("Places changed since the proposal before"),
    "applicants": _l("Wishes missed, in ranks"),
    "hosts": _l("Hosts' choices missed, in ranks"),
    "distance": _l("Way to the host, in km"),
}
DEFAULTS: dict[str, Any] = {
    "rural_percent": 0,
    "rural_scopes": ["all"],
    "max_km": None,
    "most_each": None,
    "aims": list(AIMS),
    "seconds": 60,
}
SCOPE_LABELS: dict[str, LazyString] = {"all": _l("Of all places together"), "host": _l("Of each host's places")}


def complete(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with every key, unknown ones left out."""
    return DEFAULTS | {key: value for key, value in settings.items() if key in DEFAULTS}


def for_optimiser(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as `optimizer.placement` reads them. How many a host takes is a matter of the data."""
    given = complete(settings)
    return {
        "rural_share": given["rural_percent"] / 100,
        "rural_scopes": list(given["rural_scopes"]),
        "max_km": given["max_km"],
        "tiers": ["policy", *given["aims"]],
        "time_limit_s": given["seconds"],
    }


def lines(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The settings in words, for a list of facts."""
    given = complete(settings)
    share = _("%(percent)s %% (%(scopes)s)", percent=given["rural_percent"],
              scopes=_(", ").join(str(SCOPE_LABELS[one]) for one in given["rural_scopes"]))  # fmt: skip
    aims = [str(AIM_LABELS[aim]) for aim in ("policy", *given["aims"])]
    return [
        (_("Share of rural teachers"), share if given["rural_percent"] else _("Not asked for")),
        (_("Furthest way in km"), str(given["max_km"]) if given["max_km"] is not None else _("No limit")),
        (
            _("Places of a host in this round"),
            str(given["most_each"]) if given["most_each"] else _("All that are free"),
        ),
        (_("Order of the aims"), " → ".join(aims)),
        (_("Seconds to solve"), str(given["seconds"])),
    ]

"""The kinds of notices: each is one function that puts its parameters in words, registered by the room it tells of.

    @notice_kind("credit.returned", label=_l("A claim was returned"))
    def _returned(params: dict[str, Any]) -> Rendered:
        return Rendered(_("“%(title)s” was returned", title=params["title"]), "", url_for("credits.claim", claim_id=…))

The words are chosen when somebody reads, in the reader's language; what is stored are the parameters alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice in words: a title of one line, more below it, and the page it leads to."""

    title: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind; what is urgent is always shown in the app, and mailed at once unless the person said otherwise."""

    name: str
    label: LazyString | str
    is_urgent: bool
    render: Callable[[dict[str, Any]], Rendered]


KINDS: dict[str, Kind] = {}


def notice_kind(
    name: str, *, label: LazyString | str, is_urgent: bool = False
) -> Callable[[Callable[[dict[str, Any]], Rendered]], Callable[[dict[str, Any]], Rendered]]:
    """Register the function that renders a kind of notice."""

    def register(render: Callable[[dict[str, Any]], Rendered]) -> Callable[[dict[str, Any]], Rendered]:
        known = KINDS.get(name)
        if known is not None and known.render.__qualname__ != render.__qualname__:
            raise ValueError(f"two functions claim the notice kind {name!r}")
        KINDS[name] = Kind(name, label, is_urgent, render)
        return render

    return register


def render(kind: str, params: dict[str, Any]) -> Rendered:
    """A notice in words; one of a kind that this version does not know says so."""
    known = KINDS.get(kind)
    if known is None:
        return Rendered(_("A notice that this version of the system does not know"), "", "")
    return known.render(params)


def label_of(kind: str) -> str:
    """What a kind is called in the person's language."""
    known = KINDS.get(kind)
    return str(known.label) if known else kind

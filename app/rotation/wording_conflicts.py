"""Where contradicting decisions cannot be kept, and what a hand-made plan breaks, in words."""

from collections.abc import Callable, Mapping
from typing import Any

import flask_babel

from app.codes.queries import label
from app.rotation.settings import DIRECTION_LABELS
from app.rotation.wording import Names
from app.rotation.wording_reasons import Told, figure, floor

type Params = Mapping[str, Any]
type Words = Callable[[Params, Told], str]


def _(message: str, **values: object) -> str:
    return str(flask_babel.gettext(message, **values))


def _quota(p: Params, told: Told) -> str:
    return _("%(school)s would have %(after)s staff for a quota of %(limit)s.",
             school=told.school(p["school"]), after=p["after"], limit=p["limit"])  # fmt: skip


def _out(p: Params, told: Told) -> str:
    return _("%(after)s would leave %(school)s, and %(limit)s may.",
             school=told.school(p["school"]), after=p["after"], limit=p["limit"])  # fmt: skip


def _cap(p: Params, told: Told) -> str:
    return _("%(after)s moves would be made, and %(limit)s are allowed in all.", after=p["after"], limit=p["limit"])


LIMIT_WORDS: dict[str, Words] = {
    "H2": _quota,
    "H3": lambda p, told: floor({**p, "rule": "H3"}, told),
    "H4": lambda p, told: floor({**p, "rule": "H4"}, told),
    "H5": _out,
    "H6": _cap,
    "H7": lambda p, told: floor({**p, "rule": "H7"}, told),
}


def _who(p: Params, told: Told) -> dict[str, str]:
    return {"name": told.teacher(p["teacher"]), "school": told.school(p.get("to"))}


def _no_post(p: Params, told: Told) -> str:
    subjects = p.get("subjects") or [p["subject"]]
    text = _(", ").join(label("subject", subject) for subject in subjects)
    return _("%(school)s has no post in %(subjects)s for %(name)s.", subjects=text, **_who(p, told))


def _too_far(p: Params, told: Told) -> str:
    return _("%(school)s is %(km)s km from %(name)s, at most %(most)s km are allowed.",
             km=figure(p["km"]), most=figure(p["max_km"]), **_who(p, told))  # fmt: skip


def _direction(p: Params, told: Told) -> str:
    return _("%(name)s to %(school)s: this direction is not allowed (%(way)s).",
             way=DIRECTION_LABELS[p["way"]], **_who(p, told))  # fmt: skip


MOVE_WORDS: dict[str, Words] = {
    "own_school": lambda p, told: _("%(name)s works at %(school)s already.", **_who(p, told)),
    "no_post": _no_post,
    "too_far": _too_far,
    "direction_not_allowed": _direction,
    "banned": lambda p, told: _("An officer ruled out %(school)s for %(name)s.", **_who(p, told)),
}


def clashes_in_words(found: Mapping[str, Any] | None, people: Mapping[int, str], names: Names) -> dict[str, Any]:
    """The limits at which contradicting decisions fail, and whether only all of them together would have to yield."""
    told = Told(names, {f"T{number}": name for number, name in people.items()})
    rows = found["clashes"] if found else []
    lines = [(LIMIT_WORDS.get(row["code"]) or MOVE_WORDS[row["code"]])(row["params"], told) for row in rows]
    return {"clashes": lines, "clash_together": bool(found and found["together"])}


GIVEN_WORDS: dict[str, Words] = {
    "unknown_teacher": lambda p, told: _("%(name)s is not among the data of this proposal.", **_who(p, told)),
    "unknown_school": lambda p, told: _("%(school)s is not among the data of this proposal.", **_who(p, told)),
    "moves_twice": lambda p, told: _("%(name)s stands in the list %(times)s times; the first counts.",
                                     times=p["times"], **_who(p, told)),
    "wrong_origin": lambda p, told: _("%(name)s works at %(place)s.",
                                      name=told.teacher(p["teacher"]), place=told.school(p["school"])),
    "not_eligible": lambda p, told: _("%(name)s does not meet the conditions for rotation.", **_who(p, told)),
    "cannot_teach": lambda p, told: _("%(name)s does not teach %(subject)s.",
                                      subject=label("subject", p["subject"]), **_who(p, told)),
    "locked": lambda p, told: _("An officer decided otherwise for %(name)s.", **_who(p, told)),
}  # fmt: skip


def broken(row: Mapping[str, Any], told: Told) -> str:
    """What a hand-made plan breaks, in one sentence."""
    code, params = row["code"], dict(row["params"])
    if code in LIMIT_WORDS:
        return LIMIT_WORDS[code](params, told)
    here = {"to": row["school"], **params, "teacher": row["teachers"][0]}
    return (GIVEN_WORDS.get(code) or MOVE_WORDS[code])(here, told)

"""Why teachers stay and posts stay open, in the person's words: codes with figures become sentences with names."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import flask_babel
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.codes.queries import label
from app.rotation.settings import DIRECTION_LABELS, TIER_NAMES
from app.rotation.wording import Names

type Params = Mapping[str, Any]
type Words = Callable[[Params, "Told"], str]
SHOWN_NAMES = 5


def _(message: str, **values: object) -> str:
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    return str(flask_babel.ngettext(singular, plural, number, **values))


TEACHER_CODES: dict[str, LazyString] = {
    "post_filled_by": _l("Posts filled by others"),
    "not_worth_a_tier": _l("Would make an aim worse"),
    "quota_full": _l("Quota of the schools is full"),
    "school_would_fall_under_its_floor": _l("The school would fall under its floor"),
    "out_rate_reached": _l("The school lets nobody else go"),
    "cap_on_moves": _l("Cap on moves reached"),
    "no_post_within_reach": _l("No post within reach"),
    "direction_not_allowed": _l("Direction not allowed"),
    "locked_or_banned": _l("Decided by an officer"),
    "equally_good": _l("A plan with it would be equally good"),
    "would_improve": _l("Would be better: not proven best"),
}
POST_CODES: dict[str, LazyString] = {
    "no_teacher_within_reach": _l("No teacher within reach"),
    "needed_elsewhere": _l("Needed at other posts"),
    "all_come_already": _l("Everyone who could come does"),
    "not_worth_a_tier": _l("Would make an aim worse"),
    "quota_full": _l("Quota of the schools is full"),
    "school_would_fall_under_its_floor": _l("The school would fall under its floor"),
    "out_rate_reached": _l("The school lets nobody else go"),
    "cap_on_moves": _l("Cap on moves reached"),
    "direction_not_allowed": _l("Direction not allowed"),
    "locked_or_banned": _l("Decided by an officer"),
    "equally_good": _l("A plan with it would be equally good"),
    "would_improve": _l("Would be better: not proven best"),
}


class Told:
    """The names behind the ids of an answer: schools and groups, and teachers by their key."""

    def __init__(self, names: Names, people: Mapping[str, str]) -> None:
        self.names, self.people = names, people

    def school(self, code: str | None) -> str:
        """A school's name."""
        return self.names.school(code) if code else _("the county")

    def teacher(self, key: str | None) -> str:
        """A teacher's name."""
        return self.people.get(key, key) if key else ""

    def several(self, keys: Iterable[str], count: int | None = None) -> str:
        """Some names, and how many more there are."""
        every = list(dict.fromkeys(keys))
        names = _(", ").join(self.teacher(key) for key in every[:SHOWN_NAMES])
        more = max(count or 0, len(every)) - min(len(every), SHOWN_NAMES)
        return _("%(names)s and %(count)s more", names=names, count=more) if more > 0 else names


def figure(value: Any) -> str:
    """A change as a number without needless digits."""
    if value is None:
        return "–"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


def tier_worse(tier: str | None, by: float) -> str:
    """One aim and how much worse it becomes."""
    if tier not in TIER_NAMES:
        return _("no aim changes")
    return _("the aim “%(tier)s” would become worse by %(by)s", tier=TIER_NAMES[tier], by=figure(by))


def floor(p: Params, told: Told) -> str:
    """A school that would have too few left."""
    values = {"school": told.school(p["school"]), "after": p["after"], "limit": p["limit"]}
    if p["rule"] == "H4":
        subject = label("subject", p["subject"])
        return _("%(school)s would have %(after)s for %(subject)s, at least %(limit)s must stay.",
                 subject=subject, **values)  # fmt: skip
    if p["rule"] == "H7":
        return _("%(school)s would have %(after)s backbone teachers, at least %(limit)s must stay.", **values)
    return _("%(school)s would have %(after)s staff, at least %(limit)s must stay.", **values)


def _no_post(p: Params, told: Told) -> str:
    subjects = _(", ").join(label("subject", subject) for subject in p["subjects"])
    text = _("No school within %(km)s km has posts for %(subjects)s.", km=figure(p["max_km"]), subjects=subjects)
    if p.get("nearest_school"):
        text += " " + _("The nearest is %(school)s, %(km)s km away.",
                        school=told.school(p["nearest_school"]), km=figure(p["nearest_km"]))  # fmt: skip
    return text


def _direction(p: Params, told: Told) -> str:
    ways = _(", ").join(str(DIRECTION_LABELS[way]) for way in p["ways"])
    return _("Every post within reach lies in a direction that the settings do not allow: %(ways)s.", ways=ways)


def _decided(p: Params, told: Told) -> str:
    if p.get("locked") and p.get("to"):
        return _("An officer decided for %(school)s.", school=told.school(p["to"]))
    if p.get("locked"):
        return _("An officer decided that the teacher stays, or the teacher only counts for the rate.")
    schools = _(", ").join(told.school(code) for code in p.get("banned", []))
    return _("An officer ruled out %(schools)s.", schools=schools)


def _out_rate(p: Params, told: Told) -> str:
    return _("%(limit)s may leave %(school)s, and %(now)s do already.",
             limit=p["limit"], school=told.school(p["school"]), now=p["now"])  # fmt: skip


def _quota(p: Params, told: Told) -> str:
    return _("The quota of %(school)s is full: %(now)s of %(limit)s.",
             school=told.school(p["school"]), now=p["now"], limit=p["limit"]) + _posts(p)  # fmt: skip


def _cap(p: Params, told: Told) -> str:
    return _("The plan makes %(now)s moves, and %(limit)s are allowed in all.", now=p["now"], limit=p["limit"])


def _filled(p: Params, told: Told) -> str:
    here = [row["teacher"] for row in p["filled_by"] if (row["school"], row["subject"]) == (p["school"], p["subject"])]
    text = _("The post for %(subject)s at %(school)s is filled by %(names)s.",
             subject=label("subject", p["subject"]), school=told.school(p["school"]),
             names=told.several(here))  # fmt: skip
    instead = next(iter(p.get("instead", [])), None)
    return text + (" " + _instead(instead, told) if instead else "") + _posts(p)


def _instead(row: Params, told: Told) -> str:
    who = told.teacher(row["teacher"])
    if row["rule"]:
        return _("In the place of %(name)s, a limit would be broken at %(school)s.",
                 name=who, school=told.school(row["school"]))  # fmt: skip
    if row["tier"] and row["by"] > 0:
        return _("In the place of %(name)s, %(worse)s.", name=who, worse=tier_worse(row["tier"], row["by"]))
    return _("In the place of %(name)s, the plan would be as good.", name=who)


def _posts(p: Params) -> str:
    count = p.get("posts_count", len(p.get("posts", [])))
    if count < 2:
        return ""
    return " " + ngettext("The same holds for %(num)s more post.", "The same holds for %(num)s more posts.", count - 1)


def _not_worth(p: Params, told: Told) -> str:
    return _("At %(school)s %(worse)s.", school=told.school(p["school"]),
             worse=tier_worse(p["tier"], p["by"])) + _posts(p)  # fmt: skip


def _equal(p: Params, told: Told) -> str:
    return _("A plan with the move to %(school)s would be equally good; the proposal is one of several.",
             school=told.school(p["school"]))  # fmt: skip


def _improve(p: Params, told: Told) -> str:
    return _("The move to %(school)s would better the aim “%(tier)s” by %(by)s; the proposal is not proven best.",
             school=told.school(p["school"]), tier=TIER_NAMES[p["tier"]], by=figure(-p["by"]))  # fmt: skip


TEACHER_WORDS: dict[str, Words] = {
    "no_post_within_reach": _no_post,
    "direction_not_allowed": _direction,
    "locked_or_banned": _decided,
    "school_would_fall_under_its_floor": floor,
    "out_rate_reached": _out_rate,
    "quota_full": _quota,
    "cap_on_moves": _cap,
    "post_filled_by": _filled,
    "not_worth_a_tier": _not_worth,
    "equally_good": _equal,
    "would_improve": _improve,
}


def _among(p: Params, told: Told) -> str:
    return told.several(p.get("teachers", []), p.get("teachers_count"))


def _nobody(p: Params, told: Told) -> str:
    text = _("No teacher of %(subject)s who meets the conditions lives within %(km)s km.",
             subject=label("subject", p["subject"]), km=figure(p["max_km"]))  # fmt: skip
    if p.get("nearest_teacher"):
        text += " " + _("The nearest is %(name)s, %(km)s km away.",
                        name=told.teacher(p["nearest_teacher"]), km=figure(p["nearest_km"]))  # fmt: skip
    return text


def _post_direction(p: Params, told: Told) -> str:
    return _("Everyone within reach would come from a direction that the settings do not allow: %(names)s.",
             names=_among(p, told))  # fmt: skip


def _post_decided(p: Params, told: Told) -> str:
    return _("An officer decided otherwise for everyone who could come: %(names)s.", names=_among(p, told))


def _all_come(p: Params, told: Told) -> str:
    return _("Everyone who could come does: %(names)s.",
             names=told.several(p["coming"], p.get("coming_count")))  # fmt: skip


def _elsewhere(p: Params, told: Told) -> str:
    text = _("Those who could come fill other posts: %(names)s.", names=_among(p, told))
    first = next(iter(p["elsewhere"]), None)
    if first is None:
        return text
    values = {"name": told.teacher(first["teacher"]), "school": told.school(first["to"])}
    if first["rule"]:
        why = _("without %(name)s at %(school)s a limit would be broken", **values)
    else:
        worse = tier_worse(first["tier"], first["by"])
        why = _("with %(name)s here instead of at %(school)s %(worse)s", worse=worse, **values)
    return _("%(text)s For example, %(why)s.", text=text, why=why)


def _held(p: Params, told: Told) -> str:
    """A limit keeps those who could come where they are: at their school, or in the county."""
    say = {"H2": _quota, "H5": _out_rate, "H6": _cap}.get(p["rule"], floor)
    return _("Those who could come are held by a limit: %(names)s.", names=_among(p, told)) + " " + say(p, told)


def _post_not_worth(p: Params, told: Told) -> str:
    return _("With %(name)s here %(worse)s.", name=told.teacher(p["teacher"]), worse=tier_worse(p["tier"], p["by"]))


def _post_equal(p: Params, told: Told) -> str:
    return _("A plan that sends %(name)s here would be equally good; the proposal is one of several.",
             name=told.teacher(p["teacher"]))  # fmt: skip


def _post_improve(p: Params, told: Told) -> str:
    return _("Sending %(name)s here would better the aim “%(tier)s” by %(by)s; the proposal is not proven best.",
             name=told.teacher(p["teacher"]), tier=TIER_NAMES[p["tier"]], by=figure(-p["by"]))  # fmt: skip


POST_WORDS: dict[str, Words] = {
    "no_teacher_within_reach": _nobody,
    "direction_not_allowed": _post_direction,
    "locked_or_banned": _post_decided,
    "all_come_already": _all_come,
    "needed_elsewhere": _elsewhere,
    "school_would_fall_under_its_floor": _held,
    "out_rate_reached": _held,
    "cap_on_moves": _held,
    "quota_full": _quota,
    "not_worth_a_tier": _post_not_worth,
    "equally_good": _post_equal,
    "would_improve": _post_improve,
}


def teacher_reasons(reasons: Iterable[Mapping[str, Any]], told: Told) -> list[str]:
    """Why a teacher stays, the main reason first."""
    return [str(TEACHER_WORDS[item["code"]](item["params"], told)) for item in reasons]


def post_reasons(reasons: Iterable[Mapping[str, Any]], told: Told) -> list[str]:
    """Why posts stay open, the main reason first."""
    return [str(POST_WORDS[item["code"]](item["params"], told)) for item in reasons]

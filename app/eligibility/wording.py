"""Reasons in words, with the numbers they rest on, in the language of the person who reads them."""

from collections.abc import Callable
from typing import Any

import flask_babel
from flask_babel import lazy_gettext as _l

from app.codes.queries import label
from app.eligibility.judging import EXEMPT, Outcome, Reason
from app.schools.models import Stage
from app.teachers.models import Sex

Params = dict[str, Any]


def _(message: str, **values: object) -> str:
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    return str(flask_babel.ngettext(singular, plural, number, **values))


def duration(months: int) -> str:
    """59 → 4 years 11 months."""
    years, rest = divmod(months, 12)
    in_years = ngettext("%(num)d year", "%(num)d years", years)
    in_months = ngettext("%(num)d month", "%(num)d months", rest)
    if not rest:
        return in_years if years else in_months
    return _("%(years)s %(months)s", years=in_years, months=in_months) if years else in_months


def month(text: str | None) -> str:
    """2021-09-01 → 2021-09."""
    return (text or "")[:7]


def reason_text(reason: Reason) -> str:
    """One reason as a sentence."""
    if reason.outcome is Outcome.OFF:
        return _off(reason)
    if reason.code in SENTENCES:
        return SENTENCES[reason.code](reason)
    return _circumstance(reason)


def _off(reason: Reason) -> str:
    if reason.params.get("is_on_record"):
        return _("On record, but this rule is switched off.")
    return _("This rule is switched off.")


def _in_post(reason: Reason) -> str:
    return _("State: %(state)s.", state=label("teacher_state", reason.params["state"]))


def _left(reason: Reason) -> str:
    return _(
        "Left on %(day)s (%(state)s).",
        day=reason.params["left_on"],
        state=label("teacher_state", reason.params["state"]),
    )


def _established(reason: Reason) -> str:
    return _("Holds an established post.") if reason.params["is_established"] else _("Holds no established post.")


def _category(reason: Reason) -> str:
    return _("Staff category: %(category)s.", category=label("staff_category", reason.params["category"]))


def _category_missing(reason: Reason) -> str:
    if reason.outcome is Outcome.NOTE:
        return _("The staff category is not filled in; counted as a teacher until it is.")
    return _("The staff category is not filled in. Enter it in the teacher's record.")


def _stage(reason: Reason) -> str:
    return _("Teaches in: %(stage)s.", stage=Stage(reason.params["stage"]).label)


def _service(reason: Reason) -> str:
    p = reason.params
    return ngettext(
        "In this school since %(since)s: %(duration)s on %(census)s, %(num)d year needed.",
        "In this school since %(since)s: %(duration)s on %(census)s, %(num)d needed.",
        p["needed"],
        since=month(p["since"]),
        duration=duration(p["months"]),
        census=p["census"],
    )


def _joined_missing(reason: Reason) -> str:
    return _("The month of joining this school is not filled in. Enter it in the teacher's record.")


def _age(reason: Reason) -> str:
    p = reason.params
    values = {"birth": month(p["birth"]), "age": p["age"], "census": p["census"], "limit": p["limit"]}
    if p["sex"] == Sex.UNKNOWN.value:
        return _("Born %(birth)s: aged %(age)s on %(census)s, the limit is %(limit)s.", **values)
    if p["sex"] == Sex.MALE.value:
        return _("Born %(birth)s: aged %(age)s on %(census)s, the limit for men is %(limit)s.", **values)
    return _("Born %(birth)s: aged %(age)s on %(census)s, the limit for women is %(limit)s.", **values)


def _birth_missing(reason: Reason) -> str:
    return _("The date of birth is not filled in. Enter it in the teacher's record.")


def _sex_missing(reason: Reason) -> str:
    return _(
        "Aged %(age)s, but the sex is not filled in and the limits differ. Enter it in the teacher's record.",
        age=reason.params["age"],
    )


def _period(params: Params) -> str:
    if params.get("to"):
        return _("%(start)s to %(end)s", start=params["from"], end=params["to"])
    return _("from %(start)s, no end date", start=params["from"])


def _circumstance(reason: Reason) -> str:
    kind = label("circumstance_kind", reason.params.get("kind") or reason.code.removeprefix(EXEMPT))
    if reason.outcome is Outcome.MEETS:
        return _("Nothing on record for the census date.")
    if reason.params.get("source") == "appraisal":
        return _("The ethics record vetoes, by a failed yearly appraisal: %(period)s.", period=_period(reason.params))
    if reason.params.get("source") == "entry":
        return _("The ethics record vetoes, by the negative list: %(period)s.", period=_period(reason.params))
    return _("%(kind)s: %(period)s.", kind=kind, period=_period(reason.params))


def _retirement(reason: Reason) -> str:
    p = reason.params
    if "from" in p:
        return _circumstance(reason)
    if "retires" not in p:
        return _("Cannot be judged without the date of birth.")
    values = {"month": month(p["retires"]), "num": p["years"]}
    if reason.outcome is Outcome.EXCLUDES:
        return ngettext(
            "Reaches the retirement age in %(month)s, less than %(num)d year away.",
            "Reaches the retirement age in %(month)s, less than %(num)d years away.",
            p["years"],
            month=values["month"],
        )
    return ngettext(
        "Reaches the retirement age in %(month)s, %(num)d year away or more.",
        "Reaches the retirement age in %(month)s, %(num)d years away or more.",
        p["years"],
        month=values["month"],
    )


def _on_rotation(reason: Reason) -> str:
    p = reason.params
    if reason.outcome is Outcome.MEETS:
        return _("Not out on rotation on the census date.")
    if "state" in p:
        return _("Already out on rotation (state: %(state)s).", state=label("teacher_state", p["state"]))
    if "school" in p:
        return _("Already out on rotation at %(school)s, %(period)s.", school=p["school"], period=_period(p))
    return _circumstance(reason)


def _rural(reason: Reason) -> str:
    p = reason.params
    if "months" not in p:
        return _circumstance(reason)
    return _(
        "Served %(served)s in rural schools since %(since)s; %(needed)s exempt.",
        served=duration(p["months"]),
        since=p["since"],
        needed=duration(p["needed"]),
    )


def _evidence_missing(reason: Reason) -> str:
    return _(
        "%(kind)s, %(period)s: does not exempt without evidence. Enter it in the teacher's record.",
        kind=label("circumstance_kind", reason.params["kind"]),
        period=_period(reason.params),
    )


def _end_missing(reason: Reason) -> str:
    return _(
        "%(kind)s since %(start)s: does not exempt without an end date. Enter it in the teacher's record.",
        kind=label("circumstance_kind", reason.params["kind"]),
        start=reason.params["from"],
    )


def _rotation_open(reason: Reason) -> str:
    return _(
        "A rotation to %(school)s that began on %(start)s has no end; after %(duration)s it counts as over.",
        school=reason.params["school"],
        start=reason.params["from"],
        duration=duration(reason.params["months"]),
    )


SENTENCES: dict[str, Callable[[Reason], str]] = {
    "in_post": _in_post,
    "left": _left,
    "established": _established,
    "category": _category,
    "category_missing": _category_missing,
    "stage": _stage,
    "service": _service,
    "joined_missing": _joined_missing,
    "age": _age,
    "birth_missing": _birth_missing,
    "sex_missing": _sex_missing,
    "exempt.near_retirement": _retirement,
    "exempt.on_rotation": _on_rotation,
    "exempt.rural_service": _rural,
    "evidence_missing": _evidence_missing,
    "end_missing": _end_missing,
    "rotation_open": _rotation_open,
}


def reason_label(code: str) -> str:
    """A reason's short name, for columns and filters."""
    if code.startswith(EXEMPT):
        return _("Exempt: %(kind)s", kind=label("circumstance_kind", code.removeprefix(EXEMPT)))
    return str(LABELS.get(code, code))


LABELS = {
    "service": _l("Too short in the school"),
    "age": _l("Over the age limit"),
    "in_post": _l("Not in post"),
    "left": _l("Left the service"),
    "established": _l("No established post"),
    "category": _l("Staff category does not count"),
    "stage": _l("Stage does not count"),
    "joined_missing": _l("Month of joining missing"),
    "birth_missing": _l("Date of birth missing"),
    "sex_missing": _l("Sex missing"),
    "category_missing": _l("Staff category missing"),
    "evidence_missing": _l("Evidence missing"),
    "end_missing": _l("End date missing"),
    "rotation_open": _l("Rotation without an end"),
}
REASON_CODES = tuple(LABELS)


def rule_label(code: str) -> str:
    """The rule that a reason comes from, for the page that explains a verdict."""
    if code.startswith(EXEMPT):
        return reason_label(code)
    return {
        "in_post": _("In post"),
        "left": _("In post"),
        "established": _("Established post"),
        "category": _("Staff category"),
        "category_missing": _("Staff category"),
        "stage": _("Stage"),
        "service": _("Years in the employing school"),
        "joined_missing": _("Years in the employing school"),
        "age": _("Upper age"),
        "birth_missing": _("Upper age"),
        "sex_missing": _("Upper age"),
    }.get(code, reason_label(code))


def outcome_label(reason: Reason) -> str:
    """What a rule says, in a word or two."""
    if reason.outcome is Outcome.EXCLUDES:
        return _("Exempt") if reason.code.startswith(EXEMPT) else _("Not met")
    if reason.outcome is Outcome.MEETS and reason.code.startswith(EXEMPT):
        return _("Not exempt")
    return {Outcome.MEETS: _("Met"), Outcome.NOTE: _("To be mended"), Outcome.OFF: _("Switched off")}[reason.outcome]

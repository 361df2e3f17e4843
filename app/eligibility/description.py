"""Rules in words: one line a rule, to be read, and to be laid beside another version."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import flask_babel

from app.codes.queries import label
from app.eligibility.rules import CircumstanceRule, RetirementAge, Rules
from app.schools.models import Stage


def _(message: str, **values: object) -> str:
    return str(flask_babel.gettext(message, **values))


@dataclass(frozen=True, slots=True)
class Line:
    """One rule and its value in words; `key` is the same in every version."""

    key: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that two versions put differently; None where a version does not have it."""

    name: str
    old: str | None
    new: str | None


def describe(rules: Rules, schools: dict[str, str]) -> list[Line]:
    """Every rule, in the order of the form. `schools` gives names by code."""
    return [*_basics(rules), *_exemptions(rules), *_kinds_of_teacher(rules), *_pool(rules, schools)]


def differences(old: Rules, new: Rules, schools: dict[str, str]) -> list[Difference]:
    """The rules that differ between two versions."""
    before = {line.key: line for line in describe(old, schools)}
    after = {line.key: line for line in describe(new, schools)}
    found = []
    for key in dict.fromkeys([*after, *before]):
        one, other = before.get(key), after.get(key)
        if one is None or other is None or one.value != other.value:
            name = (other or one or Line(key, key, "")).name
            found.append(Difference(name, one.value if one else None, other.value if other else None))
    return found


def _list(texts: Iterable[str]) -> str:
    return _(", ").join(texts) or _("none")


def _codes(table: str, codes: Iterable[str]) -> str:
    return _list(label(table, code) for code in codes)


def _yes(value: bool) -> str:
    return _("Yes") if value else _("No")


def _limit(age: int | None) -> str:
    return _("no limit") if age is None else str(age)


def _basics(rules: Rules) -> Iterator[Line]:
    yield Line("census_on", _("Census date"), rules.census_on.isoformat())
    yield Line("min_years", _("Years in the employing school, at least"), str(rules.min_years))
    yield Line("counts_both_months", _("Count the month of joining as a whole month"), _yes(rules.counts_both_months))
    yield Line("max_age_male", _("Upper age for men"), _limit(rules.max_age_male))
    yield Line("max_age_female", _("Upper age for women"), _limit(rules.max_age_female))
    yield Line("stages", _("Stages that take part"), _list(str(Stage(s).label) for s in rules.stages))
    yield Line(
        "staff_categories",
        _("Staff categories that count as teachers"),
        _codes("staff_category", rules.staff_categories),
    )
    yield Line(
        "counts_missing_category",
        _("Count people whose staff category is not filled in"),
        _yes(rules.counts_missing_category),
    )
    yield Line("established_only", _("Only people in established posts"), _yes(rules.established_only))
    yield Line("in_post_states", _("States that mean in post"), _codes("teacher_state", rules.in_post_states))


def _exemptions(rules: Rules) -> Iterator[Line]:
    for kind, rule in rules.circumstances.items():
        name = _("Exempt: %(kind)s", kind=label("circumstance_kind", kind))
        yield Line(f"circumstances.{kind}", name, _circumstance(rule))
    near, out, rural = rules.near_retirement, rules.on_rotation, rules.rural_service
    yield Line("near_retirement", _("Near retirement"), _near_years(near.years) if near.is_on else _("no"))
    yield Line("near_retirement.gradual_from", _("Gradual retirement applies from"), near.gradual_from.isoformat())
    yield Line("near_retirement.men", _("Retirement age of men"), _retirement(near.men))
    yield Line("near_retirement.women", _("Retirement age of women"), _retirement(near.women))
    yield Line(
        "near_retirement.titled_women",
        _("Retirement age of women with the titles %(titles)s", titles=_codes("title", near.women_titles)),
        _retirement(near.titled_women),
    )
    yield Line("on_rotation", _("Already out on rotation"), _("exempts") if out.is_on else _("no"))
    yield Line("on_rotation.states", _("States that mean out on rotation"), _codes("teacher_state", out.states))
    yield Line(
        "on_rotation.open_record_months",
        _("Months that a rotation without an end date counts as going on"),
        str(out.open_record_months),
    )
    yield Line(
        "on_rotation.stays_counted",
        _("People already out stay in the denominator of the rotation rate"),
        _yes(out.stays_counted),
    )
    yield Line(
        "rural_service",
        _("Served in a rural school recently"),
        _("%(months)s months or more within %(years)s years", months=rural.min_months, years=rural.look_back_years)
        if rural.is_on
        else _("no"),
    )
    yield Line("rural_service.localities", _("Localities of a rural school"), _codes("locality", rural.localities))
    yield Line(
        "rural_service.kinds",
        _("Kinds of rotation that are rural service where the school is not one of ours"),
        _codes("rotation_kind", rural.kinds),
    )


def _near_years(years: int) -> str:
    return _("less than %(years)s years to go", years=years)


def _circumstance(rule: CircumstanceRule) -> str:
    if not rule.is_on:
        return _("no")
    if rule.needs_evidence and rule.needs_end_date:
        return _("exempts with evidence and end date")
    if rule.needs_evidence:
        return _("exempts with evidence")
    return _("exempts with end date") if rule.needs_end_date else _("exempts")


def _retirement(age: RetirementAge) -> str:
    if not age.months_per_step:
        return str(age.original_years)
    return _(
        "%(old)s, rising to %(new)s by a month for every %(step)s months",
        old=age.original_years,
        new=age.final_years,
        step=age.months_per_step,
    )


def _kinds_of_teacher(rules: Rules) -> Iterator[Line]:
    yield Line("young_max_age", _("Young teachers: age up to"), str(rules.young_max_age))
    yield Line("backbone_types", _("Honours that make a backbone teacher"), _codes("honour_type", rules.backbone_types))
    yield Line("backbone_levels", _("Levels that count"), _codes("honour_level", rules.backbone_levels))


def _pool(rules: Rules, schools: dict[str, str]) -> Iterator[Line]:
    yield Line("pool_by_flag", _("Schools marked as sending in their record"), _yes(rules.pool_by_flag))
    yield Line("pool_localities", _("All schools in these localities"), _codes("locality", rules.pool_localities))
    yield Line("pool_added", _("Further schools"), _list(schools.get(code, code) for code in rules.pool_added))
    yield Line("pool_removed", _("Never these schools"), _list(schools.get(code, code) for code in rules.pool_removed))

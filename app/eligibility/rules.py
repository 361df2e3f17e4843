"""The rules by which a county decides who must rotate: typed, checked, and kept as plain data in the rule set.

The usual values stand in `policies/eligibility/default.json`; an officer copies and edits them in a form.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from app.config import ROOT
from app.schools.models import Stage

DEFAULTS = ROOT / "policies" / "eligibility" / "default.json"


class RulesError(ValueError):
    """The rules contradict themselves or lack something; `problems` maps a field to what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class CircumstanceRule:
    """How one kind of circumstance exempts. Without the evidence or end date it needs, it does not."""

    is_on: bool
    needs_evidence: bool = True
    needs_end_date: bool = True


@dataclass(frozen=True, slots=True)
class RetirementAge:
    """A retirement age that rises by a month for every `months_per_step` months; 0 means that it stays."""

    original_years: int
    final_years: int
    months_per_step: int


@dataclass(frozen=True, slots=True)
class NearRetirement:
    """Exempts who has less than `years` years to go. Women with one of `women_titles` have an age of their own."""

    is_on: bool
    years: int
    gradual_from: date
    men: RetirementAge
    women: RetirementAge
    titled_women: RetirementAge
    women_titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnRotation:
    """Exempts who is already out. A record without an end counts as out for `open_record_months` months."""

    is_on: bool
    states: tuple[str, ...]
    open_record_months: int
    stays_counted: bool


@dataclass(frozen=True, slots=True)
class RuralService:
    """Exempts who served `min_months` months in rural schools within the last `look_back_years` years.

    A service is rural by the locality of its school, or by its kind where the school is not one of ours.
    """

    is_on: bool
    look_back_years: int
    min_months: int
    localities: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one rule set. Ages are completed years on the census date; limits are included."""

    census_on: date
    min_years: int
    counts_both_months: bool
    max_age_male: int | None
    max_age_female: int | None
    stages: tuple[str, ...]
    staff_categories: tuple[str, ...]
    counts_missing_category: bool
    established_only: bool
    in_post_states: tuple[str, ...]
    young_max_age: int
    backbone_types: tuple[str, ...]
    backbone_levels: tuple[str, ...]
    pool_by_flag: bool
    pool_localities: tuple[str, ...]
    pool_added: tuple[str, ...]
    pool_removed: tuple[str, ...]
    circumstances: Mapping[str, CircumstanceRule]
    near_retirement: NearRetirement
    on_rotation: OnRotation
    rural_service: RuralService

    def to_dict(self) -> dict[str, Any]:
        """The rules as JSON keeps them."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Rules":
        """Read and check rules; raises RulesError that names every problem."""
        try:
            rules = cls(
                **{**_same(cls, data), "census_on": _date(data["census_on"])},
                circumstances={k: CircumstanceRule(**v) for k, v in data["circumstances"].items()},
                near_retirement=_near_retirement(data["near_retirement"]),
                on_rotation=OnRotation(**_same(OnRotation, data["on_rotation"])),
                rural_service=RuralService(**_same(RuralService, data["rural_service"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RulesError({"rules": f"{type(error).__name__}: {error}"}) from error
        if problems := dict(_problems(rules)):
            raise RulesError(problems)
        return rules


_NESTED = {"circumstances", "near_retirement", "on_rotation", "rural_service"}


def _same(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields of `kind` out of `data`; lists become tuples, a missing field is a KeyError."""
    names = [f.name for f in fields(kind) if f.name not in _NESTED]
    return {n: tuple(data[n]) if isinstance(data[n], list | tuple) else data[n] for n in names}


def _near_retirement(data: Mapping[str, Any]) -> NearRetirement:
    ages = {name: RetirementAge(**data[name]) for name in ("men", "women", "titled_women")}
    return NearRetirement(
        **{**_same(NearRetirement, data), **ages, "gradual_from": _date(data["gradual_from"])},
    )


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


# Kinds of circumstance that have a rule with parameters of its own.
RULES_OF_THEIR_OWN = ("near_retirement", "on_rotation", "rural_service")
RANGES: dict[str, tuple[int, int]] = {
    "min_years": (0, 40),
    "max_age_male": (18, 70),
    "max_age_female": (18, 70),
    "young_max_age": (18, 60),
    "near_retirement.years": (0, 20),
    "on_rotation.open_record_months": (1, 240),
    "rural_service.look_back_years": (1, 40),
    "rural_service.min_months": (1, 240),
}
NOT_EMPTY = ("stages", "staff_categories", "in_post_states", "backbone_types", "backbone_levels")
TEXTS = (*NOT_EMPTY, "pool_localities", "pool_added", "pool_removed", "on_rotation.states", "rural_service.localities")
SWITCHES = ("counts_both_months", "counts_missing_category", "established_only", "pool_by_flag")


def _value(rules: Rules, path: str) -> Any:
    found: Any = rules
    for name in path.split("."):
        found = getattr(found, name)
    return found


def _problems(rules: Rules) -> Iterable[tuple[str, str]]:
    """(field, what is wrong). The form says the same to a person; this holds for every entry point."""
    for path, (low, high) in RANGES.items():
        number = _value(rules, path)
        if number is None and path.startswith("max_age"):
            continue
        if not isinstance(number, int) or isinstance(number, bool) or not low <= number <= high:
            yield path, f"must be a whole number from {low} to {high}"
    for path in TEXTS:
        if not all(isinstance(item, str) for item in _value(rules, path)):
            yield path, "must be a list of codes"
    for path in SWITCHES:
        if not isinstance(_value(rules, path), bool):
            yield path, "must be true or false"
    for name in NOT_EMPTY:
        if not getattr(rules, name):
            yield name, "must name at least one"
    if unknown := set(rules.stages) - {stage.value for stage in Stage}:
        yield "stages", f"unknown: {', '.join(sorted(unknown))}"
    if both := set(rules.in_post_states) & set(rules.on_rotation.states):
        yield "in_post_states", f"also named as out on rotation: {', '.join(sorted(both))}"
    if both := set(rules.pool_added) & set(rules.pool_removed):
        yield "pool_removed", f"also added: {', '.join(sorted(both))}"
    if own := set(rules.circumstances) & set(RULES_OF_THEIR_OWN):
        yield "circumstances", f"have a rule of their own: {', '.join(sorted(own))}"
    for name in ("men", "women", "titled_women"):
        yield from _age_problems(f"near_retirement.{name}", getattr(rules.near_retirement, name))


def _age_problems(path: str, age: RetirementAge) -> Iterable[tuple[str, str]]:
    if not 40 <= age.original_years <= age.final_years <= 75:
        yield path, "ages must lie between 40 and 75, the final one not below the original"
    if not 0 <= age.months_per_step <= 60:
        yield path, "the step must be 0 to 60 months"


@cache
def _defaults() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(DEFAULTS.read_text("utf-8"))
    return data


def default_rules(year: int) -> Rules:
    """The usual rules for the school year that begins in `year`."""
    data = _defaults()
    return Rules.from_dict({**data["rules"], "census_on": f"{year}-{data['census']}"})


def is_within(code: str, branches: Iterable[str]) -> bool:
    """Whether a code of a tree (城乡分类) is one of the branches or below one: 111 is within 110 and 100."""
    return any(code.startswith(branch.rstrip("0")) for branch in branches if branch.rstrip("0"))

"""Credit rules as data: kinds, units, caps, minimums, the cycle. `Rules.from_dict` checks them and names every fault.

An amount is text: hours (`"72"`) or credits (`"6 credits"`, `"6 学分"`), so that a rule reads as its document does.
It is turned into whole hundredths of an hour by exact fractions; what does not come out whole is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

SCHEMA = 1
MOST = 10_000_00  # hundredths of an hour that any rule may speak of
_AMOUNT = re.compile(r"^(\d{1,5}(?:\.\d{1,4})?)\s*(credits?|学分)?$")
_CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
_DAY = re.compile(r"^(\d\d)-(\d\d)$")


class Form(StrEnum):
    """The form of training that a kind belongs to 集中、网络、校本、自主."""

    CONCENTRATED = "concentrated"
    ONLINE = "online"
    SCHOOL = "school"
    SELF = "self"

    @property
    def label(self) -> LazyString:
        """The form in the person's language."""
        return {
            "concentrated": _l("Concentrated training"),
            "online": _l("Online training"),
            "school": _l("School-based training"),
            "self": _l("Self-directed training"),
        }[self.value]


class Measure(StrEnum):
    """How the hours of a claim are found."""

    HOURS = "hours"
    UNITS = "units"
    LEVEL = "level"

    @property
    def label(self) -> LazyString:
        """The measure in the person's language."""
        return {
            "hours": _l("Hours as attended"),
            "units": _l("So many hours a unit"),
            "level": _l("So many hours by level"),
        }[self.value]


class RulesError(ValueError):
    """Rules that contradict themselves or say what cannot be read: path → sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {text}" for path, text in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of training; amounts in hundredths of an hour, caps in hours as they count."""

    code: str
    name: str
    name_en: str
    form: Form
    measure: Measure
    unit_name: str
    unit_name_en: str
    hours_per_unit: int
    is_whole_units: bool
    levels: Mapping[str, int]
    weight: Fraction
    record_cap: int | None
    year_cap: int | None
    cycle_cap: int | None
    excess_to: str | None
    is_claimable: bool
    needs_evidence: bool

    @property
    def label(self) -> str:
        """The kind's name in the person's language."""
        return self.name if _is_chinese() or not self.name_en else self.name_en

    def award(self, quantity: int | None, level: str | None) -> int | None:
        """The hours that a quantity (hundredths of hours or units) or a level stands for; None where it stands for
        none. Less than a hundredth of an hour is dropped."""
        if self.measure is Measure.LEVEL:
            return self.levels.get(level or "")
        if quantity is None or quantity <= 0:
            return None
        if self.measure is Measure.HOURS:
            return quantity
        units = quantity // 100 * 100 if self.is_whole_units else quantity
        return units * self.hours_per_unit // 100 or None

    @property
    def unit_label(self) -> str:
        """The unit's name in the person's language."""
        return self.unit_name if _is_chinese() or not self.unit_name_en else self.unit_name_en


@dataclass(frozen=True, slots=True)
class Group:
    """Several kinds that share a cap or a minimum."""

    code: str
    name: str
    name_en: str
    kinds: tuple[str, ...]
    year_cap: int | None
    cycle_cap: int | None
    year_minimum: int | None
    cycle_minimum: int | None

    @property
    def label(self) -> str:
        """The group's name in the person's language."""
        return self.name if _is_chinese() or not self.name_en else self.name_en


@dataclass(frozen=True, slots=True)
class Relief:
    """Who has to reach less in a year: by a circumstance on record."""

    name: str
    name_en: str
    circumstances: tuple[str, ...]
    year_mark: int

    @property
    def label(self) -> str:
        """The relief's name in the person's language."""
        return self.name if _is_chinese() or not self.name_en else self.name_en


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one version."""

    name: str
    name_en: str
    source: str
    remark: str
    shows_credits: bool
    hours_per_credit: Fraction
    years: int
    first_year: int
    begins: tuple[int, int]
    target: int
    year_mark: int
    year_minimum: int | None
    year_cap: int | None
    cycle_cap: int | None
    window_months: int
    new_teacher_months: int
    new_teacher_target: int
    new_teacher_kinds: tuple[str, ...]
    carry_year: int
    carry_cycle: int
    kinds: Mapping[str, Kind]
    groups: tuple[Group, ...]
    reliefs: tuple[Relief, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Rules":
        """The rules that `data` says; RulesError with every fault where it is wrong."""
        return _Reader(data).rules()

    def year_of(self, day: date) -> int:
        """The training year a day lies in, by the calendar year it begins in."""
        return day.year if (day.month, day.day) >= self.begins else day.year - 1

    def cycle_of(self, year: int) -> int:
        """The first training year of the cycle that a year lies in."""
        return self.first_year + (year - self.first_year) // self.years * self.years

    def year_start(self, year: int) -> date:
        """The first day of a training year."""
        return date(year, *self.begins)

    @property
    def label(self) -> str:
        """The name in the person's language."""
        return self.name if _is_chinese() or not self.name_en else self.name_en


def _is_chinese() -> bool:
    return str(get_locale() or "zh").startswith("zh")


def _named(text: str) -> frozenset[str]:
    return frozenset(text.split())


SECTIONS: dict[str, frozenset[str]] = {
    "": _named("schema name name_en source remark unit cycle claims new_teacher carry_over kinds groups reliefs"),
    "unit": _named("shows hours_per_credit"),
    "cycle": _named("years first_year begins target year_mark year_minimum year_cap cap"),
    "claims": _named("window_months"),
    "new_teacher": _named("months target kinds"),
    "carry_over": _named("year_cap cycle_cap"),
    "kinds": _named(
        "code name name_en form measure unit unit_en hours_per_unit whole_units levels hours_per_credit record_cap"
        " year_cap cycle_cap excess_to claimable needs_evidence"
    ),
    "groups": _named("code name name_en kinds year_cap cycle_cap year_minimum cycle_minimum"),
    "reliefs": _named("name name_en circumstances year_mark"),
}


class _Reader:
    """Reads rules and gathers what is wrong."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: dict[str, str] = {}
        self.per_credit = Fraction(1)

    def rules(self) -> Rules:
        data = self.data
        self._known(data, "", "")
        unit, cycle, claims = self._table("unit"), self._table("cycle"), self._table("claims")
        new, carry = self._table("new_teacher"), self._table("carry_over")
        if data.get("schema") != SCHEMA:
            self.problems["schema"] = _("This programme reads schema %(number)s.", number=SCHEMA)
        self.per_credit = self._ratio(unit, "hours_per_credit", "unit.hours_per_credit", Fraction(1))
        kinds = self._kinds()
        found = Rules(
            name=self._text(data, "name", "name", needed=True),
            name_en=self._text(data, "name_en", "name_en"),
            source=self._text(data, "source", "source"),
            remark=self._text(data, "remark", "remark"),
            shows_credits=self._one_of(unit, "shows", "unit.shows", ("hour", "credit"), "hour") == "credit",
            hours_per_credit=self.per_credit,
            years=self._whole(cycle, "years", "cycle.years", 1, 10, 5),
            first_year=self._whole(cycle, "first_year", "cycle.first_year", 1990, 2100, 2011),
            begins=self._begins(cycle),
            target=self._amount(cycle, "target", "cycle.target", needed=True) or 0,
            year_mark=self._amount(cycle, "year_mark", "cycle.year_mark", needed=True) or 0,
            year_minimum=self._amount(cycle, "year_minimum", "cycle.year_minimum"),
            year_cap=self._amount(cycle, "year_cap", "cycle.year_cap"),
            cycle_cap=self._amount(cycle, "cap", "cycle.cap"),
            window_months=self._whole(claims, "window_months", "claims.window_months", 1, 120, 24),
            new_teacher_months=self._whole(new, "months", "new_teacher.months", 0, 36, 0),
            new_teacher_target=self._amount(new, "target", "new_teacher.target") or 0,
            new_teacher_kinds=self._kinds_named(new, "kinds", "new_teacher.kinds", kinds),
            carry_year=self._amount(carry, "year_cap", "carry_over.year_cap") or 0,
            carry_cycle=self._amount(carry, "cycle_cap", "carry_over.cycle_cap") or 0,
            kinds=kinds,
            groups=self._groups(kinds),
            reliefs=self._reliefs(),
        )
        self._sense(found)
        if self.problems:
            raise RulesError(self.problems)
        return found

    def _sense(self, rules: Rules) -> None:
        """What each value allows and all together do not."""
        if rules.year_cap is not None and rules.year_cap < rules.year_mark:
            self.problems["cycle.year_cap"] = _("The cap of a year lies below its mark.")
        if rules.cycle_cap is not None and rules.cycle_cap < rules.target:
            self.problems["cycle.cap"] = _("The cap of the cycle lies below its target.")
        if rules.year_minimum is not None and rules.year_minimum > rules.year_mark:
            self.problems["cycle.year_minimum"] = _("The minimum of a year lies above its mark.")
        for n, kind in enumerate(rules.kinds.values()):
            to = kind.excess_to
            if to is not None and (to not in rules.kinds or to == kind.code or rules.kinds[to].excess_to):
                self.problems[f"kinds[{n}].excess_to"] = _(
                    "The excess goes to another kind of this list, which passes nothing on itself."
                )
        for n, group in enumerate(rules.groups):
            for period in ("year", "cycle"):
                cap, least = getattr(group, f"{period}_cap"), getattr(group, f"{period}_minimum")
                if cap is not None and least is not None and least > cap:
                    self.problems[f"groups[{n}].{period}_minimum"] = _("The minimum lies above the cap.")

    def _table(self, name: str) -> Mapping[str, Any]:
        value = self.data.get(name, {})
        if not isinstance(value, Mapping):
            self.problems[name] = _("A table is expected here.")
            return {}
        self._known(value, name, f"{name}.")
        return value

    def _rows(self, name: str) -> list[tuple[str, Mapping[str, Any]]]:
        value = self.data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            self.problems[name] = _("A list of tables is expected here.")
            return []
        found = [(f"{name}[{n}]", row) for n, row in enumerate(value)]
        for path, row in found:
            self._known(row, name, f"{path}.")
        return found

    def _known(self, data: Mapping[str, Any], section: str, prefix: str) -> None:
        for key in data:
            if key not in SECTIONS[section]:
                self.problems[f"{prefix}{key}"] = _("Nothing is called so here.")

    def _text(self, data: Mapping[str, Any], key: str, path: str, *, needed: bool = False) -> str:
        value = data.get(key, "") or ""
        if not isinstance(value, str) or len(value) > 1000:
            self.problems[path] = _("Text of up to 1,000 characters is expected here.")
            return ""
        if needed and not value.strip():
            self.problems[path] = _("This must be filled in.")
        return value.strip()

    def _flag(self, data: Mapping[str, Any], key: str, path: str, default: bool) -> bool:
        value = data.get(key, default)
        if not isinstance(value, bool):
            self.problems[path] = _("true or false is expected here.")
            return default
        return value

    def _one_of(self, data: Mapping[str, Any], key: str, path: str, offered: tuple[str, ...], default: str) -> str:
        value = data.get(key, default)
        if value not in offered:
            self.problems[path] = _("One of these is expected here: %(values)s.", values=", ".join(offered))
            return default
        return str(value)

    def _whole(self, data: Mapping[str, Any], key: str, path: str, least: int, most: int, default: int) -> int:
        value = data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.problems[path] = _(
                "A whole number from %(least)s to %(most)s is expected here.", least=least, most=most
            )
            return default
        return value

    def _ratio(self, data: Mapping[str, Any], key: str, path: str, default: Fraction) -> Fraction:
        value = data.get(key)
        if value in (None, ""):
            return default
        try:
            ratio = Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            ratio = Fraction(0)
        if not 0 < ratio <= 1000:
            self.problems[path] = _("Hours for one credit are expected here, such as 6 or 7.5.")
            return default
        return ratio

    def _amount(
        self, data: Mapping[str, Any], key: str, path: str, *, needed: bool = False, per_credit: Fraction | None = None
    ) -> int | None:
        """Hundredths of an hour; None where nothing is said."""
        value = data.get(key)
        if value in (None, ""):
            if needed:
                self.problems[path] = _("This must be filled in.")
            return None
        match = _AMOUNT.match(str(value).strip())
        if isinstance(value, bool) or match is None:
            self.problems[path] = _("Hours such as 72, or credits such as “6 credits”, are expected here.")
            return None
        hours = Fraction(match[1]) * ((per_credit or self.per_credit) if match[2] else 1) * 100
        if hours.denominator != 1 or hours > MOST:
            self.problems[path] = _("This does not come out in whole hundredths of an hour, or is too much.")
            return None
        return int(hours)

    def _begins(self, cycle: Mapping[str, Any]) -> tuple[int, int]:
        value = str(cycle.get("begins", "01-01"))
        match = _DAY.match(value)
        try:
            day = date(2001, int(match[1]), int(match[2])) if match else None
        except ValueError:
            day = None
        if day is None:
            self.problems["cycle.begins"] = _("A month and a day such as 01-01 or 09-01 are expected here.")
            return 1, 1
        return day.month, day.day

    def _code(self, row: Mapping[str, Any], path: str, taken: Mapping[str, Any]) -> str:
        code = row.get("code")
        if not isinstance(code, str) or not _CODE.match(code):
            self.problems[f"{path}.code"] = _("A code of small letters, digits and _ is expected here.")
            return path
        if code in taken:
            self.problems[f"{path}.code"] = _("The code “%(code)s” stands here twice.", code=code)
        return code

    def _kinds(self) -> dict[str, Kind]:
        found: dict[str, Kind] = {}
        rows = self._rows("kinds")
        if not rows and "kinds" not in self.problems:
            self.problems["kinds"] = _("At least one kind of training is needed.")
        for path, row in rows:
            kind = self._kind(path, row, found)
            found[kind.code] = kind
        return found

    def _kind(self, path: str, row: Mapping[str, Any], taken: Mapping[str, Kind]) -> Kind:
        per_credit = self._ratio(row, "hours_per_credit", f"{path}.hours_per_credit", self.per_credit)
        measure = Measure(self._one_of(row, "measure", f"{path}.measure", tuple(Measure), Measure.HOURS))
        per_unit = self._amount(
            row, "hours_per_unit", f"{path}.hours_per_unit", needed=measure is Measure.UNITS, per_credit=per_credit
        )
        to = row.get("excess_to") or None
        return Kind(
            code=self._code(row, path, taken),
            name=self._text(row, "name", f"{path}.name", needed=True),
            name_en=self._text(row, "name_en", f"{path}.name_en"),
            form=Form(self._one_of(row, "form", f"{path}.form", tuple(Form), Form.SELF)),
            measure=measure,
            unit_name=self._text(row, "unit", f"{path}.unit", needed=measure is Measure.UNITS),
            unit_name_en=self._text(row, "unit_en", f"{path}.unit_en"),
            hours_per_unit=per_unit or 0,
            is_whole_units=self._flag(row, "whole_units", f"{path}.whole_units", False),
            levels=self._levels(path, row, measure, per_credit),
            weight=self.per_credit / per_credit,
            record_cap=self._amount(row, "record_cap", f"{path}.record_cap"),
            year_cap=self._amount(row, "year_cap", f"{path}.year_cap"),
            cycle_cap=self._amount(row, "cycle_cap", f"{path}.cycle_cap"),
            excess_to=str(to) if to else None,
            is_claimable=self._flag(row, "claimable", f"{path}.claimable", True),
            needs_evidence=self._flag(row, "needs_evidence", f"{path}.needs_evidence", True),
        )

    def _levels(self, path: str, row: Mapping[str, Any], measure: Measure, per_credit: Fraction) -> dict[str, int]:
        value = row.get("levels", {})
        if not isinstance(value, Mapping):
            self.problems[f"{path}.levels"] = _("A table is expected here.")
            return {}
        found = {
            str(level): amount
            for level in value
            if (amount := self._amount(value, level, f"{path}.levels.{level}", per_credit=per_credit)) is not None
        }
        if measure is Measure.LEVEL and not found:
            self.problems.setdefault(f"{path}.levels", _("Say how many hours each level counts."))
        return found

    def _kinds_named(self, data: Mapping[str, Any], key: str, path: str, kinds: Mapping[str, Kind]) -> tuple[str, ...]:
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            self.problems[path] = _("A list of codes is expected here.")
            return ()
        for code in value:
            if code not in kinds:
                self.problems[path] = _("There is no kind “%(code)s”.", code=code)
        return tuple(dict.fromkeys(value))

    def _groups(self, kinds: Mapping[str, Kind]) -> tuple[Group, ...]:
        found: dict[str, Group] = {}
        for path, row in self._rows("groups"):
            code = self._code(row, path, found)
            named = self._kinds_named(row, "kinds", f"{path}.kinds", kinds)
            if not named:
                self.problems.setdefault(f"{path}.kinds", _("A group has at least one kind."))
            found[code] = Group(
                code=code,
                name=self._text(row, "name", f"{path}.name", needed=True),
                name_en=self._text(row, "name_en", f"{path}.name_en"),
                kinds=named,
                year_cap=self._amount(row, "year_cap", f"{path}.year_cap"),
                cycle_cap=self._amount(row, "cycle_cap", f"{path}.cycle_cap"),
                year_minimum=self._amount(row, "year_minimum", f"{path}.year_minimum"),
                cycle_minimum=self._amount(row, "cycle_minimum", f"{path}.cycle_minimum"),
            )
        return tuple(found.values())

    def _reliefs(self) -> tuple[Relief, ...]:
        found = []
        for path, row in self._rows("reliefs"):
            codes = row.get("circumstances", [])
            if not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
                self.problems[f"{path}.circumstances"] = _("A list of codes is expected here.")
                codes = []
            found.append(
                Relief(
                    name=self._text(row, "name", f"{path}.name", needed=True),
                    name_en=self._text(row, "name_en", f"{path}.name_en"),
                    circumstances=tuple(codes),
                    year_mark=self._amount(row, "year_mark", f"{path}.year_mark", needed=True) or 0,
                )
            )
        return tuple(found)

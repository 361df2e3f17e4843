"""Certificate types as data: the shipped default, and the changes that a county made to its own copy.

What ships stands in `policies/certificate_types.toml`. A county's own version of a type is one row with the same
fields; it wins over the shipped one of the same code, and may be a type that does not ship at all.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from flask import g, has_app_context
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from app.config import ROOT
from app.extensions import db
from app.qualifications.models import CountyCertificateType
from app.schools.models import Stage
from app.tables.text import fold

DEFAULTS = ROOT / "policies" / "certificate_types.toml"


class Category(StrEnum):
    """What a certificate is about."""

    TEACHING = "teaching"
    PUTONGHUA = "putonghua"
    MENTAL_HEALTH = "mental_health"
    CLASS_TEACHER = "class_teacher"
    LEADERSHIP = "leadership"
    SPECIAL_EDUCATION = "special_education"
    SKILL = "skill"
    EDUCATION = "education"
    OTHER = "other"

    @property
    def label(self) -> LazyString:
        """The category in the person's language."""
        return CATEGORY_LABELS[self]


CATEGORY_LABELS = {
    Category.TEACHING: _l("Teaching qualification"),
    Category.PUTONGHUA: _l("Putonghua level"),
    Category.MENTAL_HEALTH: _l("Mental health education"),
    Category.CLASS_TEACHER: _l("Class teachers"),
    Category.LEADERSHIP: _l("School leadership"),
    Category.SPECIAL_EDUCATION: _l("Special education"),
    Category.SKILL: _l("Skills"),
    Category.EDUCATION: _l("Further education"),
    Category.OTHER: _l("Other certificates"),
}


class SubjectMatch(StrEnum):
    """Whether a teaching qualification must be of the subject taught."""

    IGNORE = "ignore"
    NOTE = "note"
    REQUIRE = "require"

    @property
    def label(self) -> LazyString:
        """The rule in the person's language."""
        return {
            "ignore": _l("Any subject"),
            "note": _l("Another subject is pointed out"),
            "require": _l("Another subject may not be taught"),
        }[self.value]


@dataclass(frozen=True, slots=True)
class Need:
    """Who must hold a certificate: every condition that is given must fit. `counts_further`: further subjects too."""

    stages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    counts_further: bool = False
    is_class_teacher: bool = False
    positions: tuple[str, ...] = ()
    min_pupils: int | None = None
    max_pupils: int | None = None
    from_on: date | None = None
    is_barring: bool = True


@dataclass(frozen=True, slots=True)
class CertificateType:
    """One type of certificate, as it holds in one county."""

    code: str
    category: Category
    name_zh: str
    name_en: str
    aliases: tuple[str, ...] = ()
    kind_code: str = ""
    validity_months: int | None = None
    registration_months: int | None = None
    is_overdue_barring: bool = True
    is_renewable: bool = True
    covers: tuple[str, ...] = ()
    covers_subject: str = ""
    subject_covers: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    subject_match: SubjectMatch = SubjectMatch.IGNORE
    needs: tuple[Need, ...] = ()
    needs_number: bool = True
    is_active: bool = True
    is_local: bool = False

    @property
    def label(self) -> str:
        """The name in the person's language."""
        return self.name_zh if str(get_locale() or "zh").startswith("zh") else self.name_en

    @property
    def has_subject(self) -> bool:
        """Whether a certificate of this type names a subject."""
        return self.category is Category.TEACHING

    def to_dict(self) -> dict[str, Any]:
        """The type as JSON keeps it."""
        found = {key: value for key, value in asdict(self).items() if key != "is_local"}
        found["needs"] = [_plain_need(need) for need in self.needs]
        return {key: list(v) if isinstance(v, tuple) else str(v) if isinstance(v, StrEnum) else v
                for key, v in found.items()}  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "CertificateType":
        """Read a type; raises ValueError for one that contradicts itself."""
        known = {f.name for f in fields(cls)}
        if unknown := set(data) - known:
            raise ValueError(f"{data.get('code')}: unknown {', '.join(sorted(unknown))}")
        values = _frozen(data)
        values["category"] = Category(data["category"])
        values["subject_match"] = SubjectMatch(data.get("subject_match", SubjectMatch.IGNORE))
        values["needs"] = tuple(_need(need) for need in data.get("needs", ()))
        made = cls(**values)
        if unknown_stages := {*made.stages, *(s for n in made.needs for s in n.stages)} - {s.value for s in Stage}:
            raise ValueError(f"{made.code}: unknown stages {', '.join(sorted(unknown_stages))}")
        return made


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _need(data: Mapping[str, Any]) -> Need:
    values = _frozen(data)
    if isinstance(values.get("from_on"), str):
        values["from_on"] = date.fromisoformat(values["from_on"])
    return Need(**values)


def _plain_need(need: Need) -> dict[str, Any]:
    found = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(need).items()}
    if need.from_on is not None:
        found["from_on"] = need.from_on.isoformat()
    return {key: value for key, value in found.items() if value not in (None, [], False) or key == "is_barring"}


@cache
def shipped() -> Mapping[str, CertificateType]:
    """The types that ship with the system, by code."""
    found = [CertificateType.from_dict(data) for data in tomllib.loads(DEFAULTS.read_text("utf-8"))["type"]]
    types = {one.code: one for one in found}
    if len(types) != len(found):
        raise ValueError(f"{DEFAULTS.name} names a code twice")
    return types


class Types(Mapping[str, CertificateType]):
    """The types of one county, by code, in their order."""

    def __init__(self, own: Iterable[CertificateType] = ()) -> None:
        found = dict(shipped())
        for one in own:
            found[one.code] = replace(one, is_local=True)
        self._found = found
        self._kept: dict[tuple[str, str | None], frozenset[str]] = {}

    def __getitem__(self, code: str) -> CertificateType:
        return self._found[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def label(self, code: str) -> str:
        """What a type is called; an unknown code is shown as it is."""
        return self._found[code].label if code in self._found else code

    def active(self) -> list[CertificateType]:
        """The types that can be entered."""
        return [one for one in self._found.values() if one.is_active]

    def of_category(self, category: Category) -> list[str]:
        """The codes of one category."""
        return [one.code for one in self._found.values() if one.category is category]

    def choices(self) -> list[tuple[str, str]]:
        """(code, label) of the types that can be entered."""
        return [(one.code, one.label) for one in self.active()]

    def covered_by(self, code: str, subject: str | None = None) -> frozenset[str]:
        """Every type that a certificate of this type (and subject) is as good as, itself included."""
        key = (code, subject)
        if key not in self._kept:
            self._kept[key] = frozenset(self._walk(code, subject))
        return self._kept[key]

    def _walk(self, code: str, subject: str | None) -> set[str]:
        seen: set[str] = set()
        waiting = [code]
        while waiting:
            now = waiting.pop()
            if now in seen:
                continue
            seen.add(now)
            one = self._found.get(now)
            if one is None:
                continue
            waiting += one.covers
            if subject and subject == one.covers_subject:
                waiting += one.subject_covers
        return seen

    def covering(self, code: str) -> list[CertificateType]:
        """The types that are as good as this one, itself first."""
        found = [one for one in self._found.values() if code in self.covered_by(one.code, one.covers_subject or None)]
        return sorted(found, key=lambda one: one.code != code)

    def of_kind(self, categories: Sequence[Category], kind_code: str) -> str | None:
        """The type that a national code means."""
        for one in self._found.values():
            if one.kind_code == kind_code and one.category in categories:
                return one.code
        return None

    def named(self, text: str) -> str | None:
        """The type that a written name means: a code, a name or an alias."""
        wanted = fold(text)
        for one in self._found.values():
            if wanted in {fold(name) for name in (one.code, one.name_zh, one.name_en)}:
                return one.code
        for one in self._found.values():
            if wanted in {fold(name) for name in one.aliases}:
                return one.code
        return None


def types_of(county_id: int) -> Types:
    """The types of one county; read once a request, or once a transaction of a command."""
    return load_types([county_id])[county_id]


def load_types(county_ids: Iterable[int]) -> Mapping[int, Types]:
    """The types of several counties, in one query."""
    if not has_app_context():
        raise RuntimeError("types are read within the application")
    kept: dict[int, Types] = g.setdefault("certificate_types", {})
    missing = sorted(set(county_ids) - kept.keys())
    if missing:
        row = CountyCertificateType
        own: dict[int, list[CertificateType]] = {county_id: [] for county_id in missing}
        for found in db.session.scalars(select(row).where(row.county_id.in_(missing)).order_by(row.id)):
            own[found.county_id].append(CertificateType.from_dict(found.rules))
        kept |= {county_id: Types(types) for county_id, types in own.items()}
    return kept


def forget(county_id: int) -> None:
    """Read a county's types anew next time."""
    g.get("certificate_types", {}).pop(county_id, None)


def label_of(county_id: int, code: str) -> str:
    """What a type is called in a county."""
    return types_of(county_id).label(code)

"""Finding teachers by what somebody types: a name, its pinyin or initials, a staff number, an identity number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.datastructures import MultiDict

from app.codes import queries as codes
from app.schools.pinyin import may_begin_pinyin, typed
from app.tables.text import compact_text
from app.teachers.identity import digest
from app.teachers.models import Teacher
from app.web.lists import Filter, Sort
from app.web.pagination import SortKey

BY_NAME = Sort((SortKey(Teacher.name_pinyin, "name_pinyin"), SortKey(Teacher.id, "id")))
BY_CHARACTERS = Sort((SortKey(Teacher.name, "name"), SortKey(Teacher.id, "id")))
BY_INITIALS = Sort(
    (
        SortKey(Teacher.name_initials, "name_initials"),
        SortKey(Teacher.name_pinyin, "name_pinyin"),
        SortKey(Teacher.id, "id"),
    )
)
# Who is looked for by a document, by its digest; the number itself is never shown back.
DOCUMENT = Filter("document", _l("Identity number"), str, lambda _value: "••••")
_CARD = re.compile(r"^\d{17}[\dX]$")
_LETTERS = re.compile(r"^[A-Za-zü' ]+$")
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Search:
    """What a typed text looks for. `order` is that of the index it runs along. `other_way`: the letters can also be
    read as initials. `prefix_only`: inside names was not looked, because the reach is wider than a county."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    order: Sort | None = None
    other_way: bool = False
    prefix_only: bool = False


def identity_digests(text: str) -> list[str]:
    """The digests of a text that can only be an identity number; a card's number is never kept in an address."""
    number = compact_text(text).replace(" ", "").upper()
    return [digest("1", number)] if _CARD.match(number) else []


def without_number(args: MultiDict[str, str]) -> dict[str, Any] | None:
    """The query string with an identity number in `q` replaced by its digest in `document`; None where there is none.

    A number stays in no address: addresses are kept by browsers, by proxies and as saved filters.
    """
    found = identity_digests(args.get("q", ""))
    if not found:
        return None
    kept = {name: values for name, values in args.lists() if name not in ("q", "after", "before")}
    return kept | {"document": found[0]}


def search(text: str, *, in_one_county: bool, as_initials: bool = False) -> Search:
    """Read a typed text. Within a county every name is looked through; beyond it, names from their beginning."""
    text = compact_text(text)
    if not text:
        return Search()
    if any(c.isdigit() for c in text):
        number = text.replace(" ", "").upper()
        documents = [digest(id_type, number) for id_type in codes.tables().get("id_type", {"1": None})]
        return Search((or_(Teacher.staff_number == text, Teacher.id_number_digest.in_(documents)),))
    if _LETTERS.match(text) and typed(text):
        return _letters(typed(text), text, in_one_county, as_initials)
    if in_one_county:
        return Search((Teacher.name.contains(text, autoescape=True),))
    return Search((begins(Teacher.name, text),), BY_CHARACTERS, prefix_only=True)


def _letters(letters: str, text: str, in_one_county: bool, as_initials: bool) -> Search:
    pinyin, initials = begins(Teacher.name_pinyin, letters), begins(Teacher.name_initials, letters)
    if in_one_county:
        ways: Sequence[ColumnElement[bool]] = (
            pinyin,
            initials,
            Teacher.name.contains(text, autoescape=True),
            *([Teacher.name_pinyin.contains(letters, autoescape=True)] if len(letters) > 2 else []),
        )
        return Search((or_(*ways),))
    if as_initials or not may_begin_pinyin(letters):
        return Search((initials,), BY_INITIALS, prefix_only=True)
    return Search((pinyin,), None, other_way=1 < len(letters) < 4, prefix_only=True)


def begins(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    """The column begins with the prefix, said so that an index in byte order serves it."""
    return (column >= prefix) & (column < prefix + _LAST)

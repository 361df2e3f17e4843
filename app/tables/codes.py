"""Code lists: what an office writes for a code, and the code it means."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from app.tables.text import fold

_SEPARATORS = re.compile(r"[-－—–_/\\>]+")
_CODE_THEN_LABEL = re.compile(r"^([0-9]+|[a-z][0-9]?)(?:[-－—–_:.、]|(?=[^0-9a-z.]))(.+)$")


class UnknownCode(LookupError):
    """The text names no code of the list."""


class ContradictoryCode(LookupError):
    """The text holds a code and the label of another one."""


@dataclass(frozen=True, slots=True)
class CodeItem:
    """One code with its labels; `national_code` is empty where no national table is known."""

    code: str
    label_zh: str
    label_en: str
    national_code: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """A table of codes, with the spellings by which each item is known."""

    name: str
    items: tuple[CodeItem, ...]
    _spellings: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _codes: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_codes", _code_spellings(self.items))
        object.__setattr__(self, "_spellings", _label_spellings(self.items))

    def __iter__(self) -> Iterator[CodeItem]:
        return iter(self.items)

    def __contains__(self, code: str) -> bool:
        return any(item.code == code for item in self.items)

    def __getitem__(self, code: str) -> CodeItem:
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def resolve(self, value: Any) -> str:
        """The code meant by a code, a label, an alias, `205-交流轮岗` or a path such as `教师岗位-专业技术岗位一级`.

        Raises UnknownCode, or ContradictoryCode where code and label disagree.
        """
        text = fold(value)
        found = self.exact(text)
        if found is None:
            found = self._by_code_and_label(text) or self._by_path(text)
        if found is None:
            raise UnknownCode(text)
        return found

    def exact(self, value: Any) -> str | None:
        """The code whose code, label or alias the text is as a whole, if any."""
        text = fold(value)
        return self._spellings.get(text) or self._codes.get(text)

    def option(self, code: str) -> str:
        """How a code is shown in a drop-down: `205-交流轮岗`; codes that are English words show their label alone."""
        item = self[code]
        readable = item.national_code or (item.code if any(c.isdigit() for c in item.code) else "")
        return f"{readable}-{item.label_zh}" if readable else item.label_zh

    def _by_code_and_label(self, text: str) -> str | None:
        match = _CODE_THEN_LABEL.match(text)
        code = self._codes.get(match[1]) if match else None
        if code is None or match is None:
            return None
        named = self._spellings.get(match[2]) or self._by_path(match[2])
        if named is not None and not self._related(named, code):
            raise ContradictoryCode(text)
        return code

    def _related(self, one: str, other: str) -> bool:
        """Whether two codes are the same, share a label, or one is the other's ancestor."""
        return (
            one == other
            or one in self._line(other)
            or other in self._line(one)
            or self[one].label_zh == self[other].label_zh
        )

    def _line(self, code: str) -> list[str]:
        line: list[str] = []
        while (parent := self[code].parent) and parent in self and parent not in line:
            line.append(parent)
            code = parent
        return line

    def _by_path(self, text: str) -> str | None:
        last = _SEPARATORS.split(text)[-1]
        return self._spellings.get(last) if last != text else None


def _code_spellings(items: Iterable[CodeItem]) -> dict[str, str]:
    """Codes as written, as national codes, and without the leading zeros a number cell loses."""
    spellings: dict[str, str] = {}
    items = tuple(items)
    for item in items:
        spellings[fold(item.code)] = item.code
    for item in items:
        if item.national_code:
            spellings.setdefault(fold(item.national_code), item.code)
    for item in items:
        bare = fold(item.code).lstrip("0")
        if bare:
            spellings.setdefault(bare, item.code)
        elif item.code:
            spellings.setdefault("0", item.code)
    return spellings


def _label_spellings(items: Iterable[CodeItem]) -> dict[str, str]:
    """Labels win over aliases, and the first item over later ones with the same label."""
    spellings: dict[str, str] = {}
    items = tuple(items)
    for item in items:
        for label in (item.label_zh, item.label_en):
            spellings.setdefault(fold(label), item.code)
    for item in items:
        for alias in item.aliases:
            spellings.setdefault(fold(alias), item.code)
    return spellings


def seed_names() -> tuple[str, ...]:
    """The code tables that ship with the system."""
    folder = files("app.tables") / "codes_seed"
    return tuple(sorted(entry.name.removesuffix(".csv") for entry in folder.iterdir() if entry.name.endswith(".csv")))


@cache
def seed_list(name: str) -> CodeList:
    """A code table as it ships with the system."""
    text = (files("app.tables") / "codes_seed" / f"{name}.csv").read_text(encoding="utf-8")
    return CodeList(name, tuple(_item(row) for row in csv.DictReader(text.splitlines())))


def seed_lists(names: Iterable[str] | None = None) -> dict[str, CodeList]:
    """Several shipped code tables by name; all of them when no names are given."""
    return {name: seed_list(name) for name in (seed_names() if names is None else names)}


def _item(row: Mapping[str, str]) -> CodeItem:
    return CodeItem(
        code=row["code"],
        label_zh=row["label_zh"],
        label_en=row["label_en"],
        national_code=row["national_code"],
        parent=row["parent"],
        aliases=tuple(filter(None, row["aliases"].split("|"))),
    )

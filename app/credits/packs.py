"""The rule sets that ship as files under `policies/credit_rules/`, and reading such a file from anywhere."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app.config import ROOT
from app.credits.rules import Rules, RulesError

FOLDER = ROOT / "policies" / "credit_rules"
NATIONAL = "national"
LARGEST = 200_000
_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_]+)\s*\]?\]")
_KEY = re.compile(r"^\s*\"?([A-Za-z0-9_]+)\"?\s*=")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file: the line (0 where none can be named), the place in the rules, a sentence."""

    line: int
    path: str
    text: str

    def __str__(self) -> str:
        where = _("Line %(number)s", number=self.line) if self.line else _("The file")
        return f"{where}: {self.path}: {self.text}" if self.path else f"{where}: {self.text}"


class WrongFile(ValueError):
    """A file of rules that cannot be used; `problems` say where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read(text: str) -> dict[str, Any]:
    """The rules of a TOML text, checked; WrongFile with lines and reasons where they are wrong."""
    if len(text) > LARGEST:
        raise WrongFile([Problem(0, "", _("The file is larger than any set of rules."))])
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise WrongFile([Problem(line, "", _("This is not TOML: %(problem)s", problem=str(error)))]) from None
    try:
        Rules.from_dict(data)
    except RulesError as error:
        lines = _lines(text)
        problems = [Problem(_line_of(path, lines), path, said) for path, said in error.problems.items()]
        raise WrongFile(sorted(problems, key=lambda problem: problem.line)) from None
    return data


def _lines(text: str) -> dict[str, int]:
    """The line of every table and key by its path."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            name = header[2]
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                found.setdefault(name, number)
                name = f"{name}[{counts[name]}]"
            found[name] = number
            prefix = f"{name}."
        elif key := _KEY.match(line):
            found.setdefault(prefix + key[1], number)
    return found


def _line_of(path: str, lines: Mapping[str, int]) -> int:
    """The line of a path, else that of the table around it."""
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return 0


@cache
def _shipped(path: Path) -> dict[str, Any]:
    return read(path.read_text(encoding="utf-8"))


def names() -> list[str]:
    """The shipped sets, the national one first."""
    found = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return sorted(found, key=lambda name: name != NATIONAL)


def pack(name: str) -> dict[str, Any]:
    """A shipped set; KeyError for a name that is none."""
    if name not in names():
        raise KeyError(name)
    return _shipped(FOLDER / f"{name}.toml")


def choices() -> list[tuple[str, str]]:
    """The shipped sets as choices."""
    return [(name, Rules.from_dict(pack(name)).label) for name in names()]

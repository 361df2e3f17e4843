"""Where each table and key of a pack's text stands, which the TOML reader does not tell."""

import re
from collections.abc import Iterator

_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]?\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=(.*)$")
type Path = tuple[str | int, ...]


def lines_of(text: str) -> dict[Path, int]:
    """Path such as ("clause", 2, "part", 0, "measure") to the number of its line, from one."""
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    here: Path = ()
    for number, line in _logical(text):
        if header := _HEADER.match(line):
            here = _open(tuple(header[1].split(".")), counts, is_list=line.lstrip().startswith("[["))
            found[here] = number
        elif key := _KEY.match(line):
            found.setdefault((*here, key[1]), number)
    return found


def line_at(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _open(names: tuple[str, ...], counts: dict[Path, int], *, is_list: bool) -> Path:
    path: Path = ()
    for position, name in enumerate(names):
        path = (*path, name)
        is_last = position == len(names) - 1
        if is_last and is_list:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines that begin something: not those inside a long string or an open bracket."""
    quote, depth = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if quote:
            quote = "" if line.count(quote) % 2 else quote
            continue
        if depth <= 0:
            yield number, line
        for mark in ('"""', "'''"):
            if line.count(mark) % 2:
                quote = mark
        if not quote and not (depth <= 0 and _HEADER.match(line)):
            bare = re.sub(r'"(\\.|[^"\\])*"|\'[^\']*\'|#.*$', "", line)
            depth += sum(bare.count(sign) for sign in "[{") - sum(bare.count(sign) for sign in "]}")

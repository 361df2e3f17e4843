"""Finding the header of a sheet below its title rows, and saying which column is which field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.tables.packages import TableFileError
from app.tables.reading import RawSheet, Workbook, expand_merges
from app.tables.specification import Sheet
from app.tables.text import normalise_header, plain, tidy_text

JOINT = "›"
"""Stands between the parts of a header that is spread over two or three rows."""

SEARCHED_ROWS = 30
_MAX_HEADER_ROWS = 3
_TITLE_SHARE = 0.6
RESULT_COLUMN = "错误信息"
_IGNORED = frozenset(normalise_header(name) for name in (RESULT_COLUMN, "序号", "编号", "No.", "备注"))


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (rows counted from 0, the last included) and what it says, column by column.

    Two columns with the same text are told apart by a number: `获得学位`, `获得学位(2)`.
    """

    first_row: int
    last_row: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column holds which field."""

    columns: dict[int, str]
    unmapped: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)

    def column_of(self, key: str) -> int | None:
        return next((column for column, name in self.columns.items() if name == key), None)


def locate(workbook: Workbook, sheet: Sheet, name: str | None = None) -> tuple[RawSheet, Header]:
    """The data sheet of a workbook and its header: the visible sheet whose header knows most of the fields."""
    names = (name,) if name is not None else workbook.candidates
    best: tuple[int, RawSheet, Header] | None = None
    refusal: TableFileError | None = None
    for candidate in names:
        raw = workbook.sheet(candidate)
        if not raw.rows:
            continue
        try:
            header = find_header(raw, sheet)
        except TableFileError as error:
            refusal = refusal or error
            continue
        matched = len(propose_mapping(header.texts, sheet).columns)
        if best is None or matched > best[0]:
            best = (matched, raw, header)
    if best is None:
        raise refusal or TableFileError("no_data_sheet")
    return best[1], best[2]


def find_header(raw: RawSheet, sheet: Sheet) -> Header:
    """The one to three rows that name most fields of the sheet. Raises TableFileError where no row does."""
    top = _header_rows(raw)
    names = _names(sheet)
    best: tuple[int, int, int, int] | None = None
    for first in range(len(top)):
        for height in range(1, min(_MAX_HEADER_ROWS, len(top) - first) + 1):
            score = _matches(_joined(top[first : first + height]), names)
            candidate = (score, -height, -first, first + height - 1)
            if best is None or candidate > best:
                best = candidate
    if best is None or best[0] < max(2, min(3, len(sheet.required))):
        expected = "、".join(sheet[key].label_zh for key in sheet.required[:5])
        raise TableFileError("headers_not_found", sheet=raw.name, expected=expected)
    first, last = -best[2], best[3]
    reach = max(
        (m[2] for m in raw.merges if first <= m[0] <= last and m[3] - m[1] < _TITLE_SHARE * raw.width), default=last
    )
    return Header(first, max(last, min(reach, first + _MAX_HEADER_ROWS)), _numbered(_joined(top[first : last + 1])))


def propose_mapping(headers: Sequence[str], sheet: Sheet, remembered: Mapping[str, str] | None = None) -> ColumnMapping:
    """Which header is which field; `remembered` holds choices a person made before, header text to field key.

    The official name of a field wins over aliases, an alias over the last part of a joined header, and a field's
    last resorts are tried only when a required field found nothing better.
    """
    columns: dict[int, str] = {}
    for column, text in enumerate(headers):
        chosen = (remembered or {}).get(text)
        if chosen is not None and chosen in sheet and chosen not in columns.values():
            columns[column] = chosen
    spellings = [_spellings(text) for text in headers]
    for depth in range(_MAX_HEADER_ROWS):
        for rank in range(max(len(entry.names) for entry in sheet)):
            _take(columns, spellings, depth, ((entry, entry.names[rank : rank + 1]) for entry in sheet))
    for entry in sheet:
        if entry.required and entry.key not in columns.values():
            _take(columns, spellings, 0, [(entry, entry.last_resort)], may_move=True)
    mapped = set(columns.values())
    return ColumnMapping(
        columns=dict(sorted(columns.items())),
        unmapped=tuple(
            column for column, text in enumerate(headers)
            if text and column not in columns and normalise_header(text) not in _IGNORED
        ),
        missing=tuple(key for key in sheet.required if key not in mapped),
        texts=tuple(headers),
    )  # fmt: skip


def _take(
    columns: dict[int, str],
    spellings: Sequence[tuple[str, ...]],
    depth: int,
    wanted: Any,
    *,
    may_move: bool = False,
) -> None:
    """Give each wanted field the first free column whose spelling at that depth is one of its names."""
    for entry, names in wanted:
        if entry.key in columns.values():
            continue
        known = {normalise_header(name) for name in names}
        for column, forms in enumerate(spellings):
            is_free = column not in columns or may_move
            if is_free and any(form in known for form in forms[depth : depth + 1]):
                columns[column] = entry.key
                break


def _spellings(text: str) -> tuple[str, ...]:
    """A header as a whole, and by its lower parts where it was joined from several rows."""
    parts = text.split(JOINT)
    whole = normalise_header("".join(parts))
    return (whole, *(normalise_header("".join(parts[start:])) for start in range(1, len(parts))))


def _names(sheet: Sheet) -> dict[str, str]:
    """Every known spelling of every field, normalised."""
    return {
        normalise_header(name): entry.key for entry in sheet for name in (*entry.last_resort, *reversed(entry.names))
    }  # fmt: skip


def _matches(texts: Sequence[str], names: Mapping[str, str]) -> int:
    """How many different fields a candidate header names."""
    found: set[str] = set()
    for text in texts:
        for form in _spellings(text):
            if form in names and names[form] not in found:
                found.add(names[form])
                break
    return len(found)


def _header_rows(raw: RawSheet) -> list[list[str]]:
    """The first rows with merged header cells filled in; title rows are blanked."""
    rows = [list(row) for row in raw.rows[:SEARCHED_ROWS]]
    titles = {top for top, left, bottom, right in raw.merges if right - left + 1 > max(3, _TITLE_SHARE * raw.width)}
    expand_merges(rows, [m for m in raw.merges if m[0] not in titles and m[2] - m[0] < _MAX_HEADER_ROWS], 0)
    return [
        [""] * raw.width if index in titles or _is_title(row) else [tidy_text(plain(cell)) for cell in row]
        for index, row in enumerate(rows)
    ]


def _is_title(row: Sequence[Any]) -> bool:
    return sum(1 for cell in row if cell != "") < 2


def _joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """The texts of a header of several rows, from top to bottom, each different part once."""
    return [JOINT.join(_different(parts)) for parts in zip(*rows, strict=True)]


def _different(parts: Sequence[str]) -> Iterator[str]:
    last = ""
    for part in parts:
        text = "".join(part.split()) if part else ""
        if text and text != last:
            yield text
            last = text


def _numbered(texts: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    numbered: list[str] = []
    for text in texts:
        seen[text] += 1
        numbered.append(f"{text}({seen[text]})" if text and seen[text] > 1 else text)
    return tuple(numbered)

"""Looking into an upload: is it a table, which sheet, which header, what stands in the columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from app.tables import headers, identity
from app.tables.packages import Limits
from app.tables.reading import RawSheet, Workbook, open_workbook
from app.tables.specification import Kind, Sheet
from app.tables.text import plain, tidy_text

SAMPLES = 4
_SAMPLED_ROWS = 200
_SAMPLE_LENGTH = 40
_LONG_NUMBER = re.compile(r"\d{11,17}[\dxX]")


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is kept of an upload besides its bytes; samples never show an identity number or telephone whole."""

    sheet_name: str
    row_count: int
    layout: dict[str, Any]
    mapping: dict[str, str]


def limits() -> Limits:
    """How much of a file is accepted, by the configuration."""
    config = current_app.config
    rows: int = config["IMPORT_MAX_ROWS"]
    return Limits(
        file_bytes=config["IMPORT_MAX_BYTES"],
        unpacked_bytes=config["IMPORT_MAX_UNPACKED_BYTES"],
        rows=min(rows, Limits().rows),
    )


def inspect(content: bytes, sheet: Sheet, sheet_name: str | None = None) -> Inspected:
    """Open an upload and find its data. Raises TableFileError with what to mend."""
    workbook = open_workbook(content, limits=limits())
    raw, header = headers.locate(workbook, sheet, sheet_name)
    proposed = headers.propose_mapping(header.texts, sheet)
    layout = {
        "sheets": list(workbook.candidates),
        "headers": list(header.texts),
        "first_row": header.first_row,
        "last_row": header.last_row,
        "samples": _samples(raw, header, sheet, proposed.columns),
    }
    mapping = {str(column): key for column, key in proposed.columns.items()}
    return Inspected(raw.name, len(raw.rows) - header.last_row - 1, layout, mapping)


def reopen(content: bytes, sheet_name: str, layout: Mapping[str, Any]) -> tuple[RawSheet, headers.Header]:
    """The sheet and header of an upload that was inspected before."""
    workbook: Workbook = open_workbook(content, limits=limits())
    header = headers.Header(layout["first_row"], layout["last_row"], tuple(layout["headers"]))
    return workbook.sheet(sheet_name), header


def _samples(raw: RawSheet, header: headers.Header, sheet: Sheet, columns: Mapping[int, str]) -> list[list[str]]:
    rows = raw.rows[header.last_row + 1 : header.last_row + 1 + _SAMPLED_ROWS]
    found: list[list[str]] = []
    for column in range(raw.width):
        key = columns.get(column)
        is_secret = key is not None and sheet[key].kind in (Kind.ID_NUMBER, Kind.PHONE)
        texts = dict.fromkeys(_sample(row[column], is_secret=is_secret) for row in rows)
        found.append([text for text in texts if text][:SAMPLES])
    return found


def _sample(cell: Any, *, is_secret: bool) -> str:
    text = tidy_text(plain(cell))
    if is_secret:
        return identity.mask(text)
    return _LONG_NUMBER.sub(lambda match: identity.mask(match[0]), text)[:_SAMPLE_LENGTH]

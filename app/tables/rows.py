"""Telling rows of data from what stands between and below them: samples, totals, footers, repeated headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from string import whitespace
from typing import Any

from app.tables.headers import JOINT, Header
from app.tables.reading import RawSheet
from app.tables.text import fold, normalise_header


class Skipped(StrEnum):
    """Why a row is no data."""

    BLANK = "blank"
    SAMPLE = "sample"
    TOTAL = "total"
    FOOTER = "footer"
    HEADER = "header"
    REPEATED = "repeated"


_SAMPLE = re.compile(r"^[(\[【]*(?:填写)?(?:示例|样例|范例|举例|例[:：])|\((?:示例|样例|例)\)$")
_TOTAL = re.compile(r"^(?:本页|本校|全校|全园|全县|全区|学校)?(?:合计|小计|总计|共计|累计)(?:[:(（].*)?$")
_FOOTER = re.compile(
    r"^(?:填表人|填报人|审核人|复核人|制表人?|经办人|联系人|负责人|单位负责人|校长签字|校长|园长|主管领导|填表日期|填报日期|填表时间|"
    r"填报时间|填报单位|单位|审核|复核|日期|盖章|签字|公章|注|备注|说明|填表说明)(?:签字|签名|签章|盖章|公章)?(?:\(.*?\))?(?:[:：].*)?$"
)
_COLUMN_MARK = re.compile(r"^(?:[a-z]?\d{1,3}|[甲乙丙丁])$")
_LOOKED_AT = 4
# A cell that begins with none of these, as nearly every name does, needs no closer look.
_TELLING_STARTS = frozenset("示样范例举填合小总共累本全学审复制经联负单校园主盖签公注备说日甲乙丙丁([（［【*＊")


def sort_rows(raw: RawSheet, header: Header) -> tuple[list[int], dict[Skipped, list[int]]]:
    """The indices of the data rows below the header, and those of the other rows by reason."""
    data: list[int] = []
    skipped: dict[Skipped, list[int]] = {}
    verdicts: dict[str, Skipped | None] = {}
    header_words = {normalise_header(text.split(JOINT)[-1]) for text in header.texts if text}
    starts = _TELLING_STARTS | {word[0] for word in header_words if word} | set(whitespace) | {"\u3000", "\u00a0"}
    footer_width = max(6, raw.width // 2)
    for index in range(header.last_row + 1, len(raw.rows)):
        reason = _reason(raw.rows[index], verdicts, header_words, starts, footer_width)
        if reason is None:
            data.append(index)
        else:
            skipped.setdefault(reason, []).append(index)
    return data, skipped


def _reason(
    row: Sequence[Any],
    verdicts: dict[str, Skipped | None],
    header_words: set[str],
    starts: AbstractSet[str],
    footer_width: int,
) -> Skipped | None:
    seen = 0
    headings = 0
    for cell in row:
        if cell.__class__ is str and cell:
            if cell not in verdicts:
                verdicts[cell] = _verdict(cell, header_words, starts)
            verdict = verdicts[cell]
            if verdict is not None and verdict is not Skipped.BLANK:
                if verdict is Skipped.HEADER:
                    headings += 1
                elif verdict is not Skipped.FOOTER or (not seen and _filled(row) <= footer_width):
                    return verdict
            seen += verdict is not Skipped.BLANK
            if seen == _LOOKED_AT:
                break
    if not seen:
        return _without_text(row)
    return Skipped.HEADER if headings > 1 and headings == seen else None


def _verdict(cell: str, header_words: set[str], starts: AbstractSet[str]) -> Skipped | None:
    """What a cell says about its row: BLANK for mere spaces, HEADER for a word of the header or a column mark."""
    if cell[0] not in starts and cell[-1] not in ")）" and (len(cell) > len("L999") or not cell[0].isascii()):
        return None
    text = fold(cell)
    if not text:
        return Skipped.BLANK
    if _SAMPLE.search(text):
        return Skipped.SAMPLE
    if _TOTAL.match(text):
        return Skipped.TOTAL
    if _FOOTER.match(text):
        return Skipped.FOOTER
    is_heading = normalise_header(cell) in header_words or _COLUMN_MARK.match(text)
    return Skipped.HEADER if is_heading else None


def _without_text(row: Sequence[Any]) -> Skipped | None:
    """A row of nothing, or of the running numbers under a header, is no data."""
    numbers = [cell for cell in row if cell != "" and cell.__class__ is not str]
    if not numbers:
        return Skipped.BLANK
    is_count = len(numbers) > 2 and numbers == list(range(1, len(numbers) + 1))
    return Skipped.HEADER if is_count else None


def _filled(row: Sequence[Any]) -> int:
    return sum(1 for cell in row if cell != "")

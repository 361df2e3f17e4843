"""Folding of texts as people type them: full-width letters, stray spaces, brackets, marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

# Chinese punctuation stays as it was typed in free text; only what changes a value's identity is folded.
_KEPT = set("！＂，：；？～")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT} | {
    0x3000: " ",
    0x00A0: " ",
    0x2007: " ",
    0x202F: " ",
    0x200B: None,
    0x200C: None,
    0x200D: None,
    0x2060: None,
    0xFEFF: None,
    0x0009: " ",
    0x000A: " ",
    0x000D: " ",
}
_TO_FOLD = re.compile(
    "[\uff01-\uff5e\u3000\u00a0\u2007\u202f\u200b-\u200d\u2060\ufeff\t\r\n\x00-\x08\x0b\x0c\x0e-\x1f]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPACES = re.compile(r" {2,}")
_CJK = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}·()]) +(?=[{_CJK}·()])")
_DOTS = re.compile("(?<=[^\x00-\x7f])[•‧・･●．.]+(?=[^\x00-\x7f])")
_ALL_SPACE = re.compile(r"\s+")
_SUFFIX = re.compile(r"\(([^()]*)\)")
_MEANINGFUL_HINTS = {"评", "聘"}
_REQUIRED_MARKS = re.compile(r"[*＊★☆]|\(?必填项?\)?")

BLANKS = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "－",
        "/",
        "\\",
        "n/a",
        "N/A",
        "#N/A",
        "null",
        "NULL",
        "None",
        "nan",
        "NaN",
        "空",
        "暂无",
    }
)


def tidy_text(value: str) -> str:
    """A text without stray spaces, control characters or full-width letters; Chinese punctuation is kept."""
    if _TO_FOLD.search(value):
        value = _CONTROL.sub("", value.translate(_HALF_WIDTH))
    value = value.strip()
    return _SPACES.sub(" ", value) if "  " in value else value


def compact_text(value: str) -> str:
    """As `tidy_text`, and without the spaces between Chinese characters; the dot of minority names is unified."""
    value = tidy_text(value)
    if " " in value:
        value = _BETWEEN_CJK.sub("", value)
    return _DOTS.sub("·", value)


def fold(value: Any) -> str:
    """The form in which two spellings of one label compare equal."""
    text = plain(value)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _ALL_SPACE.sub("", text).casefold()


def plain(value: Any) -> str:
    """A cell as text; whole floats lose their `.0`, logical cells become 1 and 0."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


@lru_cache(maxsize=4096)
def normalise_header(text: Any) -> str:
    """A header without line breaks, spaces, required marks and bracketed hints; `(评)` and `(聘)` stay."""
    folded = _REQUIRED_MARKS.sub("", fold(text))
    folded = _SUFFIX.sub(lambda hint: hint[0] if hint[1] in _MEANINGFUL_HINTS else "", folded)
    return folded.strip(":：_-.、,，")

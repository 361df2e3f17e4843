"""Cells to values, kind by kind. Each reader gives the value and, where something is wrong, why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from app.tables.codes import CodeList, ContradictoryCode, UnknownCode
from app.tables.dates import DateRefused, read_date
from app.tables.problems import Severity
from app.tables.specification import Field, Kind
from app.tables.text import BLANKS, compact_text, fold, plain, tidy_text


class Refused(ValueError):
    """A value that cannot be taken as it is; `kept` is what stays of it when the severity is a warning."""

    def __init__(self, code: str, severity: Severity = Severity.ERROR, kept: Any = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.severity = severity
        self.kept = kept
        self.params = params


Reader = Callable[[Any], Any]

_TRUE = frozenset(
    {"是", "√", "✓", "✔", "☑", "有", "1", "y", "yes", "true", "t", "对", "在编", "编内", "已", "1-是", "v"}
)
_FALSE = frozenset(
    {
        "否",
        "×",
        "✗",
        "✘",
        "x",
        "无",
        "0",
        "n",
        "no",
        "false",
        "f",
        "错",
        "没有",
        "非编",
        "不在编",
        "编外",
        "非在编",
        "未",
        "0-否",
        "不是",
    }
)
_MULTI = re.compile(r"[;；、,，|]+")
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"})
_UNITS = re.compile(r"(?:人|个|名|班|岗|位|元|所)$")
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?e\+?\d+$", re.I)
_MOBILE = re.compile(r"^1\d{10}$")
_LANDLINE = re.compile(r"^(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?$")
_NOTHING = frozenset({"无", "没有"})


def is_blank(value: Any) -> bool:
    """Whether a cell says nothing: empty, a dash, `N/A`."""
    return value is None or value == "" or (isinstance(value, str) and (value in BLANKS or tidy_text(value) in BLANKS))


def reader_for(field: Field, codes: CodeList | None = None, *, is_typed: bool = True) -> Reader:
    """The function that reads one cell of a column; it raises Refused or DateRefused."""
    if field.kind in (Kind.CODE, Kind.CODES):
        if codes is None:
            raise ValueError(f"field {field.key} needs the code table {field.code_table}")
        return _code_reader(field, codes) if field.kind is Kind.CODE else _codes_reader(field, codes)
    if field.kind in (Kind.DATE, Kind.MONTH):
        return _date_reader(field, is_typed=is_typed)
    simple: dict[Kind, Reader] = {
        Kind.INTEGER: lambda value: read_integer(value, field.minimum, field.maximum),
        Kind.DECIMAL: lambda value: read_decimal(value, field.minimum, field.maximum),
        Kind.BOOLEAN: read_boolean,
        Kind.PHONE: read_phone,
    }
    return simple.get(field.kind) or _text_reader(field)


def read_boolean(value: Any) -> bool:
    """是/否, √/×, 有/无, 1/0, 在编/非编 and the like."""
    if isinstance(value, bool):
        return value
    text = fold(value)
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise Refused("not_boolean")


def read_decimal(value: Any, minimum: float | None = None, maximum: float | None = None) -> float:
    """A number, given as number or text, with thousands separators or a unit such as 人 behind it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        try:
            value = float(_UNITS.sub("", fold(value).replace(",", "")))
        except ValueError as error:
            raise Refused("not_a_number") from error
    if value != value or (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        raise Refused("out_of_range", minimum=minimum, maximum=maximum)
    return float(value)


def read_integer(value: Any, minimum: float | None = None, maximum: float | None = None) -> int:
    """A whole number; `1.0` is one, `1.5` is refused."""
    number = read_decimal(value, minimum, maximum)
    if number in (float("inf"), float("-inf")) or not number.is_integer():
        raise Refused("not_whole")
    return int(number)


def read_phone(value: Any) -> str | None:
    """A telephone number as digits; number cells lose their `.0`, `1.99E+10` has lost its digits."""
    if isinstance(value, float) and value.is_integer():
        value = str(int(value))
    if isinstance(value, str) and _MOBILE.match(value):
        return value
    text = fold(value)
    if text in _NOTHING:
        return None
    if _SCIENTIFIC.match(text):
        raise Refused("digits_lost")
    text = text.removesuffix(".0").removeprefix("+86").replace("(", "").replace(")", "-")
    digits = text.replace("-", "")
    if _MOBILE.match(digits):
        return digits
    if digits.startswith("86") and _MOBILE.match(digits[2:]):
        return digits[2:]
    if _LANDLINE.match(text):
        return text
    raise Refused("phone_unusual", Severity.WARNING, kept=tidy_text(plain(value)))


def split_stage_subject(value: Any, stages: CodeList, subjects: CodeList) -> tuple[str, str]:
    """`小学语文`, `小学-语文`, `小学/语文` as a stage and a subject."""
    text = re.sub(r"[-/·_—、]", "", fold(value))
    spellings = [(fold(name), item.code) for item in stages for name in (item.label_zh, *item.aliases)]
    for name, stage in sorted(spellings, key=lambda pair: -len(pair[0])):
        if text.startswith(name) and len(text) > len(name):
            try:
                return stage, subjects.resolve(text[len(name) :])
            except LookupError:
                continue
    raise Refused("stage_subject_unclear")


def _text_reader(field: Field) -> Reader:
    clean = compact_text if field.compact else tidy_text
    pattern = re.compile(field.pattern) if field.pattern else None

    def read(value: Any) -> str | None:
        text = clean(value if isinstance(value, str) else _shown(value))
        if text in _NOTHING:
            return None
        if text in _EXCEL_ERRORS:
            raise Refused("cell_error")
        if len(text) > field.max_length:
            raise Refused("too_long", length=len(text), limit=field.max_length)
        if pattern and not pattern.fullmatch(text):
            raise Refused("bad_pattern", Severity.WARNING, kept=text, label=field.label_zh)
        return text

    return read


def _shown(value: Any) -> str:
    """A number, date or time cell as the text a person would have typed."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return plain(value)


def _date_reader(field: Field, *, is_typed: bool) -> Reader:
    def read(value: Any) -> date | None:
        return read_date(value, field.kind, field.missing_day, is_typed=is_typed)

    return read


def _code_reader(field: Field, codes: CodeList) -> Reader:
    def read(value: Any) -> str | None:
        try:
            return _resolved(value, codes, field)
        except Refused:
            if fold(value) in _NOTHING:
                return None
            raise

    return read


def _codes_reader(field: Field, codes: CodeList) -> Reader:
    def read(value: Any) -> tuple[str, ...]:
        whole = codes.exact(value)
        if whole is not None:
            return (whole,)
        text = plain(value)
        if fold(text) in _NOTHING:
            return ()
        parts = [part for part in _MULTI.split(text) if not is_blank(part)]
        if len(parts) == 1 and "/" in text:
            parts = _slashed(text, codes)
        return tuple(dict.fromkeys(_resolved(part, codes, field) for part in parts))

    return read


def _slashed(text: str, codes: CodeList) -> list[str]:
    """A slash separates codes where each part is one, and the steps of a path elsewhere."""
    parts = [part for part in text.split("/") if not is_blank(part)]
    return parts if all(codes.exact(part) for part in parts) else [text]


def _resolved(value: Any, codes: CodeList, field: Field) -> str:
    try:
        return codes.resolve(value)
    except ContradictoryCode as error:
        raise Refused("code_label_disagree") from error
    except UnknownCode as error:
        raise Refused("unknown_code", label=field.label_zh) from error


__all__ = ["DateRefused", "Reader", "Refused", "is_blank", "read_boolean", "read_decimal", "read_integer", "read_phone",
           "reader_for", "split_stage_subject"]  # fmt: skip

"""Dates as offices write them. What can be read in two ways is refused, never guessed."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.tables.specification import Kind, MissingDay
from app.tables.text import fold

FIRST_YEAR, LAST_YEAR = 1900, 2100
_FORMS = {Kind.DATE: "yyyy-MM-dd", Kind.MONTH: "yyyy-MM"}
_SERIAL_EPOCH = date(1899, 12, 30)
# 1927 to 2092: a five-digit number outside is not taken for a day count.
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 70_499
_TWO_DIGIT_PIVOT = 40
_SEPARATED = re.compile(
    r"^(\d{4}|\d{2})(?:[-./年_](\d{1,2})(?:[-./月_](\d{1,2})[日号]?|月)?|年)(?:[t日]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?)?$"
)
_MONTH_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_ONGOING = frozenset({"至今", "现在", "目前", "今", "长期", "无固定期限", "present"})


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precisely as it was written; `day` is 0 where only the month is known."""

    year: int
    month: int
    day: int = 0


class DateRefused(ValueError):
    """A date that cannot be taken, with a problem code and its parameters."""

    def __init__(self, code: str, partial: PartialDate | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.partial = partial
        self.params = params


def read_date(value: Any, kind: Kind, missing_day: MissingDay, *, is_typed: bool = True) -> date | None:
    """The date a cell means, None for `至今`. Raises DateRefused.

    `is_typed` is False for files that do not tell numbers from texts: there 2015.1 may have been 2015.10.
    """
    form = _FORMS.get(kind, "yyyy-MM-dd")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _completed(PartialDate(value.year, value.month, value.day), kind, missing_day)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DateRefused("not_a_date", form=form)
    if isinstance(value, str):
        text = fold(value)
        if text in _ONGOING:
            return None
        partial = _from_text(text, form, is_typed=is_typed)
    else:
        partial = _from_number(value, form)
    return _completed(partial, kind, missing_day)


def _from_number(value: float, form: str) -> PartialDate:
    """A number cell: a day count, 201509, 20150901, or 2015.09 whose last zero may be lost."""
    if float(value).is_integer():
        return _from_digits(str(int(value)), form)
    if _FIRST_SERIAL <= value <= _LAST_SERIAL:
        return _from_serial(int(value))
    whole, _, decimals = f"{round(value, 4):.4f}".rstrip("0").partition(".")
    if len(whole) not in (2, 4) or len(decimals) > 4:
        raise DateRefused("not_a_date", form=form)
    if decimals == "1":
        raise DateRefused("ambiguous_month", year=_full_year(whole))
    if len(decimals) in (1, 2):
        return PartialDate(_full_year(whole), int(decimals))
    raise DateRefused("ambiguous_date", form=form)


def _from_text(text: str, form: str, *, is_typed: bool) -> PartialDate:
    if text.isdigit():
        return _from_digits(text, form)
    match = _SEPARATED.match(text)
    if match is None:
        if _MONTH_FIRST.match(text):
            raise DateRefused("ambiguous_date", form=form)
        raise DateRefused("not_a_date", form=form)
    year, month, day = match.groups()
    if month is None:
        raise DateRefused("not_a_date", form=form)
    if not is_typed and day is None and month == "1" and "." in text:
        raise DateRefused("ambiguous_month", year=_full_year(year))
    if len(year) == 2 and day is not None and int(year) <= 31 and "年" not in text:
        # 03/04/05 has three readings.
        raise DateRefused("ambiguous_date", form=form)
    return PartialDate(_full_year(year), int(month), int(day) if day else 0)


def _from_digits(digits: str, form: str) -> PartialDate:
    if len(digits) == 8:
        return PartialDate(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6 and digits[:2] in ("19", "20") and 1 <= int(digits[4:]) <= 12:
        return PartialDate(int(digits[:4]), int(digits[4:]))
    if len(digits) == 5 and _FIRST_SERIAL <= int(digits) <= _LAST_SERIAL:
        if digits[:2] in ("19", "20"):
            # 20159 may be a day count or September 2015.
            raise DateRefused("ambiguous_date", form=form)
        return _from_serial(int(digits))
    raise DateRefused("not_a_date", form=form)


def _from_serial(days: int) -> PartialDate:
    day = _SERIAL_EPOCH + timedelta(days=days)
    return PartialDate(day.year, day.month, day.day)


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 1900 + year if year >= _TWO_DIGIT_PIVOT else 2000 + year


def _completed(partial: PartialDate, kind: Kind, missing_day: MissingDay) -> date:
    day = partial.day
    _checked(partial.year, partial.month, day or 1)
    if kind is Kind.MONTH or not day:
        if kind is Kind.DATE and missing_day is MissingDay.REFUSED:
            raise DateRefused("day_missing", partial)
        day = 1
        if missing_day is MissingDay.LAST:
            day = calendar.monthrange(partial.year, partial.month)[1]
    return _checked(partial.year, partial.month, day)


def _checked(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateRefused("date_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DateRefused("impossible_date") from error

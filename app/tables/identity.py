"""Identity numbers: checked, never repaired by guessing, shown masked."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from stdnum.cn import ric

from app.tables.text import fold, plain, tidy_text

RESIDENT_CARD = "1"
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?e\+?\d+$")
_SHAPE = re.compile(r"^\d{17}[\dX]$")
_LAST_EXACT = 10**15
_EARLIEST_BIRTH = 1900

IdentityProblem = str


def mask(number: Any) -> str:
    """An identity number with only its first three and last two characters shown."""
    text = plain(number)
    return text[:3] + "*" * (len(text) - 5) + text[-2:] if len(text) > 7 else "*" * len(text)


def read_id_number(value: Any, id_type: str = RESIDENT_CARD) -> tuple[str, IdentityProblem | None]:
    """The number as it will be kept, and the code of what is wrong with it.

    A resident card's number is checked by length, characters, birth date and check digit; its region code is not,
    for lists of past regions are never complete. Other documents are taken as given.
    """
    if isinstance(value, int | float) and abs(value) >= _LAST_EXACT and not isinstance(value, bool):
        return plain(value), "digits_lost"
    if id_type != RESIDENT_CARD:
        text = tidy_text(plain(value)).replace(" ", "").upper()
        return text, "digits_lost" if _SCIENTIFIC.match(text.lower()) else None
    text = value if isinstance(value, str) and value.isalnum() and value.isascii() else fold(value).replace("-", "")
    text = text.upper()
    return text, _resident_problem(text)


def birth_date(number: str) -> date | None:
    """The date of birth inside a valid 18-digit number."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def check_digit(number: str) -> str:
    """The right last character of an 18-digit number, whatever its present one is."""
    return str(ric.calc_check_digit(number))


def sex_code(number: str) -> str:
    """The sex code (1 male, 2 female) inside a valid 18-digit number."""
    return "1" if int(number[16]) % 2 else "2"


def _resident_problem(text: str) -> IdentityProblem | None:
    if _SCIENTIFIC.match(text.lower()):
        return "digits_lost"
    if len(text) == 15 and text.isdigit():
        return "id_old_form"
    if len(text) != 18:
        return "id_length"
    if not _SHAPE.match(text):
        return "id_characters"
    fits = text[-1] == check_digit(text)
    if not fits and text.endswith("000"):
        # Fifteen significant digits are left of a number that was typed into a number cell.
        return "digits_lost"
    born = birth_date(text)
    if born is None or born.year < _EARLIEST_BIRTH:
        return "id_birth_date"
    return None if fits else "id_checksum"

"""Identity documents: what is stored of a number, and what is wrong with one."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.db import crypto
from app.tables.identity import birth_date, read_id_number, sex_code
from app.teachers.models import Sex

RESIDENT_CARD = "1"
SENTENCES = {
    "digits_lost": _l("Digits of this number were lost, probably in Excel. Type it again from the document."),
    "id_length": _l("An identity number has 18 characters."),
    "id_characters": _l("An identity number has 17 digits and then a digit or X."),
    "id_checksum": _l("The last character does not fit the number; at least one digit is wrong."),
    "id_birth_date": _l("The birth date inside the number does not exist."),
    "id_old_form": _l("This is a 15-digit number of the old form. Type the 18-digit number of the present card."),
}


def masked(number: str) -> str:
    """A number with its first three and last four characters shown."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 8 else "*" * len(number)


def digest(id_type: str, number: str) -> str:
    """The keyed digest by which a document is found and kept unique."""
    return crypto.digest(f"{id_type}:{number}")


def identity_fields(id_type: str, number: str) -> dict[str, str]:
    """The four columns of an identity document; `id_number` is encrypted when it is written."""
    kept, _problem = read_id_number(number, id_type)
    return {
        "id_type_code": id_type,
        "id_number": kept,
        "id_number_digest": digest(id_type, kept),
        "id_number_masked": masked(kept),
    }


def problem(id_type: str, number: str) -> str | None:
    """What is wrong with a number, in a sentence; None where nothing is."""
    kept, code = read_id_number(number, id_type)
    if code:
        return str(SENTENCES[code])
    if not 4 <= len(kept) <= 40:
        return str(_("The number of a document has 4 to 40 characters."))
    return None


def said_by(id_type: str, number: str) -> dict[str, Any]:
    """Birth date and sex that a resident card's number states; nothing for other documents."""
    if id_type != RESIDENT_CARD:
        return {}
    kept, code = read_id_number(number, id_type)
    if code:
        return {}
    return {"birth_on": birth_date(kept), "sex": Sex.MALE if sex_code(kept) == "1" else Sex.FEMALE}


def contradictions(id_type: str, number: str, *, birth_on: date | None, sex: Sex | None) -> dict[str, str]:
    """Where birth date and sex differ from what the number states: field → sentence."""
    said = said_by(id_type, number)
    found = {}
    if said and birth_on and birth_on != said["birth_on"]:
        found["birth_on"] = _("The date of birth differs from the one in the identity number; one of them is wrong.")
    if said and sex and sex is not Sex.UNKNOWN and sex is not said["sex"]:
        found["sex"] = _("The sex differs from the one in the identity number; one of them is wrong.")
    return found

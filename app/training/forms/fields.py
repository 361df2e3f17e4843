"""Fields of this room: exact numbers, and a teacher by name."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import StringField

# Commas between groups of three; anywhere else they may mean a decimal point, which is not guessed.
_NUMBER = re.compile(r"^(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,2})?$")


class ExactField(StringField):
    """A number with at most two decimal places, kept exactly. What cannot be read stays as it was typed."""

    data: Any

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        more.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, validators, **more)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        text = f"{self.data:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = (valuelist[0] if valuelist else "").strip().replace("，", ",")
        self.data = None
        if not typed:
            return
        if not _NUMBER.match(typed):
            raise ValueError(_("Write a number such as 24 or 7.5, with at most two decimal places."))
        self.data = Decimal(typed.replace(",", ""))

"""Forms of wishes."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.rotation.operations.wishes import MOST
from app.web.forms import Form


def _number(value: Any) -> int | None:
    return int(value) if value else None


class OwnWishesForm(Form):
    """Up to five schools, best first."""

    first = SelectField(_l("First wish"), coerce=_number)
    second = SelectField(_l("Second wish"), coerce=_number)
    third = SelectField(_l("Third wish"), coerce=_number)
    fourth = SelectField(_l("Fourth wish"), coerce=_number)
    fifth = SelectField(_l("Fifth wish"), coerce=_number)

    RANKS = ("first", "second", "third", "fourth", "fifth")[:MOST]

    def offer(self, schools: list[tuple[int, str]]) -> None:
        """The schools to choose from."""
        for name in self.RANKS:
            self[name].choices = [("", _("None")), *schools]

    def load(self, schools: list[int]) -> None:
        """Fill the fields with the wishes there are."""
        for name, number in zip(self.RANKS, schools, strict=False):
            self[name].data = number

    def wished(self) -> list[int]:
        """The chosen schools in their order."""
        return [self[name].data for name in self.RANKS if self[name].data]

    def validate(self, extra_validators: Any = None) -> bool:
        """A school can be named only once."""
        fine: bool = super().validate(extra_validators)
        seen: set[int] = set()
        for name in self.RANKS:
            number = self[name].data
            if number and number in seen:
                self[name].errors = [*self[name].errors, _("A school can be named only once.")]
                fine = False
            seen.add(number)
        return fine


class WishesForm(OwnWishesForm):
    """The same for a teacher whom the officer names."""

    teacher = StringField(
        _l("Teacher"),
        [InputRequired(_l("Write a name or a work number.")), Length(max=60)],
        description=_l("Name or work number."),
        render_kw={"autocomplete": "off"},
    )


class WishImportForm(Form):
    """A workbook of wishes."""

    file = FileField(
        _l("Workbook"),
        [FileRequired(_l("Choose a file."))],
        description=_l("xlsx or csv with the columns 姓名, 学校, 志愿1 to 志愿5; further columns are left alone."),
    )

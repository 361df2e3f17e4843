"""Fields that several forms of this room share."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from app.web.forms import Form

NEEDED = _l("This must be filled in.")
WHY = _l("Give a reason, so that the others know what to do.")
LONG = 4000


class NumberChoice(SelectField):
    """One row by its number; an empty choice is None."""

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        super().__init__(
            label,
            validators,
            choices=[],
            coerce=lambda value: int(value) if value not in (None, "", "None") else None,
            invalid_choice_message=_l("Choose one of the list."),
            invalid_value_message=_l("Choose one of the list."),
            **more,
        )

    def offer(self, rows: Any, blank: Any = None) -> None:
        """The rows to choose from: (number, name)."""
        self.choices = ([("", str(blank))] if blank is not None else []) + list(rows)


class Boxes(SelectMultipleField):
    """Several values by check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def hours_field(**more: Any) -> DecimalField:
    """Hours to two decimal places."""
    return DecimalField(_l("Hours"), [InputRequired(NEEDED), NumberRange(min=0.01, max=100)], places=None, **more)


class ReasonForm(Form):
    """A reason that goes on record."""

    reason = TextAreaField(_l("Reason"), [InputRequired(WHY), Length(max=LONG)])


class NothingForm(Form):
    """Only the token: the button says what is done."""

"""Forms of the figures that no record holds."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from app.db.clock import today
from app.evidence.forms import EvidenceField
from app.rotation.forms.settings import ExactField
from app.web.fields import DayField
from app.web.forms import Form

LARGEST = "1000000000"


class FillForm(Form):
    """A figure of a day, with what proves it."""

    on = DayField(_l("As of"), [InputRequired(_l("Say of which day the figure is."))])
    numerator = ExactField(_l("Value"), low="0", high=LARGEST)
    denominator = ExactField(_l("Out of"), low="0", high=LARGEST, is_needed=False)
    note = TextAreaField(_l("Remark"), [Length(max=1000)])
    evidence = EvidenceField(_l("Evidence"))

    needs_denominator = False

    def given(self) -> dict[str, Any]:
        """The columns."""
        return self.values("on", "numerator", "denominator") | {"note": self.note.data or ""}

    def validate_on(self, field: Any) -> None:
        """Figures are of days that have come."""
        if field.data and field.data > today():
            raise ValidationError(_("A figure is of a day that has come."))

    def validate(self, extra_validators: Any = None) -> bool:
        """A share needs both of its numbers."""
        is_valid: bool = super().validate(extra_validators)
        if self.needs_denominator and not self.denominator.data and not self.denominator.errors:
            self.denominator.errors = [_("Say out of how many; without it there is no share.")]
            is_valid = False
        return is_valid


class WithdrawForm(Form):
    """Taking back what was filled in by mistake."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Say why it is taken back.")), Length(min=2, max=300)])

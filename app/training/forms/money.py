"""Budgets and expenses."""

from collections.abc import Sequence

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.db.clock import today
from app.training.forms.fields import ExactField
from app.training.models import TrainingSession
from app.training.operations.money import MOST_YUAN
from app.web.fields import DayField
from app.web.forms import VersionedForm


class BudgetForm(VersionedForm):
    """A school's public funds of a year and what of them is for training."""

    public_funds = ExactField(_l("Public funds of the year (yuan)"), [InputRequired()])
    planned = ExactField(
        _l("Set aside for training (yuan)"),
        [InputRequired()],
        description=_l("At least 5 % of the public funds."),
    )

    def validate_public_funds(self, field: ExactField) -> None:
        if field.data is not None and not 0 < field.data <= MOST_YUAN:
            raise wtforms.ValidationError(
                _("The public funds are more than 0 yuan and at most %(most)s.", most=f"{MOST_YUAN:,}")
            )

    def validate_planned(self, field: ExactField) -> None:
        if field.data is not None and self.public_funds.data is not None and field.data > self.public_funds.data:
            raise wtforms.ValidationError(
                _("What is set aside for training is part of the public funds: it cannot exceed them.")
            )


class SpendingForm(VersionedForm):
    """One expense."""

    spent_on = DayField(_l("Day"), [InputRequired()])
    amount = ExactField(_l("Amount (yuan)"), [InputRequired()])
    purpose = wtforms.StringField(_l("Purpose"), [InputRequired(), Length(max=200)])
    session_id = SelectField(_l("Training session"), coerce=lambda value: int(value) if value else None)

    def offer(self, sessions: Sequence[TrainingSession]) -> None:
        """The sessions that an expense can belong to."""
        self.session_id.choices = [
            SelectChoice("", _("None in particular")),
            *(SelectChoice(str(row.id), f"{row.name} ({row.begins_on})") for row in sessions),
        ]

    def validate_spent_on(self, field: DayField) -> None:
        if field.data and (field.data > today() or field.data.year < 2000):
            raise wtforms.ValidationError(
                _("An expense has been made: its day is today or earlier, and not before 2000.")
            )

    def validate_amount(self, field: ExactField) -> None:
        if field.data is not None and not 0 < field.data <= MOST_YUAN:
            raise wtforms.ValidationError(
                _("An expense is more than 0 yuan and at most %(most)s.", most=f"{MOST_YUAN:,}")
            )

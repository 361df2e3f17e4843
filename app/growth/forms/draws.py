"""Forms of the weekly draw."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from app.growth.operations.draws import WANTED
from app.growth.weeks import monday_of
from app.regions.models import Region
from app.web.fields import DayField
from app.web.forms import Form, VersionedForm


class DrawForm(Form):
    """Which week to draw, for which county, and how many teachers."""

    county = SelectField(_l("County"), coerce=int)
    week = StringField(_l("Week"), [InputRequired()], description=_l("As ISO 8601 counts weeks, such as 2026-W47."))
    wanted = IntegerField(_l("Teachers"), [InputRequired(), NumberRange(1, 200)], default=WANTED)

    def offer(self, counties: list[Region]) -> None:
        """The counties to choose from."""
        self.county.choices = [(county.id, county.name) for county in counties]

    def validate_week(self, field: Any) -> None:
        """A week that there is."""
        try:
            monday_of(field.data or "")
        except ValueError:
            raise ValidationError(_("Write the week as 2026-W47.")) from None


class ExcuseForm(Form):
    """Why a drawn teacher gives no lesson."""

    reason = TextAreaField(
        _l("Reason"), [InputRequired(), Length(min=2, max=300, message=_l("Say in a few words why."))]
    )


class LessonForm(VersionedForm):
    """The lesson that was taught."""

    on = DayField(_l("Day of the lesson"), [InputRequired()])
    remarks = TextAreaField(_l("Remarks"), [Length(max=2000)], description=_l("What those who watched took from it."))

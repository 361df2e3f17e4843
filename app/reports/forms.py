"""What people type to have reports made."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.db.clock import today
from app.regions.models import Region
from app.reports.models import ReportFormat, ReportKind, Rhythm
from app.web.fields import DayField, EnumField
from app.web.forms import Form, VersionedForm
from app.web.languages import school_year_label

_OUTSIDE = _l("For use outside the county")
_MASKED = _l("Groups of fewer than %(least)s people are hidden, and names are left out.")


class _What(Form):
    """Which report, in which form."""

    county = SelectField(_l("County"), coerce=int)
    kind = EnumField(_l("Report"), [InputRequired()], kind=ReportKind)
    format = EnumField(_l("File"), [InputRequired()], kind=ReportFormat)
    leaves_county = BooleanField(_OUTSIDE)

    def offer_counties(self, counties: Sequence[Region], least: int) -> None:
        """The counties that the person answers for; and how small a group is hidden."""
        self.county.choices = [(county.id, county.name) for county in counties]
        self.leaves_county.description = str(_MASKED) % {"least": least}

    def validate_format(self, field: Any) -> None:
        kind = self.kind.data
        if kind and field.data and field.data not in kind.formats:
            known = ", ".join(one.label for one in kind.formats)
            raise ValidationError(_("This report is written as %(formats)s.", formats=known))


class ReportForm(_What):
    """A report to be made now."""

    year = SelectField(_l("School year"), coerce=int)

    def offer_years(self, years: Sequence[int]) -> None:
        """The present school year, and those on record."""
        self.year.choices = [SelectChoice(str(year), school_year_label(year)) for year in years]


class ScheduleForm(VersionedForm, _What):
    """A report to be made again and again."""

    rhythm = EnumField(_l("How often"), [InputRequired()], kind=Rhythm)
    next_on = DayField(_l("Next on"), [InputRequired()])
    is_active = BooleanField(_l("In use"), default=True)

    def validate_next_on(self, field: DayField) -> None:
        if field.data and self.is_active.data and field.data < today():
            raise ValidationError(_("The next report lies in the future: choose today or a later day."))

"""Forms of postings."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.web.fields import DayField
from app.web.forms import Form


class ReportForm(Form):
    """The day a teacher reported for duty."""

    on = DayField(_l("Reported for duty on"), [InputRequired(_l("Write the day."))])


class ClosingForm(Form):
    """The day a posting ended."""

    on = DayField(_l("Ended on"), [InputRequired(_l("Write the day."))])


class RecallForm(Form):
    """The day and the reason of a recall."""

    on = DayField(_l("Recalled on"), [InputRequired(_l("Write the day."))])
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give a reason, so that the others know what to do.")), Length(max=500)],
    )

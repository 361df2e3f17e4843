"""Programmes, sessions, and their places."""

from collections.abc import Mapping, Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.training.forms.fields import ExactField
from app.training.models import Admission
from app.training.operations.sessions import MOST_HOURS, MOST_PLACES, Holder, dates_problem
from app.web.fields import CodeField, DayField, EnumField
from app.web.forms import Form, VersionedForm

PROGRAMME_FIELDS = ("name", "year", "level_code", "kind_code", "organiser", "pass_mark", "description")
SESSION_FIELDS = (
    "name", "mode_code", "begins_on", "ends_on", "daily_from", "daily_to", "is_on_site", "venue", "lecturers", "hours",
    "places", "admission", "enrol_until", "note",
)  # fmt: skip
SCHOOL_LEVEL, SCHOOL_BASED = "60", "08"


class ProgrammeForm(VersionedForm):
    """A programme of a year."""

    owner = SelectField(_l("For whom it is organised"))
    name = wtforms.StringField(_l("Name of the programme"), [InputRequired(), Length(max=120)])
    year = IntegerField(_l("Year"), [InputRequired(), NumberRange(2000, 2100)], render_kw={"inputmode": "numeric"})
    level_code = CodeField(_l("Level"), [InputRequired()], table="training_category", blank=_l("Choose one"))
    kind_code = CodeField(_l("Kind of training"), [InputRequired()], table="training_kind", blank=_l("Choose one"))
    organiser = wtforms.StringField(
        _l("Organiser on the certificate"), [InputRequired(), Length(max=80)], description=_l("As it signs.")
    )
    pass_mark = IntegerField(
        _l("Pass mark"), [InputRequired(), NumberRange(60, 100)], default=80, render_kw={"inputmode": "numeric"}
    )
    description = TextAreaField(_l("Description"), [Length(max=2000)])

    def offer(self, owners: Sequence[tuple[str, str]], *, is_new: bool) -> None:
        """Set the choices; whose programme it is does not change afterwards."""
        if is_new:
            self.owner.choices = [SelectChoice(value, label) for value, label in owners]
        else:
            del self.owner

    def place(self, school_county: Mapping[int, int]) -> tuple[int, int | None]:
        """The region and the school that were chosen."""
        kind, _colon, key = (self.owner.data or "").partition(":")
        return (school_county[int(key)], int(key)) if kind == "school" else (int(key), None)

    def check_level(self, *, is_of_school: bool) -> bool:
        """A school organises on its own level, and only for its own people."""
        if is_of_school and self.level_code.data != SCHOOL_LEVEL:
            self.level_code.errors = [_("A school organises training of its own level only.")]
            return False
        return True


class SessionForm(VersionedForm):
    """One session of a programme."""

    name = wtforms.StringField(_l("Name of the session"), [InputRequired(), Length(max=120)])
    mode_code = CodeField(_l("Mode"), [InputRequired()], table="session_mode", blank=_l("Choose one"))
    begins_on = DayField(_l("Begins on"), [InputRequired()])
    ends_on = DayField(_l("Ends on"), [InputRequired()])
    daily_from = TimeField(_l("Daily from"), [Optional()])
    daily_to = TimeField(_l("Daily to"), [Optional()])
    is_on_site = BooleanField(
        _l("People must be there"),
        default=True,
        description=_l("Nobody can be in two such sessions at the same time. Leave it empty for online study."),
    )
    venue = wtforms.StringField(_l("Venue"), [Length(max=120)])
    lecturers = wtforms.StringField(_l("Lecturers"), [Length(max=200)])
    hours = ExactField(_l("Hours"), [InputRequired()], description=_l("What a full attendance counts for."))
    places = IntegerField(
        _l("Places"), [InputRequired(), NumberRange(1, MOST_PLACES)], render_kw={"inputmode": "numeric"}
    )
    admission = EnumField(_l("Admission"), kind=Admission)
    enrol_until = DayField(_l("Enrol until"), [Optional()])
    note = TextAreaField(_l("Note for those who take part"), [Length(max=2000)])
    year: int = 0

    def validate_hours(self, field: ExactField) -> None:
        if field.data is not None and not 0 < field.data <= MOST_HOURS:
            raise wtforms.ValidationError(_("A session has more than 0 and at most %(most)s hours.", most=MOST_HOURS))

    def validate_enrol_until(self, field: DayField) -> None:
        if field.data and self.ends_on.data and field.data > self.ends_on.data:
            raise wtforms.ValidationError(_("Enrolment ends no later than the session itself."))

    def validate(self, extra_validators: Any = None) -> bool:
        is_good = bool(super().validate(extra_validators)) and self._has_right_times()
        if self.begins_on.data and self.ends_on.data:
            problem = dates_problem(self.year, self.begins_on.data, self.ends_on.data)
            if problem:
                self.begins_on.errors = [*self.begins_on.errors, problem]
                return False
        return is_good

    def _has_right_times(self) -> bool:
        """Both times or neither, in their order; an empty box has no validator of its own."""
        start, end = self.daily_from.data, self.daily_to.data
        if (start is None) != (end is None):
            self.daily_to.errors = [_("Give both times, or neither.")]
        elif start and end and end <= start:
            self.daily_to.errors = [_("The end lies before the beginning.")]
        return not self.daily_to.errors


class ReasonForm(Form):
    """Why something is refused, cancelled or revoked."""

    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=500)])


def read_quotas(
    typed: Mapping[str, str], holders: Sequence[tuple[str, int, str, bool]]
) -> tuple[dict[Holder, int], dict[str, str]]:
    """The places set aside as typed: those that can be read, and what is wrong with the others by field name."""
    wanted: dict[Holder, int] = {}
    problems: dict[str, str] = {}
    for kind, key, _name, _rural in holders:
        text = typed.get(f"{kind}-{key}", "").strip()
        if not text:
            continue
        if not text.isascii() or not text.isdigit() or int(text) > MOST_PLACES:
            problems[f"{kind}-{key}"] = _("Write a whole number of places.")
            continue
        wanted[kind, key] = int(text)
    return wanted, problems

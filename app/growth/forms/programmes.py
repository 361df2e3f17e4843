"""Forms of programmes and of the people in them."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.access import Permission
from app.codes import queries as codes
from app.growth.models import ProgrammeKind
from app.growth.requirements import TITLES, Requirements
from app.qualifications.kinds import types_of
from app.regions.models import Region
from app.schools.fields import SchoolField
from app.teachers.fields import TeacherField
from app.teachers.models import Teacher
from app.web.fields import DayField, EnumField
from app.web.forms import Form, VersionedForm


class RequirementsForm(VersionedForm):
    """What somebody must bring; `app/growth/requirements.py` says what each means."""

    honour = SelectField(_l("Honour held before"), [Optional()])
    honour_years = IntegerField(_l("Held for so many years"), [Optional(), NumberRange(0, 20)])
    backbone = SelectField(_l("Backbone honour"), [Optional()])
    title = SelectField(_l("Professional title"), [Optional()])
    years_from = IntegerField(_l("Years of service from"), [Optional(), NumberRange(0, 60)])
    age_to = IntegerField(_l("Age to"), [Optional(), NumberRange(18, 80)])
    hours_from = IntegerField(_l("Training hours of the cycle from"), [Optional(), NumberRange(0, 2000)])
    certificate = SelectField(_l("Certificate"), [Optional()])
    is_party = BooleanField(_l("Communist Party member"))

    def offer_requirements(self, county_id: int) -> None:
        """The honours, titles and certificates to choose from."""
        nothing = SelectChoice("", _("Not asked for"))
        self.backbone.choices = [
            nothing,
            SelectChoice("county", _("County level and above")),
            SelectChoice("prefecture", _("Prefecture level and above")),
            SelectChoice("province", _("Provincial level and above")),
        ]
        named = [SelectChoice(code, _("%(title)s and above", title=codes.label("title", code))) for code in TITLES]
        self.title.choices = [nothing, *named]
        self.honour.choices = [nothing, *(SelectChoice(*one) for one in honour_choices())]
        self.certificate.choices = [nothing, *(SelectChoice(*one) for one in types_of(county_id).choices())]

    def requirements(self) -> dict[str, Any]:
        """The requirements as a row stores them."""
        return Requirements.of({name: self[name].data for name in Requirements.__slots__}).stored()


def honour_choices() -> list[tuple[str, str]]:
    """The types of honours, without “none”."""
    return [one for one in codes.choices("honour_type") if one[0] != "none"]


class ProgrammeForm(RequirementsForm):
    """A programme with its intake and its requirements."""

    county = SelectField(_l("County"), coerce=int)
    name = StringField(_l("Name"), [InputRequired(), Length(max=80)])
    kind = EnumField(_l("Kind"), [InputRequired()], kind=ProgrammeKind)
    clause = StringField(_l("Clause"), [Optional(), Length(max=12)], description=_l("Of the plan it serves: HY-02."))
    about = TextAreaField(_l("About"), [Optional(), Length(max=2000)])
    first_year = IntegerField(_l("First year of intake"), [InputRequired(), NumberRange(2000, 2100)])
    last_year = IntegerField(_l("Last year of intake"), [Optional(), NumberRange(2000, 2100)])
    every_years = IntegerField(_l("An intake every … years"), [InputRequired(), NumberRange(1, 10)], default=1)
    course_years = IntegerField(_l("Years of the course"), [InputRequired(), NumberRange(1, 10)], default=5)
    yearly_intake = IntegerField(_l("People an intake"), [InputRequired(), NumberRange(1, 100_000)])
    total = IntegerField(_l("People in all"), [Optional(), NumberRange(1, 1_000_000)])
    is_open = BooleanField(_l("Takes people in"), default=True)

    def offer(self, counties: list[Region]) -> None:
        """The counties and titles to choose from."""
        self.county.choices = [(county.id, county.name) for county in counties]
        self.offer_requirements(counties[0].id if counties else 0)

    def validate(self, extra_validators: Any = None) -> bool:
        """The years and the numbers in order."""
        is_valid: bool = super().validate(extra_validators)
        for field, other, sentence in (
            (self.last_year, self.first_year, _("The last year lies before the first.")),
            (self.total, self.yearly_intake, _("All together are at least one intake.")),
        ):
            if field.data is not None and other.data is not None and field.data < other.data:
                field.errors = [*field.errors, sentence]
                is_valid = False
        return is_valid

    def fields(self) -> dict[str, Any]:
        """The columns, with the requirements in one."""
        plain = self.values(
            "name",
            "kind",
            "first_year",
            "last_year",
            "every_years",
            "course_years",
            "yearly_intake",
            "total",
            "is_open",
        )
        texts = {name: self[name].data or "" for name in ("clause", "about")}
        return plain | texts | {"requirements": self.requirements()}


class ProposeForm(Form):
    """Proposing a teacher for an intake."""

    teacher = TeacherField(
        _l("Teacher"),
        [InputRequired()],
        permissions=(Permission.GROWTH_NOMINATE, Permission.GROWTH_EDIT),
        options=(selectinload(Teacher.honours),),
        endpoint="growth.suggest",
    )
    year = IntegerField(_l("Year of intake"), [InputRequired(), NumberRange(2000, 2100)])
    statement = TextAreaField(_l("Why this teacher"), [InputRequired(), Length(max=2000)])


class TakeInForm(VersionedForm):
    """Taking somebody in."""

    on = DayField(_l("Begins"), [InputRequired()])
    host = SchoolField(_l("School of the stay"), [Optional()], permission=Permission.GROWTH_EDIT)
    host_name = StringField(
        _l("Or a school or office elsewhere"),
        [Optional(), Length(max=80)],
        description=_l("Of a partner district, say; only where it is not a school of ours."),
    )


class DeclineForm(VersionedForm):
    """Not taking somebody in."""

    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(min=2, max=300)])


class EndForm(VersionedForm):
    """The course is completed, or left before its end."""

    on = DayField(_l("Last day"), [InputRequired()])
    is_completed = BooleanField(_l("The course was completed"), default=True)
    reason = TextAreaField(_l("Reason for leaving"), [Optional(), Length(max=300)])

    def validate(self, extra_validators: Any = None) -> bool:
        """`Optional` stops the chain of an empty field, so the reason is asked for here."""
        is_valid: bool = super().validate(extra_validators)
        if not self.is_completed.data and not self.reason.data:
            self.reason.errors = [_("Say why the course was left.")]
            return False
        return is_valid


class ReportForm(Form):
    """A report of the work."""

    on = DayField(_l("Day"), [InputRequired()])
    text = TextAreaField(_l("Report"), [InputRequired(), Length(min=10, max=10_000)])

"""Forms of the ladder."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.evidence.forms import EvidenceField
from app.growth.forms.programmes import RequirementsForm, honour_choices
from app.growth.operations.ladder import DEFAULT_CRITERIA
from app.regions.models import Region
from app.studios.forms.common import LONG, NEEDED, WHY, Boxes
from app.studios.forms.work import ScoringForm
from app.studios.queries.studios import level_choices
from app.web.fields import DayField
from app.web.forms import Form, VersionedForm


class RungForm(RequirementsForm):
    """A rung: its place, the honour it gives, what it asks for and how it is scored."""

    county = SelectField(_l("County"), coerce=int)
    position = IntegerField(_l("Place on the ladder"), [InputRequired(NEEDED), NumberRange(1, 20)])
    name = StringField(_l("Name of the rung"), [InputRequired(NEEDED), Length(max=40)])
    type_code = SelectField(_l("Honour it gives"))
    level_code = SelectField(_l("Level"))
    valid_years = IntegerField(_l("Valid for so many years"), [Optional(), NumberRange(1, 10)])
    yearly_target = IntegerField(
        _l("Target a year"), [Optional(), NumberRange(1, 100_000)], description=_l("What the county sets itself.")
    )
    notice_days = IntegerField(_l("Days of public notice"), [InputRequired(NEEDED), NumberRange(1, 60)], default=5)
    criteria = TextAreaField(
        _l("Criteria"),
        [InputRequired(NEEDED), Length(max=2000)],
        default="\n".join(f"{name}, {weight}" for name, weight in DEFAULT_CRITERIA),
        description=_l("One a line: the name, a comma, the weight. The weights add up to 100."),
    )
    pass_mark = IntegerField(_l("Recognised from a score of"), [InputRequired(NEEDED), NumberRange(1, 100)], default=60)
    is_open = BooleanField(_l("Takes people up"), default=True)

    def offer(self, counties: list[Region]) -> None:
        """The counties, honours and levels to choose from."""
        self.county.choices = [(county.id, county.name) for county in counties]
        self.type_code.choices = honour_choices()
        self.level_code.choices = level_choices()
        self.offer_requirements(counties[0].id if counties else 0)

    def validate_criteria(self, field: Any) -> None:
        """Each line is read; what cannot be read is named."""
        ScoringForm.read(field.data or "")

    def fields(self) -> dict[str, Any]:
        """The values as the operation takes them."""
        plain = self.values(
            "position",
            "name",
            "type_code",
            "level_code",
            "valid_years",
            "yearly_target",
            "notice_days",
            "pass_mark",
            "is_open",
        )
        return plain | {"requirements": self.requirements(), "criteria": ScoringForm.read(self.criteria.data or "")}


class RoundForm(VersionedForm):
    """A year's round of a rung."""

    year = IntegerField(_l("Year"), [InputRequired(NEEDED), NumberRange(2000, 2100)])
    places = IntegerField(_l("Places"), [InputRequired(NEEDED), NumberRange(1, 100_000)])
    opens_on = DayField(_l("Applications from"), [InputRequired(_l("Write the day."))])
    closes_on = DayField(_l("Applications to"), [InputRequired(_l("Write the day."))])
    reviewers = Boxes(
        _l("Reviewers"),
        [InputRequired(_l("Choose at least one reviewer."))],
        choices=[],
        description=_l("Nobody scores an application of the own school."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The days in order."""
        is_valid: bool = super().validate(extra_validators)
        if self.opens_on.data and self.closes_on.data and self.closes_on.data < self.opens_on.data:
            self.closes_on.errors = [*self.closes_on.errors, _("The end lies before the beginning.")]
            return False
        return is_valid

    def reviewer_ids(self) -> list[int]:
        """The accounts chosen."""
        return [int(number) for number in self.reviewers.data or []]


class ApplicationForm(VersionedForm):
    """A teacher's application with its evidence."""

    statement = TextAreaField(
        _l("What you have done, and what speaks for you"),
        [InputRequired(NEEDED), Length(min=10, max=10_000)],
        description=_l("Teaching, research, lessons for others; what the evidence below shows."),
    )
    evidence = EvidenceField(_l("Evidence"))


class OpinionForm(VersionedForm):
    """The school's opinion."""

    opinion = TextAreaField(_l("Opinion of the school"), [InputRequired(NEEDED), Length(max=LONG)])


class WhyForm(VersionedForm):
    """A reason that goes on record and to the teacher."""

    reason = TextAreaField(_l("Reason"), [InputRequired(WHY), Length(min=2, max=500)])


class RevokeForm(WhyForm):
    """From when a recognition no longer holds, and why."""

    on = DayField(_l("No longer holds from"), [InputRequired(_l("Write the day."))])


class CancelForm(Form):
    """Why a round is called off."""

    reason = TextAreaField(_l("Reason"), [InputRequired(WHY), Length(min=2, max=500)])

"""Forms of a studio's work, of lessons on request, and of appraisals."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.evidence.forms import EvidenceField
from app.schools.models import Stage
from app.studios.forms.common import LONG, NEEDED, Boxes, NumberChoice, hours_field
from app.studios.models import (
    AppraisalStage,
    MeetingKind,
    OutcomeKind,
    RequestKind,
    SpendingCategory,
    TargetKind,
)
from app.studios.queries.studios import level_choices
from app.web.fields import CodeField, DayField, EnumField
from app.web.forms import Form, VersionedForm

DAY = InputRequired(_l("Write the day."))
MARKS = [(str(number), str(number)) for number in range(5, 0, -1)]


def money_field(label: Any) -> DecimalField:
    """An amount of yuan, to the fen."""
    return DecimalField(label, [InputRequired(NEEDED), NumberRange(min=0.01, max=10**9)], places=None)


class PlanForm(VersionedForm):
    """The plan of a school year; the aims by kind of work follow below."""

    aims = TextAreaField(_l("What the studio sets out to do"), [InputRequired(NEEDED), Length(max=LONG)])


for _kind in TargetKind:
    setattr(PlanForm, _kind.value, IntegerField(_kind.label, [Optional(), NumberRange(0, 1000)]))
PlanForm.summary = TextAreaField(_l("Summary at the end of the year"), [Length(max=LONG)])


class MeetingForm(VersionedForm):
    """One activity."""

    title = StringField(_l("Title"), [InputRequired(NEEDED), Length(max=100)])
    kind = EnumField(_l("Kind"), kind=MeetingKind)
    on = DayField(_l("Day"), [DAY])
    begins_at = TimeField(_l("Begins at"), [Optional()])
    hours = hours_field(description=_l("Whoever is there is credited with so many hours."))
    venue = StringField(_l("Place"), [Length(max=100)])
    agenda = TextAreaField(_l("Agenda"), [Length(max=LONG)])


class ObservationForm(VersionedForm):
    """The form of an observed lesson."""

    teacher_id = NumberChoice(_l("Who taught"), [InputRequired(NEEDED)])
    observer_id = NumberChoice(_l("Who observed"), [InputRequired(NEEDED)])
    on = DayField(_l("Day"), [DAY])
    topic = StringField(_l("Topic of the lesson"), [InputRequired(NEEDED), Length(max=100)])
    class_name = StringField(_l("Class"), [Length(max=40)])
    aims = RadioField(_l("Aims (5 is best)"), [InputRequired(NEEDED)], choices=MARKS)
    content = RadioField(_l("Content (5 is best)"), [InputRequired(NEEDED)], choices=MARKS)
    method = RadioField(_l("Method (5 is best)"), [InputRequired(NEEDED)], choices=MARKS)
    effect = RadioField(_l("Effect (5 is best)"), [InputRequired(NEEDED)], choices=MARKS)
    strengths = TextAreaField(_l("What was good"), [InputRequired(NEEDED), Length(max=LONG)])
    advice = TextAreaField(_l("Advice"), [InputRequired(NEEDED), Length(max=LONG)])

    def offer(self, people: list[tuple[int, str]]) -> None:
        """The people of the studio."""
        self.teacher_id.offer(people, _l("Please choose"))
        self.observer_id.offer(people, _l("Please choose"))

    def fields(self) -> dict[str, Any]:
        """The values as the operation takes them."""
        marks = {name: int(self[name].data) for name in ("aims", "content", "method", "effect")}
        return marks | self.values("teacher_id", "observer_id", "on", "topic", "class_name", "strengths", "advice")


class OutcomeForm(VersionedForm):
    """One outcome with its evidence."""

    teacher_id = NumberChoice(_l("Whose"), [InputRequired(NEEDED)])
    kind = EnumField(_l("Kind"), kind=OutcomeKind)
    title = StringField(_l("Title"), [InputRequired(NEEDED), Length(max=150)])
    level_code = SelectField(_l("Level"), choices=[])
    on = DayField(_l("Day"), [DAY])
    note = TextAreaField(_l("More about it"), [Length(max=LONG)])
    evidence = EvidenceField(_l("Evidence"), minimum=1)

    def offer(self, people: list[tuple[int, str]], county_id: int) -> None:
        """The people of the studio, the levels, and whose county it is."""
        self.teacher_id.offer(people, _l("Please choose"))
        self.level_code.choices = level_choices()
        self.evidence.belongs_to(county_id)

    def fields(self) -> dict[str, Any]:
        """The values as the operation takes them."""
        return self.values("teacher_id", "kind", "title", "level_code", "on", "note")


class SpendingForm(VersionedForm):
    """One expense."""

    spent_on = DayField(_l("Day"), [DAY])
    category = EnumField(_l("Category"), kind=SpendingCategory)
    amount = money_field(_l("Amount in yuan"))
    purpose = StringField(_l("What for"), [InputRequired(NEEDED), Length(max=100)])
    beyond_reason = TextAreaField(
        _l("Why it goes beyond the grant"),
        [Length(max=1000)],
        description=_l("Only where more is spent than is left of the grant."),
    )


class GrantForm(VersionedForm):
    """Money for a studio."""

    year = IntegerField(_l("Year"), [InputRequired(NEEDED), NumberRange(2000, 2100)])
    amount = money_field(_l("Amount in yuan"))
    source = StringField(_l("Who grants it"), [InputRequired(NEEDED), Length(max=80)])


class RequestForm(VersionedForm):
    """What a school asks for."""

    kind = EnumField(_l("Kind"), kind=RequestKind)
    topic = StringField(_l("Topic"), [InputRequired(NEEDED), Length(max=100)])
    stage = EnumField(_l("Stage"), kind=Stage)
    subject_code = CodeField(_l("Subject"), [InputRequired(NEEDED)], table="subject")
    wanted_from = DayField(_l("From"), [DAY])
    wanted_to = DayField(_l("To"), [DAY])
    detail = TextAreaField(_l("What you hope for"), [Length(max=LONG)])


class NewRequestForm(RequestForm):
    """What a school asks for, and which school."""

    school_id = NumberChoice(_l("School"), [InputRequired(NEEDED)])


class TakeForm(Form):
    """The day on which somebody comes."""

    place = NumberChoice(_l("For the studio"), [InputRequired(NEEDED)])
    on = DayField(_l("I come on"), [DAY])


class GivenForm(Form):
    """What was given."""

    on = DayField(_l("Given on"), [DAY])
    hours = hours_field()
    report = TextAreaField(_l("What was done"), [InputRequired(NEEDED), Length(max=LONG)])


class FeedbackForm(Form):
    """How it was."""

    rating = RadioField(_l("How helpful was it? (5 is best)"), [InputRequired(NEEDED)], choices=MARKS)
    feedback = TextAreaField(_l("What you wish to say about it"), [Length(max=LONG)])


class ScoringForm(Form):
    """A county's criteria, one a line: name and weight."""

    criteria = TextAreaField(
        _l("Criteria"),
        [InputRequired(NEEDED), Length(max=2000)],
        description=_l("One a line: the name, a comma, the weight. The weights add up to 100."),
    )
    pass_mark = IntegerField(_l("Meets the standard from"), [InputRequired(NEEDED), NumberRange(1, 99)])
    excellent_mark = IntegerField(_l("Excellent from"), [InputRequired(NEEDED), NumberRange(2, 100)])

    def validate_criteria(self, field: Any) -> None:
        """Each line is read; what cannot be read is named."""
        self.read(field.data)

    @staticmethod
    def read(text: str) -> list[tuple[str, int]]:
        """The criteria of the text; ValidationError names the line that cannot be read."""
        found = []
        for line in text.splitlines():
            if not line.strip():
                continue
            name, _comma, weight = line.replace("，", ",").rpartition(",")
            if not name.strip() or not weight.strip().isdecimal():
                raise ValidationError(_("“%(line)s” is no name and weight, such as “Plan, 20”.", line=line.strip()))
            found.append((name.strip(), int(weight)))
        return found


class OpenAppraisalForm(Form):
    """Which appraisal, by when, and who reviews."""

    stage = EnumField(_l("Appraisal"), kind=AppraisalStage)
    due_on = DayField(_l("Report due by"), [DAY])
    reviewers = Boxes(_l("Reviewers"), [InputRequired(_l("Choose at least one reviewer."))], choices=[])


class ReportForm(Form):
    """The studio's own report."""

    text = TextAreaField(
        _l("Report"),
        [InputRequired(NEEDED), Length(max=20000)],
        description=_l("What was planned, what was reached, what was difficult. The figures are added by themselves."),
    )


class DecisionForm(Form):
    """The opinion that goes with the decision."""

    opinion = TextAreaField(_l("Opinion"), [InputRequired(NEEDED), Length(max=LONG)])


def review_form(criteria: list[dict[str, Any]]) -> type[Form]:
    """The form of one review: a score for each criterion."""
    fields: dict[str, Any] = {
        f"score_{number}": IntegerField(
            f"{one['name']} ({one['weight']} %)", [InputRequired(NEEDED), NumberRange(0, 100)]
        )
        for number, one in enumerate(criteria)
    }
    fields["comment"] = TextAreaField(_l("Comment"), [Length(max=LONG)])
    return type("ReviewForm", (Form,), fields)

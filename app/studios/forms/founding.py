"""Forms of a studio's road and of what a county lays down."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.codes import queries as codes
from app.schools.models import Stage
from app.studios.forms.common import LONG, NEEDED, WHY, Boxes, NumberChoice
from app.studios.models import StudioKind
from app.studios.queries.studios import called, level_choices
from app.teachers.models import Teacher
from app.web.fields import CodeField, DayField, EnumField, LookupField
from app.web.forms import Form, VersionedForm

UNKNOWN = _l("Nobody in this county has this name or work number.")
SEVERAL = _l("Several teachers have this name. Write the work number instead.")


def person_field(label: Any, validators: Any = None, **more: Any) -> LookupField:
    """A teacher of the county by name or work number; `form.seek(county_id)` says which county."""
    return LookupField(
        label, validators, find=lambda text: [], show=lambda row: row.name, unknown=UNKNOWN, ambiguous=SEVERAL, **more
    )


def seek(field: Any, county_id: int) -> None:
    """Let a person's field look in a county."""

    def find(text: str) -> list[Teacher]:
        kept = field.object_data
        if isinstance(kept, Teacher) and kept.name == text:
            return [kept]
        return called(county_id, text)

    field.find = find


class StudioForm(VersionedForm):
    """What a studio is."""

    name = StringField(_l("Name of the studio"), [InputRequired(NEEDED), Length(max=80)])
    kind = EnumField(_l("Kind"), kind=StudioKind)
    level_code = SelectField(_l("Level"), choices=[])
    stage = EnumField(_l("Stage"), kind=Stage)
    subject_code = CodeField(_l("Subject"), table="subject", blank=_l("No subject"))
    school_id = NumberChoice(_l("Seat school"), [InputRequired(NEEDED)])
    assistant = person_field(_l("Assistant"), description=_l("By name or work number; may stay empty."))
    is_network = BooleanField(_l("Works over the network as well"))
    statement = TextAreaField(
        _l("What the studio is for, and what its host brings along"), [InputRequired(NEEDED), Length(max=LONG)]
    )

    def offer(self, county_id: int, schools: list[tuple[int, str]]) -> None:
        """What can be chosen in a county."""
        self.level_code.choices = level_choices()
        self.school_id.offer(schools)
        seek(self.assistant, county_id)

    def studio_fields(self) -> dict[str, Any]:
        """The values as the operation takes them."""
        fields = self.values("name", "kind", "level_code", "stage", "subject_code", "is_network", "statement")
        return fields | {"assistant_id": self.assistant.row.id if self.assistant.row else None}


class ShapeForm(Form):
    """The form of a studio: how many, and with which title."""

    cycle_years = IntegerField(_l("Years of a cycle"), [InputRequired(NEEDED), NumberRange(1, 6)])
    member_places = IntegerField(_l("Members of a host"), [InputRequired(NEEDED), NumberRange(1, 30)])
    mentee_places = IntegerField(_l("Mentees of a member"), [InputRequired(NEEDED), NumberRange(0, 30)])
    honour_types = Boxes(
        _l("A member holds, on the day of joining, one of these titles"), [InputRequired(NEEDED)], choices=[]
    )
    honour_levels = Boxes(_l("At one of these levels"), [InputRequired(NEEDED)], choices=[])

    def offer_titles(self) -> None:
        """The titles and levels that can be ticked."""
        self.honour_types.choices = [one for one in codes.choices("honour_type") if one[0] != "none"]
        self.honour_levels.choices = [one for one in codes.choices("honour_level") if one[0] in "12345"]

    def shape(self) -> dict[str, Any]:
        """The values as the operation takes them."""
        return self.values("cycle_years", "member_places", "mentee_places", "honour_types", "honour_levels")


class OfficerStudioForm(StudioForm, ShapeForm):
    """A studio as the centre edits it: what it is, and its form."""

    def offer(self, county_id: int, schools: list[tuple[int, str]]) -> None:
        super().offer(county_id, schools)
        self.offer_titles()

    def studio_fields(self) -> dict[str, Any]:
        return super().studio_fields() | self.shape()


class NewStudioForm(OfficerStudioForm):
    """A studio that the centre enters for its host."""

    host = person_field(_l("Host"), [InputRequired(NEEDED)], description=_l("By name or work number."))

    def offer(self, county_id: int, schools: list[tuple[int, str]]) -> None:
        super().offer(county_id, schools)
        seek(self.host, county_id)


class SettingsForm(ShapeForm):
    """What a county lays down for its studios."""

    host_honour_types = Boxes(
        _l("A host holds one of these titles"),
        choices=[],
        description=_l("Where none is ticked, no title is asked of a host."),
    )
    host_honour_levels = Boxes(_l("The host's title is of one of these levels"), choices=[])
    answer_days = IntegerField(
        _l("Days to answer for somebody who is asked to leave"), [InputRequired(NEEDED), NumberRange(1, 60)]
    )
    host_credit = StringField(_l("Kind of credit for hosts"), [InputRequired(NEEDED), Length(max=40)])
    member_credit = StringField(_l("Kind of credit for members and mentees"), [InputRequired(NEEDED), Length(max=40)])
    outreach_credit = StringField(
        _l("Kind of credit for lessons brought to schools"), [InputRequired(NEEDED), Length(max=40)]
    )

    def offer_titles(self) -> None:
        super().offer_titles()
        self.host_honour_types.choices = self.honour_types.choices
        self.host_honour_levels.choices = self.honour_levels.choices

    def validate(self, extra_validators: Any = None) -> bool:
        """Titles of hosts are asked for at a level."""
        is_valid: bool = super().validate(extra_validators)
        if self.host_honour_types.data and not self.host_honour_levels.data:
            self.host_honour_levels.errors = [_("Tick the levels that count, too.")]
            return False
        return is_valid

    def fields(self) -> dict[str, Any]:
        """The values as the operation takes them."""
        hosts = self.values("host_honour_types", "host_honour_levels")
        return self.shape() | hosts | self.values("answer_days", "host_credit", "member_credit", "outreach_credit")


class ApprovalForm(Form):
    """The day on which the studio begins."""

    begins_on = DayField(_l("Begins on"), [InputRequired(_l("Write the day."))])


class MergeForm(Form):
    """The studio that goes on, and why."""

    into = NumberChoice(_l("Merged into"), [InputRequired(NEEDED)])
    reason = TextAreaField(_l("Reason"), [InputRequired(WHY), Length(max=LONG)])

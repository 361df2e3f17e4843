"""What a person types about a school."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FloatField, FormField, HiddenField, IntegerField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.schools.models import EducationGroup, School, Stage
from app.web.fields import CodeField
from app.web.forms import Form, VersionedForm

BASICS = (
    "name", "code", "kind_code", "locality_code", "is_sending", "is_weak", "township", "group_id", "quota", "lat", "lng"
)  # fmt: skip


def _count(label: Any, most: int) -> IntegerField:
    return IntegerField(label, [Optional(), NumberRange(0, most)], render_kw={"inputmode": "numeric"})


class StageForm(wtforms.Form):
    """One stage: whether the school teaches it, and its figures."""

    is_taught = BooleanField(_l("The school teaches this stage"))
    pupils = _count(_l("Pupils"), 30_000)
    boarders = _count(_l("Boarders"), 30_000)
    classes = _count(_l("Classes"), 1_000)

    def validate_boarders(self, field: IntegerField) -> None:
        if self.is_taught.data and (field.data or 0) > (self.pupils.data or 0):
            raise wtforms.ValidationError(_("Boarders are pupils: there cannot be more of them."))

    def validate_is_taught(self, field: BooleanField) -> None:
        if not field.data and any((self.pupils.data, self.boarders.data, self.classes.data)):
            raise wtforms.ValidationError(_("Tick this, or empty the figures of the stage."))


class SchoolForm(VersionedForm):
    """A school with its stages."""

    county_id = SelectField(_l("County"), coerce=int)
    name = wtforms.StringField(_l("Name of the school"), [InputRequired(), Length(max=120)])
    code = wtforms.StringField(
        _l("School code"),
        [
            InputRequired(),
            Length(max=20),
            Regexp(r"^[0-9A-Za-z-]+$", message=_l("A code has digits and letters only, usually ten digits.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    kind_code = CodeField(_l("Kind of school"), [InputRequired()], table="school_kind", blank=_l("Choose one"))
    locality_code = CodeField(_l("Locality"), [InputRequired()], table="locality", blank=_l("Choose one"))
    is_sending = BooleanField(
        _l("Sends teachers"), description=_l("A town or strong school whose teachers the 10 % rule counts.")
    )
    is_weak = BooleanField(_l("Weak school"), description=_l("Its gaps weigh double in a rotation proposal."))
    township = wtforms.StringField(_l("Township"), [Length(max=60)])
    group_id = SelectField(_l("Education group"), coerce=lambda value: int(value) if value else None)
    quota = IntegerField(
        _l("Staffing quota"), [InputRequired(), NumberRange(0, 5_000)], render_kw={"inputmode": "numeric"}
    )
    lat = FloatField(_l("Latitude"), [Optional(), NumberRange(-90, 90)], render_kw={"inputmode": "decimal"})
    lng = FloatField(_l("Longitude"), [Optional(), NumberRange(-180, 180)], render_kw={"inputmode": "decimal"})
    kindergarten = FormField(StageForm, _l("Kindergarten"))
    primary = FormField(StageForm, _l("Primary"))
    junior = FormField(StageForm, _l("Junior secondary"))
    senior = FormField(StageForm, _l("Senior secondary"))

    def offer(self, counties: list[tuple[int, str]], groups: list[EducationGroup], *, is_new: bool) -> None:
        """Set the choices; the county of a school that exists does not change."""
        if is_new:
            self.county_id.choices = [SelectChoice(str(key), name) for key, name in counties]
        else:
            del self.county_id
        self.group_id.choices = [
            SelectChoice("", _("None")),
            *(SelectChoice(str(group.id), group.name) for group in groups),
        ]

    def show(self, school: School) -> None:
        """Fill the stages from a school."""
        for one in school.stages:
            inner = self[one.stage.value].form
            inner.is_taught.data = True
            inner.pupils.data, inner.boarders.data, inner.classes.data = one.pupils, one.boarders, one.classes

    def stages(self) -> dict[Stage, dict[str, int]]:
        """The figures of the stages that are ticked."""
        return {
            stage: {name: self[stage.value].form[name].data or 0 for name in ("pupils", "boarders", "classes")}
            for stage in Stage
            if self[stage.value].form.is_taught.data
        }

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not self.stages():
            self.form_errors.append(_("Tick at least one stage that the school teaches."))
        if (self.lat.data is None) != (self.lng.data is None):
            self.lng.errors = [_("Give latitude and longitude together, or neither.")]
            return False
        return not self.form_errors


class GroupForm(Form):
    """An education group and its schools."""

    name = wtforms.StringField(_l("Name of the group"), [InputRequired(), Length(max=80)])
    members = SelectMultipleField(_l("Schools of the group"), coerce=int)

    def offer(self, schools: list[School]) -> None:
        """The schools that can belong to it."""
        self.members.choices = [SelectChoice(str(s.id), s.name) for s in schools]


class AcceptForm(Form):
    """Taking the norm's figures over."""

    rows = SelectMultipleField(_l("Rows"), validate_choice=False)
    everything = HiddenField()
    overwrite = BooleanField(_l("Also replace figures that were set by hand or came from a workbook"))

    def chosen(self) -> list[tuple[Stage, str]] | None:
        """The chosen rows; None for all."""
        if self.everything.data:
            return None
        pairs = [row.partition(":") for row in self.rows.data or []]
        return [(Stage(stage), subject) for stage, _colon, subject in pairs if stage in Stage and subject]


class PostsForm(Form):
    """The posts of a school: the numbers of its subjects, and room for one subject more."""

    new_stage = SelectField(_l("Stage"))
    new_subject = CodeField(_l("Further subject"), table="subject", blank=_l("None"))
    new_posts = IntegerField(_l("Posts"), [Optional(), NumberRange(1, 500)], render_kw={"inputmode": "numeric"})

    def offer(self, stages: list[Stage]) -> None:
        """The stages that the school teaches."""
        self.new_stage.choices = [SelectChoice(stage.value, str(stage.label)) for stage in stages]

    def further(self) -> dict[tuple[Stage, str], int]:
        """The subject more, where one was given."""
        if not self.new_subject.data or not self.new_posts.data:
            return {}
        return {(Stage(self.new_stage.data), self.new_subject.data): self.new_posts.data}

    def validate_new_subject(self, field: CodeField) -> None:
        if bool(field.data) != bool(self.new_posts.data):
            raise wtforms.ValidationError(_("Choose the further subject and give its number of posts."))


def posts_form(keys: list[tuple[Stage, str]], labels: dict[tuple[Stage, str], str]) -> type[PostsForm]:
    """A form with one number for each stage and subject."""
    fields = {
        field_name(stage, subject): IntegerField(
            labels[stage, subject], [InputRequired(), NumberRange(0, 500)], render_kw={"inputmode": "numeric"}
        )
        for stage, subject in keys
    }
    return type("SchoolPostsForm", (PostsForm,), fields)


def field_name(stage: Stage, subject: str) -> str:
    """The name of a number in the form of posts."""
    return f"{stage.value}__{subject}"

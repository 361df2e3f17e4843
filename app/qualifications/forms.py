"""What a person types about certificates, registrations, records and types."""

import re
from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.codes import queries as codes
from app.evidence.forms import EvidenceField
from app.qualifications.kinds import Category, CertificateType, Need, SubjectMatch, Types
from app.qualifications.models import TitleKind
from app.qualifications.operations import Fields
from app.schools.models import Stage
from app.web.fields import CodeField, DayField, EnumField, MonthField
from app.web.forms import Form, VersionedForm

_BLANK = _l("Not given")
_CHOOSE = _l("Choose one")


class CertificateForm(VersionedForm):
    """A certificate as it is written on paper, and its scans."""

    type_code = SelectField(_l("Type of certificate"), [InputRequired()], choices=[])
    number = StringField(
        _l("Certificate number"), [Length(max=60)], render_kw={"autocomplete": "off", "spellcheck": "false"},
        description=_l("As printed, letters included."),
    )  # fmt: skip
    subject_code = CodeField(
        _l("Subject on the certificate"), table="subject", blank=_BLANK,
        description=_l("For teaching qualifications."),
    )  # fmt: skip
    title = StringField(
        _l("Name on the certificate"), [Length(max=120)], description=_l("Where it says more than the type.")
    )
    issued_by = StringField(_l("Issuing authority"), [Length(max=120)])
    issued_on = DayField(_l("Issued on"), [Optional()])
    valid_to = DayField(
        _l("Valid to"), [Optional()],
        description=_l("As printed. Left empty, the usual validity of the type counts from the day of issue."),
    )  # fmt: skip
    evidence = EvidenceField(_l("Photographs or scans"))

    def offer(self, types: Types, kept: str | None = None) -> None:
        """The types that can be entered; what a certificate has already stays."""
        groups: list[SelectChoice] = [SelectChoice("", str(_CHOOSE))]
        groups += [SelectChoice(one.code, one.label, optgroup=str(one.category.label)) for one in types.active()]
        if kept and kept not in {choice.value for choice in groups}:
            groups.append(SelectChoice(kept, types.label(kept)))
        self.type_code.choices = groups

    def fields(self) -> Fields:
        """What was typed, for the operation."""
        number = re.sub(r"\s+", "", self.number.data or "") or None
        return Fields(
            type_code=self.type_code.data or "",
            number=number,
            subject_code=self.subject_code.data,
            title=self.title.data,
            issued_by=self.issued_by.data,
            issued_on=self.issued_on.data,
            valid_to=self.valid_to.data,
        )

    def take(self, problems: dict[str, str]) -> bool:
        """Put what the operation would refuse beside the fields. Tells whether all is well."""
        for name, sentence in problems.items():
            self[name].errors = [*self[name].errors, sentence]
        return not problems


class ReasonForm(Form):
    """Why something is returned or revoked."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(min=2, max=500, message=_l("Say in a few words what is wrong."))],
    )


class RegistrationForm(Form):
    """One registration of a teaching qualification."""

    on = DayField(_l("Registered on"), [InputRequired()])
    conclusion_code = CodeField(
        _l("Registration conclusion"), [InputRequired()], table="registration_conclusion", blank=_CHOOSE
    )
    note = StringField(_l("Note"), [Length(max=200)])


class DegreeForm(Form):
    """One course of study, and the degree it led to."""

    level_code = CodeField(_l("Level of education"), [InputRequired()], table="education_level", blank=_CHOOSE)
    institution = StringField(_l("School or university"), [InputRequired(), Length(max=120)])
    major = StringField(_l("Field of study"), [Length(max=120)])
    is_teacher_training = BooleanField(_l("Teacher training"))
    started_on = MonthField(_l("Began"), [Optional()])
    graduated_on = MonthField(_l("Graduated"), [Optional()])
    study_mode_code = CodeField(_l("Way of studying"), table="study_mode", blank=_BLANK)
    degree_level_code = CodeField(_l("Degree"), table="degree_level", blank=_BLANK)
    degree_on = MonthField(_l("Degree conferred"), [Optional()])


class TitleForm(Form):
    """One title, obtained or employed in."""

    kind = EnumField(_l("Obtained or employed"), [InputRequired()], kind=TitleKind)
    title_code = CodeField(_l("Professional title"), [InputRequired()], table="title", blank=_CHOOSE)
    from_on = MonthField(_l("From"), [InputRequired()])
    to_on = MonthField(_l("To"), [Optional()], description=_l("Leave empty while it lasts."))
    given_by = StringField(_l("Given by"), [Length(max=120)])
    number = StringField(_l("Document number"), [Length(max=60)])


class AppraisalForm(Form):
    """The yearly appraisal."""

    year = IntegerField(_l("Year"), [InputRequired(message=_l("Write the year as 2026."))],
                        render_kw={"inputmode": "numeric"})  # fmt: skip
    result_code = CodeField(_l("Appraisal result"), [InputRequired()], table="appraisal", blank=_CHOOSE)
    unit_name = StringField(_l("Appraised by"), [Length(max=120)])
    confirmed_on = DayField(_l("Confirmed on"), [Optional()])


# --- types --------------------------------------------------------------------------------------------------------


class _Boxes(SelectMultipleField):
    """Several of a few, as check boxes."""

    widget = wtforms.widgets.ListWidget(prefix_label=False)
    option_widget = wtforms.widgets.CheckboxInput()


def _stages() -> list[tuple[str, str]]:
    return [(stage.value, str(stage.label)) for stage in Stage]


class NeedForm(wtforms.Form):
    """Who must hold a certificate; empty conditions hold for everybody who teaches."""

    is_used = BooleanField(_l("This need applies"))
    is_barring = BooleanField(_l("Without it one may not teach"))
    stages = _Boxes(_l("Only in the stages"), choices=_stages)
    subjects = SelectMultipleField(_l("Only teachers of"), choices=lambda: codes.choices("subject"))
    counts_further = BooleanField(_l("Further subjects count too"))
    is_class_teacher = BooleanField(_l("Only class teachers"))
    positions = SelectMultipleField(_l("Only in the positions"), choices=lambda: codes.choices("school_position"))
    min_pupils = IntegerField(_l("Only at schools from this many pupils"), [Optional(), NumberRange(0, 30_000)])
    max_pupils = IntegerField(_l("Only at schools up to this many pupils"), [Optional(), NumberRange(0, 30_000)])
    from_on = DayField(_l("From the day on"), [Optional()])

    def need(self) -> Need:
        """The need as it was typed."""
        return Need(
            stages=tuple(self.stages.data or ()),
            subjects=tuple(self.subjects.data or ()),
            counts_further=self.counts_further.data,
            is_class_teacher=self.is_class_teacher.data,
            positions=tuple(self.positions.data or ()),
            min_pupils=self.min_pupils.data,
            max_pupils=self.max_pupils.data,
            from_on=self.from_on.data,
            is_barring=self.is_barring.data,
        )


class TypeForm(VersionedForm):
    """One type of certificate, as it holds in a county."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(), Length(max=60)])
    name_en = StringField(_l("Name in English"), [InputRequired(), Length(max=80)])
    category = EnumField(_l("Kind of certificate"), kind=Category)
    aliases = TextAreaField(_l("Other names"), description=_l("One a line; imports know the certificate by them too."))
    is_active = BooleanField(_l("In use"), default=True)
    needs_number = BooleanField(_l("Has a number"), default=True)
    validity_months = IntegerField(
        _l("Valid for so many months"), [Optional(), NumberRange(1, 600)], description=_l("Empty: without end.")
    )
    registration_months = IntegerField(
        _l("Registered every so many months"), [Optional(), NumberRange(1, 240)], description=_l("Empty: never.")
    )
    is_overdue_barring = BooleanField(_l("Without registration in time one may not teach"), default=True)
    is_renewable = BooleanField(_l("Can be renewed"), default=True)
    stages = _Boxes(_l("Entitles to teach in the stages"), choices=_stages)
    subject_match = EnumField(_l("Subject"), kind=SubjectMatch)
    covers = SelectMultipleField(_l("Replaces"), choices=[])
    covers_subject = CodeField(_l("In the subject"), table="subject", blank=_l("None"))
    subject_covers = SelectMultipleField(_l("It replaces also"), choices=[])
    needs = FieldList(FormField(NeedForm), label=_l("Who needs it"))

    def offer(self, types: Types, own: str | None) -> None:
        """The types that this one may replace."""
        choices = [SelectChoice(one.code, one.label) for one in types.values() if one.code != own]
        self.covers.choices = self.subject_covers.choices = choices

    def kind(self, code: str, kind_code: str) -> CertificateType:
        """The type as it was typed."""
        return CertificateType(
            code=code,
            category=self.category.data,
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            aliases=tuple(line.strip() for line in (self.aliases.data or "").splitlines() if line.strip()),
            kind_code=kind_code,
            validity_months=self.validity_months.data,
            registration_months=self.registration_months.data,
            is_overdue_barring=self.is_overdue_barring.data,
            is_renewable=self.is_renewable.data,
            covers=tuple(self.covers.data or ()),
            covers_subject=self.covers_subject.data or "",
            subject_covers=tuple(self.subject_covers.data or ()),
            stages=tuple(self.stages.data or ()),
            subject_match=self.subject_match.data,
            needs=tuple(entry.form.need() for entry in self.needs if entry.form.is_used.data),
            needs_number=self.needs_number.data,
            is_active=self.is_active.data,
        )


def type_form(types: Types, kind: CertificateType | None, *, row_version: int | None) -> TypeForm:
    """The form of a type; one empty need stands ready below those in force."""
    data: dict[str, Any] = {}
    if kind is not None:
        data = {name: getattr(kind, name) for name in CertificateType.__slots__ if name not in ("aliases", "needs")}
        data["aliases"] = "\n".join(kind.aliases)
        data |= {name: list(getattr(kind, name)) for name in ("covers", "subject_covers", "stages")}
    data["needs"] = [_typed(need) for need in (kind.needs if kind else ())] + [{"is_barring": False}]
    form = TypeForm(data=data, row_version="" if row_version is None else str(row_version))
    form.offer(types, kind.code if kind else None)
    return form


def _typed(need: Need) -> dict[str, Any]:
    found = {name: getattr(need, name) for name in Need.__slots__}
    return found | {"is_used": True} | {name: list(found[name]) for name in ("stages", "subjects", "positions")}


def chosen_ids(values: Sequence[str]) -> list[int]:
    """The rows that were ticked."""
    return [int(value) for value in values if value.isdecimal() and len(value) < 10][:500]


def too_few() -> str:
    """What to say where nothing was ticked."""
    return str(_("Choose at least one row."))

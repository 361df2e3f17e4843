"""What a person types about a teacher."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FloatField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional

from app.access import Permission
from app.codes import queries as codes
from app.schools.fields import SchoolField
from app.schools.models import Stage
from app.teachers import identity, operations
from app.teachers.models import Sex, Teacher
from app.web.fields import CodeField, DayField, EnumField, MonthField
from app.web.forms import Form, VersionedForm

NOT_COLUMNS = ("employing_school", "working_school", "row_version", "csrf_token")
_BLANK = _l("Not given")
_CHOOSE = _l("Choose one")


class TeacherForm(VersionedForm):
    """All that is known of a teacher in columns."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=60)], render_kw={"autocomplete": "off"})
    former_name = StringField(_l("Former name"), [Length(max=60)])
    id_type_code = CodeField(_l("Type of identity document"), table="id_type")
    id_number = StringField(
        _l("Identity document number"), [Length(max=40)], render_kw={"autocomplete": "off", "spellcheck": "false"}
    )
    sex = EnumField(_l("Sex"), kind=Sex, default=Sex.UNKNOWN)
    birth_on = DayField(_l("Date of birth"), [Optional()])
    ethnic_group_code = CodeField(_l("Ethnic group"), table="ethnic_group", blank=_BLANK)
    political_status_code = CodeField(_l("Political status"), table="political_status", blank=_BLANK)
    highest_degree_code = CodeField(_l("Highest education"), table="education_level", blank=_BLANK)
    employing_school = SchoolField(_l("Employing school"), [InputRequired()], permission=Permission.TEACHER_EDIT)
    working_school = SchoolField(
        _l("Working school"),
        permission=Permission.TEACHER_EDIT,
        description=_l("Leave empty where it is the employing school."),
    )
    started_work_on = MonthField(_l("Started work"), [Optional()])
    joined_school_on = MonthField(_l("Joined this school"), [Optional()])
    staff_number = StringField(_l("Staff number"), [Length(max=40)])
    staff_category_code = CodeField(_l("Staff category"), table="staff_category", blank=_BLANK)
    is_established = BooleanField(_l("On the establishment"), default=True)
    state_code = CodeField(_l("State"), table="teacher_state")
    stage = EnumField(_l("Stage"), [InputRequired()], kind=Stage, blank=_CHOOSE)
    subject_code = CodeField(_l("Subject"), [InputRequired()], table="subject", blank=_CHOOSE)
    is_class_teacher = BooleanField(_l("Class teacher"))
    title_rated_code = CodeField(_l("Title obtained"), table="title", blank=_BLANK)
    title_employed_code = CodeField(_l("Title employed"), table="title", blank=_BLANK)
    title_employed_on = MonthField(_l("Title employed since"), [Optional()])
    post_category_code = CodeField(_l("Post category"), table="post_category", blank=_BLANK)
    post_grade_code = CodeField(_l("Post grade"), table="post_grade", blank=_BLANK)
    school_position_code = CodeField(_l("School position"), table="school_position", blank=_BLANK)
    phone = StringField(_l("Phone"), [Length(max=40)], render_kw={"inputmode": "tel", "autocomplete": "off"})
    email = StringField(
        _l("Email"), [Optional(), Length(max=120), Email(message=_l("Write the address as name@example.org."))]
    )
    home_township = StringField(_l("Home township"), [Length(max=60)])
    home_lat = FloatField(_l("Home latitude"), [Optional(), NumberRange(-90, 90)], render_kw={"inputmode": "decimal"})
    home_lng = FloatField(
        _l("Home longitude"), [Optional(), NumberRange(-180, 180)], render_kw={"inputmode": "decimal"}
    )

    teacher: Teacher | None = None

    def allow(self, fields: set[str], teacher: Teacher | None) -> None:
        """Leave only the fields that the person may change. The schools of an existing teacher change elsewhere."""
        self.teacher = teacher
        if teacher is not None:
            fields = fields - {"employing_school", "working_school"}
            if "id_number" in fields:
                self.id_number.data = self.id_number.data if self.is_submitted() else None
                self.id_number.description = _(
                    "On record: %(masked)s. Leave empty to keep it.", masked=teacher.id_number_masked
                )
        else:
            self.id_number.flags.required = True
        for name in list(self._fields):
            if name not in fields and name not in ("csrf_token", "row_version"):
                del self[name]

    def columns(self) -> dict[str, Any]:
        """The data of the columns that were offered."""
        return {name: field.data for name, field in self._fields.items() if name not in NOT_COLUMNS}

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid: bool = super().validate(extra_validators)
        for name, sentence in self._contradictions().items():
            target = self._fields.get(name)
            if target is not None and not target.errors:
                target.errors = [sentence]
                is_valid = False
        return is_valid

    def _contradictions(self) -> dict[str, str]:
        """What fits no person: found here, so that it stands beside its field."""
        found: dict[str, str] = {}
        if "id_number" in self._fields:
            found |= self._document_problems()
        birth, sex = self._now("birth_on"), self._now("sex")
        dates = {name: self._now(name) for name in ("birth_on", "started_work_on", "joined_school_on")}
        if not found.get("id_number") and (number := self._number()):
            id_type = self._now("id_type_code") or identity.RESIDENT_CARD
            found |= identity.contradictions(id_type, number, birth_on=birth, sex=sex)
            dates["birth_on"] = birth or identity.said_by(id_type, number).get("birth_on")
        if "home_lat" in self._fields and (self.home_lat.data is None) != (self.home_lng.data is None):
            found["home_lng"] = _("Give latitude and longitude together, or neither.")
        return found | operations.date_problems(dates)

    def _document_problems(self) -> dict[str, str]:
        number, id_type = self.id_number.data, self.id_type_code.data or "1"
        if not number:
            return {} if self.teacher else {"id_number": _("Give the number of the identity document.")}
        wrong = operations.document_problem(id_type, number, self.teacher.id if self.teacher else None)
        return {"id_number": wrong} if wrong else {}

    def _number(self) -> str | None:
        typed = self.id_number.data if "id_number" in self._fields else None
        return typed or (self.teacher.id_number if self.teacher else None)

    def _now(self, name: str) -> Any:
        field = self._fields.get(name)
        return field.data if field is not None else getattr(self.teacher, name, None)


class LeaveForm(Form):
    """Taking a teacher off the roster."""

    state_code = SelectField(_l("Why"), [InputRequired()])
    on = DayField(_l("Last day"), [InputRequired()])

    def offer(self) -> None:
        """The ways of leaving."""
        self.state_code.choices = [SelectChoice(code, label) for code, label in operations.leaving_states()]


class TransferForm(Form):
    """Moving the employment to another school."""

    school = SchoolField(_l("New employing school"), [InputRequired()], permission=Permission.TEACHER_EDIT)
    on = DayField(_l("With effect from"), [InputRequired()])
    works_there_too = BooleanField(_l("Works there too from that day"), default=True)


class RelocateForm(Form):
    """Working at another school while the employment stays."""

    school = SchoolField(_l("New working school"), [InputRequired()], permission=Permission.TEACHER_EDIT)
    on = DayField(_l("With effect from"), [InputRequired()])
    state_code = CodeField(_l("State from that day"), table="teacher_state", blank=_l("Unchanged"))


class RevealForm(Form):
    """Looking at an identity number."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(min=4, max=200, message=_l("Say in a few words what the number is needed for."))],
    )


class SubjectsForm(Form):
    """The further subjects of a teacher."""

    subjects = SelectMultipleField(
        _l("Further subjects"),
        option_widget=wtforms.widgets.CheckboxInput(),
        widget=wtforms.widgets.ListWidget(prefix_label=False),
    )

    def offer(self, main: str) -> None:
        """All subjects but the main one."""
        self.subjects.choices = [SelectChoice(c, label) for c, label in codes.choices("subject") if c != main]


class HonourForm(VersionedForm):
    """A backbone honour."""

    type_code = CodeField(_l("Type of honour"), table="honour_type")
    level_code = CodeField(_l("Level"), table="honour_level")
    title = StringField(_l("Title of the honour"), [InputRequired(), Length(max=120)])
    valid_from = DayField(_l("Valid from"), [InputRequired()])
    valid_to = DayField(_l("Valid to"), [Optional()], description=_l("Leave empty where it does not end."))

    def limit(self, levels: list[str]) -> None:
        """Offer only the levels that the person may enter, and only what is an honour."""
        self.level_code.choices = [c for c in self.level_code.choices if c.value in levels and c.value != "0"]
        self.type_code.choices = [c for c in self.type_code.choices if c.value != "none"]


class RotationForm(VersionedForm):
    """An earlier or present rotation."""

    kind_code = CodeField(_l("Kind of rotation"), table="rotation_kind")
    from_on = DayField(_l("Begins"), [InputRequired()])
    to_on = DayField(_l("Ends"), [Optional()], description=_l("Leave empty while it lasts."))
    from_school_name = StringField(_l("From school"), [InputRequired(), Length(max=120)])
    to_school_name = StringField(_l("To school"), [InputRequired(), Length(max=120)])
    is_hr_transferred = BooleanField(_l("Personnel file moved too"))


class CircumstanceForm(VersionedForm):
    """A circumstance that may exempt from rotation."""

    kind_code = CodeField(_l("Circumstance"), table="circumstance_kind")
    evidence = TextAreaField(_l("Evidence"), [InputRequired(), Length(max=500)])
    from_on = DayField(_l("Begins"), [InputRequired()])
    to_on = DayField(
        _l("Ends"),
        [Optional()],
        description=_l("Only investigations, punishments and failed appraisals may stay open."),
    )

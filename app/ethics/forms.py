"""Forms of the ethics record."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from app.access import Permission
from app.db.clock import today
from app.ethics.clauses import Clause, is_failing, setting
from app.ethics.models import ActivityKind, Audience, EntryKind
from app.evidence.forms import EvidenceField
from app.schools.fields import SchoolField
from app.web.fields import CodeField, DayField, EnumField
from app.web.forms import Form, VersionedForm

LONG = Length(max=4000)


class MayBeEmpty:
    """An empty box is no mistake of the type; unlike `Optional`, what follows is still asked."""

    def __call__(self, _form: Any, field: Any) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []


def months_later(day: date, months: int) -> date:
    """The last day of a term of so many months that begins on a day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    length = (first_of_next - date(year, month + 1, 1)).days
    return date.fromordinal(date(year, month + 1, min(day.day, length)).toordinal() - 1)


class EntryForm(Form):
    """Something for a teacher's points file."""

    kind = EnumField(_l("Kind of entry"), [DataRequired()], kind=EntryKind)
    clause = SelectField(
        _l("Clause of the negative list"),
        description=_l("Only for the negative list. Its points and its term are filled in where you leave them empty."),
    )
    points = IntegerField(
        _l("Points"),
        [MayBeEmpty()],
        description=_l("Above zero for an award, below for a deduction."),
    )
    happened_on = DayField(_l("It happened on"), [InputRequired()])
    from_on = DayField(_l("Counts from"), [Optional()], description=_l("Empty: from the day it happened."))
    to_on = DayField(
        _l("Counts until"),
        [Optional()],
        description=_l("Empty: as long as the clause says. After this day the entry is on nobody's page."),
    )
    facts = TextAreaField(_l("What happened"), [DataRequired(), LONG])
    evidence = EvidenceField(_l("Evidence"), minimum=1)
    known: Sequence[Clause] = ()

    def offer(self, clauses: Sequence[Clause]) -> None:
        """The clauses of the county's lists."""
        self.known = clauses
        self.clause.choices = [
            ("", "–"),
            *((one.key, f"{one.code} {one.text}" + (_(" (vetoes)") if one.does_veto else "")) for one in clauses),
        ]

    @property
    def chosen(self) -> Clause | None:
        """The clause that was chosen."""
        return next((one for one in self.known if one.key == self.clause.data), None)

    def validate_clause(self, field: SelectField) -> None:
        """The negative list needs one; nothing else has one."""
        if self.kind.data is EntryKind.NEGATIVE and self.chosen is None:
            raise ValidationError(_("Choose the clause of the negative list."))

    def validate_points(self, field: IntegerField) -> None:
        """By the kind: an award gives, a deduction takes."""
        if field.data is not None and not -100 <= field.data <= 100:
            raise ValidationError(_("Points lie between -100 and 100."))
        if self.kind.data is EntryKind.AWARD and not (field.data or 0) > 0:
            raise ValidationError(_("An award gives at least one point."))
        if self.kind.data is EntryKind.DEDUCTION and not (field.data or 0) < 0:
            raise ValidationError(_("A deduction takes at least one point; write it as -5."))
        if self.kind.data is EntryKind.NEGATIVE and (field.data or 0) > 0:
            raise ValidationError(_("The negative list gives no points."))

    def validate_happened_on(self, field: DayField) -> None:
        """Not in the future, nor long before anybody kept records."""
        _past(field)

    def validate_to_on(self, field: DayField) -> None:
        """Not before it begins."""
        begins = self.from_on.data or self.happened_on.data
        if field.data and begins and field.data < begins:
            raise ValidationError(_("The last day lies before the first."))

    def fields(self) -> dict[str, Any]:
        """What the operation takes, with what the clause fills in."""
        clause = self.chosen if self.kind.data is EntryKind.NEGATIVE else None
        begins = self.from_on.data or self.happened_on.data
        months = clause.term_months if clause else setting("entry_months")
        points = self.points.data
        return {
            "kind": self.kind.data,
            "clause": clause,
            "points": points if points is not None else (clause.points if clause else 0),
            "happened_on": self.happened_on.data,
            "from_on": begins,
            "to_on": self.to_on.data or months_later(begins, months),
            "facts": self.facts.data,
            "evidence": self.evidence.data,
        }


def _past(field: Any) -> None:
    if field.data and field.data > today():
        raise ValidationError(_("This day lies in the future."))
    if field.data and field.data < date(1990, 1, 1):
        raise ValidationError(_("Check the year: %(year)s.", year=field.data.year))


class EntryCorrectionForm(VersionedForm):
    """What was wrong in an entry, and why it is changed."""

    points = IntegerField(_l("Points"), [InputRequired(), NumberRange(-100, 100)])
    happened_on = DayField(_l("It happened on"), [InputRequired()])
    from_on = DayField(_l("Counts from"), [InputRequired()])
    to_on = DayField(_l("Counts until"), [InputRequired()])
    facts = TextAreaField(_l("What happened"), [DataRequired(), LONG])
    evidence = EvidenceField(_l("Evidence"), minimum=1)
    reason = TextAreaField(
        _l("Reason for the correction"), [DataRequired(), LONG], description=_l("The teacher reads it.")
    )
    kind: EntryKind

    def validate_points(self, field: IntegerField) -> None:
        """The kind of the entry stays."""
        is_award = self.kind is EntryKind.AWARD
        if field.data is not None and (field.data > 0) != is_award and not (field.data == 0 and not is_award):
            raise ValidationError(_("An award gives points; everything else takes some or none."))

    def validate_happened_on(self, field: DayField) -> None:
        """Not in the future."""
        _past(field)

    def validate_from_on(self, field: DayField) -> None:
        """Not before it happened."""
        if field.data and self.happened_on.data and field.data < self.happened_on.data:
            raise ValidationError(_("The entry begins before it happened."))

    def validate_to_on(self, field: DayField) -> None:
        """Not before it begins."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("The last day lies before the first."))

    def fields(self) -> dict[str, Any]:
        """What the operation takes."""
        return self.values("points", "happened_on", "from_on", "to_on", "facts", "evidence", "reason")


class _Conclusion(VersionedForm):
    conclusion_code = CodeField(_l("Conclusion"), [DataRequired()], table="ethics_appraisal", blank=_l("Choose"))
    appraised_on = DayField(_l("Appraised on"), [InputRequired()])
    veto_to = DayField(
        _l("The veto lasts until"),
        [Optional()],
        description=_l("Only for a conclusion that vetoes. Empty: as long as the county's policy says."),
    )
    facts = TextAreaField(_l("What it rests on"), [LONG], description=_l("Needed for a conclusion that vetoes."))
    evidence = EvidenceField(_l("Evidence"), description=_l("Needed for a conclusion that vetoes."))

    @property
    def fails(self) -> bool:
        """Whether the chosen conclusion vetoes."""
        return bool(self.conclusion_code.data) and is_failing(self.conclusion_code.data)

    def validate_appraised_on(self, field: DayField) -> None:
        """Not in the future."""
        _past(field)

    def validate_facts(self, field: TextAreaField) -> None:
        """A veto says what it rests on."""
        if self.fails and not field.data:
            raise ValidationError(_("Say what the conclusion rests on."))

    def validate_veto_to(self, field: DayField) -> None:
        """Not before the appraisal."""
        if self.fails and field.data and self.appraised_on.data and field.data < self.appraised_on.data:
            raise ValidationError(_("The veto ends before the day of the appraisal."))

    def validate_evidence(self, field: EvidenceField) -> None:
        """A veto needs proof."""
        if self.fails and not field.data:
            raise ValidationError(_("Add a photograph, a scan or a PDF that proves this."))

    def fields(self) -> dict[str, Any]:
        """What the operation takes."""
        found = self.values("conclusion_code", "appraised_on", "veto_to", "facts", "evidence")
        if self.fails and found["veto_to"] is None:
            found["veto_to"] = months_later(found["appraised_on"], setting("veto_months"))
        return found if self.fails else found | {"veto_to": None}


class AppraisalForm(_Conclusion):
    """The yearly appraisal of one teacher."""

    year = IntegerField(_l("Year"), [InputRequired(), NumberRange(1990, 2100)])


class AppraisalCorrectionForm(_Conclusion):
    """What was wrong in an appraisal, and why it is changed."""

    reason = TextAreaField(
        _l("Reason for the correction"), [DataRequired(), LONG], description=_l("The teacher reads it.")
    )

    def fields(self) -> dict[str, Any]:
        """What the operation takes, with the reason."""
        return super().fields() | {"reason": self.reason.data}


class SayForm(Form):
    """A reason, an answer or a ruling."""

    said = TextAreaField(_l("In your words"), [DataRequired(), LONG])


class ActivityForm(VersionedForm):
    """A study meeting, a supervision or a review."""

    school = SchoolField(_l("School"), [DataRequired()], permission=Permission.ETHICS_EDIT)
    kind = EnumField(_l("What it was"), [DataRequired()], kind=ActivityKind)
    held_on = DayField(_l("Held on"), [InputRequired()])
    topic = StringField(_l("Topic"), [DataRequired(), Length(max=120)])
    participants = IntegerField(_l("Participants"), [InputRequired(), NumberRange(0, 5000)])
    findings = TextAreaField(_l("What was found"), [Optional(), LONG])
    evidence = EvidenceField(_l("Evidence"))

    def validate_held_on(self, field: DayField) -> None:
        """It has taken place."""
        _past(field)


class ClauseForm(VersionedForm):
    """A clause of a county's negative list."""

    text = StringField(_l("What is forbidden"), [DataRequired(), Length(max=200)])
    points = IntegerField(_l("Points"), [InputRequired(), NumberRange(-100, 0)])
    term_months = IntegerField(_l("Months on record"), [InputRequired(), NumberRange(1, 600)])
    does_veto = BooleanField(
        _l("Vetoes"), description=_l("Keeps from rotation, studios and honours while it is on record.")
    )
    is_active = BooleanField(_l("In use"), default=True)


class NewClauseForm(ClauseForm):
    """A new clause, with its list and its code."""

    audience = EnumField(_l("Which list"), [DataRequired()], kind=Audience)
    code = StringField(
        _l("Code"),
        [DataRequired(), Length(max=8), Regexp(r"^[A-Z][A-Z0-9]*$", message=_l("Capitals and digits only."))],
    )


class SchoolYearForm(Form):
    """Which school's appraisals of which year."""

    school = SchoolField(_l("School"), [DataRequired()], permission=Permission.ETHICS_EDIT)
    year = IntegerField(_l("Year"), [InputRequired(), NumberRange(1990, 2100)])
    appraised_on = DayField(_l("Appraised on"), [InputRequired()])

    def validate_appraised_on(self, field: DayField) -> None:
        """Not in the future."""
        _past(field)

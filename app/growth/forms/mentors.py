"""Forms of mentors and of pairs."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.access import Permission
from app.evidence.forms import EvidenceField
from app.growth.models import Mentor, PairSide
from app.growth.terms import Term
from app.studios.forms.common import LONG, NEEDED, NumberChoice
from app.studios.models import AppraisalResult
from app.teachers.fields import TeacherField
from app.web.fields import DayField, EnumField
from app.web.forms import Form, VersionedForm

DAY = InputRequired(_l("Write the day."))
MANAGE = (Permission.GROWTH_NOMINATE, Permission.GROWTH_EDIT)


class MentorForm(Form):
    """Naming a mentor."""

    teacher = TeacherField(_l("Teacher"), [InputRequired(NEEDED)], permissions=MANAGE, endpoint="growth.suggest")
    places = IntegerField(_l("Most newcomers at once"), [InputRequired(NEEDED), NumberRange(1, 10)])


class MentorEditForm(VersionedForm):
    """How many a mentor takes."""

    places = IntegerField(_l("Most newcomers at once"), [InputRequired(NEEDED), NumberRange(0, 10)])
    is_active = BooleanField(_l("Takes newcomers"))


class AgreementForm(VersionedForm):
    """Goals and days of a pair."""

    from_on = DayField(_l("Begins"), [DAY])
    to_on = DayField(_l("Ends"), [DAY])
    goals = TextAreaField(
        _l("Goals"),
        [InputRequired(NEEDED), Length(min=10, max=LONG)],
        description=_l("What the newcomer should be able to do, by when, and how the mentor helps."),
    )


class PairForm(AgreementForm):
    """A new pair."""

    newcomer = TeacherField(_l("Newcomer"), [InputRequired(NEEDED)], permissions=MANAGE, endpoint="growth.suggest")
    mentor = NumberChoice(_l("Mentor"), [InputRequired(NEEDED)])

    def offer(self, mentors: Sequence[Mentor]) -> None:
        """The mentors with a place free, each with school, subject and places."""
        rows = [
            (
                row.id,
                _(
                    "%(name)s (%(school)s, %(free)s free)",
                    name=row.teacher.name,
                    school=row.teacher.working_school.name,
                    free=row.places - row.pairs_taken,
                ),
            )
            for row in mentors
        ]
        self.mentor.offer(rows, _("Please choose"))


class ReportForm(VersionedForm):
    """One side's report of a term."""

    term = SelectField(_l("Term"), choices=[])
    done = TextAreaField(_l("What was done, and what came of it"), [InputRequired(NEEDED), Length(min=10, max=LONG)])
    plans = TextAreaField(_l("What comes next"), [Length(max=LONG)])
    evidence = EvidenceField(_l("Evidence"))

    def offer(self, terms: Sequence[Term], county_id: int) -> None:
        """The terms that can be reported on."""
        self.term.choices = [(f"{year}-{term}", term_label((year, term))) for year, term in terms]
        self.evidence.belongs_to(county_id)

    def chosen_term(self) -> Term:
        """The term as (year, term)."""
        year, term = (self.term.data or "0-1").split("-")
        return int(year), int(term)


def term_label(term: Term) -> str:
    """A term in words."""
    names = {1: _("first term"), 2: _("second term")}
    return str(_("%(year)s–%(next)s, %(term)s", year=term[0], next=term[0] + 1, term=names[term[1]]))


class LessonForm(VersionedForm):
    """A lesson that one gave and the other observed."""

    on = DayField(_l("Day"), [DAY])
    given_by = EnumField(_l("Taught by"), kind=PairSide)
    topic = StringField(_l("Topic of the lesson"), [InputRequired(NEEDED), Length(max=100)])
    remarks = TextAreaField(_l("Remarks"), [Length(max=LONG)])


class AppraisalForm(Form):
    """The closing appraisal."""

    result = RadioField(
        _l("Result"), [InputRequired(NEEDED)], choices=[(one.value, one.label) for one in AppraisalResult]
    )
    opinion = TextAreaField(_l("Opinion"), [InputRequired(NEEDED), Length(max=LONG)])


class SettingsForm(VersionedForm):
    """What a county lays down for its pairs."""

    newcomer_years = IntegerField(
        _l("A newcomer is within the first … years of work"), [InputRequired(NEEDED), NumberRange(1, 10)]
    )
    mentor_places = IntegerField(_l("Newcomers of a mentor, as proposed"), [InputRequired(NEEDED), NumberRange(1, 10)])
    agreement_years = IntegerField(_l("Years of an agreement"), [InputRequired(NEEDED), NumberRange(1, 5)])
    lessons_a_term = IntegerField(
        _l("Lessons a term that each gives and the other observes"), [InputRequired(NEEDED), NumberRange(0, 200)]
    )
    credit_kind = SelectField(_l("Kind of credit for mentors"), choices=[])
    excellent_hours = DecimalField(
        _l("Hours for a mentor appraised as excellent"), [Optional(), NumberRange(0, 500)], places=None
    )
    passed_hours = DecimalField(
        _l("Hours for a mentor who meets the standard"), [Optional(), NumberRange(0, 500)], places=None
    )

    def fields(self) -> dict[str, Any]:
        """The values as the operation takes them; no hours are none."""
        found = self.values("newcomer_years", "mentor_places", "agreement_years", "lessons_a_term", "credit_kind")
        return found | {name: self[name].data or 0 for name in ("excellent_hours", "passed_hours")}

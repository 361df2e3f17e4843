"""People of a session: added, and their results; what a teacher thinks of it."""

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.access import Permission
from app.teachers.fields import TeacherField
from app.training.forms.fields import ExactField
from app.training.models import QUESTIONS, TrainingResult
from app.training.operations.results import Outcome
from app.web.fields import EnumField
from app.web.forms import Form, VersionedForm

ANSWERS = (
    ("5", _l("5 – fully true")),
    ("4", _l("4 – rather true")),
    ("3", _l("3 – partly")),
    ("2", _l("2 – rather not")),
    ("1", _l("1 – not at all")),
)
_ANSWER = _l("Choose one of the five answers.")


class AddForm(Form):
    """One person put on the list by the organiser."""

    teacher = TeacherField(
        _l("Teacher"), [InputRequired()], permissions=(Permission.TRAINING_EDIT,), endpoint="training.suggest"
    )


class ResultForm(VersionedForm):
    """One person's result."""

    result = EnumField(_l("Result"), kind=TrainingResult)
    score = ExactField(_l("Score"), [Optional()], description=_l("0 to 100; may stay empty."))
    hours = ExactField(_l("Hours"), [Optional()], description=_l("Empty: all hours of the session for who passed."))
    reason = wtforms.StringField(
        _l("Reason for the change"), [Length(max=300)], description=_l("Needed where a result stands already.")
    )

    def outcome(self) -> Outcome:
        """The result as typed."""
        return Outcome(self.result.data, self.score.data, self.hours.data)


class RosterForm(Form):
    """A list of results."""

    file = FileField(
        _l("List of results"), description=_l("Excel (xlsx, xls) or CSV with 姓名, 身份证号, 合格状态, 成绩, 学时.")
    )

    def validate_file(self, field: FileField) -> None:
        """A file must have been chosen."""
        if not field.data or not field.data.filename:
            raise wtforms.ValidationError(_("Choose a file."))


class ApplyRosterForm(Form):
    """Whether rows with errors may stay out."""

    leaves_out = BooleanField(_l("Leave the rows with errors out"))


class FeedbackForm(Form):
    """Four answers and a remark, without a name."""

    content = RadioField(QUESTIONS["content"], [InputRequired(_ANSWER)], choices=ANSWERS)
    teaching = RadioField(QUESTIONS["teaching"], [InputRequired(_ANSWER)], choices=ANSWERS)
    organisation = RadioField(QUESTIONS["organisation"], [InputRequired(_ANSWER)], choices=ANSWERS)
    result = RadioField(QUESTIONS["result"], [InputRequired(_ANSWER)], choices=ANSWERS)
    comment = TextAreaField(
        _l("What should be otherwise next time?"), [Length(max=1000)], description=_l("Do not write your name.")
    )

    def answers(self) -> dict[str, int]:
        """The answers as numbers."""
        return {name: int(self[name].data) for name in QUESTIONS}

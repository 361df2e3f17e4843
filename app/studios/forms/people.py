"""Forms about the people of a studio."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DecimalField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.studios.forms.common import LONG, NEEDED, Boxes, NumberChoice
from app.studios.forms.founding import person_field, seek
from app.studios.models import MemberRole, PersonalMeasure
from app.web.forms import Form

ROLES = [(MemberRole.MENTEE.value, _l("Mentee")), (MemberRole.MEMBER.value, _l("Member"))]


class JoinForm(Form):
    """A teacher's application."""

    role = RadioField(_l("I apply as"), [InputRequired(NEEDED)], choices=ROLES, default="mentee")
    leader = NumberChoice(_l("Led by, where you have a wish"))
    statement = TextAreaField(_l("Why you apply, and what you would like to work on"), [Length(max=LONG)])


class InviteForm(Form):
    """Whom the host invites."""

    teacher = person_field(_l("Teacher"), [InputRequired(NEEDED)], description=_l("By name or work number."))
    role = RadioField(_l("Invited as"), [InputRequired(NEEDED)], choices=ROLES, default="mentee")
    leader = NumberChoice(_l("Led by"))

    def offer(self, county_id: int, leaders: list[tuple[int, str]], blank: Any) -> None:
        """What can be chosen for a studio."""
        seek(self.teacher, county_id)
        self.leader.offer(leaders, blank)


class AcceptForm(Form):
    """Who leads somebody that is accepted."""

    leader = NumberChoice(_l("Led by"))


class AcceptManyForm(Form):
    """Those of the applicants whom the host accepts at once."""

    person = Boxes(_l("Applicants"), coerce=int, choices=[], validate_choice=False)
    full = RadioField(
        _l("Where the member wished for has no place free"),
        [InputRequired(NEEDED)],
        choices=[("other", _l("Another member of the studio leads")), ("wait", _l("On the waiting list"))],
        default="other",
    )


class LeaderForm(Form):
    """The member who leads a mentee from now on."""

    leader = NumberChoice(_l("Led by"), [InputRequired(NEEDED)])


class AnswerForm(Form):
    """The answer of somebody who is asked to leave."""

    agrees = RadioField(
        _l("Your answer"),
        [InputRequired(NEEDED)],
        choices=[("no", _l("I wish to stay")), ("yes", _l("I agree and leave"))],
    )
    text = TextAreaField(_l("What you wish to say"), [Length(max=LONG)])


class NoteForm(Form):
    """A private note of the host."""

    body = TextAreaField(_l("Private note"), [InputRequired(NEEDED), Length(max=LONG)])


class MessageForm(Form):
    """A message to people of the studio."""

    subject = StringField(_l("Subject of the message"), [InputRequired(NEEDED), Length(max=100)])
    text = TextAreaField(_l("Message"), [InputRequired(NEEDED), Length(max=LONG)])


class RosterForm(Form):
    """A workbook of people to invite."""

    file = FileField(_l("Workbook"), [FileRequired(_l("Choose a file."))])


class PersonalPlanForm(Form):
    """The aims of one person; an empty one is no aim."""


for _measure in PersonalMeasure:
    setattr(
        PersonalPlanForm,
        _measure.value,
        DecimalField(_measure.label, [Optional(), NumberRange(min=0, max=10000)], places=None),
    )

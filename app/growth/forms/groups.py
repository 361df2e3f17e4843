"""Forms of growth groups and of researchers' stays at schools."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.access import Permission
from app.growth.models import GroupRole
from app.schools.fields import SchoolField
from app.studios.forms.common import NEEDED, WHY
from app.teachers.fields import TeacherField
from app.web.fields import DayField, EnumField
from app.web.forms import Form, VersionedForm

DAY = InputRequired(_l("Write the day."))


class GroupForm(VersionedForm):
    """A school's group: since when, and what it works on."""

    from_on = DayField(_l("Begins"), [DAY])
    about = TextAreaField(_l("What the group works on"), [Optional(), Length(max=2000)])


class MemberForm(Form):
    """Somebody who joins a group."""

    teacher = TeacherField(
        _l("Teacher"), [InputRequired(NEEDED)], permissions=(Permission.GROWTH_READ,), endpoint="growth.suggest"
    )
    role = EnumField(_l("Role"), [InputRequired(NEEDED)], kind=GroupRole)
    grade = IntegerField(_l("Grade"), [Optional(), NumberRange(1, 6)], description=_l("Only for the head of a grade."))
    from_on = DayField(_l("Begins"), [DAY])


class EndStayForm(VersionedForm):
    """The end of a group, of a place in it, or of a stay at a school."""

    on = DayField(_l("Last day"), [DAY])
    reason = StringField(_l("Reason"), [InputRequired(WHY), Length(min=2, max=300)])


class StationForm(Form):
    """A further school of a researcher."""

    school = SchoolField(_l("School"), [InputRequired(NEEDED)], permission=Permission.GROWTH_EDIT)
    from_on = DayField(_l("Begins"), [DAY])


class EditPlaceForm(VersionedForm):
    """What was entered about somebody in a programme."""

    statement = TextAreaField(_l("Why this teacher"), [InputRequired(NEEDED), Length(max=2000)])
    from_on = DayField(_l("Begins"), [Optional()])
    host = SchoolField(_l("School of the stay"), [Optional()], permission=Permission.GROWTH_EDIT)
    host_name = StringField(_l("Or a school or office elsewhere"), [Optional(), Length(max=80)])

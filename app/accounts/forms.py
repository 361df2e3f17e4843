"""Forms over accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, EmailField, SelectField, StringField
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp, ValidationError

from app.access import Role
from app.web.forms import Form


class AccountForm(Form):
    """Name and address of an account."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=80)])
    email = EmailField(_l("E-mail address"), [Optional(), Email(), Length(max=200)], filters=[lambda v: v or None])
    active = BooleanField(_l("May sign in"), default=True)


class NewAccountForm(Form):
    """A new account; its first password is made by the system."""

    username = StringField(
        _l("User name"),
        [DataRequired(), Length(min=3, max=32), Regexp(r"^[A-Za-z0-9]+$", message=_l("Letters and digits only."))],
    )
    name = StringField(_l("Name"), [DataRequired(), Length(max=80)])
    email = EmailField(_l("E-mail address"), [Optional(), Email(), Length(max=200)], filters=[lambda v: v or None])
    region_id = SelectField(_l("Belongs to"), coerce=int)


class GrantForm(Form):
    """A role over a scope: a region, a school, or the teacher the person is."""

    role = SelectField(_l("Role"), choices=[(r.value, r.label) for r in Role])
    region_id = SelectField(_l("Region (for roles over a region)"), coerce=int)
    school = StringField(_l("School code or name (for a school administrator)"), [Optional(), Length(max=120)])
    id_number = StringField(_l("Identity number (for a teacher or studio host)"), [Optional(), Length(max=30)])
    from_on = DateField(_l("From"), [Optional()])
    to_on = DateField(_l("Until"), [Optional()])

    def validate_school(self, field: StringField) -> None:
        """A school administrator needs a school."""
        if Role(self.role.data).scope_kind == "school" and not field.data:
            raise ValidationError(_l("Name the school, by its code or its full name."))

    def validate_id_number(self, field: StringField) -> None:
        """A teacher's account is bound to the teacher."""
        if Role(self.role.data).scope_kind == "self" and not field.data:
            raise ValidationError(_l("Give the identity number of the teacher who will use this account."))

    def validate_to_on(self, field: DateField) -> None:
        """The end is not before the start."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_l("The end is before the start."))

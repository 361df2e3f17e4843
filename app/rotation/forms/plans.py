"""Forms of plans and their road."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.rotation.working_days import LONGEST, SHORTEST, weekdays
from app.web.fields import CodeField, DayField
from app.web.forms import Form, VersionedForm

OFF = {"autocomplete": "off"}


class NewPlanForm(Form):
    """A plan for a county and a school year."""

    county_id = SelectField(_l("County"), coerce=int)
    school_year = IntegerField(
        _l("School year"),
        [InputRequired(_l("Write the year in which the school year begins.")), NumberRange(2000, 2100)],
        description=_l("The year in which it begins: 2026 for 2026–2027."),
        render_kw={"inputmode": "numeric"},
    )
    name = StringField(_l("Name of the plan"), [InputRequired(_l("Give it a name.")), Length(max=80)], render_kw=OFF)


class PlanForm(VersionedForm):
    """A plan's name and rule set."""

    name = StringField(_l("Name of the plan"), [InputRequired(_l("Give it a name.")), Length(max=80)], render_kw=OFF)
    rule_set_id = SelectField(
        _l("Eligibility rules"),
        coerce=lambda value: int(value) if value else None,
        description=_l("Who meets the conditions, who is a backbone teacher, which schools send."),
    )


class NoticeForm(VersionedForm):
    """What stands around the public list, and the term of the postings."""

    title = StringField(_l("Title"), [InputRequired(_l("Write the title.")), Length(max=120)], render_kw=OFF)
    number = StringField(
        _l("Document number"),
        [Optional(), Length(max=40)],
        description=_l("Such as 青教〔2026〕12号."),
        render_kw=OFF,
    )
    office = StringField(_l("Issued by"), [InputRequired(_l("Write who issues it.")), Length(max=80)], render_kw=OFF)
    phone = StringField(
        _l("Telephone for objections"),
        [InputRequired(_l("A public list needs a telephone number for objections.")), Length(max=40)],
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )
    address = StringField(_l("Address for letters"), [Optional(), Length(max=120)], render_kw=OFF)
    notice_from = DayField(_l("On public notice from"), [InputRequired(_l("Write the first day."))])
    notice_to = DayField(
        _l("On public notice until"),
        [InputRequired(_l("Write the last day."))],
        description=_l("5 to 7 working days, both days included."),
    )
    has_holidays = BooleanField(
        _l("Public holidays fall into these days"),
        description=_l("Then more than 7 weekdays are allowed."),
    )
    kind_code = CodeField(_l("Kind of rotation"), [InputRequired()], table="rotation_kind")
    start_on = DayField(_l("Postings begin on"), [InputRequired(_l("Write the first day."))])
    term_years = RadioField(
        _l("Term"),
        choices=[("1", _l("1 year")), ("2", _l("2 years")), ("3", _l("3 years"))],
        validators=[InputRequired(_l("Choose the term."))],
    )

    def load(self, notice: dict[str, Any]) -> None:
        """Fill the fields from the stored notice."""
        for name in ("title", "number", "office", "phone", "address", "kind_code"):
            self[name].data = notice.get(name) or None
        for name in ("notice_from", "notice_to", "start_on"):
            self[name].data = date.fromisoformat(notice[name]) if notice.get(name) else None
        self.term_years.data = str(notice.get("term_years", 1))
        self.has_holidays.data = bool(notice.get("has_holidays"))

    def notice(self) -> dict[str, Any]:
        """The notice as it is stored."""
        found = {name: self[name].data or "" for name in ("title", "number", "office", "phone", "address", "kind_code")}
        for name in ("notice_from", "notice_to", "start_on"):
            found[name] = self[name].data.isoformat()
        return found | {"term_years": int(self.term_years.data), "has_holidays": bool(self.has_holidays.data)}

    def validate(self, extra_validators: Any = None) -> bool:
        """The public notice lasts 5 to 7 working days."""
        if not super().validate(extra_validators):
            return False
        first, last = self.notice_from.data, self.notice_to.data
        days = weekdays(first, last) if first and last else 0
        problem = ""
        if days < SHORTEST:
            problem = _("That is %(days)s working days; a public notice lasts at least %(least)s.",
                        days=days, least=SHORTEST)  # fmt: skip
        elif days > LONGEST and not self.has_holidays.data:
            problem = _("That is %(days)s working days; a public notice lasts at most %(most)s.",
                        days=days, most=LONGEST)  # fmt: skip
        if problem:
            self.notice_to.errors = [*self.notice_to.errors, problem]
        return not problem


class PublishForm(NoticeForm):
    """The notice, and the reason of a revision."""

    reason = TextAreaField(
        _l("Reason for this version"), [Optional(), Length(max=500)], description=_l("Printed with the list.")
    )


class ReasonForm(Form):
    """A step that needs its reason."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give a reason, so that the others know what to do.")), Length(max=1000)],
    )


class SubmitForm(Form):
    """A step that may carry a remark."""

    note = TextAreaField(_l("Remark"), [Optional(), Length(max=1000)])

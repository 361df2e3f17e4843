"""What people type about a school's rooms and equipment, and about the government's guarantees."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.training.forms.fields import ExactField
from app.web.fields import CodeField
from app.web.forms import VersionedForm

MOST = 10**10


def _reasonable(_form: Any, field: Any) -> None:
    if field.data is not None and field.data > MOST:
        raise ValidationError(_("The number is at most %(most)s.", most=f"{MOST:,}"))


class ResourcesForm(VersionedForm):
    """What a school, or one campus of it, has in a school year. What is not known yet may stay empty."""

    teaching_area = ExactField(
        _l("Teaching rooms (m²)"),
        [Optional(), _reasonable],
        description=_l("Classrooms, laboratories, library, music and art rooms and the like, indoor sport included."),
    )
    indoor_sport_area = ExactField(
        _l("Of them indoor sport (m²)"), [Optional(), _reasonable], description=_l("The indicator leaves it out.")
    )
    sport_area = ExactField(_l("Sports grounds (m²)"), [Optional(), _reasonable])
    rented_sport_area = ExactField(
        _l("Rented sports grounds (m²)"),
        [Optional(), _reasonable],
        description=_l("They count only for schools in a dense city centre (主城区)."),
    )
    equipment_value = ExactField(
        _l("Teaching equipment (yuan)"), [Optional(), _reasonable], description=_l("The book value.")
    )
    multimedia_rooms = IntegerField(_l("Multimedia classrooms"), [Optional(), NumberRange(0, 2000)])
    grades = IntegerField(
        _l("Grades"),
        [Optional(), NumberRange(1, 12)],
        description=_l("For the official table; empty means six in primary and three in junior schools."),
    )
    sponsor_code = CodeField(_l("Run by"), [Optional()], table="sponsor", blank="")

    def validate_indoor_sport_area(self, field: ExactField) -> None:
        whole = self.teaching_area.data
        if field.data is not None and whole is not None and field.data > whole:
            raise ValidationError(_("The indoor sport area is part of the teaching rooms: it cannot exceed them."))

    def figures(self) -> dict[str, Any]:
        """The values for the operation; what has no meaning when empty is nothing."""
        found = self.values()
        return found | {name: found[name] or 0 for name in ("indoor_sport_area", "rented_sport_area")}


class GuaranteeForm(VersionedForm):
    """What the county says of one guarantee."""

    is_met = RadioField(
        _l("Guarantee kept"),
        [InputRequired()],
        choices=[("1", _l("Yes")), ("0", _l("No"))],
    )
    figure = StringField(_l("Figure"), [Optional(), Length(max=80)], description=_l("Such as 96.5 %, with its unit."))
    evidence = TextAreaField(
        _l("Evidence"), [InputRequired(), Length(max=2000)], description=_l("Documents with number and date.")
    )

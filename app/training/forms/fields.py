"""Fields of this room: exact numbers, and a teacher by name."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import StringField

from app.access import Permission
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.training.queries import people
from app.web.fields import LookupField

_NUMBER = re.compile(r"^\d{1,12}(\.\d{1,2})?$")


class ExactField(StringField):
    """A number with at most two decimal places, kept exactly. What cannot be read stays as it was typed."""

    data: Any

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        more.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, validators, **more)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        text = f"{self.data:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = (valuelist[0] if valuelist else "").strip().replace(",", "").replace("，", "")
        self.data = None
        if not typed:
            return
        if not _NUMBER.match(typed):
            raise ValueError(_("Write a number such as 24 or 7.5, with at most two decimal places."))
        self.data = Decimal(typed)


def written(teacher: Teacher) -> str:
    """A teacher as they stand in the box."""
    return f"{teacher.name} ({teacher.working_school.name})"


class TeacherField(LookupField):
    """A teacher within the person's reach; after validation `.row` is the Teacher, or None for an empty box."""

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        super().__init__(
            label,
            validators,
            find=lambda text: people.teachers_named(
                text, teachers_where(current_user.grants, Permission.TRAINING_EDIT)
            ),
            show=written,
            endpoint="training.suggest",
            unknown=_l("No teacher within your reach has this name or work number. Choose one of those suggested."),
            ambiguous=_l("More than one teacher has this name; choose one of those suggested, with the school."),
            **more,
        )

"""The field that names a school: by name, by code, or chosen from what is suggested while one types."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import ColumnElement

from app.access import Permission
from app.schools import queries
from app.schools.access import schools_where
from app.schools.models import School
from app.web.fields import LookupField


def written(school: School) -> str:
    """A school as it stands in the box."""
    return f"{school.name} ({school.code})"


class SchoolField(LookupField):
    """A school within the person's reach; after validation `.row` is the School, or None for an empty box."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, permission: Permission = Permission.SCHOOL_READ, **more: Any
    ) -> None:
        self.permission = permission
        super().__init__(
            label,
            validators,
            find=lambda text: queries.named(text, self._reach()),
            show=written,
            endpoint="schools.suggest",
            unknown=_l("No school within your reach has this name or code. Choose one of those suggested."),
            ambiguous=_l("More than one school is called this; give the code."),
            **more,
        )

    def _reach(self) -> ColumnElement[bool]:
        return schools_where(current_user.grants, self.permission)

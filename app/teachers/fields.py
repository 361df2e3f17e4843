"""The field that names a teacher: by name, by work number, or chosen from what is suggested while one types."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.sql.base import ExecutableOption

from app.access import Permission
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.teachers.naming import teachers_named, written
from app.web.fields import LookupField


class TeacherField(LookupField):
    """A teacher within the person's reach; after validation `.row` is the Teacher, or None for an empty box.

    Of several permissions the first counts under which the text names somebody.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        permissions: tuple[Permission, ...],
        options: Sequence[ExecutableOption] = (),
        **more: Any,
    ) -> None:
        self.permissions, self.options = permissions, options
        super().__init__(
            label,
            validators,
            find=self._within_reach,
            show=written,
            unknown=_l("No teacher within your reach has this name or work number. Choose one of those suggested."),
            ambiguous=_l("More than one teacher has this name; choose one of those suggested, with the school."),
            **more,
        )

    def _within_reach(self, text: str) -> list[Teacher]:
        for permission in self.permissions:
            if found := teachers_named(text, teachers_where(current_user.grants, permission), options=self.options):
                return list(found)
        return []

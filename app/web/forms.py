"""The base of all forms: labels and messages in the person's language, what was typed stays."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField


def stripped(value: Any) -> Any:
    """Text without the spaces around it; empty text is None."""
    if isinstance(value, str):
        return value.strip() or None
    return value


class Form(FlaskForm):
    """Base form. Text fields lose surrounding spaces; an empty one is None."""

    class Meta:
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            filters = list(unbound_field.kwargs.get("filters", []))
            if unbound_field.field_class.__name__ in {"StringField", "TextAreaField"}:
                filters.insert(0, stripped)
            return unbound_field.bind(form=form, filters=filters, **options)

    def values(self, *names: str) -> dict[str, Any]:
        """The data of the named fields (all but the token without names), ready for an operation."""
        wanted = names or [n for n in self._fields if n not in {"csrf_token", "row_version", "submit"}]
        return {name: self._fields[name].data for name in wanted}

    def problems(self) -> list[tuple[str, str]]:
        """(field id, message) of everything that is wrong, in the order of the form."""
        return [(field.id, str(message)) for field in self for message in field.errors if isinstance(message, str)] + [
            ("", str(message)) for message in self.form_errors
        ]


class VersionedForm(Form):
    """A form over a versioned row: it carries the version that was read, so that a lost update is refused."""

    row_version = HiddenField()

    def is_stale(self, row: Any) -> bool:
        """Whether somebody changed the row after this form was opened."""
        return bool(self.row_version.data) and str(row.version) != str(self.row_version.data)

    def refuse_stale(self, row: Any) -> bool:
        """Say so where somebody else changed the row meanwhile; what was typed stays, and the next saving counts."""
        if not self.is_stale(row):
            return False
        self.form_errors.append(self.STALE)
        self.row_version.data = str(row.version)
        self.row_version.raw_data = None
        return True

    STALE = _l(
        "Somebody else changed this record while you were editing. Your entries are kept below; compare and save again."
    )

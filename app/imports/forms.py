"""What a person chooses about an upload."""

from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, ValidationError

from app.imports.kinds import PLANS
from app.imports.models import ImportBatch, ImportKind
from app.imports.operations import unmapped_message
from app.imports.presentation import column_letter
from app.imports.sentences import label_of
from app.regions.models import Region
from app.web.forms import Form

PREFIX = "column_"


class UploadForm(Form):
    """A workbook and what it holds."""

    kind = SelectField(_l("What the workbook holds"))
    county_id = SelectField(_l("County"), coerce=int)
    file = FileField(
        _l("Workbook"),
        description=_l("Excel (xlsx, xls) or CSV. The sheet whose header is known is read; nothing is changed yet."),
    )

    def offer(self, counties: list[Region]) -> None:
        """Set the choices."""
        self.kind.choices = [(kind.value, str(kind.label)) for kind in ImportKind]
        self.county_id.choices = [(county.id, county.name) for county in counties]
        if len(counties) == 1 and not self.county_id.raw_data:
            self.county_id.data = counties[0].id

    def validate_file(self, field: FileField) -> None:
        """A file must have been chosen."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a file."))


class MappingForm(Form):
    """Which column holds which field. The columns of a batch are added by `mapping_form`."""

    does_empty_clear = BooleanField(
        _l("Empty cells clear what is on record"),
        description=_l("Without this, an empty cell leaves the record as it is. Required fields are never cleared."),
    )
    batch: ImportBatch

    @property
    def columns(self) -> dict[int, str]:
        """The choice: column index to field key."""
        chosen = {int(name.removeprefix(PREFIX)): field.data for name, field in self._fields.items() if PREFIX in name}
        return {column: key for column, key in chosen.items() if key}

    def column_field(self, column: int) -> Any:
        """The select of one column; None for an empty column."""
        return self._fields.get(f"{PREFIX}{column}")

    def validate(self, extra_validators: Any = None) -> bool:
        """No field twice, and none missing without which rows cannot be told apart."""
        if not super().validate(extra_validators):
            return False
        seen: dict[str, int] = {}
        for column, key in self.columns.items():
            if key in seen:
                label = label_of(self.batch.kind.sheet[key])
                other = column_letter(seen[key])
                message = _("“%(label)s” is already matched to column %(column)s.", label=label, column=other)
                self.column_field(column).errors = [message]
                return False
            seen[key] = column
        for group in PLANS[self.batch.kind].needs:
            if not any(key in seen for key in group):
                self.form_errors.append(unmapped_message(self.batch.kind, group))
        return not self.form_errors


def mapping_form(batch: ImportBatch) -> MappingForm:
    """The form for the columns of a batch, filled with the present mapping."""
    sheet = batch.kind.sheet
    choices = [("", _("Do not import")), *((f.key, label_of(f) + (" *" if f.required else "")) for f in sheet)]
    fields: dict[str, Any] = {"batch": batch}
    for column, text in enumerate(batch.headers):
        if text or batch.layout["samples"][column]:
            name = _("Column %(letter)s %(header)s", letter=column_letter(column), header=text)
            fields[f"{PREFIX}{column}"] = SelectField(
                name, choices=choices, default=batch.mapping.get(str(column), ""), validate_choice=True
            )
    form = type("BatchMappingForm", (MappingForm,), fields)
    return cast(MappingForm, form(data={"does_empty_clear": batch.does_empty_clear}))


class ApplyForm(Form):
    """The confirmation that rejected rows stay out."""

    does_accept_rejected = BooleanField(_l("Apply the other rows; the rejected ones stay out"))

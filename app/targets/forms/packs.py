"""Forms of packs: a clause in fields, the whole text for those who know it, and the days on which a pack holds."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, Optional

from app.targets.packs.editing import Data, aims_of, parts_data
from app.targets.packs.pack import Operator, Scope
from app.targets.packs.reading import exact
from app.web.fields import DayField, EnumField
from app.web.forms import Form, VersionedForm

MOST_AIMS = 12
SHORT = {"autocomplete": "off"}
_WORDS = [InputRequired(_l("Write the words of the clause.")), Length(max=1000)]


class AimForm(PlainForm):
    """One threshold: what is to be reached, by a day or from a day on."""

    value = StringField(_l("To reach"), [Length(max=20)], render_kw=SHORT)
    share = StringField(_l("By this share of them"), [Length(max=20)], render_kw=SHORT)
    by = DayField(_l("By"), [Optional()])
    from_on = DayField(_l("From"), [Optional()])
    gone = BooleanField(_l("Take out"))

    def validate_value(self, field: Any) -> None:
        """A number as packs write it."""
        _refuse_no_number(field)

    def validate_share(self, field: Any) -> None:
        """A share as packs write it."""
        _refuse_no_number(field)

    def row(self) -> Data:
        """The threshold as the pack's text has it; empty for an empty row."""
        values = {"by": self.by.data, "value": _number(self.value.data), "from": self.from_on.data}
        return {
            name: value
            for name, value in {**values, "share": _number(self.share.data)}.items()
            if value not in (None, "")
        }


def _refuse_no_number(field: Any) -> None:
    if field.data and field.data.strip() and exact(_number(field.data)) is None:
        raise ValidationError(_("This is not a number. Write 100, 10%, 4.2 or 1:4000."))


def _number(text: str | None) -> int | str | None:
    """A whole number as such, anything else as it was typed."""
    typed = (text or "").strip().replace("％", "%").replace("：", ":")
    return int(typed) if typed.isdecimal() else typed or None


class PartForm(PlainForm):
    """One figure of a clause."""

    key = HiddenField()
    words_zh = StringField(_l("Words in Chinese"), [Length(max=300)])
    words_en = StringField(_l("Words in English"), [Length(max=300)])
    scope = EnumField(_l("Whose figure"), kind=Scope)
    operator = EnumField(_l("Compared"), kind=Operator)
    set_by_county = BooleanField(_l("The county still sets the number"))
    aims = FieldList(FormField(AimForm), label=_l("Thresholds"), max_entries=MOST_AIMS)

    def values(self) -> Data:
        """What the form says, as the pack's text has it."""
        rows = [entry.form.row() for entry in self.aims if not entry.form.gone.data]
        words = {name: self[name].data for name in ("words_zh", "words_en") if self.key.data}
        return {
            **words,
            "scope": self.scope.data.value if self.scope.data else None,
            "operator": self.operator.data.value if self.operator.data else None,
            "set_by_county": True if self.set_by_county.data else None,
            "aims": [row for row in rows if row],
        }


class ClauseForm(VersionedForm):
    """A clause of a draft: its words, its figures with their thresholds, and whether it is on."""

    is_on = BooleanField(_l("This clause counts"))
    words_zh = TextAreaField(_l("Words in Chinese"), _WORDS)
    words_en = TextAreaField(_l("Words in English"), _WORDS)
    source = StringField(_l("Where it stands in the document"), [InputRequired(), Length(max=300)])
    parts = FieldList(FormField(PartForm))

    def add_aim(self, key: str) -> None:
        """One more empty row of thresholds."""
        for entry in self.parts:
            if entry.form.key.data == key and len(entry.form.aims) < MOST_AIMS:
                entry.form.aims.append_entry({})

    def own(self) -> Data:
        """The clause's own values."""
        values = {name: self[name].data for name in ("words_zh", "words_en", "source")}
        return values | {"off": None if self.is_on.data else True}

    def of_parts(self) -> dict[str, Data]:
        """Part to its values."""
        return {entry.form.key.data or "": entry.form.values() for entry in self.parts}


def clause_form(clause: Mapping[str, Any], row_version: int) -> ClauseForm:
    """The form filled with a clause's table."""
    filled = {name: clause.get(name, "") for name in ("words_zh", "words_en", "source")}
    parts = [_part_data(key, part) for key, part in parts_data(clause).items()]
    return ClauseForm(
        data={**filled, "is_on": not clause.get("off", False), "parts": parts}, row_version=str(row_version)
    )


def _part_data(key: str, part: Mapping[str, Any]) -> Data:
    kind = part.get("kind")
    usual = {"cv": Operator.BELOW, "gate": Operator.AT_MOST}.get(str(kind), Operator.AT_LEAST)
    words = {name: part.get(name, "") for name in ("words_zh", "words_en")} if key else {}
    return {
        **words,
        "key": key,
        "scope": Scope(part.get("scope", "county")),
        "operator": Operator(part.get("operator", usual)),
        "set_by_county": bool(part.get("set_by_county", False)),
        "aims": [_aim_data(row) for row in aims_of(part)] or [{}],
    }


def _aim_data(row: Mapping[str, Any]) -> Data:
    texts = {name: str(row[name]) for name in ("value", "share") if name in row}
    return texts | {"by": row.get("by"), "from_on": row.get("from")}


class PackTextForm(VersionedForm):
    """The whole text of a draft."""

    content = TextAreaField(
        _l("Text of the pack (TOML)"),
        [InputRequired(_l("The text is empty."))],
        description=_l("docs/formats/policy-packs.md says what stands where."),
    )
    note = StringField(_l("What this version changes, and why"), [Length(max=300)])


class PackNameForm(VersionedForm):
    """What a draft is called, and why it is made."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(_l("Give the pack a name.")), Length(max=100)])
    name_en = StringField(_l("Name in English"), [InputRequired(_l("Give the pack a name.")), Length(max=100)])
    note = StringField(_l("What this version changes, and why"), [Length(max=300)])


class AdoptForm(VersionedForm):
    """From when a pack holds, and until when."""

    from_on = DayField(_l("In force from"), [InputRequired(_l("Say on which day."))])
    to_on = DayField(
        _l("In force until"), [Optional()], description=_l("Empty: until another version takes its place.")
    )

    def validate_to_on(self, field: Any) -> None:
        """The days stand in their order."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("The last day lies before the first."))


class EndForm(VersionedForm):
    """The last day on which a pack holds."""

    to_on = DayField(_l("In force until"), [InputRequired(_l("Say on which day."))])


class CopyForm(Form):
    """What a county's own copy begins with."""

    base = SelectField(_l("Begin with"))
    code = StringField(
        _l("Short name"),
        [Optional(), Length(max=40)],
        description=_l("Small letters, digits and hyphens. Empty: a new version of the same pack."),
        render_kw=SHORT,
    )
    note = StringField(_l("What this version changes, and why"), [Length(max=300)])

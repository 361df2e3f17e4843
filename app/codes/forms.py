"""Forms of the code tables."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.codes.models import CodeItem
from app.codes.queries import Code
from app.web.forms import Form


class ItemForm(Form):
    """What may change about an item."""

    label_zh = StringField(_l("Label in Chinese"), [InputRequired(), Length(max=120)])
    label_en = StringField(_l("Label in English"), [Optional(), Length(max=120)])
    national_code = StringField(
        _l("National code"),
        [Optional(), Length(max=24)],
        description=_l("As the national teacher system writes it; empty where it knows no such item."),
    )
    parent_code = SelectField(_l("Belongs under"), coerce=lambda value: value or None)
    aliases = TextAreaField(
        _l("Also written as"),
        [Optional(), Length(max=2000)],
        description=_l("One a line: spellings met in workbooks that mean this item."),
    )
    position = IntegerField(_l("Place in the list"), [Optional(), NumberRange(0, 100_000)])
    is_active = BooleanField(
        _l("Offered in forms"), default=True, description=_l("Records that hold it keep it either way.")
    )

    def offer(self, items: dict[str, Code], own: CodeItem | None = None) -> None:
        """Offer the other items of the table as parents."""
        others = [(c.code, f"{c.code} {c.label}") for c in items.values() if own is None or c.code != own.code]
        self.parent_code.choices = [("", "–"), *others]

    def fields(self) -> dict[str, object]:
        """The values as the operations take them."""
        lines = (self.aliases.data or "").splitlines()
        found = self.values("label_zh", "label_en", "national_code", "parent_code", "position", "is_active")
        if found["position"] is None:
            del found["position"]
        return found | {"aliases": list(dict.fromkeys(line.strip() for line in lines if line.strip()))}


class NewItemForm(ItemForm):
    """A local item."""

    code = StringField(
        _l("Code"),
        [InputRequired(), Length(max=24), Regexp(r"^[0-9A-Za-z_]+$", message=_l("Use digits and Latin letters only."))],
        description=_l("It cannot be changed afterwards, since records hold it."),
    )

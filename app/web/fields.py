"""Fields that forms of several rooms share: months, codes, enumerations, and look-ups with suggestions."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import DateField, Field, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput, html_params

from app.codes import queries as codes

_CHOOSE = _l("Choose one of the list.")


def _or_none(value: Any) -> Any:
    return value or None


class MonthField(DateField):
    """A month as 2026-09, kept as its first day. A text box: what cannot be read stays as it was typed."""

    widget = TextInput()
    data: Any

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        more.setdefault("render_kw", {"placeholder": "2026-09", "inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label, validators, format="%Y-%m", **more)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return f"{self.data:%Y-%m}" if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            year, month = typed.replace("/", "-").replace(".", "-").split("-")
            if len(year) != 4 or len(month) not in (1, 2):
                raise ValueError
            first = date(int(year), int(month), 1)
        except ValueError:
            raise ValueError(_("Write the month as 2026-09.")) from None
        # A day that is on record within the month that was typed is not lost.
        known = self.object_data
        self.data = known if isinstance(known, date) and known.replace(day=1) == first else first


class DayField(DateField):
    """A date as 2026-09-01; what cannot be read is said in a sentence."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        if not any(text.strip() for text in valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(_("Write the date as 2026-09-01.")) from None


class CodeField(SelectField):
    """One value of a code table. A value that is no longer offered stays, so that saving changes nothing else."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, table: str, blank: Any = None, **more: Any
    ) -> None:
        self.table, self.blank = table, blank
        super().__init__(label, validators, choices=[], coerce=_or_none, invalid_choice_message=_CHOOSE, **more)

    def process(self, *given: Any, **more: Any) -> None:
        blank = None if self.blank is None else str(self.blank)
        self.choices = [SelectChoice(value, shown or "–") for value, shown in codes.choices(self.table, blank=blank)]
        super().process(*given, **more)
        kept = self.object_data
        if kept and kept not in {offered.value for offered in self.choices}:
            words = _(", ").join(codes.label(self.table, part) for part in str(kept).split(";"))
            self.choices = [*self.choices, SelectChoice(kept, words)]


class EnumField(SelectField):
    """One member of an enumeration, by its label."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, kind: type[StrEnum], blank: Any = None, **more: Any
    ) -> None:
        self.kind, self.blank = kind, blank
        super().__init__(
            label,
            validators,
            choices=[],
            coerce=lambda value: kind(value) if value else None,
            invalid_choice_message=_CHOOSE,
            invalid_value_message=_CHOOSE,
            **more,
        )

    def process(self, *given: Any, **more: Any) -> None:
        first = [] if self.blank is None else [SelectChoice("", str(self.blank) or "–")]
        self.choices = first + [SelectChoice(m.value, str(m.label)) for m in self.kind]  # type: ignore[attr-defined]
        super().process(*given, **more)


class LookupInput(TextInput):
    """A text box with suggestions that the server looks up while one types; without a script, a text box."""

    def __call__(self, field: Field, **given: Any) -> Markup:
        listed = f"{field.id}-options"
        given |= {"list": listed, "autocomplete": "off"}
        if field.endpoint:
            given |= {
                "hx-get": url_for(field.endpoint),
                "hx-trigger": "input changed delay:250ms, focus once",
                "hx-target": f"#{listed}",
                "hx-swap": "innerHTML",
                "hx-vals": f'{{"field": "{field.name}"}}',
                "hx-sync": "this:replace",
            }
        return Markup("{}<datalist {}></datalist>").format(
            super().__call__(field, **given),
            Markup(html_params(id=listed)),  # noqa: S704
        )


class LookupField(StringField):
    """A text that names a row. `find` gives the rows it may mean; `show` is how a row is written in the box.

    After validation `.row` is the row, or None for an empty box. What was typed always stays.
    """

    widget = LookupInput()

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        find: Callable[[str], Sequence[Any]],
        show: Callable[[Any], str],
        endpoint: str | None = None,
        unknown: Any = None,
        ambiguous: Any = None,
        **more: Any,
    ) -> None:
        super().__init__(label, validators, **more)
        self.find, self.show, self.endpoint = find, show, endpoint
        self.unknown, self.ambiguous = unknown, ambiguous
        self.row: Any = None

    def process_data(self, value: Any) -> None:
        self.row = value if value is not None and not isinstance(value, str) else None
        self.data = value if isinstance(value, str) or value is None else self.show(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        self.row = None
        if not self.data:
            self.data = None
            return
        found = self.find(self.data)
        if len(found) != 1:
            message = self.ambiguous if found else self.unknown
            raise ValidationError(str(message or _("Nothing is called “%(value)s”.", value=self.data)))
        self.row = found[0]

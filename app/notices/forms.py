"""How a person wants notices."""

from typing import Any, cast

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, SelectField
from wtforms.validators import Email, Length, Optional

from app.notices.kinds import KINDS, label_of
from app.notices.models import MailMode
from app.web.forms import Form

type Row = tuple[str, bool, Any, Any]  # label, whether it is urgent, the box, the choice
ROOMS = {
    "certificate": _l("Qualifications"),
    "credit": _l("Training credits"),
    "ethics": _l("Ethics"),
    "growth": _l("Growth"),
    "studio": _l("Studios"),
    "training": _l("Training"),
}


def _plain(value: Any) -> Any:
    return value.strip() or None if isinstance(value, str) else value


class AddressForm(Form):
    """Where letters go."""

    address = EmailField(
        _l("E-mail address for notices"),
        [Optional(), Email(), Length(max=200)],
        filters=[_plain],
        description=_l("A letter with a link is sent there; the address counts once you have followed it."),
    )


class PreferencesForm(Form):
    """For each kind, whether it is shown in the app and how it is mailed; `preferences_form` adds the fields."""

    names: dict[str, str]

    def rooms(self) -> list[tuple[str, list[Row]]]:
        """The kinds under the names of the rooms they tell of, which the kinds' names begin with."""
        found: dict[str, list[Row]] = {}
        for kind, name in self.names.items():
            room = str(ROOMS.get(kind.partition(".")[0], _l("Further notices")))
            row = (
                label_of(kind),
                KINDS[kind].is_urgent,
                self._fields.get(f"shown_{name}"),
                self._fields[f"mail_{name}"],
            )
            found.setdefault(room, []).append(row)
        return sorted(found.items())

    def ways(self) -> dict[str, tuple[bool, MailMode]]:
        """What was chosen."""
        found = {}
        for kind, name in self.names.items():
            box = self._fields.get(f"shown_{name}")
            found[kind] = (True if box is None else bool(box.data), MailMode(self._fields[f"mail_{name}"].data))
        return found


def preferences_form(ways: dict[str, tuple[bool, MailMode]]) -> PreferencesForm:
    """The form over the kinds there are, filled with the present ways."""
    names = {kind: kind.replace(".", "_") for kind in ways}
    fields: dict[str, Any] = {"names": names}
    data: dict[str, Any] = {}
    for kind, name in names.items():
        choices = [(mode.value, mode.label) for mode in MailMode]
        fields[f"mail_{name}"] = SelectField(_l("By e-mail"), choices=choices)
        data[f"mail_{name}"] = ways[kind][1].value
        if not KINDS[kind].is_urgent:
            fields[f"shown_{name}"] = BooleanField(_l("In the app"))
            data[f"shown_{name}"] = ways[kind][0]
    return cast(PreferencesForm, type("KindsForm", (PreferencesForm,), fields)(data=data))

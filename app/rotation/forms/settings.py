"""The settings of a scenario in the officer's words; percentages are typed as percent and kept as exact text."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.rotation.settings import (
    DIRECTION_LABELS,
    NUMBERS,
    PRIORITY_LABELS,
    SCOPE_LABELS,
    SHARES,
    TIER_LABELS,
    TIERS,
    as_percent,
    complete,
    from_percent,
    plain,
)
from app.web.forms import VersionedForm

LATER_TIERS = TIERS[1:]


class ExactField(DecimalField):
    """A number kept exactly as it was typed."""

    def __init__(self, label: Any, *, low: str, high: str, is_needed: bool = True, **more: Any) -> None:
        limits = NumberRange(min=Decimal(low), max=Decimal(high), message=_l("Write a number from %(min)s to %(max)s."))
        checks = [InputRequired(_l("Write a number.")) if is_needed else Optional(), limits]
        super().__init__(label, checks, places=None, render_kw={"inputmode": "decimal", "autocomplete": "off"}, **more)

    data: Decimal | None

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.strip().rstrip("%％").strip() for text in valuelist])
        except ValueError:
            raise ValueError(_("This is not a number. Write it with digits, such as 10 or 9.5.")) from None
        if isinstance(self.data, Decimal) and not self.data.is_finite():
            self.data = None
            raise ValueError(_("This is not a number. Write it with digits, such as 10 or 9.5."))


class Choices(SelectMultipleField):
    """Check boxes, none to all of them."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _percent(label: Any, description: Any) -> ExactField:
    return ExactField(label, low="0", high="100", description=description)


def _give_up() -> ExactField:
    return ExactField(
        _l("May be given up for the aims after it (%)"),
        low="0",
        high="100",
        is_needed=False,
    )


def _choices(label: Any, labels: Mapping[str, Any], description: Any = "", keys: tuple[str, ...] = ()) -> Choices:
    return Choices(label, choices=[(k, v) for k, v in labels.items() if not keys or k in keys], description=description)


def _rank(name: str) -> SelectField:
    places = [(str(n), str(n + 1)) for n in range(1, len(LATER_TIERS) + 1)]
    return SelectField(TIER_LABELS[name], choices=[*places, ("", _l("Not used"))])


class SettingsForm(VersionedForm):
    """Every setting of the model."""

    rate = _percent(
        _l("Rotation rate (%)"),
        _l("Teachers who rotate, of those who meet the conditions. Policy: at least 10 % (LX-01, HY-01)."),
    )
    rate_scopes = _choices(_l("Where the rotation rate must hold"), SCOPE_LABELS)
    share = _percent(
        _l("Backbone share (%)"),
        _l("Backbone teachers among those who rotate. Policy: at least 20 % (LX-02, HY-01)."),
    )
    share_scopes = _choices(_l("Where the backbone share must hold"), SCOPE_LABELS, keys=("pool", "county"))
    up_share = _percent(
        _l("Moves to sending schools (%)"),
        _l("Moves to sending schools, of the moves from them: policy asks for both directions (LX-01)."),
    )
    group_young_rate = _percent(
        _l("Young teachers inside each education group (%)"),
        _l("Young teachers who change school inside their group each year. Policy: at least 5 % (LX-03)."),
    )
    directions = _choices(
        _l("Directions"), DIRECTION_LABELS, _l("Moves inside an education group are allowed in every direction.")
    )
    net_loss_rate = _percent(
        _l("Most staff a school may lose in all (%)"),
        _l("Departures less arrivals, of the school's staff; one person is always allowed."),
    )
    out_rate = _percent(
        _l("Most departures from a school (%)"), _l("Of the school's staff; one person is always allowed.")
    )
    max_move_rate = _percent(_l("Most moves in all (%)"), _l("Of all teachers who meet the conditions."))
    backbone_floor = ExactField(
        _l("Backbone teachers a school keeps per 100 pupils"),
        low="0",
        high="20",
        description=_l("A school with fewer keeps those it has. Policy aims at 1 per 100 pupils (LX-07)."),
    )
    max_km = ExactField(
        _l("Furthest way (km)"),
        low="1",
        high="1000",
        description=_l("As the crow flies, from home; from the present school where the home is not known."),
    )
    priority = _choices(_l("Vacancies that count twice"), PRIORITY_LABELS)
    tier_needs = _rank("needs")
    tier_balance = _rank("balance")
    tier_change = _rank("change")
    tier_moves = _rank("moves")
    tier_cost = _rank("cost")
    give_needs = _give_up()
    give_balance = _give_up()
    give_change = _give_up()
    give_moves = _give_up()
    give_cost = _give_up()
    time_limit_s = ExactField(
        _l("Time limit (seconds)"),
        low="5",
        high="3600",
        description=_l("When it runs out, the best proposal so far is shown with what is proven."),
    )

    def load(self, settings: Mapping[str, Any]) -> None:
        """Fill the fields from stored settings."""
        whole = complete(settings)
        for key in SHARES:
            self[key].data = Decimal(as_percent(whole[key]))
        for key in NUMBERS:
            self[key].data = Decimal(plain(Decimal(whole[key])))
        for key in ("rate_scopes", "share_scopes", "directions", "priority"):
            self[key].data = list(whole[key])
        later = [tier for tier in whole["tiers"] if tier in LATER_TIERS]
        for tier in LATER_TIERS:
            self[f"tier_{tier}"].data = str(later.index(tier) + 1) if tier in later else ""
            self[f"give_{tier}"].data = Decimal(as_percent(whole["tolerances"].get(tier, "0")))

    def settings(self) -> dict[str, Any]:
        """The settings as they are stored."""
        found: dict[str, Any] = {key: from_percent(self[key].data) for key in SHARES}
        found |= {key: plain(self[key].data) for key in NUMBERS}
        for key in ("rate_scopes", "share_scopes", "directions", "priority"):
            found[key] = list(self[key].data or [])
        given = {tier: from_percent(self[f"give_{tier}"].data) for tier in LATER_TIERS if self[f"give_{tier}"].data}
        return complete(found | {"tiers": ["rules", *self._later()], "tolerances": given})

    def _later(self) -> list[str]:
        placed = [(int(self[f"tier_{tier}"].data), tier) for tier in LATER_TIERS if self[f"tier_{tier}"].data]
        return [tier for _place, tier in sorted(placed)]

    def validate_directions(self, field: Choices) -> None:
        """Without a direction nobody could move outside the groups."""
        if not field.data:
            raise ValidationError(_("Choose at least one direction."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Two aims cannot stand in the same place."""
        fine: bool = super().validate(extra_validators)
        places: dict[str, str] = {}
        for tier in LATER_TIERS:
            field = self[f"tier_{tier}"]
            if field.data and field.data in places:
                field.errors = [*field.errors, _("Another aim has this place already.")]
                fine = False
            places.setdefault(field.data, tier)
        return self._only_for_aims_after_it() and fine

    def _only_for_aims_after_it(self) -> bool:
        """Something can only be given up for an aim that comes later."""
        later, fine = self._later(), True
        for tier in LATER_TIERS:
            field = self[f"give_{tier}"]
            if field.data and tier not in later[:-1]:
                field.errors = [*field.errors, _("No aim comes after this one, so there is nothing to give it up for.")]
                fine = False
        return fine


class ScenarioForm(SettingsForm):
    """A scenario's name and settings."""

    name = StringField(
        _l("Name of the scenario"),
        [InputRequired(_l("Give it a name.")), Length(max=80)],
        render_kw={"autocomplete": "off"},
    )


class SolveAgainForm(ScenarioForm):
    """A scenario based on a solved one."""

    keeps_still = BooleanField(
        _l("Change as little else as possible"),
        description=_l(
            "Stability then comes right after the policy rules. Without this, the aims keep their order and more may"
            " change."
        ),
    )
    is_same_data = BooleanField(
        _l("With the same data as the proposal it is based on"),
        description=_l("Without this, the roster as it is now is taken."),
    )

    def settings(self) -> dict[str, Any]:
        """The settings as they are stored, with stability moved to the front where that was asked."""
        found = super().settings()
        if self.keeps_still.data:
            others = [tier for tier in found["tiers"] if tier not in ("rules", "change")]
            found["tiers"] = ["rules", "change", *others]
        return found

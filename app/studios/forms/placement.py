"""Forms of placement rounds, wishes, choices and settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FloatField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.studios.forms.common import LONG, NEEDED, Boxes, NumberChoice
from app.studios.models import MemberRole, StudioKind
from app.studios.placement_kinds import HostLine
from app.studios.placement_settings import AIM_LABELS, AIMS, SCOPE_LABELS
from app.web.fields import DayField, EnumField
from app.web.forms import Form, VersionedForm

ROLES = [(MemberRole.MENTEE.value, MemberRole.MENTEE.label), (MemberRole.MEMBER.value, MemberRole.MEMBER.label)]
DAY = InputRequired(_l("Write the day."))


class SettingsFields(Form):
    """What a proposal is solved by."""

    rural_percent = IntegerField(_l("Share of rural teachers in percent"), [InputRequired(NEEDED), NumberRange(0, 100)])
    rural_scopes = Boxes(_l("The share is kept"), choices=[])
    max_km = FloatField(
        _l("Furthest way in km"), [Optional(), NumberRange(0.1, 1000)], description=_l("Empty for no limit.")
    )
    most_each = IntegerField(
        _l("Most places of a host in this round"),
        [Optional(), NumberRange(1, 100)],
        description=_l("Empty for all that are free."),
    )
    seconds = IntegerField(_l("Seconds to solve"), [InputRequired(NEEDED), NumberRange(5, 600)])

    AIMS = tuple(f"aim_{number}" for number in range(1, len(AIMS) + 1))


for _number, _name in enumerate(SettingsFields.AIMS, start=1):
    setattr(SettingsFields, _name, SelectField(_l("Aim no. %(number)s", number=_number), choices=[]))


class _Settings(SettingsFields):
    """How the settings are offered, filled in and read."""

    def offer_settings(self) -> None:
        """The scopes of the share and the aims to put in order."""
        self.rural_scopes.choices = list(SCOPE_LABELS.items())
        for name in self.AIMS:
            self[name].choices = [(aim, AIM_LABELS[aim]) for aim in AIMS]

    def load_settings(self, settings: Mapping[str, Any]) -> None:
        """Fill the fields with settings there are."""
        for name in ("rural_percent", "rural_scopes", "max_km", "most_each", "seconds"):
            self[name].data = settings[name]
        for name, aim in zip(self.AIMS, settings["aims"], strict=True):
            self[name].data = aim

    def settings(self) -> dict[str, Any]:
        """The settings as they are kept."""
        names = ("rural_percent", "rural_scopes", "max_km", "most_each", "seconds")
        given = {name: self[name].data for name in names}
        return given | {"aims": [self[name].data for name in self.AIMS]}

    def judge_settings(self) -> bool:
        """Each aim stands in the order once; a share says what it is a share of."""
        fine, seen = True, set()
        for name in self.AIMS:
            field = self[name]
            if field.data in seen:
                field.errors = [*field.errors, _("Each aim stands in the order once.")]
                fine = False
            seen.add(field.data)
        if self.rural_percent.data and not self.rural_scopes.data:
            self.rural_scopes.errors = [_("Say of what the share is kept.")]
            fine = False
        return fine


class RoundForm(_Settings, VersionedForm):
    """A round with its days and settings."""

    county = NumberChoice(_l("County"), [InputRequired(NEEDED)])
    name = StringField(_l("Name of the round"), [InputRequired(NEEDED), Length(max=80)])
    studio_kind = EnumField(_l("Kind of studio"), kind=StudioKind)
    role = SelectField(_l("Places for"), choices=ROLES)
    wishes_until = DayField(_l("Wishes until"), [DAY])
    choices_until = DayField(_l("Hosts choose until"), [DAY])
    most_wishes = IntegerField(_l("Most wishes of a person"), [InputRequired(NEEDED), NumberRange(1, 10)], default=5)

    def validate(self, extra_validators: Any = None) -> bool:
        """The days and the aims in order."""
        fine: bool = super().validate(extra_validators)
        first, last = self.wishes_until.data, self.choices_until.data
        if first and last and last < first:
            late = _("The hosts choose after the wishes are in: their last day cannot be earlier.")
            self.choices_until.errors = [*self.choices_until.errors, late]
            fine = False
        return self.judge_settings() and fine

    def round_fields(self) -> dict[str, Any]:
        """The values as the operation takes them."""
        plain = self.values("name", "wishes_until", "choices_until", "most_wishes")
        return plain | {"settings": self.settings()}


class SolveAgainForm(_Settings):
    """The settings of the next proposal, and whether it uses the same data."""

    is_same_data = BooleanField(
        _l("Use the same data as this proposal"),
        description=_l("Unticked, wishes, choices and free places are read anew."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The aims in order."""
        fine: bool = super().validate(extra_validators)
        return self.judge_settings() and fine


class WishForm(Form):
    """Somebody's wishes, the best first; the fields for them are made for the round."""

    is_flexible = BooleanField(_l("If none of these works out, any other that fits will do"))
    statement = TextAreaField(_l("What the hosts should know"), [Length(max=LONG)])
    ranks: tuple[str, ...] = ()

    @classmethod
    def for_wishes(cls, number: int) -> type["WishForm"]:
        """The form for so many wishes."""
        names = tuple(f"wish_{rank}" for rank in range(1, number + 1))
        fields = {name: NumberChoice(_l("Wish no. %(rank)s", rank=rank)) for rank, name in enumerate(names, start=1)}
        return type("WishForm", (cls,), fields | {"ranks": names})

    def offer(self, hosts: Sequence[HostLine]) -> None:
        """The hosts to choose from."""
        rows = [(line.id, _("%(name)s (%(about)s)", name=line.name, about=line.about)) for line in hosts]
        for name in self.ranks:
            self[name].offer(rows, _("Not stated"))

    def load(self, hosts: Sequence[int]) -> None:
        """Fill the fields with the wishes there are."""
        for name, number in zip(self.ranks, hosts, strict=False):
            self[name].data = number

    def wished(self) -> list[int]:
        """The chosen hosts in their order."""
        return [self[name].data for name in self.ranks if self[name].data]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each can be named only once."""
        fine: bool = super().validate(extra_validators)
        seen: set[int] = set()
        for name in self.ranks:
            number = self[name].data
            if number and number in seen:
                self[name].errors = [*self[name].errors, _("Each wish can be named only once.")]
                fine = False
            seen.add(number)
        return fine


class ChoiceForm(Form):
    """A host's ranks: one field a person, named by the person's number, read beside the token."""

    def read(self, people: Sequence[int]) -> tuple[dict[int, int], list[int]]:
        """The ranks given (equal ones stand for people taken alike), and who is refused."""
        ranks: dict[int, int] = {}
        refused: list[int] = []
        for person in people:
            typed = request.form.get(f"rank_{person}", "")
            if typed == "no":
                refused.append(person)
            elif typed.isdigit() and 0 < int(typed) <= 999:
                ranks[person] = int(typed)
        return ranks, refused

"""The form of a version of the rules: what it asks is what the file of rules says, field by field."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.codes import queries as codes
from app.credits.rules import SCHEMA, Measure, Rules, RulesError
from app.credits.rules import Form as TrainingForm
from app.web.fields import DayField, EnumField
from app.web.forms import Form, VersionedForm

MOST_ROWS = 60
_AMOUNT = _l("Hours such as 72, or credits such as “6 credits”. Empty: no limit.")
_PATH = re.compile(r"^(\w+)\[(\d+)\](?:\.(\w+))?")
SHORT = {"autocomplete": "off"}


def _amount(label: Any, description: Any = None) -> StringField:
    return StringField(label, [Length(max=20)], description=description or "", render_kw=SHORT)


class KindForm(PlainForm):
    """One kind of training."""

    code = StringField(
        _l("Code"),
        [Length(max=40)],
        description=_l("Small letters, digits and _; never changed later."),
        render_kw=SHORT,
    )
    name = StringField(_l("Name in Chinese"), [Length(max=60)])
    name_en = StringField(_l("Name in English"), [Length(max=60)])
    form = EnumField(_l("Form"), kind=TrainingForm)
    measure = EnumField(_l("How hours are found"), kind=Measure)
    unit = StringField(_l("Unit in Chinese"), [Length(max=30)], render_kw=SHORT)
    unit_en = StringField(_l("Unit in English"), [Length(max=30)], render_kw=SHORT)
    hours_per_unit = _amount(_l("Hours for one unit"))
    whole_units = BooleanField(_l("Only whole units count"))
    levels = StringField(
        _l("Hours by level"),
        [Length(max=200)],
        description=_l(
            "Such as 20=6 credits; 30=4 credits. 10 national, 20 provincial, 30 prefecture, 40 county, 60 school."
        ),
        render_kw=SHORT,
    )
    hours_per_credit = StringField(
        _l("Hours for one credit of this kind"),
        [Length(max=10)],
        description=_l("Empty: as for all. With more hours for a credit, an hour of this kind counts less."),
        render_kw=SHORT,
    )
    record_cap = _amount(_l("Cap of one record"))
    year_cap = _amount(_l("Cap of a year"))
    cycle_cap = _amount(_l("Cap of the cycle"))
    excess_to = StringField(
        _l("Excess counts as"), [Length(max=40)], description=_l("Code of another kind, or empty."), render_kw=SHORT
    )
    claimable = BooleanField(_l("Teachers may log it"))
    needs_evidence = BooleanField(_l("Evidence needed"))
    gone = BooleanField(_l("Take this kind out"))


class GroupForm(PlainForm):
    """Kinds that share a cap or a minimum."""

    code = StringField(_l("Code"), [Length(max=40)], render_kw=SHORT)
    name = StringField(_l("Name in Chinese"), [Length(max=60)])
    name_en = StringField(_l("Name in English"), [Length(max=60)])
    kinds = StringField(_l("Codes of its kinds"), [Length(max=400)], description=_l("Separated by commas."))
    year_cap = _amount(_l("Cap of a year"))
    cycle_cap = _amount(_l("Cap of the cycle"))
    year_minimum = _amount(_l("At least in a year"))
    cycle_minimum = _amount(_l("At least in the cycle"))
    gone = BooleanField(_l("Take this group out"))


class ReliefForm(PlainForm):
    """Who has to reach less in a year."""

    name = StringField(_l("Name in Chinese"), [Length(max=60)])
    name_en = StringField(_l("Name in English"), [Length(max=60)])
    circumstances = StringField(
        _l("Circumstances on record"),
        [Length(max=400)],
        description=_l("Codes separated by commas, such as pregnancy, nursing, near_retirement."),
    )
    year_mark = _amount(_l("Mark of such a year"))
    gone = BooleanField(_l("Take this relief out"))


class CreditRulesForm(VersionedForm):
    """All rules of a version."""

    valid_from = DayField(
        _l("Holds from"),
        [InputRequired(_l("Say on which day."))],
        description=_l(
            "What was done on or after this day counts by these rules; what was done before does not change."
        ),
    )
    name = StringField(_l("Name in Chinese"), [InputRequired(_l("Give the rules a name.")), Length(max=100)])
    name_en = StringField(_l("Name in English"), [Length(max=100)])
    source = StringField(_l("Document they rest on"), [Length(max=300)])
    remark = TextAreaField(_l("Remark"), [Length(max=1000)])
    shows = SelectField(_l("Shown in"), choices=[("hour", _l("Hours")), ("credit", _l("Credits"))])
    hours_per_credit = StringField(_l("Hours for one credit"), [Length(max=10)], render_kw=SHORT)
    years = IntegerField(_l("Years of a cycle"), [InputRequired(), NumberRange(1, 10)])
    first_year = IntegerField(
        _l("First year of some cycle"),
        [InputRequired(), NumberRange(1990, 2100)],
        description=_l("Such as 2011 or 2026."),
    )
    begins = StringField(
        _l("A year begins on"), [Length(max=5)], description=_l("Such as 01-01 or 09-01."), render_kw=SHORT
    )
    target = _amount(_l("Target of the cycle"))
    year_mark = _amount(_l("Mark of a year"))
    year_minimum = _amount(_l("Each year at least"), _AMOUNT)
    year_cap = _amount(_l("Each year at most"), _AMOUNT)
    cap = _amount(_l("The cycle at most"), _AMOUNT)
    window_months = IntegerField(
        _l("Months within which training can be logged"), [InputRequired(), NumberRange(1, 120)]
    )
    new_months = IntegerField(
        _l("A new teacher's months outside the cycle"), [Optional(), NumberRange(0, 36)], description=_l("0: none.")
    )
    new_target = _amount(_l("Target of these months"))
    new_kinds = StringField(
        _l("Kinds that count there"), [Length(max=200)], description=_l("Codes separated by commas; empty: all.")
    )
    carry_year = _amount(_l("Carried over to the next year, at most"))
    carry_cycle = _amount(_l("Carried over to the next cycle, at most"))
    kinds = FieldList(FormField(KindForm), label=_l("Kinds of training"), max_entries=MOST_ROWS)
    groups = FieldList(FormField(GroupForm), label=_l("Groups of kinds"), max_entries=MOST_ROWS)
    reliefs = FieldList(FormField(ReliefForm), label=_l("Relief"), max_entries=MOST_ROWS)
    note = TextAreaField(_l("What this version changes, and why"), [Length(max=1000)])

    def add_row(self, name: str) -> None:
        """One more empty row in a list."""
        if name in ("kinds", "groups", "reliefs") and len(self[name]) < MOST_ROWS:
            self[name].append_entry({"claimable": True, "needs_evidence": True})

    def rules(self) -> dict[str, Any]:
        """What the form says, as a file of rules says it."""
        data = self.data
        return {
            "schema": SCHEMA,
            **{name: (data[name] or "").strip() for name in ("name", "name_en", "source", "remark")},
            "unit": _said({"shows": data["shows"], "hours_per_credit": data["hours_per_credit"]}),
            "cycle": _said(
                {
                    name: data[name]
                    for name in [
                        "years",
                        "first_year",
                        "begins",
                        "target",
                        "year_mark",
                        "year_minimum",
                        "year_cap",
                        "cap",
                    ]
                }
            ),
            "claims": {"window_months": data["window_months"]},
            "new_teacher": {
                **_said({"target": data["new_target"]}),
                "months": data["new_months"] or 0,
                "kinds": _codes(data["new_kinds"]),
            },
            "carry_over": _said({"year_cap": data["carry_year"], "cycle_cap": data["carry_cycle"]}),
            "kinds": [_kind(row) for row in data["kinds"] if not row["gone"]],
            "groups": [
                {**_said(row), "kinds": _codes(row["kinds"])} for row in map(_kept, data["groups"]) if row is not None
            ],
            "reliefs": [
                {**_said(row), "circumstances": _codes(row["circumstances"])}
                for row in map(_kept, data["reliefs"])
                if row is not None
            ],
        }

    def is_complete(self) -> bool:
        """Validate, and let the rules have the last word: each fault stands beside its field."""
        is_fine = bool(self.validate())
        try:
            Rules.from_dict(self.rules())
        except RulesError as error:
            for path, text in error.problems.items():
                self._show(path, text)
            for name in ("kinds", "groups", "reliefs"):
                self[name].errors = [entry.errors for entry in self[name] if entry.errors]
            return False
        return is_fine

    def _show(self, path: str, text: str) -> None:
        field: Any = None
        if match := _PATH.match(path):
            rows = [entry for entry in self[match[1]] if not entry.form.gone.data]
            number = int(match[2])
            if number < len(rows):
                form = rows[number].form
                field = form[match[3]] if match[3] in form else form["name"]
        else:
            name = OF_PATH.get(path, path.rpartition(".")[2])
            field = self[name] if name in self and name not in ("kinds", "groups", "reliefs") else None
        if field is None:
            self.form_errors.append(f"{path}: {text}")
        else:
            field.errors = [*field.errors, text]


OF_PATH = {
    "new_teacher.months": "new_months",
    "new_teacher.target": "new_target",
    "new_teacher.kinds": "new_kinds",
    "carry_over.year_cap": "carry_year",
    "carry_over.cycle_cap": "carry_cycle",
}


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says something."""
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in row.items()
        if value not in ("", None)
    }


def _codes(text: str | None) -> list[str]:
    return [code for code in re.split(r"[,，、;；\s]+", text or "") if code]


def _kept(row: Mapping[str, Any]) -> dict[str, Any] | None:
    return None if row["gone"] else {name: value for name, value in row.items() if name != "gone"}


def _kind(row: Mapping[str, Any]) -> dict[str, Any]:
    found = _said({name: value for name, value in row.items() if name not in ("gone", "levels", "form", "measure")})
    levels = dict(part.split("=", 1) for part in re.split(r"[;；]", row["levels"] or "") if "=" in part)
    if levels:
        found["levels"] = {level.strip(): amount.strip() for level, amount in levels.items()}
    return {**found, "form": str(row["form"] or ""), "measure": str(row["measure"] or "")}


def rules_form(data: Mapping[str, Any], **values: Any) -> CreditRulesForm:
    """The form filled with rules; `values` fill the other fields."""
    cycle, unit = data.get("cycle", {}), data.get("unit", {})
    new, carry = data.get("new_teacher", {}), data.get("carry_over", {})
    filled = {
        **{name: data.get(name, "") for name in ("name", "name_en", "source", "remark")},
        "shows": unit.get("shows", "hour"),
        "hours_per_credit": unit.get("hours_per_credit", "1"),
        "years": cycle.get("years", 5),
        "first_year": cycle.get("first_year", 2011),
        "begins": cycle.get("begins", "01-01"),
        **{name: cycle.get(name, "") for name in ("target", "year_mark", "year_minimum", "year_cap", "cap")},
        "window_months": data.get("claims", {}).get("window_months", 24),
        "new_months": new.get("months", 0),
        "new_target": new.get("target", ""),
        "new_kinds": ", ".join(new.get("kinds", [])),
        "carry_year": carry.get("year_cap", ""),
        "carry_cycle": carry.get("cycle_cap", ""),
        "kinds": [_kind_data(row) for row in data.get("kinds", [])],
        "groups": [{**row, "kinds": ", ".join(row.get("kinds", []))} for row in data.get("groups", [])],
        "reliefs": [
            {**row, "circumstances": ", ".join(row.get("circumstances", []))} for row in data.get("reliefs", [])
        ],
    }
    return CreditRulesForm(data=filled | values)


def _kind_data(row: Mapping[str, Any]) -> dict[str, Any]:
    levels = "; ".join(f"{level}={amount}" for level, amount in row.get("levels", {}).items())
    usual = {"form": TrainingForm.SELF, "measure": Measure.HOURS, "claimable": True, "needs_evidence": True}
    kept = {**usual, **row, "levels": levels}
    return {**kept, "form": TrainingForm(kept["form"]), "measure": Measure(kept["measure"])}


class StartForm(Form):
    """Where a new version begins: a shipped set, or a file."""

    pack = SelectField(_l("Begin with"), [Optional()])
    valid_from = DayField(_l("Holds from"), [InputRequired(_l("Say on which day."))])


class RulesFileForm(Form):
    """A file of rules."""

    file = FileField(
        _l("File of rules (TOML)"),
        [FileRequired(_l("Choose a file."))],
        description=_l("As the shipped files under policies/credit_rules; docs/formats/credit-rules.md says how."),
    )
    valid_from = DayField(_l("Holds from"), [InputRequired(_l("Say on which day."))])


def level_names() -> list[tuple[str, str]]:
    """The levels with their names, as help beside the form."""
    return codes.choices("training_category")


def relief_names() -> Iterable[tuple[str, str]]:
    """The circumstances with their names, as help beside the form."""
    return codes.choices("circumstance_kind")

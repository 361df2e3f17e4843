"""The form of a rule set: every rule, with what it means."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FormField,
    IntegerField,
    SelectMultipleField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.codes.queries import choices, label
from app.eligibility.operations import census_problem
from app.eligibility.rules import NOT_EMPTY, RANGES, RULES_OF_THEIR_OWN, Rules, RulesError
from app.schools.models import Stage
from app.web.forms import VersionedForm

CIRCUMSTANCE = "circumstance_"


class CheckboxesField(SelectMultipleField):
    """Several choices, each with a box of its own."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


def _number(text: Any, path: str, *, is_optional: bool = False, help: Any = "") -> IntegerField:
    """A whole number within the range that the rules ask."""
    low, high = RANGES[path]
    first = Optional() if is_optional else InputRequired()
    return IntegerField(text, description=help, validators=[first, NumberRange(low, high)])


class RetirementAgeForm(PlainForm):
    """A retirement age and how it rises."""

    original_years = IntegerField(_l("Age before the reform"), validators=[InputRequired(), NumberRange(40, 75)])
    final_years = IntegerField(_l("Age when the reform is complete"), validators=[InputRequired(), NumberRange(40, 75)])
    months_per_step = IntegerField(
        _l("Months of birth for each month of delay"),
        description=_l("4: the age rises by a month for every four months; 0: it does not rise."),
        validators=[InputRequired(), NumberRange(0, 60)],
    )

    def validate_final_years(self, field: IntegerField) -> None:
        """The age never falls."""
        if self.original_years.data is not None and field.data < self.original_years.data:
            raise ValidationError(_("Not below the age before the reform."))


class NearRetirementForm(PlainForm):
    """Exemption of those near retirement."""

    is_on = BooleanField(_l("Exempts"))
    years = _number(
        _l("Years before retirement"),
        "near_retirement.years",
        help=_l("Who has less than this many years to go on the census date is exempt."),
    )
    gradual_from = DateField(
        _l("Gradual retirement applies from"),
        description=_l("Who reaches the earlier age before this day retires by it."),
        validators=[InputRequired()],
    )
    men = FormField(RetirementAgeForm, label=_l("Men"))
    women = FormField(RetirementAgeForm, label=_l("Women"))
    titled_women = FormField(RetirementAgeForm, label=_l("Women with one of the titles below"))
    women_titles = CheckboxesField(_l("Titles with an age of their own for women"))


class OnRotationForm(PlainForm):
    """Exemption of those already out."""

    is_on = BooleanField(_l("Exempts"))
    states = CheckboxesField(_l("States that mean out on rotation"))
    open_record_months = _number(
        _l("Months that a rotation without an end date counts as going on"), "on_rotation.open_record_months"
    )
    stays_counted = BooleanField(
        _l("People already out stay in the denominator of the rotation rate"),
        description=_l("Only where nothing else speaks against them."),
    )


class RuralServiceForm(PlainForm):
    """Exemption of those who served in a rural school."""

    is_on = BooleanField(_l("Exempts"))
    look_back_years = _number(_l("Years to look back from the census date"), "rural_service.look_back_years")
    min_months = _number(
        _l("Months served in that time, at least"),
        "rural_service.min_months",
        help=_l("September to June is 10 months: a school year."),
    )
    localities = CheckboxesField(_l("Localities of a rural school"))
    kinds = CheckboxesField(
        _l("Kinds of rotation that are rural service where the school is not one of ours"),
    )


class CircumstanceRuleForm(PlainForm):
    """How one kind of circumstance exempts."""

    is_on = BooleanField(_l("Exempts"))
    needs_evidence = BooleanField(_l("Evidence needed"))
    needs_end_date = BooleanField(_l("End date needed"))


class RulesForm(VersionedForm):
    """All rules of a rule set; the kinds of circumstance are added by `rules_form`."""

    census_on = DateField(
        _l("Census date"),
        description=_l("Every rule is judged as of this day. Usually 31 August."),
        validators=[InputRequired()],
    )
    min_years = _number(
        _l("Years in the employing school, at least"),
        "min_years",
        help=_l("Counted by month from the month of joining; 6 is met after 72 months."),
    )
    counts_both_months = BooleanField(
        _l("Count the month of joining as a whole month"),
        description=_l("With this, who joined in September has six full years in August of the sixth year."),
    )
    max_age_male = _number(
        _l("Upper age for men"), "max_age_male", is_optional=True, help=_l("This age is included. Empty: no limit.")
    )
    max_age_female = _number(
        _l("Upper age for women"), "max_age_female", is_optional=True, help=_l("This age is included. Empty: no limit.")
    )
    stages = CheckboxesField(_l("Stages that take part"))
    staff_categories = CheckboxesField(_l("Staff categories that count as teachers"))
    counts_missing_category = BooleanField(_l("Count people whose staff category is not filled in"))
    established_only = BooleanField(_l("Only people in established posts"))
    in_post_states = CheckboxesField(_l("States that mean in post"))
    near_retirement = FormField(NearRetirementForm, label=_l("Near retirement"))
    on_rotation = FormField(OnRotationForm, label=_l("Already out on rotation"))
    rural_service = FormField(RuralServiceForm, label=_l("Served in a rural school recently"))
    young_max_age = _number(
        _l("Young teachers: age up to"), "young_max_age", help=_l("Completed years on the census date; included.")
    )
    backbone_types = CheckboxesField(_l("Honours that make a backbone teacher"))
    backbone_levels = CheckboxesField(_l("Levels that count"))
    pool_by_flag = BooleanField(_l("Schools marked as sending in their record"))
    pool_localities = CheckboxesField(
        _l("All schools in these localities"), description=_l("A wider choice includes the narrower ones below it.")
    )
    pool_added = SelectMultipleField(_l("Further schools"))
    pool_removed = SelectMultipleField(_l("Never these schools"))
    note = TextAreaField(
        _l("What this version changes, and why"), validators=[Optional(), Length(max=1000)], default=""
    )

    school_year: int = 0

    def validate_census_on(self, field: DateField) -> None:
        """The day belongs to the school year."""
        if problem := census_problem(self.school_year, field.data):
            raise ValidationError(problem)

    def validate_pool_removed(self, field: SelectMultipleField) -> None:
        """A school is in or out, not both."""
        if set(field.data or ()) & set(self.pool_added.data or ()):
            raise ValidationError(_("A school stands both here and among the further schools. Take it out of one."))

    def validate_in_post_states(self, field: CheckboxesField) -> None:
        """A state means one thing."""
        if set(field.data or ()) & set(self.on_rotation.form.states.data or ()):
            raise ValidationError(_("A state stands both here and under “already out on rotation”. Choose one."))

    @property
    def circumstances(self) -> list[FormField]:
        """The fields of the kinds of circumstance, in the order of their code table."""
        return [field for field in self if field.name.startswith(CIRCUMSTANCE)]

    def rules(self) -> Rules:
        """What was chosen, checked by the rules themselves; a problem that no field told is put beside its field."""
        data = {k: v for k, v in self.data.items() if not k.startswith(CIRCUMSTANCE)}
        kinds = {f.name.removeprefix(CIRCUMSTANCE): f.data for f in self.circumstances}
        return Rules.from_dict({**data, "circumstances": kinds})

    def is_complete(self) -> bool:
        """Validate, and let the rules have the last word."""
        if not self.validate():
            return False
        try:
            self.rules()
        except RulesError as error:
            self.form_errors.extend(f"{name}: {problem}" for name, problem in error.problems.items())
            return False
        return True


for _name in NOT_EMPTY:
    getattr(RulesForm, _name).kwargs["validators"] = [InputRequired(message=_l("Choose at least one."))]


def circumstance_kinds(kept: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(code, label) of the kinds without a rule of their own, with the county's own and those that rules still name."""
    found = [(code, text) for code, text in choices("circumstance_kind") if code not in RULES_OF_THEIR_OWN]
    known = {code for code, _text in found}
    return found + [(code, label("circumstance_kind", code)) for code in kept if code not in known]


def _with(table: str, kept: Iterable[str]) -> list[tuple[str, str]]:
    """The choices of a code table and, last, codes that are chosen though no longer offered."""
    found = choices(table)
    known = {code for code, _text in found}
    return found + [(code, label(table, code)) for code in kept if code not in known]


def rules_form(rules: Rules, *, school_year: int, schools: list[tuple[str, str]], **values: Any) -> RulesForm:
    """The form filled with rules. `schools` are (code, name) of the county; `values` fill the other fields."""
    kinds = circumstance_kinds(rules.circumstances)
    fields: dict[str, Any] = {CIRCUMSTANCE + code: FormField(CircumstanceRuleForm, label=text) for code, text in kinds}
    data = rules.to_dict()
    form = type("CountyRulesForm", (RulesForm,), fields)(data={**_form_data(rules, data, kinds), **values})
    form.school_year = school_year
    _set_choices(form, rules, schools)
    return form  # type: ignore[no-any-return]


def _form_data(rules: Rules, data: Mapping[str, Any], kinds: Iterable[tuple[str, str]]) -> dict[str, Any]:
    off = {"is_on": False, "needs_evidence": True, "needs_end_date": True}
    circumstances = {CIRCUMSTANCE + code: data["circumstances"].get(code, off) for code, _text in kinds}
    near = {**data["near_retirement"], "gradual_from": rules.near_retirement.gradual_from}
    return {**data, "census_on": rules.census_on, "near_retirement": near, **circumstances}


def _set_choices(form: RulesForm, rules: Rules, schools: list[tuple[str, str]]) -> None:
    near, out, rural = form.near_retirement.form, form.on_rotation.form, form.rural_service.form
    states = _with("teacher_state", (*rules.in_post_states, *rules.on_rotation.states))
    form.stages.choices = [(stage.value, stage.label) for stage in Stage]
    form.staff_categories.choices = _with("staff_category", rules.staff_categories)
    form.in_post_states.choices = out.states.choices = [item for item in states if not item[0].startswith("3")]
    form.backbone_types.choices = [item for item in _with("honour_type", rules.backbone_types) if item[0] != "none"]
    form.backbone_levels.choices = [item for item in _with("honour_level", rules.backbone_levels) if item[0] != "0"]
    form.pool_localities.choices = _with("locality", rules.pool_localities)
    form.pool_added.choices = form.pool_removed.choices = schools
    near.women_titles.choices = _with("title", rules.near_retirement.women_titles)
    rural.localities.choices = _with("locality", rules.rural_service.localities)
    rural.kinds.choices = [item for item in _with("rotation_kind", rules.rural_service.kinds) if item[0] != "00"]

"""The forms of this room: a claim, a review, a dispute, a stand-in, the rules."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.codes import queries as codes
from app.credits.counting import Book
from app.credits.judging import PROVIDER_LENGTH, TITLE_LENGTH, Facts, problems_of
from app.credits.models import CreditClaim
from app.credits.queries.duplicates import same_days
from app.credits.rules import Measure
from app.db.clock import today
from app.evidence.forms import EvidenceField
from app.web.fields import DayField
from app.web.forms import Form, VersionedForm

TYPED = ("kind", "level", "title", "provider", "from_on", "done_on", "quantity")


class AmountField(StringField):
    """A number with a point or a comma; what was typed stays, and what is no number is said in a sentence."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = Decimal(text.replace(",", ".").replace("，", ".").replace("。", "."))
        except InvalidOperation:
            raise ValueError(_("“%(text)s” is no number. Write it as 2.5.", text=text[:20])) from None
        if not self.data.is_finite():
            self.data = None
            raise ValueError(_("“%(text)s” is no number. Write it as 2.5.", text=text[:20]))

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(map(str, self.raw_data))
        return f"{self.data.normalize():f}" if isinstance(self.data, Decimal) else str(self.data or "")


class ClaimForm(VersionedForm):
    """What a teacher logs. A draft is kept as typed; what is handed in is judged by the rules of its day."""

    kind = SelectField(_l("Kind of training"), [Optional()], validate_choice=False)
    title = StringField(
        _l("What it was"),
        [Length(max=TITLE_LENGTH)],
        description=_l("The name of the course, lesson or paper."),
    )
    provider = StringField(_l("Organised by"), [Length(max=PROVIDER_LENGTH)])
    from_on = DayField(_l("First day"), [Optional()])
    done_on = DayField(
        _l("Finished on"), [Optional()], description=_l("One day: the same as the first. Hours count on this day.")
    )
    quantity = AmountField(
        _l("How much"),
        description=_l("Hours, or the unit that stands beside the kind. Leave it empty where the level decides."),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    level = SelectField(
        _l("Level of the training"),
        [Optional()],
        validate_choice=False,
        description=_l("Only where the hours follow from it."),
    )
    evidence = EvidenceField(_l("Evidence"))
    both = BooleanField(_l("These are different trainings; I took part in both"))

    book: Book
    claim: CreditClaim
    overlapping: list[CreditClaim]

    @classmethod
    def of(cls, claim: CreditClaim, book: Book, *, is_shown: bool = False) -> "ClaimForm":
        """The form over a claim; `is_shown`: with what was typed last, however wrong."""
        given: dict[str, Any] = {"evidence": claim.evidence, "row_version": str(claim.version)}
        form = cls(formdata=MultiDict(claim.typed), data=given) if is_shown else cls(data=given)
        if is_shown:
            form.evidence.data = list(claim.evidence)
            form.row_version.data = str(claim.version)
        form.book, form.claim, form.overlapping = book, claim, []
        kinds = {code: kind for version in book.versions for code, kind in version.rules.kinds.items()}
        offered = [(kind.code, _offered(kind)) for kind in kinds.values() if kind.is_claimable]
        form.kind.choices = [("", _("Choose …")), *offered]
        form.level.choices = [("", "–"), *codes.choices("training_category")]
        form.evidence.belongs_to(claim.county_id)
        return form

    def typed(self) -> dict[str, str]:
        """The fields as they were typed."""
        return {name: str((self[name].raw_data or [""])[0])[:500] for name in TYPED}

    def facts(self) -> Facts:
        """What of it could be read."""
        data = {name: self[name].data for name in TYPED}
        kinds = {value for value, _label in self.kind.choices}
        levels = {value for value, _label in self.level.choices}
        quantity = data["quantity"]
        return Facts(
            kind_code=data["kind"] if data["kind"] in kinds and data["kind"] else None,
            level_code=data["level"] if data["level"] in levels and data["level"] else None,
            title=(data["title"] or "").strip(),
            provider=(data["provider"] or "").strip(),
            from_on=data["from_on"] if isinstance(data["from_on"], date) else None,
            done_on=data["done_on"] if isinstance(data["done_on"], date) else None,
            quantity=quantity if isinstance(quantity, Decimal) else None,
        )

    def storable(self) -> Facts:
        """What a draft's columns can hold; the rest stays in what was typed."""
        facts = self.facts()
        fits = (
            facts.quantity is not None and abs(facts.quantity) <= 10**6 and facts.quantity == round(facts.quantity, 2)
        )
        return facts if fits else Facts(**{**_as_dict(facts), "quantity": None})

    def can_be_kept(self) -> bool:
        """Judge the files alone: a draft may say anything, but what is no picture and no PDF is not kept."""
        self.validate()
        return bool(not self.evidence.errors)

    def can_be_submitted(self) -> bool:
        """Judge everything; each fault is said beside its field."""
        is_fine = bool(self.validate())
        facts = self.facts()
        rules = self.book.on(facts.done_on or today()).rules
        kind = rules.kinds.get(facts.kind_code or "")
        problems = problems_of(facts, rules, today())
        if kind is not None and kind.needs_evidence and not self.evidence.data:
            problems["evidence"] = _("This kind of training needs a photograph or a file that proves it.")
        for name, text in problems.items():
            if not self[name].errors:
                self[name].errors = [text]
                is_fine = False
        if is_fine and not self.both.data:
            self.overlapping = same_days(self.claim.teacher_id, facts, without=self.claim.id)
            if self.overlapping:
                self.both.errors = [_overlap(self.overlapping)]
                is_fine = False
        return is_fine


def _as_dict(facts: Facts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in Facts.__slots__}


def _offered(kind: Any) -> str:
    """A kind with the unit it is counted in."""
    if kind.measure is Measure.UNITS:
        return str(_("%(kind)s (in %(unit)s)", kind=kind.label, unit=kind.unit_label))
    if kind.measure is Measure.LEVEL:
        return str(_("%(kind)s (by level)", kind=kind.label))
    return str(_("%(kind)s (in hours)", kind=kind.label))


def _overlap(claims: list[CreditClaim]) -> str:
    named = "; ".join(f"{claim.title} ({claim.from_on} – {claim.done_on})" for claim in claims[:3])
    return str(
        _("On these days you logged already: %(claims)s. Tick the box if this is another training.", claims=named)
    )


class ReviewForm(VersionedForm):
    """A reviewer's decision."""

    reason = TextAreaField(
        _l("Reason"),
        [Length(max=500)],
        description=_l("Needed to return a claim or to change its hours. The teacher reads it."),
    )
    hours = AmountField(_l("Hours that stand"), render_kw={"inputmode": "decimal", "autocomplete": "off"})


class DisputeForm(Form):
    """A contribution to a dispute."""

    body = TextAreaField(_l("Your words"), [InputRequired(_l("Write what you have to say.")), Length(max=2000)])


class RulingForm(DisputeForm):
    """The ruling of a dispute."""

    ruling = RadioField(
        _l("Ruling"),
        choices=[("upheld", _l("Teacher was right")), ("rejected", _l("Decision stands"))],
        validators=[InputRequired(_l("Choose one."))],
    )
    hours = AmountField(_l("Hours that stand"), description=_l("Empty: as before."), render_kw={"inputmode": "decimal"})


class StandInForm(Form):
    """Who stands in for whom."""

    for_user = SelectField(_l("In the place of"), coerce=int)
    user = StringField(
        _l("Stands in"),
        [InputRequired(_l("Write a name or a user name."))],
        description=_l("User name, or full name where nobody else is called so."),
        render_kw={"autocomplete": "off"},
    )
    from_on = DayField(_l("From"), [InputRequired(_l("Say on which day."))])
    to_on = DayField(_l("To, included"), [InputRequired(_l("Say on which day."))])
    reason = StringField(_l("Why a stand-in"), [Length(max=200)])

    def validate_to_on(self, field: DayField) -> None:
        """The days are in order."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("The last day lies before the first."))


def shown_problems(form: Form, problems: Mapping[str, str]) -> None:
    """Put sentences beside fields, and those that have none at the top."""
    for name, text in problems.items():
        if name in form:
            form[name].errors = [*form[name].errors, text]
        else:
            form.form_errors.append(f"{name}: {text}")

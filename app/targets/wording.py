"""Figures in words: how they are written, what a note means, and what is missing in people."""

from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from app.targets.balance import rounded
from app.targets.evaluators.finding import Who
from app.targets.evaluators.outcome import PartOutcome
from app.targets.packs.pack import Part, Unit

NOTES: dict[str, LazyString] = {
    "county_sets": _l("The county sets this number: copy the pack and fill it in."),
    "not_filled": _l("Nothing was filled in yet."),
    "some_unknown": _l("Some have not filled their figure in yet; they count as not reaching it."),
    "nobody": _l("There is nobody whom the clause speaks of."),
    "no_units": _l("There is no school, group or studio that the clause speaks of."),
    "nothing": _l("The records hold nothing to measure this by."),
    "present_only": _l("Schools, posts and pupils are those of today; only facts with days are of the day asked."),
    "not_judged": _l("Eligibility was not judged for this school year."),
    "nobody_goes": _l("Nobody is on the way to another school this school year."),
    "no_groups": _l("There is no education group with young teachers."),
    "no_results": _l("No session of this kind has results in the period."),
    "no_places": _l("Nobody held a place in such training in the period."),
    "no_budgets": _l("No school has entered its training budget of the year."),
    "budgets_missing": _l("Some schools have not entered their training budget; they are left out."),
    "no_institute": _l("The county has no research institute with people on the roster."),
    "no_studios": _l("No such studio runs."),
    "no_programme": _l("No programme for this clause has taken anybody in."),
    "nobody_stationed": _l("No researcher is stationed at a school."),
    "no_draw": _l("Nobody was drawn yet."),
    "no_recent_draw": _l("The newest draw lies more than two weeks back."),
    "no_recruits": _l("Nobody was recruited in the period."),
    "no_schools": _l("No school has figures for this."),
    "resources_missing": _l("Some schools lack figures of rooms and equipment; those indicators are left out."),
}


def notes_of(outcome: PartOutcome) -> list[str]:
    """The notes of a figure, in words."""
    return [str(NOTES.get(note, note)) for note in outcome.notes]


def written(figure: Fraction | None, unit: Unit) -> str:
    """A figure as pages and tables write it, rounded half up; comparisons never use it."""
    if figure is None:
        return "–"
    if unit is Unit.PERCENT:
        return f"{_rounded(figure * 100, 1)} %"
    if unit is Unit.PER_100:
        return _rounded(figure * 100, 2)
    if unit is Unit.RATIO:
        return f"1:{_plain(1 / figure)}" if figure else "0"
    if unit is Unit.CV:
        return _rounded(figure, 3)
    return _plain(figure)


def written_of(part: Part, outcome: PartOutcome) -> str:
    """The figure of a part; of an “each” clause the share of units that reach it."""
    return written(outcome.figure, unit_of(part, outcome))


def unit_of(part: Part, outcome: PartOutcome) -> Unit:
    """How the figure of a part as a whole is written: units' shares are per cent."""
    return Unit.PERCENT if part.kind == "each" else part.unit


def threshold_of(part: Part, outcome: PartOutcome) -> str:
    """The threshold with its sign, such as “≥ 10.0 %”."""
    if outcome.threshold is None:
        return "–"
    sign = "≥" if part.kind == "each" else part.operator.sign
    return f"{sign} {written(outcome.threshold, unit_of(part, outcome))}"


def missing_of(part: Part, outcome: PartOutcome) -> str:
    """What is missing, in people or units, or how many there are too many; empty where nothing is."""
    number = outcome.missing or 0
    if not number:
        return ""
    if not part.operator.is_upwards and part.kind != "each":
        return str(_("%(number)s too many", number=number))
    said = {
        Who.TEACHER: ngettext("%(num)s more person", "%(num)s more people", number),
        Who.SCHOOL: ngettext("%(num)s more school", "%(num)s more schools", number),
        Who.GROUP: ngettext("%(num)s more group", "%(num)s more groups", number),
        Who.STUDIO: ngettext("%(num)s more studio", "%(num)s more studios", number),
    }
    return str(said.get(outcome.who) or _("%(number)s more", number=number))


def _rounded(value: Fraction, places: int) -> str:
    return f"{rounded(value, places):f}"


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else _rounded(value, 2).rstrip("0").rstrip(".")

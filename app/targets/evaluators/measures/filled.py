"""Figures that no record holds: what people filled in, with its day.

A number of a period is the sum of what was filled in for days within it. Anything else is the newest figure; where
schools filled it in, the newest of each, together.
"""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who
from app.targets.evaluators.frame import Filled, SchoolFact
from app.targets.evaluators.registry import Action, Names, measure
from app.targets.packs.pack import Kind

FILL = Action("targets.filled")


@measure("filled", mends=FILL)
def filled(ask: Ask) -> Found | Lacking:
    """The figure of the county as it was filled in."""
    return filled_of(ask) or Lacking(("not_filled",))


@measure("filled.each_school", mends=FILL)
def filled_each_school(
    ask: Ask, *, stages: Names = (), kinds: Names = (), townships_centre: bool = False, min_pupils: int = 0
) -> Found:
    """Each school's own figure as it was filled in."""
    schools = [
        school
        for school in ask.frame.schools.values()
        if (not stages or school.stages.keys() & set(stages))
        and (not kinds or school.kind in kinds)
        and (not townships_centre or is_central(school))
        and school.pupils >= min_pupils
    ]
    newest = _newest_by_school(ask, ask.frame.filled.get(ask.part.figure, ()))
    rows = []
    for school in schools:
        row = newest.get(school.id)
        rows.append(
            Row(
                Who.SCHOOL,
                school.id,
                school.name,
                row.numerator if row else None,
                row.denominator if row else None,
            )
        )
    return Found(rows=tuple(rows), is_filled=True)


def is_central(school: SchoolFact) -> bool:
    """Whether a school is a township's central school 中心学校."""
    return "中心" in school.name


def filled_of(ask: Ask) -> Found | None:
    """What was filled in for a figure; None where nothing was."""
    rows = ask.frame.filled.get(ask.part.figure, [])
    if ask.part.kind is Kind.COUNT and ask.part.per:
        rows = [row for row in rows if row.on in ask.period]
        return Found(sum((row.numerator for row in rows), Fraction(0)), None, is_filled=True) if rows else None
    newest: dict[int | None, Filled] = {row.school_id: row for row in rows}
    county = newest.pop(None, None)
    chosen = [county] if county else list(newest.values())
    if not chosen:
        return None
    denominators = [row.denominator for row in chosen if row.denominator is not None]
    return Found(
        sum((row.numerator for row in chosen), Fraction(0)),
        sum(denominators, Fraction(0)) if denominators else None,
        is_filled=True,
    )


def _newest_by_school(ask: Ask, rows: Iterable[Filled]) -> dict[int, Filled]:
    """School to its figure: the newest, or for a number of a period the sum of the period."""
    found: dict[int, list[Filled]] = defaultdict(list)
    for row in rows:
        if row.school_id is not None and (ask.part.per is None or row.on in ask.period):
            found[row.school_id].append(row)
    if ask.part.per is None:
        return {school: kept[-1] for school, kept in found.items()}
    return {
        school: kept[-1]._replace(numerator=sum((row.numerator for row in kept), Fraction(0)))
        for school, kept in found.items()
    }

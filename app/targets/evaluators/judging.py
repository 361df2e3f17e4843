"""From what was found to a verdict. Knows no database and no clock: the day is the ask's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.targets.evaluators.finding import Ask, Found, Lacking, Row
from app.targets.evaluators.outcome import PartOutcome, Source, UnitRow, Verdict
from app.targets.evaluators.periods import Period
from app.targets.evaluators.variation import is_within
from app.targets.packs.pack import Kind, Operator, Part, Threshold, Unit

LACKING_THRESHOLD = "county_sets"


@dataclass(frozen=True, slots=True)
class Aim:
    """What holds on a day: the threshold aimed at, its day where that has still to come, and the even way there.

    `path` is what should be reached by now; None where there is no way, so that short is short.
    """

    value: Fraction | None
    share: Fraction
    by: date | None
    path: Fraction | None
    path_share: Fraction | None


def aim_of(part: Part, on: date, period: Period, began_on: date) -> Aim | None:
    """The threshold of a day. Of thresholds by date the next one is aimed at; what fell due before is the way's start.

    A number of a period is reached in even steps up to the period's end.
    """
    held = [one for one in part.thresholds if one.from_on is None or one.from_on <= on]
    if not held:
        return None
    past = [one for one in held if one.by is not None and one.by < on]
    ahead = [one for one in held if one.by is None or one.by >= on]
    chosen = ahead[0] if ahead else past[-1]
    if chosen.by is not None and chosen.by >= on:
        return _towards(chosen, past[-1] if past else None, on, began_on)
    return _within(chosen, part, on, period)


def _towards(aim: Threshold, before: Threshold | None, on: date, began_on: date) -> Aim:
    start = before.by if before and before.by else began_on
    done = Period(start, aim.by or on).elapsed(on)
    value = None if aim.value is None else _between(before.value if before else None, aim.value, done)
    share = _between(before.share if before else None, aim.share, done)
    return Aim(aim.value, aim.share, aim.by, value, share)


def _between(start: Fraction | None, end: Fraction, done: Fraction) -> Fraction:
    begin = start or Fraction(0)
    return begin + (end - begin) * done


def _within(aim: Threshold, part: Part, on: date, period: Period) -> Aim:
    """A number of a period is on course while it keeps up with the days, in whole steps."""
    is_number = part.kind is Kind.COUNT or (part.kind is Kind.EACH and part.unit in (Unit.NUMBER, Unit.HOURS))
    if is_number and part.per and aim.value is not None and on < period.last:
        return Aim(aim.value, aim.share, period.last, Fraction(int(aim.value * period.elapsed(on))), aim.share)
    return Aim(aim.value, aim.share, None, None, None)


def judged(ask: Ask, found: Found | Lacking) -> PartOutcome:
    """The verdict on what a measure found."""
    part = ask.part
    if isinstance(found, Lacking):
        return PartOutcome(part.key, Verdict.UNKNOWN, notes=found.notes)
    aim = aim_of(part, ask.on, ask.period, ask.pack.from_on)
    if part.kind is Kind.EACH and not found.is_filled_share:
        return _each(part, found, aim)
    figure = found.figure
    aim = _of_share(aim) if part.kind is Kind.EACH else _by_data(part, found, aim)
    if figure is None:
        return PartOutcome(part.key, Verdict.UNKNOWN, who=found.who, notes=(*found.notes, "nobody"))
    return PartOutcome(
        key=part.key,
        verdict=_verdict(ask, found, figure, aim),
        figure=figure,
        numerator=_fraction(found.numerator),
        denominator=_fraction(found.denominator),
        threshold=aim.value if aim else None,
        by=aim.by if aim else None,
        path=aim.path if aim else None,
        missing=short_by(part, found, aim),
        who=found.who,
        rows=tuple(_unit(row, None, part.operator) for row in found.rows),
        notes=found.notes if aim and aim.value is not None else (*found.notes, *_unset(part)),
        source=_source(found),
    )


def _by_data(part: Part, found: Found, aim: Aim | None) -> Aim | None:
    if found.needed is not None:
        return Aim(found.needed, Fraction(1), None, None, None)
    if aim is None and part.kind is Kind.GATE:
        return Aim(Fraction(0), Fraction(1), None, None, None)
    return aim


def _of_share(aim: Aim | None) -> Aim:
    """Of units whose records are missing, the share that was filled in."""
    wanted = aim.share if aim else Fraction(1)
    return Aim(wanted, wanted, aim.by if aim else None, aim.path_share if aim else None, None)


def _unset(part: Part) -> tuple[str, ...]:
    return () if part.kind is Kind.REPORT else (LACKING_THRESHOLD,)


def _verdict(ask: Ask, found: Found, figure: Fraction, aim: Aim | None) -> Verdict:
    part = ask.part
    if part.kind is Kind.REPORT:
        return Verdict.REPORTED
    if aim is None or aim.value is None:
        return Verdict.UNKNOWN
    if _holds(part.operator, found, figure, aim.value):
        return Verdict.MET
    if part.kind is Kind.CYCLE and (found.on_pace is not None or ask.on < ask.period.last):
        return Verdict.ON_COURSE if _keeps_up(ask, found, figure, aim.value) else Verdict.MISSED
    is_ahead = aim.path is not None and part.operator.is_upwards and part.operator.holds(figure, aim.path)
    return Verdict.ON_COURSE if is_ahead else Verdict.MISSED


def _keeps_up(ask: Ask, found: Found, figure: Fraction, threshold: Fraction) -> bool:
    """Person by person where the measure knows who keeps up; else as many are through as the days ask for."""
    if found.on_pace is None:
        return figure >= threshold * ask.period.elapsed(ask.on)
    return len(found.counted | found.on_pace) >= threshold * len(found.among)


def _holds(operator: Operator, found: Found, figure: Fraction, threshold: Fraction) -> bool:
    if found.square is not None:
        return is_within(found.square, threshold, is_included=operator is Operator.AT_MOST)
    return operator.holds(figure, threshold)


def short_by(part: Part, found: Found, aim: Aim | None) -> int | None:
    """How many people (or units of the numerator) are missing to the threshold; None where that is no number."""
    if aim is None or aim.value is None or found.square is not None or found.numerator is None:
        return None
    if found.denominator is None and (found.needed is not None or part.kind in (Kind.RATIO, Kind.CYCLE)):
        return None
    wanted = aim.value * Fraction(1 if found.denominator is None else found.denominator)
    if not part.operator.is_upwards:
        return max(0, int(Fraction(found.numerator) - wanted))
    gap = wanted - Fraction(found.numerator)
    if part.operator is Operator.ABOVE and gap == 0:
        return 1
    return max(0, -int(-gap // 1))


# --- each unit -------------------------------------------------------------------------------


def _each(part: Part, found: Found, aim: Aim | None) -> PartOutcome:
    if aim is None and not part.is_set_by_county and all(row.needed is not None for row in found.rows):
        aim = Aim(None, Fraction(1), None, None, None)
    value = aim.value if aim else None
    rows = tuple(_unit(row, value, part.operator) for row in found.rows)
    if not rows:
        return PartOutcome(part.key, Verdict.UNKNOWN, notes=(*found.notes, "no_units"))
    unset = aim is None or (value is None and any(row.needed is None for row in rows))
    passing = sum(row.passes is True for row in rows)
    unknown = sum(row.passes is None for row in rows)
    is_empty = all(row.figure is None for row in rows)
    wanted = aim.share if aim else Fraction(1)
    notes = [*found.notes]
    if unset:
        notes.append(LACKING_THRESHOLD)
    elif is_empty:
        notes.append("not_filled")
    elif unknown:
        notes.append("some_unknown")
    return PartOutcome(
        key=part.key,
        verdict=Verdict.UNKNOWN if unset or is_empty else _verdict_of_all(part, rows, aim, passing),
        figure=Fraction(passing, len(rows)),
        numerator=Fraction(passing),
        denominator=Fraction(len(rows)),
        threshold=wanted,
        by=aim.by if aim else None,
        path=aim.path_share if aim else None,
        missing=max(0, -int(-(wanted * len(rows)) // 1) - passing),
        who=rows[0].who,
        rows=rows,
        notes=tuple(notes),
        source=_source(found),
    )


def _verdict_of_all(part: Part, rows: Sequence[UnitRow], aim: Aim | None, passing: int) -> Verdict:
    if part.kind is Kind.REPORT or aim is None:
        return Verdict.REPORTED
    if Fraction(passing) >= aim.share * len(rows):
        return Verdict.MET
    if aim.by is None:
        return Verdict.MISSED
    if aim.path is not None and aim.value is not None and part.operator.is_upwards:
        keeping = sum(row.figure is not None and part.operator.holds(row.figure, aim.path) for row in rows)
        return Verdict.ON_COURSE if Fraction(keeping) >= aim.share * len(rows) else Verdict.MISSED
    on_way = aim.path_share is not None and Fraction(passing) >= aim.path_share * len(rows)
    return Verdict.ON_COURSE if on_way else Verdict.MISSED


def _unit(row: Row, value: Fraction | None, operator: Operator) -> UnitRow:
    needed = Fraction(row.needed) if row.needed is not None else value
    figure = row.figure
    passes = None if figure is None or needed is None else operator.holds(figure, needed)
    return UnitRow(
        row.who, row.id, row.name, _fraction(row.numerator), _fraction(row.denominator), figure, needed, passes
    )


def _fraction(value: Fraction | int | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _source(found: Found) -> Source:
    if found.is_mixed:
        return Source.MIXED
    return Source.FILLED if found.is_filled else Source.MEASURED

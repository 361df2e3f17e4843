"""The answer to a clause: its figures with their verdicts, and the names behind them."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.db.clock import today
from app.targets.evaluators.finding import Ask, Found, Lacking, Who
from app.targets.evaluators.frame import Frame
from app.targets.evaluators.judging import judged
from app.targets.evaluators.measures.filled import filled_of
from app.targets.evaluators.outcome import Outcome, PartOutcome, Source, Verdict
from app.targets.evaluators.registry import Action, find, known_measures
from app.targets.packs.pack import Clause, Kind, Pack, Part


class Side(StrEnum):
    """Which names of a figure."""

    COUNTED = "counted"
    AMONG = "among"
    LACKING = "lacking"

    @property
    def label(self) -> LazyString:
        """The side in the person's language."""
        return {"counted": _l("Counted"), "among": _l("All of whom it is"), "lacking": _l("Still missing")}[self.value]


@dataclass(frozen=True, slots=True)
class Names:
    """The people (or schools, studios, sessions) behind a figure, in the order of their names."""

    who: Who
    ids: tuple[int, ...]


def evaluate(
    pack: Pack, clause: Clause, *, county_id: int | None = None, on: date | None = None, frame: Frame | None = None
) -> Outcome:
    """A clause as of a day; give a county and a day, or a frame that several clauses share."""
    frame = frame or _frame(county_id, on)
    parts = tuple(evaluate_part(pack, clause, part, frame) for part in clause.parts)
    return Outcome(clause.id, frame.on, parts)


def evaluate_all(pack: Pack, frame: Frame) -> list[Outcome]:
    """Every clause of a pack over one frame, in the order of the pack."""
    with _without_collecting():
        return [evaluate(pack, clause, frame=frame) for clause in pack.clauses]


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A board makes hundreds of thousands of small facts and no cycles; looking for garbage among them, again and
    again, takes a third of the time of a prefecture's board."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def evaluate_part(pack: Pack, clause: Clause, part: Part, frame: Frame) -> PartOutcome:
    """One figure, judged."""
    ask = Ask(frame, pack, clause, part)
    outcome = judged(ask, found_by(ask))
    is_of_records = known_measures()[part.measure].present_only and outcome.source is not Source.FILLED
    if is_of_records and outcome.figure is not None and frame.on < today():
        outcome = replace(outcome, notes=(*outcome.notes, "present_only"))
    return outcome


def found_by(ask: Ask) -> Found | Lacking:
    """What the measure finds; where the records hold nothing to measure by, what was filled in."""
    found = find(ask, ask.part.measure, ask.part.params)
    if ask.part.measure.startswith("filled") or not _is_empty(found):
        return found
    filled = filled_of(ask)
    if filled is None:
        return found
    return replace(filled, needed=found.needed)


def _is_empty(found: Found | Lacking) -> bool:
    return isinstance(found, Lacking) or (found.figure is None and not found.rows)


def names(
    pack: Pack,
    clause: Clause,
    part_key: str,
    side: Side,
    *,
    county_id: int | None = None,
    on: date | None = None,
    frame: Frame | None = None,
    unit_id: int | None = None,
) -> Names:
    """The names behind a figure, or behind that of one unit (a school, a group) of an “each” clause.

    For “each” clauses without a unit these are the units: all of them, those that pass, or those that do not.
    """
    frame = frame or _frame(county_id, on)
    part = clause.part(part_key)
    if part is None:
        return Names(Who.TEACHER, ())
    ask = Ask(frame, pack, clause, part)
    found = found_by(ask)
    if isinstance(found, Lacking):
        return Names(Who.TEACHER, ())
    if unit_id is not None:
        row = next((row for row in found.rows if row.id == unit_id), None)
        return _teachers(frame, _of_side(side, row.counted, row.among) if row else frozenset())
    if part.kind is Kind.EACH:
        return _units(judged(ask, found), side)
    ids = found.lacking if side is Side.LACKING else _of_side(side, found.counted, found.among)
    return _teachers(frame, ids) if found.who is Who.TEACHER else Names(found.who, tuple(sorted(ids)))


def action_of(part: Part) -> Action | None:
    """The page that mends a figure."""
    measure = known_measures().get(part.measure)
    return measure.mends if measure else None


def can_be_filled(part: Part, outcome: PartOutcome | None = None) -> bool:
    """Whether people fill the figure in: no record holds it, or the records had nothing to measure by."""
    return part.measure.startswith("filled") or (
        outcome is not None and (outcome.verdict is Verdict.UNKNOWN or outcome.source is not Source.MEASURED)
    )


def _of_side(side: Side, counted: frozenset[int], among: frozenset[int]) -> frozenset[int]:
    return {Side.COUNTED: counted, Side.AMONG: among, Side.LACKING: among - counted}[side]


def _units(outcome: PartOutcome, side: Side) -> Names:
    wanted = {Side.COUNTED: (True,), Side.AMONG: (True, False, None), Side.LACKING: (False, None)}[side]
    ids: Sequence[int] = [row.id for row in outcome.rows if row.passes in wanted]
    return Names(outcome.who, tuple(ids))


def _teachers(frame: Frame, ids: frozenset[int]) -> Names:
    return Names(Who.TEACHER, tuple(frame.ordered(ids)))


def _frame(county_id: int | None, on: date | None) -> Frame:
    if county_id is None or on is None:
        raise TypeError("name a county and a day, or give a frame")
    return Frame([county_id], on)

"""What people fill in: which figures of the packs in force, of whom, and whether something is due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.targets.evaluators.evaluating import can_be_filled
from app.targets.evaluators.finding import Ask, Lacking, Row, Who
from app.targets.evaluators.frame import Filled, Frame
from app.targets.evaluators.registry import find
from app.targets.models import PolicyPack
from app.targets.packs import Clause, Pack, Part
from app.targets.queries.packs import pack_of, packs_in_force


@dataclass(frozen=True, slots=True)
class ToFill:
    """A figure that people fill in, with what was filled in last; by school: every school's, in `rows`."""

    pack_id: int
    clause: Clause
    part: Part
    is_by_school: bool
    last: Filled | None = None
    rows: tuple[Row, ...] = field(default=())
    is_due: bool = False

    @property
    def lacking(self) -> tuple[Row, ...]:
        """The schools that have not filled theirs in."""
        return tuple(row for row in self.rows if row.numerator is None)


def to_fill(county_id: int, on: date, schools: frozenset[int] | None) -> list[ToFill]:
    """The figures of the packs in force that people fill in, those that are due first; of some schools only where
    those are named. A figure that several packs ask for stands once."""
    frame = Frame([county_id], on)
    found: dict[tuple[str, bool], ToFill] = {}
    for row in packs_in_force(county_id, on):
        for one in _of_pack(row, pack_of(row), frame, schools):
            found.setdefault((one.part.figure, one.is_by_school), one)
    return sorted(found.values(), key=lambda one: not one.is_due)


def waiting(county_id: int, on: date, schools: frozenset[int] | None) -> list[ToFill]:
    """Those of them that are due."""
    return [one for one in to_fill(county_id, on, schools) if one.is_due]


def is_by_school(part: Part) -> bool:
    """Whether each school fills the figure in for itself."""
    return part.measure == "filled.each_school"


def _of_pack(row: PolicyPack, pack: Pack, frame: Frame, schools: frozenset[int] | None) -> Iterator[ToFill]:
    for clause in pack.clauses:
        for part in clause.parts:
            if not can_be_filled(part):
                continue
            ask = Ask(frame, pack, clause, part)
            if is_by_school(part):
                units = _units(ask, schools)
                if units:
                    is_due = any(unit.numerator is None for unit in units)
                    yield ToFill(row.id, clause, part, True, rows=units, is_due=is_due)
            elif schools is None:
                yield _of_county(row, ask)


def _units(ask: Ask, schools: frozenset[int] | None) -> tuple[Row, ...]:
    found = find(ask, ask.part.measure, ask.part.params)
    if isinstance(found, Lacking):
        return ()
    return tuple(row for row in found.rows if row.who is Who.SCHOOL and (schools is None or row.id in schools))


def _of_county(row: PolicyPack, ask: Ask) -> ToFill:
    rows: Sequence[Filled] = ask.frame.filled.get(ask.part.figure, ())
    of_period = [one for one in rows if ask.part.per is None or one.on in ask.period]
    is_due = not of_period and (ask.part.measure == "filled" or bool(rows))
    return ToFill(row.id, ask.clause, ask.part, False, last=rows[-1] if rows else None, is_due=is_due)

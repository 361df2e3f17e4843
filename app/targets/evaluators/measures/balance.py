"""The balance of compulsory schooling (教督〔2017〕6号) as clauses ask for it."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from app.schools.models import School, Stage
from app.targets.balance import OF_PEOPLE, County, Indicator, StageRow
from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who, each
from app.targets.evaluators.frame import Frame, TeacherFact
from app.targets.evaluators.measures.backbones import counts_school
from app.targets.evaluators.periods import school_year_of
from app.targets.evaluators.registry import Action, Names, measure
from app.targets.evaluators.variation import root
from app.targets.queries.balance import rows_where
from app.targets.queries.teachers import ABOVE, PE_ARTS

BALANCE = Action("targets.balance")
TEACHERS = Action("teachers.index")


@measure("balance.above_degree", mends=TEACHERS, present_only=True)
def above_degree(ask: Ask, *, stage: str, min_pupils: int = 50) -> Found:
    """School by school: teachers of a stage above the degree it requires, by the stage's pupils."""
    degrees = ABOVE[Stage(stage)]
    rows = []
    for school in ask.frame.schools.values():
        size = school.stages.get(stage)
        if size and size.pupils and counts_school(school, min_pupils):
            here = frozenset(
                one.id
                for one in ask.frame.at_school.get(school.id, ())
                if one.stage == stage and one.is_full_time and one.degree in degrees
            )
            rows.append(Row(Who.SCHOOL, school.id, school.name, len(here), size.pupils, counted=here, among=here))
    return each(rows)


@measure("balance.variation", mends=BALANCE, present_only=True)
def variation(ask: Ask, *, stage: str, indicators: Names = ()) -> Found | Lacking:
    """The largest of the indicators' coefficients of variation in a stage; those without figures are left out."""
    chosen = [Indicator(name) for name in indicators] or list(Indicator)
    spreads = _county(ask.frame).spreads
    known = [spread for one in chosen if (spread := spreads[Stage(stage), one]).square is not None]
    if not known:
        return Lacking(("no_schools",))
    worst = max(known, key=lambda spread: spread.square or Fraction(0))
    rows = tuple(
        Row(Who.FIGURE, spread.indicator.number, spread.indicator.value, Fraction(root(spread.square or Fraction(0))))
        for spread in known
    )
    left_out = len(known) < len(chosen) or any(spread.missing for spread in known)
    return Found(
        Fraction(root(worst.square or Fraction(0))),
        None,
        Who.FIGURE,
        rows=rows,
        square=worst.square,
        notes=("resources_missing",) if left_out else (),
    )


def _county(frame: Frame) -> County:
    def read() -> County:
        rows = rows_where(School.county_id.in_(frame.county_ids), school_year_of(frame.on), frame.on)
        return County.of(_moved(frame, rows) if frame.supposed else rows)

    return frame.keep("balance", read)


def _moved(frame: Frame, rows: Iterable[StageRow]) -> list[StageRow]:
    """The rows with some postings supposed: what a teacher counts for goes along."""
    more: dict[tuple[int, str], dict[Indicator, int]] = {}
    for move in frame.supposed:
        teacher = frame.teachers.get(move.teacher_id)
        if teacher is None:
            continue
        for one in _counted_for(frame, teacher):
            for school_id, step in ((move.from_school, -1), (move.to_school, 1)):
                held = more.setdefault((school_id or 0, str(teacher.stage)), {})
                held[one] = held.get(one, 0) + step
    return [
        replace(row, items={one: value + more.get((row.school_id, row.stage.value), {}).get(one, 0)
                            for one, value in row.items.items()})
        for row in rows
    ]  # fmt: skip


def _counted_for(frame: Frame, teacher: TeacherFact) -> list[Indicator]:
    if not teacher.is_full_time or teacher.stage not in (Stage.PRIMARY, Stage.JUNIOR):
        return []
    ways = {
        Indicator.DEGREE: teacher.degree in ABOVE[Stage(teacher.stage)],
        Indicator.BACKBONE: teacher.id in frame.backbones,
        Indicator.PE_ARTS: teacher.subject in PE_ARTS,
    }
    return [one for one in OF_PEOPLE if ways[one]]

"""Who is sent to other schools, of those who meet the conditions."""

from collections.abc import Iterable

from app.eligibility.judging import age_on
from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who, each, share
from app.targets.evaluators.frame import Move
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.evaluators.registry import Action, measure

POSTINGS = Action("rotation.postings")
JUDGE = Action("eligibility.index")
HEADS = "30"


def moves_of_year(ask: Ask) -> list[Move]:
    """Those that began in the school year of the day."""
    year = school_year(school_year_of(ask.on))
    return [move for move in ask.frame.moves if move.on in year]


@measure("rotation.rate", mends=POSTINGS)
def rate(ask: Ask) -> Found | Lacking:
    """Those of the sending schools' teachers who go this school year, of all there who meet the conditions."""
    if not ask.frame.judged:
        return Lacking(("not_judged",))
    pool = {one for one, verdict in ask.frame.judged.items() if verdict.is_in_pool and verdict.is_counted}
    return share(_gone(ask), pool)


@measure("rotation.backbone_share", mends=POSTINGS)
def backbone_share(ask: Ask) -> Found | Lacking:
    """The backbone teachers among those who go from the sending schools this school year."""
    if not ask.frame.judged:
        return Lacking(("not_judged",))
    pool = {one for one, verdict in ask.frame.judged.items() if verdict.is_in_pool and verdict.is_counted}
    gone = frozenset(_gone(ask)) & pool
    if not gone:
        return Found(0, notes=("nobody_goes",))
    return share(gone & ask.frame.backbones, gone)


@measure("rotation.young_in_groups", mends=POSTINGS, present_only=True)
def young_in_groups(ask: Ask, *, max_age: int = 35) -> Found | Lacking:
    """Group by group: young teachers who go to another school of their group this school year."""
    schools = ask.frame.schools
    group_of = {school.id: school.group_id for school in schools.values()}
    young: dict[int, set[int]] = {group: set() for group in ask.frame.groups}
    for teacher in ask.frame.teachers.values():
        group, age = group_of.get(teacher.employing), age_on(teacher.birth_on, ask.on)
        if group in young and age is not None and age <= max_age and teacher.is_teaching:
            young[group].add(teacher.id)
    if not young:
        return Lacking(("no_groups",))
    within = {
        move.teacher_id
        for move in moves_of_year(ask)
        if group_of.get(move.from_school or 0) is not None
        and group_of.get(move.from_school or 0) == group_of.get(move.to_school or 0)
    }
    return each(_group_rows(ask.frame.groups, young, within))


def _group_rows(groups: dict[int, str], young: dict[int, set[int]], within: set[int]) -> Iterable[Row]:
    for group, name in groups.items():
        among = frozenset(young[group])
        if among:
            gone = among & within
            yield Row(Who.GROUP, group, name, len(gone), len(among), counted=gone, among=among)


def _gone(ask: Ask) -> set[int]:
    return {move.teacher_id for move in moves_of_year(ask)}

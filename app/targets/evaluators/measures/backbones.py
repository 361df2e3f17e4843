"""Honours: who is a backbone teacher, and who became one in a period."""

from app.targets.evaluators.finding import Ask, Found, Row, Who, each, number
from app.targets.evaluators.frame import Honour, SchoolFact
from app.targets.evaluators.measures.training import passed_in
from app.targets.evaluators.people import people_of
from app.targets.evaluators.registry import Action, Names, measure
from app.teachers.backbones import COUNTY_AND_ABOVE

TEACHERS = Action("teachers.index")
LEFT_OUT = ("360", "510")


def counts_school(school: SchoolFact, min_pupils: int) -> bool:
    """Whether figures for every 100 pupils are asked of a school: no special or vocational one, no small point."""
    return school.kind not in LEFT_OUT and school.pupils >= max(1, min_pupils)


@measure("backbones.per_pupils", mends=TEACHERS, present_only=True)
def per_pupils(ask: Ask, *, stages: Names = ("primary", "junior"), min_pupils: int = 50) -> Found:
    """School by school: backbone teachers of the county and above by the pupils of some stages."""
    rows = []
    for school in ask.frame.schools.values():
        pupils = sum(size.pupils for stage, size in school.stages.items() if stage in stages)
        if pupils and counts_school(school, min_pupils):
            here = frozenset(
                one.id
                for one in ask.frame.at_school.get(school.id, ())
                if one.stage in stages and one.is_full_time and one.id in ask.frame.backbones
            )
            rows.append(Row(Who.SCHOOL, school.id, school.name, len(here), pupils, counted=here, among=here))
    return each(rows)


@measure("honours.new", mends=TEACHERS)
def new(
    ask: Ask,
    *,
    types: Names = (),
    titles: Names = (),
    levels: Names = COUNTY_AND_ABOVE,
    people: Names = (),
    or_trained_in: Names = (),
) -> Found:
    """Those who were given one of some titles in the period, or passed a training of some kinds in it."""
    found = {
        honour.teacher_id
        for honour in ask.frame.honours
        if honour.valid_from in ask.period and honour.level in levels and _is_called(honour, types, titles)
    }
    if or_trained_in:
        found |= {row.teacher_id for row in passed_in(ask.frame, ask.period) if row.kind in or_trained_in}
    if people:
        found &= people_of(ask.frame, people)
    return number(found)


def _is_called(honour: Honour, types: Names, titles: Names) -> bool:
    return honour.type in types or any(title in honour.title for title in titles)

"""The ethics record: appraisals, what schools do each month and term, and whether a veto holds."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import partial

from sqlalchemy import select

from app.ethics.coverage import standing_of, term_of
from app.ethics.models import ActivityKind, EthicsActivity, EthicsAppraisal, State
from app.ethics.vetoes import vetoes_of
from app.qualifications.models import TitleRecord
from app.targets.evaluators.finding import Ask, Found, Row, Who, each, share
from app.targets.evaluators.frame import Frame, fetched
from app.targets.evaluators.measures.growth import places
from app.targets.evaluators.measures.studios import belonging
from app.targets.evaluators.people import people_of
from app.targets.evaluators.registry import Action, Names, measure

APPRAISALS = Action("ethics.appraisals")
COVERAGE = Action("ethics.coverage")
RECORD = Action("ethics.index")


@measure("ethics.appraised", mends=APPRAISALS)
def appraised(ask: Ask, *, people: Names = ("all",)) -> Found:
    """Those whose file has the ethics appraisal of the last calendar year that is over."""
    query = select(EthicsAppraisal.teacher_id).where(
        EthicsAppraisal.county_id.in_(ask.frame.county_ids),
        EthicsAppraisal.year == ask.on.year - 1,
        EthicsAppraisal.state == State.IN_FORCE,
        EthicsAppraisal.appraised_on <= ask.on,
    )
    before = {
        one
        for one in people_of(ask.frame, people)
        if (begun := ask.frame.teachers[one].started_on) is None or begun.year < ask.on.year
    }
    return share((row[0] for row in fetched(query)), before)


def activities(frame: Frame) -> Mapping[int, Mapping[ActivityKind, list[date]]]:
    """School to kind to the days of the present term."""
    term = term_of(frame.on)
    query = select(EthicsActivity.school_id, EthicsActivity.kind, EthicsActivity.held_on).where(
        EthicsActivity.county_id.in_(frame.county_ids), EthicsActivity.held_on.between(term.first, frame.on)
    )

    def read() -> Mapping[int, Mapping[ActivityKind, list[date]]]:
        found: dict[int, dict[ActivityKind, list[date]]] = defaultdict(lambda: {kind: [] for kind in ActivityKind})
        for school_id, kind, day in fetched(query):
            found[school_id][kind].append(day)
        return found

    return frame.keep("activities", read)


@measure("ethics.studied", mends=COVERAGE, sets_threshold=True)
def studied(ask: Ask) -> Found:
    """School by school: the months of the term that are over and had their study meeting, of all that are over."""
    term, held = term_of(ask.on), activities(ask.frame)
    rows = []
    for school in ask.frame.schools.values():
        if school.pupils:
            standing = standing_of(held.get(school.id, _NOTHING), term, ask.on)
            met = standing.owed - len(standing.missing)
            rows.append(Row(Who.SCHOOL, school.id, school.name, met, needed=standing.owed))
    return each(rows)


@measure("ethics.held", mends=COVERAGE)
def held(ask: Ask, *, kind: str) -> Found:
    """School by school: the supervisions or reviews of the term."""
    term, known = term_of(ask.on), activities(ask.frame)
    rows = []
    for school in ask.frame.schools.values():
        if school.pupils:
            standing = standing_of(known.get(school.id, _NOTHING), term, ask.on)
            times = standing.supervised if kind == ActivityKind.SUPERVISION else standing.reviewed
            rows.append(Row(Who.SCHOOL, school.id, school.name, times))
    return each(rows)


@measure("ethics.vetoed", mends=RECORD)
def vetoed(ask: Ask, *, people: Names = ()) -> Found:
    """Those who were given an honour, a title, or a place in a studio or a programme within the term of their veto;
    all who are vetoed on the day stand behind it."""
    vetoes = {
        teacher_id: terms
        for county_id in ask.frame.county_ids
        for teacher_id, terms in ask.frame.keep(("vetoes", county_id), partial(vetoes_of, county_id)).items()
    }
    if people:
        group = people_of(ask.frame, people)
        vetoes = {one: terms for one, terms in vetoes.items() if one in group}
    passed = frozenset(
        one for one, day in _granted(ask.frame, frozenset(vetoes)) if any(veto.covers(day) for veto in vetoes[one])
    )
    present = frozenset(one for one, terms in vetoes.items() if any(veto.covers(ask.on) for veto in terms))
    return Found(len(passed), None, counted=passed, among=present | passed, missing=passed)


def _granted(frame: Frame, people: frozenset[int]) -> list[tuple[int, date]]:
    """What vetoed people were given, and when."""
    if not people:
        return []
    titles = select(TitleRecord.teacher_id, TitleRecord.from_on).where(
        TitleRecord.teacher_id.in_(people), TitleRecord.from_on <= frame.on
    )
    found = [(honour.teacher_id, honour.valid_from) for honour in frame.honours]
    found += [(one.teacher_id, one.from_on) for one in belonging(frame)]
    found += [(place.teacher_id, place.from_on) for place in places(frame)]
    found += list(fetched(titles))
    return [(one, day) for one, day in found if one in people]


_NOTHING: Mapping[ActivityKind, list[date]] = {kind: [] for kind in ActivityKind}

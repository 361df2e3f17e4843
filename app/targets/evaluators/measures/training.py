"""Training: who was trained, how many hours, with what result, and with what money."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import BigInteger, func, select, type_coerce

from app.credits.books import book_of
from app.credits.models import Account, CreditClaim, CreditEntry
from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who, each, number, share
from app.targets.evaluators.frame import Frame, fetched, plain
from app.targets.evaluators.people import people_of
from app.targets.evaluators.periods import Period
from app.targets.evaluators.registry import Action, Names, measure
from app.teachers.models import Teacher
from app.training.models import (
    Enrolment,
    EnrolmentStatus,
    SessionStatus,
    TrainingBudget,
    TrainingProgramme,
    TrainingResult,
    TrainingSession,
)

SESSIONS = Action("training.index")
BUDGETS = Action("training.budgets")
HOURS = Action("credits.index")
PROVINCIAL = ("20",)
ROUND = 3  # years; what most clauses look back on is read at once
COMPULSORY = ("kindergarten", "primary", "junior", "senior")


class Trained(NamedTuple):
    """One confirmed place in a session that ended."""

    teacher_id: int
    session_id: int
    kind: str
    level: str
    result: str
    ended_on: date


def places_in(frame: Frame, period: Period) -> list[Trained]:
    """Everybody who held a place in a session that ended in the period, up to the day; cancelled ones left out."""
    since = min(period.first, date(frame.on.year - ROUND + 1, 1, 1))
    whole = frame.keep(("places", since), lambda: _places(frame, since))
    return frame.keep(("places", period), lambda: [row for row in whole if row.ended_on in period])


def _places(frame: Frame, since: date) -> list[Trained]:
    query = (
        select(
            Enrolment.teacher_id,
            Enrolment.session_id,
            TrainingProgramme.kind_code,
            TrainingProgramme.level_code,
            plain(Enrolment.result),
            TrainingSession.ends_on,
        )
        .join(TrainingSession, TrainingSession.id == Enrolment.session_id)
        .join(TrainingProgramme, TrainingProgramme.id == TrainingSession.programme_id)
        .where(
            Enrolment.county_id.in_(frame.county_ids),
            Enrolment.status == EnrolmentStatus.CONFIRMED,
            TrainingSession.status != SessionStatus.CANCELLED,
            TrainingSession.ends_on.between(since, frame.on),
        )
    )
    return [Trained(*row) for row in fetched(query)]


def passed_in(frame: Frame, period: Period) -> Iterable[Trained]:
    """Those who passed."""
    return (row for row in places_in(frame, period) if row.result == TrainingResult.PASSED)


@measure("training.everyone", mends=SESSIONS)
def everyone(ask: Ask, *, people: Names, kinds: Names = ()) -> Found:
    """Those of some groups who passed a training, of some kinds or of any, in the period."""
    through = {row.teacher_id for row in passed_in(ask.frame, ask.period) if not kinds or row.kind in kinds}
    return share(through, people_of(ask.frame, people))


@measure("training.people", mends=SESSIONS)
def people_trained(ask: Ask, *, people: Names, kinds: Names = ()) -> Found:
    """How many of some groups passed a training in the period."""
    through = {row.teacher_id for row in passed_in(ask.frame, ask.period) if not kinds or row.kind in kinds}
    return number(through & people_of(ask.frame, people))


@measure("training.sessions", mends=SESSIONS)
def sessions(ask: Ask, *, people: Names, kinds: Names = ()) -> Found:
    """The sessions that ended in the period in which people of some groups took part."""
    group = people_of(ask.frame, people)
    held = {
        row.session_id
        for row in places_in(ask.frame, ask.period)
        if row.teacher_id in group and (not kinds or row.kind in kinds)
    }
    return number(held, Who.SESSION)


@measure("training.pass_rate", mends=SESSIONS)
def pass_rate(ask: Ask, *, kinds: Names) -> Found | Lacking:
    """The places with a result in sessions of some kinds in the period, and those that were passed."""
    rows = [row for row in places_in(ask.frame, ask.period) if row.kind in kinds]
    known = [row for row in rows if row.result != TrainingResult.NONE]
    if not known:
        return Lacking(("no_results",))
    passed = [row for row in known if row.result == TrainingResult.PASSED]
    failed = frozenset(row.teacher_id for row in known) - frozenset(row.teacher_id for row in passed)
    return Found(
        len(passed),
        len(known),
        counted=frozenset(row.teacher_id for row in passed),
        among=frozenset(row.teacher_id for row in known),
        missing=failed or frozenset(row.teacher_id for row in known if row.result == TrainingResult.FAILED),
    )


@measure("training.rural_share", mends=SESSIONS, sets_threshold=True, present_only=True)
def rural_share(ask: Ask, *, levels: Names = PROVINCIAL) -> Found | Lacking:
    """The places in sessions of some levels that rural teachers got; to reach is their share of all teachers."""
    rural, whole = people_of(ask.frame, ("rural",)), people_of(ask.frame, ("all",))
    needed = Fraction(len(rural & whole), len(whole)) if whole else Fraction(0)
    places = [row for row in places_in(ask.frame, ask.period) if row.level in levels]
    if not places:
        return Lacking(("no_places",), needed)
    got = [row for row in places if row.teacher_id in rural]
    return Found(
        len(got),
        len(places),
        counted=frozenset(row.teacher_id for row in got),
        among=frozenset(row.teacher_id for row in places),
        needed=needed,
    )


# --- money -----------------------------------------------------------------------------------


def budgets(frame: Frame) -> Mapping[int, tuple[Fraction, Fraction]]:
    """School to its public funds of the calendar year, and what of them is set aside for training."""
    query = select(TrainingBudget.school_id, TrainingBudget.public_funds, TrainingBudget.planned).where(
        TrainingBudget.school_id.in_(frame.schools), TrainingBudget.year == frame.on.year
    )
    return frame.keep("budgets", lambda: {row[0]: (Fraction(row[1]), Fraction(row[2])) for row in fetched(query)})


@measure("training.money", mends=BUDGETS)
def money(ask: Ask, *, stages: Names = COMPULSORY) -> Found | Lacking:
    """What all schools together set aside for training, of their public funds of the year."""
    known = budgets(ask.frame)
    schools = _teaching(ask, stages)
    there = [school for school in schools if school in known]
    if not there:
        return Lacking(("no_budgets",))
    lacking = frozenset(schools) - frozenset(there)
    return Found(
        sum((known[school][1] for school in there), Fraction(0)),
        sum((known[school][0] for school in there), Fraction(0)),
        Who.SCHOOL,
        frozenset(there),
        frozenset(schools),
        missing=lacking,
        notes=("budgets_missing",) if lacking else (),
    )


@measure("training.money_each", mends=BUDGETS)
def money_each(ask: Ask, *, stages: Names = COMPULSORY) -> Found:
    """School by school: what is set aside for training, of the public funds of the year."""
    known = budgets(ask.frame)
    rows = []
    for school_id in _teaching(ask, stages):
        funds, planned = known.get(school_id, (None, None))
        rows.append(Row(Who.SCHOOL, school_id, ask.frame.schools[school_id].name, planned, funds))
    return each(rows)


def _teaching(ask: Ask, stages: Names) -> list[int]:
    return [school.id for school in ask.frame.schools.values() if school.stages.keys() & set(stages)]


# --- hours -----------------------------------------------------------------------------------


def hours_between(frame: Frame, period: Period) -> Mapping[int, int]:
    """Teacher to the hundredths of hours that count, of what was finished in the period, up to the day."""
    last = min(period.last, frame.on)
    query = (
        select(CreditEntry.teacher_id, func.sum(type_coerce(CreditEntry.hours, BigInteger)))
        .join(CreditClaim, CreditClaim.id == CreditEntry.claim_id)
        .join(Teacher, Teacher.id == CreditEntry.teacher_id)
        .where(
            Teacher.county_id.in_(frame.county_ids),
            CreditEntry.account == Account.CYCLE,
            CreditClaim.done_on.between(period.first, last),
        )
        .group_by(CreditEntry.teacher_id)
    )
    return frame.keep(("hours", period), lambda: {row[0]: int(row[1]) for row in fetched(query)})


@measure("credits.round", mends=HOURS)
def credit_round(ask: Ask, *, hours: int, years: int = 5, people: Names = ("all",)) -> Found:
    """Those who have the hours of the round that the county's credit rules count.

    Of somebody who began within the round as many years less are asked as lie before the first full year. Who is not
    through keeps up where the hours are those of the part of the round that is over.
    """
    frame, done, keeping = ask.frame, set(), set()
    among = people_of(frame, people)
    rounds = {county_id: _round(county_id, ask.on, years) for county_id in frame.county_ids}
    reached = {period: hours_between(frame, period) for period in rounds.values()}
    asked: dict[tuple[Period, int], tuple[Fraction, Fraction]] = {}
    for one in among:
        teacher = frame.teachers[one]
        period = rounds[teacher.county]
        begun = _years_begun(teacher.started_on, period)
        if (period, begun) not in asked:
            asked[period, begun] = _asked(hours, years, begun, period, ask.on)
        target, by_now = asked[period, begun]
        have = reached[period].get(one, 0)
        if have >= target:
            done.add(one)
        elif have >= by_now:
            keeping.add(one)
    return Found(len(done), len(among), counted=frozenset(done), among=among, on_pace=frozenset(keeping))


@measure("credits.each_person", mends=HOURS)
def each_person(ask: Ask, *, people: Names) -> Found | Lacking:
    """Person by person: the hours finished in the period."""
    group = ask.frame.ordered(people_of(ask.frame, people))
    if not group:
        return Lacking(("no_institute",) if "researchers" in people else ("nobody",))
    have = hours_between(ask.frame, ask.period)
    return each(Row(Who.TEACHER, one, "", Fraction(have.get(one, 0), 100)) for one in group)


def _round(county_id: int, on: date, years: int) -> Period:
    rules = book_of(county_id).on(on).rules
    first = rules.year_start(rules.cycle_of(rules.year_of(on)))
    after = first.replace(year=first.year + years)
    return Period(first, after - timedelta(days=1))


def _years_begun(started_on: date | None, period: Period) -> int:
    """How many years of the round had begun when somebody did; none for who began before it."""
    first = period.first
    if started_on is None or started_on < first:
        return 0
    return started_on.year - first.year + ((started_on.month, started_on.day) >= (first.month, first.day))


def _asked(hours: int, years: int, begun: int, period: Period, on: date) -> tuple[Fraction, Fraction]:
    """What the round asks, in hundredths, of somebody for whom so many of its years do not count; and what by now."""
    target = Fraction(hours * 100 * max(0, years - begun), years)
    first = period.first.replace(year=period.first.year + begun)
    return target, target * Period(first, period.last).elapsed(on) if first <= period.last else Fraction(0)

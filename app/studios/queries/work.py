"""What studios do: plans with what was reached, activities, observations, outcomes, money, and each person's part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.credits.models import ClaimStatus, CreditClaim
from app.extensions import db
from app.qualifications.models import Certificate, CertificateState
from app.studios.models import (
    AppraisalReview,
    LessonObservation,
    MeetingAttendance,
    MeetingKind,
    MeetingStatus,
    Membership,
    OutcomeKind,
    PersonalMeasure,
    PersonalTarget,
    SpendingCategory,
    Studio,
    StudioAppraisal,
    StudioGrant,
    StudioMeeting,
    StudioOutcome,
    StudioPlan,
    StudioSpending,
    TargetKind,
)
from app.training.models import CompletionCertificate, Enrolment
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

ZERO = Decimal(0)
OUTCOME_OF = {
    TargetKind.RESEARCH: OutcomeKind.RESEARCH,
    TargetKind.PAPER: OutcomeKind.PAPER,
    TargetKind.RESOURCE: OutcomeKind.RESOURCE,
    TargetKind.PUBLIC_LESSON: OutcomeKind.PUBLIC_LESSON,
}


def school_year_of(day: date) -> int:
    """The calendar year in which the school year of a day begins."""
    return day.year if day.month >= 8 else day.year - 1


def year_span(year: int) -> tuple[date, date]:
    """First and last day of a school year."""
    return date(year, 8, 1), date(year + 1, 7, 31)


def reached(studio_id: int, first: date, last: date) -> dict[TargetKind, int]:
    """How much of each kind of work a studio did between two days, both included."""
    outcomes = dict(
        db.session.execute(
            select(StudioOutcome.kind, func.count())
            .where(StudioOutcome.studio_id == studio_id, StudioOutcome.on.between(first, last))
            .group_by(StudioOutcome.kind)
        )
        .tuples()
        .all()
    )
    observed = db.session.scalar(
        select(func.count()).where(LessonObservation.studio_id == studio_id, LessonObservation.on.between(first, last))
    )
    brought = db.session.scalar(
        select(func.count()).where(
            StudioMeeting.studio_id == studio_id,
            StudioMeeting.kind == MeetingKind.OUTREACH,
            StudioMeeting.status == MeetingStatus.HELD,
            StudioMeeting.on.between(first, last),
        )
    )
    counted = {kind: outcomes.get(outcome, 0) for kind, outcome in OUTCOME_OF.items()}
    return counted | {TargetKind.OBSERVATION: observed or 0, TargetKind.OUTREACH: brought or 0}


@dataclass(frozen=True, slots=True)
class Progress:
    """One aim of a year: how much was set, and how much is done."""

    kind: TargetKind
    target: int
    done: int

    @property
    def is_met(self) -> bool:
        """Whether the aim is reached."""
        return self.done >= self.target


def plan_of(studio_id: int, year: int) -> StudioPlan | None:
    """A studio's plan of a school year."""
    return db.session.scalar(
        select(StudioPlan)
        .where(StudioPlan.studio_id == studio_id, StudioPlan.year == year)
        .options(selectinload(StudioPlan.targets), joinedload(StudioPlan.studio))
    )


def progress(studio_id: int, year: int, plan: StudioPlan | None) -> list[Progress]:
    """Each kind of work of a school year, with its aim where the plan sets one."""
    done = reached(studio_id, *year_span(year))
    aims = {one.kind: one.number for one in plan.targets} if plan else {}
    return [Progress(kind, aims.get(kind, 0), done[kind]) for kind in TargetKind]


@dataclass(frozen=True, slots=True)
class Overview:
    """What a studio's page starts from."""

    year: int
    plan: StudioPlan | None
    progress: Sequence[Progress]
    coming: Sequence[StudioMeeting]
    held: int
    credited: Decimal
    granted: Decimal
    spent: Decimal

    @property
    def span(self) -> tuple[date, date]:
        """First and last day of the school year."""
        return year_span(self.year)

    @property
    def left(self) -> Decimal:
        """What is left of the grant; below zero where more was spent."""
        return self.granted - self.spent


def overview(studio: Studio, today: date) -> Overview:
    """A studio's present year in figures."""
    year = school_year_of(today)
    plan = plan_of(studio.id, year)
    coming = db.session.scalars(
        select(StudioMeeting)
        .where(
            StudioMeeting.studio_id == studio.id,
            StudioMeeting.status == MeetingStatus.PLANNED,
        )
        .order_by(StudioMeeting.on, StudioMeeting.id)
        .limit(5)
    ).all()
    held = db.session.scalar(
        select(func.count()).where(StudioMeeting.studio_id == studio.id, StudioMeeting.status == MeetingStatus.HELD)
    )
    credited = db.session.scalar(
        select(func.sum(MeetingAttendance.credited_hours))
        .join(StudioMeeting, StudioMeeting.id == MeetingAttendance.meeting_id)
        .where(StudioMeeting.studio_id == studio.id)
    )
    granted, spent = money_of(studio.id)
    return Overview(year, plan, progress(studio.id, year, plan), coming, held or 0, credited or ZERO, granted, spent)


def money_of(studio_id: int) -> tuple[Decimal, Decimal]:
    """All that was granted to a studio, and all it spent."""
    granted = db.session.scalar(select(func.sum(StudioGrant.amount)).where(StudioGrant.studio_id == studio_id))
    spent = db.session.scalar(select(func.sum(StudioSpending.amount)).where(StudioSpending.studio_id == studio_id))
    return granted or ZERO, spent or ZERO


def by_category(studio_id: int) -> list[tuple[SpendingCategory, Decimal]]:
    """What was spent on each category."""
    found = dict(
        db.session.execute(
            select(StudioSpending.category, func.sum(StudioSpending.amount))
            .where(StudioSpending.studio_id == studio_id)
            .group_by(StudioSpending.category)
        )
        .tuples()
        .all()
    )
    return [(category, found.get(category) or ZERO) for category in SpendingCategory]


def grants_of(studio_id: int) -> Sequence[StudioGrant]:
    """The money granted to a studio, the newest first."""
    return db.session.scalars(
        select(StudioGrant).where(StudioGrant.studio_id == studio_id).order_by(StudioGrant.year.desc(), StudioGrant.id)
    ).all()


# --- one person's part --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody did since joining: per measure, and the certificates held."""

    done: dict[PersonalMeasure, Decimal]
    certificates: int

    def of(self, target: PersonalTarget) -> Decimal:
        """How much of an aim is done."""
        return self.done[target.measure]


def parts_of(rows: Sequence[Membership]) -> dict[int, Part]:
    """Each person's part by membership, in as many statements for fifty people as for one."""
    if not rows:
        return {}
    studio_id, people = rows[0].studio_id, [row.teacher_id for row in rows]
    since = min((row.from_on for row in rows if row.from_on), default=date(1900, 1, 1))
    hours = _sums(
        select(CreditClaim.teacher_id, func.sum(CreditClaim.hours)).where(
            CreditClaim.teacher_id.in_(people),
            CreditClaim.status == ClaimStatus.CONFIRMED,
            CreditClaim.done_on >= since,
        ),
        CreditClaim.teacher_id,
    )
    observed = _sums(
        select(LessonObservation.teacher_id, func.count()).where(
            LessonObservation.studio_id == studio_id, LessonObservation.teacher_id.in_(people)
        ),
        LessonObservation.teacher_id,
    )
    attended = _sums(
        select(MeetingAttendance.membership_id, func.count()).where(
            MeetingAttendance.membership_id.in_([row.id for row in rows])
        ),
        MeetingAttendance.membership_id,
    )
    outcomes = {
        (teacher, kind): number
        for teacher, kind, number in db.session.execute(
            select(StudioOutcome.teacher_id, StudioOutcome.kind, func.count())
            .where(StudioOutcome.studio_id == studio_id, StudioOutcome.teacher_id.in_(people))
            .group_by(StudioOutcome.teacher_id, StudioOutcome.kind)
        ).tuples()
    }
    held = _certificates(people)
    measured = {
        PersonalMeasure.LESSON: OutcomeKind.PUBLIC_LESSON,
        PersonalMeasure.PAPER: OutcomeKind.PAPER,
        PersonalMeasure.RESEARCH: OutcomeKind.RESEARCH,
        PersonalMeasure.RESOURCE: OutcomeKind.RESOURCE,
    }
    return {
        row.id: Part(
            {
                PersonalMeasure.HOURS: hours.get(row.teacher_id, ZERO),
                PersonalMeasure.OBSERVATION: observed.get(row.teacher_id, ZERO),
                PersonalMeasure.MEETING: attended.get(row.id, ZERO),
            }
            | {m: Decimal(outcomes.get((row.teacher_id, kind), 0)) for m, kind in measured.items()},
            held.get(row.teacher_id, 0),
        )
        for row in rows
    }


def _sums(query: Any, key: Any) -> dict[int, Decimal]:
    return {number: Decimal(value or 0) for number, value in db.session.execute(query.group_by(key)).tuples()}


def _certificates(people: Sequence[int]) -> dict[int, int]:
    """Verified certificates, and certificates of completion that were not revoked."""
    verified = _sums(
        select(Certificate.teacher_id, func.count()).where(
            Certificate.teacher_id.in_(people), Certificate.state == CertificateState.VERIFIED
        ),
        Certificate.teacher_id,
    )
    completed = _sums(
        select(Enrolment.teacher_id, func.count())
        .join(CompletionCertificate, CompletionCertificate.enrolment_id == Enrolment.id)
        .where(Enrolment.teacher_id.in_(people), CompletionCertificate.revoked_at.is_(None)),
        Enrolment.teacher_id,
    )
    return {number: int(verified.get(number, 0) + completed.get(number, 0)) for number in people}


# --- lists --------------------------------------------------------------------------------------------------------

MEETINGS = ListSpec(
    "studios.meetings",
    filters=(
        lists.choice("kind", _l("Kind"), lambda: [(one.value, one.label) for one in MeetingKind]),
        lists.choice("status", _l("Status"), lambda: [(one.value, one.label) for one in MeetingStatus]),
        lists.day("from", _l("From")),
        lists.day("to", _l("To")),
    ),
    sorts={
        "day": Sort((SortKey(StudioMeeting.on, "on"), SortKey(StudioMeeting.id, "id"))),
    },
)
OUTCOMES = ListSpec(
    "studios.outcomes",
    filters=(
        lists.choice("kind", _l("Kind"), lambda: [(one.value, one.label) for one in OutcomeKind]),
        lists.day("from", _l("From")),
        lists.day("to", _l("To")),
    ),
    sorts={"day": Sort((SortKey(StudioOutcome.on, "on"), SortKey(StudioOutcome.id, "id")))},
)
OBSERVATIONS = ListSpec(
    "studios.observations",
    filters=(lists.day("from", _l("From")), lists.day("to", _l("To"))),
    sorts={"day": Sort((SortKey(LessonObservation.on, "on"), SortKey(LessonObservation.id, "id")))},
)
SPENDINGS = ListSpec(
    "studios.money",
    filters=(
        lists.choice("category", _l("Category"), lambda: [(one.value, one.label) for one in SpendingCategory]),
        lists.whole("year", _l("Year"), minimum=2000, maximum=2100),
    ),
    sorts={"day": Sort((SortKey(StudioSpending.spent_on, "spent_on"), SortKey(StudioSpending.id, "id")))},
)
OUTCOME_PARTS = (joinedload(StudioOutcome.teacher), selectinload(StudioOutcome.evidence))
OBSERVATION_PARTS = (joinedload(LessonObservation.teacher), joinedload(LessonObservation.observer))


def newest_first(listing: Listing) -> None:
    """A list that nobody sorted begins with the newest."""
    first = next(iter(listing.spec.sorts.values()))
    listing.order = Sort(tuple(key.reversed() for key in first.keys), first.joins)


def listed(model: Any, day: Any, listing: Listing, studio_id: int, text: Any) -> Select[Any]:
    """The rows of one studio as a list asks: by kind, status or category, between days, and by a word in the text."""
    newest_first(listing)
    conditions = [model.studio_id == studio_id]
    for name in ("kind", "status", "category", "year"):
        if (value := listing.get(name)) is not None:
            conditions.append(getattr(model, name) == value)
    if first := listing.get("from"):
        conditions.append(day >= first)
    if last := listing.get("to"):
        conditions.append(day <= last)
    if listing.search:
        conditions.append(text.contains(listing.search, autoescape=True))
    return select(model).where(*conditions)


def meeting_of(meeting_id: int, reach: Any) -> StudioMeeting | None:
    """One activity of a studio within reach, with who was there."""
    return db.session.scalar(
        select(StudioMeeting)
        .join(Studio, Studio.id == StudioMeeting.studio_id)
        .where(StudioMeeting.id == meeting_id, reach)
        .options(
            joinedload(StudioMeeting.studio),
            selectinload(StudioMeeting.attendances)
            .joinedload(MeetingAttendance.membership)
            .joinedload(Membership.teacher),
        )
    )


def row_of(model: Any, number: int, reach: Any, *options: Any) -> Any:
    """One row that hangs on a studio within reach."""
    return db.session.scalar(
        select(model)
        .join(Studio, Studio.id == model.studio_id)
        .where(model.id == number, reach)
        .options(joinedload(model.studio), *options)
    )


def were_in(studio_id: int, on: date) -> Sequence[Membership]:
    """Everybody who belonged to a studio on a day."""
    rows = db.session.scalars(
        select(Membership)
        .where(
            Membership.studio_id == studio_id,
            Membership.from_on <= on,
            (Membership.to_on.is_(None)) | (Membership.to_on >= on),
        )
        .options(joinedload(Membership.teacher))
        .order_by(Membership.name_pinyin, Membership.id)
    )
    order = {"host": 0, "member": 1, "mentee": 2}
    return sorted(rows, key=lambda row: order[row.role.value])


def appraisals_of(studio_id: int) -> Sequence[StudioAppraisal]:
    """A studio's appraisals, the newest first."""
    return db.session.scalars(
        select(StudioAppraisal)
        .where(StudioAppraisal.studio_id == studio_id)
        .options(selectinload(StudioAppraisal.reviews).joinedload(AppraisalReview.reviewer))
        .order_by(StudioAppraisal.id.desc())
    ).all()


def outcomes_for_portfolio(studio_id: int) -> dict[OutcomeKind, Sequence[StudioOutcome]]:
    """A studio's outcomes by kind, the newest first; those kinds only that there is something of."""
    rows: Iterable[StudioOutcome] = db.session.scalars(
        select(StudioOutcome)
        .where(StudioOutcome.studio_id == studio_id)
        .options(*OUTCOME_PARTS)
        .order_by(StudioOutcome.on.desc(), StudioOutcome.id.desc())
        .limit(200)
    )
    found: dict[OutcomeKind, list[StudioOutcome]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    return {kind: found[kind] for kind in OutcomeKind if kind in found}

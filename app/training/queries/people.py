"""Who takes part: the list of a session, one enrolment, a teacher's own, and those who could be named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.extensions import db
from app.schools.models import School
from app.schools.queries import school_filter
from app.teachers import search
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.training.access import enrolments_where, offered_to
from app.training.models import (
    HOLDING,
    AttendanceMark,
    CompletionCertificate,
    Enrolment,
    EnrolmentStatus,
    SessionStatus,
    TrainingResult,
    TrainingSession,
)
from app.training.queries.sessions import KIND, LEVEL, MODE, SESSION_PARTS, sessions_listed
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

LAST = 2**31 - 1
_NAME = SortKey(Teacher.name_pinyin, "teacher.name_pinyin")
_ID = SortKey(Enrolment.id, "id")


def status_choices() -> list[tuple[str, Any]]:
    """What an enrolment can be."""
    return [(status.value, status.label) for status in EnrolmentStatus]


def _result_choices() -> list[tuple[str, Any]]:
    return [(result.value, result.label) for result in TrainingResult]


PEOPLE = ListSpec(
    "training.people",
    filters=(
        lists.choice("status", _l("Status"), status_choices),
        lists.choice("result", _l("Result"), _result_choices),
        school_filter("school", _l("School")),
        lists.choice("place", _l("Urban or rural"), lambda: (("rural", _l("Rural area")), ("other", _l("Elsewhere")))),
    ),
    sorts={
        "name": Sort((_NAME, _ID), (Enrolment.teacher,)),
        "school": Sort(
            (SortKey(School.name_pinyin, "school.name_pinyin"), _NAME, _ID), (Enrolment.school, Enrolment.teacher)
        ),
        "waiting": Sort((SortKey(func.coalesce(Enrolment.waiting_no, LAST), "waiting_no", missing=LAST), _ID)),
    },
)
NOMINATION = ListSpec(
    "training.nominate",
    filters=(),
    sorts={"name": Sort((SortKey(Teacher.name_pinyin, "name_pinyin"), SortKey(Teacher.id, "id")))},
)
OFFERS = ListSpec(
    "training.offers",
    filters=(LEVEL, KIND, MODE, lists.flag("free", _l("Has free places"))),
    sorts={
        "begins": Sort((SortKey(TrainingSession.begins_on, "begins_on"), SortKey(TrainingSession.id, "id"))),
        "name": Sort((SortKey(TrainingSession.name, "name"), SortKey(TrainingSession.id, "id"))),
    },
)
PEOPLE_PARTS = (joinedload(Enrolment.teacher), joinedload(Enrolment.school), selectinload(Enrolment.marks))
RURAL = School.locality_code.not_like("11%") & School.locality_code.not_like("12%")


def people_listed(listing: Listing, session_id: int, reach: ColumnElement[bool]) -> Select[Any]:
    """The enrolments of a session that a list asks for, within reach."""
    conditions = [Enrolment.session_id == session_id, reach]
    if status := listing.get("status"):
        conditions.append(Enrolment.status == EnrolmentStatus(status))
    if result := listing.get("result"):
        conditions += [Enrolment.result == TrainingResult(result), Enrolment.status == EnrolmentStatus.CONFIRMED]
    if school := listing.get("school"):
        conditions.append(Enrolment.school_id == school)
    if place := listing.get("place"):
        schools = select(School.id).where(RURAL if place == "rural" else ~RURAL)
        conditions.append(Enrolment.school_id.in_(schools))
    if listing.search:
        looked = search.search(listing.search, in_one_county=True)
        conditions.append(Enrolment.teacher_id.in_(select(Teacher.id).where(*looked.conditions)))
    return select(Enrolment).where(*conditions)


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one session, within a person's reach."""

    by_status: dict[EnrolmentStatus, int]
    rural: int
    passed: int
    failed: int
    certificates: int

    def of(self, status: EnrolmentStatus) -> int:
        """How many have a status."""
        return self.by_status.get(status, 0)

    @property
    def confirmed(self) -> int:
        """How many hold a place."""
        return self.of(EnrolmentStatus.CONFIRMED)


def tally(session_id: int, reach: ColumnElement[bool]) -> Tally:
    """Count a session's people, in three queries."""
    mine = (Enrolment.session_id == session_id, reach)
    by_status = dict(
        db.session.execute(select(Enrolment.status, func.count()).where(*mine).group_by(Enrolment.status))
        .tuples()
        .all()
    )

    def number(condition: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    is_in = Enrolment.status == EnrolmentStatus.CONFIRMED
    rural, passed, failed = db.session.execute(
        select(
            number(and_(is_in, RURAL)),
            number(Enrolment.result == TrainingResult.PASSED),
            number(Enrolment.result == TrainingResult.FAILED),
        )
        .select_from(Enrolment)
        .join(School, School.id == Enrolment.school_id)
        .where(*mine)
    ).one()
    certificates = db.session.scalar(
        select(func.count())
        .select_from(CompletionCertificate)
        .join(Enrolment, Enrolment.id == CompletionCertificate.enrolment_id)
        .where(*mine, CompletionCertificate.revoked_at.is_(None))
    )
    return Tally(by_status, int(rural), int(passed), int(failed), certificates or 0)


def one_enrolment(enrolment_id: int, grants: Iterable[Grant], permission: Permission) -> Enrolment | None:
    """An enrolment within reach, with all that its page shows."""
    return db.session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, enrolments_where(grants, permission))
        .options(
            *PEOPLE_PARTS,
            joinedload(Enrolment.session).joinedload(TrainingSession.programme),
            joinedload(Enrolment.session).joinedload(TrainingSession.region),
        )
    )


def chosen(session_id: int, ids: Sequence[int], reach: ColumnElement[bool]) -> list[Enrolment]:
    """The enrolments of a session that were ticked, as far as they are within reach."""
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.session_id == session_id, Enrolment.id.in_(ids), reach)
            .options(joinedload(Enrolment.teacher))
            .order_by(Enrolment.id)
        )
    )


def present_on(session_id: int, day: date) -> set[int]:
    """The enrolments of a session that were marked on a day."""
    return set(
        db.session.scalars(
            select(AttendanceMark.enrolment_id)
            .join(Enrolment, Enrolment.id == AttendanceMark.enrolment_id)
            .where(Enrolment.session_id == session_id, AttendanceMark.day == day)
        )
    )


def marked_on(session_id: int, day: date) -> int:
    """How many were there on a day."""
    return len(present_on(session_id, day))


def nominable(listing: Listing, session: TrainingSession, grants: Iterable[Grant]) -> Select[Any]:
    """The teachers whom a school can name for a session: those who work there now."""
    held = [g for g in grants if g.allows(Permission.TRAINING_NOMINATE)]
    schools = {g.school_id for g in held if g.school_id}
    conditions = [
        Teacher.left_on.is_(None),
        Teacher.working_school_id.in_(schools) if schools else teachers_where(held, Permission.TRAINING_NOMINATE),
    ]
    if session.school_id is not None:
        conditions.append(Teacher.working_school_id == session.school_id)
    if listing.search:
        conditions += search.search(listing.search, in_one_county=True).conditions
    return select(Teacher).where(*conditions)


def standing(session_id: int, teacher_ids: Sequence[int]) -> dict[int, Enrolment]:
    """The enrolments that teachers have in a session."""
    rows = db.session.scalars(
        select(Enrolment).where(Enrolment.session_id == session_id, Enrolment.teacher_id.in_(teacher_ids))
    )
    return {row.teacher_id: row for row in rows}


def own_enrolments(teacher_id: int) -> Sequence[Enrolment]:
    """A teacher's own sessions, the newest first."""
    return db.session.scalars(
        select(Enrolment)
        .join(Enrolment.session)
        .where(Enrolment.teacher_id == teacher_id)
        .order_by(TrainingSession.begins_on.desc(), Enrolment.id.desc())
        .options(
            joinedload(Enrolment.session).joinedload(TrainingSession.programme),
            selectinload(Enrolment.marks),
        )
        .limit(200)
    ).all()


def enrolments_of(teacher_id: int, reach: ColumnElement[bool], limit: int = 10) -> Sequence[Enrolment]:
    """A teacher's newest sessions, as far as they are within somebody's reach."""
    return db.session.scalars(
        select(Enrolment)
        .join(Enrolment.session)
        .where(Enrolment.teacher_id == teacher_id, reach)
        .order_by(TrainingSession.begins_on.desc(), Enrolment.id.desc())
        .options(joinedload(Enrolment.session).joinedload(TrainingSession.programme))
        .limit(limit)
    ).all()


def own_enrolment(enrolment_id: int, teacher_id: int) -> Enrolment | None:
    """One of a teacher's own enrolments."""
    return db.session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.teacher_id == teacher_id)
        .options(
            joinedload(Enrolment.teacher),
            joinedload(Enrolment.session).joinedload(TrainingSession.programme),
        )
    )


def offers(listing: Listing, teacher: Teacher, today: date) -> Select[Any]:
    """The sessions that a teacher can ask to take part in now."""
    held = select(Enrolment.session_id).where(Enrolment.teacher_id == teacher.id, Enrolment.status.in_(HOLDING))
    return sessions_listed(listing, offered_to(teacher)).where(
        TrainingSession.status == SessionStatus.OPEN,
        func.coalesce(TrainingSession.enrol_until, TrainingSession.ends_on) >= today,
        TrainingSession.id.not_in(held),
    )


def one_offer(session_id: int, teacher: Teacher) -> TrainingSession | None:
    """A session that is meant for a teacher, open or not."""
    return db.session.scalar(
        select(TrainingSession)
        .where(TrainingSession.id == session_id, offered_to(teacher), TrainingSession.status != SessionStatus.DRAFT)
        .options(*SESSION_PARTS)
    )


def teacher_of(teacher_id: int | None) -> Teacher | None:
    """The teacher that a person is."""
    return db.session.scalar(select(Teacher).where(Teacher.id == (teacher_id or 0)))


def waiting_places(enrolments: Iterable[Enrolment]) -> dict[int, int]:
    """How many stand before each waiting enrolment, itself included."""
    found = {}
    for row in enrolments:
        if row.status is EnrolmentStatus.WAITING:
            found[row.id] = (
                db.session.scalar(
                    select(func.count()).where(
                        Enrolment.session_id == row.session_id,
                        Enrolment.status == EnrolmentStatus.WAITING,
                        Enrolment.waiting_no <= row.waiting_no,
                    )
                )
                or 0
            )
    return found

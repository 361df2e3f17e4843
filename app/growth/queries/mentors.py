"""Reading mentors, newcomers and pairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.evidence.models import EvidenceFile
from app.extensions import db
from app.growth.models import (
    OPEN_PAIRS,
    Mentor,
    MentorPair,
    MentorSettings,
    PairLesson,
    PairReport,
    PairReportEvidence,
    PairSide,
    PairStatus,
)
from app.growth.operations.mentors import first_day_of_newcomers, settings_of
from app.growth.terms import Term, terms_between
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.access import in_regions
from app.schools.queries import COUNTY_FILTER, school_filter, stage_choices
from app.studios.models import AppraisalResult
from app.studios.queries.figures import ClauseFigure
from app.teachers import search
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

P = Permission
_STATUSES: list[tuple[str, Any]] = [("open", _l("Open")), *((one.value, one.label) for one in PairStatus)]
PAIRS = ListSpec(
    "growth.mentor_pairs",
    filters=(
        COUNTY_FILTER,
        school_filter("school", _l("School of the newcomer")),
        lists.choice("status", _l("Status"), lambda: _STATUSES),
        lists.choice("result", _l("Result"), lambda: [(one.value, one.label) for one in AppraisalResult]),
        lists.row("mentor", _l("Mentor"), lambda number: _mentor_name(number)),
        lists.flag("reported", _l("Both have reported")),
        lists.day("ends", _l("Ends on or before")),
    ),
    sorts={
        "name": Sort((SortKey(MentorPair.name_pinyin, "name_pinyin"), SortKey(MentorPair.id, "id"))),
        "ends": Sort((SortKey(MentorPair.to_on, "to_on"), SortKey(MentorPair.id, "id"))),
    },
)
MENTORS = ListSpec(
    "growth.mentors",
    filters=(
        COUNTY_FILTER,
        school_filter("school", _l("School")),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.flag("free", _l("Has a place free")),
        lists.flag("active", _l("Takes newcomers")),
    ),
    sorts={"name": Sort((SortKey(Mentor.name_pinyin, "name_pinyin"), SortKey(Mentor.id, "id")))},
)
NEWCOMERS = ListSpec(
    "growth.newcomers",
    filters=(
        COUNTY_FILTER,
        school_filter("school", _l("School")),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.flag("mentored", _l("Has a mentor")),
    ),
    sorts={"name": search.BY_NAME},
)
PAIR_PARTS = (
    joinedload(MentorPair.mentor).joinedload(Mentor.teacher).joinedload(Teacher.working_school),
    joinedload(MentorPair.newcomer),
    joinedload(MentorPair.school),
)
WHOLE_PAIR = (
    *PAIR_PARTS,
    selectinload(MentorPair.reports).selectinload(PairReport.evidence),
    selectinload(MentorPair.lessons),
)
MENTOR_PARTS = (joinedload(Mentor.teacher).joinedload(Teacher.working_school),)


def _mentor_name(mentor_id: int) -> str | None:
    return db.session.scalar(
        select(Teacher.name).join(Mentor, Mentor.teacher_id == Teacher.id).where(Mentor.id == mentor_id)
    )


# --- reach --------------------------------------------------------------------------------------------------------


def pairs_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on MentorPair: those of a granted county, and of the newcomers of a granted school; with `GROWTH_READ`
    those of the school's mentors too; with `OWN_RECORD` one's own, on either side."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(MentorPair.county_id, held, permission)
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(MentorPair.school_id.in_(schools))
        if permission is P.GROWTH_READ:
            ways.append(MentorPair.mentor_id.in_(_mentors_of(Teacher.working_school_id.in_(schools))))
    if permission is P.OWN_RECORD and (own := {g.teacher_id for g in held if g.teacher_id}):
        ways += [MentorPair.newcomer_id.in_(own), MentorPair.mentor_id.in_(_mentors_of(Teacher.id.in_(own)))]
    return or_(false(), *ways)


def _mentors_of(condition: ColumnElement[bool]) -> Select[int]:
    return select(Mentor.id).join(Teacher, Teacher.id == Mentor.teacher_id).where(condition)


def mentors_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Mentor: those of a granted county, and the teachers of a granted school."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(Mentor.county_id, held, permission)
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(Mentor.teacher_id.in_(select(Teacher.id).where(Teacher.working_school_id.in_(schools))))
    return or_(false(), *ways)


def managed(grants: Iterable[Grant]) -> list[Permission]:
    """The ways in which a person may arrange pairs: a school for its own newcomers, the county for all."""
    held = list(grants)
    return [one for one in (P.GROWTH_NOMINATE, P.GROWTH_EDIT) if any(g.allows(one) for g in held)]


def manages(pair: MentorPair, grants: Iterable[Grant]) -> bool:
    """Whether a person may arrange this very pair."""
    held = list(grants)
    ways = or_(false(), *(pairs_where(held, permission) for permission in managed(held)))
    return db.session.scalar(select(MentorPair.id).where(MentorPair.id == pair.id, ways)) is not None


def evidence_where(grants: Iterable[Grant], user: Any) -> ColumnElement[bool]:
    """Condition on EvidenceFile: what hangs on reports of pairs within reach, or of one's own."""
    held = list(grants)
    ways = or_(pairs_where(held, P.GROWTH_READ), pairs_where(held, P.OWN_RECORD))
    links = (
        select(PairReportEvidence.evidence_id)
        .join(PairReport, PairReport.id == PairReportEvidence.report_id)
        .join(MentorPair, MentorPair.id == PairReport.pair_id)
        .where(ways)
    )
    return EvidenceFile.id.in_(links)


def counties_of(grants: Iterable[Grant], permission: Permission) -> list[Region]:
    """The counties that a person reaches with a permission."""
    here = regions_where(grants, permission)
    query = select(Region).where(Region.level == RegionLevel.COUNTY, here).order_by(Region.code).limit(200)
    return list(db.session.scalars(query))


# --- lists --------------------------------------------------------------------------------------------------------


def pairs_listed(listing: Listing, grants: Iterable[Grant], permission: Permission = P.GROWTH_READ) -> Select[Any]:
    """The pairs that a list asks for, within reach."""
    query = select(MentorPair).where(pairs_where(grants, permission))
    if county := listing.get("county"):
        query = query.where(MentorPair.county_id == county)
    if school := listing.get("school"):
        query = query.where(MentorPair.school_id == school)
    if mentor := listing.get("mentor"):
        query = query.where(MentorPair.mentor_id == mentor)
    if status := listing.get("status"):
        wanted = OPEN_PAIRS if status == "open" else (PairStatus(status),)
        query = query.where(MentorPair.status.in_(wanted))
    if result := listing.get("result"):
        query = query.where(MentorPair.result == AppraisalResult(result))
    if ends := listing.get("ends"):
        query = query.where(MentorPair.to_on <= ends)
    if (reported := listing.get("reported")) is not None:
        both = and_(*(_has_report(side) for side in PairSide))
        query = query.where(both if reported else ~both)
    if listing.search:
        named = search.search(listing.search, in_one_county=True).conditions
        people = select(Teacher.id).where(*named)
        query = query.where(
            or_(MentorPair.newcomer_id.in_(people), MentorPair.mentor_id.in_(_mentors_of(and_(*named))))
        )
    return query


def _has_report(side: PairSide) -> ColumnElement[bool]:
    return select(PairReport.id).where(PairReport.pair_id == MentorPair.id, PairReport.side == side).exists()


def counts_of(pairs: Sequence[MentorPair]) -> dict[int, dict[str, int]]:
    """Reports by side and lessons of each pair: two queries for all."""
    numbers = [pair.id for pair in pairs]
    found: dict[int, dict[str, int]] = {n: {"mentor": 0, "newcomer": 0, "lessons": 0} for n in numbers}
    reports = select(PairReport.pair_id, PairReport.side, func.count()).where(PairReport.pair_id.in_(numbers))
    for pair_id, side, number in db.session.execute(reports.group_by(PairReport.pair_id, PairReport.side)).tuples():
        found[pair_id][side.value] = number
    lessons = select(PairLesson.pair_id, func.count()).where(PairLesson.pair_id.in_(numbers))
    for pair_id, number in db.session.execute(lessons.group_by(PairLesson.pair_id)).tuples():
        found[pair_id]["lessons"] = number
    return found


def pair_of(pair_id: int, grants: Iterable[Grant], permission: Permission) -> MentorPair | None:
    """One pair within reach, with all that belongs to it."""
    return db.session.scalar(
        select(MentorPair).where(MentorPair.id == pair_id, pairs_where(grants, permission)).options(*WHOLE_PAIR)
    )


def side_of(pair: MentorPair, teacher_id: int | None) -> PairSide | None:
    """Which of the two somebody is."""
    if teacher_id is None:
        return None
    sides = {pair.mentor.teacher_id: PairSide.MENTOR, pair.newcomer_id: PairSide.NEWCOMER}
    return sides.get(teacher_id)


def pairs_of(teacher_id: int) -> Sequence[MentorPair]:
    """Somebody's pairs on either side, the open ones first."""
    rows = db.session.scalars(
        select(MentorPair)
        .where(
            or_(MentorPair.newcomer_id == teacher_id, MentorPair.mentor_id.in_(_mentors_of(Teacher.id == teacher_id)))
        )
        .options(*PAIR_PARTS)
        .order_by(MentorPair.id.desc())
    ).all()
    return sorted(rows, key=lambda row: row.status not in OPEN_PAIRS)


def mentors_listed(listing: Listing, grants: Iterable[Grant], permission: Permission = P.GROWTH_READ) -> Select[Any]:
    """The mentors that a list asks for, within reach."""
    query = select(Mentor).where(mentors_where(grants, permission))
    if county := listing.get("county"):
        query = query.where(Mentor.county_id == county)
    if (is_active := listing.get("active")) is not None:
        query = query.where(Mentor.is_active == is_active)
    if (is_free := listing.get("free")) is not None:
        has_room = and_(Mentor.is_active, Mentor.pairs_taken < Mentor.places)
        query = query.where(has_room if is_free else ~has_room)
    people = _about(listing)
    if people:
        query = query.where(Mentor.teacher_id.in_(select(Teacher.id).where(*people)))
    return query


def _about(listing: Listing) -> list[ColumnElement[bool]]:
    columns: tuple[tuple[str, Any], ...] = (
        ("school", Teacher.working_school_id),
        ("subject", Teacher.subject_code),
        ("stage", Teacher.stage),
    )
    found: list[ColumnElement[bool]] = [
        column == listing.get(name) for name, column in columns if listing.get(name) is not None
    ]
    if listing.search:
        found += search.search(listing.search, in_one_county=True).conditions
    return found


def mentor_of(mentor_id: int, grants: Iterable[Grant], permissions: Sequence[Permission]) -> Mentor | None:
    """One mentor within reach by any of the permissions."""
    held = list(grants)
    ways = or_(false(), *(mentors_where(held, permission) for permission in permissions))
    return db.session.scalar(select(Mentor).where(Mentor.id == mentor_id, ways).options(*MENTOR_PARTS))


def mentors_with_room(county_id: int) -> Sequence[Mentor]:
    """The mentors of a county who take one newcomer more, those with most places free first."""
    return db.session.scalars(
        select(Mentor)
        .where(Mentor.county_id == county_id, Mentor.is_active, Mentor.pairs_taken < Mentor.places)
        .options(*MENTOR_PARTS)
        .order_by(Mentor.name_pinyin, Mentor.id)
    ).all()


# --- newcomers ----------------------------------------------------------------------------------------------------


def newcomer_where(day: date, counties: Iterable[int] | None = None) -> ColumnElement[bool]:
    """Condition on Teacher: within the first years of work, as the teacher's county counts them."""
    own = db.session.scalars(select(MentorSettings)).all()
    rules = {row.county_id: row for row in own}
    began = Teacher.started_work_on
    usual = and_(began > first_day_of_newcomers(settings_of(0), day), began <= day)
    apart = [
        and_(Teacher.county_id == county, began > first_day_of_newcomers(row, day), began <= day)
        for county, row in rules.items()
        if row.newcomer_years != settings_of(0).newcomer_years
    ]
    if not apart:
        return usual
    others = Teacher.county_id.not_in(
        [c for c, row in rules.items() if row.newcomer_years != settings_of(0).newcomer_years]
    )
    return or_(and_(others, usual), *apart)


def has_mentor() -> ColumnElement[bool]:
    """Condition on Teacher: has an open pair."""
    return select(MentorPair.id).where(MentorPair.newcomer_id == Teacher.id, MentorPair.status.in_(OPEN_PAIRS)).exists()


def newcomers_listed(
    listing: Listing, grants: Iterable[Grant], day: date, permission: Permission = P.GROWTH_READ
) -> Select[Any]:
    """The newcomers that a list asks for, within reach."""
    query = select(Teacher).where(
        teachers_where(grants, permission), Teacher.left_on.is_(None), newcomer_where(day), *_about(listing)
    )
    if county := listing.get("county"):
        query = query.where(Teacher.county_id == county)
    if (mentored := listing.get("mentored")) is not None:
        query = query.where(has_mentor() if mentored else ~has_mentor())
    return query


def mentors_of(newcomers: Sequence[Teacher]) -> dict[int, MentorPair]:
    """The open pair of each newcomer."""
    rows = db.session.scalars(
        select(MentorPair)
        .where(MentorPair.newcomer_id.in_([one.id for one in newcomers]), MentorPair.status.in_(OPEN_PAIRS))
        .options(*PAIR_PARTS)
    )
    return {row.newcomer_id: row for row in rows}


# --- what is due --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """What one term of a pair should hold: the reports of both sides, and lessons each way."""

    term: Term
    reports: dict[PairSide, PairReport | None]
    lessons: dict[PairSide, int]
    wanted: int


def terms_of(pair: MentorPair, day: date) -> list[Due]:
    """Term by term what a pair has done, the newest first."""
    wanted = settings_of(pair.county_id).lessons_a_term
    reports = {(row.side, (row.year, row.term)): row for row in pair.reports}
    until = min(day, pair.ended_on or pair.to_on)
    found = []
    for term in terms_between(pair.from_on, until):
        lessons = [one for one in pair.lessons if terms_between(one.on, one.on) == [term]]
        found.append(
            Due(
                term,
                {side: reports.get((side, term)) for side in PairSide},
                {side: sum(one.given_by is side for one in lessons) for side in PairSide},
                wanted,
            )
        )
    return found[::-1]


# --- figures ------------------------------------------------------------------------------------------------------


def figures(grants: Iterable[Grant], day: date) -> list[ClauseFigure]:
    """What 青蓝工程 comes to, each figure with the names behind it."""
    held = list(grants)
    here = (teachers_where(held, P.GROWTH_READ), Teacher.left_on.is_(None), newcomer_where(day))
    newcomers = _count(Teacher, *here)
    mentored = _count(Teacher, *here, has_mentor())
    reach = pairs_where(held, P.GROWTH_READ)
    return [
        ClauseFigure(
            "LP-08",
            _("Newcomers who have a mentor"),
            mentored,
            url_for("growth.newcomers", mentored="1"),
            newcomers,
            _("Every newcomer has one; those without are on the list of newcomers."),
        ),
        ClauseFigure(
            "LP-08",
            _("Mentor pairs that work together"),
            _count(MentorPair, reach, MentorPair.status == PairStatus.ACTIVE),
            url_for("growth.mentor_pairs", status="active"),
        ),
        ClauseFigure(
            "LP-08",
            _("Agreements that wait for signatures"),
            _count(MentorPair, reach, MentorPair.status == PairStatus.DRAFT),
            url_for("growth.mentor_pairs", status="draft"),
        ),
        ClauseFigure(
            "LP-08",
            _("Pairs completed as excellent"),
            _count(MentorPair, reach, MentorPair.result == AppraisalResult.EXCELLENT),
            url_for("growth.mentor_pairs", result="excellent"),
        ),
    ]


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

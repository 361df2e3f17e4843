"""Reading rounds of placement, the wishes in them, and proposals with their places."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.db.packed import unpack
from app.extensions import db
from app.jobs.models import Job
from app.schools.access import in_regions
from app.schools.queries import COUNTY_FILTER, school_filter, stage_choices
from app.studios.models import (
    GivenStatus,
    HostChoice,
    PlacementDecision,
    PlacementEntry,
    PlacementKind,
    PlacementProposal,
    PlacementRound,
    PlacementWish,
    ProposalStatus,
    ProposedPlace,
    RoundStatus,
    host_columns,
)
from app.studios.placement_kinds import KINDS, number_of
from app.teachers import search
from app.teachers.models import Teacher, TeacherSubject
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

_FAR, _NEVER = 99_999.0, 999
_NEWEST = Sort((SortKey(PlacementRound.id, "id", is_descending=True),))
ROUNDS = {
    kind: ListSpec(
        f"{blueprint}.placement_rounds",
        filters=(
            COUNTY_FILTER,
            lists.choice("status", _l("Status"), lambda: [(one.value, one.label) for one in RoundStatus]),
        ),
        sorts={"new": _NEWEST},
    )
    for kind, blueprint in ((PlacementKind.STUDIO, "studios"), (PlacementKind.MENTOR, "growth"))
}
ENTRIES = ListSpec(
    "placement:entries",
    filters=(
        school_filter("school", _l("School")),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.whole("host", _l("Wished for"), minimum=1),
        lists.flag("flexible", _l("Would go to any other as well")),
    ),
    sorts={"name": Sort((SortKey(PlacementEntry.name_pinyin, "name_pinyin"), SortKey(PlacementEntry.id, "id")))},
)
WISHES = (
    ("1", _l("First wish")),
    ("23", _l("Second or third wish")),
    ("later", _l("A later wish")),
    ("other", _l("Not among the wishes")),
)
_WISH: dict[str, ColumnElement[bool]] = {
    "1": ProposedPlace.wish_rank == 1,
    "23": ProposedPlace.wish_rank.in_((2, 3)),
    "later": ProposedPlace.wish_rank > 3,
    "other": ProposedPlace.wish_rank.is_(None),
}
PLACES = ListSpec(
    "placement:places",
    filters=(
        lists.whole("host", _l("Host"), minimum=1),
        lists.choice("wish", _l("Which wish"), lambda: list(WISHES)),
        school_filter("school", _l("School")),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.flag("rural", _l("Rural school")),
        lists.choice("given", _l("What became of it"), lambda: [(one.value, one.label) for one in GivenStatus]),
    ),
    sorts={
        "name": Sort((SortKey(ProposedPlace.name_pinyin, "name_pinyin"), SortKey(ProposedPlace.id, "id"))),
        "wish": Sort(
            (
                SortKey(func.coalesce(ProposedPlace.wish_rank, _NEVER), "wish_rank", missing=_NEVER),
                SortKey(ProposedPlace.id, "id"),
            )
        ),
        "km": Sort(
            (
                SortKey(func.coalesce(ProposedPlace.km, _FAR), "km", missing=_FAR),
                SortKey(ProposedPlace.id, "id"),
            )
        ),
    },
)
LEFT = ListSpec(
    "placement:left",
    filters=(
        school_filter("school", _l("School")),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("stage", _l("Stage"), stage_choices),
    ),
    sorts={"name": search.BY_NAME},
)
PERSON_PARTS = (joinedload(Teacher.working_school),)
PLACE_PARTS = (joinedload(ProposedPlace.teacher).joinedload(Teacher.working_school),)
ENTRY_PARTS = (
    joinedload(PlacementEntry.teacher).joinedload(Teacher.working_school),
    selectinload(PlacementEntry.wishes),
)


# --- rounds -------------------------------------------------------------------------------------------------------


def rounds_where(grants: Iterable[Grant], kind: PlacementKind, permission: Permission) -> ColumnElement[bool]:
    """Condition on PlacementRound: the rounds of a kind in the counties granted with the permission."""
    return and_(PlacementRound.kind == kind, or_(db.false(), *in_regions(PlacementRound.county_id, grants, permission)))


def rounds_listed(listing: Listing, grants: Iterable[Grant], kind: PlacementKind) -> Select[Any]:
    """The rounds that a list asks for, within reach."""
    query = select(PlacementRound).where(rounds_where(grants, kind, KINDS[kind].read))
    if county := listing.get("county"):
        query = query.where(PlacementRound.county_id == county)
    if status := listing.get("status"):
        query = query.where(PlacementRound.status == RoundStatus(status))
    if listing.search:
        query = query.where(PlacementRound.name.contains(listing.search, autoescape=True))
    return query


def round_of(
    grants: Iterable[Grant], kind: PlacementKind, permission: Permission, round_id: int
) -> PlacementRound | None:
    """One round within reach."""
    return db.session.scalar(
        select(PlacementRound)
        .where(PlacementRound.id == round_id, rounds_where(grants, kind, permission))
        .options(joinedload(PlacementRound.county))
    )


def rounds_for(teacher: Teacher, kind: PlacementKind, on: date) -> Sequence[PlacementRound]:
    """The rounds of a kind in which a teacher may take part on a day, and those they took part in."""
    took_part = select(PlacementEntry.round_id).where(PlacementEntry.teacher_id == teacher.id)
    placed = (
        select(PlacementProposal.round_id)
        .join(ProposedPlace, ProposedPlace.proposal_id == PlacementProposal.id)
        .where(ProposedPlace.teacher_id == teacher.id, PlacementProposal.is_approved)
    )
    rows = db.session.scalars(
        select(PlacementRound)
        .where(
            PlacementRound.county_id == teacher.county_id,
            PlacementRound.kind == kind,
            or_(
                PlacementRound.status == RoundStatus.OPEN,
                PlacementRound.id.in_(took_part),
                PlacementRound.id.in_(placed),
            ),
        )
        .order_by(PlacementRound.id.desc())
    ).all()
    return [row for row in rows if row.status is not RoundStatus.OPEN or _may(row, teacher, on)]


def _may(one: PlacementRound, teacher: Teacher, on: date) -> bool:
    condition = KINDS[one.kind].may_take_part(one, on)
    return db.session.scalar(select(Teacher.id).where(Teacher.id == teacher.id, condition)) is not None


def counted(rounds: Sequence[PlacementRound]) -> dict[int, dict[str, int]]:
    """How many people stated wishes and how many proposals there are, by round."""
    numbers = [one.id for one in rounds]
    found: dict[int, dict[str, int]] = {number: {"entries": 0, "proposals": 0} for number in numbers}
    for name, model in (("entries", PlacementEntry), ("proposals", PlacementProposal)):
        rows = db.session.execute(
            select(model.round_id, func.count()).where(model.round_id.in_(numbers)).group_by(model.round_id)
        ).tuples()
        for round_id, number in rows:
            found[round_id][name] = number
    return found


def choices_stated(one: PlacementRound) -> int:
    """How many hosts have said whom they would take."""
    column = HostChoice.studio_id if one.kind is PlacementKind.STUDIO else HostChoice.mentor_id
    return db.session.scalar(select(func.count(column.distinct())).where(HostChoice.round_id == one.id)) or 0


def proposals_of(round_id: int) -> Sequence[PlacementProposal]:
    """The proposals of a round, the newest first."""
    return db.session.scalars(
        select(PlacementProposal)
        .where(PlacementProposal.round_id == round_id)
        .options(joinedload(PlacementProposal.based_on), joinedload(PlacementProposal.round))
        .order_by(PlacementProposal.number.desc())
    ).all()


# --- wishes and choices -------------------------------------------------------------------------------------------


def entries_listed(listing: Listing, one: PlacementRound) -> Select[Any]:
    """The people with wishes that a list asks for."""
    query = select(PlacementEntry).where(PlacementEntry.round_id == one.id)
    if (flexible := listing.get("flexible")) is not None:
        query = query.where(PlacementEntry.is_flexible == flexible)
    if host := listing.get("host"):
        wished = select(PlacementWish.entry_id).where(_at(PlacementWish, one.kind, host))
        query = query.where(PlacementEntry.id.in_(wished))
    if people := _people(listing):
        query = query.where(PlacementEntry.teacher_id.in_(select(Teacher.id).where(*people)))
    return query


def _at(model: Any, kind: PlacementKind, host_id: int) -> ColumnElement[bool]:
    name, number = next(item for item in host_columns(kind, host_id).items() if item[1] is not None)
    condition: ColumnElement[bool] = getattr(model, name) == number
    return condition


def _people(listing: Listing) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    columns: tuple[tuple[str, Any], ...] = (
        ("school", Teacher.working_school_id),
        ("subject", Teacher.subject_code),
        ("stage", Teacher.stage),
    )
    found += [column == listing.get(name) for name, column in columns if listing.get(name) is not None]
    if listing.search:
        found += search.search(listing.search, in_one_county=True).conditions
    return found


def entry_of(round_id: int, teacher_id: int) -> PlacementEntry | None:
    """One person's part in a round."""
    return db.session.scalar(
        select(PlacementEntry)
        .where(PlacementEntry.round_id == round_id, PlacementEntry.teacher_id == teacher_id)
        .options(*ENTRY_PARTS)
    )


def asking_for(one: PlacementRound, host_id: int) -> Sequence[PlacementEntry]:
    """Those who wish for a host, by name: where it stands among their wishes is not the host's to know."""
    wished = select(PlacementWish.entry_id).where(_at(PlacementWish, one.kind, host_id))
    return db.session.scalars(
        select(PlacementEntry)
        .where(PlacementEntry.round_id == one.id, PlacementEntry.id.in_(wished))
        .options(joinedload(PlacementEntry.teacher).joinedload(Teacher.working_school))
        .order_by(PlacementEntry.name_pinyin, PlacementEntry.id)
    ).all()


def choices_of(one: PlacementRound, host_id: int) -> dict[int, HostChoice]:
    """What a host said of people, by teacher."""
    rows = db.session.scalars(
        select(HostChoice).where(HostChoice.round_id == one.id, _at(HostChoice, one.kind, host_id))
    )
    return {row.teacher_id: row for row in rows}


# --- proposals ----------------------------------------------------------------------------------------------------


def proposal_of(
    grants: Iterable[Grant], kind: PlacementKind, permission: Permission, proposal_id: int
) -> PlacementProposal | None:
    """One proposal within reach, with its round, its base and its snapshot."""
    return db.session.scalar(
        select(PlacementProposal)
        .join(PlacementRound, PlacementRound.id == PlacementProposal.round_id)
        .where(PlacementProposal.id == proposal_id, rounds_where(grants, kind, permission))
        .options(
            joinedload(PlacementProposal.round).joinedload(PlacementRound.county),
            joinedload(PlacementProposal.based_on),
            joinedload(PlacementProposal.snapshot),
        )
    )


def decision_of(
    grants: Iterable[Grant], kind: PlacementKind, permission: Permission, decision_id: int
) -> PlacementDecision | None:
    """One decision within reach."""
    return db.session.scalar(
        select(PlacementDecision)
        .join(PlacementProposal, PlacementProposal.id == PlacementDecision.proposal_id)
        .join(PlacementRound, PlacementRound.id == PlacementProposal.round_id)
        .where(PlacementDecision.id == decision_id, rounds_where(grants, kind, permission))
    )


def job_of(row: PlacementProposal | PlacementRound) -> Job | None:
    """The job that solves a proposal, or that gives a round's places."""
    return db.session.get(Job, row.job_id) if row.job_id else None


def detail_of(proposal_id: int) -> dict[str, Any]:
    """The verified solution with its reasons."""
    body = db.session.scalar(select(PlacementProposal.detail).where(PlacementProposal.id == proposal_id))
    return unpack(body) if body else {}


def decisions_of(proposal_id: int) -> Sequence[PlacementDecision]:
    """The decisions of a proposal and for the next one."""
    return db.session.scalars(
        select(PlacementDecision)
        .where(PlacementDecision.proposal_id == proposal_id)
        .options(joinedload(PlacementDecision.teacher).joinedload(Teacher.working_school))
        .order_by(PlacementDecision.id)
    ).all()


def pending(row: PlacementProposal, decisions: Sequence[PlacementDecision]) -> int:
    """How many decisions the proposal does not know of yet."""
    if row.status is not ProposalStatus.SOLVED:
        return 0
    return sum(one.is_active != one.is_input for one in decisions)


def places_listed(listing: Listing, row: PlacementProposal) -> Select[Any]:
    """The places of a proposal that a list asks for."""
    query = select(ProposedPlace).where(ProposedPlace.proposal_id == row.id)
    if host := listing.get("host"):
        query = query.where(_at(ProposedPlace, row.round.kind, host))
    if wish := listing.get("wish"):
        query = query.where(_WISH[wish])
    if (rural := listing.get("rural")) is not None:
        query = query.where(ProposedPlace.is_rural == rural)
    if given := listing.get("given"):
        query = query.where(ProposedPlace.status == GivenStatus(given))
    if people := _people(listing):
        query = query.where(ProposedPlace.teacher_id.in_(select(Teacher.id).where(*people)))
    return query


def places_of(proposal_id: int) -> Sequence[ProposedPlace]:
    """All places of a proposal, by name."""
    return db.session.scalars(
        select(ProposedPlace)
        .where(ProposedPlace.proposal_id == proposal_id)
        .options(joinedload(ProposedPlace.teacher))
        .order_by(ProposedPlace.name_pinyin, ProposedPlace.id)
    ).all()


def given_counts(proposal_id: int) -> dict[GivenStatus, int]:
    """How many places of a proposal stand where."""
    counts = dict.fromkeys(GivenStatus, 0)
    rows = db.session.execute(
        select(ProposedPlace.status, func.count())
        .where(ProposedPlace.proposal_id == proposal_id)
        .group_by(ProposedPlace.status)
    ).tuples()
    return counts | dict(rows.all())


def people_listed(listing: Listing, numbers: Collection[int]) -> Select[Any]:
    """Of these people, those that a list asks for."""
    return select(Teacher).where(Teacher.id.in_(numbers), *_people(listing))


def people_named(numbers: Iterable[int]) -> dict[int, str]:
    """The names of teachers."""
    found: dict[int, str] = {}
    wanted = sorted(set(numbers))
    for first in range(0, len(wanted), 1000):
        part = select(Teacher.id, Teacher.name).where(Teacher.id.in_(wanted[first : first + 1000]))
        found |= dict(db.session.execute(part).tuples().all())
    return found


def left_people(detail: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """Those without a place, with the reasons for each of their wishes."""
    placed = {place["applicant"] for place in detail["solution"]["places"]}
    return {number_of(key): one for key, one in detail["reasons"].items() if key not in placed}


@dataclass(frozen=True, slots=True)
class Changes:
    """What distinguishes a proposal from the one it is based on."""

    kept: int
    added: list[ProposedPlace]
    removed: list[ProposedPlace]
    moved: list[tuple[ProposedPlace, ProposedPlace]]


def changes_between(base_id: int, proposal_id: int) -> Changes:
    """The places of two proposals, person by person."""
    old = {row.teacher_id: row for row in places_of(base_id)}
    new = {row.teacher_id: row for row in places_of(proposal_id)}
    both = [(old[person], row) for person, row in new.items() if person in old]
    moved = [(before, after) for before, after in both if before.host_id != after.host_id]
    return Changes(
        kept=len(both) - len(moved),
        added=[row for person, row in new.items() if person not in old],
        removed=[row for person, row in old.items() if person not in new],
        moved=moved,
    )


def result_for(one: PlacementRound, teacher_id: int) -> tuple[ProposedPlace | None, Mapping[str, Any] | None]:
    """What an approved round came to for one person: the place, and why not each better wish; None, None before."""
    row = db.session.scalar(
        select(PlacementProposal).where(PlacementProposal.round_id == one.id, PlacementProposal.is_approved)
    )
    if row is None:
        return None, None
    place = db.session.scalar(
        select(ProposedPlace).where(ProposedPlace.proposal_id == row.id, ProposedPlace.teacher_id == teacher_id)
    )
    return place, detail_of(row.id)["reasons"].get(f"T{teacher_id}")


def school_counts(rows: Iterable[ProposedPlace]) -> dict[int, list[ProposedPlace]]:
    """Places by host."""
    found: dict[int, list[ProposedPlace]] = {}
    for row in rows:
        found.setdefault(row.host_id, []).append(row)
    return found


def reason_counts(left: Mapping[int, Mapping[str, Any]]) -> list[tuple[str, int]]:
    """The main reason of each person left, counted: for those who named hosts, the reason at the first of them."""
    counts: dict[str, int] = {}
    for one in left.values():
        code = one["hosts"][0]["reasons"][0]["code"] if one["hosts"] else "no_host"
        counts[code] = counts.get(code, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


NO_HOST = _l("nobody takes this subject and stage, or within the distance")


def teachers_like(county_id: int, text: str) -> Sequence[Teacher]:
    """The teachers of a county whom a text may mean."""
    conditions = (Teacher.staff_number == text) | and_(*search.search(text, in_one_county=True).conditions)
    return db.session.scalars(
        select(Teacher)
        .where(Teacher.county_id == county_id, Teacher.left_on.is_(None), conditions)
        .options(joinedload(Teacher.working_school))
        .order_by(Teacher.name_pinyin, Teacher.id)
        .limit(20)
    ).all()


def teacher_in(county_id: int, teacher_id: int) -> Teacher | None:
    """A teacher of a county's roster."""
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.id == teacher_id, Teacher.county_id == county_id)
        .options(joinedload(Teacher.working_school))
    )


def title_of(one: PlacementRound) -> str:
    """What a round is about, in words."""
    if one.kind is PlacementKind.MENTOR:
        return str(PlacementKind.MENTOR.label)
    role = one.role.label if one.role else ""
    return str(_("%(kind)s, as %(role)s", kind=one.studio_kind.label if one.studio_kind else "", role=role))


def subjects_of(teacher: Teacher) -> set[str]:
    """The subjects that somebody teaches, the further ones too."""
    more = db.session.scalars(select(TeacherSubject.subject_code).where(TeacherSubject.teacher_id == teacher.id))
    return {teacher.subject_code, *more} - {None, ""}


@dataclass(frozen=True, slots=True)
class Asked:
    """An open round in which people wish for a host: how many, and of how many the host has said something."""

    round: PlacementRound
    people: int
    said: int


def rounds_asking(kind: PlacementKind, county_id: int, host_id: int) -> list[Asked]:
    """The open rounds in which somebody wishes for a host."""
    wished = (
        select(PlacementEntry.round_id, func.count())
        .join(PlacementWish, PlacementWish.entry_id == PlacementEntry.id)
        .join(PlacementRound, PlacementRound.id == PlacementEntry.round_id)
        .where(
            PlacementRound.county_id == county_id,
            PlacementRound.kind == kind,
            PlacementRound.status == RoundStatus.OPEN,
            _at(PlacementWish, kind, host_id),
        )
        .group_by(PlacementEntry.round_id)
    )
    counts = dict(db.session.execute(wished).tuples().all())
    said = select(HostChoice.round_id, func.count()).where(
        HostChoice.round_id.in_(counts), _at(HostChoice, kind, host_id)
    )
    chosen = dict(db.session.execute(said.group_by(HostChoice.round_id)).tuples().all())
    rows = db.session.scalars(
        select(PlacementRound).where(PlacementRound.id.in_(counts)).order_by(PlacementRound.choices_until)
    )
    return [Asked(row, counts[row.id], chosen.get(row.id, 0)) for row in rows]

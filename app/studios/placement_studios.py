"""The kind of placement that this room knows itself: teachers to studios, as members or as mentees."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Permission
from app.audit.operations import Actor
from app.codes import queries as codes
from app.ethics.vetoes import vetoed_teachers
from app.extensions import db
from app.schools.models import School
from app.studios import gates
from app.studios.models import (
    HostChoice,
    MemberRole,
    Membership,
    MembershipStatus,
    PlacementEntry,
    PlacementKind,
    PlacementRound,
    Studio,
    StudioStatus,
)
from app.studios.operations import people
from app.studios.placement_kinds import Collected, HostLine, Spec, Words, host_key, person_key, register
from app.teachers.models import Teacher
from app.web.errors import Refused

S = MembershipStatus
WAITING_FOR = (S.APPLIED, S.WAITING)


def hosts(one: PlacementRound) -> Sequence[HostLine]:
    """The running studios of the round's kind with their free places."""
    free = free_places(one)
    return [
        HostLine(studio.id, studio.name, _about(studio), free.get(studio.id, 0), studio.stage, studio.subject_code)
        for studio in _studios(one)
    ]


def _about(studio: Studio) -> str:
    subject = codes.label("subject", studio.subject_code) if studio.subject_code else ""
    return " · ".join(filter(None, (studio.host.name, studio.school.name, str(studio.stage.label), subject)))


def _studios(one: PlacementRound) -> Sequence[Studio]:
    return db.session.scalars(
        select(Studio)
        .where(Studio.county_id == one.county_id, Studio.kind == one.studio_kind, Studio.status == StudioStatus.ACTIVE)
        .options(joinedload(Studio.school), joinedload(Studio.host))
        .order_by(Studio.name_pinyin, Studio.id)
    ).all()


def free_places(one: PlacementRound) -> dict[int, int]:
    """How many places of the round's role each studio has free under its form: a member's of the studio, a mentee's
    of its members together."""
    if one.role is MemberRole.MEMBER:
        rows = db.session.execute(
            select(Studio.id, Studio.member_places - Studio.members_taken).where(Studio.county_id == one.county_id)
        )
        return dict(rows.tuples().all())
    rows = db.session.execute(
        select(Membership.studio_id, func.sum(Membership.mentee_places - Membership.mentees_taken))
        .join(Studio, Studio.id == Membership.studio_id)
        .where(
            Studio.county_id == one.county_id,
            Membership.role == MemberRole.MEMBER,
            Membership.status == S.ACTIVE,
        )
        .group_by(Membership.studio_id)
    )
    return {studio: int(free or 0) for studio, free in rows.tuples()}


def collect(one: PlacementRound, today: date) -> Collected:
    """Who looks for a place and what is known of both sides. An open application counts as a wish for that studio,
    where its teacher stated none in the round."""
    found = Collected()
    studios = list(_studios(one))
    wishes, flexible = _wishes(one, {studio.id for studio in studios})
    people_here = _people(wishes)
    vetoed = set(vetoed_teachers(one.county_id, today))
    elsewhere = _elsewhere(one)
    barred: dict[int, list[str]] = {}
    for person in people_here:
        if code := _left_out(one, person, vetoed, elsewhere):
            found.left_out.append({"teacher": person.id, "code": code})
            continue
        fit = [studio for studio in studios if not _needs_title(one, studio, person, today)]
        if one.role is MemberRole.MEMBER and not fit:
            found.left_out.append({"teacher": person.id, "code": "no_title"})
            continue
        for studio in studios:
            if studio not in fit:
                barred.setdefault(studio.id, []).append(person_key(person.id))
        named = [host_key(number) for number in wishes[person.id]]
        found.applicants.append(applicant(person, named, is_open=person.id in flexible))
    known = {one["id"] for one in found.applicants}
    found.hosts = _hosts(one, studios, known, barred)
    return found


def _hosts(
    one: PlacementRound, studios: Sequence[Studio], known: Collection[str], barred: Mapping[int, list[str]]
) -> list[dict[str, Any]]:
    free, most = free_places(one), one.settings.get("most_each")
    chosen, refused = choices_of(one, known)
    rows = []
    for studio in studios:
        never = set(barred.get(studio.id, ())) | set(refused.get(studio.id, ()))
        places = free.get(studio.id, 0)
        rows.append(
            {
                "id": host_key(studio.id),
                "max_places": min(places, most) if most else places,
                "subjects": [studio.subject_code] if studio.subject_code else [],
                "stages": [studio.stage.value],
                "lat": studio.school.lat,
                "lng": studio.school.lng,
                "wishes": without(chosen.get(studio.id, []), never),
                "refuses": sorted(never),
            }
        )
    return rows


def choices_of(one: PlacementRound, known: Collection[str]) -> tuple[dict[int, list[Any]], dict[int, list[str]]]:
    """What the hosts said of people in the round: their order (those ranked alike together), and whom they refuse."""
    ranked: dict[int, dict[int, list[str]]] = {}
    refused: dict[int, list[str]] = {}
    rows = db.session.scalars(
        select(HostChoice).where(HostChoice.round_id == one.id).order_by(HostChoice.rank, HostChoice.id)
    )
    for row in rows:
        key = person_key(row.teacher_id)
        if key not in known:
            continue
        if row.rank is None:
            refused.setdefault(row.host_id, []).append(key)
        else:
            ranked.setdefault(row.host_id, {}).setdefault(row.rank, []).append(key)
    return {host: [ranks[number] for number in sorted(ranks)] for host, ranks in ranked.items()}, refused


def without(groups: Sequence[Sequence[str]], never: Collection[str]) -> list[list[str]]:
    """Groups of equals without those who are out of the question."""
    kept = ([name for name in group if name not in never] for group in groups)
    return [group for group in kept if group]


def _wishes(one: PlacementRound, open_to: Collection[int]) -> tuple[dict[int, list[int]], set[int]]:
    """Everybody's wishes in their order, by studio; and who would go to any other as well."""
    entries = db.session.scalars(
        select(PlacementEntry)
        .where(PlacementEntry.round_id == one.id)
        .options(selectinload(PlacementEntry.wishes))
        .order_by(PlacementEntry.id)
    ).all()
    wishes = {row.teacher_id: [w.host_id for w in row.wishes if w.host_id in open_to] for row in entries}
    flexible = {row.teacher_id for row in entries if row.is_flexible}
    for teacher_id, studio_id in _applications(one):
        listed = wishes.setdefault(teacher_id, [])
        if studio_id in open_to and studio_id not in listed and teacher_id not in {row.teacher_id for row in entries}:
            listed.append(studio_id)
    return {person: listed for person, listed in wishes.items() if listed or person in flexible}, flexible


def _applications(one: PlacementRound) -> Sequence[tuple[int, int]]:
    rows = db.session.execute(
        select(Membership.teacher_id, Membership.studio_id)
        .join(Studio, Studio.id == Membership.studio_id)
        .where(
            Studio.county_id == one.county_id,
            Membership.kind == one.studio_kind,
            Membership.role == one.role,
            Membership.status.in_(WAITING_FOR),
        )
        .order_by(Membership.id)
    )
    return rows.tuples().all()


def _people(wishes: Mapping[int, Any]) -> list[Teacher]:
    found: list[Teacher] = []
    numbers = sorted(wishes)
    for first in range(0, len(numbers), 500):
        found += db.session.scalars(
            select(Teacher)
            .where(Teacher.id.in_(numbers[first : first + 500]))
            .options(
                joinedload(Teacher.working_school),
                selectinload(Teacher.honours),
                selectinload(Teacher.further_subjects),
            )
            .order_by(Teacher.id)
        ).all()
    return found


def _elsewhere(one: PlacementRound) -> set[int]:
    return set(
        db.session.scalars(
            select(Membership.teacher_id).where(Membership.kind == one.studio_kind, Membership.status == S.ACTIVE)
        )
    )


def _left_out(one: PlacementRound, person: Teacher, vetoed: Collection[int], elsewhere: Collection[int]) -> str:
    """Why somebody takes no part; empty where they do."""
    if person.left_on is not None or person.county_id != one.county_id:
        return "left"
    if person.id in vetoed:
        return "veto"
    return "elsewhere" if person.id in elsewhere else ""


def _needs_title(one: PlacementRound, studio: Studio, person: Teacher, today: date) -> bool:
    """Whether a title that the studio asks of its members is missing."""
    if one.role is not MemberRole.MEMBER:
        return False
    return not any(
        honour.type_code in studio.honour_types
        and honour.level_code in studio.honour_levels
        and honour.valid_from <= today
        and (honour.valid_to is None or honour.valid_to >= today)
        for honour in person.honours
    )


def applicant(person: Teacher, named: list[Any], *, is_open: bool) -> dict[str, Any]:
    """Somebody who looks for a place, as the optimiser reads them; the way is counted from their school."""
    school: School = person.working_school
    return {
        "id": person_key(person.id),
        "subject": person.subject_code or "",
        "stage": person.stage.value,
        "also": [row.subject_code for row in person.further_subjects],
        "rural": school.locality == "rural",
        "lat": school.lat,
        "lng": school.lng,
        "wishes": named,
        "open": is_open,
    }


def names(numbers: Collection[int]) -> Mapping[int, str]:
    """The names of studios."""
    rows = db.session.execute(select(Studio.id, Studio.name).where(Studio.id.in_(numbers)))
    return dict(rows.tuples().all())


def obstacle(one: PlacementRound, teacher: Teacher, on: date) -> str | None:
    """Why a teacher cannot take part in the round; None where nothing is in the way."""
    if teacher.county_id != one.county_id or teacher.left_on is not None:
        return str(_("Only teachers on the roster of the round's county take part."))
    if refusal := gates.vetoed(teacher, on):
        return refusal
    return gates.elsewhere(teacher, one.studio_kind) if one.studio_kind else None


def may_take_part(one: PlacementRound, on: date) -> ColumnElement[bool]:
    """Condition on Teacher: on the roster of the round's county."""
    return (Teacher.county_id == one.county_id) & Teacher.left_on.is_(None)


def give(actor: Actor, one: PlacementRound, studio_id: int, teacher: Teacher, on: date) -> None:
    """A place in the studio, by the operations a host uses; other applications of the kind end with it."""
    studio = db.session.get_one(Studio, studio_id)
    role = one.role or MemberRole.MENTEE
    rows = db.session.scalars(
        select(Membership)
        .join(Studio, Studio.id == Membership.studio_id)
        .where(
            Membership.teacher_id == teacher.id,
            Membership.kind == studio.kind,
            Membership.status.in_((*WAITING_FOR, S.INVITED)),
        )
        .options(joinedload(Membership.studio), joinedload(Membership.teacher))
        .order_by(Membership.id)
    ).all()
    for row in rows:
        if row.studio_id != studio.id or row.status is not S.APPLIED or row.role is not role:
            people.withdraw(actor=actor, row=row, reason=str(_("Placed by “%(name)s”.", name=one.name)))
    mine = next((row for row in rows if row.status is S.APPLIED), None)
    if mine is None:
        mine = people.apply(actor=actor, studio=studio, teacher=teacher, role=role, statement=one.name, is_told=False)
    if people.accept_application(actor=actor, row=mine).status is not S.ACTIVE:
        raise Refused(_("%(studio)s has no place free any more.", studio=studio.name))


def answer_for(studio_id: int) -> list[int]:
    """The host and the assistant."""
    row = db.session.execute(select(Studio.host_id, Studio.assistant_id).where(Studio.id == studio_id)).one_or_none()
    return [number for number in row or () if number]


register(
    Spec(
        kind=PlacementKind.STUDIO,
        blueprint="studios",
        home="studios.mine",
        read=Permission.STUDIO_READ,
        edit=Permission.STUDIO_EDIT,
        approve=Permission.STUDIO_APPROVE,
        words=Words(
            rounds=_l("Placement in studios"),
            person=_l("Applicant"),
            people=_l("Applicants"),
            host=_l("Studio"),
            hosts=_l("Studios"),
            wish=_l("Rank the studios you would like to join, the best first."),
        ),
        collect=collect,
        hosts=hosts,
        names=names,
        host_url=lambda number: url_for("studios.show", studio_id=number),
        obstacle=obstacle,
        give=give,
        answer_for=answer_for,
        may_take_part=may_take_part,
    )
)

"""The second kind of placement: newcomers to mentors. Engine, pages and job are those of `app/studios/placement*`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Permission
from app.audit.operations import Actor
from app.codes import queries as codes
from app.ethics.vetoes import vetoed_teachers
from app.extensions import db
from app.growth.models import Mentor
from app.growth.operations import mentors as operations
from app.growth.queries.mentors import has_mentor, mentors_with_room, newcomer_where
from app.studios.models import PlacementEntry, PlacementKind, PlacementRound
from app.studios.placement_kinds import Collected, HostLine, Spec, Words, host_key, person_key, register
from app.studios.placement_studios import applicant, choices_of, without
from app.teachers.models import Teacher
from app.web.errors import Refused


def hosts(one: PlacementRound) -> Sequence[HostLine]:
    """The mentors with a place free, by the teacher's number."""
    return [_line(row) for row in mentors_with_room(one.county_id)]


def _line(row: Mentor) -> HostLine:
    teacher = row.teacher
    free = row.places - row.pairs_taken
    return HostLine(teacher.id, teacher.name, _about(row), free, teacher.stage, teacher.subject_code)


def _about(row: Mentor) -> str:
    teacher = row.teacher
    subject = codes.label("subject", teacher.subject_code) if teacher.subject_code else ""
    return " · ".join(filter(None, (teacher.working_school.name, str(teacher.stage.label), subject)))


def collect(one: PlacementRound, today: date) -> Collected:
    """Every newcomer without a mentor takes part. Who stated no wish is taken to wish for the mentors of the same
    school and subject, all alike, and goes to any other that fits where they have no place."""
    found = Collected()
    mentors = mentors_with_room(one.county_id)
    vetoed = set(vetoed_teachers(one.county_id, today))
    mentors = [row for row in mentors if row.teacher_id not in vetoed]
    here = {row.teacher_id for row in mentors}
    stated = _stated(one)
    people = _newcomers(one, today)
    for person in people:
        entry = stated.pop(person.id, None)
        named: list[Any] = [host_key(w.host_id) for w in entry.wishes if w.host_id in here] if entry else []
        is_open = entry is None or entry.is_flexible or not named
        if not named and (near := _of_the_school(person, mentors)):
            named, is_open = [near], True
            found.implied.append(person_key(person.id))
        found.applicants.append(applicant(person, named, is_open=is_open))
    found.left_out = [{"teacher": number, "code": "elsewhere"} for number in sorted(stated)]
    found.hosts = _hosts(one, mentors, {row["id"] for row in found.applicants})
    return found


def _of_the_school(person: Teacher, mentors: Sequence[Mentor]) -> list[str]:
    """The mentors of somebody's school who teach the subject in the stage."""
    return [
        host_key(row.teacher_id)
        for row in mentors
        if row.teacher.working_school_id == person.working_school_id
        and row.teacher.stage is person.stage
        and row.teacher.subject_code == person.subject_code
    ]


def _hosts(one: PlacementRound, mentors: Sequence[Mentor], known: Collection[str]) -> list[dict[str, Any]]:
    most = one.settings.get("most_each")
    chosen, refused = choices_of(one, known)
    rows = []
    for row in mentors:
        never, free = refused.get(row.teacher_id, []), row.places - row.pairs_taken
        school = row.teacher.working_school
        rows.append(
            {
                "id": host_key(row.teacher_id),
                "max_places": min(free, most) if most else free,
                "subjects": [row.teacher.subject_code] if row.teacher.subject_code else [],
                "stages": [row.teacher.stage.value],
                "lat": school.lat,
                "lng": school.lng,
                "wishes": without(chosen.get(row.teacher_id, []), never),
                "refuses": sorted(never),
            }
        )
    return rows


def _stated(one: PlacementRound) -> dict[int, PlacementEntry]:
    rows = db.session.scalars(
        select(PlacementEntry).where(PlacementEntry.round_id == one.id).options(selectinload(PlacementEntry.wishes))
    )
    return {row.teacher_id: row for row in rows}


def _newcomers(one: PlacementRound, today: date) -> Sequence[Teacher]:
    return db.session.scalars(
        select(Teacher)
        .where(may_take_part(one, today), ~has_mentor())
        .options(joinedload(Teacher.working_school), selectinload(Teacher.further_subjects))
        .order_by(Teacher.id)
    ).all()


def may_take_part(one: PlacementRound, on: date) -> ColumnElement[bool]:
    """Condition on Teacher: a newcomer of the county."""
    return (Teacher.county_id == one.county_id) & Teacher.left_on.is_(None) & newcomer_where(on)


def names(numbers: Collection[int]) -> Mapping[int, str]:
    """The names of mentors, by the teacher's number."""
    rows = db.session.execute(select(Teacher.id, Teacher.name).where(Teacher.id.in_(numbers)))
    return dict(rows.tuples().all())


def obstacle(one: PlacementRound, teacher: Teacher, on: date) -> str | None:
    """Why somebody cannot take part: no newcomer, or has a mentor."""
    if teacher.county_id != one.county_id:
        return str(_("Only teachers on the roster of the round's county take part."))
    if operations.open_pair_of(teacher.id) is not None:
        return str(_("%(name)s has a mentor already.", name=teacher.name))
    return operations.obstacle(teacher, on)


def give(actor: Actor, one: PlacementRound, mentor_teacher_id: int, teacher: Teacher, on: date) -> None:
    """An agreement of the two, which they and the school sign next."""
    mentor = db.session.scalar(
        select(Mentor).where(Mentor.teacher_id == mentor_teacher_id).options(joinedload(Mentor.teacher))
    )
    if mentor is None:
        raise Refused(_("This person is no mentor any more."))
    years = operations.settings_of(one.county_id).agreement_years
    last = on.replace(year=on.year + years, day=min(on.day, 28))
    goals = _("To be agreed by mentor and newcomer before they sign (%(round)s).", round=one.name)
    operations.make_pair(actor=actor, mentor=mentor, newcomer=teacher, from_on=on, to_on=last, goals=str(goals))


register(
    Spec(
        kind=PlacementKind.MENTOR,
        blueprint="growth",
        home="growth.my_mentoring",
        read=Permission.GROWTH_READ,
        edit=Permission.GROWTH_EDIT,
        approve=Permission.GROWTH_EDIT,
        words=Words(
            rounds=_l("Placement with mentors"),
            person=_l("Newcomer"),
            people=_l("Newcomers"),
            host=_l("Mentor"),
            hosts=_l("Mentors"),
            wish=_l("Rank the mentors you would like to learn from, the best first."),
        ),
        collect=collect,
        hosts=hosts,
        names=names,
        host_url=lambda number: url_for("teachers.show", teacher_id=number),
        obstacle=obstacle,
        give=give,
        answer_for=lambda number: [number],
        may_take_part=may_take_part,
    )
)

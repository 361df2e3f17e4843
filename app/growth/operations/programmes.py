"""Programmes, and the road of those in them: proposed, taken in or not, completed or left."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.audit.operations import Actor, changes
from app.db.clock import today
from app.ethics.vetoes import veto_of
from app.extensions import db
from app.growth.models import (
    GrowthProgramme,
    PlaceStatus,
    ProgrammeIntake,
    ProgrammeKind,
    ProgrammePlace,
    ProgrammeReport,
)
from app.growth.operations import intakes
from app.growth.operations.common import insert
from app.growth.operations.groups import end_all_stays, station
from app.growth.requirements import Requirements
from app.notices.operations import notify, users_of_teachers
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Teacher
from app.web.errors import Refused, refused_if_taken

NOTICE = "growth.place"


def add_programme(*, county: Region, actor: Actor, **fields: Any) -> GrowthProgramme:
    """Set a programme up."""
    programme = GrowthProgramme(county_id=county.id, **fields)
    insert(programme, _("The county has a programme of this name already."))
    audit.record(actor=actor, action="programme.add", subject=programme, after=fields, region_id=county.id)
    return programme


def change_programme(*, programme: GrowthProgramme, actor: Actor, **fields: Any) -> None:
    """Change a programme; the people in it stay."""
    before, after = changes(programme, fields)
    if not after:
        return
    _keep_whether_capped(programme, after)
    with refused_if_taken(_("The county has a programme of this name already.")):
        for name, value in after.items():
            setattr(programme, name, value)
    if programme.kind.is_capped and "yearly_intake" in after:
        for intake in intakes.resize(programme, programme.yearly_intake):
            _move_up(programme, intake, actor)
    audit.record(
        actor=actor,
        action="programme.edit",
        subject=programme,
        before=before,
        after=after,
        region_id=programme.county_id,
    )


def _keep_whether_capped(programme: GrowthProgramme, after: dict[str, Any]) -> None:
    """Whether the number of an intake binds is settled before the first is proposed: the places are counted by it."""
    if after.get("kind", programme.kind).is_capped == programme.kind.is_capped:
        return
    someone = select(ProgrammePlace.id).where(ProgrammePlace.programme_id == programme.id).limit(1)
    if db.session.scalar(someone) is not None:
        raise Refused(
            _(
                "People were proposed already. Whether an intake is limited follows from the kind, and stays as it is;"
                " set up another programme instead."
            )
        )


def propose(*, programme: GrowthProgramme, teacher: Teacher, year: int, statement: str, actor: Actor) -> ProgrammePlace:
    """Propose a teacher (honours loaded) for a year's intake; refused with everything that is lacking."""
    if not programme.is_open:
        raise Refused(_("The programme takes nobody in any more."))
    if not programme.takes_in(year):
        raise Refused(_("The programme takes nobody in in %(year)s.", year=year))
    if teacher.county_id != programme.county_id or teacher.left_on:
        raise Refused(_("Only teachers on the roster of the programme's county can be proposed."))
    lacking = Requirements.of(programme.requirements).lacking(teacher, today())
    if veto_of(teacher.id, today()):
        lacking.append(_("a failed ethics appraisal stands against it"))
    if lacking:
        raise Refused(_("%(name)s cannot be proposed: %(what)s.", name=teacher.name, what=_("; ").join(lacking)))
    place = ProgrammePlace(
        programme_id=programme.id,
        teacher_id=teacher.id,
        year=year,
        statement=statement,
        proposed_by_label=actor.label,
    )
    insert(place, _("%(name)s is proposed for this year already.", name=teacher.name))
    _log(place, programme, teacher, actor, "programme.propose", after={"teacher": teacher.label, "year": year})
    return place


def take_in(
    *, place: ProgrammePlace, from_on: date, host: School | None, actor: Actor, host_name: str | None = None
) -> bool:
    """Take a proposed teacher in; a secondment or a stationing names its school, a stationing one of ours.

    False where the intake is limited and no place is left for the teacher, who stands on its waiting list.
    """
    _must_be(place, PlaceStatus.NOMINATED, PlaceStatus.WAITING)
    _check_host(place, host, host_name)
    if place.programme.kind.is_capped and not _has_a_place(place, actor):
        return False
    place.status, place.from_on = PlaceStatus.ADMITTED, from_on
    place.host_school_id, place.host_name = host.id if host else None, host_name or ""
    _moved(place, actor, "programme.take_in", after={"from_on": from_on, "host": host.label if host else host_name})
    if host is not None and place.programme.kind is ProgrammeKind.STATIONING:
        station(place=place, school=host, from_on=from_on, actor=actor)
    return True


def _has_a_place(place: ProgrammePlace, actor: Actor) -> bool:
    """Whether a limited intake has a place for somebody, after those who wait already; else they wait as well."""
    intake = intakes.held(place.programme, place.year)
    _move_up(place.programme, intake, actor)
    if place.status is not PlaceStatus.NOMINATED:  # was waiting: has moved up just now, or may not yet
        return place.status is PlaceStatus.ADMITTED
    if intakes.take_place(intake):
        return True
    place.status, place.waiting_no = PlaceStatus.WAITING, intakes.end_of_line(intake)
    _moved(place, actor, "programme.wait", after={"number": place.waiting_no})
    return False


def _move_up(programme: GrowthProgramme, intake: ProgrammeIntake, actor: Actor) -> None:
    """Free places go to those who wait, in their order, as long as the course lasts; each is told."""
    on = today()
    if on.year >= intake.year + programme.course_years:
        return
    for place in intakes.who_move_up(intake, on):
        place.status, place.waiting_no, place.from_on = PlaceStatus.ADMITTED, None, on
        _moved(place, actor, "programme.move_up", after={"from_on": on})


def change_place(
    *, place: ProgrammePlace, statement: str, from_on: date | None, host: School | None, host_name: str | None,
    actor: Actor,
) -> None:  # fmt: skip
    """Correct why somebody was proposed, since when they are in, and where they stay."""
    _must_be(place, PlaceStatus.NOMINATED, PlaceStatus.WAITING, PlaceStatus.ADMITTED)
    fields: dict[str, Any] = {"statement": statement}
    if place.status is PlaceStatus.ADMITTED:
        _check_host(place, host, host_name)
        if from_on is None:
            raise Refused(_("Write the day."))
        fields |= {"from_on": from_on, "host_school_id": host.id if host else None, "host_name": host_name or ""}
    before, after = changes(place, fields)
    for name, value in after.items():
        setattr(place, name, value)
    db.session.flush()
    told = {name for name in after if name != "statement"}
    if after:
        _log(place, place.programme, place.teacher, actor, "programme.edit_place",
             before={name: before[name] for name in told}, after={name: after[name] for name in told})  # fmt: skip


def _check_host(place: ProgrammePlace, host: School | None, host_name: str | None) -> None:
    if not place.programme.kind.needs_host:
        return
    if host is None and (not host_name or place.programme.kind is ProgrammeKind.STATIONING):
        raise Refused(_("Name the school where the person works meanwhile."))
    if host is not None and host_name:
        raise Refused(_("Name either a school of ours or one elsewhere."))


def decline(*, place: ProgrammePlace, reason: str, actor: Actor) -> None:
    """Do not take in a teacher who is proposed or on the waiting list."""
    _must_be(place, PlaceStatus.NOMINATED, PlaceStatus.WAITING)
    place.status, place.waiting_no, place.reason = PlaceStatus.DECLINED, None, reason
    _moved(place, actor, "programme.decline", reason=reason)


def complete(*, place: ProgrammePlace, to_on: date, actor: Actor) -> None:
    """The course is done."""
    _must_be(place, PlaceStatus.ADMITTED)
    if place.from_on and to_on < place.from_on:
        raise Refused(_("The end lies before the beginning."))
    place.status, place.to_on = PlaceStatus.COMPLETED, to_on
    end_all_stays(place=place, on=to_on, reason=str(PlaceStatus.COMPLETED.label))
    _moved(place, actor, "programme.complete", after={"to_on": to_on})


def leave(*, place: ProgrammePlace, to_on: date, reason: str, actor: Actor) -> None:
    """Somebody leaves the course before its end."""
    _must_be(place, PlaceStatus.ADMITTED)
    if place.from_on and to_on < place.from_on:
        raise Refused(_("The end lies before the beginning."))
    intake = intakes.held(place.programme, place.year) if place.programme.kind.is_capped else None
    place.status, place.to_on, place.reason = PlaceStatus.LEFT, to_on, reason
    end_all_stays(place=place, on=to_on, reason=reason)
    _moved(place, actor, "programme.leave", after={"to_on": to_on}, reason=reason)
    if intake is not None:
        intakes.give_back(intake)
        _move_up(place.programme, intake, actor)


def report(*, place: ProgrammePlace, on: date, text: str, actor: Actor) -> ProgrammeReport:
    """Add a report of the work; only of somebody who was taken in, and of a day within the stay."""
    if place.from_on is None or place.status not in (PlaceStatus.ADMITTED, PlaceStatus.COMPLETED):
        raise Refused(_("Only those who were taken in report."))
    if not place.from_on <= on <= (place.to_on or today()):
        raise Refused(_("The report is of a day between %(first)s and today.", first=place.from_on.isoformat()))
    row = ProgrammeReport(place_id=place.id, on=on, text=text, written_by_label=actor.label)
    db.session.add(row)
    db.session.flush()
    _log(place, place.programme, place.teacher, actor, "programme.report", after={"on": on})
    return row


def _must_be(place: ProgrammePlace, *since: PlaceStatus) -> None:
    if place.status not in since:
        raise Refused(_("Somebody decided meanwhile: %(status)s.", status=place.status.label))


def _moved(place: ProgrammePlace, actor: Actor, action: str, **told: Any) -> None:
    db.session.flush()
    _log(place, place.programme, place.teacher, actor, action, **told)
    for users in users_of_teachers([place.teacher_id]).values():
        notify(
            users=users,
            kind=NOTICE,
            params={"programme": place.programme.name, "status": place.status.value, "reason": place.reason},
            key=f"place:{place.id}:{place.status.value}",
        )


def _log(
    place: ProgrammePlace, programme: GrowthProgramme, teacher: Teacher, actor: Actor, action: str, **told: Any
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=place,
        region_id=programme.county_id,
        school_id=teacher.working_school_id,
        **told,
    )

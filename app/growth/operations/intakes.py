"""Intakes whose number binds: places taken by a conditional update of a counter that the database itself keeps within
bounds, a waiting list in its order, and places handed on. Elsewhere the number of an intake is an aim."""

import contextlib
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.db import count_down, count_up, next_number
from app.db.clock import today
from app.ethics.vetoes import veto_of
from app.extensions import db
from app.growth.models import IN_COURSE, GrowthProgramme, PlaceStatus, ProgrammeIntake, ProgrammePlace
from app.web.errors import Refused


def held(programme: GrowthProgramme, year: int) -> ProgrammeIntake:
    """The intake of a year, held until the transaction ends. When it is opened, those who are in it already count;
    nobody of them goes where they are more than its places."""
    db.session.flush()
    intake = (
        select(ProgrammeIntake)
        .where(ProgrammeIntake.programme_id == programme.id, ProgrammeIntake.year == year)
        .with_for_update(of=ProgrammeIntake)
        .execution_options(populate_existing=True)
    )
    if (found := db.session.scalar(intake)) is not None:
        return found
    taken = _taken_in(programme.id, year)
    places = max(_number_of(programme.id), taken)
    with contextlib.suppress(IntegrityError), db.session.begin_nested():  # somebody else may open it meanwhile
        db.session.add(ProgrammeIntake(programme_id=programme.id, year=year, places=places, places_taken=taken))
    return db.session.scalars(intake).one()


def _number_of(programme_id: int) -> int:
    """The number of an intake as it is now; nobody changes it until the transaction ends."""
    number = select(GrowthProgramme.yearly_intake).where(GrowthProgramme.id == programme_id)
    return db.session.scalars(number.with_for_update(read=True)).one()


def _taken_in(programme_id: int, year: int) -> int:
    counted = select(func.count()).where(
        ProgrammePlace.programme_id == programme_id,
        ProgrammePlace.year == year,
        ProgrammePlace.status.in_(IN_COURSE),
    )
    return db.session.scalar(counted) or 0


def take_place(intake: ProgrammeIntake) -> bool:
    """One more, unless every place is taken."""
    is_taken = count_up(db.session, intake.id, ProgrammeIntake.places_taken, ProgrammeIntake.places)
    db.session.expire(intake)
    return is_taken


def give_back(intake: ProgrammeIntake) -> None:
    """Free the place of somebody who left."""
    count_down(db.session, intake.id, ProgrammeIntake.places_taken)
    db.session.expire(intake)


def end_of_line(intake: ProgrammeIntake) -> int:
    """The next number of the waiting list."""
    number = next_number(db.session, intake.id, ProgrammeIntake.waiting_last)
    db.session.expire(intake)
    return number


def resize(programme: GrowthProgramme, places: int) -> list[ProgrammeIntake]:
    """Give the present intake and later ones another number of places; never fewer than are taken."""
    begun = [year for year in range(programme.first_year, today().year + 1) if programme.takes_in(year)]
    rows = db.session.scalars(
        select(ProgrammeIntake)
        .where(ProgrammeIntake.programme_id == programme.id, ProgrammeIntake.year >= max(begun, default=0))
        .order_by(ProgrammeIntake.year)
        .with_for_update(of=ProgrammeIntake)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.places_taken > places:
            raise Refused(
                _(
                    "%(taken)s people are in the intake of %(year)s; it cannot have %(places)s places.",
                    taken=row.places_taken,
                    year=row.year,
                    places=places,
                )
            )
        row.places = places
    db.session.flush()
    return list(rows)


def who_move_up(intake: ProgrammeIntake, on: date) -> list[ProgrammePlace]:
    """Give free places to those who wait, in their order: who they are. Whoever cannot take one now keeps the number.

    Their status is the caller's to change, who tells them.
    """
    queue = (
        select(ProgrammePlace)
        .where(
            ProgrammePlace.programme_id == intake.programme_id,
            ProgrammePlace.year == intake.year,
            ProgrammePlace.status == PlaceStatus.WAITING,
        )
        .options(joinedload(ProgrammePlace.teacher), joinedload(ProgrammePlace.programme))
        .order_by(ProgrammePlace.waiting_no)
    )
    found = []
    for place in db.session.scalars(queue).all():
        if place.teacher.left_on is not None or veto_of(place.teacher_id, on):
            continue
        if not take_place(intake):
            break
        found.append(place)
    return found

"""What waits for a person in placements: wishes to state, choices to make, a round to solve and approve."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from app.access import Permission
from app.extensions import db
from app.home.task import Source, Task
from app.studios.access import studios_where
from app.studios.models import PlacementKind, PlacementRound, RoundStatus, Studio, StudioStatus
from app.studios.placement_kinds import KINDS
from app.studios.queries import placement as queries
from app.teachers.models import Teacher

P = Permission
MOST = 3


def wishes_to_state(user: Any, today: date) -> Iterator[Task]:
    """Open rounds in which a teacher may rank where to go, and has not."""
    teacher = db.session.get(Teacher, user.teacher_id or 0)
    if teacher is None or teacher.left_on is not None:
        return
    for kind, spec in KINDS.items():
        for one in queries.rounds_for(teacher, kind, today)[:MOST]:
            is_due = one.status is RoundStatus.OPEN and today <= one.wishes_until
            if is_due and queries.entry_of(one.id, teacher.id) is None:
                title = _("Rank your wishes: %(round)s (until %(day)s)", round=one.name, day=one.wishes_until)
                yield Task(title, url_for(f"{spec.blueprint}.placement_own", round_id=one.id), "list-numbers")


def people_to_rank(user: Any, today: date) -> Iterator[Task]:
    """Rounds in which people wish for a studio whose host has said nothing about some of them."""
    rows = db.session.scalars(
        select(Studio)
        .where(studios_where(user.grants, P.STUDIO_HOST), Studio.status == StudioStatus.ACTIVE)
        .order_by(Studio.id)
        .limit(MOST)
    ).all()
    for studio in rows:
        for one in queries.rounds_asking(PlacementKind.STUDIO, studio.county_id, studio.id):
            if one.said < one.people and today <= one.round.choices_until:
                title = ngettext(
                    "%(num)d person wishes for %(host)s; say whom you would take",
                    "%(num)d people wish for %(host)s; say whom you would take",
                    one.people,
                    host=studio.name,
                )
                url = url_for("studios.placement_choose", studio_id=studio.id, round_id=one.round.id)
                yield Task(title, url, "list-numbers", "warning")


def rounds_to_close(user: Any, today: date) -> Iterator[Task]:
    """Rounds whose days for wishes and choices are over, and that nobody has approved."""
    for kind, spec in KINDS.items():
        if not user.may(spec.edit):
            continue
        reach = queries.rounds_where(user.grants, kind, spec.edit)
        waiting = db.session.scalar(
            select(func.count())
            .select_from(PlacementRound)
            .where(reach, PlacementRound.status == RoundStatus.OPEN, PlacementRound.choices_until < today)
        )
        if waiting:
            title = ngettext(
                "%(num)d placement round waits to be solved and approved",
                "%(num)d placement rounds wait to be solved and approved",
                waiting,
            )
            url = url_for(f"{spec.blueprint}.placement_rounds", status="open")
            yield Task(title, url, "list-numbers", "warning", str(spec.words.rounds))


SOURCES: tuple[tuple[Permission, Source], ...] = (
    (P.OWN_RECORD, wishes_to_state),
    (P.STUDIO_HOST, people_to_rank),
    (P.OWN_ACCOUNT, rounds_to_close),
)

"""What the studios of a county come to, by the clauses of the policies; each figure leads to the names behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from app.access import Grant, Permission
from app.extensions import db
from app.studios.access import requests_where
from app.studios.models import (
    RUNNING,
    LessonRequest,
    MeetingKind,
    MeetingStatus,
    Membership,
    MembershipStatus,
    OutcomeKind,
    RequestStatus,
    Studio,
    StudioKind,
    StudioMeeting,
    StudioOutcome,
)
from app.studios.queries.studios import in_form
from app.teachers.backbones import PREFECTURE_AND_ABOVE

PSYCHOLOGY_TEACHERS, PSYCHOLOGY_PROJECTS = 90, 9
CITY_STUDIOS = {"LP-05": 2, "JM-04": 1}
COUNTY_STUDIOS = 7


@dataclass(frozen=True, slots=True)
class ClauseFigure:
    """One figure of a clause; `needed` where the clause sets a number."""

    clause: str
    label: str
    value: int
    url: str
    needed: int | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the clause is met; None where it sets no number."""
        return None if self.needed is None else self.value >= self.needed


def figures(reach: ColumnElement[bool], grants: Iterable[Grant], today: date) -> list[ClauseFigure]:
    """Every figure of the studios within reach."""
    running = (reach, Studio.status.in_(RUNNING))
    number = _count(Studio, *running)
    kinds = dict(
        db.session.execute(select(Studio.kind, func.count()).where(*running).group_by(Studio.kind)).tuples().all()
    )
    found = [
        ClauseFigure(
            "LX-05",
            _("Studios in their full form (1 host, 5 members, 3 mentees each, or as the county says)"),
            _count(Studio, *running, in_form()),
            url_for("studios.index", status="running", shaped="1"),
            number,
            _("Members' titles are checked on the day they join."),
        )
    ]
    for kind in StudioKind:
        url = url_for("studios.index", kind=kind.value, status="running")
        found.append(ClauseFigure("LX-05, HY-06", str(kind.label), kinds.get(kind, 0), url))
    found.append(
        ClauseFigure(
            "HY-06",
            _("Studios that work over the network"),
            _count(Studio, *running, Studio.is_network),
            url_for("studios.index", status="running", network="1"),
        )
    )
    return found + _psychology(running) + _requests(reach, list(grants), today)


def _psychology(running: tuple[Any, ...]) -> list[ClauseFigure]:
    ours = (*running, Studio.kind == StudioKind.PSYCHOLOGY)
    trained = db.session.scalar(
        select(func.count(Membership.teacher_id.distinct()))
        .join(Studio, Studio.id == Membership.studio_id)
        .where(*ours, Membership.status.in_((MembershipStatus.ACTIVE, MembershipStatus.FINISHED)))
    )
    projects = db.session.scalar(
        select(func.count())
        .select_from(StudioOutcome)
        .join(Studio, Studio.id == StudioOutcome.studio_id)
        .where(*ours, StudioOutcome.kind == OutcomeKind.RESEARCH)
    )
    here: dict[str, Any] = {"kind": StudioKind.PSYCHOLOGY.value, "status": "running"}
    of_city = _count(Studio, *ours, Studio.level_code.in_(PREFECTURE_AND_ABOVE))
    cities = [
        ClauseFigure(clause, _("Mental health studios of city level and above"), of_city,
                     url_for("studios.index", **here, level="city"), needed)
        for clause, needed in CITY_STUDIOS.items()
    ]  # fmt: skip
    return [
        *cities,
        ClauseFigure(
            "LP-05, JM-04",
            _("Mental health studios of county level"),
            _count(Studio, *ours, Studio.level_code == "4"),
            url_for("studios.index", **here, level="4"),
            COUNTY_STUDIOS,
        ),
        ClauseFigure(
            "LP-05",
            _("Backbone mental health teachers trained in these studios"),
            trained or 0,
            url_for("studios.people_behind", of=StudioKind.PSYCHOLOGY.value, status="trained"),
            PSYCHOLOGY_TEACHERS,
        ),
        ClauseFigure(
            "LP-05",
            _("Research projects of these studios"),
            projects or 0,
            url_for("studios.outcomes_behind", of=StudioKind.PSYCHOLOGY.value, kind="research"),
            PSYCHOLOGY_PROJECTS,
        ),
    ]


def _requests(reach: ColumnElement[bool], grants: list[Grant], today: date) -> list[ClauseFigure]:
    mine = requests_where(grants, Permission.STUDIO_READ)
    confirmed = _count(LessonRequest, mine, LessonRequest.status == RequestStatus.CONFIRMED)
    waiting = _count(LessonRequest, mine, LessonRequest.status == RequestStatus.OPEN, LessonRequest.wanted_to >= today)
    shown = db.session.scalar(
        select(func.count())
        .select_from(StudioMeeting)
        .join(Studio, Studio.id == StudioMeeting.studio_id)
        .where(reach, StudioMeeting.kind == MeetingKind.SHOWCASE, StudioMeeting.status == MeetingStatus.HELD)
    )
    board = "studios.lesson_requests"
    return [
        ClauseFigure(
            "WP-04", _("Lessons brought to schools on request"), confirmed, url_for(board, status="confirmed")
        ),
        ClauseFigure(
            "WP-04",
            _("Requests that look for a teacher"),
            waiting,
            url_for(board, status="open", by=today.isoformat()),
        ),
        ClauseFigure(
            "WP-04",
            _("Showcases of studios"),
            shown or 0,
            url_for("studios.meetings_behind", kind="showcase", status="held"),
        ),
    ]


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

"""Rounds of placement, by the operations that people use."""

from datetime import timedelta

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.studios.models import MemberRole, PlacementKind, StudioKind
from app.studios.operations import placement_rounds as rounds
from app.studios.placement_settings import DEFAULTS


def make_round(county_id, *, kind=PlacementKind.STUDIO, settings=None, **fields):
    """An open round of studios for mentees; `kind` for mentors."""
    if kind is PlacementKind.STUDIO:
        fields = {"studio_kind": StudioKind.TEACHER, "role": MemberRole.MENTEE} | fields
    days = {"wishes_until": today() + timedelta(days=7), "choices_until": today() + timedelta(days=14)}
    fields = {"name": "秋季安置", **days, "most_wishes": 5} | fields
    return rounds.open_round(
        county_id=county_id, kind=kind, actor=SYSTEM, settings=DEFAULTS | (settings or {}), **fields
    )


def wish(one, teacher, *hosts, is_flexible=False, statement=""):
    """State somebody's wishes."""
    return rounds.state_wishes(
        one=one,
        teacher=teacher,
        hosts=[host.id for host in hosts],
        is_flexible=is_flexible,
        statement=statement,
        today=today(),
        actor=SYSTEM,
    )


def choose(one, host, *teachers, refused=(), asked=None):
    """A host's order: the first of `teachers` first."""
    ranks = {teacher.id: rank for rank, teacher in enumerate(teachers, start=1)}
    asked = asked or [*ranks, *(one.id for one in refused)]
    rounds.state_choices(
        one=one,
        host_id=host.id,
        ranks=ranks,
        refused=[person.id for person in refused],
        asked=asked,
        today=today(),
        actor=SYSTEM,
    )

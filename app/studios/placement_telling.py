"""What people are told of a placement: who was placed where, who was left, and the hosts of whom they got."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app.db.packed import unpack
from app.extensions import db
from app.notices.kinds import Rendered, notice_kind
from app.notices.operations import notify, users_of_teachers
from app.studios.models import GivenStatus, PlacementProposal, PlacementRound, ProposedPlace
from app.studios.placement_kinds import number_of, spec_of

PLACED, LEFT, HOSTS = "placement.placed", "placement.left", "placement.hosts"


def _own(params: dict[str, Any]) -> str:
    return url_for(f"{params['blueprint']}.placement_own", round_id=params["round_id"])


@notice_kind(PLACED, label=_l("Your place from a placement round"), is_urgent=True)
def placed(params: dict[str, Any]) -> Rendered:
    """To somebody who got a place."""
    return Rendered(
        _("%(round)s: your place is %(host)s", round=params["round"], host=params["host"]), "", _own(params)
    )


@notice_kind(LEFT, label=_l("No place in a placement round"), is_urgent=True)
def left(params: dict[str, Any]) -> Rendered:
    """To somebody who got none."""
    title = _("%(round)s: there was no place for you this time", round=params["round"])
    return Rendered(title, _("For each of your wishes the page says why."), _own(params))


@notice_kind(HOSTS, label=_l("People placed with you"))
def hosts(params: dict[str, Any]) -> Rendered:
    """To those who answer for a host."""
    title = ngettext(
        "%(round)s: %(num)s person was placed with %(host)s",
        "%(round)s: %(num)s people were placed with %(host)s",
        params["number"],
        round=params["round"],
        host=params["host"],
    )
    return Rendered(title, params["names"], url_for(params["home"]))


def outcome(one: PlacementRound, proposal_id: int) -> None:
    """Tell everybody what came out; each is told once, however often the job runs."""
    spec = spec_of(one)
    about = {"round": one.name, "round_id": one.id, "blueprint": spec.blueprint}
    rows = db.session.scalars(
        select(ProposedPlace)
        .where(ProposedPlace.proposal_id == proposal_id)
        .options(joinedload(ProposedPlace.teacher))
        .order_by(ProposedPlace.name_pinyin, ProposedPlace.id)
    ).all()
    given = [row for row in rows if row.status is GivenStatus.GIVEN]
    names = spec.names({row.host_id for row in given})
    users = users_of_teachers([row.teacher_id for row in rows])
    by_host: dict[int, list[str]] = {}
    for row in given:
        by_host.setdefault(row.host_id, []).append(row.teacher.name)
        key = f"{PLACED}:{one.id}:{row.teacher_id}"
        notify(users=users[row.teacher_id], kind=PLACED, params=about | {"host": names[row.host_id]}, key=key)
    _tell_left(one, proposal_id, about, {row.teacher_id for row in rows})
    for host_id, people in by_host.items():
        told = about | {"host": names[host_id], "number": len(people), "names": _(", ").join(people), "home": spec.home}
        key = f"{HOSTS}:{one.id}:{host_id}:{len(people)}"
        accounts = users_of_teachers(spec.answer_for(host_id)).values()
        notify(users=[user for some in accounts for user in some], kind=HOSTS, params=told, key=key)


def _tell_left(one: PlacementRound, proposal_id: int, about: dict[str, Any], placed_people: Iterable[int]) -> None:
    row = db.session.get_one(PlacementProposal, proposal_id, options=[undefer(PlacementProposal.detail)])
    reasons = unpack(row.detail)["reasons"] if row.detail else {}
    left_people = sorted({number_of(key) for key in reasons} - set(placed_people))
    for teacher_id, users in users_of_teachers(left_people).items():
        notify(users=users, kind=LEFT, params=about, key=f"{LEFT}:{one.id}:{teacher_id}")

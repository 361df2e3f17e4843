"""What this room tells people."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access import Permission
from app.growth.models import LadderApplication, LadderRound, LadderStatus, PlaceStatus
from app.growth.operations.draws import NOTICE
from app.growth.operations.programmes import NOTICE as PLACE_NOTICE
from app.notices.kinds import Rendered, notice_kind
from app.notices.operations import notify, users_of_teachers, users_with


@notice_kind(NOTICE, label=_l("Drawn for a lesson"), is_urgent=True)
def drawn(params: dict[str, Any]) -> Rendered:
    """To a teacher whom the weekly draw met."""
    title = _("You were drawn for an open lesson in the week %(week)s", week=params["week"])
    return Rendered(title, _("Your school agrees the day with you."), url_for("teachers.me"))


@notice_kind(PLACE_NOTICE, label=_l("Your place in a growth programme"))
def place(params: dict[str, Any]) -> Rendered:
    """To a teacher about whose place somebody decided."""
    status = PlaceStatus(params["status"]).label
    title = _("%(programme)s: %(status)s", programme=params["programme"], status=status)
    return Rendered(title, params.get("reason") or "", url_for("teachers.me"))


@notice_kind("growth.ladder", label=_l("Your application for a rung of the ladder"), is_urgent=True)
def ladder(params: dict[str, Any]) -> Rendered:
    """To a teacher about whose application somebody decided."""
    status = LadderStatus(params["status"]).label
    title = _("%(programme)s: %(status)s", programme=params["round"], status=status)
    return Rendered(title, params.get("reason") or "", url_for("growth.my_ladder"))


@notice_kind("growth.ladder_opinion", label=_l("A teacher applies for a rung of the ladder"))
def ladder_opinion(params: dict[str, Any]) -> Rendered:
    """To a school whose opinion is asked."""
    title = _("%(name)s applies for %(round)s; say the school's opinion", name=params["name"], round=params["round"])
    return Rendered(title, "", url_for("growth.ladder_application", application_id=params["id"]))


@notice_kind("growth.ladder_review", label=_l("Applications to score"))
def ladder_review(params: dict[str, Any]) -> Rendered:
    """To a reviewer of a round."""
    title = _("Score the applications: %(round)s", round=params["round"])
    return Rendered(title, "", url_for("growth.ladder_reviews"))


def opinion_asked(one: LadderApplication) -> None:
    """Ask the school for its opinion."""
    notify(
        users=users_with(Permission.GROWTH_NOMINATE, school_id=one.school_id),
        kind="growth.ladder_opinion",
        params={"name": one.teacher.name, "round": one.round.label, "id": one.id},
        key=f"ladder:{one.id}:{one.version}",
    )


def ladder_moved(one: LadderApplication) -> None:
    """Tell the applicant where the application stands."""
    notify(
        users=users_of_teachers([one.teacher_id])[one.teacher_id],
        kind="growth.ladder",
        params={"round": one.round.label, "status": one.status.value, "reason": one.reason},
        key=f"ladder:{one.id}:{one.status.value}:{one.version}",
    )


def reviews_asked(row: LadderRound, reviewers: Sequence[int]) -> None:
    """Ask the reviewers of a round to score."""
    notify(
        users=reviewers,
        kind="growth.ladder_review",
        params={"round": row.label},
        key=f"ladder-round:{row.id}",
    )

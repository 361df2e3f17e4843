"""What people are told of mentor pairs."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access import Permission
from app.growth.models import MentorPair
from app.notices.kinds import Rendered, notice_kind
from app.notices.operations import notify, users_of_teachers, users_with
from app.studios.models import AppraisalResult

SIGN, SCHOOL, BEGUN, ENDED, APPRAISED = (
    "mentor.sign", "mentor.school", "mentor.begun", "mentor.ended", "mentor.appraised",
)  # fmt: skip


def _own(params: dict[str, Any]) -> str:
    return url_for("growth.my_pair", own_pair_id=params["pair_id"])


@notice_kind(SIGN, label=_l("An agreement of mentor and newcomer to sign"), is_urgent=True)
def sign_it(params: dict[str, Any]) -> Rendered:
    """To the two."""
    title = _("%(mentor)s and %(newcomer)s: read and sign the agreement", **_names(params))
    return Rendered(title, "", _own(params))


@notice_kind(SCHOOL, label=_l("An agreement of a mentor pair for the school to sign"))
def school_signs(params: dict[str, Any]) -> Rendered:
    """To the newcomer's school."""
    title = _("%(mentor)s and %(newcomer)s: the school signs the agreement", **_names(params))
    return Rendered(title, "", url_for("growth.mentor_pair", pair_id=params["pair_id"]))


@notice_kind(BEGUN, label=_l("A mentor pair begins"))
def has_begun(params: dict[str, Any]) -> Rendered:
    """To the two."""
    title = _("%(mentor)s and %(newcomer)s: the agreement is in force", **_names(params))
    return Rendered(title, "", _own(params))


@notice_kind(ENDED, label=_l("A mentor pair ends early"), is_urgent=True)
def has_ended(params: dict[str, Any]) -> Rendered:
    """To the two."""
    title = _("%(mentor)s and %(newcomer)s: the pair has ended", **_names(params))
    return Rendered(title, "", _own(params))


@notice_kind(APPRAISED, label=_l("The appraisal of your mentor pair"), is_urgent=True)
def was_appraised(params: dict[str, Any]) -> Rendered:
    """To the two."""
    told = _names(params) | {"result": AppraisalResult(params["result"]).label}
    return Rendered(_("%(mentor)s and %(newcomer)s: appraised as “%(result)s”", **told), "", _own(params))


def _names(params: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in ("mentor", "newcomer")}


def _params(row: MentorPair, **more: Any) -> dict[str, Any]:
    return {"pair_id": row.id, "mentor": row.mentor.teacher.name, "newcomer": row.newcomer.name, **more}


def _key(kind: str, row: MentorPair) -> str:
    """Once for each state of a pair; with the moment it was made, since an undone import's ids are used again."""
    return f"{kind}:{row.id}:{row.version}:{row.created_at.timestamp():.0f}"


def _tell(row: MentorPair, kind: str, **more: Any) -> None:
    found = users_of_teachers([row.mentor.teacher_id, row.newcomer_id]).values()
    notify(
        users=[user for some in found for user in some],
        kind=kind,
        params=_params(row, **more),
        key=_key(kind, row),
    )


def to_sign(row: MentorPair) -> None:
    """The two and the school have an agreement to sign."""
    _tell(row, SIGN)
    notify(
        users=users_with(Permission.GROWTH_NOMINATE, school_id=row.school_id),
        kind=SCHOOL,
        params=_params(row),
        key=_key(SCHOOL, row),
    )


def begun(row: MentorPair) -> None:
    """The agreement is in force."""
    _tell(row, BEGUN)


def ended(row: MentorPair) -> None:
    """The pair has ended before its day."""
    _tell(row, ENDED)


def appraised(row: MentorPair) -> None:
    """The result of the appraisal."""
    _tell(row, APPRAISED, result=row.result)

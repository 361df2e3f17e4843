"""What people are told of, by notice and mail; each is said once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.access import Permission
from app.db.clock import utc_now
from app.notices.kinds import Rendered, notice_kind
from app.notices.operations import notify, users_of_teachers, users_with
from app.studios.models import (
    AppraisalReview,
    LessonRequest,
    Membership,
    Studio,
    StudioAppraisal,
    StudioMeeting,
)
from app.teachers.models import Teacher

type Params = dict[str, Any]


def _kind(
    name: str,
    label: LazyString,
    title: Callable[[Params], str],
    body: Callable[[Params], str] = lambda params: str(params.get("text") or ""),
    url: Callable[[Params], str] = lambda params: url_for("studios.my_places"),
    *,
    is_urgent: bool = False,
) -> None:
    def render(params: Params) -> Rendered:
        return Rendered(title(params), body(params), url(params))

    render.__qualname__ = f"telling.{name}"
    notice_kind(name, label=label, is_urgent=is_urgent)(render)


def _to_work(params: Params) -> str:
    return url_for("studios.workplace", studio_id=params["studio_id"])


def _to_studio(params: Params) -> str:
    return url_for("studios.show", studio_id=params["studio_id"])


def _to_request(params: Params) -> str:
    return url_for("studios.lesson_request", request_id=params["request_id"])


_kind(
    "studio.applied_for",
    _l("Somebody applies for a studio"),
    lambda p: _("%(studio)s is applied for; decide about it", studio=p["studio"]),
    url=_to_studio,
)
DECISIONS: dict[str, Callable[[Params], str]] = {
    "approved": lambda p: _("%(studio)s is approved; its licence is %(text)s", studio=p["studio"], text=p["text"]),
    "returned": lambda p: _("Your application for %(studio)s was returned to be completed", studio=p["studio"]),
    "declined": lambda p: _("Your application for %(studio)s was not approved", studio=p["studio"]),
    "suspended": lambda p: _("%(studio)s is suspended", studio=p["studio"]),
    "resumed": lambda p: _("%(studio)s may go on", studio=p["studio"]),
    "renewed": lambda p: _("%(studio)s is renewed until %(text)s", studio=p["studio"], text=p["text"]),
    "merged": lambda p: _("%(studio)s is merged into %(text)s", studio=p["studio"], text=p["text"]),
    "closed": lambda p: _("%(studio)s is closed", studio=p["studio"]),
}
_kind(
    "studio.decided",
    _l("A decision on your studio"),
    lambda p: DECISIONS[p["decision"]](p),
    lambda p: "" if p["decision"] in ("approved", "renewed", "merged") else str(p["text"]),
    is_urgent=True,
)
_kind(
    "studio.person_applied",
    _l("A teacher applies to your studio"),
    lambda p: _("%(name)s applies to %(studio)s", name=p["name"], studio=p["studio"]),
    url=_to_work,
)
_kind(
    "studio.invited",
    _l("An invitation to a studio"),
    lambda p: _("%(studio)s invites you; accept or decline", studio=p["studio"]),
    is_urgent=True,
)
_kind("studio.joined", _l("A place in a studio"), lambda p: _("You have a place in %(studio)s", studio=p["studio"]))
_kind(
    "studio.waiting",
    _l("The waiting list of a studio"),
    lambda p: _("%(studio)s has no place free; you are on the waiting list", studio=p["studio"]),
)
_kind(
    "studio.moved_up",
    _l("A place from a studio's waiting list"),
    lambda p: _("A place is free: you are in %(studio)s now", studio=p["studio"]),
    is_urgent=True,
)
_kind(
    "studio.person_declined",
    _l("A studio declined"),
    lambda p: _("%(studio)s could not take you", studio=p["studio"]),
)
_kind(
    "studio.moved",
    _l("Another member leads you"),
    lambda p: _("Another member of %(studio)s leads you from today", studio=p["studio"]),
)
_kind(
    "studio.left",
    _l("Somebody left your studio"),
    lambda p: _("%(name)s has left %(studio)s", name=p["name"], studio=p["studio"]),
    url=_to_work,
)
_kind(
    "studio.asked",
    _l("You are asked to leave a studio"),
    lambda p: _("%(studio)s asks you to leave; you may answer until %(day)s", studio=p["studio"], day=p["day"]),
    is_urgent=True,
)
_kind(
    "studio.answered",
    _l("An answer from somebody asked to leave"),
    lambda p: _("%(name)s has answered %(studio)s", name=p["name"], studio=p["studio"]),
    url=_to_work,
)
_kind("studio.may_stay", _l("You may stay in a studio"), lambda p: _("You stay in %(studio)s", studio=p["studio"]))
_kind(
    "studio.dismissed",
    _l("Your place in a studio has ended"),
    lambda p: _("Your place in %(studio)s has ended", studio=p["studio"]),
    is_urgent=True,
)
_kind(
    "studio.ended",
    _l("Your studio has ended"),
    lambda p: _("%(studio)s has ended, and with it your place", studio=p["studio"]),
    is_urgent=True,
)
_kind(
    "studio.message",
    _l("A message from your studio"),
    lambda p: _("%(studio)s: %(subject)s", studio=p["studio"], subject=p["subject"]),
)
_kind(
    "studio.meeting",
    _l("An activity of your studio"),
    lambda p: _("%(studio)s on %(day)s: %(title)s", studio=p["studio"], day=p["day"], title=p["title"]),
)
_kind(
    "studio.meeting_cancelled",
    _l("An activity of your studio is cancelled"),
    lambda p: _("Cancelled: %(title)s on %(day)s", title=p["title"], day=p["day"]),
    is_urgent=True,
)
_kind(
    "studio.lesson_asked",
    _l("A school asks for a lesson"),
    lambda p: _("%(school)s asks for a lesson: %(topic)s", school=p["school"], topic=p["topic"]),
    url=_to_request,
)
_kind(
    "studio.lesson_accepted",
    _l("Your school's request was accepted"),
    lambda p: _("%(name)s comes on %(day)s: %(topic)s", name=p["name"], day=p["day"], topic=p["topic"]),
    url=_to_request,
)
_kind(
    "studio.lesson_given_up",
    _l("A teacher cannot come after all"),
    lambda p: _("The request is open again: %(topic)s", topic=p["topic"]),
    url=_to_request,
    is_urgent=True,
)
_kind(
    "studio.lesson_given",
    _l("A lesson was given; please confirm"),
    lambda p: _("Please confirm and say how it was: %(topic)s", topic=p["topic"]),
    url=_to_request,
)
_kind(
    "studio.lesson_confirmed",
    _l("A school confirmed your lesson"),
    lambda p: _("%(school)s confirmed “%(topic)s”; your hours are credited", school=p["school"], topic=p["topic"]),
    url=_to_request,
)
_kind(
    "studio.lesson_cancelled",
    _l("A school takes its request back"),
    lambda p: _("%(school)s no longer asks for “%(topic)s”", school=p["school"], topic=p["topic"]),
    url=_to_request,
)
_kind(
    "studio.appraisal",
    _l("An appraisal of your studio"),
    lambda p: _("%(studio)s is appraised; hand in your report by %(day)s", studio=p["studio"], day=p["day"]),
    url=_to_work,
    is_urgent=True,
)
_kind(
    "studio.review",
    _l("A studio to review"),
    lambda p: _("Please review %(studio)s", studio=p["studio"]),
    url=lambda p: url_for("studios.review", review_id=p["review_id"]),
    is_urgent=True,
)
RESULTS: dict[str, Callable[[Params], str]] = {
    "excellent": lambda p: _("%(studio)s was appraised as excellent", studio=p["studio"]),
    "passed": lambda p: _("%(studio)s meets the standard", studio=p["studio"]),
    "failed": lambda p: _("%(studio)s is below the standard", studio=p["studio"]),
}
_kind(
    "studio.appraised",
    _l("The result of an appraisal"),
    lambda p: RESULTS[p["result"]](p),
    lambda p: _("Score: %(score)s", score=p["score"]),
    url=_to_work,
    is_urgent=True,
)


def _tell(teachers: Iterable[int], kind: str, studio: Studio, key: str, **more: Any) -> int:
    users = [user for accounts in users_of_teachers(teachers).values() for user in accounts]
    if not users:
        return 0
    return notify(
        users=users,
        kind=kind,
        params={"studio": studio.name, "studio_id": studio.id, **more},
        key=f"{kind}:{key}",
    )


def _of(row: Membership) -> str:
    return f"{row.id}:{row.version}"


def applied_for(studio: Studio) -> None:
    """The centre has an application to decide about."""
    notify(
        users=users_with(Permission.STUDIO_EDIT, county_id=studio.county_id),
        kind="studio.applied_for",
        params={"studio": studio.name, "studio_id": studio.id},
        key=f"studio.applied_for:{studio.id}:{studio.version}",
    )


def decided(studio: Studio, decision: str, text: str) -> None:
    """The host is told what became of the studio."""
    _tell([studio.host_id], "studio.decided", studio, f"{studio.id}:{studio.version}", decision=decision, text=text)


def person_applied(studio: Studio, row: Membership, teacher: Teacher) -> None:
    """The host has an application to answer."""
    _tell(studio.host_ids, "studio.person_applied", studio, str(row.id), name=teacher.name)


def invited(studio: Studio, row: Membership) -> None:
    """Somebody is invited."""
    _tell([row.teacher_id], "studio.invited", studio, str(row.id))


def joined(studio: Studio, row: Membership) -> None:
    """Somebody has a place."""
    _tell([row.teacher_id], "studio.joined", studio, str(row.id))


def waiting(studio: Studio, row: Membership) -> None:
    """Somebody is on the waiting list."""
    _tell([row.teacher_id], "studio.waiting", studio, f"{row.id}:{row.waiting_no}")


def moved_up(studio: Studio, row: Membership) -> None:
    """Somebody who waited has a place."""
    _tell([row.teacher_id], "studio.moved_up", studio, str(row.id))


def person_declined(studio: Studio, row: Membership, reason: str) -> None:
    """Somebody was declined."""
    _tell([row.teacher_id], "studio.person_declined", studio, str(row.id), text=reason)


def moved(studio: Studio, row: Membership) -> None:
    """Somebody is led by another member."""
    _tell([row.teacher_id], "studio.moved", studio, _of(row))


def has_left(studio: Studio, row: Membership) -> None:
    """The host is told that somebody left."""
    _tell(studio.host_ids, "studio.left", studio, str(row.id), name=row.teacher.name)


def asked_to_leave(studio: Studio, row: Membership, until: date) -> None:
    """Somebody is asked to leave; why stands on their own page only."""
    _tell([row.teacher_id], "studio.asked", studio, _of(row), day=until)


def answered(studio: Studio, row: Membership) -> None:
    """The host has an answer."""
    _tell(studio.host_ids, "studio.answered", studio, _of(row), name=row.teacher.name)


def may_stay(studio: Studio, row: Membership) -> None:
    """Somebody stays after all."""
    _tell([row.teacher_id], "studio.may_stay", studio, _of(row))


def dismissed(studio: Studio, row: Membership) -> None:
    """Somebody's place has ended."""
    _tell([row.teacher_id], "studio.dismissed", studio, str(row.id))


def studio_ended(studio: Studio, rows: Sequence[Membership], reason: str) -> None:
    """Everybody is told that the studio has ended."""
    _tell([row.teacher_id for row in rows], "studio.ended", studio, str(studio.id), text=reason)


def message(studio: Studio, teacher_ids: Sequence[int], subject: str, text: str) -> int:
    """A message from the host."""
    return _tell(teacher_ids, "studio.message", studio, f"{studio.id}:{utc_now().timestamp()}",
                 subject=subject, text=text)  # fmt: skip


def meeting(studio: Studio, row: StudioMeeting, teacher_ids: Sequence[int], *, is_cancelled: bool = False) -> None:
    """An activity is planned, moved or cancelled."""
    kind = "studio.meeting_cancelled" if is_cancelled else "studio.meeting"
    text = row.cancelled_reason if is_cancelled else row.venue
    _tell(teacher_ids, kind, studio, f"{row.id}:{row.version}", day=row.on, title=row.title, text=text)


def lesson(
    users: Iterable[int], what: str, row: LessonRequest, *, name: str = "", day: date | None = None, text: str = ""
) -> None:
    """What becomes of a school's request."""
    notify(
        users=users,
        kind=f"studio.lesson_{what}",
        params={"request_id": row.id, "school": row.school.name, "topic": row.topic, "name": name, "day": day,
                "text": text},
        key=f"studio.lesson_{what}:{row.id}:{row.version}",
    )  # fmt: skip


def appraisal_opened(studio: Studio, row: StudioAppraisal) -> None:
    """The host has a report to hand in."""
    _tell(studio.host_ids, "studio.appraisal", studio, str(row.id), day=row.due_on)


def review_asked(studio: Studio, row: AppraisalReview) -> None:
    """A reviewer has a studio to review."""
    notify(
        users=[row.reviewer_id],
        kind="studio.review",
        params={"studio": studio.name, "review_id": row.id},
        key=f"studio.review:{row.id}",
    )


def appraised(studio: Studio, row: StudioAppraisal) -> None:
    """The host is told the result."""
    _tell(studio.host_ids, "studio.appraised", studio, str(row.id), result=row.result, score=row.score)


def appraisal_opened_again(studio: Studio, row: StudioAppraisal, reason: str) -> None:
    """The report was returned."""
    key = f"{row.id}:{row.version}"
    _tell(studio.host_ids, "studio.appraisal", studio, key, day=row.due_on, text=reason)

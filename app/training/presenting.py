"""How this room's facts are said on pages and in exports."""

from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.codes import queries as codes
from app.training.models import (
    Admission,
    EnrolmentStatus,
    SessionStatus,
    TrainingResult,
    TrainingSession,
)
from app.training.queries.money import shown_share
from app.web.exports import Column
from app.web.facts import DAY, Fact, Vocabulary

TONES: dict[Any, tuple[str, str]] = {
    SessionStatus.DRAFT: ("neutral", "pencil"),
    SessionStatus.OPEN: ("success", "lock-open"),
    SessionStatus.CLOSED: ("info", "lock"),
    SessionStatus.FINISHED: ("neutral", "checks"),
    SessionStatus.CANCELLED: ("danger", "ban"),
    EnrolmentStatus.APPLIED: ("info", "send"),
    EnrolmentStatus.NOMINATED: ("info", "user-check"),
    EnrolmentStatus.WAITING: ("warning", "hourglass"),
    EnrolmentStatus.CONFIRMED: ("success", "circle-check"),
    EnrolmentStatus.DECLINED: ("danger", "circle-x"),
    EnrolmentStatus.CANCELLED: ("neutral", "circle-minus"),
    TrainingResult.NONE: ("neutral", "minus"),
    TrainingResult.PASSED: ("success", "award"),
    TrainingResult.FAILED: ("danger", "circle-x"),
}


def exact(value: Decimal | None) -> str:
    """A number without needless zeros: 7.5, 24; a dash for none."""
    if value is None:
        return "–"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(value: Decimal | None) -> str:
    """An amount of money: 1,234.50."""
    return "–" if value is None else f"{value:,.2f}"


def masked_name(name: str) -> str:
    """A name as strangers see it: 林清禾 is 林*禾, 林禾 is 林*."""
    if len(name) < 2:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def organiser_of(row: Any) -> str:
    """Who organises a session or a programme."""
    return str(row.school.name if row.school_id else row.region.name)


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters["exact"] = exact
    app.jinja_env.filters["yuan"] = yuan


SESSION_FACTS = {
    fact.name: fact
    for fact in (
        Fact("name", _l("Name")),
        Fact("mode_code", _l("Mode"), table="session_mode"),
        Fact("begins_on", _l("Begins on"), kind=DAY),
        Fact("ends_on", _l("Ends on"), kind=DAY),
        Fact("daily_from", _l("Daily from")),
        Fact("daily_to", _l("Daily to")),
        Fact("is_on_site", _l("On site")),
        Fact("venue", _l("Venue")),
        Fact("lecturers", _l("Lecturers")),
        Fact("hours", _l("Hours")),
        Fact("places", _l("Places")),
        Fact("admission", _l("Admission"), values=Admission),
        Fact("enrol_until", _l("Enrol until"), kind=DAY),
        Fact("note", _l("Note")),
        Fact("status", _l("Status"), values=SessionStatus),
    )
}
ENROLMENT_FACTS = {
    fact.name: fact
    for fact in (
        Fact("status", _l("Status"), values=EnrolmentStatus),
        Fact("result", _l("Result"), values=TrainingResult),
        Fact("score", _l("Score")),
        Fact("hours", _l("Hours")),
        Fact("day", _l("Day"), kind=DAY),
    )
}
SESSION_HISTORY = Vocabulary(
    SESSION_FACTS,
    {
        "training.session.add": (_l("Session added"), "plus"),
        "training.session.edit": (_l("Session changed"), "pencil"),
        "training.session.status": (_l("Status changed"), "refresh"),
        "training.session.cancel": (_l("Session cancelled"), "ban"),
        "training.session.quotas": (_l("Places shared out"), "users"),
        "training.attendance.set": (_l("Attendance ticked"), "checklist"),
        "training.roster.upload": (_l("List of results uploaded"), "upload"),
        "training.roster.apply": (_l("List of results applied"), "check"),
        "training.roster.undo": (_l("List of results undone"), "arrow-back-up"),
        "training.roster.discard": (_l("List of results discarded"), "trash"),
    },
)
ENROLMENT_HISTORY = Vocabulary(
    ENROLMENT_FACTS,
    {
        "training.enrolment.apply": (_l("Applied for the session"), "send"),
        "training.enrolment.nominate": (_l("Nominated"), "user-check"),
        "training.enrolment.enrol": (_l("Put on the list"), "user-plus"),
        "training.enrolment.confirm": (_l("Decided by the organiser"), "circle-check"),
        "training.enrolment.decline": (_l("Declined"), "circle-x"),
        "training.enrolment.cancel": (_l("Taken off the list"), "user-minus"),
        "training.enrolment.move_up": (_l("Moved up from the waiting list"), "arrow-up"),
        "training.attendance.scan": (_l("Scanned the code"), "qrcode"),
        "training.result.set": (_l("Result recorded"), "award"),
    },
)


def session_columns() -> list[Column]:
    """The columns of an export of sessions."""
    return [
        Column(_l("Programme"), lambda row: row.programme.name),
        Column(_l("Session"), "name"),
        Column(_l("Year"), lambda row: row.programme.year),
        Column(_l("Organised by"), organiser_of),
        Column(_l("Level"), lambda row: codes.label("training_category", row.programme.level_code)),
        Column(_l("Kind of training"), lambda row: codes.label("training_kind", row.programme.kind_code)),
        Column(_l("Mode"), lambda row: codes.label("session_mode", row.mode_code)),
        Column(_l("Begins on"), "begins_on"),
        Column(_l("Ends on"), "ends_on"),
        Column(_l("Venue"), "venue"),
        Column(_l("Hours"), "hours"),
        Column(_l("Places"), "places"),
        Column(_l("Places taken"), "taken"),
        Column(_l("Status"), "status"),
    ]


def programme_columns() -> list[Column]:
    """The columns of an export of programmes."""
    return [
        Column(_l("Programme"), "name"),
        Column(_l("Year"), "year"),
        Column(_l("Organised by"), organiser_of),
        Column(_l("Level"), lambda row: codes.label("training_category", row.level_code)),
        Column(_l("Kind of training"), lambda row: codes.label("training_kind", row.kind_code)),
        Column(_l("Pass mark"), "pass_mark"),
    ]


def budget_columns() -> list[Column]:
    """The columns of an export of budgets; a row is (school, account)."""
    return [
        Column(_l("School code"), lambda row: row[0].code),
        Column(_l("School"), lambda row: row[0].name),
        Column(_l("Public funds (yuan)"), lambda row: row[1].budget and row[1].budget.public_funds),
        Column(_l("Set aside for training (yuan)"), lambda row: row[1].budget and row[1].budget.planned),
        Column(_l("Share set aside"), lambda row: shown_share(row[1].share_planned)),
        Column(_l("Spent (yuan)"), lambda row: row[1].spent),
        Column(_l("Share spent"), lambda row: shown_share(row[1].share_spent)),
        Column(_l("5 % reached"), lambda row: "" if row[1].is_reached is None else row[1].is_reached),
    ]


def people_columns() -> list[Column]:
    """The columns of an export of a session's people."""
    return [
        Column(_l("Name"), lambda row: row.teacher.name),
        Column(_l("Identity number"), lambda row: row.teacher.id_number_masked),
        Column(_l("School"), lambda row: row.school.name),
        Column(_l("Status"), "status"),
        Column(_l("Days present"), lambda row: len(row.marks)),
        Column(_l("Result"), lambda row: row.result if row.result is not TrainingResult.NONE else ""),
        Column(_l("Score"), "score"),
        Column(_l("Hours"), "hours"),
    ]


def certificate_columns() -> list[Column]:
    """The columns of an export of certificates."""
    return [
        Column(_l("Number"), "number"),
        Column(_l("Name"), "name"),
        Column(_l("School"), lambda row: row.enrolment.school.name),
        Column(_l("Programme"), "programme"),
        Column(_l("Session"), "session_name"),
        Column(_l("Hours"), "hours"),
        Column(_l("Issued on"), "issued_on"),
        Column(_l("Status"), lambda row: _("Revoked") if row.revoked_at else _("Valid")),
    ]


def daily_times(session: TrainingSession) -> str:
    """09:00–17:00, or nothing."""
    return f"{session.daily_from:%H:%M}–{session.daily_to:%H:%M}" if session.daily_from and session.daily_to else ""

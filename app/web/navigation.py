"""The side bar: the pages a person may open, in groups."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user

from app.access import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the side bar; `active_for` is the blueprint it belongs to, a page, or with a line at its end how the
    names of further pages begin."""

    label: LazyString
    endpoint: str
    icon: str
    permission: Permission
    active_for: str


P = Permission
# Nearer than any page beneath another link: longer than an address may be.
OWN_PAGE = 10_000
GROUPS: tuple[tuple[LazyString, tuple[Entry, ...]], ...] = (
    (
        _l("Overview"),
        (
            Entry(_l("What to do now"), "home.index", "home", P.OWN_ACCOUNT, "home.index"),
            Entry(_l("My record"), "teachers.me", "user", P.OWN_RECORD, "teachers.me"),
            Entry(
                _l("My certificates"),
                "qualifications.my_certificates",
                "certificate",
                P.OWN_RECORD,
                "qualifications.my_certificates",
            ),
            Entry(_l("My training hours"), "credits.me", "stars", P.OWN_RECORD, "credits.me"),
        ),
    ),
    (
        _l("Rosters"),
        (
            Entry(_l("Schools"), "schools.index", "building", P.SCHOOL_READ, "schools"),
            Entry(_l("Teachers"), "teachers.index", "users", P.TEACHER_READ, "teachers"),
            Entry(_l("Imports"), "imports.index", "upload", P.IMPORT, "imports"),
        ),
    ),
    (
        _l("Rotation"),
        (
            Entry(_l("Eligibility"), "eligibility.index", "list-check", P.ELIGIBILITY_READ, "eligibility"),
            Entry(_l("Plans"), "rotation.index", "arrows-exchange", P.PLAN_READ, "rotation"),
            Entry(
                _l("Published lists"),
                "rotation.publications",
                "speakerphone",
                P.PUBLICATION_READ,
                "rotation.publications",
            ),
            Entry(_l("Postings"), "rotation.postings", "map-pin", P.POSTING_READ, "rotation.postings"),
        ),
    ),
    (
        _l("Development"),
        (
            Entry(_l("Training credits"), "credits.index", "stars", P.CREDIT_READ, "credits"),
            Entry(_l("Training"), "training.index", "school", P.TRAINING_READ, "training"),
            Entry(_l("My training"), "training.mine", "school", P.OWN_RECORD, "training.mine"),
            Entry(_l("Qualifications"), "qualifications.index", "certificate", P.QUALIFICATION_READ, "qualifications"),
            Entry(_l("Studios"), "studios.index", "users-group", P.STUDIO_READ, "studios"),
            Entry(_l("My studio"), "studios.mine", "layout-dashboard", P.STUDIO_HOST, "studios.mine"),
            Entry(_l("Studios I belong to"), "studios.my_places", "users-group", P.OWN_RECORD, "studios.my_places"),
            Entry(
                _l("Placement in studios"),
                "studios.placement_rounds",
                "list-numbers",
                P.STUDIO_EDIT,
                "studios.placement_rounds",
            ),
            Entry(
                _l("Requests for lessons"),
                "studios.lesson_requests",
                "chalkboard",
                P.LESSON_REQUEST,
                "studios.lesson_requests",
            ),
            Entry(_l("Ladder of backbone titles"), "growth.ladder", "trophy", P.GROWTH_READ, "growth.ladder"),
            Entry(_l("My way up the ladder"), "growth.my_ladder", "trophy", P.OWN_RECORD, "growth.my_ladder"),
            Entry(_l("Mentor pairs"), "growth.mentor_pairs", "users", P.GROWTH_READ, "growth.placement_"),
            Entry(_l("My mentoring"), "growth.my_mentoring", "users", P.OWN_RECORD, "growth.placement_"),
            Entry(_l("Growth"), "growth.programmes", "trending-up", P.GROWTH_READ, "growth"),
            Entry(_l("Ethics"), "ethics.index", "heart-handshake", P.ETHICS_READ, "ethics"),
        ),
    ),
    (
        _l("Targets and reports"),
        (
            Entry(_l("Policy targets"), "targets.board", "flag", P.TARGET_READ, "targets"),
            Entry(_l("Figures to be filled in"), "targets.filled", "edit", P.TARGET_EDIT, "targets.filled"),
            Entry(_l("Policy packs"), "targets.packs", "files", P.PACK_EDIT, "targets.packs"),
            Entry(_l("Balanced schooling"), "targets.balance", "scale", P.TARGET_READ, "targets.balance"),
            Entry(_l("Staffing"), "targets.staffing", "users-group", P.TARGET_READ, "targets.staffing"),
            Entry(_l("County map"), "targets.county_map", "map-2", P.TARGET_READ, "targets.county_map"),
            Entry(_l("Reports"), "reports.index", "report", P.REPORT_READ, "reports"),
        ),
    ),
    (
        _l("System"),
        (
            Entry(_l("Accounts"), "accounts.index", "user-shield", P.ACCOUNT_MANAGE, "accounts.index"),
            Entry(_l("Regions"), "regions.index", "map", P.SETTINGS_EDIT, "regions"),
            Entry(_l("Code tables"), "codes.index", "list-numbers", P.CODE_EDIT, "codes"),
            Entry(_l("Jobs"), "jobs.index", "clock", P.JOB_READ, "jobs"),
            Entry(_l("Audit log"), "audit.index", "history", P.AUDIT_READ, "audit"),
        ),
    ),
)


def init_app(app: Flask) -> None:
    """Give every page its side bar."""
    app.context_processor(lambda: {"navigation": visible_groups(app)})


def visible_groups(app: Flask) -> list[dict[str, Any]]:
    """The groups with the links that the present person may open; empty groups are left out."""
    if not (current_user and current_user.is_authenticated):
        return []
    groups = [
        (label, [e for e in entries if e.endpoint in app.view_functions and current_user.may(e.permission)])
        for label, entries in GROUPS
    ]
    nearest = max((e for _label, entries in groups for e in entries), key=_nearness, default=None)
    active = nearest if nearest and _nearness(nearest) else None
    return [{"label": label, "items": [_item(e, e is active) for e in entries]} for label, entries in groups if entries]


def _item(entry: Entry, is_active: bool) -> dict[str, Any]:
    url = url_for(entry.endpoint)
    return {"label": entry.label, "url": url, "icon": entry.icon, "active": is_active, "badge": None}


def _nearness(entry: Entry) -> int:
    """How closely the present page belongs to a link: its own page, those beneath it, the rest of its room; else 0."""
    if request.endpoint in (entry.endpoint, entry.active_for):
        return OWN_PAGE
    if "." not in entry.active_for:
        return int(request.blueprint == entry.active_for)
    if entry.active_for.endswith("_") and (request.endpoint or "").startswith(entry.active_for):
        return OWN_PAGE
    beneath = url_for(entry.endpoint).rstrip("/") + "/"
    return len(beneath) if beneath != "/" and request.path.startswith(beneath) else 0

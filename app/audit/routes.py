"""Pages of the log."""

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.access import Grant, Permission
from app.audit import queries
from app.audit.labels import action_label, actor_name
from app.audit.models import AuditEntry
from app.extensions import db
from app.web import exports, lists
from app.web.facts import changes_told
from app.web.guards import requires
from app.web.pagination import SortKey

bp = Blueprint("audit", __name__, url_prefix="/audit")

ENTRIES = lists.ListSpec(
    "audit.index",
    filters=(
        lists.choice("action", _l("What"), queries.action_choices),
        lists.text("actor", _l("Who")),
        lists.text("subject_type", _l("Kind of record")),
        lists.text("subject_id", _l("Number of the record")),
        lists.day("from", _l("From")),
        lists.day("to", _l("To")),
    ),
    sorts={"newest": lists.Sort((SortKey(AuditEntry.position, "position", is_descending=True),))},
    search="",
)
COLUMNS = (
    exports.Column(_l("Number"), "position"),
    exports.Column(_l("Time (UTC)"), lambda entry: f"{entry.at:%Y-%m-%d %H:%M:%S}"),
    exports.Column(_l("Who"), lambda entry: actor_name(entry.actor_label)),
    exports.Column(_l("What"), lambda entry: action_label(entry.action)),
    exports.Column(_l("Kind of record"), "subject_type"),
    exports.Column(_l("Number of the record"), "subject_id"),
    exports.Column(_l("Record"), "subject_label"),
    exports.Column(
        _l("Changes"), lambda entry: "\n".join(f"{f}: {old} → {new}" for f, old, new in queries.changes_of(entry))
    ),
    exports.Column(_l("Reason"), "reason"),
    exports.Column(_l("Address"), "address"),
    exports.Column(_l("Digest"), "digest"),
)


@bp.get("/")
@requires(Permission.AUDIT_READ)
def index() -> str:
    """The log, newest first."""
    listing = ENTRIES.read(request.args)
    statement = queries.entries(current_user.grants, listing)
    found = lists.fetch(db.session(), statement, listing, key=AuditEntry.position)
    return render_template(
        "audit/index.html",
        listing=listing,
        found=found,
        actions=queries.action_choices(),
        action_label=action_label,
        saved=lists.saved(ENTRIES.page),
        may_export=bool(_exporting()),
    )


@bp.get("/<int:position>")
@requires(Permission.AUDIT_READ)
def entry(position: int) -> str:
    """One entry with its changes."""
    found = queries.entry_at(current_user.grants, position) or abort(404)
    return render_template("audit/entry.html", entry=found, line=queries.line_of(found), changes=changes_told(found))


@bp.post("/export")
@requires(Permission.EXPORT)
def export() -> Response:
    """The entries that the filters leave, as a workbook."""
    listing = ENTRIES.read(request.args)
    grants = _exporting()
    if not grants:
        abort(403)
    return exports.send_table(
        COLUMNS,
        lambda: db.session.scalars(lists.ordered(queries.entries(grants, listing), listing)),
        _("Audit log"),
        actor=current_user,
        subject="audit_entry",
        fmt=exports.asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


def _exporting() -> list[Grant]:
    """The grants that let the present person take the log away, not only read it."""
    return [g for g in current_user.grants if g.allows(Permission.AUDIT_READ) and g.allows(Permission.EXPORT)]

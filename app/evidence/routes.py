"""Handing a file out: always as a download, never shown within our own pages, and always on record."""

import io

from flask import Blueprint, Response, abort, send_file
from flask_login import current_user

from app.evidence import operations, queries
from app.evidence.models import EvidenceFile
from app.web.guards import signed_in
from app.web.transaction import writing

bp = Blueprint("evidence", __name__, url_prefix="/evidence")
POLICY = "default-src 'none'; sandbox"


@bp.get("/<int:file_id>")
@signed_in
def download(file_id: int) -> Response:
    """One file as it came, for whoever may open the record it hangs on."""
    with writing():
        file = _file(file_id)
        name, kind = file.name, file.media_type
        content = operations.content_of(file)
        operations.note_download(actor=current_user, file=file)
    response = send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name, max_age=0)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _file(file_id: int) -> EvidenceFile:
    return queries.find_file(current_user.grants, current_user, file_id) or abort(404)

"""Pages of background work."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from app.extensions import db
from app.jobs import operations, queries
from app.jobs.kinds import KINDS, label_of, stage_of
from app.jobs.models import Job, JobStatus
from app.web import lists
from app.web.errors import Refused
from app.web.guards import signed_in
from app.web.pagination import SortKey

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
JOBS = lists.ListSpec(
    "jobs.index",
    filters=(
        lists.choice("status", _l("Status"), queries.status_choices),
        lists.choice("kind", _l("Kind of job"), queries.kind_choices),
    ),
    sorts={"newest": lists.Sort((SortKey(Job.id, "id", is_descending=True),))},
    search="",
)


@bp.get("/")
@signed_in
def index() -> str:
    """One's own jobs, and those of one's regions, newest first."""
    listing = JOBS.read(request.args)
    found = lists.fetch(db.session(), queries.jobs(current_user, listing), listing, key=Job.id)
    return render_template(
        "jobs/index.html",
        listing=listing,
        found=found,
        label_of=label_of,
        requesters=queries.requesters(found.items),
        statuses=queries.status_choices(),
        kinds=queries.kind_choices(),
        is_silent=queries.is_worker_silent(),
    )


@bp.get("/<int:job_id>")
@signed_in
def show(job_id: int) -> str:
    """One job: how far it is, who asked for it, and its subject."""
    job = _job(job_id)
    silent = job.status is JobStatus.QUEUED and queries.is_worker_silent()
    return render_template("jobs/show.html", job=job, is_silent=silent, **_facts(job))


@bp.get("/<int:job_id>/card")
@signed_in
def card(job_id: int) -> Response:
    """The card alone, which the page asks for while the job goes on; a page that shows the result reloads."""
    job = _job(job_id)
    facts = _facts(job)
    response = Response(render_template("jobs/_card.html", job=job, **facts), mimetype="text/html")
    asked_from = urlsplit(request.headers.get("HX-Current-URL", "")).path
    if job.status.is_over and facts["link"] and asked_from == urlsplit(facts["link"]).path:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post("/<int:job_id>/cancel")
@signed_in
def cancel(job_id: int) -> Response:
    """Ask the job to end."""
    job = _job(job_id)
    try:
        operations.request_cancel(job, current_user)
        flash(_("The job has been asked to stop."), "success")
    except Refused as refused:
        flash(str(refused.message), "warning")
    return redirect(url_for("jobs.show", job_id=job.id), 303)


def _job(job_id: int) -> Job:
    return queries.job(current_user, job_id) or abort(404)


def _facts(job: Job) -> dict[str, Any]:
    kind = KINDS.get(job.kind)
    state = "cancelling" if job.status is JobStatus.RUNNING and job.is_cancel_requested else job.status.value
    return {
        "title": label_of(job.kind),
        "state": state,
        "state_label": _("Stopping") if state == "cancelling" else job.status.label,
        "stage": stage_of(job.kind, job.stage),
        "link": kind.link(job) if kind and kind.link and job.subject_id else None,
        "requester": queries.requesters([job]).get(job.requested_by_id or 0, ""),
    }

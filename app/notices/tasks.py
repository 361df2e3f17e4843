"""Letters as background work: after commit, and again every minute while something waits."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from app.db.clock import utc_now
from app.jobs.models import Job, JobStatus
from app.jobs.operations import JobHandle, job_kind
from app.jobs.periodic import periodic
from app.notices import delivery, digests
from app.notices.operations import DELIVER, is_mail_set_up

DIGEST = "notices.digest"
JOBS_KEPT = timedelta(days=14)


@job_kind(DELIVER, label=_l("Sending e-mail"))
def deliver(handle: JobHandle) -> dict[str, Any]:
    """Send what is due. Each letter is claimed by itself, so that taking the job up again sends none twice."""
    return delivery.deliver_all() if is_mail_set_up() else {}


@job_kind(DIGEST, label=_l("Writing the daily digests"))
def write_digests(handle: JobHandle) -> dict[str, Any]:
    """Write today's digests, to be sent as any letter is; and forget the sending jobs of weeks ago."""
    written = digests.write_digests() if is_mail_set_up() else 0
    with handle.transaction() as session:
        over = (Job.kind.in_((DELIVER, DIGEST)), Job.status == JobStatus.DONE, Job.ended_at < utc_now() - JOBS_KEPT)
        session.execute(delete(Job).where(*over), execution_options={"synchronize_session": False})
    return {"written": written}


periodic(DELIVER, every=timedelta(minutes=1), unless_idle=lambda: is_mail_set_up() and delivery.has_due())
periodic(DIGEST, every=timedelta(minutes=10), unless_idle=lambda: is_mail_set_up() and digests.is_time())

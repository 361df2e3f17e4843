"""Letters as background work: after commit, and again every minute while something waits."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from app.jobs.operations import JobHandle, job_kind
from app.jobs.periodic import periodic
from app.notices import delivery, digests
from app.notices.operations import DELIVER, is_mail_set_up

DIGEST = "notices.digest"


@job_kind(DELIVER, label=_l("Sending e-mail"))
def deliver(handle: JobHandle) -> dict[str, Any]:
    """Send what is due. Each letter is claimed by itself, so that taking the job up again sends none twice."""
    return delivery.deliver_all() if is_mail_set_up() else {}


@job_kind(DIGEST, label=_l("Writing the daily digests"))
def write_digests(handle: JobHandle) -> dict[str, Any]:
    """Write today's digests; they are then sent as any letter is."""
    return {"written": digests.write_digests()} if is_mail_set_up() else {}


periodic(DELIVER, every=timedelta(minutes=1), unless_idle=lambda: is_mail_set_up() and delivery.has_due())
periodic(DIGEST, every=timedelta(minutes=10), unless_idle=lambda: is_mail_set_up() and digests.is_time())

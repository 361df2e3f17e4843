"""What jobs of the optimisers share: a row's status while a job solves it, and progress by tiers."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol

from app.jobs.handle import JobHandle
from app.jobs.models import Job, JobStatus


class Solving(StrEnum):
    """The status of what a job solves: `queued`, `solving`, then how it ended, `failed` and `cancelled` among it."""

    @property
    def is_under_way(self) -> bool:
        """Whether a job is working on it or waiting to."""
        return self.value in ("queued", "solving")


def settled_status[S: Solving](status: S, job: Job | None) -> S:
    """Where something really stands: what its row says, unless its job is over without having said so."""
    if not status.is_under_way or (job is not None and not job.status.is_over):
        return status
    was_cancelled = job is not None and (job.status is JobStatus.CANCELLED or job.is_cancel_requested)
    return type(status)("cancelled" if was_cancelled else "failed")


class Progress(Protocol):
    """What both optimisers tell while they solve."""

    @property
    def stage(self) -> str: ...
    @property
    def tier(self) -> str | None: ...
    @property
    def incumbent(self) -> float | None: ...
    @property
    def bound(self) -> float | None: ...
    @property
    def tier_index(self) -> int: ...
    @property
    def tier_count(self) -> int: ...
    @property
    def seconds(self) -> float: ...


def reporter(handle: JobHandle, shares: Mapping[str, float], solving: float) -> Callable[[Progress], None]:
    """Turn an optimiser's progress into the job's: where each stage begins (``shares``), the share of the tiers that
    are done within ``solving``, and figures in the detail."""

    def tell(progress: Progress) -> None:
        share = shares.get(progress.stage, shares["solve"])
        if progress.stage == "solve" and progress.tier_count:
            share += solving * progress.tier_index / progress.tier_count
        detail = {
            "tier": progress.tier,
            "incumbent": progress.incumbent,
            "bound": progress.bound,
            "tier_index": progress.tier_index,
            "tier_count": progress.tier_count,
            "seconds": round(progress.seconds, 1),
        }
        handle.report(share, progress.stage, detail)

    return tell

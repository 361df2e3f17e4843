"""The kinds of jobs: each is one function, registered by the room that owns it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel.speaklater import LazyString

if TYPE_CHECKING:
    from app.jobs.handle import JobHandle
    from app.jobs.models import Job

type Run = Callable[["JobHandle"], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind does, how pages name it, and the page its subject has."""

    name: str
    run: Run
    label: LazyString | str
    link: Callable[["Job"], str] | None
    stages: Mapping[str, LazyString | str]


KINDS: dict[str, Kind] = {}


def job_kind[F: Run](
    name: str,
    *,
    label: LazyString | str | None = None,
    link: Callable[["Job"], str] | None = None,
    stages: Mapping[str, LazyString | str] | None = None,
) -> Callable[[F], F]:
    """Register `run(handle) -> result` as the kind `name`, such as `rotation.solve`.

    The function must be **safe to take up again**: a worker may be killed at any moment, and another then runs the
    function from its beginning with the same payload. So it reads what it needs, works without a transaction, and
    writes its outcome in one `with handle.transaction():`, which refuses when the job has meanwhile passed to
    another worker. `link(job)` gives the address of the page of the job's subject; `stages` name in the person's
    language the stages that the function reports.
    """

    def register(run: F) -> F:
        known = KINDS.get(name)
        if known is not None and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"two functions claim the job kind {name!r}")
        KINDS[name] = Kind(name, run, label or name, link, stages or {})
        return run

    return register


def label_of(name: str) -> str:
    """How pages name a kind."""
    kind = KINDS.get(name)
    return str(kind.label) if kind else name


def stage_of(name: str, stage: str) -> str:
    """How pages name the stage that a job of a kind has reported."""
    kind = KINDS.get(name)
    return str(kind.stages.get(stage, stage)) if kind else stage

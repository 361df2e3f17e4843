"""How many teachers a school has. The teachers' room counts them; this room only knows what it asks for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.schools.models import Stage


@dataclass
class Staffing:
    """The staff of one school on a day, people who have left not counted.

    `employed` hold their 编制 or contract here, `established` of them are 在编; `working` teach here now, by stage
    and subject, and `backbones` of them by stage.
    """

    employed: int = 0
    established: int = 0
    working: int = 0
    lent: int = 0
    borrowed: int = 0
    by_subject: dict[tuple[Stage, str], int] = field(default_factory=dict)
    backbones: dict[Stage, int] = field(default_factory=dict)


type Counter = Callable[[Sequence[int], date], dict[int, Staffing]]
_counters: list[Counter] = []


def provide(counter: Counter) -> None:
    """Say who counts the staff."""
    _counters[:] = [counter]


def of_schools(school_ids: Sequence[int], today: date) -> dict[int, Staffing]:
    """The staff of some schools, in a fixed number of queries."""
    counted = _counters[0](school_ids, today) if _counters and school_ids else {}
    return {school_id: counted.get(school_id) or Staffing() for school_id in school_ids}

"""How much is asked of one teacher: the cycle's target and each year's mark, less what relief takes off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.credits.rules import Rules


@dataclass(frozen=True, slots=True)
class Asked:
    """The target of a cycle, the mark of each of its years (hundredths of an hour), and the names of the reliefs."""

    target: int
    marks: dict[int, int]
    reliefs: tuple[str, ...]


type Times = Sequence[tuple[str, date, date | None]]  # circumstance, first day, last day


def asked_of(rules: Rules, cycle: int, times: Times, started_on: date | None) -> Asked:
    """What a cycle asks. A year in which a circumstance held has the lowest mark that its reliefs give; the years up
    to that of starting work ask nothing, for the new teacher's hours stand outside the cycle."""
    marks: dict[int, int] = {}
    names: list[str] = []
    for year in range(cycle, cycle + rules.years):
        mark = rules.year_mark
        for relief in rules.reliefs:
            if relief.year_mark < mark and _holds(rules, year, relief.circumstances, times):
                mark = relief.year_mark
                names.append(relief.label)
        if rules.new_teacher_months and started_on is not None and year <= rules.year_of(started_on):
            mark = 0
        marks[year] = mark
    relieved = sum(rules.year_mark - mark for mark in marks.values())
    return Asked(max(0, rules.target - relieved), marks, tuple(dict.fromkeys(names)))


def _holds(rules: Rules, year: int, circumstances: Iterable[str], times: Times) -> bool:
    first, after = rules.year_start(year), rules.year_start(year + 1)
    return any(
        kind in circumstances and from_on < after and (to_on is None or to_on >= first)
        for kind, from_on, to_on in times
    )


def elapsed_share(rules: Rules, cycle: int, today: date) -> float:
    """How much of a cycle is over, from 0 to 1; never none, so that a pace can be reckoned."""
    first, after = rules.year_start(cycle), rules.year_start(cycle + rules.years)
    whole = (after - first).days
    return min(1.0, max(30, (today - first).days + 1) / whole)


def forecast(hours: int, share: float) -> int:
    """What a teacher will have at the cycle's end who goes on at the present pace."""
    return round(hours / share)

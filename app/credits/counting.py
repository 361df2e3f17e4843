"""What of a teacher's confirmed hours counts: caps applied in one order, whatever the order of confirmation.

Claims count by the day they were finished, then by their number. Each counts what its kind's cap of a record, and the
caps of the year and of the cycle (of the kind, of its groups, of all), leave; what a kind cannot hold may pass to
another kind. The day decides which version of the rules counts, so a new version changes nothing before its date, and
hours counted under an earlier version fill the caps of a later one.

All amounts are whole hundredths of an hour, so that a county is recomputed at the speed of plain integers.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from app.credits.rules import Rules


class Counted(NamedTuple):
    """What is counted: a confirmed claim."""

    claim_id: int
    county_id: int
    kind: str
    hours: int
    done_on: date
    is_outside: bool


class Line(NamedTuple):
    """So many hours of a claim as a kind; what a ledger entry says, less its number and moment."""

    claim_id: int
    kind: str
    rule_set_id: int
    year: int
    cycle: int
    is_outside: bool
    hours: int


class _Caps(NamedTuple):
    """What a kind may count: numerator and denominator of its weight, the cap of a record, caps over kinds."""

    numerator: int
    denominator: int
    record: int | None
    year: tuple[tuple[tuple[str, ...], int], ...]
    cycle: tuple[tuple[tuple[str, ...], int], ...]
    excess_to: str | None


ALL = ""  # the total of all kinds, among the hours used


class Version:
    """Rules made ready for counting."""

    def __init__(self, rule_set_id: int, valid_from: date, rules: Rules) -> None:
        self.id, self.valid_from, self.rules = rule_set_id, valid_from, rules
        self.caps = {code: self._caps(code) for code in rules.kinds}

    def _caps(self, code: str) -> _Caps:
        rules, kind = self.rules, self.rules.kinds[code]
        groups = [group for group in rules.groups if code in group.kinds]
        year = [((code,), kind.year_cap), *((g.kinds, g.year_cap) for g in groups), ((ALL,), rules.year_cap)]
        cycle = [((code,), kind.cycle_cap), *((g.kinds, g.cycle_cap) for g in groups), ((ALL,), rules.cycle_cap)]
        return _Caps(
            kind.weight.numerator,
            kind.weight.denominator,
            kind.record_cap,
            tuple((names, limit) for names, limit in year if limit is not None),
            tuple((names, limit) for names, limit in cycle if limit is not None),
            kind.excess_to,
        )


class Book:
    """The versions of one county's rules that are in force, and which of them holds on a day."""

    def __init__(self, versions: Iterable[tuple[int, date, Rules]]) -> None:
        """`versions` in the order of their revisions."""
        known = [Version(*one) for one in versions]
        # Sorting is stable: of two that begin on one day the newer revision stays behind and wins.
        self.versions = sorted(known, key=lambda version: version.valid_from)
        self._known: dict[date | str, tuple[Version, int, int]] = {}

    def on(self, day: date) -> Version:
        """The version that holds on a day; before the first one, the first."""
        found = self.versions[0]
        for version in self.versions:
            if version.valid_from <= day:
                found = version
        return found

    def place(self, day: date | str) -> tuple[Version, int, int]:
        """Version, training year and cycle of a day, which may also be written as a database keeps it."""
        found = self._known.get(day)
        if found is None:
            when = date.fromisoformat(day) if isinstance(day, str) else day
            version = self.on(when)
            year = version.rules.year_of(when)
            found = self._known[day] = (version, year, version.rules.cycle_of(year))
        return found


def in_order(claims: Iterable[Counted]) -> list[Counted]:
    """The order in which claims count."""
    return sorted(claims, key=lambda claim: (claim.done_on, claim.claim_id))


def count(claims: Sequence[Counted], books: Mapping[int, Book]) -> list[Line]:
    """The lines of one teacher's claims, which stand in their order. `books` by county."""
    lines: list[Line] = []
    years: dict[int, dict[str, int]] = {}
    cycles: dict[int, dict[str, int]] = {}
    for claim_id, county_id, kind, hours, done_on, is_outside in claims:
        version, year, cycle = books[county_id].place(done_on)
        caps = version.caps.get(kind)
        if caps is None:
            continue
        amount = hours if caps.numerator == caps.denominator else hours * caps.numerator // caps.denominator
        if caps.record is not None and amount > caps.record:
            amount = caps.record
        if is_outside:
            if amount:
                lines.append(Line(claim_id, kind, version.id, year, cycle, True, amount))
            continue
        used_year = years.get(year)
        if used_year is None:
            used_year = years[year] = {ALL: 0}
        used_cycle = cycles.get(cycle)
        if used_cycle is None:
            used_cycle = cycles[cycle] = {ALL: 0}
        counted = _room(amount, caps, used_year, used_cycle)
        if counted:
            _use(kind, counted, used_year, used_cycle)
            lines.append(Line(claim_id, kind, version.id, year, cycle, False, counted))
        to = caps.excess_to
        if to is not None and counted < amount:
            rest = _room(amount - counted, version.caps[to], used_year, used_cycle)
            if rest:
                _use(to, rest, used_year, used_cycle)
                lines.append(Line(claim_id, to, version.id, year, cycle, False, rest))
    return lines


def _room(amount: int, caps: _Caps, used_year: Mapping[str, int], used_cycle: Mapping[str, int]) -> int:
    """How much of an amount the caps leave."""
    for limits, used in ((caps.year, used_year), (caps.cycle, used_cycle)):
        for names, limit in limits:
            left = limit
            for name in names:
                left -= used.get(name, 0)
            if left < amount:
                amount = left
    return amount if amount > 0 else 0


def _use(kind: str, amount: int, used_year: dict[str, int], used_cycle: dict[str, int]) -> None:
    for used in (used_year, used_cycle):
        used[kind] = used.get(kind, 0) + amount
        used[ALL] += amount


def totals(lines: Iterable[Line]) -> dict[int, tuple[int, int, int]]:
    """What lines add up to: training year → (cycle, hours of the cycle, hours outside it)."""
    found: dict[int, tuple[int, int, int]] = {}
    for line in lines:
        _cycle, inside, outside = found.get(line.year, (line.cycle, 0, 0))
        if line.is_outside:
            outside += line.hours
        else:
            inside += line.hours
        found[line.year] = (line.cycle, inside, outside)
    return found

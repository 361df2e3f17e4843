"""Where a teacher stands: what counts, what a cap held back, what would still count, what is missing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from app.credits.asking import Asked, asked_of, elapsed_share, forecast
from app.credits.books import book_of
from app.credits.counting import Line
from app.credits.ledger import hundredths, standing_lines
from app.credits.models import ClaimStatus, CreditClaim
from app.credits.rules import Form, Group, Kind, Rules
from app.extensions import db
from app.teachers.models import Circumstance, Teacher


@dataclass(frozen=True, slots=True)
class KindStanding:
    """One kind in the present cycle and year; amounts in hundredths, None for "no cap"."""

    kind: Kind
    year: int
    cycle: int
    room: int | None
    held_back: int

    @property
    def is_full(self) -> bool:
        """Whether nothing more of this kind counts at present."""
        return self.room == 0


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """A minimum over kinds, and how far it is reached."""

    group: Group
    reached: int
    minimum: int
    is_year: bool

    @property
    def short_by(self) -> int:
        """What is missing."""
        return max(0, self.minimum - self.reached)


@dataclass(slots=True)
class Standing:
    """One teacher's present cycle."""

    rules: Rules
    cycle: int
    year: int
    asked: Asked
    hours: int
    carried: int
    year_hours: int
    year_carried: int
    outside: int
    forecast: int
    forms: dict[Form, int]
    kinds: list[KindStanding]
    groups: list[GroupStanding]
    statuses: dict[ClaimStatus, tuple[int, int]] = field(default_factory=dict)

    @property
    def last_year(self) -> int:
        """The cycle's last year."""
        return self.cycle + self.rules.years - 1

    @property
    def counted(self) -> int:
        """What stands against the target."""
        return self.hours + self.carried

    @property
    def short_by(self) -> int:
        """What is missing to the target."""
        return max(0, self.asked.target - self.counted)

    @property
    def mark(self) -> int:
        """This year's mark."""
        return self.asked.marks[self.year]

    @property
    def year_short_by(self) -> int:
        """What is missing to this year's mark."""
        return max(0, self.mark - self.year_hours - self.year_carried)

    @property
    def is_behind(self) -> bool:
        """Whether the present pace does not reach the target."""
        return self.forecast + self.carried < self.asked.target

    @property
    def pending(self) -> int:
        """Hours that wait for a reviewer."""
        return sum(self.statuses.get(s, (0, 0))[1] for s in (ClaimStatus.AT_SCHOOL, ClaimStatus.AT_COUNTY))

    def claims(self, *statuses: ClaimStatus) -> int:
        """How many claims stand at these statuses."""
        return sum(self.statuses.get(status, (0, 0))[0] for status in statuses)


def standing_of(teacher: Teacher, today: date) -> Standing:
    """Where a teacher stands today: five small queries, whatever the county's size."""
    rules = book_of(teacher.county_id).on(today).rules
    year = rules.year_of(today)
    cycle = rules.cycle_of(year)
    lines = [standing.line for standing in standing_lines([teacher.id]).get(teacher.id, [])]
    inside = [line for line in lines if not line.is_outside]
    asked = asked_of(rules, cycle, times_of(teacher.id), teacher.started_work_on)
    hours = _sum(inside, cycle=cycle)
    earlier = _sum(inside, cycle=cycle - rules.years)
    year_hours, year_before = _sum(inside, year=year), _sum(inside, year=year - 1)
    return Standing(
        rules=rules,
        cycle=cycle,
        year=year,
        asked=asked,
        hours=hours,
        carried=min(rules.carry_cycle, max(0, earlier - rules.target)),
        year_hours=year_hours,
        year_carried=_carried(rules, year_before, asked, year - 1),
        outside=sum(line.hours for line in lines if line.is_outside),
        forecast=forecast(hours, elapsed_share(rules, cycle, today)),
        forms=_forms(rules, inside, cycle),
        kinds=_kinds(rules, teacher.id, inside, cycle, year),
        groups=list(_groups(rules, inside, cycle, year)),
        statuses=statuses_of(teacher.id),
    )


def _carried(rules: Rules, hours: int, asked: Asked, year: int) -> int:
    """What the year before leaves to this one; nothing passes from one cycle to the next this way."""
    return min(rules.carry_year, max(0, hours - asked.marks[year])) if year in asked.marks else 0


def times_of(teacher_id: int) -> list[tuple[str, date, date | None]]:
    """The circumstances on record, with their days."""
    rows = db.session.execute(
        select(Circumstance.kind_code, Circumstance.from_on, Circumstance.to_on).where(
            Circumstance.teacher_id == teacher_id
        )
    ).tuples()
    return [(row[0], row[1], row[2]) for row in rows]


def statuses_of(teacher_id: int) -> dict[ClaimStatus, tuple[int, int]]:
    """The teacher's claims by status: how many, and their hours."""
    rows = db.session.execute(
        select(CreditClaim.status, func.count(), func.sum(CreditClaim.hours))
        .where(CreditClaim.teacher_id == teacher_id)
        .group_by(CreditClaim.status)
    ).tuples()
    return {row[0]: (row[1], hundredths(row[2]) if row[2] else 0) for row in rows}


def _sum(lines: Iterable[Line], *, cycle: int | None = None, year: int | None = None) -> int:
    return sum(line.hours for line in lines if cycle in (None, line.cycle) and year in (None, line.year))


def _forms(rules: Rules, lines: Iterable[Line], cycle: int) -> dict[Form, int]:
    found = dict.fromkeys(Form, 0)
    for line in lines:
        if line.cycle == cycle:
            kind = rules.kinds.get(line.kind)
            found[kind.form if kind else Form.SELF] += line.hours
    return found


def _kinds(rules: Rules, teacher_id: int, lines: list[Line], cycle: int, year: int) -> list[KindStanding]:
    in_year: dict[str, int] = defaultdict(int)
    in_cycle: dict[str, int] = defaultdict(int)
    for line in lines:
        in_year[line.kind] += line.hours if line.year == year else 0
        in_cycle[line.kind] += line.hours if line.cycle == cycle else 0
    lost = _held_back(rules, teacher_id, lines, cycle)
    return [
        KindStanding(kind, in_year[code], in_cycle[code], _room(rules, kind, in_year, in_cycle), lost.get(code, 0))
        for code, kind in rules.kinds.items()
    ]


def _room(rules: Rules, kind: Kind, in_year: dict[str, int], in_cycle: dict[str, int]) -> int | None:
    """How much of a kind would still count; None where no cap limits it."""
    rooms = []
    for cap, used in ((kind.year_cap, in_year), (kind.cycle_cap, in_cycle)):
        if cap is not None:
            rooms.append(cap - used[kind.code])
    for group in rules.groups:
        if kind.code in group.kinds:
            for cap, used in ((group.year_cap, in_year), (group.cycle_cap, in_cycle)):
                if cap is not None:
                    rooms.append(cap - sum(used[code] for code in group.kinds))
    for cap, used in ((rules.year_cap, in_year), (rules.cycle_cap, in_cycle)):
        if cap is not None:
            rooms.append(cap - sum(used.values()))
    return max(0, min(rooms)) if rooms else None


def _held_back(rules: Rules, teacher_id: int, lines: list[Line], cycle: int) -> dict[str, int]:
    """Confirmed hours that no cap let through, by the kind they were claimed as."""
    counted: dict[int, int] = defaultdict(int)
    for line in lines:
        counted[line.claim_id] += line.hours
    first, after = rules.year_start(cycle), rules.year_start(cycle + rules.years)
    rows = db.session.execute(
        select(CreditClaim.id, CreditClaim.kind_code, CreditClaim.hours).where(
            CreditClaim.teacher_id == teacher_id,
            CreditClaim.status == ClaimStatus.CONFIRMED,
            CreditClaim.is_outside_cycle.is_(False),
            CreditClaim.done_on >= first,
            CreditClaim.done_on < after,
        )
    ).tuples()
    found: dict[str, int] = defaultdict(int)
    for claim_id, code, hours in rows:
        kind = rules.kinds.get(code or "")
        if kind is not None and hours is not None:
            whole = hundredths(hours) * kind.weight.numerator // kind.weight.denominator
            found[kind.code] += max(0, whole - counted.get(claim_id, 0))
    return found


def _groups(rules: Rules, lines: list[Line], cycle: int, year: int) -> Iterable[GroupStanding]:
    for group in rules.groups:
        if group.cycle_minimum is not None:
            reached = sum(line.hours for line in lines if line.cycle == cycle and line.kind in group.kinds)
            yield GroupStanding(group, reached, group.cycle_minimum, is_year=False)
        if group.year_minimum is not None:
            reached = sum(line.hours for line in lines if line.year == year and line.kind in group.kinds)
            yield GroupStanding(group, reached, group.year_minimum, is_year=True)
    if rules.year_minimum is not None:
        whole = Group("", "每年最低", "Each year at least", (), None, None, None, None)
        yield GroupStanding(whole, _sum(lines, year=year), rules.year_minimum, is_year=True)

"""Walking the chain: has anybody edited, removed, inserted or cut off entries behind the system's back?

What no chain can show by itself is an old copy of the whole database put back. For that, note the newest position and
digest elsewhere (`flask audit verify` prints them) and give them to the next walk as its anchor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import RowMapping, func, select

from app.audit.models import AuditEntry, AuditHead
from app.audit.operations import GENESIS, digest_of, seal_of
from app.extensions import db

BATCH = 2000
SHOWN = 20
TABLE = AuditEntry.__table__


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the chain."""

    kind: str
    position: int
    text: str


@dataclass(slots=True)
class Verdict:
    """What a walk found: the first findings in order, how many there are, and the head to note down."""

    checked: int = 0
    position: int = 0
    digest: str = GENESIS
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.count == 0

    def add(self, kind: str, position: int, text: str) -> None:
        """Note a finding; only the first ones are kept, since a renumbered chain is wrong to its end."""
        self.count += 1
        if len(self.findings) < SHOWN:
            self.findings.append(Finding(kind, position, text))


def verify(anchor: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain. Call it while reading (`transaction.reading()`): entries may be added meanwhile."""
    verdict = Verdict()
    newest = db.session.scalar(select(func.max(AuditEntry.position))) or 0
    head = db.session.get(AuditHead, 1, populate_existing=True)
    _check_head(verdict, head)
    previous: RowMapping | None = None
    for row, following in _pairs(head.position if head else newest):
        _check_row(verdict, row, previous, following)
        if anchor and row["position"] == anchor[0] and not row["digest"].startswith(anchor[1]):
            verdict.add("replaced", anchor[0], f"entry {anchor[0]} is not the one that was noted down: {name_of(row)}")
        previous = row
        verdict.checked += 1
    _check_end(verdict, head, previous, newest, anchor)
    return verdict


def _pairs(last: int) -> Iterator[tuple[RowMapping, RowMapping | None]]:
    """Each entry up to `last` with the one after it, read in batches."""
    held: RowMapping | None = None
    position = -(2**62)
    while rows := _batch(position, last):
        for row in rows:
            if held is not None:
                yield held, row
            held = row
        position = rows[-1]["position"]
    if held is not None:
        yield held, None


def _batch(after: int, last: int) -> Sequence[RowMapping]:
    query = select(TABLE).where(TABLE.c.position > after, TABLE.c.position <= last)
    return db.session.execute(query.order_by(TABLE.c.position).limit(BATCH)).mappings().all()


def _check_head(verdict: Verdict, head: AuditHead | None) -> None:
    if head is None:
        if db.session.scalar(select(AuditEntry.position).limit(1)) is not None:
            verdict.add("head", 0, "the row that names the newest entry is missing")
        return
    verdict.position, verdict.digest = head.position, head.digest
    if head.seal != seal_of(head.position, head.digest):
        verdict.add("head", head.position, f"the row that names entry {head.position} as the newest was altered")


def _check_row(verdict: Verdict, row: RowMapping, previous: RowMapping | None, following: RowMapping | None) -> None:
    expected = previous["position"] + 1 if previous else 1
    position = row["position"]
    before: str = previous["digest"] if previous else GENESIS
    if position > expected:
        verdict.add("removed", expected, _gap(expected, position - 1, row))
    elif row["digest"] == digest_of(dict(row), before):
        return
    elif following is None or not _fits(following, position, before):
        verdict.add("edited", position, f"entry {position} was altered: {name_of(row)}")
    elif _fits(row, position + 1, following["digest"]):
        verdict.add("swapped", position, f"entries {position} and {position + 1} changed places: {name_of(row)}")
    else:
        verdict.add("inserted", position, f"entry {position} was inserted: {name_of(row)}")


def _fits(row: RowMapping, position: int, previous: str) -> bool:
    """Whether an entry was written for another place in the chain than where it stands."""
    return bool(row["digest"] == digest_of({**row, "position": position}, previous))


def _gap(first: int, last: int, row: RowMapping) -> str:
    what = f"entry {first} was removed" if first == last else f"entries {first} to {last} were removed"
    return f"{what}, before {name_of(row)}"


def _check_end(
    verdict: Verdict, head: AuditHead | None, last: RowMapping | None, newest: int, anchor: tuple[int, str] | None
) -> None:
    reached = last["position"] if last else 0
    if head is not None:
        if reached < head.position:
            after = f", after {name_of(last)}" if last else ""
            verdict.add("truncated", reached + 1, f"entries {reached + 1} to {head.position} were cut off{after}")
        elif last is not None and last["digest"] != head.digest:
            verdict.add("edited", reached, f"entry {reached} is not the newest that was written: {name_of(last)}")
        if newest > head.position:
            row = db.session.execute(select(TABLE).where(TABLE.c.position == newest)).mappings().one()
            verdict.add("inserted", newest, f"entry {newest} was added behind the newest one: {name_of(row)}")
    if anchor and anchor[0] > reached:
        verdict.add("truncated", anchor[0], f"entry {anchor[0]}, which was noted down, no longer exists")


def name_of(row: RowMapping) -> str:
    """What an entry speaks of, for the shell."""
    subject = " ".join(filter(None, (row["subject_type"], row["subject_id"], row["subject_label"])))
    return f"{row['at']:%Y-%m-%d %H:%M:%S} UTC, {row['actor_label']}, {row['action']}, {subject or 'no subject'}"

"""What people thought of a session: averages of groups that are large enough to hide in."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.extensions import db
from app.schools.models import Stage
from app.training.models import QUESTIONS, SessionFeedback

SMALLEST = 5


@dataclass(frozen=True, slots=True)
class Group:
    """One group of people who answered. `averages` is None where they are too few to be shown."""

    label: str
    people: int
    averages: dict[str, Decimal] | None


def rows_of(session_id: int) -> Sequence[SessionFeedback]:
    """The answers of a session, in the order of their random keys."""
    query = select(SessionFeedback).where(SessionFeedback.session_id == session_id).order_by(SessionFeedback.id)
    return db.session.scalars(query).all()


def number_of(session_id: int) -> int:
    """How many answered."""
    query = select(func.count()).select_from(SessionFeedback).where(SessionFeedback.session_id == session_id)
    return db.session.scalar(query) or 0


def summary(rows: Sequence[SessionFeedback]) -> Group:
    """All who answered."""
    return Group(_("All"), len(rows), _averages(rows) if len(rows) >= SMALLEST else None)


def by_stage(rows: Sequence[SessionFeedback]) -> list[Group]:
    """By the stage that people teach."""
    return _masked([(str(stage.label), [row for row in rows if row.stage is stage]) for stage in Stage])


def by_place(rows: Sequence[SessionFeedback]) -> list[Group]:
    """By where people teach."""
    return _masked(
        [
            (_("Rural area"), [row for row in rows if row.is_rural]),
            (_("Elsewhere"), [row for row in rows if not row.is_rural]),
        ]
    )


def comments(rows: Sequence[SessionFeedback]) -> list[str]:
    """What people wrote; nothing where so few answered that it would be plain who."""
    return [row.comment for row in rows if row.comment] if len(rows) >= SMALLEST else []


def _masked(groups: list[tuple[str, list[SessionFeedback]]]) -> list[Group]:
    """Averages of the groups that are large enough, so that the hidden ones cannot be worked out from the rest."""
    filled = [(label, rows) for label, rows in groups if rows]
    hidden = hidden_groups([len(rows) for _label, rows in filled])
    return [
        Group(label, len(rows), None if index in hidden else _averages(rows))
        for index, (label, rows) in enumerate(filled)
    ]


def hidden_groups(sizes: Sequence[int]) -> set[int]:
    """Which groups stay hidden: those below five, and so many of the smallest others that the hidden are at least
    five together. The average of all, less those shown, would otherwise be theirs."""
    hidden = {index for index, size in enumerate(sizes) if size < SMALLEST}
    others = sorted((index for index in range(len(sizes)) if index not in hidden), key=lambda index: sizes[index])
    while hidden and others and sum(sizes[index] for index in hidden) < SMALLEST:
        hidden.add(others.pop(0))
    return hidden


def _averages(rows: Sequence[SessionFeedback]) -> dict[str, Decimal]:
    return {name: round(Decimal(sum(getattr(row, name) for row in rows)) / len(rows), 2) for name in QUESTIONS}

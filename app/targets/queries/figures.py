"""Reading figures: what stands now, what stood, and what was filled in."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.extensions import db
from app.targets.access import figures_where
from app.targets.evaluators.outcome import Outcome, PartOutcome
from app.targets.models import CurrentFigure, FigureSnapshot, FilledFigure, PolicyPack
from app.targets.packs import Clause, Pack


def board(row: PolicyPack, pack: Pack) -> list[tuple[Clause, Outcome | None]]:
    """Every clause of a pack with what stands now, without the units; None where it has still to be worked out."""
    kept: dict[str, dict[str, CurrentFigure]] = {}
    for figure in db.session.scalars(select(CurrentFigure).where(CurrentFigure.pack_id == row.id)):
        kept.setdefault(figure.clause_id, {})[figure.part_key] = figure
    return [(clause, _standing(clause, kept.get(clause.id, {}))) for clause in pack.clauses]


def _standing(clause: Clause, kept: dict[str, CurrentFigure]) -> Outcome | None:
    if any(part.key not in kept for part in clause.parts):
        return None
    parts = tuple(PartOutcome.of(kept[part.key].summary | {"rows": []}) for part in clause.parts)
    return Outcome(clause.id, min(kept[part.key].computed_on for part in clause.parts), parts)


def trend(county_id: int, code: str, clause_id: str, *, months: int = 24) -> dict[str, list[FigureSnapshot]]:
    """Part to its figures of the last months, the oldest first, over all versions of the pack."""
    rows = db.session.scalars(
        select(FigureSnapshot)
        .join(PolicyPack, PolicyPack.id == FigureSnapshot.pack_id)
        .where(FigureSnapshot.county_id == county_id, PolicyPack.code == code, FigureSnapshot.clause_id == clause_id)
        .order_by(FigureSnapshot.on.desc(), FigureSnapshot.id.desc())
    )
    found: dict[str, dict[date, FigureSnapshot]] = {}
    for row in rows:
        by_day = found.setdefault(row.part_key, {})
        if len(by_day) < months:
            by_day.setdefault(row.on, row)
    return {key: list(reversed(by_day.values())) for key, by_day in found.items()}


def filled_history(
    county_id: int, figure: str, grants: Iterable[Grant], *, permission: Permission = Permission.TARGET_READ
) -> Sequence[FilledFigure]:
    """Everything that was filled in for a figure within reach, the newest day first, with its evidence."""
    return db.session.scalars(
        select(FilledFigure)
        .where(FilledFigure.county_id == county_id, FilledFigure.figure == figure, figures_where(grants, permission))
        .options(selectinload(FilledFigure.evidence), joinedload(FilledFigure.school))
        .order_by(FilledFigure.on.desc(), FilledFigure.id.desc())
    ).all()


def one_figure(figure_id: int, grants: Iterable[Grant], permission: Permission) -> FilledFigure | None:
    """A filled-in figure within reach, with its evidence."""
    return db.session.scalar(
        select(FilledFigure)
        .where(FilledFigure.id == figure_id, figures_where(grants, permission))
        .options(selectinload(FilledFigure.evidence), joinedload(FilledFigure.school))
    )

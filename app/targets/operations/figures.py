"""Filling figures in, taking them back, keeping what stands now and what stood each month."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from time import perf_counter

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app import audit
from app.audit.operations import Actor
from app.db.changes import rows_changed
from app.db.clock import today, utc_now
from app.evidence.models import EvidenceFile
from app.evidence.operations import settle
from app.extensions import db
from app.regions.models import Region
from app.schools.models import School
from app.targets.evaluators.evaluating import evaluate, evaluate_all
from app.targets.evaluators.frame import Frame
from app.targets.evaluators.outcome import Outcome, PartOutcome
from app.targets.models import FILLED_EVIDENCE, CurrentFigure, FigureSnapshot, FilledFigure, PolicyPack
from app.targets.packs import Clause
from app.targets.queries.packs import pack_of, packs_in_force
from app.web.errors import Refused


def fill_figure(
    *,
    county: Region,
    figure: str,
    on: date,
    numerator: Decimal,
    actor: Actor,
    denominator: Decimal | None = None,
    school: School | None = None,
    note: str = "",
    evidence: Sequence[EvidenceFile] = (),
) -> FilledFigure:
    """Fill a figure in as of a day. An earlier row of the same day and place stays on record and no longer counts."""
    if on > today():
        raise Refused(_("A figure is of a day that has come; %(day)s lies ahead.", day=on.isoformat()))
    if denominator is not None and denominator <= 0:
        raise Refused(_("What the figure is a share of is more than nothing."))
    if school is not None and school.county_id != county.id:
        raise Refused(_("The school is not one of this county."))
    row = FilledFigure(
        county_id=county.id,
        school_id=school.id if school else None,
        figure=figure,
        on=on,
        numerator=numerator,
        denominator=denominator,
        note=note,
        filled_by_id=actor.id,
        filled_by_label=actor.label,
    )
    db.session.add(row)
    db.session.flush()
    if evidence:
        links = [{"figure_id": row.id, "evidence_id": file.id} for file in evidence]
        db.session.execute(insert(FILLED_EVIDENCE), links)
        settle(evidence)
    audit.record(
        actor=actor,
        action="figure.fill",
        subject=row,
        after={"figure": figure, "on": on, "numerator": numerator, "denominator": denominator, "files": len(evidence)},
        region_id=county.id,
        school_id=row.school_id,
    )
    forget_current(county_id=county.id, figures=[figure])
    return row


def withdraw_figure(*, row: FilledFigure, reason: str, actor: Actor) -> None:
    """Take a figure back that was filled in by mistake; it stays on record."""
    if row.withdrawn_at is not None:
        raise Refused(_("The figure was withdrawn already."))
    row.withdrawn_at, row.withdrawn_reason = utc_now(), reason
    db.session.flush()
    audit.record(
        actor=actor,
        action="figure.withdraw",
        subject=row,
        before={"numerator": row.numerator, "denominator": row.denominator},
        reason=reason,
        region_id=row.county_id,
        school_id=row.school_id,
    )
    forget_current(county_id=row.county_id, figures=[row.figure])


# --- what stands now -------------------------------------------------------------------------


def refresh_clause(row: PolicyPack, clause: Clause, *, on: date, frame: Frame | None = None) -> Outcome:
    """Work one clause out and keep it as what stands now."""
    begun = perf_counter()
    outcome = evaluate(pack_of(row), clause, frame=frame or Frame([row.county_id], on))
    _keep(row, clause, outcome, round((perf_counter() - begun) * 1000))
    return outcome


def refresh_filled(*, county_id: int, figure: str, on: date) -> None:
    """Work out the clauses of the packs in force that a filled-in figure belongs to."""
    frame = Frame([county_id], on)
    for row in packs_in_force(county_id, on):
        for clause in pack_of(row).clauses:
            if any(part.figure == figure for part in clause.parts):
                refresh_clause(row, clause, on=on, frame=frame)


def refresh_pack(row: PolicyPack, *, on: date, frame: Frame | None = None) -> list[Outcome]:
    """Work every clause of a pack out over one reading of the facts, and keep it as what stands now."""
    outcomes = evaluate_all(pack_of(row), frame or Frame([row.county_id], on))
    keep_outcomes(row, outcomes)
    return outcomes


def keep_outcomes(row: PolicyPack, outcomes: Sequence[Outcome]) -> None:
    """Keep a whole pack's outcomes as what stands now; what the pack no longer has goes."""
    clauses = {clause.id: clause for clause in pack_of(row).clauses}
    for outcome in outcomes:
        if outcome.clause_id in clauses:
            _keep(row, clauses[outcome.clause_id], outcome, 0)
    known = list(clauses)
    rows_changed(
        db.session,
        delete(CurrentFigure).where(CurrentFigure.pack_id == row.id, CurrentFigure.clause_id.not_in(known)),
    )


def forget_current(*, county_id: int, figures: Iterable[str]) -> None:
    """Drop what stands now of some filled-in figures, so that it is worked out anew."""
    rows_changed(
        db.session,
        delete(CurrentFigure).where(CurrentFigure.county_id == county_id, CurrentFigure.figure_name.in_(list(figures))),
    )


def _keep(row: PolicyPack, clause: Clause, outcome: Outcome, took_ms: int) -> None:
    names = {part.key: part.figure for part in clause.parts}
    for part in outcome.parts:
        body = part.kept()
        values = {
            "county_id": row.county_id,
            "figure_name": names[part.key],
            "verdict": part.verdict,
            "summary": {name: value for name, value in body.items() if name != "rows"},
            "body": body,
            "computed_on": outcome.on,
            "computed_at": utc_now(),
            "took_ms": took_ms,
        }
        key = {"pack_id": row.id, "clause_id": clause.id, "part_key": part.key}
        dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
        statement = dialect.insert(CurrentFigure).values(**key, **values)
        db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


# --- what stood each month -------------------------------------------------------------------


def take_snapshot(row: PolicyPack, *, on: date, outcomes: Iterable[Outcome] | None = None) -> int:
    """Keep every figure of a pack as it stood on a day; a day is kept once. Returns how many were written."""
    taken = set(
        db.session.execute(
            select(FigureSnapshot.clause_id, FigureSnapshot.part_key).where(
                FigureSnapshot.pack_id == row.id, FigureSnapshot.on == on
            )
        ).tuples()
    )
    found = outcomes if outcomes is not None else evaluate_all(pack_of(row), Frame([row.county_id], on))
    rows = [
        _stood(row, outcome, part)
        for outcome in found
        for part in outcome.parts
        if (outcome.clause_id, part.key) not in taken
    ]
    db.session.add_all(rows)
    db.session.flush()
    return len(rows)


def _stood(row: PolicyPack, outcome: Outcome, part: PartOutcome) -> FigureSnapshot:
    return FigureSnapshot(
        county_id=row.county_id,
        pack_id=row.id,
        clause_id=outcome.clause_id,
        part_key=part.key,
        on=outcome.on,
        verdict=part.verdict,
        source=part.source,
        figure=part.figure,
        numerator=part.numerator,
        denominator=part.denominator,
        threshold=part.threshold,
        missing=part.missing,
    )

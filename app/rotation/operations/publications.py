"""Publishing an approved plan: the frozen list, and one posting per move."""

import hashlib
import json
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.audit import record
from app.audit.operations import Actor
from app.codes.queries import tables
from app.db.clock import today, utc_now
from app.extensions import db
from app.rotation.models import (
    Posting,
    PostingStatus,
    ProposedMove,
    Publication,
    ReviewAction,
    RotationPlan,
    Scenario,
)
from app.rotation.operations.locking import locked_plan
from app.rotation.operations.reviews import chosen_scenario, step
from app.rotation.working_days import end_of_term
from app.teachers.models import Teacher
from app.web.errors import Refused

FORMAT = "rotation-publication/1"
NAMED = 8


def publish(*, plan: RotationPlan, notice: dict[str, Any], reason: str, actor: Actor) -> Publication:
    """Freeze the chosen proposal as the next version of the published list, and bring the postings in line with it."""
    plan = locked_plan(plan.id)
    scenario = chosen_scenario(plan.id)
    moves = _moves(scenario)
    if scenario is None or not moves:
        raise Refused(_("There is no move to publish in the chosen scenario."))
    revision = next_revision(plan.id)
    if revision > 1 and not reason.strip():
        raise Refused(_("A revision needs its reason: it is printed with the list."))
    step(plan, ReviewAction.PUBLISH, actor, reason.strip())
    plan.notice = {**plan.notice, **notice}
    rows = freeze(moves, plan.notice)
    row = Publication(
        plan_id=plan.id,
        county_id=plan.county_id,
        school_year=plan.school_year,
        scenario_id=scenario.id,
        revision=revision,
        reason=reason.strip(),
        notice=plan.notice,
        rows=rows,
        row_count=len(rows),
        sha256=digest_of(plan.school_year, revision, reason.strip(), plan.notice, rows),
        published_at=utc_now(),
        published_by_id=actor.id,
        published_by_label=actor.label,
    )
    db.session.add(row)
    db.session.flush()
    recalled, added = _align_postings(row, moves, actor)
    record(
        actor=actor,
        action="rotation.publication.create",
        subject=row,
        after={"revision": revision, "rows": len(rows), "sha256": row.sha256, "added": added, "recalled": recalled},
        reason=reason.strip() or None,
        region_id=plan.county_id,
    )
    return row


def next_revision(plan_id: int) -> int:
    """The number the next published version of a plan gets."""
    newest = db.session.scalar(select(func.max(Publication.revision)).where(Publication.plan_id == plan_id))
    return int(newest or 0) + 1


def digest_of(school_year: int, revision: int, reason: str, notice: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """SHA-256 of what was published, as docs/formats/publication.md describes it."""
    body = {
        "format": FORMAT,
        "school_year": school_year,
        "revision": revision,
        "reason": reason,
        "notice": notice,
        "rows": rows,
    }
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_unaltered(row: Publication) -> bool:
    """Whether the stored list is the one that was published."""
    return digest_of(row.school_year, row.revision, row.reason, row.notice, row.rows) == row.sha256


def _moves(scenario: Scenario | None) -> list[ProposedMove]:
    if scenario is None:
        return []
    query = (
        select(ProposedMove)
        .where(ProposedMove.scenario_id == scenario.id)
        .options(
            joinedload(ProposedMove.teacher).selectinload(Teacher.honours),
            joinedload(ProposedMove.from_school),
            joinedload(ProposedMove.to_school),
        )
        .order_by(ProposedMove.position)
    )
    return list(db.session.scalars(query))


def freeze(moves: list[ProposedMove], notice: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the list as they are today, in the order of schools and names. No identity number is among them."""
    start = date.fromisoformat(notice["start_on"])
    years = int(notice["term_years"])
    ordered = sorted(
        moves,
        key=lambda m: (m.from_school.code, m.stage.value, m.subject_code, m.teacher.name_pinyin, m.teacher_id),
    )
    return [_row(n, move, notice["kind_code"], start, years) for n, move in enumerate(ordered, start=1)]


def _row(number: int, move: ProposedMove, kind: str, start: date, years: int) -> dict[str, Any]:
    teacher = move.teacher
    valid = [h for h in teacher.honours if h.valid_from <= start and (h.valid_to is None or h.valid_to >= start)]
    return {
        "number": number,
        "teacher_id": teacher.id,
        "name": teacher.name,
        "sex": teacher.sex.value,
        "birth_month": f"{teacher.birth_on:%Y-%m}" if teacher.birth_on else "",
        "title": _chinese("title", teacher.title_employed_code),
        "honours": [honour.title for honour in valid],
        "is_backbone": move.is_backbone,
        "stage": move.stage.value,
        "subject_code": move.subject_code,
        "subject": _chinese("subject", move.subject_code),
        "from_code": move.from_school.code,
        "from_school": move.from_school.name,
        "to_code": move.to_school.code,
        "to_school": move.to_school.name,
        "kind": _chinese("rotation_kind", kind),
        "term_years": years,
        "start_on": start.isoformat(),
        "end_on": end_of_term(start, years).isoformat(),
    }


def _chinese(table_key: str, code: str | None) -> str:
    """A code's Chinese label: the published list is a Chinese document, whoever publishes it."""
    item = tables().get(table_key, {}).get(code or "")
    return item.label_zh if item else (code or "")


def _align_postings(row: Publication, moves: list[ProposedMove], actor: Actor) -> tuple[int, int]:
    """Recall planned postings that the new version dropped, add those it brings. Returns (recalled, added)."""
    existing = db.session.scalars(
        select(Posting)
        .join(Publication, Publication.id == Posting.publication_id)
        .where(Publication.plan_id == row.plan_id, Posting.status.in_((PostingStatus.PLANNED, PostingStatus.ACTIVE)))
        .options(joinedload(Posting.teacher), joinedload(Posting.to_school))
    ).all()
    wanted = {(m.teacher_id, m.to_school_id, m.subject_code): m for m in moves}
    kept: list[Posting] = []
    dropped: list[Posting] = []
    for posting in existing:
        key = (posting.teacher_id, posting.to_school_id, posting.subject_code)
        (kept if key in wanted else dropped).append(posting)
    at_post = [p.teacher.name for p in dropped if p.status is PostingStatus.ACTIVE]
    if at_post:
        raise Refused(
            _(
                "The new list leaves out people who are already at their post: %(names)s. Recall or end these postings"
                " first.",
                names=named(at_post),
            )
        )
    for posting in dropped:
        posting.status, posting.closed_on = PostingStatus.RECALLED, today()
        posting.reason = _("Left out of version %(revision)s: %(reason)s", revision=row.revision, reason=row.reason)
    db.session.flush()
    known = {(p.teacher_id, p.to_school_id, p.subject_code) for p in kept}
    added = [move for key, move in wanted.items() if key not in known]
    _refuse_stale(row.school_year, added)
    db.session.add_all(_posting(row, move) for move in added)
    db.session.flush()
    return len(dropped), len(added)


def _refuse_stale(school_year: int, moves: list[ProposedMove]) -> None:
    """The roster went on since the proposal was solved: refuse to send people who are not there any more."""
    gone = [m.teacher.name for m in moves if m.teacher.left_on or m.teacher.working_school_id != m.from_school_id]
    if gone:
        raise Refused(
            _(
                "These people have left or no longer work at the school they would be sent from: %(names)s. Solve again"
                " with the present data.",
                names=named(gone),
            )
        )
    busy = db.session.scalars(
        select(Teacher.name)
        .join(Posting, Posting.teacher_id == Teacher.id)
        .where(
            Posting.school_year == school_year,
            Posting.status.in_((PostingStatus.PLANNED, PostingStatus.ACTIVE)),
            Posting.teacher_id.in_([m.teacher_id for m in moves]),
        )
        .order_by(Teacher.id)
    ).all()
    if busy:
        raise Refused(_("These people already have a posting in that school year: %(names)s.", names=named(list(busy))))


def _posting(row: Publication, move: ProposedMove) -> Posting:
    start = date.fromisoformat(row.notice["start_on"])
    years = int(row.notice["term_years"])
    return Posting(
        publication_id=row.id,
        county_id=row.county_id,
        school_year=row.school_year,
        teacher_id=move.teacher_id,
        from_school_id=move.from_school_id,
        to_school_id=move.to_school_id,
        stage=move.stage,
        subject_code=move.subject_code,
        kind_code=row.notice["kind_code"],
        start_on=start,
        end_on=end_of_term(start, years),
        term_years=years,
    )


def named(names: list[str]) -> str:
    """A few names, and how many more there are."""
    shown = "、".join(names[:NAMED])
    return shown if len(names) <= NAMED else _("%(names)s and %(count)s more", names=shown, count=len(names) - NAMED)

"""The board: every clause of a pack with its kept figure, and the job that computes the figures again."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.jobs.models import Job
from app.targets import clause_views as views
from app.targets import tasks
from app.targets.evaluators.outcome import Verdict
from app.targets.models import PackStatus, PolicyPack
from app.targets.packs import shipped_packs
from app.targets.queries import boards, filling
from app.targets.queries import figures as figure_queries
from app.targets.queries import packs as pack_queries
from app.targets.routes import bp
from app.targets.routes.reach import Place, asked_day, county_or_404, may, place_or_404
from app.web.attempts import Page
from app.web.guards import requires

P = Permission
MONTHS_SHOWN = timedelta(days=400)


@bp.get("/")
@requires(P.TARGET_READ)
def board() -> Page:
    """The clauses of one pack: how each stands, what is missing, and which way it goes."""
    place = place_or_404()
    on, problems = asked_day()
    packs = sorted(pack_queries.packs_in_force(place.county.id, on), key=_rank)
    row = _chosen(packs, place)
    if row is not None and row.status is PackStatus.DRAFT:
        return redirect(url_for(".show_pack", pack_id=row.id), 303)
    shown = _of_school(row, place) if row and place.is_school else _of_county(row, place, on) if row else {}
    return render_template(
        "targets/board.html",
        county=place.county,
        counties=place.counties,
        packs=[*packs, row] if row and row not in packs else packs,
        pack=row,
        on=on,
        today=today(),
        problems=problems,
        is_school=place.is_school,
        may_fill=may(P.TARGET_EDIT, place),
        may_edit=may(P.PACK_EDIT, place),
        may_compute=not place.is_school and row in packs,
        **shown,
    )


def _rank(row: PolicyPack) -> int:
    """A county's own packs first, then those that ship, in their order."""
    codes = list(shipped_packs())
    return codes.index(row.code) if row.code in codes else -1


def _chosen(packs: Sequence[PolicyPack], place: Place) -> PolicyPack | None:
    """The pack that the query string names, else the first in force."""
    asked = request.args.get("pack", type=int)
    if asked is None:
        return packs[0] if packs else None
    found = next((row for row in packs if row.id == asked), None)
    found = found or pack_queries.one_pack(asked, current_user.grants, P.TARGET_READ)
    return found if found is not None and found.county_id == place.county.id else abort(404)


def _of_county(row: PolicyPack, place: Place, on: date) -> dict[str, Any]:
    pack = pack_queries.pack_of(row)
    is_past = on < today()
    months = boards.months_of(place.county.id, row.code, on - MONTHS_SHOWN, on)
    standing = boards.standing_then(pack, months) if is_past else figure_queries.board(row, pack)
    kept = {"on": on.isoformat()} if is_past else {}
    verdicts = {clause.id: outcome.verdict if outcome else Verdict.UNKNOWN for clause, outcome in standing}
    chosen = _asked_verdict()
    rows = views.board_rows(
        row.id, [pair for pair in standing if chosen in (None, verdicts[pair[0].id])], months, **kept
    )
    here: dict[str, Any] = {"county": place.county.id, "pack": row.id, **kept}
    return {
        "rows": rows,
        "counts": views.counts(list(verdicts.values()), lambda one: url_for(".board", verdict=one.value, **here)),
        "clauses_total": len(verdicts),
        "chosen_verdict": chosen,
        "trend": views.trend_of(months),
        "taken": boards.Taken(None, is_past=True) if is_past else boards.taken(row.id, place.county.id, today()),
        "job": job_view(boards.open_job(tasks.EVALUATE, "region", place.county.id)),
        "waiting": len(filling.waiting(place.county.id, on, place.schools)),
    }


def _of_school(row: PolicyPack, place: Place) -> dict[str, Any]:
    """What a school is measured by: its own rows of the clauses that look at each school."""
    pack = pack_queries.pack_of(row)
    outcomes = boards.currents(row, pack)
    return {
        "rows": views.school_rows(row.id, pack, outcomes, place.schools or frozenset()),
        "taken": boards.taken(row.id, place.county.id, today()),
        "waiting": len(filling.waiting(place.county.id, today(), place.schools)),
    }


def _asked_verdict() -> Verdict | None:
    asked = request.args.get("verdict", "")
    return Verdict(asked) if asked in {one.value for one in Verdict} else None


def job_view(job: Job | None) -> dict[str, Any] | None:
    """What the job's card shows; None for no job."""
    if job is None:
        return None
    return {
        "id": job.id,
        "state": job.status.value,
        "label": job.status.label,
        "percent": round(100 * job.progress) if job.progress else None,
        "error": job.error,
    }


@bp.post("/counties/<int:county_id>/compute")
@requires(P.TARGET_READ)
def compute(county_id: int) -> Response:
    """Have a county's figures computed again; what is under way already is not begun twice."""
    county = county_or_404(P.TARGET_READ, county_id)
    if boards.open_job(tasks.EVALUATE, "region", county.id) is None:
        tasks.evaluate_soon(county, actor=current_user)
    return redirect(url_for(".board", county=county.id, pack=request.args.get("pack", type=int)), 303)

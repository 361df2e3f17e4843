"""Changing a draft: a clause in fields, the whole text, and what a change would do to every clause."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.jobs.models import Job, JobStatus
from app.targets import clause_views as views
from app.targets import tasks_effects as tasks
from app.targets.evaluators.evaluating import evaluate
from app.targets.evaluators.frame import Frame
from app.targets.evaluators.outcome import Outcome, PartOutcome
from app.targets.forms.packs import ClauseForm, PackNameForm, PackTextForm, clause_form
from app.targets.models import PackStatus
from app.targets.operations import packs as operations
from app.targets.packs import Clause, Finding, Pack, PackError, read_pack
from app.targets.packs.editing import changed, clause_data, data_of, renamed
from app.targets.queries import boards
from app.targets.routes import bp
from app.targets.routes.board import job_view
from app.targets.routes.packs import draft_or_404
from app.targets.routes.reach import Held
from app.web.attempts import Page, attempt
from app.web.forms import VersionedForm
from app.web.guards import requires

P = Permission


def _open_draft(pack_id: int) -> Held | Response:
    """A draft; who asks for the form of what is in force is led to what it says."""
    held = draft_or_404(pack_id)
    if held.row.status is not PackStatus.DRAFT:
        flash(_("What was in force is never changed. Copy it, and change the copy."), "info")
        return redirect(url_for(".show_pack", pack_id=pack_id), 303)
    return held


def _save(form: VersionedForm, held: Held, text: str, note: str | None = None) -> bool:
    """Write the draft's text; somebody else's change, and every fault, is said in the form."""
    if form.refuse_stale(held.row):
        return False
    return attempt(form, lambda: operations.change_pack(row=held.row, text=text, note=note, actor=current_user))


def _findings(text: str) -> list[Finding]:
    try:
        read_pack(text)
    except PackError as error:
        return list(error.findings)
    return []


# --- one clause ---------------------------------------------------------------------------------------------------


@bp.route("/packs/<int:pack_id>/clauses/<clause_key>/edit", methods=["GET", "POST"])
@requires(P.PACK_EDIT)
def edit_clause(pack_id: int, clause_key: str) -> Page:
    """A clause's words, thresholds and scope; “preview” shows what the change would do to it."""
    held = _open_draft(pack_id)
    if isinstance(held, Response):
        return held
    table = clause_data(data_of(held.row.content), clause_key) or abort(404)
    form = clause_form(table, held.row.version)
    action = request.form.get("action", "save")
    if action.startswith("add-"):
        form.add_aim(action.removeprefix("add-"))
        return _clause_page(pack_id, clause_key, form)
    if not form.is_submitted():
        return _clause_page(pack_id, clause_key, form)
    if form.validate():
        text = changed(held.row.content, clause_key, form.own(), form.of_parts())
        if findings := _findings(text):
            form.form_errors += [finding.what for finding in findings]
        elif action == "preview":
            return _clause_page(pack_id, clause_key, form, effect=_effect_on(held, clause_key, text))
        elif _save(form, held, text):
            flash(_("The draft was saved."), "success")
            return redirect(url_for(".show_pack", pack_id=pack_id) + f"#{clause_key}", 303)
    return _clause_page(pack_id, clause_key, form), 422


def _clause_page(pack_id: int, clause_key: str, form: ClauseForm, effect: Any = None) -> str:
    held = draft_or_404(pack_id)
    clause = next(one for one in (*held.pack.clauses, *held.pack.off) if one.id == clause_key)
    return render_template(
        "targets/edit_clause.html", pack=held.row, said=held.pack, clause=clause, form=form, effect=effect
    )


def _effect_on(held: Held, clause_key: str, text: str) -> list[dict[str, Any]]:
    """One clause by the draft as it stands and by what was typed, over one reading of the facts."""
    frame = Frame([held.row.county_id], today())
    base = tasks.base_of(held.row)[1] or held.pack
    then, now = (_clause_of(pack, clause_key) for pack in (base, read_pack(text)))
    outcomes = [evaluate(pack, clause, frame=frame) if clause else None for pack, clause in (then, now)]
    clause = now[1] or then[1]
    return _lines(clause, outcomes[0], outcomes[1]) if clause else []


def _clause_of(pack: Pack, clause_key: str) -> tuple[Pack, Clause | None]:
    return pack, pack.clause(clause_key)


def _lines(clause: Clause, before: Outcome | None, after: Outcome | None) -> list[dict[str, Any]]:
    """A clause's figures before and after; None where the clause does not count."""
    found = []
    for part in clause.parts:
        then, now = (views.cell(part, side.part(part.key) if side else None) for side in (before, after))
        words = part.words if part.key else clause.words
        found.append({"clause": clause, "words": words, "before": then, "after": now, "same": then == now})
    return found


# --- the whole text -----------------------------------------------------------------------------------------------


@bp.route("/packs/<int:pack_id>/text", methods=["GET", "POST"])
@requires(P.PACK_EDIT)
def edit_text(pack_id: int) -> Page:
    """The text of a draft; faults are shown with their lines, and nothing that was typed is lost."""
    held = _open_draft(pack_id)
    if isinstance(held, Response):
        return held
    form = PackTextForm(data={"content": held.row.content, "note": held.row.note}, row_version=str(held.row.version))
    findings: list[Finding] = []
    if form.validate_on_submit():
        text = (request.form.get("content") or "").replace("\r\n", "\n").strip() + "\n"
        findings = _findings(text)
        if findings:
            form.content.errors = [str(finding) for finding in findings]
        elif _save(form, held, text, form.note.data or ""):
            flash(_("The draft was saved."), "success")
            return redirect(url_for(".show_pack", pack_id=pack_id), 303)
    held = draft_or_404(pack_id)
    page = render_template("targets/edit_text.html", pack=held.row, said=held.pack, form=form, findings=findings)
    return page, 422 if form.is_submitted() else 200


@bp.route("/packs/<int:pack_id>/name", methods=["GET", "POST"])
@requires(P.PACK_EDIT)
def edit_name(pack_id: int) -> Page:
    """What a draft is called, and why it is made."""
    held = _open_draft(pack_id)
    if isinstance(held, Response):
        return held
    names = {"name_zh": held.pack.name_zh, "name_en": held.pack.name_en}
    form = PackNameForm(data={**names, "note": held.row.note}, row_version=str(held.row.version))
    if form.validate_on_submit():
        text = renamed(held.row.content, form.values("name_zh", "name_en"))
        if _save(form, held, text, form.note.data or ""):
            flash(_("The draft was saved."), "success")
            return redirect(url_for(".show_pack", pack_id=pack_id), 303)
    held = draft_or_404(pack_id)
    page = render_template(
        "targets/pack_step.html", form=form, pack=held.row, said=held.pack, heading=_("Name of the pack"), about=""
    )
    return page, 422 if form.is_submitted() else 200


# --- the effect on every clause -----------------------------------------------------------------------------------


@bp.get("/packs/<int:pack_id>/effect")
@requires(P.PACK_EDIT)
def effect(pack_id: int) -> Page:
    """Every clause as it counts now and as it would count by the draft; a job computes it."""
    held = draft_or_404(pack_id)
    base_row, base = tasks.base_of(held.row)
    job = _job_of(held)
    result = job.result if job is not None and job.status is JobStatus.DONE else None
    return render_template(
        "targets/effect.html",
        pack=held.row,
        said=held.pack,
        base=base,
        base_row=base_row,
        is_draft=held.row.status is PackStatus.DRAFT,
        job=job_view(job) if result is None else None,
        **(_compared(held.pack, base, result) if result is not None else {}),
    )


def _job_of(held: Held) -> Job | None:
    """The newest job on this very text."""
    job = boards.last_job(tasks.DRAFT, "policy_pack", held.row.id)
    if job is None or job.payload.get("sha256") != held.row.sha256 or job.created_at < held.row.created_at:
        return None
    return job


def _compared(pack: Pack, base: Pack | None, result: dict[str, Any]) -> dict[str, Any]:
    before, after = (_outcomes(result[name]) for name in ("before", "after"))
    clauses = {clause.id: clause for one in (base, pack) if one for clause in one.clauses}
    order = [*(clause.id for clause in pack.clauses), *(one for one in clauses if pack.clause(one) is None)]
    lines = [line for one in order for line in _lines(clauses[one], before.get(one), after.get(one))]
    counted = {
        verdict: [sum(outcome.verdict is verdict for outcome in side.values()) for side in (before, after)]
        for verdict in views.SHOWN
    }
    return {
        "lines": lines,
        "counted": [(verdict, *numbers) for verdict, numbers in counted.items() if any(numbers)],
        "changed": sum(not line["same"] for line in lines),
        "on": result["on"],
    }


def _outcomes(kept: dict[str, Any]) -> dict[str, Outcome]:
    return {
        clause_id: Outcome(clause_id, today(), tuple(PartOutcome.of(part) for part in parts))
        for clause_id, parts in kept.items()
    }


@bp.post("/packs/<int:pack_id>/effect")
@requires(P.PACK_EDIT)
def start_effect(pack_id: int) -> Response:
    """Have the effect computed; what is under way already is not begun twice."""
    held = draft_or_404(pack_id)
    job = _job_of(held)
    if job is None or job.status.is_over:
        tasks.weigh_draft(held.row, actor=current_user)
    return redirect(url_for(".effect", pack_id=pack_id), 303)

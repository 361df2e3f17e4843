"""Deciding the rules: versions, the form, whose totals change before anything holds, putting a version in force."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.credits import ledger, packs, tasks
from app.credits.access import EDIT_RULES, READ, may_edit_rules
from app.credits.books import book_of, parsed
from app.credits.effects import Effect, effect_of
from app.credits.models import CreditRuleSet, RuleStatus
from app.credits.operations import rule_sets as operations
from app.credits.presenting import amount, unit_of
from app.credits.queries import claims as queries
from app.credits.routes import bp
from app.credits.routes.common import chosen_county, rule_set_or_404
from app.credits.rule_forms import CreditRulesForm, RulesFileForm, StartForm, level_names, relief_names, rules_form
from app.credits.rules import Rules
from app.db.clock import today
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.regions.models import Region
from app.web.attempts import Page, attempt
from app.web.guards import requires

AT_ONCE = 60_000  # claims that are counted while somebody waits for the page


@bp.get("/rules")
@requires(READ)
def rules() -> Page:
    """A county's versions, and which holds today."""
    county = chosen_county()
    return _versions_page(county)


def _versions_page(county: Region, file_form: RulesFileForm | None = None, status: int = 200) -> tuple[str, int]:
    start = StartForm(formdata=None, data={"valid_from": today()})
    page = render_template(
        "credits/rules.html",
        county=county,
        counties=queries.counties(current_user.grants),
        versions=[(row, parsed(row.rules)) for row in queries.versions(county.id, current_user.grants)],
        holding=book_of(county.id).on(today()),
        may_edit=may_edit_rules(current_user.grants, county.id),
        start=_offered(start),
        file_form=file_form or RulesFileForm(formdata=None, data={"valid_from": today()}),
    )
    return page, status


def _offered(form: StartForm) -> StartForm:
    form.pack.choices = [("", _("the rules that hold today")), *packs.choices()]
    return form


def _county_to_edit() -> Region:
    county = chosen_county()
    return county if may_edit_rules(current_user.grants, county.id) else abort(404)


@bp.post("/rules")
@requires(EDIT_RULES)
def new_rules() -> Page:
    """A draft: from a shipped set, or from the rules that hold today."""
    county = _county_to_edit()
    form = _offered(StartForm())
    if not form.validate():
        flash(" ".join(text for _id, text in form.problems()), "error")
        return redirect(url_for(".rules", county=county.id), 303)
    data = packs.pack(form.pack.data) if form.pack.data else _present(county)
    return _drafted(county, data, form.valid_from.data)


def _present(county: Region) -> dict[str, Any]:
    version = book_of(county.id).on(today())
    row = db.session.get(CreditRuleSet, version.id)
    return row.rules if row else packs.pack(packs.NATIONAL)


def _drafted(county: Region, data: dict[str, Any], valid_from: Any) -> Response:
    draft = operations.create_draft(actor=current_user, county_id=county.id, valid_from=valid_from, rules=data)
    flash(_("A draft was made. Nothing changes until you put it in force."), "success")
    return redirect(url_for(".edit_rules", credit_rule_id=draft.id), 303)


@bp.post("/rules/file")
@requires(EDIT_RULES)
def upload_rules() -> Page:
    """A draft from a file; a wrong file is refused with its lines and reasons."""
    county = _county_to_edit()
    form = RulesFileForm()
    if form.validate():
        try:
            text = form.file.data.read(packs.LARGEST + 1).decode("utf-8")
            return _drafted(county, packs.read(text), form.valid_from.data)
        except UnicodeDecodeError:
            form.file.errors = [_("This file is not text in UTF-8.")]
        except packs.WrongFile as wrong:
            form.file.errors = [str(problem) for problem in wrong.problems]
    return _versions_page(county, form, 422)


@bp.get("/rules/<int:credit_rule_id>")
@requires(READ)
def show_rules(credit_rule_id: int) -> Page:
    """One version, to be read."""
    row = rule_set_or_404(credit_rule_id)
    found = parsed(row.rules)
    return render_template(
        "credits/show_rules.html",
        rule_set=row,
        rules=found,
        amount=amount(found),
        unit=unit_of(found),
        may_edit=may_edit_rules(current_user.grants, row.county_id),
    )


@bp.get("/rules/<int:credit_rule_id>/edit")
@requires(EDIT_RULES)
def edit_rules(credit_rule_id: int) -> Page:
    """The form of a draft."""
    row = rule_set_or_404(credit_rule_id, to_edit=True)
    if row.status is not RuleStatus.DRAFT:
        return redirect(url_for(".show_rules", credit_rule_id=row.id), 303)
    return _edit_page(row, _form_of(row))


def _form_of(row: CreditRuleSet) -> CreditRulesForm:
    return rules_form(row.rules, valid_from=row.valid_from, note=row.note, row_version=str(row.version))


def _edit_page(row: CreditRuleSet, form: CreditRulesForm, status: int = 200) -> Page:
    page = render_template(
        "credits/edit_rules.html", rule_set=row, form=form, levels=level_names(), circumstances=relief_names()
    )
    return page, status


@bp.post("/rules/<int:credit_rule_id>/edit")
@requires(EDIT_RULES)
def save_rules(credit_rule_id: int) -> Page:
    """Add a row, see whose totals change, or save."""
    row = rule_set_or_404(credit_rule_id, to_edit=True)
    form = _form_of(row)
    action = request.form.get("action", "")
    if action.startswith("add-"):
        form.add_row(action.removeprefix("add-"))
        return _edit_page(row, form)
    if action == "back":
        return _edit_page(row, form)
    if form.refuse_stale(row) or not form.is_complete():
        return _edit_page(rule_set_or_404(credit_rule_id, to_edit=True), form, 422)
    if action == "preview" and ledger.claims_in(row.county_id) <= AT_ONCE:
        found = form.rules()
        typed = [(k, v) for k, v in request.form.items(multi=True) if k not in {"csrf_token", "action"}]
        effect = effect_of(row.county_id, Rules.from_dict(found), form.valid_from.data)
        return _effect_page(row, effect, Rules.from_dict(found), typed)
    given = {"rules": form.rules(), "valid_from": form.valid_from.data, "note": form.note.data or ""}
    if not attempt(form, lambda: operations.save_draft(actor=current_user, draft=row, **given)):
        return _edit_page(rule_set_or_404(credit_rule_id, to_edit=True), form, 422)
    flash(_("The draft was saved. Below is whose totals it would change."), "success")
    return redirect(url_for(".effect", credit_rule_id=row.id), 303)


def _effect_page(
    row: CreditRuleSet, effect: Effect | None, found: Rules, typed: Any = None, job: Job | None = None
) -> str:
    return render_template(
        "credits/effect.html",
        rule_set=row,
        effect=effect,
        rules=found,
        typed=typed,
        job=job,
        amount=amount(found),
        unit=unit_of(found),
    )


@bp.get("/rules/<int:credit_rule_id>/effect")
@requires(EDIT_RULES)
def effect(credit_rule_id: int) -> Page:
    """Whose totals a saved draft would change; of a large county a job finds out."""
    row = rule_set_or_404(credit_rule_id, to_edit=True)
    if row.status is not RuleStatus.DRAFT:
        return redirect(url_for(".show_rules", credit_rule_id=row.id), 303)
    found = parsed(row.rules)
    if ledger.claims_in(row.county_id) <= AT_ONCE:
        return _effect_page(row, effect_of(row.county_id, found, row.valid_from), found)
    job = _job(tasks.PREVIEW, row)
    is_done = job is not None and job.status is JobStatus.DONE and job.result is not None
    kept = Effect.from_dict(job.result["effect"]) if is_done and job and job.result else None
    return _effect_page(row, kept, found, job=job)


def _job(kind: str, row: CreditRuleSet) -> Job | None:
    """The newest job on this very state of the draft."""
    query = select(Job).where(Job.kind == kind, Job.subject_type == "credit_rule_set", Job.subject_id == str(row.id))
    found = db.session.scalar(query.order_by(Job.id.desc()).limit(1))
    return found if found is not None and found.payload.get("version") == row.version else None


@bp.post("/rules/<int:credit_rule_id>/effect")
@requires(EDIT_RULES)
def start_effect(credit_rule_id: int) -> Response:
    """Let a job find out."""
    row = rule_set_or_404(credit_rule_id, to_edit=True)
    if row.status is RuleStatus.DRAFT and _job(tasks.PREVIEW, row) is None:
        tasks.start(tasks.PREVIEW, row, actor=current_user)
    return redirect(url_for(".effect", credit_rule_id=row.id), 303)


@bp.post("/rules/<int:credit_rule_id>/in-force")
@requires(EDIT_RULES)
def put_rules_in_force(credit_rule_id: int) -> Response:
    """Count by this version from its date on."""
    row = rule_set_or_404(credit_rule_id, to_edit=True)
    form = StartForm(formdata=None)
    if row.status is RuleStatus.DRAFT and ledger.claims_in(row.county_id) > AT_ONCE:
        job = tasks.start(tasks.PUT_IN_FORCE, row, actor=current_user)
        return redirect(url_for("jobs.show", job_id=job.id), 303)
    if attempt(form, lambda: operations.put_in_force(actor=current_user, draft=row)):
        flash(_("The rules hold from %(day)s.", day=row.valid_from.isoformat()), "success")
        return redirect(url_for(".rules", county=row.county_id), 303)
    flash(" ".join(map(str, form.form_errors)), "error")
    return redirect(url_for(".show_rules", credit_rule_id=credit_rule_id), 303)


@bp.post("/rules/<int:credit_rule_id>/discard")
@requires(EDIT_RULES)
def discard_rules(credit_rule_id: int) -> Response:
    """Delete a draft."""
    row = rule_set_or_404(credit_rule_id, to_edit=True)
    county_id = row.county_id
    operations.discard(actor=current_user, draft=row)
    flash(_("The draft was discarded."), "success")
    return redirect(url_for(".rules", county=county_id), 303)

"""Deciding the rules: versions, the form, its effect before anything is saved, putting a version in force."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.eligibility import effects, lists, operations, queries
from app.eligibility.access import may_edit
from app.eligibility.description import describe, differences
from app.eligibility.forms import RulesForm, rules_form
from app.eligibility.models import EligibilityRuleSet, RuleSetStatus
from app.eligibility.routes import bp, chosen_county, chosen_year, rule_set_or_404
from app.eligibility.rules import Rules
from app.web.errors import Refused
from app.web.guards import requires

NAMES_SHOWN = 100


@bp.get("/versions")
@requires(Permission.ELIGIBILITY_READ)
def versions() -> str:
    """All versions of a county and year."""
    county = chosen_county()
    year = chosen_year(county)
    return render_template(
        "eligibility/versions.html",
        county=county,
        year=year,
        versions=lists.versions(county.id, year, current_user.grants),
        may_edit=may_edit(current_user.grants, county.id),
    )


@bp.get("/<int:rule_set_id>/rules")
@requires(Permission.ELIGIBILITY_READ)
def rules(rule_set_id: int) -> str:
    """One version, to be read."""
    rule_set = rule_set_or_404(rule_set_id)
    return render_template(
        "eligibility/rules.html",
        rule_set=rule_set,
        lines=describe(queries.rules_of(rule_set), lists.school_names(rule_set.county_id)),
        may_edit=may_edit(current_user.grants, rule_set.county_id),
    )


@bp.get("/compare")
@requires(Permission.ELIGIBILITY_READ)
def compare() -> str:
    """Two versions side by side."""
    old = rule_set_or_404(request.args.get("old", 0, type=int))
    new = rule_set_or_404(request.args.get("new", 0, type=int))
    if old.county_id != new.county_id:
        abort(404)
    names = lists.school_names(old.county_id)
    found = differences(queries.rules_of(old), queries.rules_of(new), names)
    return render_template("eligibility/compare.html", old=old, new=new, differences=found)


@bp.post("/drafts")
@requires(Permission.ELIGIBILITY_EDIT)
def create_draft() -> Response:
    """A new draft for a county and year; from the version named, else from the newest."""
    county = chosen_county()
    year = chosen_year(county)
    if not may_edit(current_user.grants, county.id):
        abort(404)
    source = request.form.get("source", type=int)
    rules = queries.rules_of(rule_set_or_404(source)) if source else None
    draft = operations.create_draft(actor=current_user, county_id=county.id, year=year, rules=rules)
    flash(_("A draft was made. Nothing changes until you put it in force."), "success")
    return redirect(url_for("eligibility.edit", rule_set_id=draft.id), 303)


def _draft_or_404(rule_set_id: int) -> EligibilityRuleSet:
    return rule_set_or_404(rule_set_id, to_edit=True)


def _form(draft: EligibilityRuleSet) -> RulesForm:
    names = lists.school_names(draft.county_id)
    rules = queries.rules_of(draft)
    return rules_form(
        rules, school_year=draft.school_year, schools=list(names.items()), note=draft.note, row_version=draft.version
    )


def _edit_page(draft: EligibilityRuleSet, form: RulesForm, status: int = 200) -> tuple[str, int]:
    return render_template("eligibility/edit.html", rule_set=draft, form=form), status


@bp.get("/<int:rule_set_id>/edit")
@requires(Permission.ELIGIBILITY_EDIT)
def edit(rule_set_id: int) -> Any:
    """The form of a draft."""
    draft = _draft_or_404(rule_set_id)
    if draft.status is not RuleSetStatus.DRAFT:
        return redirect(url_for("eligibility.rules", rule_set_id=draft.id), 303)
    return _edit_page(draft, _form(draft))


@bp.post("/<int:rule_set_id>/edit")
@requires(Permission.ELIGIBILITY_EDIT)
def save(rule_set_id: int) -> Any:
    """See the effect of what is in the form, go back to it, or save it."""
    draft = _draft_or_404(rule_set_id)
    form = _form(draft)
    if form.is_stale(draft):
        form.form_errors.append(form.STALE)
        return _edit_page(draft, form, 422)
    if not form.is_complete():
        return _edit_page(draft, form, 422)
    action = request.form.get("action")
    if action == "edit":
        return _edit_page(draft, form)
    if action == "preview":
        typed = [(k, v) for k, v in request.form.items(multi=True) if k not in {"csrf_token", "action"}]
        return _effect_page(draft, form.rules(), typed)
    operations.save_draft(actor=current_user, draft=draft, rules=form.rules(), note=form.note.data or "")
    operations.ensure_judged(actor=current_user, rule_set=draft)
    flash(_("The draft was saved. Below is what it would change."), "success")
    return redirect(url_for("eligibility.effect", rule_set_id=draft.id), 303)


@bp.get("/<int:rule_set_id>/effect")
@requires(Permission.ELIGIBILITY_EDIT)
def effect(rule_set_id: int) -> Any:
    """What a saved draft would change."""
    draft = _draft_or_404(rule_set_id)
    if draft.status is not RuleSetStatus.DRAFT:
        return redirect(url_for("eligibility.rules", rule_set_id=draft.id), 303)
    return _effect_page(draft, queries.rules_of(draft))


def _effect_page(draft: EligibilityRuleSet, rules: Rules, typed: list[tuple[str, str]] | None = None) -> str:
    """The effect of rules against those in force; `typed` is the form that is not saved yet."""
    in_force = queries.rule_set_in_force(draft.county_id, draft.school_year)
    earlier = queries.rules_of(in_force) if in_force else None
    school = request.args.get("school", type=int)
    found = effects.effect_of(draft.county_id, rules, earlier)
    return render_template(
        "eligibility/effect.html",
        rule_set=draft,
        in_force=in_force,
        effect=found,
        changes=[c for c in found.changes if school in (None, c.school_id)],
        shown=NAMES_SHOWN if school is None else len(found.changes),
        school=next((s for s in found.schools if s.school_id == school), None),
        differences=differences(earlier, rules, lists.school_names(draft.county_id)) if earlier else [],
        typed=typed,
    )


@bp.post("/<int:rule_set_id>/in-force")
@requires(Permission.ELIGIBILITY_EDIT)
def put_in_force(rule_set_id: int) -> Response:
    """Judge by this version from now on."""
    draft = _draft_or_404(rule_set_id)
    replaces = request.form.get("replaces", type=int)
    try:
        operations.put_in_force(actor=current_user, draft=draft, replaces_id=replaces)
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for("eligibility.versions", county=draft.county_id, year=draft.school_year), 303)
    flash(_("The rules are in force and every teacher was judged."), "success")
    return redirect(url_for("eligibility.index", county=draft.county_id, year=draft.school_year), 303)


@bp.post("/<int:rule_set_id>/discard")
@requires(Permission.ELIGIBILITY_EDIT)
def discard(rule_set_id: int) -> Response:
    """Delete a draft."""
    draft = _draft_or_404(rule_set_id)
    county_id, year = draft.county_id, draft.school_year
    operations.discard_draft(actor=current_user, draft=draft)
    flash(_("The draft was discarded."), "success")
    return redirect(url_for("eligibility.versions", county=county_id, year=year), 303)


@bp.post("/<int:rule_set_id>/judge")
@requires(Permission.ELIGIBILITY_EDIT)
def judge(rule_set_id: int) -> Response:
    """Judge anew by the version in force."""
    rule_set = _draft_or_404(rule_set_id)
    if rule_set.status is not RuleSetStatus.IN_FORCE:
        abort(404)
    people = operations.judge_all(actor=current_user, rule_set=rule_set)
    flash(ngettext("%(num)d teacher was judged.", "%(num)d teachers were judged.", people), "success")
    return redirect(url_for("eligibility.index", county=rule_set.county_id, year=rule_set.school_year), 303)

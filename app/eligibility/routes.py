"""Reading verdicts: a county's figures, the list, one teacher's page, schools by reason."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import Permission
from app.db.clock import today
from app.eligibility import exports, lists, queries
from app.eligibility.access import may_edit
from app.eligibility.explaining import explain
from app.eligibility.models import EligibilityRuleSet, RuleSetStatus
from app.regions.models import Region
from app.teachers.search import without_number
from app.web.exports import asked_format, send_table
from app.web.guards import requires
from app.web.lists import saved

bp = Blueprint("eligibility", __name__, url_prefix="/eligibility")


def rule_set_or_404(rule_set_id: int, *, to_edit: bool = False) -> EligibilityRuleSet:
    """A rule set within the person's reach."""
    return lists.find_rule_set(rule_set_id, current_user.grants, to_edit=to_edit) or abort(404)


def chosen_county() -> Region:
    """The county that the query string names, else the person's first; 404 for one beyond reach."""
    found = lists.counties(current_user.grants)
    asked = request.values.get("county", type=int)
    return next((c for c in found if asked in (None, c.id)), None) or abort(404)


def chosen_year(county: Region) -> int:
    """The school year that the query string names, else the newest with rules, else the present one."""
    asked = request.values.get("year", type=int)
    if asked is not None:
        return asked if 2000 <= asked <= 2100 else abort(404)
    return next(iter(lists.years(county.id, current_user.grants)), today().year)


def chosen_rule_set() -> EligibilityRuleSet:
    """The rule set that the query string names, else the one in force for county and year."""
    if request.args.get("rules"):
        return rule_set_or_404(request.args.get("rules", 0, type=int))
    county = chosen_county()
    found = queries.rule_set_in_force(county.id, chosen_year(county))
    return rule_set_or_404(found.id) if found else abort(404)


def names_url(rule_set: EligibilityRuleSet, **filters: Any) -> str:
    """The list of the names behind a figure."""
    return url_for("eligibility.verdicts", rules=rule_set.id, **filters)


@bp.get("/")
@requires(Permission.ELIGIBILITY_READ)
def index() -> str:
    """A county's figures for a school year."""
    county = chosen_county()
    year = chosen_year(county)
    grants = current_user.grants
    versions = lists.versions(county.id, year, grants)
    rule_set = next((v for v in versions if v.status is RuleSetStatus.IN_FORCE), None)
    known = lists.years(county.id, grants)
    return render_template(
        "eligibility/index.html",
        county=county,
        counties=lists.counties(grants),
        year=year,
        years=sorted({*known, year, today().year, today().year + 1}, reverse=True),
        rule_set=rule_set,
        versions=versions,
        is_stale=rule_set is not None and queries.is_stale(rule_set),
        figures=lists.overview(rule_set.id, grants) if rule_set else None,
        reasons=lists.reason_counts(rule_set.id, grants) if rule_set else [],
        may_edit=may_edit(grants, county.id),
        names_url=names_url,
    )


@bp.get("/verdicts")
@requires(Permission.ELIGIBILITY_READ)
def verdicts() -> str | BaseResponse:
    """The list of verdicts."""
    if tidied := without_number(request.args):
        return redirect(url_for("eligibility.verdicts", **tidied), 303)
    rule_set = chosen_rule_set()
    listing = lists.VERDICTS.read(request.args)
    found = lists.verdict_page(rule_set.id, current_user.grants, listing)
    return render_template(
        "eligibility/verdicts.html",
        rule_set=rule_set,
        listing=listing,
        found=found,
        schools=lists.school_choices(rule_set.id, current_user.grants),
        saved=saved(lists.VERDICTS.page),
        save_url=url_for("lists.save_filter", page=lists.VERDICTS.page),
        may_export=current_user.may(Permission.EXPORT),
    )


@bp.post("/verdicts/export")
@requires(Permission.EXPORT)
def export() -> Response:
    """The list as it is narrowed, as a workbook; on record."""
    if not current_user.may(Permission.ELIGIBILITY_READ):
        abort(403)
    rule_set = chosen_rule_set()
    rule_set_id, grants = rule_set.id, [grant for grant in current_user.grants if grant.allows(Permission.EXPORT)]
    listing = lists.VERDICTS.read(request.args)
    return send_table(
        exports.COLUMNS,
        lambda: lists.all_verdicts(rule_set_id, grants, listing),
        _("Eligibility %(year)s", year=rule_set.school_year),
        actor=current_user,
        subject="eligibility_verdict",
        fmt=asked_format(),
        filters={"rule_set": rule_set.label, **listing.in_words()},
        region_id=rule_set.county_id,
    )


@bp.get("/<int:rule_set_id>/teachers/<int:teacher_id>")
@requires(Permission.ELIGIBILITY_READ)
def verdict(rule_set_id: int, teacher_id: int) -> str:
    """One teacher: each rule, the fact, the outcome."""
    rule_set = rule_set_or_404(rule_set_id)
    row = lists.find_verdict(rule_set.id, teacher_id, current_user.grants) or abort(404)
    return render_template(
        "eligibility/verdict.html",
        rule_set=rule_set,
        verdict=row,
        explanation=explain(rule_set, row),
        teacher_url=_teacher_url(teacher_id),
    )


def _teacher_url(teacher_id: int) -> str | None:
    """The teacher's record, for who may open records."""
    return url_for("teachers.show", teacher_id=teacher_id) if current_user.may(Permission.TEACHER_READ) else None


@bp.get("/<int:rule_set_id>/schools")
@requires(Permission.ELIGIBILITY_READ)
def schools(rule_set_id: int) -> str:
    """Each school's people by reason."""
    rule_set = rule_set_or_404(rule_set_id)
    return render_template(
        "eligibility/schools.html",
        rule_set=rule_set,
        reasons=lists.reason_counts(rule_set.id, current_user.grants),
        rows=lists.by_school(rule_set.id, current_user.grants),
        total=lists.overview(rule_set.id, current_user.grants),
        names_url=names_url,
    )

"""Packs: those that ship, a county's versions, what each says; copying, putting in force, ending, comparing."""

import re
from collections.abc import Callable
from typing import Any

from flask import Response as Download
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.regions.models import Region
from app.targets.forms.packs import AdoptForm, CopyForm, EndForm
from app.targets.log_words import PACK_HISTORY
from app.targets.models import PackStatus, PolicyPack
from app.targets.operations import packs as operations
from app.targets.packs import Clause, shipped_packs, shipped_text
from app.targets.packs.comparing import aims_in_words, differences, heads
from app.targets.queries import packs as queries
from app.targets.routes import bp
from app.targets.routes.reach import Held, county_or_404, held_or_404, may, place_or_404
from app.targets.tasks import evaluate_soon
from app.web import history
from app.web.attempts import Page, attempt, press
from app.web.forms import VersionedForm
from app.web.guards import requires

P = Permission
_CODE_LINE = re.compile(r'^code\s*=\s*"[^"]*"', re.MULTILINE)
_CODE = re.compile(r"^[a-z][a-z0-9-]{1,39}$")


@bp.get("/packs")
@requires(P.TARGET_READ)
def packs() -> Page:
    """The packs that ship, and the county's own versions."""
    place = place_or_404()
    return _packs_page(place.county, _offered(CopyForm(formdata=None), place.county))


def _packs_page(county: Region, form: CopyForm) -> str:
    place = place_or_404(P.TARGET_READ, county.id)
    return render_template(
        "targets/packs.html",
        county=county,
        counties=place.counties,
        rows=[(row, queries.pack_of(row)) for row in queries.packs_of(county.id)],
        shipped=shipped_packs().values(),
        form=form,
        may_edit=may(P.PACK_EDIT, place),
    )


def _offered(form: CopyForm, county: Region) -> CopyForm:
    own = [(f"pack:{row.id}", f"{row.name} · {_version(row)}") for row in queries.packs_of(county.id)]
    ship = [
        (f"shipped:{pack.code}", str(_("%(name)s (ships with Qinglan)", name=pack.name)))
        for pack in shipped_packs().values()
    ]
    form.base.choices = [*own, *ship]
    asked = request.args.get("base")
    if not form.is_submitted() and asked in {value for value, _label in form.base.choices}:
        form.base.data = asked
    return form


def _version(row: PolicyPack) -> str:
    return str(_("Version %(number)s", number=row.number))


@bp.post("/counties/<int:county_id>/packs")
@requires(P.PACK_EDIT)
def copy_pack(county_id: int) -> Page:
    """A draft of the county's own, from a pack that ships or from another version."""
    county = county_or_404(P.PACK_EDIT, county_id)
    form = _offered(CopyForm(), county)
    made: list[PolicyPack] = []
    if form.validate_on_submit() and _is_code(form):
        text, base = _text_of(form.base.data, county)
        if form.code.data:
            text = _CODE_LINE.sub(f'code = "{form.code.data}"', text, count=1)

        def act() -> None:
            note = form.note.data or ""
            made.append(operations.copy_pack(county=county, text=text, based_on=base, note=note, actor=current_user))

        if attempt(form, act):
            flash(_("A draft was made. Nothing is measured by it until it is put in force."), "success")
            return redirect(url_for(".show_pack", pack_id=made[0].id), 303)
    return _packs_page(county_or_404(P.PACK_EDIT, county_id), form), 422


def _is_code(form: CopyForm) -> bool:
    if form.code.data and not _CODE.match(form.code.data):
        form.code.errors = [_("Use small letters, digits and hyphens, such as luxi-2026.")]
        return False
    return True


def _text_of(base: str, county: Region) -> tuple[str, PolicyPack | None]:
    kind, _colon, key = base.partition(":")
    if kind == "shipped":
        return shipped_text(key), None
    row = next((row for row in queries.packs_of(county.id) if str(row.id) == key), None) or abort(404)
    return row.content, row


@bp.get("/packs/<int:pack_id>")
@requires(P.TARGET_READ)
def show_pack(pack_id: int) -> Page:
    """What a version says: its clauses, their thresholds, those that do not count."""
    held = held_or_404(pack_id)
    others = [row for row in queries.packs_of(held.row.county_id) if row.code == held.row.code and row.id != pack_id]
    return render_template(
        "targets/show_pack.html",
        pack=held.row,
        said=held.pack,
        clauses=[_line(clause) for clause in (*held.pack.clauses, *held.pack.off)],
        others=others,
        page=history.read("policy_pack", pack_id, request.args),
        tell=PACK_HISTORY.told,
        has_base=held.row.code in shipped_packs(),
        may_edit=may(P.PACK_EDIT, held.place),
        is_draft=held.row.status is PackStatus.DRAFT,
    )


def _line(clause: Clause) -> dict[str, Any]:
    return {
        "clause": clause,
        "parts": [
            {"words": part.words if part.key else "", "kind": part.kind.label, "scope": part.scope.label,
             "aims": aims_in_words(part), "is_set_by_county": part.is_set_by_county}
            for part in clause.parts
        ],
    }  # fmt: skip


@bp.get("/packs/<int:pack_id>/text.toml")
@requires(P.TARGET_READ)
def pack_file(pack_id: int) -> Download:
    """A version's text, to be kept or carried elsewhere."""
    row = held_or_404(pack_id).row
    headers = {"Content-Disposition": f"attachment; filename={row.code}-v{row.number}.toml"}
    return Download(row.content, content_type="application/toml; charset=utf-8", headers=headers)


@bp.get("/packs/<int:pack_id>/compare")
@requires(P.TARGET_READ)
def compare_pack(pack_id: int) -> Page:
    """Two versions side by side: what differs, clause by clause."""
    held = held_or_404(pack_id)
    others = [row for row in queries.packs_of(held.row.county_id) if row.id != pack_id]
    asked = request.args.get("with", type=int)
    other = next((row for row in others if row.id == asked), None)
    if asked and other is None:
        abort(404)
    same = [row for row in others if row.code == held.row.code]
    other = other or next((row for row in others if row.id == held.row.based_on_id), None) or next(iter(same), None)
    old = queries.pack_of(other) if other else shipped_packs().get(held.row.code)
    return render_template(
        "targets/compare_packs.html",
        pack=held.row,
        said=held.pack,
        other=other,
        other_name=f"{old.name} · {_version(other)}" if old and other else old.name if old else "",
        others=[(row, f"{row.name} · {_version(row)}") for row in others],
        differences=differences(old, held.pack) if old else [],
        heads=heads(old, held.pack) if old else [],
        is_comparable=old is not None,
    )


# --- the road of a version ----------------------------------------------------------------------------------------


def draft_or_404(pack_id: int) -> Held:
    """A pack that the person may change; what is in force is shown instead of changed."""
    return held_or_404(pack_id, P.PACK_EDIT)


@bp.route("/packs/<int:pack_id>/adopt", methods=["GET", "POST"])
@requires(P.PACK_EDIT)
def adopt(pack_id: int) -> Page:
    """Put a draft in force for a period."""
    held = draft_or_404(pack_id)
    first = max(held.pack.from_on, today()) if held.pack.to_on >= today() else today()
    form = AdoptForm(data={"from_on": first}, row_version=str(held.row.version))

    def act() -> None:
        days = {"from_on": form.from_on.data, "to_on": form.to_on.data}
        operations.adopt_pack(row=held.row, actor=current_user, **days)
        evaluate_soon(held.row.county, actor=current_user)

    return _step(
        held,
        form,
        act,
        heading=_("Put in force"),
        done=_("The pack is in force."),
        about=_(
            "From this day on the county is measured by this version. The version in force until then ends the day"
            " before; its figures stay on record."
        ),
    )


@bp.route("/packs/<int:pack_id>/end", methods=["GET", "POST"])
@requires(P.PACK_EDIT)
def end(pack_id: int) -> Page:
    """Let a pack in force end."""
    held = draft_or_404(pack_id)
    form = EndForm(data={"to_on": today()}, row_version=str(held.row.version))
    return _step(
        held,
        form,
        lambda: operations.end_pack(row=held.row, to_on=form.to_on.data, actor=current_user),
        heading=_("End the pack"),
        done=_("The pack ends with that day."),
        about=_("After this day nothing is measured by this pack any more. What was kept of it stays on record."),
    )


def _step(held: Held, form: VersionedForm, act: Callable[[], None], *, heading: str, done: str, about: str) -> Page:
    pack_id = held.row.id
    if form.validate_on_submit() and not form.refuse_stale(held.row) and attempt(form, act):
        flash(done, "success")
        return redirect(url_for(".show_pack", pack_id=pack_id), 303)
    held = held_or_404(pack_id)
    page = render_template(
        "targets/pack_step.html", form=form, pack=held.row, said=held.pack, heading=heading, about=about
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/packs/<int:pack_id>/drop")
@requires(P.PACK_EDIT)
def drop(pack_id: int) -> Response:
    """Remove a draft."""
    row = draft_or_404(pack_id).row
    county_id = row.county_id
    return press(
        lambda: operations.drop_draft(row=row, actor=current_user),
        _("The draft was removed."),
        url_for(".packs", county=county_id),
    )

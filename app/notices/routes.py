"""A person's notices, how they want them, and for administrators what became of the letters."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.accounts.access import accounts_where
from app.extensions import db
from app.notices import addresses, digests, operations, queries
from app.notices.forms import AddressForm, PreferencesForm, preferences_form
from app.notices.kinds import label_of, render
from app.notices.models import MailState, Notice
from app.web import lists
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.guards import requires, signed_in
from app.web.transaction import writing

bp = Blueprint("notices", __name__, url_prefix="/notices")


@bp.get("")
@signed_in
def index() -> Page:
    """One's notices, the newest first."""
    listing = queries.NOTICES.read(request.args)
    found = lists.fetch(db.session(), queries.notices(current_user, listing), listing, key=Notice.id)
    return render_template(
        "notices/index.html",
        **lists.view(listing, found),
        told=[(notice, render(notice.kind, notice.params)) for notice in found.items],
        label_of=label_of,
        kinds=queries.kind_choices(),
        unread=queries.unread(current_user),
    )


@bp.get("/<int:notice_id>")
@signed_in
def follow(notice_id: int) -> Response:
    """Go where a notice leads; it is read then."""
    with writing():
        notice = queries.notice(current_user, notice_id) or abort(404)
        operations.mark_read(actor=current_user, ids=[notice_id])
        url = render(notice.kind, notice.params).url
    parts = urlsplit(url)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return redirect(url if is_ours else url_for(".index"), 303)


@bp.post("/read")
@signed_in
def read() -> Response:
    """Mark one's notices as read: those ticked, or all."""
    chosen = [int(one) for one in request.form.getlist("notice") if one.isdecimal() and len(one) < 10]
    everything = request.form.get("which") == "all"
    marked = operations.mark_read(actor=current_user, ids=None if everything else chosen)
    flash(ngettext("%(num)d notice was marked as read.", "%(num)d notices were marked as read.", marked), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/preferences", methods=["GET", "POST"])
@signed_in
def preferences() -> Page:
    """How one wants each kind."""
    form = preferences_form(queries.ways_of(current_user))
    if form.validate_on_submit():
        operations.prefer(actor=current_user, ways=form.ways())
        flash(_("Your choice was saved; it holds for notices from now on."), "success")
        return redirect(url_for(".preferences"), 303)
    return _preferences(form, _address_form())


@bp.post("/address")
@signed_in
def set_address() -> Page:
    """Set or clear the address for one's letters."""
    form = AddressForm(prefix="mail")
    if form.validate_on_submit():
        try:
            addresses.choose_address(actor=current_user, address=form.address.data)
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(
                _("A letter was sent to %(address)s. Follow the link in it.", address=form.address.data)
                if form.address.data
                else _("The address was removed; letters go to the address of your account."),
                "success",
            )
            return redirect(url_for(".preferences"), 303)
    return _preferences(preferences_form(queries.ways_of(current_user)), form)


@bp.get("/address/<token>")
@signed_in
def confirm_address(token: str) -> Response:
    """The link in the letter: the address counts from now on."""
    with writing():
        is_confirmed = addresses.confirm(actor=current_user, token=token)
    if is_confirmed:
        flash(_("The address is confirmed; notices go there from now on."), "success")
    else:
        flash(
            _("This link is not valid: it is older than seven days, or belongs to another account or address."), "error"
        )
    return redirect(url_for(".preferences"), 303)


@bp.get("/letters")
@requires(Permission.ACCOUNT_MANAGE)
def letters() -> Page:
    """What became of the letters to the accounts within reach."""
    reach = accounts_where(current_user.grants)
    return render_template(
        "notices/letters.html",
        counts=queries.letter_counts(reach),
        troubled=queries.troubled_letters(reach),
        states=MailState,
        is_set_up=operations.is_mail_set_up(),
        config=current_app.config,
    )


def _address_form() -> AddressForm:
    form = AddressForm(prefix="mail", formdata=None)
    if row := queries.address_of(current_user):
        form.address.data = row.address
    return form


def _preferences(form: PreferencesForm, address_form: AddressForm) -> tuple[str, int]:
    failed = form.errors or form.form_errors or address_form.errors or address_form.form_errors
    page = render_template(
        "notices/preferences.html",
        form=form,
        address_form=address_form,
        own=queries.address_of(current_user),
        is_set_up=operations.is_mail_set_up(),
        waiting=digests.waiting_for_digest(current_user.id),
        hour=current_app.config["DIGEST_HOUR"],
        letters=queries.last_letters(current_user),
    )
    return page, 422 if failed else 200

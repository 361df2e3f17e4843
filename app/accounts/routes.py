"""Accounts: language, one's own sessions, and their administration."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission, Role
from app.accounts import operations, queries
from app.accounts.forms import AccountForm, GrantForm, NewAccountForm
from app.accounts.models import User
from app.accounts.security import present_session
from app.db import crypto
from app.db.clock import utc_now
from app.extensions import db
from app.web.errors import Refused
from app.web.guards import public, requires, signed_in
from app.web.pagination import SortKey, read_page

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
ONCE = "shown-once"
CHOICES = {"zh": "zh_Hans_CN", "en": "en"}


def local_address(address: str | None) -> str:
    """An address of this site, or its start page; another site is never redirected to."""
    parts = urlsplit(address or "/")
    if parts.netloc and parts.netloc != request.host:
        return "/"
    # Browsers read a backslash as a slash, so that /\\elsewhere would lead to another site.
    path = parts.path if parts.path.startswith("/") and parts.path[1:2] not in ("/", "\\") else "/"
    return f"{path}?{parts.query}" if parts.query else path


@bp.post("/language")
@public
def set_language() -> Response:
    """Switch the language, for this session and for the account."""
    chosen = CHOICES.get(request.form.get("language", ""), current_app.config["BABEL_DEFAULT_LOCALE"])
    session["language"] = chosen
    if current_user.is_authenticated:
        current_user.language = chosen
    return redirect(local_address(request.form.get("next")), 303)


@bp.get("/me")
@signed_in
def me() -> str:
    """One's own account: roles, second factor, open sessions."""
    return render_template(
        "accounts/me.html",
        user=current_user,
        sessions=queries.sessions_of(current_user),
        present=present_session(),
        scopes=queries.scope_names(current_user.role_grants),
    )


@bp.post("/me/sessions/end")
@signed_in
def end_sessions() -> Response:
    """End one other session, or all others."""
    only = request.form.get("session_id", type=int)
    ended = operations.end_sessions(actor=current_user, user=current_user, keep=present_session(), only_id=only)
    flash(ngettext("%(num)d session was ended.", "%(num)d sessions were ended.", ended), "success")
    return redirect(url_for("accounts.me"), 303)


@bp.get("/")
@requires(Permission.ACCOUNT_MANAGE)
def index() -> str:
    """The accounts within reach."""
    q, role = request.args.get("q", ""), request.args.get("role", "")
    keys = [SortKey(User.username, "username"), SortKey(User.id, "id")]
    page = read_page(
        db.session(), queries.accounts(current_user.grants, q=q, role=role), keys,
        after_token=request.args.get("after"), before_token=request.args.get("before"),
    )  # fmt: skip
    scopes = queries.scope_names([g for user in page.items for g in user.role_grants])
    return render_template("accounts/index.html", page=page, roles=list(Role), role=role, scopes=scopes, now=utc_now())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def new() -> str | Response | tuple[str, int]:
    """A new account."""
    form = NewAccountForm()
    form.region_id.choices = [(r.id, r.name) for r in queries.regions_within_reach(current_user.grants)]
    if form.validate_on_submit():
        try:
            user, password = operations.add_account(actor=current_user, **form.values())
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            _tell_once(user, password)
            return redirect(url_for("accounts.show", user_id=user.id), 303)
    return render_template("accounts/new.html", form=form), 422 if form.is_submitted() else 200


def _tell_once(user: User, password: str) -> None:
    """Keep a password for the next page alone; encrypted, for the browser keeps what the session holds."""
    message = _(
        "The password of %(user)s is %(password)s. It is shown only now and must be changed at the first sign-in.",
        user=user.username,
        password=password,
    )
    session[ONCE] = crypto.encrypt(message)


def _told_once() -> str | None:
    kept = session.pop(ONCE, None) if request.method == "GET" else None
    return crypto.decrypt(kept) if kept else None


def _account(user_id: int) -> User:
    return queries.account(current_user.grants, user_id) or abort(404)


@bp.route("/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def show(user_id: int) -> str | Response | tuple[str, int]:
    """One account: its facts, roles and sessions."""
    user = _account(user_id)
    form = AccountForm(obj=user)
    if form.validate_on_submit():
        try:
            operations.change_account(actor=current_user, user=_managed(user_id), **form.values())
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(_("The account was saved."), "success")
            return redirect(url_for("accounts.show", user_id=user.id), 303)
    return _account_page(user, form, _grant_form())


def _managed(user_id: int) -> User:
    """An account that is wholly within reach: whoever holds its password holds its roles, wherever they are."""
    user = _account(user_id)
    if queries.holds_more(current_user.grants, user):
        raise Refused(
            _("%(name)s holds a role outside the regions you manage. Ask who manages those too.", name=user.name)
        )
    return user


def _grant_form() -> GrantForm:
    form = GrantForm(prefix="grant")
    form.region_id.choices = [(r.id, r.name) for r in queries.regions_within_reach(current_user.grants)]
    return form


def _account_page(user: User, form: AccountForm, grant_form: GrantForm) -> tuple[str, int]:
    failed = form.errors or form.form_errors or grant_form.errors or grant_form.form_errors
    page = render_template(
        "accounts/show.html",
        user=user,
        form=form,
        grant_form=grant_form,
        sessions=queries.sessions_of(user),
        scopes=queries.scope_names(user.role_grants),
        holds_more=queries.holds_more(current_user.grants, user),
        told=_told_once(),
    )
    return page, 422 if failed else 200


@bp.post("/<int:user_id>/roles")
@requires(Permission.ACCOUNT_MANAGE)
def give_role(user_id: int) -> Response | tuple[str, int]:
    """Give the account a role over a scope within one's own reach."""
    user, form = _account(user_id), _grant_form()
    if form.validate_on_submit():
        try:
            scope = _scope(form)
            operations.give_role(
                actor=current_user, user=user, role=Role(form.role.data), from_on=form.from_on.data,
                to_on=form.to_on.data, **scope,
            )  # fmt: skip
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(_("The role was given."), "success")
            return redirect(url_for("accounts.show", user_id=user.id), 303)
    return _account_page(user, AccountForm(formdata=None, obj=user), form)


def _scope(form: GrantForm) -> dict[str, int]:
    """What the role is held over; everything looked up within the administrator's own reach."""
    kind = Role(form.role.data).scope_kind
    if kind == "region":
        return {"region_id": form.region_id.data}
    if kind == "school":
        school = queries.school_within_reach(current_user.grants, form.school.data)
        if school is None:
            raise Refused(
                _("No school has the code or name %(text)s. Check it in the list of schools.", text=form.school.data)
            )
        return {"school_id": school.id}
    teacher = queries.teacher_within_reach(current_user.grants, crypto.digest(f"1:{form.id_number.data.upper()}"))
    if teacher is None:
        raise Refused(_("No teacher has this identity number. Check it, or import the roster first."))
    return {"teacher_id": teacher.id}


@bp.post("/<int:user_id>/roles/<int:grant_id>/take")
@requires(Permission.ACCOUNT_MANAGE)
def take_role(user_id: int, grant_id: int) -> Response:
    """Take a role away."""
    user = _account(user_id)
    row = queries.role_of(current_user.grants, user, grant_id) or abort(404)
    try:
        operations.take_role(actor=current_user, user=user, row=row)
        flash(_("The role was taken away."), "success")
    except Refused as refused:
        flash(str(refused.message), "danger")
    return redirect(url_for("accounts.show", user_id=user.id), 303)


@bp.post("/<int:user_id>/password")
@requires(Permission.ACCOUNT_MANAGE)
def reset_password(user_id: int) -> Response:
    """Give a new one-time password, shown once."""
    user = _managed(user_id)
    _tell_once(user, operations.reset_password(actor=current_user, user=user))
    return redirect(url_for("accounts.show", user_id=user.id), 303)


@bp.post("/<int:user_id>/second-factor")
@requires(Permission.ACCOUNT_MANAGE)
def reset_second_factor(user_id: int) -> Response:
    """Take the second factor off."""
    user = _managed(user_id)
    operations.reset_second_factor(actor=current_user, user=user)
    flash(_("Two-step sign-in was turned off for %(name)s.", name=user.name), "success")
    return redirect(url_for("accounts.show", user_id=user.id), 303)


@bp.post("/<int:user_id>/sessions/end")
@requires(Permission.ACCOUNT_MANAGE)
def end_sessions_of(user_id: int) -> Response:
    """Sign the person out everywhere."""
    user = _managed(user_id)
    ended = operations.end_sessions(actor=current_user, user=user)
    flash(ngettext("%(num)d session was ended.", "%(num)d sessions were ended.", ended), "success")
    return redirect(url_for("accounts.show", user_id=user.id), 303)

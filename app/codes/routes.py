"""Pages of the code tables."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import Permission
from app.codes import operations, queries
from app.codes.forms import ItemForm, NewItemForm
from app.codes.models import CodeItem
from app.codes.names import name_of
from app.regions.queries import reaches_all
from app.web import exports
from app.web.errors import Refused
from app.web.guards import requires

bp = Blueprint("codes", __name__, url_prefix="/codes")
COLUMNS = (
    exports.Column(_l("Code"), "code"),
    exports.Column(_l("National code"), "national_code"),
    exports.Column(_l("Label in Chinese"), "label_zh"),
    exports.Column(_l("Label in English"), "label_en"),
    exports.Column(_l("Belongs under"), "parent_code"),
    exports.Column(_l("Also written as"), lambda item: "\n".join(item.aliases)),
    exports.Column(_l("Offered in forms"), "is_active"),
)


@bp.get("/")
@requires(Permission.CODE_EDIT)
def index() -> str:
    """All code tables."""
    tables = [
        {
            "key": key,
            "name": name_of(key),
            "total": len(items),
            "local": sum(queries.is_local(key, code) for code in items),
            "inactive": sum(not item.is_active for item in items.values()),
        }
        for key, items in queries.tables().items()
    ]
    return render_template("codes/index.html", tables=sorted(tables, key=lambda table: str(table["name"])))


@bp.get("/<table_key>")
@requires(Permission.CODE_EDIT)
def table(table_key: str) -> str:
    """One table with its items."""
    return render_template(
        "codes/table.html",
        key=_known(table_key),
        name=name_of(table_key),
        items=queries.items(table_key),
        is_local=queries.is_local,
        may_edit=_may_edit(),
    )


@bp.route("/<table_key>/new", methods=["GET", "POST"])
@requires(Permission.CODE_EDIT)
def new(table_key: str) -> str | BaseResponse | tuple[str, int]:
    """Add a local item."""
    form = NewItemForm()
    form.offer(queries.tables()[_known(table_key)])
    _refuse_foreign_edit()
    if form.validate_on_submit():
        try:
            item = operations.add_item(actor=current_user, table_key=table_key, code=form.code.data, **_fields(form))
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(_("%(label)s was added.", label=item.label_zh), "success")
            return redirect(url_for("codes.table", table_key=table_key), 303)
    return _form_page(form, table_key, None)


@bp.route("/<table_key>/items/<code>", methods=["GET", "POST"])
@requires(Permission.CODE_EDIT)
def edit(table_key: str, code: str) -> str | BaseResponse | tuple[str, int]:
    """Change an item."""
    item = queries.item(_known(table_key), code) or abort(404)
    form = ItemForm(obj=item, data={"aliases": "\n".join(item.aliases)})
    form.offer(queries.tables()[table_key], own=item)
    _refuse_foreign_edit()
    if form.validate_on_submit():
        try:
            operations.edit_item(actor=current_user, item=item, **_fields(form))
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(_("%(label)s was saved.", label=item.label_zh), "success")
            return redirect(url_for("codes.table", table_key=table_key), 303)
    return _form_page(form, table_key, item)


@bp.post("/<table_key>/export")
@requires(Permission.CODE_EDIT)
def export(table_key: str) -> Response:
    """One table as a workbook."""
    name = name_of(_known(table_key))
    return exports.send_table(
        COLUMNS, lambda: queries.items(table_key), name, actor=current_user, subject="code_item",
        fmt=exports.asked_format(), filters={"table": table_key},
    )  # fmt: skip


def _form_page(form: ItemForm, table_key: str, item: CodeItem | None) -> tuple[str, int]:
    page = render_template(
        "codes/item.html", form=form, key=table_key, name=name_of(table_key), item=item, may_edit=_may_edit()
    )
    return page, 422 if form.is_submitted() else 200


def _fields(form: ItemForm) -> dict[str, Any]:
    return form.fields()


def _known(table_key: str) -> str:
    return table_key if table_key in queries.tables() else abort(404)


def _may_edit() -> bool:
    """The tables hold for every county, so they are changed by those who answer for all of them."""
    return reaches_all(current_user.grants, Permission.CODE_EDIT)


def _refuse_foreign_edit() -> None:
    if request.method == "POST" and not _may_edit():
        abort(403)

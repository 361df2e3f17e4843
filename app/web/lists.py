"""What every list page does: filters and order from the query string, one page by key, a count that stops early, and
filters that a person keeps under a name.

A room declares its list once:

    SCHOOLS = ListSpec("schools.index", filters=(choice("stage", _l("Stage"), stages), flag("weak", _l("Weak"))),
                       sorts={"name": (SortKey(School.name_pinyin, "name_pinyin"), SortKey(School.id, "id"))})

and in a view reads `listing = SCHOOLS.read(request.args)`, builds a statement from `listing.get("stage")`, and hands it
to `fetch`. Everything stands in the query string, so that a list can be linked to, gone back to and kept.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Flask, abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from flask_login import current_user
from sqlalchemy import BinaryExpression, Column, ScalarSelect, Select, Table, func, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql import roles
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.coercions import expect
from sqlalchemy.sql.operators import in_op
from sqlalchemy.sql.visitors import iterate, replacement_traverse
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.accounts.models import SavedFilter
from app.db.planning import Unindexed
from app.extensions import db
from app.web.guards import signed_in
from app.web.pagination import PAGE_SIZE, Page, SortKey, read_page

# Counting further would cost more than anybody reads off the number; beyond one county, sooner.
COUNT_LIMIT, WIDE_COUNT_LIMIT = 10_000, 500
# Up to so many rows are found first and put in order afterwards; of more, an index of the order meets one soon.
SORTED_LIMIT = 2_000
# So many are found once, counted, and then known by their keys, rather than found again for the page.
FEW = 500
# As long as an identity number, in whatever form it was typed; a digest has letters between.
_NUMBER = re.compile(r"(?<![0-9a-f])\d[\d\s]{13,24}[\dXx](?![0-9a-f])")
NOT_KEPT = ("after", "before", "page", "lang", "format")
SAVED_LIMIT = 50
MOST_ROWS = 2**31 - 1  # as many as a key can number

type Choices = Callable[[], Sequence[tuple[str, Any]]]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. `parse` turns the typed text into a value or raises ValueError; `show` says the value in words."""

    name: str
    label: LazyString | str
    parse: Callable[[str], Any] = str
    show: Callable[[Any], str] = str
    choices: Choices | None = None


def choice(name: str, label: LazyString | str, choices: Choices) -> Filter:
    """A filter with a fixed set of values."""

    def parse(text: str) -> str:
        if text not in {value for value, _label in choices()}:
            raise ValueError(text)
        return text

    def show(value: Any) -> str:
        return str(dict(choices()).get(value, value))

    return Filter(name, label, parse, show, choices)


def flag(name: str, label: LazyString | str) -> Filter:
    """Yes, no, or either; the value is a truth value."""

    def parse(text: str) -> bool:
        if text not in {"1", "0"}:
            raise ValueError(text)
        return text == "1"

    return Filter(name, label, parse, lambda v: _("Yes") if v else _("No"), lambda: [("1", _("Yes")), ("0", _("No"))])


def whole(name: str, label: LazyString | str, *, minimum: int = 0, maximum: int = 1_000_000) -> Filter:
    """A whole number."""

    def parse(text: str) -> int:
        value = int(text)
        if not minimum <= value <= maximum:
            raise ValueError(text)
        return value

    return Filter(name, label, parse)


def row(name: str, label: LazyString | str, called: Callable[[int], str | None]) -> Filter:
    """A row by its number; `called` names it where the present person may know it."""

    def parse(text: str) -> int:
        value = int(text)
        if not 0 < value <= MOST_ROWS:
            raise ValueError(text)
        return value

    return Filter(name, label, parse, lambda value: called(value) or str(value))


def day(name: str, label: LazyString | str) -> Filter:
    """A date as 2026-09-01."""
    return Filter(name, label, date.fromisoformat, lambda value: value.isoformat())


def text(name: str, label: LazyString | str) -> Filter:
    """Free text."""
    return Filter(name, label, lambda value: value[:100])


@dataclass(frozen=True, slots=True)
class Sort:
    """An order; `joins` are the relationships its columns lie behind."""

    keys: tuple[SortKey, ...]
    joins: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ListSpec:
    """A list page: its endpoint (also the key of its saved filters), its filters and its orders; the first order is
    that of a list nobody sorted."""

    page: str
    filters: tuple[Filter, ...]
    sorts: Mapping[str, Sort]
    search: str = "q"

    def __post_init__(self) -> None:
        PAGES[self.page] = self

    def read(self, args: MultiDict[str, str]) -> "Listing":
        """The list that a query string asks for; a value that is not understood is named, not obeyed."""
        values, problems = {}, []
        for one in self.filters:
            typed = args.get(one.name, "").strip()
            if not typed:
                continue
            try:
                values[one.name] = one.parse(typed)
            except ValueError:
                problems.append(
                    _("The filter “%(label)s” cannot be “%(value)s”; it was left out.", label=one.label, value=typed)
                )
        name = args.get("sort", "")
        known = name.removeprefix("-") in self.sorts
        return Listing(
            spec=self,
            values=values,
            problems=problems,
            search=args.get(self.search, "").strip()[:100],
            sort=name.removeprefix("-") if known else next(iter(self.sorts)),
            is_sorted=known,
            is_descending=known and name.startswith("-"),
            after=args.get("after") or None,
            before=args.get("before") or None,
        )


PAGES: dict[str, ListSpec] = {}


@dataclass
class Listing:
    """What one request asked of a list."""

    spec: ListSpec
    values: dict[str, Any]
    problems: list[str]
    search: str
    sort: str
    is_sorted: bool = False
    is_descending: bool = False
    after: str | None = None
    before: str | None = None
    order: Sort | None = field(default=None)

    def get(self, name: str, default: Any = None) -> Any:
        """A filter's value, or the default where it is not in force."""
        return self.values.get(name, default)

    def chips(self) -> list[dict[str, Any]]:
        """The filters in force, in words."""
        found = [
            {"label": one.label, "value": one.show(self.values[one.name]), "name": one.name}
            for one in self.spec.filters
            if one.name in self.values
        ]
        if self.search:
            found.insert(0, {"label": _("Search"), "value": self.search, "name": self.spec.search})
        return found

    def in_words(self) -> dict[str, Any]:
        """The filters as the log keeps them: without the number of anybody's document."""
        return {str(chip["name"]): _NUMBER.sub("••••", str(chip["value"])) for chip in self.chips()}

    @property
    def chosen_order(self) -> Sort:
        """The order of the rows: what was clicked, else what the room set in `order`, else the first."""
        asked = self.spec.sorts[self.sort]
        order = asked if self.is_sorted or self.order is None else self.order
        if not self.is_descending:
            return order
        return Sort(tuple(key.reversed() for key in order.keys), order.joins)


@dataclass(frozen=True, slots=True)
class Found[T]:
    """One page of a list with its count."""

    page: Page[T]
    total: int
    is_capped: bool

    @property
    def items(self) -> Sequence[T]:
        """The rows of the page."""
        return self.page.items


def count(session: Session, statement: Select[Any], key: Any, limit: int = COUNT_LIMIT) -> tuple[int, bool]:
    """How many rows a statement finds, stopping at `limit`: (number, whether there are more)."""
    ids = statement.with_only_columns(key, maintain_column_froms=True).order_by(None).limit(limit + 1).subquery()
    number = session.scalar(select(func.count()).select_from(ids)) or 0
    return min(number, limit), number > limit


def ordered(statement: Select[Any], listing: Listing) -> Select[Any]:
    """The statement in the list's order, all of it: for an export."""
    order = listing.chosen_order
    return _joined(statement, order).order_by(
        *(key.column.desc() if key.is_descending else key.column.asc() for key in order.keys)
    )


def fetch(
    session: Session,
    statement: Select[Any],
    listing: Listing,
    *,
    key: Any,
    options: Sequence[ExecutableOption] = (),
    size: int = PAGE_SIZE,
    is_wide: bool = False,
    anchors: Sequence[Any] = (),
) -> Found[Any]:
    """Count the rows and read the page asked for. `statement` has its conditions, no order and no options.

    Few rows are found by what distinguishes them and then put in order; of many, the index of the order is walked,
    and one meets a page of them soon. `anchors` are columns that come before the order in an index of it, such as the
    county; `is_wide` says that the list reaches beyond one county.
    """
    order = listing.chosen_order
    limit = WIDE_COUNT_LIMIT if is_wide else COUNT_LIMIT
    few = _few(session, statement, key, min(FEW, limit))
    if few is not None:
        total, is_capped = len(few), False
    else:
        total, is_capped = (limit, True) if limit <= FEW else count(session, statement, key, limit)
    if few is not None:
        statement = select(key.class_).where(key.in_(few))
    elif total <= SORTED_LIMIT and not is_capped:
        inner = statement.with_only_columns(key, maintain_column_froms=True).order_by(None).limit(SORTED_LIMIT + 1)
        statement = select(key.class_).where(key.in_(select(inner.subquery().c[0])))
    else:
        statement = _walking(statement, key, order, anchors)

    def whole(finding: Select[Any]) -> Select[Any]:
        ids = finding.with_only_columns(key, maintain_column_froms=True).subquery()
        return _joined(select(key.class_).where(key.in_(select(ids.c[0]))), order).options(*options)

    page = read_page(
        session,
        _joined(statement, order),
        order.keys,
        after_token=listing.after,
        before_token=listing.before,
        size=size,
        whole=whole,
    )
    return Found(page, total, is_capped)


def _few(session: Session, statement: Select[Any], key: Any, most: int) -> list[int] | None:
    """The keys of a list that is short enough to be found once and then known by them; None for a longer one."""
    found = statement.with_only_columns(key, maintain_column_froms=True).order_by(None).limit(most + 1)
    keys = list(session.scalars(found))
    return keys if len(keys) <= most else None


def _joined(statement: Select[Any], order: Sort) -> Select[Any]:
    for way in order.joins:
        statement = statement.join(way)
    return statement


def _walking(statement: Select[Any], key: Any, order: Sort, anchors: Sequence[Any]) -> Select[Any]:
    """The statement so that a database walks the index of the order until the page is full.

    SQLite would rather take another column's index and sort everything that finds. PostgreSQL would look up every row
    that a set names and sort them; as a truth value the set is kept aside, and each row of the walk is looked up in it.
    """
    table = key.class_.__table__
    froms = statement.get_final_froms()
    if statement.whereclause is None or len(froms) != 1 or not isinstance(froms[0], Table):
        return statement  # what is joined must stay joined
    kept = {anchor.key for anchor in anchors}
    for one in order.keys:
        inside: Any = iterate(expect(roles.ColumnsClauseRole, one.column))
        kept |= {found.key for found in inside if _is_of(found, table)}

    def hide(element: Any, **_more: Any) -> Any:
        if isinstance(element, BinaryExpression) and _is_lookup(element):
            return element.is_(true())
        return Unindexed(element) if _is_of(element, table) and element.key not in kept else None

    return select(key.class_).where(replacement_traverse(statement.whereclause, {}, hide))


def _is_lookup(element: BinaryExpression[Any]) -> bool:
    return element.operator is in_op and isinstance(element.right, ScalarSelect)


def _is_of(element: Any, table: Any) -> bool:
    return isinstance(element, Column) and element.table is not None and element.table.name == table.name


# --- filters kept under a name ------------------------------------------------------------------------------------

bp = Blueprint("lists", __name__, url_prefix="/lists")


def saved(page: str) -> list[dict[str, Any]]:
    """The present person's saved filters of a list, as the page shows them."""
    rows = db.session.scalars(
        select(SavedFilter)
        .where(SavedFilter.user_id == current_user.id, SavedFilter.page == page)
        .order_by(SavedFilter.name)
    )
    now = sorted(_kept(request.args.items(multi=True)))
    return [
        {
            "label": row.name,
            "url": _address(page, row.query["pairs"]),
            "active": sorted(map(tuple, row.query["pairs"])) == now and bool(now),
            "delete_url": url_for("lists.delete_filter", filter_id=row.id),
        }
        for row in rows
    ]


def _kept(pairs: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if name not in NOT_KEPT and value and not _NUMBER.search(value)]


def _address(page: str, pairs: Sequence[Sequence[str]]) -> str:
    query = urlencode([(name, value) for name, value in pairs])
    return url_for(page) + (f"?{query}" if query else "")


@bp.post("/<page>/filters")
@signed_in
def save_filter(page: str) -> Response:
    """Keep the filter shown now under a name; the same name again replaces it."""
    if page not in PAGES or page not in current_app.view_functions:
        abort(404)
    pairs = _kept(parse_qsl(urlsplit(request.form.get("query", "")[:4000]).query))
    name = request.form.get("name", "").strip()[:60]
    if not name:
        flash(_("Give the filter a name."), "error")
        return redirect(_address(page, pairs), 303)
    mine = select(SavedFilter).where(SavedFilter.user_id == current_user.id, SavedFilter.page == page)
    row = db.session.scalar(mine.where(SavedFilter.name == name))
    if row is None and len(db.session.scalars(mine).all()) >= SAVED_LIMIT:
        flash(_("You have %(number)s saved filters here; delete one first.", number=SAVED_LIMIT), "error")
        return redirect(_address(page, pairs), 303)
    if row is None:
        row = SavedFilter(user_id=current_user.id, page=page, name=name, query={})
        db.session.add(row)
    row.query = {"pairs": pairs}
    flash(_("The filter “%(name)s” was saved.", name=name), "success")
    return redirect(_address(page, pairs), 303)


@bp.post("/filters/<int:filter_id>/delete")
@signed_in
def delete_filter(filter_id: int) -> Response:
    """Delete one of one's own saved filters."""
    row = db.session.scalar(
        select(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.user_id == current_user.id)
    )
    if row is None:
        abort(404)
    page, name = row.page, row.name
    db.session.delete(row)
    flash(_("The filter “%(name)s” was deleted.", name=name), "success")
    return redirect(url_for(page), 303)


def view(listing: Listing, found: Found[Any]) -> dict[str, Any]:
    """What the template of a list needs beside its rows."""
    return {
        "listing": listing,
        "found": found,
        "rows": found.items,
        "chips": listing.chips(),
        "saved": saved(listing.spec.page),
        "save_url": url_for("lists.save_filter", page=listing.spec.page),
    }


def shown(listing: Listing, found: Found[Any]) -> dict[str, Any]:
    """What the template of a list inside a record needs beside its rows."""
    return {
        "listing": listing,
        "found": found,
        "rows": found.items,
        "chips": listing.chips(),
        "filters": {one.name: one for one in listing.spec.filters},
    }


def named(rows: Sequence[Any]) -> list[tuple[int, str]]:
    """Rows that have a name, as the choices of a filter."""
    return [(row.id, row.name) for row in rows]


def init_app(app: Flask) -> None:
    """Register the pages of saved filters."""
    app.register_blueprint(bp)

"""Reading code tables. They are small and read everywhere, so each process keeps them until they change."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from flask_babel import get_locale
from sqlalchemy import func, select

from app.codes.models import CodeItem
from app.extensions import db
from app.tables.codes import seed_list, seed_names


@dataclass(frozen=True, slots=True)
class Code:
    """One code item, detached from the database."""

    code: str
    national_code: str | None
    label_zh: str
    label_en: str
    parent_code: str | None
    aliases: tuple[str, ...]
    is_active: bool

    @property
    def label(self) -> str:
        """The label in the person's language."""
        return self.label_zh if str(get_locale() or "zh").startswith("zh") else self.label_en


_kept: dict[tuple[str, int], dict[str, dict[str, Code]]] = {}


def forget() -> None:
    """Read the tables anew next time, in this process; other processes notice by the stamp below."""
    _kept.clear()
    g.pop("codes_stamp", None)


def _stamp() -> tuple[str, int]:
    """Changes whenever an item is added or edited, in whatever process."""
    count, newest = db.session.execute(select(func.count(), func.sum(CodeItem.revision)).select_from(CodeItem)).one()
    return (str(db.engine.url), int(count) * 1_000_003 + int(newest or 0))


def tables() -> dict[str, dict[str, Code]]:
    """All tables: key → code → item, in their order. Checked once a request against the database."""
    stamp = _request_stamp()
    if stamp not in _kept:
        _kept.clear()
        found: dict[str, dict[str, Code]] = {}
        for row in db.session.scalars(select(CodeItem).order_by(CodeItem.table_key, CodeItem.position, CodeItem.id)):
            found.setdefault(row.table_key, {})[row.code] = Code(
                row.code,
                row.national_code,
                row.label_zh,
                row.label_en,
                row.parent_code,
                tuple(row.aliases),
                row.is_active,
            )
        _kept[stamp] = found
    return _kept[stamp]


def _request_stamp() -> tuple[str, int]:
    if "codes_stamp" not in g:
        g.codes_stamp = _stamp()
    stamp: tuple[str, int] = g.codes_stamp
    return stamp


def label(table_key: str, code: str | None) -> str:
    """What a code means, in the person's language; an unknown code is shown as it is."""
    if not code:
        return ""
    item = tables().get(table_key, {}).get(code)
    return item.label if item else code


def choices(table_key: str, *, blank: str | None = None) -> list[tuple[str, str]]:
    """(code, label) pairs of the active items for a select field; `blank` is the label of an empty first choice."""
    items = [(code, item.label) for code, item in tables().get(table_key, {}).items() if item.is_active]
    return items if blank is None else [("", blank), *items]


def items(table_key: str) -> Sequence[CodeItem]:
    """The rows of one table in their order, for its page."""
    query = select(CodeItem).where(CodeItem.table_key == table_key)
    return db.session.scalars(query.order_by(CodeItem.position, CodeItem.id)).all()


def item(table_key: str, code: str) -> CodeItem | None:
    """One row."""
    return db.session.scalar(select(CodeItem).where(CodeItem.table_key == table_key, CodeItem.code == code))


def is_local(table_key: str, code: str) -> bool:
    """Whether an item was added here and is not among those that ship with the system."""
    return table_key not in seed_names() or code not in seed_list(table_key)

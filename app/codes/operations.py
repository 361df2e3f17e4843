"""Filling and changing the code tables."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.audit import record
from app.audit.operations import Actor, changes
from app.codes.models import CodeItem
from app.codes.queries import forget
from app.extensions import db
from app.tables.codes import seed_lists
from app.tables.text import fold
from app.web.errors import Refused


def load_codes() -> int:
    """Add the shipped items that are not there yet; items that somebody edited stay as they are. Returns how many."""
    known = set(db.session.execute(select(CodeItem.table_key, CodeItem.code)).tuples())
    added = 0
    for table_key, items in seed_lists().items():
        for position, item in enumerate(items):
            if (table_key, item.code) in known:
                continue
            db.session.add(
                CodeItem(
                    table_key=table_key,
                    code=item.code,
                    national_code=item.national_code or None,
                    label_zh=item.label_zh,
                    label_en=item.label_en,
                    parent_code=item.parent or None,
                    aliases=list(item.aliases),
                    position=position,
                )
            )
            added += 1
    db.session.flush()
    forget()
    return added


def add_item(
    *, actor: Actor, table_key: str, code: str, label_zh: str, label_en: str | None = None, **fields: Any
) -> CodeItem:
    """Add a local item to a table. Its code never changes afterwards, since rows hold it."""
    if db.session.scalar(select(CodeItem.id).where(CodeItem.table_key == table_key, CodeItem.code == code)):
        raise Refused(_("The table already has the code %(code)s.", code=code))
    _check_aliases(table_key, code, [label_zh, *fields.get("aliases", ())])
    last = db.session.scalar(select(func.max(CodeItem.position)).where(CodeItem.table_key == table_key))
    if fields.get("position") is None:
        fields["position"] = 0 if last is None else last + 1
    item = CodeItem(table_key=table_key, code=code, label_zh=label_zh, label_en=label_en or label_zh, **fields)
    db.session.add(item)
    db.session.flush()
    after = {"code": code, "label_zh": label_zh, "label_en": item.label_en} | fields
    record(actor=actor, action="code.add", subject=item, subject_label=f"{table_key} {code}", after=after)
    forget()
    return item


def edit_item(*, actor: Actor, item: CodeItem, **fields: Any) -> CodeItem:
    """Change an item's labels, national code, aliases, order, or whether it is still offered."""
    fields["label_en"] = fields.get("label_en", item.label_en) or fields.get("label_zh", item.label_zh)
    before, after = changes(item, fields)
    if not after:
        return item
    fresh = [after.get("label_zh"), *(a for a in after.get("aliases", ()) if a not in item.aliases)]
    _check_aliases(item.table_key, item.code, [text for text in fresh if text])
    for name, value in after.items():
        setattr(item, name, value)
    # Other processes notice by the sum of the revisions.
    item.revision += 1
    record(
        actor=actor,
        action="code.edit",
        subject=item,
        subject_label=f"{item.table_key} {item.code}",
        before=before,
        after=after,
    )
    db.session.flush()
    forget()
    return item


def _check_aliases(table_key: str, code: str, texts: Iterable[str]) -> None:
    """A text in a workbook must mean one item only."""
    spoken = {fold(text): text for text in texts}
    for other in db.session.scalars(select(CodeItem).where(CodeItem.table_key == table_key, CodeItem.code != code)):
        for known in (other.label_zh, other.label_en, *other.aliases):
            if fold(known) in spoken:
                raise Refused(
                    _(
                        "“%(text)s” already means %(code)s %(label)s in this table.",
                        text=spoken[fold(known)],
                        code=other.code,
                        label=other.label_zh,
                    )
                )

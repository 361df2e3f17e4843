"""Filling the code tables."""

from sqlalchemy import select

from app.codes.models import CodeItem
from app.codes.queries import forget
from app.extensions import db
from app.tables.codes import seed_lists


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

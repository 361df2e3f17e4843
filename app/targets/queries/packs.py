"""Reading packs: those that ship, those of a county, and what each says."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, undefer

from app.access import Grant, Permission
from app.extensions import db
from app.targets.access import packs_where
from app.targets.models import PackStatus, PolicyPack
from app.targets.packs import Pack, read_pack, shipped_text


def pack_of(row: PolicyPack) -> Pack:
    """What a county's pack says; read once for each text."""
    return _read(row.content)


@lru_cache(maxsize=64)
def _read(text: str) -> Pack:
    return read_pack(text)


def one_pack(pack_id: int, grants: Iterable[Grant], permission: Permission) -> PolicyPack | None:
    """A pack within reach, with its text."""
    return db.session.scalar(
        select(PolicyPack)
        .where(PolicyPack.id == pack_id, packs_where(grants, permission))
        .options(undefer(PolicyPack.content), joinedload(PolicyPack.county), joinedload(PolicyPack.based_on))
    )


def packs_of(county_id: int) -> Sequence[PolicyPack]:
    """All packs of a county, the newest version of each code first."""
    return db.session.scalars(
        select(PolicyPack)
        .where(PolicyPack.county_id == county_id)
        .options(undefer(PolicyPack.content), joinedload(PolicyPack.based_on))
        .order_by(PolicyPack.code, PolicyPack.number.desc())
    ).all()


def packs_in_force(county_id: int, on: date) -> Sequence[PolicyPack]:
    """The packs that hold in a county on a day, with their texts."""
    return db.session.scalars(
        select(PolicyPack)
        .where(
            PolicyPack.county_id == county_id,
            PolicyPack.status.in_((PackStatus.ADOPTED, PackStatus.ENDED)),
            PolicyPack.adopted_from <= on,
            or_(PolicyPack.adopted_to.is_(None), PolicyPack.adopted_to >= on),
        )
        .options(undefer(PolicyPack.content))
        .order_by(PolicyPack.code)
    ).all()


def pack_in_force(county_id: int, code: str, on: date) -> PolicyPack | None:
    """The version of a pack that holds in a county on a day."""
    return next((row for row in packs_in_force(county_id, on) if row.code == code), None)


def text_of(row: PolicyPack | None, code: str) -> str:
    """A county's text of a pack, or the shipped one where the county has none."""
    return row.content if row is not None else shipped_text(code)

"""Changing the region tree."""

import re
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, literal, select, update

from app.audit import record
from app.audit.operations import Actor, changes
from app.extensions import db
from app.regions.models import Region, RegionLevel
from app.web.errors import Refused

ABOVE = {
    RegionLevel.PROVINCE: (),
    RegionLevel.PREFECTURE: (RegionLevel.PROVINCE,),
    # A county may lie directly below its province (直管县, 直辖市的区).
    RegionLevel.COUNTY: (RegionLevel.PREFECTURE, RegionLevel.PROVINCE),
    RegionLevel.TOWNSHIP: (RegionLevel.COUNTY,),
}


def add_region(
    *,
    actor: Actor,
    code: str,
    name: str,
    level: RegionLevel,
    parent: Region | None = None,
    lat: float | None = None,
    lng: float | None = None,
) -> Region:
    """Add a node to the tree. Codes follow GB/T 2260 (6 digits), for townships GB/T 10114 (9 digits, or 12)."""
    _check_place(level, parent)
    _check_code(code, level, parent)
    region = Region(code=code, name=name, level=level, parent_id=parent and parent.id, lat=lat, lng=lng)
    db.session.add(region)
    db.session.flush()
    region.path = f"{parent.path if parent else '/'}{region.id}/"
    after = {"code": code, "name": name, "level": level, "parent": parent and parent.code, "lat": lat, "lng": lng}
    record(actor=actor, action="region.add", subject=region, after=after, region_id=region.id)
    db.session.flush()
    return region


def edit_region(*, actor: Actor, region: Region, parent: Region | None, **fields: Any) -> Region:
    """Change a region's code, name, place on the map, or the region it lies below; its level stays."""
    _check_place(region.level, parent)
    if parent is not None and parent.path.startswith(region.path):
        raise Refused(_("A region cannot lie below itself."))
    if fields.get("code", region.code) != region.code:
        _check_code(fields["code"], region.level, parent)
    before, after = changes(region, fields)
    if (parent.id if parent else None) != region.parent_id:
        before["parent_id"], after["parent_id"] = region.parent_id, parent.id if parent else None
        _move(region, parent)
    for name, value in fields.items():
        setattr(region, name, value)
    if after:
        record(actor=actor, action="region.edit", subject=region, before=before, after=after, region_id=region.id)
    db.session.flush()
    return region


def _move(region: Region, parent: Region | None) -> None:
    """Give a region and all below it the path of its new place: scopes are prefixes of it."""
    old, new = region.path, f"{parent.path if parent else '/'}{region.id}/"
    region.parent_id = parent.id if parent else None
    db.session.flush()
    db.session.execute(
        update(Region)
        .where(Region.path.startswith(old, autoescape=True))
        .values(path=literal(new) + func.substr(Region.path, len(old) + 1)),
        execution_options={"synchronize_session": False},
    )
    db.session.expire_all()


def _check_place(level: RegionLevel, parent: Region | None) -> None:
    allowed = ABOVE[level]
    if parent is None and allowed:
        raise Refused(_("Say below which region this %(level)s lies.", level=level.label))
    if parent is not None and parent.level not in allowed:
        raise Refused(_("A %(level)s cannot lie below a %(parent)s.", level=level.label, parent=parent.level.label))


def _check_code(code: str, level: RegionLevel, parent: Region | None) -> None:
    is_township = level is RegionLevel.TOWNSHIP
    if not re.fullmatch(r"[0-9]{9}([0-9]{3})?" if is_township else r"[1-9][0-9]{5}", code):
        raise Refused(
            _("A township's code has 9 or 12 digits.")
            if is_township
            else _("A region's code has 6 digits (GB/T 2260).")
        )
    if parent is not None:
        same = 6 if is_township else 2
        if code[:same] != parent.code[:same]:
            raise Refused(
                _(
                    "The code %(code)s does not begin with %(digits)s, as codes below %(parent)s do.",
                    code=code,
                    digits=parent.code[:same],
                    parent=parent.name,
                )
            )
    holder = db.session.scalar(select(Region).where(Region.code == code))
    if holder is not None:
        raise Refused(_("The code %(code)s already belongs to %(name)s.", code=code, name=holder.name))

"""Reading the region tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select

from app.access import Grant, Permission
from app.extensions import db
from app.regions.access import reaches_everything, regions_where
from app.regions.models import Region, RegionLevel

HITS = 100


@dataclass(slots=True)
class Node:
    """One region with those below it, for the tree page."""

    region: Region
    townships: int = 0
    children: list["Node"] = field(default_factory=list)


def region(grants: Iterable[Grant], region_id: int, permission: Permission = Permission.SETTINGS_EDIT) -> Region | None:
    """One region within reach."""
    return db.session.scalar(select(Region).where(Region.id == region_id, regions_where(grants, permission)))


def ancestors(region: Region) -> Sequence[Region]:
    """The regions above, from the top down; the region itself is not among them."""
    ids = [int(part) for part in region.path.split("/") if part and int(part) != region.id]
    return db.session.scalars(select(Region).where(Region.id.in_(ids)).order_by(func.length(Region.path))).all()


def counties_under(region: Region) -> Sequence[Region]:
    """The counties at or below a region, by code."""
    below = Region.path.startswith(region.path, autoescape=True)
    return db.session.scalars(
        select(Region).where(below, Region.level == RegionLevel.COUNTY).order_by(Region.code)
    ).all()


def children(region: Region) -> Sequence[Region]:
    """The regions directly below, by code."""
    return db.session.scalars(select(Region).where(Region.parent_id == region.id).order_by(Region.code)).all()


def tree(grants: Iterable[Grant]) -> list[Node]:
    """The tree within reach down to the counties, each with the number of its townships."""
    reach = regions_where(grants, Permission.SETTINGS_EDIT)
    rows = db.session.scalars(
        select(Region).where(reach, Region.level != RegionLevel.TOWNSHIP).order_by(Region.code, Region.id)
    ).all()
    counted = dict(
        db.session.execute(
            select(Region.parent_id, func.count())
            .where(reach, Region.level == RegionLevel.TOWNSHIP)
            .group_by(Region.parent_id)
        )
        .tuples()
        .all()
    )
    nodes = {row.id: Node(row, counted.get(row.id, 0)) for row in rows}
    roots: list[Node] = []
    for node in nodes.values():
        above = nodes.get(node.region.parent_id or 0)
        (above.children if above else roots).append(node)
    return roots


def found(grants: Iterable[Grant], text: str) -> Sequence[Region]:
    """Regions within reach by the beginning of their code or a part of their name; at most a hundred."""
    is_meant = or_(Region.code.startswith(text, autoescape=True), Region.name.contains(text, autoescape=True))
    query = select(Region).where(regions_where(grants, Permission.SETTINGS_EDIT), is_meant)
    return db.session.scalars(query.order_by(Region.code).limit(HITS)).all()


def possible_parents(grants: Iterable[Grant]) -> Sequence[Region]:
    """Regions within reach that others can lie below."""
    query = select(Region).where(regions_where(grants, Permission.SETTINGS_EDIT), Region.level != RegionLevel.TOWNSHIP)
    return db.session.scalars(query.order_by(Region.code)).all()


def reaches_all(grants: Iterable[Grant], permission: Permission) -> bool:
    """Whether the person answers for every county there is."""
    return bool(db.session.scalar(select(reaches_everything(grants, permission))))

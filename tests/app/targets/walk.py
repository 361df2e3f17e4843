"""What the parameters of this room's routes name, for the walk over all routes."""

from datetime import date
from decimal import Decimal
from functools import cache

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.targets.operations.figures import fill_figure, refresh_pack
from app.targets.operations.packs import adopt_pack, copy_pack
from tests.app.targets.pack_text import TEXT
from tests.architecture.world import InCounty, Shared

OF_DRAFTS = ("edit_clause", "edit_text", "edit_name", "effect", "start_effect", "adopt", "drop")


@cache
def packs(world):
    made = [copy_pack(county=county, text=TEXT, actor=SYSTEM) for county in world.counties]
    for row in made:
        adopt_pack(row=row, from_on=date(today().year, 1, 1), actor=SYSTEM)
        refresh_pack(row, on=today())
    return made


def pack_id(world):
    return InCounty(*(row.id for row in packs(world)))


def draft_id(world):
    made = [
        copy_pack(county=county, text=TEXT, based_on=row, actor=SYSTEM)
        for county, row in zip(world.counties, packs(world), strict=True)
    ]
    return InCounty(*(row.id for row in made))


def filled_id(world):
    return InCounty(
        *(
            fill_figure(
                county=county, figure="partner.share", on=today(), actor=SYSTEM,
                numerator=Decimal(1), denominator=Decimal(2),
            ).id
            for county in world.counties
        )
    )  # fmt: skip


TARGETS = {
    "pack_id": pack_id,
    **{f"targets.{name}:pack_id": draft_id for name in OF_DRAFTS},
    "clause_key": lambda world: Shared("T-01"),
    "targets.fill:clause_key": lambda world: Shared("T-04"),
    "targets.units:clause_key": lambda world: Shared("T-03"),
    "filled_id": filled_id,
}

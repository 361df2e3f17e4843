"""The rules, one function each, by the id they have in MATH.md.

A rule function takes the model under construction and adds its named rows (or bounds). H8 has no rows: locks
and bans decide which arcs exist (`arcs.find_arcs`) and which teachers must go (`variables.add_columns`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from optimizer.rules.capacity import h1_one_move, h2_quota, h5_out_rate, h6_move_cap
from optimizer.rules.continuity import h3_no_depletion, h4_do_no_harm, h7_backbone_floor
from optimizer.rules.locks import h8_locks_and_bans
from optimizer.rules.policy import r1_rotation_rate, r2_backbone_share, r3_two_way, r4_groups

if TYPE_CHECKING:
    from optimizer.build import Model

HARD: dict[str, Callable[[Model], None]] = {
    "H1": h1_one_move,
    "H2": h2_quota,
    "H3": h3_no_depletion,
    "H4": h4_do_no_harm,
    "H5": h5_out_rate,
    "H6": h6_move_cap,
    "H7": h7_backbone_floor,
    "H8": h8_locks_and_bans,
}
POLICY: dict[str, Callable[[Model], None]] = {
    "R1": r1_rotation_rate,
    "R2": r2_backbone_share,
    "R3": r3_two_way,
    "R4": r4_groups,
}
RULES = HARD | POLICY

__all__ = ["HARD", "POLICY", "RULES"]

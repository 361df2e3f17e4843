"""What a school must not lose: staff, posts already filled, backbone teachers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.build import Model


def h3_no_depletion(model: Model) -> None:
    """H3: staff after ≥ before − max(1, ⌊net_loss_rate · before⌋), each school.

    departures(s) − arrivals(s) ≤ max(1, ⌊net_loss_rate · before⌋).
    """
    county, v = model.county, model.variables
    for s, school in enumerate(county.schools):
        if v.leaving_school[s]:
            terms = model.net(v.leaving_school[s], v.arriving_school[s])
            model.row(f"H3_{school.id}", terms, "<=", county.net_loss(s))


def h4_do_no_harm(model: Model) -> None:
    """H4: staff after ≥ min(posts, staff before), each team with posts.

    Since gap ≥ posts − staff after, this is the bound gap ≤ posts − min(posts, staff before).
    """
    for k, column in model.variables.gap.items():
        team = model.county.teams[k]
        column.bounds(0, team.posts - min(team.posts, team.staff))


def h7_backbone_floor(model: Model) -> None:
    """H7: backbone after ≥ min(before, ⌈backbone_floor · pupils / 100⌉), each (school, stage) with pupils.

    backbone departures − backbone arrivals ≤ before − floor. A backbone teacher counts in their own stage.
    """
    county, v = model.county, model.variables
    for (s, stage), leaving in v.leaving_backbone.items():
        if county.schools[s].students.get(stage, 0) > 0:
            spare = county.backbones.get((s, stage), 0) - county.backbone_floor(s, stage)
            terms = model.net(leaving, v.arriving_backbone[s, stage])
            model.row(f"H7_{county.schools[s].id}_{stage}", terms, "<=", spare)

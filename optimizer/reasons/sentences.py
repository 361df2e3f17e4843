"""The English sentence of each reason code; applications translate the code with its params instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimizer.solution import Reason

TIERS = {
    "rules": "the policy rules", "needs": "open posts", "balance": "the balance of backbone teachers",
    "change": "the change against the earlier proposal", "moves": "the number of moves", "cost": "distance and wishes",
}  # fmt: skip
FLOORS = {
    "H3": "{school} would have {after} staff, at least {limit} must stay.",
    "H4": "{school} would have {after} for {stage} {subject}, at least {limit} must stay.",
    "H7": "{school} would have {after} backbone teachers in {stage}, at least {limit} must stay.",
}
TEACHER = {
    "no_post_within_reach": "No post for {subjects} within {max_km:g} km.",
    "direction_not_allowed": "Every post within reach lies in a direction that is not allowed.",
    "locked_or_banned": "An officer decided against it.",
    "out_rate_reached": "{school} may let {limit} go, and {now} go already.",
    "quota_full": "The quota of {school} is full: {now} of {limit}.",
    "cap_on_moves": "The cap on moves is reached: {now} of {limit}.",
    "post_filled_by": "The post at {school} is filled by {names}.",
    "not_worth_a_tier": "It would make {tier} worse by {by:g}.",
    "equally_good": "A plan with this move would be equally good.",
    "would_improve": "It would better {tier} by {gain:g}; the plan is not proven best.",
}
POST = {
    "no_teacher_within_reach": "No eligible teacher of {stage} {subject} lives within {max_km:g} km.",
    "direction_not_allowed": "Everyone within reach would come from a direction that is not allowed.",
    "locked_or_banned": "An officer decided against everyone who could come.",
    "quota_full": "The quota of {school} is full: {now} of {limit}.",
    "all_come_already": "Everyone who could come does.",
    "needed_elsewhere": "Those who could come are needed elsewhere.",
    "not_worth_a_tier": "Sending {teacher} would make {tier} worse by {by:g}.",
    "equally_good": "A plan that sends {teacher} would be equally good.",
    "would_improve": "Sending {teacher} would better {tier} by {gain:g}; the plan is not proven best.",
}


def reason(code: str, params: Mapping[str, Any], *, post: bool = False) -> Reason:
    """A reason with its sentence."""
    words = {**TEACHER, **(POST if post else {})}
    form = FLOORS[params["rule"]] if code == "school_would_fall_under_its_floor" else words[code]
    said = dict(params)
    if "tier" in said:
        said["tier"] = TIERS.get(str(said["tier"]), "nothing")
        said["gain"] = -said["by"]
    if "subjects" in said:
        said["subjects"] = ", ".join(said["subjects"])
    if "filled_by" in said:
        here = (said["school"], said["subject"])
        said["names"] = ", ".join(f["teacher"] for f in said["filled_by"] if (f["school"], f["subject"]) == here)
    return Reason(code, form.format(**said), dict(params))

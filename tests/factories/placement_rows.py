"""Rows of placements, with believable values: a proposal that was solved, without the solver."""

from app.db.clock import utc_now
from app.db.packed import pack
from app.extensions import db
from app.studios.models import (
    PlacementDecision,
    PlacementDecisionKind,
    PlacementProposal,
    PlacementSnapshot,
    ProposalStatus,
    host_columns,
)
from app.studios.placement_settings import AIMS, DEFAULTS

NONE = {"placed": 0, "first": 0, "second_third": 0, "later": 0, "other": 0, "rural": 0}
MORE = {"people": 0, "unplaced": 0, "hosts": 0, "empty": 0, "places": 0, "blocking": 0, "left_out": 0, "decisions": 0}


def proposal(one):
    """A solved proposal that places nobody, based on another."""
    base = _proposal(one, 1)
    db.session.add(base)
    db.session.flush()
    row = _proposal(one, 2)
    row.based_on = base
    return row


def _proposal(one, number):
    snapshot = PlacementSnapshot(
        county_id=one.county_id, sha256=f"{one.id:032d}{number:032d}", body=b"", applicant_count=0, host_count=0,
        place_count=0,
        taken_at=utc_now(),
    )  # fmt: skip
    db.session.add(snapshot)
    db.session.flush()
    tiers = ("policy", *AIMS)
    return PlacementProposal(
        round=one,
        number=number,
        settings=DEFAULTS,
        status=ProposalStatus.SOLVED,
        snapshot_id=snapshot.id,
        problem_sha256="0" * 64,
        solved_at=utc_now(),
        report={
            "status": "optimal",
            "seconds": 0.1,
            "shortfalls": [],
            "tiers": [{"name": name, "value": 0, "bound": 0, "seconds": 0} for name in tiers],
            "counts": NONE | MORE,
            "deferred": {"counts": NONE, "tiers": dict.fromkeys(tiers, 0), "breaks": 0},
        },
        detail=pack({"solution": {"places": []}, "report": {"blocking": []}, "left_out": [], "implied": [],
                     "reasons": {}, "deferred": [], "free": {}}),
    )  # fmt: skip


def decision(row, teacher, host):
    """A ban for the next solve."""
    return PlacementDecision(
        proposal_id=row.id,
        kind=PlacementDecisionKind.BAN,
        teacher_id=teacher.id,
        **host_columns(row.round.kind, host.id),
    )

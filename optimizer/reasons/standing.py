"""How a list of moves stands to the hard rules of schools and county: every breach, with its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optimizer.problem import Problem
from optimizer.reasons.ledger import Breach, Ledger
from optimizer.solution import Move


def standing(problem: Problem, moves: Iterable[Move]) -> tuple[Breach, ...]:
    """H2–H7 as a plan leaves them: one breach each, ``now`` being the count before any move."""
    return breaches(Ledger(problem, moves))


def breaches(ledger: Ledger) -> tuple[Breach, ...]:
    """The same of a ledger."""
    return tuple(_each(ledger))


def _each(ledger: Ledger) -> Iterator[Breach]:
    county = ledger.county
    for s, school in enumerate(county.schools):
        before, after = county.headcount[s], ledger.head[s]
        if after > county.seats(s):
            yield Breach("H2", school.id, None, None, before, after, county.seats(s))
        if after < before - county.net_loss(s):
            yield Breach("H3", school.id, None, None, before, after, before - county.net_loss(s))
        if ledger.out[s] > county.out_cap(s):
            yield Breach("H5", school.id, None, None, 0, ledger.out[s], county.out_cap(s))
        for stage in sorted(school.students):
            floor = county.backbone_floor(s, stage)
            if ledger.star[s, stage] < floor:
                yield Breach("H7", school.id, stage, None, county.backbones[s, stage], ledger.star[s, stage], floor)
    for team in county.teams:
        least, after = min(team.posts, team.staff), ledger.team[team.school, team.stage, team.subject]
        if after < least:
            yield Breach("H4", county.schools[team.school].id, team.stage, team.subject, team.staff, after, least)
    if len(ledger.plan) > county.move_cap:
        yield Breach("H6", None, None, None, 0, len(ledger.plan), county.move_cap)

"""C1, the combs that tighten the count of blocking pairs: found where a relaxation breaks them.

Of a host's q places, take those who are ranked at most t and any q of these people. If host is open, each of the q
either sits here, or sits where they like it at least as much, or is kept out by a host that is full with people ranked
at most t, or is parted: so the shaft (everybody ranked at most t who is here) and the q teeth (each person's places
liked at least as much elsewhere, and their `parted`) sum to at least q. Baïou and Balinski's inequality, with ties, a
host that may be shut, and pairs that may block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.placement.build import Model
from optimizer.solver import Floats, Relaxation

VIOLATED = 0.02
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Listed:
    """A host's edges, best first: their columns, the columns of each tooth end to end, where each rank ends."""

    seats: int
    opens: int
    take: Ints
    teeth: Ints
    bounds: Ints
    ends: list[int]


class Combs:
    """The combs of a model with stability rows."""

    def __init__(self, model: Model, relaxation: Relaxation) -> None:
        self.relaxation = relaxation
        place = relaxation.column
        market = model.market
        self.hosts: list[_Listed] = []
        for j in model.block.hosts:
            listed = market.of_host[j]
            if len(listed) < market.seats[j]:
                continue
            teeth = [_tooth(model, n, place) for n in listed]
            ranks = [market.edges[n].host_rank for n in listed]
            ends = [e for e in range(1, len(ranks) + 1) if e == len(ranks) or ranks[e] != ranks[e - 1]]
            opens = place[model.opens[j].id] if j in model.opens else -1
            bounds = np.cumsum([0, *map(len, teeth)])
            take = np.array([place[model.take[n].id] for n in listed], dtype=np.int64)
            flat = np.array([c for tooth in teeth for c in tooth], dtype=np.int64)
            self.hosts.append(_Listed(market.seats[j], opens, take, flat, bounds, ends))

    def add(self, columns: Floats, violated: float = VIOLATED) -> int:
        """Add the most broken comb of every host and rank; returns how many."""
        return sum(self._add(host, columns, violated) for host in self.hosts)

    def _add(self, host: _Listed, columns: Floats, violated: float) -> int:
        wanted = host.seats * (columns[host.opens] if host.opens >= 0 else 1.0)
        if wanted <= violated:
            return 0
        shaft = np.cumsum(columns[host.take])
        so_far = np.concatenate([[0.0], np.cumsum(columns[host.teeth])])
        teeth = np.diff(so_far[host.bounds])
        found = 0
        for end in host.ends:
            if end < host.seats:
                continue
            if shaft[end - 1] > wanted - violated:
                break
            chosen = np.argsort(teeth[:end], kind="stable")[: host.seats]
            if shaft[end - 1] + teeth[chosen].sum() < wanted - violated:
                self._row(host, end, chosen)
                found += 1
        return found

    def _row(self, host: _Listed, end: int, chosen: Ints) -> None:
        row = np.zeros(self.relaxation.width)
        row[host.take[:end]] += 1
        for n in chosen.tolist():
            row[host.teeth[host.bounds[n] : host.bounds[n + 1]]] += 1
        if host.opens >= 0:
            row[host.opens] -= host.seats
            self.relaxation.add_row(row, 0.0, np.inf)
        else:
            self.relaxation.add_row(row, float(host.seats), np.inf)


def _tooth(model: Model, n: int, place: dict[int, int]) -> list[int]:
    """The columns of an edge's tooth: the places its applicant likes as much elsewhere, and whether the pair blocks."""
    elsewhere = [place[model.take[k].id] for k in model.better(n) if k != n]
    return [*elsewhere, place[model.parted[n].id]] if n in model.parted else elsewhere

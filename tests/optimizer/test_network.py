"""The shared network carries exactly what the arcs carry, with fewer links."""

from __future__ import annotations

from collections import defaultdict

import pytest

from optimizer import Problem, network
from optimizer.arcs import find_arcs
from optimizer.county import County
from tests.optimizer.counties import small, tiny


@pytest.mark.parametrize("data", [*(tiny(n) for n in range(20)), small(12, 1), small(40, 2)])
def test_paths_end_exactly_in_the_reachable_classes(data: dict[str, object]) -> None:
    county = County.of(Problem.from_dict(data).canonical())
    arcs = find_arcs(county)
    links = network.shared(county, arcs)
    ways, ends = defaultdict(list), defaultdict(list)
    for a, b in links.links:
        ways[a].append(b)
    for a, c in links.ends:
        ends[a].append(c)
    reach = defaultdict(set)
    for i, c in zip(arcs.teacher.tolist(), arcs.kind.tolist(), strict=True):
        reach[i].add(c)

    def classes(node: int) -> list[int]:
        return ends[node] + [c for inner in ways[node] for c in classes(inner)]

    seen = []
    for cohort, node in zip(links.cohorts, links.node_of, strict=True):
        found = classes(node)
        assert len(found) == len(set(found))
        seen += cohort.teachers
        assert all(set(found) == reach[i] for i in cohort.teachers)
    assert sorted(seen) == sorted(set(reach) | arcs.must_go)
    assert len(links.links) + len(links.ends) <= len(arcs) + links.nodes

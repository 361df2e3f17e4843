"""The verifier catches what is wrong, with each rule broken by hand, and its numbers are those of the text."""

from __future__ import annotations

import ast
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from optimizer import Problem, solve, verify
from tests.optimizer.counties import Data, posts, problem, school, small, staff, teacher


def move(name: str, to: str, origin: str = "A", subject: str = "art") -> Data:
    return {"teacher": name, "from": origin, "to": to, "subject": subject}


def base(**rest: Any) -> Data:
    """A sends t and u; B has two art posts and stands 33 km from A."""
    schools = [
        school("A", sending=True, lat=24.0, lng=103.0, **rest.pop("a", {})),
        school("B", lat=24.3, lng=103.0, **({"needs": posts(art=2)} | rest.pop("b", {}))),
    ]
    people = [teacher("t", "A", **rest.pop("t", {})), teacher("u", "A"), *rest.pop("more", [])]
    return problem(schools, people, **rest)


BOTH = [move("t", "B"), move("u", "B")]
BROKEN: list[tuple[str, str, Data, list[Data]]] = [
    ("H1", "moves 2 times", base(), [move("t", "B"), move("t", "B")]),
    ("H1", "does not work at", base(), [move("t", "B", origin="B")]),
    ("H1", "is not eligible", base(t={"eligible": False}), [move("t", "B")]),
    ("H1", "present school", base(a={"needs": posts(art=1)}), [move("t", "A")]),
    ("H1", "does not teach", base(b={"needs": posts(music=1)}), [move("t", "B", subject="music")]),
    ("H1", "has no post", base(b={"needs": posts(music=1)}), [move("t", "B")]),
    ("H1", "direction", base(settings={"directions": ["up"]}), [move("t", "B")]),
    ("H1", "is further than", base(settings={"max_km": 33}), [move("t", "B")]),
    ("H1", "not in the problem", base(), [move("t", "Z")]),
    ("H2", "at most 1", base(b={"quota": 1}), BOTH),
    ("H3", "at least 1", base(settings={"net_loss_rate": 0}), BOTH),
    ("H4", "at least 1", base(a={"needs": posts(art=1)}), BOTH),
    ("H5", "leave", base(settings={"out_rate": 0}), BOTH),
    ("H6", "at most 1", base(settings={"max_move_rate": 0.5}), BOTH),
    (
        "H7",
        "at least 1",
        base(a={"students": {"primary": 10}}, t={"backbone": True}, settings={"backbone_floor": 1}),
        BOTH,
    ),
    ("H8", "locked", base(locks=[{"teacher": "t", "to": None}]), BOTH),
    ("H8", "locked", base(locks=[{"teacher": "t", "to": "B"}]), []),
    ("H8", "banned", base(bans=[{"teacher": "t", "to": "B"}]), BOTH),
]


@pytest.mark.parametrize(("rule", "words", "data", "moves"), BROKEN)
def test_a_broken_rule_is_named(rule: str, words: str, data: Data, moves: list[Data]) -> None:
    broken = verify.report(data, {"moves": moves})["broken"]
    assert {fault["rule"] for fault in broken} == {rule}
    assert any(words in fault["message"] for fault in broken)


def test_a_sound_plan_has_no_fault() -> None:
    assert verify.report(base(), {"moves": BOTH})["broken"] == []


def test_policy_rules_come_with_needed_and_reached_even_when_met() -> None:
    data = base(settings={"rate": 0.5, "share": 0.2, "up_share": 0.2})
    rules = verify.report(data, {"moves": BOTH})["rules"]
    # ⌈0.5 · 2⌉ = 1 of 2 eligible asked for; ⌈0.2 · 2⌉ = 1 backbone; ⌈0.2 · 2 down⌉ = 1 up.
    assert rules == [
        {"rule": "R1", "scope": "pool", "needed": 1, "reached": 2, "missing": 0},
        {"rule": "R1", "scope": "county", "needed": 1, "reached": 2, "missing": 0},
        {"rule": "R2", "scope": "pool", "needed": 1, "reached": 0, "missing": 1},
        {"rule": "R2", "scope": "county", "needed": 1, "reached": 0, "missing": 1},
        {"rule": "R3", "scope": "county", "needed": 1, "reached": 0, "missing": 1},
    ]


def test_gaps_flows_and_staff_are_counted_before_and_after() -> None:
    report = verify.report(base(), {"moves": [move("t", "B")]})
    assert report["gaps"]["by_subject"] == [{"stage": "primary", "subject": "art", "posts": 2, "before": 2, "after": 1}]
    assert report["flows"] == [{"from": "A", "to": "B", "moves": 1}]
    assert report["directions"] == {"down": 1, "up": 0, "lateral": 0}
    assert [(s["school"], s["before"], s["after"]) for s in report["schools"]] == [("A", 2, 1), ("B", 0, 1)]
    assert report["before"]["needs"] == 2
    assert report["tiers"]["needs"] == 1
    assert report["tiers"]["cost"] == 334


def test_the_cv_is_weighted_by_pupils_with_the_mean_of_its_moment() -> None:
    # 100 and 300 pupils, 2 and 0 backbones: X = 2 and 0, mean ½; CV² = ¼ · 9 + ¾ · 1 = 3. One moves: X = 1 and ⅓,
    # CV² = ¼ · 1 + ¾ · 1/9 = 1/3.
    data = base(
        a={"students": {"primary": 100}},
        b={"students": {"primary": 300}, "needs": posts(art=2)},
        t={"backbone": True},
        more=[teacher("v", "A", backbone=True)],
    )
    cv = verify.report(data, {"moves": [move("t", "B")]})["cv"]
    assert cv["primary"]["before"] == pytest.approx(sqrt(3))
    assert cv["primary"]["after"] == pytest.approx(sqrt(1 / 3))
    assert cv["junior"] == {"before": 0, "after": 0}


def test_schools_with_few_pupils_stay_out_of_the_balance() -> None:
    data = base(a={"students": {"primary": 49}}, b={"students": {"primary": 50}, "needs": posts(art=2)})
    data["teachers"] += staff("B", 1, backbone=True)
    assert verify.report(data, {"moves": []})["tiers"]["balance"] == 0


def test_false_claims_are_found() -> None:
    data = small(5, 3)
    document = solve(Problem.from_dict(data)).to_dict()
    assert verify.faults(data, document) == []
    document["tiers"][1]["value"] += 1
    document["tiers"][4]["bound"] -= 1
    document["shortfalls"] = [{"rule": "R1", "scope": "pool", "missing": 99}]
    faults = verify.faults(data, document)
    assert any("tier needs is" in fault for fault in faults)
    assert any("tier moves is not proven" in fault for fault in faults)
    assert any("shortfalls" in fault for fault in faults)


def test_an_infeasible_solution_must_not_carry_moves() -> None:
    assert verify.faults(base(), {"status": "infeasible", "moves": []}) == []
    assert verify.faults(base(), {"status": "infeasible", "moves": BOTH}) != []


def test_the_verifier_shares_no_code_with_the_model() -> None:
    tree = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"__future__", "math", "collections", "collections.abc", "fractions", "typing"}

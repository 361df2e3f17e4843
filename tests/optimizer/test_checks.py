"""A problem that is not well formed is refused with everything that is wrong, each finding with its code."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import Problem, ProblemRefused, Settings, check
from optimizer.checks import check_shape
from tests.optimizer.counties import Data, problem, school, teacher


def sound(**rest: Any) -> Data:
    people = [teacher("t", "A"), teacher("n", "A", eligible=False)]
    return problem([school("A"), school("B")], people, **rest)


def codes(data: Data) -> list[str]:
    return [finding.code for finding in check(Problem.from_dict(data))]


def test_a_sound_problem_has_no_findings() -> None:
    assert codes(sound()) == []


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ({"locks": [{"teacher": "Z", "to": "B"}]}, "unknown_teacher"),
        ({"locks": [{"teacher": "t", "to": "Z"}]}, "unknown_school"),
        ({"locks": [{"teacher": "n", "to": None}]}, "lock_not_eligible"),
        ({"locks": [{"teacher": "t", "to": None}, {"teacher": "t", "to": "B"}]}, "two_locks"),
        ({"bans": [{"teacher": "t", "to": "Z"}]}, "unknown_school"),
        ({"reference": [{"teacher": "Z", "to": "B"}]}, "unknown_teacher"),
        ({"settings": {"rate": -0.1}}, "negative_count"),
        ({"settings": {"tiers": ["rules", "beauty"]}}, "unknown_word"),
        ({"settings": {"tiers": ["needs", "rules"]}}, "rules_not_first"),
        ({"settings": {"tiers": ["rules", "needs", "needs"]}}, "duplicate_tier"),
        ({"settings": {"rate_scopes": ["moon"]}}, "unknown_word"),
    ],
)
def test_each_fault_has_its_code(rest: Data, code: str) -> None:
    assert codes(sound(**rest)) == [code]


def test_faults_of_schools_and_teachers() -> None:
    need = {"stage": "primary", "subject": "art", "posts": -1}
    schools = [school("A", students={"primary": -5}), school("B", needs=[need, need | {"posts": 1}])]
    found = check(Problem.from_dict(problem(schools, [teacher("t", "A", preferences=["Z"]), teacher("t", "A")])))
    assert {f.code for f in found} == {"negative_count", "duplicate_need", "unknown_school", "duplicate_id"}
    assert all(f.message and f.subject for f in found)


def test_wrong_types_are_all_reported() -> None:
    data: Data = sound()
    data["schools"][0]["quota"] = "9"
    data["schools"][1].pop("sending")
    data["teachers"][0]["eligible"] = 1
    data["teachers"][1]["lat"] = float("nan")
    data["settings"]["rate"] = "10 %"
    data["locks"] = {}
    with pytest.raises(ProblemRefused) as refused:
        Problem.from_dict(data)
    assert [f.code for f in refused.value.findings].count("wrong_type") == 5
    assert [f.code for f in refused.value.findings].count("missing_key") == 1


@pytest.mark.parametrize("data", [[], None, {}, {"schools": []}, {"format": "rotation-problem/2"}])
def test_anything_else_is_not_a_problem(data: Any) -> None:
    assert check_shape(data)


def test_unknown_keys_are_ignored() -> None:
    data = sound(colour="blue")
    data["schools"][0]["motto"] = "…"
    data["settings"]["mood"] = 1
    assert Problem.from_dict(data).to_dict().keys() == Problem.from_dict(sound()).to_dict().keys()


def test_every_setting_has_the_policy_default() -> None:
    assert Settings.from_dict({}) == Settings()
    assert Settings().to_dict() == {
        "rate": 0.10, "share": 0.20, "rate_scopes": ["pool", "county"], "share_scopes": ["pool", "county"],
        "up_share": 0.20, "group_young_rate": 0.05, "net_loss_rate": 0.03, "out_rate": 0.20,
        "max_move_rate": 0.15, "backbone_floor": 1.0, "max_km": 40, "directions": ["down", "up"],
        "tiers": ["rules", "needs", "balance", "change", "moves", "cost"], "time_limit_s": 300,
    }  # fmt: skip

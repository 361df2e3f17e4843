"""`python -m optimizer.placement`: what it writes, what it says, and its exit codes."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from optimizer.placement import Problem, solve, verify
from optimizer.placement.__main__ import main
from optimizer.placement.make import main as make_main
from tests.optimizer.placement.markets import applicant, host, problem


def write(path: Path, data: object) -> str:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_a_made_problem_is_solved_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "p.json", tmp_path / "s.json"
    assert make_main(["--hosts", "4", "--applicants", "20", "--seed", "7", "-o", str(source)]) == 0
    assert main([str(source), "-o", str(target)]) == 0
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["format"] == "placement-solution/1"
    assert document["problem_sha256"] == sha256(source.read_bytes()).hexdigest()
    assert verify.faults(json.loads(source.read_text(encoding="utf-8")), document) == []
    said = capsys.readouterr()
    assert said.out == ""
    assert "tier stability (2/7)" in said.err
    assert "optimal in" in said.err


def test_contradicting_locks_have_their_own_code(tmp_path: Path) -> None:
    locks = [{"applicant": "a", "host": "x"}]
    data = problem([applicant("a", "y")], [host("x"), host("y")], locks=locks)
    target = tmp_path / "s.json"
    assert main([write(tmp_path / "p.json", data), "-o", str(target), "--quiet"]) == 4
    assert json.loads(target.read_text(encoding="utf-8"))["conflict"] == locks


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"applicants": [{}], "hosts": []}'])
def test_a_refused_problem_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    source, target = tmp_path / "p.json", tmp_path / "s.json"
    source.write_text(content, encoding="utf-8")
    assert main([str(source), "-o", str(target)]) == 2
    assert not target.exists()
    assert capsys.readouterr().err


def test_nothing_unsound_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "faults", lambda *_: ["P2 x: too many"])
    target = tmp_path / "s.json"
    data = problem([applicant("a", "x")], [host("x")])
    assert main([write(tmp_path / "p.json", data), "-o", str(target), "--quiet"]) == 5
    assert not target.exists()


def test_the_verifier_finds_every_kind_of_fault() -> None:
    people = [applicant("a", "x", subject="art"), applicant("b", "x"), applicant("c", "x")]
    data = problem(
        people,
        [host("x", 1, subjects=["music"]), host("y", 9, min_places=4)],
        keeps=[{"applicant": "c", "host": "x"}],
        locks=[{"applicant": "b", "host": "x"}],
    )
    places = [{"applicant": name, "host": to} for name, to in (("a", "x"), ("a", "y"), ("b", "y"), ("z", "x"))]
    broken = {(fault["rule"], fault["subject"]) for fault in verify.report(data, {"places": places})["broken"]}
    assert broken >= {("P1", "a"), ("P1", "z"), ("E1", "a"), ("E3", "b"), ("P3", "y"), ("P4", "c"), ("P4", "b")}
    over = verify.report(data, {"places": [{"applicant": name, "host": "x"} for name in "abc"]})["broken"]
    assert ("P2", "x") in {(fault["rule"], fault["subject"]) for fault in over}


def test_the_verifier_sees_false_claims() -> None:
    data = problem([applicant("a", "x"), applicant("b", "x")], [host("x", 1, "a")], settings={"rural_share": 0.1})
    document = solve(Problem.from_dict(data)).to_dict()
    assert verify.faults(data, document) == []
    document["tiers"][2]["value"] = 0.0
    document["tiers"][1]["bound"] = -1.0
    document["blocking"] = [{"applicant": "b", "host": "x"}]
    document["shortfalls"] = [{"scope": "all", "needed": 9, "reached": 9, "missing": 0}]
    document["places"][0]["host_rank"] = 5
    assert len(verify.faults(data, document)) == 5

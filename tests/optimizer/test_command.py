"""`python -m optimizer`: what it writes, what it says, and its exit codes."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from optimizer import verify
from optimizer.__main__ import main
from tests.optimizer.counties import Data, posts, problem, school, small, teacher


def write(path: Path, data: object) -> str:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_a_proven_plan_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = small(5, 1)
    source, target = write(tmp_path / "problem.json", data), tmp_path / "solution.json"
    assert main([source, "-o", str(target)]) == 0
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["format"] == "rotation-solution/1"
    assert document["problem_sha256"] == sha256(Path(source).read_bytes()).hexdigest()
    assert verify.faults(data, document) == []
    said = capsys.readouterr()
    assert said.out == ""
    assert "tier balance (3/6)" in said.err
    assert "optimal in" in said.err


def test_an_unproven_plan_has_its_own_code(tmp_path: Path) -> None:
    source, target = write(tmp_path / "p.json", small(12, 1)), tmp_path / "s.json"
    assert main([source, "-o", str(target), "--time-limit", "0", "--quiet"]) == 3
    assert json.loads(target.read_text(encoding="utf-8"))["status"] == "feasible"


def test_contradicting_locks_have_their_own_code(tmp_path: Path) -> None:
    data = problem(
        [school("A"), school("B", needs=posts(art=1))],
        [teacher("t", "A")],
        locks=[{"teacher": "t", "to": "A"}],
    )
    target = tmp_path / "s.json"
    assert main([write(tmp_path / "p.json", data), "-o", str(target), "--quiet"]) == 4
    assert json.loads(target.read_text(encoding="utf-8"))["conflict"] == [{"teacher": "t", "to": "A"}]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schools": [], "teachers": [{}]}'])
def test_a_refused_problem_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    source, target = tmp_path / "p.json", tmp_path / "s.json"
    source.write_text(content, encoding="utf-8")
    assert main([str(source), "-o", str(target)]) == 2
    assert not target.exists()
    assert capsys.readouterr().err


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert main([str(tmp_path / "none.json"), "-o", str(tmp_path / "s.json")]) == 2


def test_nothing_unsound_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data: Data = small(5, 1)
    monkeypatch.setattr(verify, "faults", lambda *_: ["H2 S001: too many"])
    target = tmp_path / "s.json"
    assert main([write(tmp_path / "p.json", data), "-o", str(target), "--quiet"]) == 5
    assert not target.exists()

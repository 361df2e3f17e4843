"""`python -m optimizer.reasons`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer import Problem, solve
from optimizer.reasons.__main__ import main
from tests.optimizer.counties import small


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    folder = tmp_path_factory.mktemp("reasons")
    data = small(5, 1)
    solution = solve(Problem.from_dict(data))
    problem_file, solution_file = folder / "problem.json", folder / "solution.json"
    problem_file.write_text(json.dumps(data), encoding="utf-8")
    solution_file.write_text(json.dumps(solution.to_dict()), encoding="utf-8")
    return str(problem_file), str(solution_file), solution.moves[0].teacher


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("--why-not", {"teachers", "posts", "teacher_codes", "post_codes"}),
        ("--rules", {"base", "rows"}),
        ("--frontier", {"still", "rows", "complete"}),
        ("--short", {"rules", "mends", "pairs", "complete"}),
        ("--conflict", {"contradiction"}),
        ("--fairness", {"plans"}),
        ("--check", {"moves", "broken", "sound", "rules", "shortfalls", "tiers", "before", "gaps", "cv"}),
    ],
)
def test_each_question_is_answered(files: tuple[str, str, str], tmp_path: Path, question: str, keys: set[str]) -> None:
    out = tmp_path / "answer.json"
    assert main([files[0], files[1], question, "-o", str(out), "--quiet"]) == 0
    assert json.loads(out.read_text(encoding="utf-8")).keys() == keys


def test_a_move_is_explained_on_stdout(files: tuple[str, str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([files[0], files[1], "--why", files[2], "--time-limit", "20"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["teacher"] == files[2]
    assert "without" in said.err


def test_no_such_move_and_no_such_file(files: tuple[str, str, str], tmp_path: Path) -> None:
    assert main([files[0], files[1], "--why", "nobody", "--quiet"]) == 2
    assert main([str(tmp_path / "none.json"), files[1], "--why-not"]) == 2

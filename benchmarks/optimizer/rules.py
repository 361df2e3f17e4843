"""The ways that prove nothing, as peers: an administrative rule, and two mechanisms for teachers with wishes.

`python -m benchmarks.optimizer.rules greedy|mda|to_be problem.json answer.json`
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from optimizer import Move, Problem
from optimizer.reasons import greedy, mda, to_be

WAYS: dict[str, Callable[[Problem], tuple[Move, ...]]] = {"greedy": greedy, "mda": mda, "to_be": to_be}


def main() -> None:
    """From a problem file to an answer file."""
    way, source, target = sys.argv[1:]
    problem = Problem.from_dict(json.loads(Path(source).read_text(encoding="utf-8"))).canonical()
    moves = [move.to_dict() for move in WAYS[way](problem)]
    answer = {"values": {}, "bounds": {}, "proven": [], "moves": moves}
    Path(target).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()

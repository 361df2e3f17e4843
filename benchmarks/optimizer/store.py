"""What was measured so far, a line each, so that a run that was stopped can be taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Data = dict[str, Any]
PATH = Path(__file__).resolve().parents[2] / "build" / "benchmarks" / "optimizer.jsonl"


class NotMeasured(Exception):
    """Nothing is kept under a key, and nothing is to be measured now."""


class Store:
    """Records by key; each is on disk before the next is begun. A ``closed`` one only tells what it has."""

    def __init__(self, path: Path = PATH, *, resume: bool, closed: bool = False) -> None:
        self.path, self.closed = path, closed
        self.records: dict[str, Data] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if (resume or closed) and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                self.records[record["key"]] = record["value"]
        elif not closed:
            path.write_text("", encoding="utf-8")

    def get(self, key: str, measure: Callable[[], Data]) -> Data:
        """What is kept under a key, measured now where there is nothing."""
        if key not in self.records:
            if self.closed:
                raise NotMeasured(key)
            self.records[key] = measure()
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "value": self.records[key]}, ensure_ascii=False) + "\n")
        return self.records[key]

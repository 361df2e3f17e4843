"""What a proposal does to the schools, counted from its problem and its moves. Plain data in, plain data out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

BALANCED = ("primary", "junior")
SMALLEST = 50  # pupils; smaller stages are left out of the official CV


def spread(problem: Mapping[str, Any], moves: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Backbone teachers and pupils of each school and stage that the CV looks at, before and after."""
    teachers = {t["id"]: t for t in problem["teachers"]}
    before: Counter[tuple[str, str]] = Counter()
    for teacher in teachers.values():
        before[teacher["school"], teacher["stage"]] += teacher["backbone"]
    after = Counter(before)
    for move in moves:
        teacher = teachers[move["teacher"]]
        after[move["from"], teacher["stage"]] -= teacher["backbone"]
        after[move["to"], teacher["stage"]] += teacher["backbone"]
    return [
        {
            "school": school["id"],
            "stage": stage,
            "pupils": school["students"][stage],
            "before": before[school["id"], stage],
            "after": after[school["id"], stage],
            "is_counted": school["students"][stage] >= SMALLEST,
        }
        for school in problem["schools"]
        for stage in BALANCED
        if school["students"].get(stage, 0) > 0
    ]


def posts(problem: Mapping[str, Any], moves: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Posts and staff of each school, stage and subject, before and after."""
    teachers = {t["id"]: t for t in problem["teachers"]}
    before: Counter[tuple[str, str, str]] = Counter()
    for teacher in teachers.values():
        before[teacher["school"], teacher["stage"], teacher["subject"]] += 1
    after = Counter(before)
    for move in moves:
        teacher = teachers[move["teacher"]]
        after[move["from"], teacher["stage"], teacher["subject"]] -= 1
        after[move["to"], teacher["stage"], move["subject"]] += 1
    rows = []
    for school in problem["schools"]:
        for need in school["needs"]:
            key = (school["id"], need["stage"], need["subject"])
            if need["posts"] > 0:
                rows.append(
                    {
                        "school": key[0],
                        "stage": key[1],
                        "subject": key[2],
                        "posts": need["posts"],
                        "before": before[key],
                        "after": after[key],
                        "is_priority": school["priority"],
                    }
                )
    return rows


def flows(problem: Mapping[str, Any], moves: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How many go from which school to which."""
    backbone = {t["id"]: t["backbone"] for t in problem["teachers"]}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for move in moves:
        line = found.setdefault(
            (move["from"], move["to"]), {"from": move["from"], "to": move["to"], "moves": 0, "backbone": 0}
        )
        line["moves"] += 1
        line["backbone"] += backbone[move["teacher"]]
    return [found[key] for key in sorted(found)]


def direction(origin: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    """`down`, `up` or `lateral`, between two schools of the problem."""
    if origin["sending"] == target["sending"]:
        return "lateral"
    return "down" if origin["sending"] else "up"

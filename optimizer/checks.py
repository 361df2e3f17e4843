"""Is a problem well formed? Every fault at once, each with a code that the application can translate.

Two passes: `check_shape` looks at decoded JSON (types, missing keys), `check` at a `Problem` (references,
duplicates, counts, locks, settings).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from optimizer.problem import FORMAT, Problem
from optimizer.settings import DIRECTIONS, RATE_SCOPES, SHARE_SCOPES, TIERS, Settings

STAGES = ("kindergarten", "primary", "junior", "senior")
RATES = (
    "rate", "share", "up_share", "group_young_rate", "net_loss_rate", "out_rate", "max_move_rate",
    "backbone_floor", "max_km", "time_limit_s",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: ``code`` names its kind, ``subject`` where it is (``teachers/T0001``), ``message`` says it
    in English, ``params`` holds the values a translated sentence needs."""

    code: str
    subject: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "subject": self.subject,
            "message": self.message,
            "params": dict(self.params),
        }


# --- shape of the JSON ------------------------------------------------------------------------------------

Kind = tuple[type, ...]
TEXT: Kind = (str,)
FLAG: Kind = (bool,)
COUNT: Kind = (int,)
PLACE: Kind = (int, float, type(None))
SCHOOL_KEYS: dict[str, tuple[Kind, bool]] = {
    "id": (TEXT, True), "name": (TEXT, False), "stages": ((list,), True), "locality": (TEXT, False),
    "sending": (FLAG, True), "priority": (FLAG, True), "group": ((str, type(None)), False),
    "students": ((dict,), False), "quota": (COUNT, True), "lat": (PLACE, False), "lng": (PLACE, False),
    "needs": ((list,), False),
}  # fmt: skip
NEED_KEYS: dict[str, tuple[Kind, bool]] = {"stage": (TEXT, True), "subject": (TEXT, True), "posts": (COUNT, True)}
TEACHER_KEYS: dict[str, tuple[Kind, bool]] = {
    "id": (TEXT, True), "school": (TEXT, True), "stage": (TEXT, True), "subject": (TEXT, True),
    "also": ((list,), False), "backbone": (FLAG, True), "young": (FLAG, True), "eligible": (FLAG, True),
    "lat": (PLACE, False), "lng": (PLACE, False), "preferences": ((list,), False),
}  # fmt: skip
LOCK_KEYS: dict[str, tuple[Kind, bool]] = {"teacher": (TEXT, True), "to": ((str, type(None)), True)}
MOVE_KEYS: dict[str, tuple[Kind, bool]] = {"teacher": (TEXT, True), "to": (TEXT, True)}
LISTS: dict[str, tuple[dict[str, tuple[Kind, bool]], bool]] = {
    "schools": (SCHOOL_KEYS, True), "teachers": (TEACHER_KEYS, True), "locks": (LOCK_KEYS, False),
    "bans": (MOVE_KEYS, False), "reference": (MOVE_KEYS, False),
}  # fmt: skip


def _fits(value: Any, kind: Kind) -> bool:
    if isinstance(value, bool):
        return bool in kind
    if isinstance(value, float) and not isfinite(value):
        return False
    return isinstance(value, kind)


def _shape(where: str, item: Any, keys: dict[str, tuple[Kind, bool]]) -> Iterator[Finding]:
    if not isinstance(item, dict):
        yield Finding("wrong_type", where, f"{where} is not an object", {"expected": "object"})
        return
    for key, (kind, required) in keys.items():
        if key not in item:
            if required:
                yield Finding("missing_key", where, f"{where} has no `{key}`", {"key": key})
        elif not _fits(item[key], kind):
            names = [k.__name__ for k in kind]
            message = f"{where}: `{key}` should be {' or '.join(names)}, not {item[key]!r}"
            yield Finding("wrong_type", where, message, {"key": key, "value": item[key], "expected": names})


def _texts(where: str, key: str, values: Any) -> Iterator[Finding]:
    if isinstance(values, list) and not all(isinstance(value, str) for value in values):
        yield Finding("wrong_type", where, f"{where}: `{key}` should hold texts only", {"key": key})


def _inner(name: str, where: str, item: Mapping[str, Any]) -> Iterator[Finding]:
    if name == "schools":
        yield from _texts(where, "stages", item.get("stages"))
        for n, need in enumerate(item["needs"] if isinstance(item.get("needs"), list) else ()):
            yield from _shape(f"{where}/needs/{n}", need, NEED_KEYS)
        students = item.get("students")
        for stage, pupils in students.items() if isinstance(students, dict) else ():
            if not _fits(pupils, COUNT):
                message = f"{where}: pupils in {stage} should be a whole number, not {pupils!r}"
                yield Finding("wrong_type", where, message, {"key": f"students.{stage}", "value": pupils})
    if name == "teachers":
        yield from _texts(where, "also", item.get("also"))
        yield from _texts(where, "preferences", item.get("preferences"))


def check_shape(data: Any) -> list[Finding]:
    """Faults of a decoded JSON document: wrong format name, missing keys, values of the wrong type."""
    if not isinstance(data, Mapping):
        return [Finding("wrong_type", "problem", "the problem is not a JSON object", {"expected": "object"})]
    found: list[Finding] = []
    if data.get("format", FORMAT) != FORMAT:
        message = f"the format is {data['format']!r}, not {FORMAT!r}"
        found.append(Finding("wrong_format", "problem", message, {"format": data["format"], "expected": FORMAT}))
    for name, (keys, required) in LISTS.items():
        items = data.get(name, None if required else [])
        if not isinstance(items, list):
            found.append(Finding("wrong_type", name, f"`{name}` should be a list", {"expected": "list"}))
            continue
        for n, item in enumerate(items):
            label = item.get("id", item.get("teacher", n)) if isinstance(item, dict) else n
            where = f"{name}/{label}"
            found += _shape(where, item, keys)
            if isinstance(item, dict):
                found += _inner(name, where, item)
    settings = data.get("settings", {})
    if not isinstance(settings, dict):
        found.append(Finding("wrong_type", "settings", "`settings` should be an object", {"expected": "object"}))
    else:
        found += _settings_shape(settings)
    return found


def _settings_shape(settings: Mapping[str, Any]) -> Iterator[Finding]:
    for key in RATES:
        if key in settings and not _fits(settings[key], (int, float)):
            message = f"settings: `{key}` should be a number, not {settings[key]!r}"
            yield Finding("wrong_type", "settings", message, {"key": key, "value": settings[key]})
    tolerances = settings.get("tolerances", {})
    if not isinstance(tolerances, Mapping) or not all(_fits(share, (int, float)) for share in tolerances.values()):
        message = "settings: `tolerances` should be an object of numbers"
        yield Finding("wrong_type", "settings", message, {"key": "tolerances", "value": tolerances})
    for key in ("rate_scopes", "share_scopes", "directions", "tiers"):
        value = settings.get(key, [])
        if not isinstance(value, (list, tuple)) or not all(isinstance(word, str) for word in value):
            message = f"settings: `{key}` should be a list of texts"
            yield Finding("wrong_type", "settings", message, {"key": key, "value": value})


# --- sense of the problem ---------------------------------------------------------------------------------


def check(problem: Problem) -> list[Finding]:
    """Every fault of a problem whose shape is right, in a steady order. An empty list means it can be solved."""
    return [
        *duplicates("schools", (school.id for school in problem.schools)),
        *duplicates("teachers", (teacher.id for teacher in problem.teachers)),
        *_counts(problem),
        *_references(problem),
        *_locks(problem),
        *_settings(problem.settings),
    ]


def duplicates(where: str, ids: Iterable[str]) -> Iterator[Finding]:
    """Ids that appear more than once in a list."""
    for name, times in sorted(Counter(ids).items()):
        if times > 1:
            message = f"the id {name} appears {times} times in {where}"
            yield Finding("duplicate_id", f"{where}/{name}", message, {"id": name, "times": times})


def _counts(problem: Problem) -> Iterator[Finding]:
    for school in problem.schools:
        where = f"schools/{school.id}"
        counts: list[tuple[str, int]] = [("quota", school.quota)]
        counts += [(f"students.{stage}", pupils) for stage, pupils in school.students.items()]
        counts += [(f"posts.{need.stage}.{need.subject}", need.posts) for need in school.needs]
        for key, count in counts:
            if count < 0:
                message = f"{where}: {key} is negative ({count})"
                yield Finding("negative_count", where, message, {"key": key, "value": count})
        for (stage, subject), times in sorted(Counter((n.stage, n.subject) for n in school.needs).items()):
            if times > 1:
                message = f"{where} lists its posts for {stage} {subject} {times} times"
                params = {"stage": stage, "subject": subject, "times": times}
                yield Finding("duplicate_need", where, message, params)
        for stage in sorted({*school.stages, *school.students, *(n.stage for n in school.needs)} - set(STAGES)):
            message = f"{where}: there is no stage called {stage!r}"
            yield Finding("unknown_stage", where, message, {"stage": stage, "known": list(STAGES)})


def _references(problem: Problem) -> Iterator[Finding]:
    schools = {school.id for school in problem.schools}
    teachers = {teacher.id for teacher in problem.teachers}
    for teacher in problem.teachers:
        where = f"teachers/{teacher.id}"
        for key, target in (("school", teacher.school), *(("preferences", s) for s in teacher.preferences)):
            if target not in schools:
                message = f"{where}: `{key}` names the school {target}, which is not there"
                yield Finding("unknown_school", where, message, {"key": key, "school": target})
    pairs = [("locks", lock.teacher, lock.to) for lock in problem.locks]
    pairs += [("bans", ban.teacher, ban.to) for ban in problem.bans]
    pairs += [("reference", move.teacher, move.to) for move in problem.reference]
    for name, person, to in pairs:
        where = f"{name}/{person}"
        if person not in teachers:
            message = f"{where} names the teacher {person}, who is not there"
            yield Finding("unknown_teacher", where, message, {"teacher": person})
        if to is not None and to not in schools:
            message = f"{where} names the school {to}, which is not there"
            yield Finding("unknown_school", where, message, {"key": "to", "school": to})


def _locks(problem: Problem) -> Iterator[Finding]:
    eligible = {teacher.id: teacher.eligible for teacher in problem.teachers}
    for person, times in sorted(Counter(lock.teacher for lock in problem.locks).items()):
        where = f"locks/{person}"
        if times > 1:
            message = f"the teacher {person} has {times} locks"
            yield Finding("two_locks", where, message, {"teacher": person, "times": times})
        if not eligible.get(person, True):
            message = f"the teacher {person} is locked but not eligible"
            yield Finding("lock_not_eligible", where, message, {"teacher": person})


def _settings(settings: Settings) -> Iterator[Finding]:
    for key in RATES:
        value = getattr(settings, key)
        if value < 0:
            message = f"settings: {key} is negative ({value})"
            yield Finding("negative_count", "settings", message, {"key": key, "value": value})
    for tier, share in settings.tolerances:
        if share < 0:
            message = f"settings: the tolerance of {tier} is negative ({share})"
            yield Finding("negative_count", "settings", message, {"key": f"tolerances.{tier}", "value": share})
        if tier not in TIERS or tier == "rules":
            message = f"settings: tolerances has no {tier!r}"
            params = {"key": "tolerances", "word": tier, "known": [name for name in TIERS if name != "rules"]}
            yield Finding("unknown_word", "settings", message, params)
    known = {"rate_scopes": RATE_SCOPES, "share_scopes": SHARE_SCOPES, "directions": DIRECTIONS, "tiers": TIERS}
    for key, words in known.items():
        for word in sorted(set(getattr(settings, key)) - set(words)):
            message = f"settings: {key} has no {word!r}"
            yield Finding("unknown_word", "settings", message, {"key": key, "word": word, "known": list(words)})
    if len(set(settings.tiers)) < len(settings.tiers):
        yield Finding("duplicate_tier", "settings", "settings: a tier is listed twice", {"key": "tiers"})
    if "rules" in settings.tiers and settings.tiers[0] != "rules":
        yield Finding("rules_not_first", "settings", "settings: the tier `rules` comes first", {"key": "tiers"})

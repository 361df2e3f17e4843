"""Is a placement problem well formed? Every fault at once, each with a code that the application can translate.

Two passes: `check_shape` looks at decoded JSON (types, missing keys), `check` at a `Problem` (references, duplicates,
counts, locks, settings).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from math import isfinite
from typing import Any

from optimizer.checks import Finding, duplicates
from optimizer.placement.problem import FORMAT, KINDS, Applicant, Host, Problem, Wish
from optimizer.placement.settings import SCOPES, TIERS

TEXT, FLAG, COUNT, LIST = (str,), (bool,), (int,), (list,)
NUMBER: tuple[type, ...] = (int, float)
PLACE: tuple[type, ...] = (int, float, type(None))
Keys = Mapping[str, tuple[tuple[type, ...], bool]]
COMMON: Keys = {
    "id": (TEXT, True), "name": (TEXT, False), "lat": (PLACE, False), "lng": (PLACE, False),
    "wishes": (LIST, False), "open": (FLAG, False), "refuses": (LIST, False),
}  # fmt: skip
APPLICANT: Keys = {
    **COMMON, "subject": (TEXT, False), "stage": (TEXT, False), "also": (LIST, False), "rural": (FLAG, False),
}  # fmt: skip
HOST: Keys = {
    **COMMON, "max_places": (COUNT, True), "min_places": (COUNT, False), "subjects": (LIST, False),
    "stages": (LIST, False),
}  # fmt: skip
LOCK: Keys = {"applicant": (TEXT, True), "host": ((str, type(None)), True)}
PAIR: Keys = {"applicant": (TEXT, True), "host": (TEXT, True)}
SETTINGS: Keys = {
    "rural_share": (NUMBER, False), "rural_scopes": (LIST, False), "max_km": (PLACE, False), "tiers": (LIST, False),
    "subject_exceptions": (LIST, False), "stage_exceptions": (LIST, False), "time_limit_s": (NUMBER, False),
}  # fmt: skip
LISTS: Mapping[str, tuple[Keys, bool]] = {
    "applicants": (APPLICANT, True), "hosts": (HOST, True), "locks": (LOCK, False), "bans": (PAIR, False),
    "keeps": (PAIR, False), "reference": (PAIR, False),
}  # fmt: skip
TEXTS = ("also", "refuses", "subjects", "stages", "rural_scopes", "tiers")
EXCEPTIONS = ("subject_exceptions", "stage_exceptions")


def check_shape(data: Any) -> list[Finding]:
    """Faults of a decoded JSON document: wrong format name, missing keys, values of the wrong type."""
    if not isinstance(data, Mapping):
        return [Finding("wrong_type", "problem", "the problem is not a JSON object", {"expected": "object"})]
    found: list[Finding] = []
    if data.get("format", FORMAT) != FORMAT:
        message = f"the format is {data['format']!r}, not {FORMAT!r}"
        found.append(Finding("wrong_format", "problem", message, {"format": data["format"], "expected": FORMAT}))
    found += _shape("problem", data, {"kind": (TEXT, False), "name": (TEXT, False), "year": (COUNT, False)})
    for name, (keys, required) in LISTS.items():
        items = data.get(name, None if required else [])
        if not isinstance(items, list):
            found.append(Finding("wrong_type", name, f"`{name}` should be a list", {"expected": "list"}))
            continue
        for n, item in enumerate(items):
            label = item.get("id", item.get("applicant", n)) if isinstance(item, dict) else n
            found += _shape(f"{name}/{label}", item, keys)
    found += _shape("settings", data.get("settings", {}), SETTINGS)
    return found


def _shape(where: str, item: Any, keys: Keys) -> Iterator[Finding]:
    if not isinstance(item, Mapping):
        yield Finding("wrong_type", where, f"{where} is not an object", {"expected": "object"})
        return
    for key, (kind, required) in keys.items():
        if key not in item:
            if required:
                yield Finding("missing_key", where, f"{where} has no `{key}`", {"key": key})
        elif not _fits(item[key], kind):
            names = ["null" if k is type(None) else k.__name__ for k in kind]
            message = f"{where}: `{key}` should be {' or '.join(names)}, not {item[key]!r}"
            yield Finding("wrong_type", where, message, {"key": key, "value": item[key], "expected": names})
        elif key in TEXTS and not all(isinstance(value, str) for value in item[key]):
            yield Finding("wrong_type", where, f"{where}: `{key}` should hold texts only", {"key": key})
        elif key == "wishes" and not all(isinstance(wish, str) or _texts(wish) for wish in item[key]):
            message = f"{where}: `wishes` should hold ids and lists of ids only"
            yield Finding("wrong_type", where, message, {"key": key})
        elif key in EXCEPTIONS and not all(_texts(pair) and len(pair) == 2 for pair in item[key]):
            yield Finding("wrong_type", where, f"{where}: `{key}` should hold pairs of texts", {"key": key})


def _fits(value: Any, kind: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return bool in kind
    if isinstance(value, float) and not isfinite(value):
        return False
    return isinstance(value, kind)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def check(problem: Problem) -> list[Finding]:
    """Every fault of a problem whose shape is right, in a steady order. An empty list means it can be solved."""
    return [
        *duplicates("applicants", (applicant.id for applicant in problem.applicants)),
        *duplicates("hosts", (host.id for host in problem.hosts)),
        *_counts(problem),
        *_wishes(problem),
        *_references(problem),
        *_decisions(problem),
        *_settings(problem),
    ]


def _counts(problem: Problem) -> Iterator[Finding]:
    for host in problem.hosts:
        where = f"hosts/{host.id}"
        for key, count in (("min_places", host.min_places), ("max_places", host.max_places)):
            if count < 0:
                message = f"{where}: {key} is negative ({count})"
                yield Finding("negative_count", where, message, {"key": key, "value": count})
        if 0 <= host.max_places < host.min_places:
            message = f"{where} opens with {host.min_places} people but has {host.max_places} places"
            params = {"min_places": host.min_places, "max_places": host.max_places}
            yield Finding("min_above_max", where, message, params)


def _flat(wishes: tuple[Wish, ...]) -> list[str]:
    return list(chain.from_iterable((wish,) if isinstance(wish, str) else wish for wish in wishes))


def _wishes(problem: Problem) -> Iterator[Finding]:
    applicants, hosts = {a.id for a in problem.applicants}, {h.id for h in problem.hosts}
    for applicant in problem.applicants:
        yield from _wished(f"applicants/{applicant.id}", applicant, hosts, "unknown_host")
    for host in problem.hosts:
        yield from _wished(f"hosts/{host.id}", host, applicants, "unknown_applicant")


def _wished(where: str, person: Applicant | Host, known: set[str], code: str) -> Iterator[Finding]:
    listed = _flat(person.wishes)
    for name in sorted({*listed, *person.refuses} - known):
        yield Finding(code, where, f"{where} names {name}, which is not in the problem", {"id": name})
    for name, times in sorted(Counter(listed).items()):
        if times > 1:
            yield Finding(
                "wished_twice", where, f"{where} wishes for {name} {times} times", {"id": name, "times": times}
            )
    for name in sorted(set(listed) & set(person.refuses)):
        yield Finding("wished_and_refused", where, f"{where} both wishes for {name} and refuses", {"id": name})
    if any(not wish for wish in person.wishes):
        yield Finding("empty_wish", where, f"{where} has an empty entry among its wishes")


def _references(problem: Problem) -> Iterator[Finding]:
    applicants, hosts = {a.id for a in problem.applicants}, {h.id for h in problem.hosts}
    named: list[tuple[str, str, str | None]] = [("locks", lock.applicant, lock.host) for lock in problem.locks]
    for name, pairs in (("bans", problem.bans), ("keeps", problem.keeps), ("reference", problem.reference)):
        named += [(name, pair.applicant, pair.host) for pair in pairs]
    for name, applicant, host in named:
        where = f"{name}/{applicant}"
        if applicant not in applicants:
            yield Finding("unknown_applicant", where, f"{where}: there is no applicant {applicant}", {"id": applicant})
        if host is not None and host not in hosts:
            yield Finding("unknown_host", where, f"{where}: there is no host {host}", {"id": host})


def _decisions(problem: Problem) -> Iterator[Finding]:
    """One lock or keep a person, no keep that is banned, no host that keeps more than it has places for."""
    decided = Counter(lock.applicant for lock in set(problem.locks))
    decided.update(keep.applicant for keep in set(problem.keeps))
    for name, times in sorted(decided.items()):
        if times > 1:
            message = f"{name} is locked or kept {times} times"
            yield Finding("two_locks", f"locks/{name}", message, {"applicant": name, "times": times})
    for pair in sorted(set(problem.keeps) & set(problem.bans), key=lambda p: (p.applicant, p.host)):
        message = f"{pair.applicant} is kept at {pair.host} and banned from it"
        yield Finding("kept_and_banned", f"keeps/{pair.applicant}", message, pair.to_dict())
    placed = Counter(pair.applicant for pair in set(problem.reference))
    for name, times in sorted(placed.items()):
        if times > 1:
            message = f"the earlier proposal has {times} places for {name}"
            yield Finding("two_places", f"reference/{name}", message, {"applicant": name, "times": times})
    kept = Counter(keep.host for keep in set(problem.keeps))
    for host in problem.hosts:
        if kept[host.id] > host.max_places >= 0:
            message = f"hosts/{host.id} keeps {kept[host.id]} people but has {host.max_places} places"
            params = {"kept": kept[host.id], "max_places": host.max_places}
            yield Finding("keeps_above_max", f"hosts/{host.id}", message, params)


def _settings(problem: Problem) -> Iterator[Finding]:
    settings = problem.settings
    if problem.kind not in KINDS:
        message = f"there is no kind {problem.kind!r}"
        yield Finding("unknown_word", "problem", message, {"key": "kind", "word": problem.kind, "known": list(KINDS)})
    if not 0 <= settings.rural_share <= 1:
        message = f"settings: rural_share should lie between 0 and 1 ({settings.rural_share})"
        yield Finding("not_a_share", "settings", message, {"key": "rural_share", "value": settings.rural_share})
    for key, value in (("max_km", settings.max_km), ("time_limit_s", settings.time_limit_s)):
        if value is not None and value < 0:
            yield Finding(
                "negative_count", "settings", f"settings: {key} is negative ({value})", {"key": key, "value": value}
            )
    for key, words, known in (("rural_scopes", settings.rural_scopes, SCOPES), ("tiers", settings.tiers, TIERS)):
        for word in sorted(set(words) - set(known)):
            message = f"settings: {key} has no {word!r}"
            yield Finding("unknown_word", "settings", message, {"key": key, "word": word, "known": list(known)})
    if len(set(settings.tiers)) < len(settings.tiers):
        yield Finding("duplicate_tier", "settings", "settings: a tier is listed twice", {"key": "tiers"})
    if "policy" in settings.tiers and settings.tiers[0] != "policy":
        yield Finding("policy_not_first", "settings", "settings: the tier `policy` comes first", {"key": "tiers"})

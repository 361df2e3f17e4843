"""Changing a pack's text by clause, as the forms do: what a form does not know stays as it was."""

import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from app.targets.packs.writing import write_toml

AIMS = ("threshold", "thresholds", "share")
type Data = dict[str, Any]


def data_of(text: str) -> Data:
    """The text's data, with numbers as they were written."""
    return tomllib.loads(text, parse_float=Decimal)


def clause_data(data: Mapping[str, Any], clause_id: str) -> Data | None:
    """A clause's own table."""
    return next((row for row in data.get("clause", ()) if row.get("id") == clause_id), None)


def parts_data(clause: Mapping[str, Any]) -> dict[str, Data]:
    """Part to what holds for it: its own table over the clause's; a clause without parts has one, “”."""
    parts = clause.get("part")
    if not parts:
        return {"": dict(clause)}
    shared = {name: value for name, value in clause.items() if name not in ("id", "part", "words_zh", "words_en")}
    return {key: shared | own for key, own in parts.items()}


def aims_of(part: Mapping[str, Any]) -> list[Data]:
    """A part's thresholds as rows of value, by, from and share, as they were written."""
    if "thresholds" in part:
        return [dict(row) for row in part["thresholds"]]
    row = {name: part[key] for name, key in (("value", "threshold"), ("share", "share")) if key in part}
    return [row] if row else []


def changed(text: str, clause_id: str, own: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> str:
    """The text with a clause's values changed: `own` those of the clause, `parts` those of each of its figures.

    A value that is None goes; `aims`, a list of rows, replaces the thresholds.
    """
    data = data_of(text)
    clause = clause_data(data, clause_id)
    if clause is None:
        raise KeyError(clause_id)
    _set(clause, own)
    if clause.get("part"):
        _hand_down(clause)
    for key, values in parts.items():
        table = clause["part"][key] if key else clause
        shared = parts_data(clause)[key]
        kept = {name: value for name, value in values.items() if name != "aims" and shared.get(name) != value}
        _set(table, kept)
        if "aims" in values and values["aims"] != aims_of(shared):
            _set_aims(table, values["aims"])
    return write_toml(data)


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The text with another name."""
    return write_toml(data_of(text) | dict(names))


def _hand_down(clause: Data) -> None:
    """Thresholds that the clause lays down for all its parts go into each part that has none of its own."""
    shared = {name: clause.pop(name) for name in AIMS if name in clause}
    for own in clause["part"].values():
        if not any(name in own for name in ("threshold", "thresholds")):
            for name, value in shared.items():
                own.setdefault(name, deepcopy(value))


def _set(table: Data, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value


def _set_aims(table: Data, rows: Sequence[Mapping[str, Any]]) -> None:
    for name in AIMS:
        table.pop(name, None)
    if len(rows) == 1 and not {"by", "from"} & rows[0].keys():
        _set(table, {"threshold": rows[0].get("value"), "share": rows[0].get("share")})
    elif rows:
        table["thresholds"] = [dict(row) for row in rows]

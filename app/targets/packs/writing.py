"""A pack's data as TOML, in the order in which the shipped files stand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

WIDTH = 100
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_toml(data: Mapping[str, Any]) -> str:
    """The data as text that reads back as the same data."""
    return "\n".join(_table(data, ())).strip() + "\n"


def _table(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """The table's own values first, then the tables beneath it."""
    beneath = {key: value for key, value in data.items() if _is_list_of_tables(value) or _is_named_tables(value)}
    for key, value in data.items():
        if key not in beneath:
            yield f"{_key(key)} = {_value(value, len(key))}"
    for key, value in beneath.items():
        here = (*path, key)
        if isinstance(value, list):
            for row in value:
                yield f"\n[[{_path(here)}]]"
                yield from _table(row, here)
        else:
            for name, row in value.items():
                yield f"\n[{_path((*here, name))}]"
                yield from _table(row, (*here, name))


def _is_list_of_tables(value: Any) -> bool:
    """Whether a list holds tables that are too large for a line each."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        return False
    return any(isinstance(one, (dict, list)) or len(str(one)) > WIDTH for row in value for one in row.values())


def _is_named_tables(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(row, dict) for row in value.values())


def _value(value: Any, room: int = 0) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(sign, sign) for sign in value) + '"'
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }" if value else "{}"
    if isinstance(value, Sequence):
        return _list([_value(one) for one in value], room)
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a pack")


def _list(parts: list[str], room: int) -> str:
    line = "[" + ", ".join(parts) + "]"
    if len(line) + room <= WIDTH:
        return line
    return "[\n" + "".join(f"    {part},\n" for part in parts) + "]"


def _path(names: Sequence[str]) -> str:
    return ".".join(map(_key, names))


def _key(key: str) -> str:
    is_bare = bool(key) and all(sign.isascii() and (sign.isalnum() or sign in "-_") for sign in key)
    return key if is_bare else _value(key)

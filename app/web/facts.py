"""Facts about a record: what a column is called, and how its value is said in words.

A room lists the facts of its record once; the detail page, the history and the export read the same list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from app.audit.labels import actor_name
from app.audit.models import AuditEntry
from app.codes import queries as codes

MONTH, DAY = "month", "day"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: the column's name, its label, and what its values are: a code table, an enumeration, month or day."""

    name: str
    label: LazyString | str
    kind: str = ""
    table: str | None = None
    values: type[Any] | None = None
    section: str = ""

    def show(self, value: Any) -> Any:
        """The value in words, whether it comes from the record or, as text, from the log."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if self.table:
            parts = value if isinstance(value, list) else str(value).split(";")
            return _(", ").join(codes.label(self.table, part) for part in parts)
        if self.values:
            return str(self.values(value).label)
        if self.kind in (MONTH, DAY):
            text = value.isoformat() if isinstance(value, date) else str(value)
            return text[:7] if self.kind == MONTH else text[:10]
        return value

    def of(self, row: Any) -> Any:
        """The record's value, in words."""
        return self.show(getattr(row, self.name))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How the log's entries about one kind of record are told."""

    facts: Mapping[str, Fact]
    actions: Mapping[str, tuple[LazyString | str, str]]

    def told(self, entry: AuditEntry) -> dict[str, Any]:
        """An entry as the timeline shows it."""
        title, icon = self.actions.get(entry.action, (entry.action, "pencil"))
        before, after = entry.before or {}, entry.after or {}
        names = list(dict.fromkeys([*before, *after]))
        return {
            "at": entry.at,
            "actor": actor_name(entry.actor_label),
            "title": str(title),
            "icon": icon,
            "detail": entry.reason,
            "changes": [self._change(name, before, after) for name in names],
        }

    def _change(self, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
        fact = self.facts.get(name)
        if fact is None:
            return {"label": name, "old": _plain(before.get(name)), "new": _plain(after.get(name))}
        return {"label": str(fact.label), "old": fact.show(before.get(name)), "new": fact.show(after.get(name))}

    def tell(self, entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
        """Entries as the timeline shows them."""
        return [self.told(entry) for entry in entries]


_VOCABULARIES: dict[str, Vocabulary] = {}


def vocabulary_of(subject_type: str, vocabulary: Vocabulary) -> Vocabulary:
    """Let the log's own pages tell a kind of record in the words of its room."""
    _VOCABULARIES[subject_type] = vocabulary
    return vocabulary


def changes_told(entry: AuditEntry) -> list[dict[str, Any]]:
    """An entry's changes in words, as far as a room gave words to the kind of record."""
    changes: list[dict[str, Any]] = _VOCABULARIES.get(entry.subject_type, _SPEECHLESS).told(entry)["changes"]
    return changes


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(str(_plain(v)) for v in value)
    return value


_SPEECHLESS = Vocabulary({}, {})

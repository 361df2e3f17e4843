"""Parts of a record's page that later rooms bring along, without the record's room knowing them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_login import current_user

from app.access import Permission


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a page: a heading, the template of its body, and what the template needs."""

    title: str
    template: str
    context: dict[str, Any]


type Provider = Callable[[Any], Section | None]


class Sections:
    """The sections of one kind of record, in the order of their numbers; a name is registered once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Permission, Provider]] = {}

    def register(self, name: str, provider: Provider, *, permission: Permission, order: int = 50) -> None:
        """Add a section for people holding `permission`; `provider` may answer None for "nothing to show"."""
        self._known[name] = (order, permission, provider)

    def of(self, record: Any) -> list[Section]:
        """The sections that the present person may see for a record."""
        found = []
        for _order, permission, provider in sorted(self._known.values(), key=lambda known: known[0]):
            section = provider(record) if current_user.may(permission) else None
            if section is not None:
                found.append(section)
        return found

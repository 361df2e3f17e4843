"""Identity numbers as they are stored, for many rows at once."""

from collections.abc import Sequence

from app.db import crypto

RESIDENT_CARD = "1"


def digests(id_types: Sequence[str | None], numbers: Sequence[str]) -> list[str]:
    """The look-up digests of documents, by which teachers are found."""
    return [
        crypto.digest(f"{id_type or RESIDENT_CARD}:{number}") for id_type, number in zip(id_types, numbers, strict=True)
    ]


def masked(number: str) -> str:
    """A number with its first three and last four characters shown."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 8 else "*" * len(number)

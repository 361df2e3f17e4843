"""Rows in chunks: JSON, compressed, and encrypted by the type of their column.

A chunk is read as a whole, so that 50,000 rows are a hundred reads.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

CHUNK_ROWS = 500


def pack(value: Any) -> bytes:
    """A JSON value as a compressed chunk; dates and moments become ISO texts."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return zlib.compress(text.encode(), 1)


def unpack(content: bytes) -> Any:
    """The JSON value of a chunk."""
    return json.loads(zlib.decompress(content))


def slices[T](rows: Sequence[T], size: int = CHUNK_ROWS) -> Iterator[Sequence[T]]:
    """The rows in pieces of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be staged")

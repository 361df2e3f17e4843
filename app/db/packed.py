"""Large results kept whole beside the rows that are read from them: canonical JSON, compressed."""

import json
import zlib
from collections.abc import Mapping
from typing import Any


def pack(detail: Mapping[str, Any]) -> bytes:
    """A JSON object as compressed canonical JSON."""
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpack(body: bytes) -> dict[str, Any]:
    """What `pack` packed."""
    found: dict[str, Any] = json.loads(zlib.decompress(body))
    return found

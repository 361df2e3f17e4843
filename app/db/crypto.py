"""Encryption at rest and keyed look-up digests. Keys come from the configuration, once, at start.

A token is `k<version>:<base64 of nonce and ciphertext>`. Old versions stay readable; new writes use the highest.
`flask keys rotate` writes old tokens anew (docs/operations.md).
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class UndecipherableError(Exception):
    """A stored value was encrypted with a key that is not configured, or was altered."""


@dataclass
class _Keyring:
    ciphers: dict[int, AESGCM]
    newest: int
    lookup: bytes


_ring: _Keyring | None = None


def configure(data_keys: dict[int, bytes], lookup_key: bytes) -> None:
    """Set the keys: 32-byte AES keys by version, and the key of the look-up digests."""
    global _ring
    _ring = _Keyring({v: AESGCM(k) for v, k in data_keys.items()}, max(data_keys), lookup_key)


def _keys() -> _Keyring:
    if _ring is None:
        raise RuntimeError("encryption keys are not configured")
    return _ring


def newest_key_version() -> int:
    """The version that new tokens are written with."""
    return _keys().newest


def encrypt(text: str) -> str:
    """Encrypt with the newest key."""
    ring = _keys()
    nonce = os.urandom(12)
    sealed = ring.ciphers[ring.newest].encrypt(nonce, text.encode(), None)
    return f"k{ring.newest}:{base64.b64encode(nonce + sealed).decode('ascii')}"


def decrypt(token: str) -> str:
    """Decrypt a token of any configured key version; raises UndecipherableError."""
    version, _, body = token.partition(":")
    cipher = _keys().ciphers.get(int(version[1:])) if version[:1] == "k" and version[1:].isdigit() else None
    if cipher is None:
        raise UndecipherableError(f"no key for {version!r}")
    raw = base64.b64decode(body)
    try:
        return cipher.decrypt(raw[:12], raw[12:], None).decode()
    except InvalidTag as error:
        raise UndecipherableError("the stored value was altered") from error


def seal(content: bytes) -> bytes:
    """Encrypt bytes with the newest key; the result begins with the key's version, as tokens do."""
    ring = _keys()
    nonce = os.urandom(12)
    return f"k{ring.newest}:".encode() + nonce + ring.ciphers[ring.newest].encrypt(nonce, content, None)


def unseal(sealed: bytes) -> bytes:
    """Decrypt sealed bytes of any configured key version; raises UndecipherableError."""
    head, _, raw = sealed.partition(b":")
    cipher = _keys().ciphers.get(int(head[1:])) if head[:1] == b"k" and head[1:].isdigit() else None
    if cipher is None:
        raise UndecipherableError("no key for these bytes")
    try:
        return cipher.decrypt(raw[:12], raw[12:], None)
    except InvalidTag as error:
        raise UndecipherableError("the stored bytes were altered") from error


def digest(text: str) -> str:
    """Keyed digest by which an encrypted value can be found and kept unique (HMAC-SHA-256, hex)."""
    return hmac.new(_keys().lookup, text.encode(), hashlib.sha256).hexdigest()

"""Asking a virus scanner: a command that reads standard input, or clamd's socket.

`QINGLAN_EVIDENCE_SCAN_COMMAND` is `unix:/run/clamav/clamd.ctl`, `tcp:host:3310`, or a command line whose exit status
is 0 for clean and 1 for infected, as clamdscan's is.
"""

import shlex
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import closing

from app.evidence.models import ScanState

TIMEOUT = 120
PIECE = 1 << 16


class ScannerError(Exception):
    """The scanner could not be asked, or did not say anything that is understood."""


def scan(content: bytes, scanner: str) -> tuple[ScanState, str | None]:
    """What the scanner says, and the name of what it found."""
    try:
        if scanner.startswith(("unix:", "tcp:")):
            return _by_socket(content, scanner)
        return _by_command(content, shlex.split(scanner))
    except (OSError, subprocess.SubprocessError) as error:
        raise ScannerError(f"{scanner}: {error}") from error


def _by_command(content: bytes, command: list[str]) -> tuple[ScanState, str | None]:
    done = subprocess.run(command, input=content, capture_output=True, timeout=TIMEOUT, check=False)
    told = (done.stdout or done.stderr).decode("utf-8", "replace").strip()
    if done.returncode == 0:
        return ScanState.CLEAN, None
    if done.returncode == 1:
        return ScanState.INFECTED, told.splitlines()[0][:200] if told else None
    raise ScannerError(f"{command[0]} ended with {done.returncode}: {told[:200]}")


def _by_socket(content: bytes, address: str) -> tuple[ScanState, str | None]:
    """clamd's INSTREAM: pieces with their length before them, and an empty one at the end."""
    with closing(_connected(address)) as line:
        line.sendall(b"zINSTREAM\0")
        for piece in _pieces(content):
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        told = b""
        while not told.endswith(b"\0") and (more := line.recv(4096)):
            told += more
    answer = told.rstrip(b"\0").decode("utf-8", "replace").strip()
    if answer.endswith("OK"):
        return ScanState.CLEAN, None
    if answer.endswith("FOUND"):
        return ScanState.INFECTED, answer.removeprefix("stream:").removesuffix("FOUND").strip()[:200]
    raise ScannerError(f"{address} answered {answer[:200]!r}")


def _connected(address: str) -> socket.socket:
    kind, _, where = address.partition(":")
    if kind == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT)
        line.connect(where)
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT)


def _pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]

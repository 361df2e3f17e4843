"""Judging a file before it is parsed: what it really is, and whether it unpacks to something bearable."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.tables.problems import sentence

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CHUNK = 1 << 20
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html|table|meta|head|body)", re.I | re.S
)
_XML_WORKBOOK = re.compile(rb"^\s*<\?xml[^>]*>.{0,400}(?:office:spreadsheet|<Workbook)", re.I | re.S)
# The plain patterns begin with a literal, which makes them several times faster; a sheet that writes its addresses
# in any other way that XML allows is searched by the thorough ones.
_UNUSUAL = re.compile(rb'r(?:=[^"]|\s+=)')
_PLAIN = (
    re.compile(rb'<row r="([0-9]+)'),
    re.compile(rb'r="([A-Za-z]{2,})[0-9]'),
    re.compile(rb'r="[A-Za-z]*[0-9]{6}'),
)
_THOROUGH = (
    re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']([0-9]+)"""),
    re.compile(rb"""\br\s*=\s*["']([A-Za-z]{2,})[0-9]"""),
    re.compile(rb"""\br\s*=\s*["'][A-Za-z]*[0-9]{6}"""),
)


class FileKind(StrEnum):
    """What a file is by its content."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is accepted; a county's largest roster stays far below."""

    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    parts: int = 2000
    sheets: int = 60
    rows: int = 99_999
    columns: int = 200
    cells: int = 4_000_000


class TableFileError(Exception):
    """A file that cannot be read, with a problem code and its parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(sentence(code, params))
        self.code = code
        self.params = params


def identify(content: bytes, limits: Limits) -> FileKind:
    """What the bytes are; refuses what is too large or no table at all."""
    if not content.strip(b"\x00 \t\r\n"):
        raise TableFileError("file_empty")
    if len(content) > limits.file_bytes:
        raise TableFileError("file_too_large", size_mb=_megabytes(len(content)), limit_mb=_megabytes(limits.file_bytes))
    if content.startswith(b"PK\x03\x04"):
        return FileKind.XLSX
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise TableFileError("file_encrypted")
        return FileKind.XLS
    head = content[:2048]
    if _HTML.match(head) or _XML_WORKBOOK.match(head):
        raise TableFileError("file_html_disguised")
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"\x1f\x8b")):
        raise TableFileError("file_not_a_table")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableFileError("file_not_a_table")
    return FileKind.CSV


def check_package(content: bytes, limits: Limits) -> None:
    """Unpack every part of an xlsx once, so that neither a bomb nor a far-flung cell reaches the parser."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError) as error:
        raise TableFileError("file_damaged") from error
    _check_contents({member.filename for member in members})
    if len(members) > limits.parts:
        raise TableFileError("file_too_many_parts", count=len(members), limit=limits.parts)
    budget = limits.unpacked_bytes
    for member in members:
        is_sheet = member.filename.lower().startswith("xl/worksheets/") and member.filename.lower().endswith(".xml")
        kept: list[bytes] = []
        for piece in _inflate(content, member):
            budget -= len(piece)
            if budget < 0:
                raise TableFileError("file_unpacks_too_large", limit_mb=_megabytes(limits.unpacked_bytes))
            if is_sheet:
                kept.append(piece)
        if is_sheet:
            _check_extent(b"".join(kept), member.filename.rsplit("/", 1)[-1], limits)


def check_size(sheet: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a sheet beyond the limits."""
    if rows > limits.rows:
        raise TableFileError("too_many_rows", sheet=sheet, count=rows, limit=limits.rows)
    if columns > limits.columns:
        raise TableFileError("too_many_columns", sheet=sheet, count=columns, limit=limits.columns)
    if rows * columns > limits.cells:
        raise TableFileError("too_many_cells", sheet=sheet, count=rows * columns, limit=limits.cells)


def _check_contents(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    for marker, form in (("xl/workbook.bin", "xlsb"), ("content.xml", "ods"), ("word/document.xml", "docx")):
        if marker in names:
            raise TableFileError("file_format_unsupported", format=form)
    raise TableFileError("file_not_a_table")


def _inflate(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of a part, as long as they really are, whatever its directory entry claims."""
    if member.flag_bits & 1:
        raise TableFileError("file_encrypted")
    data = _packed(content, member)
    if member.compress_type == zipfile.ZIP_STORED:
        yield data
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise TableFileError("file_damaged")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while data and not unpacker.eof:
            yield unpacker.decompress(data, _CHUNK)
            data = unpacker.unconsumed_tail
        yield unpacker.flush(_CHUNK)
    except zlib.error as error:
        raise TableFileError("file_damaged") from error


def _packed(content: bytes, member: zipfile.ZipInfo) -> bytes:
    header = content[member.header_offset : member.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise TableFileError("file_damaged")
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    start = member.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    return content[start : start + member.compress_size]


def _check_extent(xml: bytes, name: str, limits: Limits) -> None:
    """A cell at the far corner makes the parser allocate everything between: refuse it by its address."""
    row_numbers, beyond_z, six_digit_rows = _THOROUGH if _UNUSUAL.search(xml) else _PLAIN
    rows = max((int(number) for number in row_numbers.findall(xml)), default=0)
    if six_digit_rows.search(xml):
        rows = max(rows, 100_000)
    columns = max((_column_number(letters) for letters in set(beyond_z.findall(xml))), default=1)
    check_size(name, rows, columns, limits)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _megabytes(size: int) -> float:
    return round(size / 1024 / 1024, 1)

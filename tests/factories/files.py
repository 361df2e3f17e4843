"""Small files that really are what they say, and some that are not."""

import io
import struct
import zlib

from werkzeug.datastructures import FileStorage


def png(mark=b"a"):
    """A picture of one point; `mark` makes its content its own."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    text = chunk(b"tEXt", b"mark\0" + mark)
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg(mark=b"a"):
    """The bones of a JPEG: a comment, a frame with a size, a scan, the end."""

    def segment(marker, data):
        return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data

    frame = segment(0xC0, b"\x08" + struct.pack(">HH", 8, 8) + b"\x01\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
    return b"\xff\xd8" + segment(0xFE, mark) + frame + scan + b"\x12\x34\x56" + b"\xff\xd9"


def webp():
    """The bones of a WebP."""
    body = b"WEBP" + b"VP8 " + struct.pack("<I", 10) + b"\0" * 10
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pdf(mark=b"a"):
    """A PDF of one empty page."""
    body = b"%PDF-1.4\n% " + mark + b"\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body += b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    table = b"xref\n0 3\n" + b"0000000000 65535 f \n" * 3 + b"trailer << /Size 3 /Root 1 0 R >>\n"
    return body + table + b"startxref\n" + str(len(body)).encode() + b"\n%%EOF\n"


def upload(content=None, name="证明.png"):
    """An upload as a form sends it; in a client's `data`, `(io.BytesIO(content), name)` does the same."""
    return FileStorage(stream=io.BytesIO(png() if content is None else content), filename=name)


def part(content=None, name="证明.png"):
    """A file for the data of a test client's POST."""
    return io.BytesIO(png() if content is None else content), name

"""What a file is by its content: pictures and PDF, told by their structure and never by their name.

The structure is walked, not decoded. Evidence is kept and handed back as it came, always as a download; a decoder
would bring the very attack surface that one wants to keep away from strangers' files. What matters is that a file is
whole, is what it says, and is not something that a browser would run.
"""

import re
import struct
import zlib
from collections.abc import Iterator

PDF_HEAD = re.compile(rb"%PDF-[12]\.[0-9]")
HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype|html|head|body|script|svg|table)", re.I | re.S
)
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class UnknownContent(Exception):
    """The content is none that is accepted; `what` says what it seems to be."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def media_type(content: bytes) -> str:
    """The media type of the content; UnknownContent where it is none of ours, or is damaged."""
    if content.startswith(b"\xff\xd8\xff"):
        return _judged("image/jpeg", _is_jpeg(content))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _judged("image/png", _is_png(content))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _judged("image/webp", _is_webp(content))
    if PDF_HEAD.match(content):
        return _judged("application/pdf", _is_pdf(content))
    raise UnknownContent(_otherwise(content))


def _judged(kind: str, is_whole: bool) -> str:
    if not is_whole:
        raise UnknownContent("damaged")
    return kind


def _otherwise(content: bytes) -> str:
    """What a stranger's content seems to be, so that the refusal can say how to mend it."""
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        return "heic"
    if HTML.match(content[:4096]):
        return "html"
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "office"
    return "other"


def _is_jpeg(content: bytes) -> bool:
    """Segments up to the picture's data, a frame with a size among them, and an end of image behind."""
    place, has_frame = 2, False
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            return False
        marker = content[place + 1]
        if marker == 0xFF or marker in _STANDALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == 0xD9:
            return False
        (length,) = struct.unpack_from(">H", content, place + 2)
        if length < 2 or place + 2 + length > len(content):
            return False
        if marker in _FRAMES:
            _height, width = struct.unpack_from(">HH", content, place + 5) if length >= 8 else (0, 0)
            has_frame = width > 0
        if marker == 0xDA:
            # Cameras may write their own data behind the end of the picture.
            return has_frame and content.find(b"\xff\xd9", place + 2 + length) > 0
        place += 2 + length
    return False


def _is_png(content: bytes) -> bool:
    """Chunks with right check sums, the header first, data within, and the end at the end."""
    names: list[bytes] = []
    try:
        for name, data in _png_chunks(content):
            if name == b"IHDR" and (names or 0 in struct.unpack_from(">II", data)):
                return False
            names.append(name)
    except (struct.error, ValueError):
        return False
    return names[:1] == [b"IHDR"] and b"IDAT" in names and names[-1] == b"IEND"


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place < len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        (told,) = struct.unpack_from(">I", content, place + 8 + length)
        if len(data) != length or zlib.crc32(name + data) != told:
            raise ValueError(name)
        yield name, data
        place += 12 + length
        if name == b"IEND":
            return


def _is_webp(content: bytes) -> bool:
    """The container is as long as it says, and its first chunk is a picture's."""
    if len(content) < 20:
        return False
    size, first, length = (
        struct.unpack_from("<I", content, 4)[0],
        content[12:16],
        struct.unpack_from("<I", content, 16)[0],
    )
    return size + 8 <= len(content) + 1 and first in (b"VP8 ", b"VP8L", b"VP8X") and 20 + length <= len(content)


def _is_pdf(content: bytes) -> bool:
    """A cross-reference table is named at the end, lies within the file, and objects stand before it."""
    tail = content[-2048:]
    named = re.findall(rb"startxref\s+(\d{1,12})", tail)
    has_end = b"%%EOF" in tail
    return (
        bool(named)
        and has_end
        and int(named[-1]) < len(content)
        and re.search(rb"\d+\s+\d+\s+obj\b", content) is not None
    )

"""Certificates of completion as PDF, all of a session in one file.

The letters of an embedded TrueType font are drawn, because a certificate is printed on servers that have no browser
and the fonts that PDF readers bring along print rare names wrongly. A character that the font lacks would come out as
an empty box: such names are told before anything is printed.
"""

import io
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import segno
from flask_babel import gettext as _

from app.training.models import CompletionCertificate
from app.web.assets import VENDOR
from app.web.errors import Refused

FONT, FILE = "NotoSansSC", VENDOR / "NotoSansSC-Regular.ttf"
INK, PALE, FRAME = (0.08, 0.16, 0.23), (0.35, 0.42, 0.48), (0.08, 0.37, 0.54)
TITLE = "培训结业证书"
NAMED = 10


def print_all(certificates: Sequence[CompletionCertificate], address_of: Any) -> bytes:
    """One page each, A4 across; `address_of` gives the public address of a certificate."""
    _refuse_missing(certificates)
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfgen.canvas import Canvas

    font()
    buffer, size = io.BytesIO(), landscape(A4)
    canvas = Canvas(buffer, pagesize=size, pageCompression=1)
    canvas.setTitle(TITLE)
    for row in certificates:
        _page(canvas, size, row, address_of(row))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def missing_characters(texts: Iterable[str]) -> set[str]:
    """The characters that the font cannot draw."""
    known = font().face.charToGlyph
    return {character for text in texts for character in text if ord(character) not in known}


def _refuse_missing(certificates: Sequence[CompletionCertificate]) -> None:
    wrong = [(row.name, missing) for row in certificates if (missing := missing_characters(_texts(row)))]
    if wrong:
        people = _("; ").join(f"{name} ({' '.join(sorted(missing))})" for name, missing in wrong[:NAMED])
        raise Refused(
            _(
                "The font has no letters for: %(people)s. Use “Print view” for these; a browser takes them from the"
                " fonts of your own machine.",
                people=people,
            )
        )


def _texts(row: CompletionCertificate) -> tuple[str, ...]:
    return row.name, row.programme, row.session_name, row.organiser


@cache
def font() -> Any:
    """The embedded font, read once a process; Refused with what to do where it is not installed."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    try:
        font = TTFont(FONT, str(FILE))
    except TTFError as error:
        raise Refused(
            _("The font for printing is not installed. Run “python -m app.web.assets”, or use “Print view”.")
        ) from error
    pdfmetrics.registerFont(font)
    return font


def _page(canvas: Any, size: tuple[float, float], row: CompletionCertificate, address: str) -> None:
    width, height = size
    canvas.setStrokeColorRGB(*FRAME)
    canvas.setLineWidth(3)
    canvas.rect(28, 28, width - 56, height - 56)
    canvas.setLineWidth(0.8)
    canvas.rect(36, 36, width - 72, height - 72)
    canvas.setFillColorRGB(*FRAME)
    _centred(canvas, width, height - 130, " ".join(TITLE), 34)
    canvas.setFillColorRGB(*INK)
    _centred(canvas, width, height - 215, f"{row.name}  同志：", 24)
    for step, line in enumerate(sentences(row)):
        _centred(canvas, width, height - 265 - 34 * step, line, 16, most=width - 150)
    canvas.setFillColorRGB(*PALE)
    _left(canvas, 70, 92, f"证书编号：{row.number}", 12)
    _left(canvas, 70, 70, "扫描二维码可查验本证书", 10)
    canvas.setFillColorRGB(*INK)
    _right(canvas, width - 190, 110, row.organiser, 16)
    _right(canvas, width - 190, 84, f"{row.issued_on.year}年{row.issued_on.month}月{row.issued_on.day}日", 14)
    _code(canvas, width - 160, 62, 92, address)


def sentences(row: CompletionCertificate) -> list[str]:
    """What a certificate says below the name; it is a Chinese document whoever prints it."""
    first, last = row.begins_on, row.ends_on
    days = f"{first.year}年{first.month}月{first.day}日"
    if first != last:
        days += f"至{last.year}年{last.month}月{last.day}日"
    return [f"于{days}参加“{row.programme}”", f"{row.session_name}，", f"完成 {hours(row)} 学时，考核合格，准予结业。"]


def hours(row: CompletionCertificate) -> str:
    """24 and not 24.00."""
    return f"{row.hours:f}".rstrip("0").rstrip(".") if "." in f"{row.hours:f}" else f"{row.hours:f}"


def _centred(canvas: Any, width: float, y: float, text: str, size: float, most: float | None = None) -> None:
    while most is not None and size > 8 and canvas.stringWidth(text, FONT, size) > most:
        size -= 1
    canvas.setFont(FONT, size)
    canvas.drawCentredString(width / 2, y, text)


def _left(canvas: Any, x: float, y: float, text: str, size: float) -> None:
    canvas.setFont(FONT, size)
    canvas.drawString(x, y, text)


def _right(canvas: Any, x: float, y: float, text: str, size: float) -> None:
    canvas.setFont(FONT, size)
    canvas.drawRightString(x, y, text)


def _code(canvas: Any, x: float, y: float, side: float, address: str) -> None:
    """The QR code as squares: sharp on every printer."""
    rows = list(segno.make(address, error="m").matrix)
    module = side / len(rows)
    canvas.setFillColorRGB(0, 0, 0)
    for down, cells in enumerate(rows):
        for across, dark in enumerate(cells):
            if dark:
                canvas.rect(x + across * module, y + side - (down + 1) * module, module, module, stroke=0, fill=1)

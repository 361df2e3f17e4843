"""Bar charts as pictures, for Word and PDF, in the letters that are embedded in PDF files too."""

import io
from collections.abc import Sequence
from functools import cache

from flask_babel import gettext as _
from PIL import Image, ImageDraw, ImageFont

from app.reports.content.layout import BarChart
from app.training.certificate_pdf import FILE
from app.web.errors import Refused

WIDTH, HEIGHT = 1600, 820
LEFT, RIGHT, TOP, BOTTOM = 110, 150, 120, 130
INK, QUIET, LINE = "#1f2933", "#52606d", "#d9e2ec"
# Told apart by shade and by stripes, for those who see no colour and for grey printers.
FILLS = (("#1c5d8a", 0), ("#8fbcd9", 10), ("#c98a1b", 0), ("#efd39a", 10))
LIMITS = ("#b42318", "#6941c6")


def draw(chart: BarChart) -> bytes:
    """The chart as a PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    top = _highest(chart)
    pen.text((WIDTH / 2, 36), chart.title, fill=INK, font=_font(36), anchor="mm")
    _legend(pen, chart)
    _scale(pen, chart, top)
    _bars(pen, chart, top)
    _limits(pen, chart, top)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _highest(chart: BarChart) -> float:
    values = [value for one in chart.series for value in one.values if value is not None]
    highest = max([*values, *(limit for _name, limit in chart.limits), 0.0])
    if highest <= 0:
        return 1.0
    step = 10 ** (len(str(int(highest))) - 1) if highest >= 1 else 0.1
    return (int(highest * 1.12 / step) + 1) * step


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _scale(pen: ImageDraw.ImageDraw, chart: BarChart, top: float) -> None:
    for part in range(6):
        value = top * part / 5
        y = _y(value, top)
        pen.line((LEFT, y, WIDTH - RIGHT, y), fill=LINE, width=2)
        pen.text((LEFT - 14, y), f"{value:.{chart.places}f}", fill=QUIET, font=_font(22), anchor="rm")


def _bars(pen: ImageDraw.ImageDraw, chart: BarChart, top: float) -> None:
    room = (WIDTH - LEFT - RIGHT) / max(1, len(chart.categories))
    width = min(70.0, room * 0.76 / max(1, len(chart.series)))
    for at, name in enumerate(chart.categories):
        middle = LEFT + room * (at + 0.5)
        start = middle - width * len(chart.series) / 2
        for number, one in enumerate(chart.series):
            if (value := one.values[at]) is None:
                continue
            x, y = start + number * width, _y(max(0.0, value), top)
            _filled(pen, (x + 2, y, x + width - 2, HEIGHT - BOTTOM), number)
            size = 20 if width > 40 else 16
            pen.text((x + width / 2, y - 6), f"{value:.{chart.places}f}", fill=INK, font=_font(size), anchor="mb")
        for line, text in enumerate(_wrapped(name, max(4, int(room / 24)))):
            pen.text((middle, HEIGHT - BOTTOM + 24 + 26 * line), text, fill=INK, font=_font(22), anchor="mm")


def _filled(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], number: int) -> None:
    colour, stripes = FILLS[number % len(FILLS)]
    pen.rectangle(box, fill=colour, outline=INK)
    if stripes:
        for y in range(int(box[1]) + stripes, int(box[3]), stripes):
            pen.line((box[0], y, box[2], y), fill="white", width=2)


def _limits(pen: ImageDraw.ImageDraw, chart: BarChart, top: float) -> None:
    for number, (name, value) in enumerate(chart.limits):
        y, colour = _y(value, top), LIMITS[number % len(LIMITS)]
        dash = 18 if number % 2 == 0 else 6
        for x in range(LEFT, WIDTH - RIGHT, dash * 2):
            pen.line((x, y, min(x + dash, WIDTH - RIGHT), y), fill=colour, width=3)
        pen.text((WIDTH - RIGHT + 8, y), name, fill=colour, font=_font(20), anchor="lm")


def _legend(pen: ImageDraw.ImageDraw, chart: BarChart) -> None:
    x = float(LEFT)
    for number, one in enumerate(chart.series):
        _filled(pen, (x, 76, x + 30, 98), number)
        pen.text((x + 40, 87), one.name, fill=INK, font=_font(22), anchor="lm")
        x += 90 + 24 * len(one.name)


def _wrapped(text: str, most: int) -> Sequence[str]:
    return [text[at : at + most] for at in range(0, min(len(text), 3 * most), most)] or [""]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(str(FILE), size)
    except OSError as error:
        raise Refused(
            _("The font for printing is not installed. Run “python -m app.web.assets”, or use “Print view”.")
        ) from error

"""The Chinese words: one small catalogue a room under `translations/zh_Hans/`, put together at set-up.

`python -m app.web.catalogues compile` writes the machine file (never committed); `check` names every string without
a translation, every translation that nothing uses, and every string translated in two ways. English is the source.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "translations" / "zh_Hans"
TARGET = ROOT / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.mo"
# What Flask-Security's own Chinese catalogue lacks.
SECURITY_SOURCE = ROOT / "translations" / "flask_security" / "zh_Hans.po"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "_n": (1, 2),
    "N_": None,
}
PLACES = ((ROOT / "app", [("**.py", "python")]), (ROOT / "templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]))


def used() -> dict[str, str]:
    """Every string that code or templates show, with one place it stands in."""
    found: dict[str, str] = {}
    for folder, methods in PLACES:
        for name, line, message, _comments, _context in extract_from_dir(str(folder), methods, keywords=KEYWORDS):
            msgid = message[0] if isinstance(message, tuple) else message
            if msgid:
                found.setdefault(msgid, f"{folder.name}/{name}:{line}")
    return found


def translated() -> tuple[Catalog, list[str]]:
    """All rooms' catalogues in one, and the strings that two of them translate differently."""
    whole = Catalog(locale="zh_Hans_CN", domain="messages", fuzzy=False)
    clashes = []
    for path in sorted(SOURCES.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale="zh_Hans_CN")
        for message in catalogue:
            if not message.id or not message.string or message.string == ("",):
                continue
            known = whole.get(message.id)
            if known is not None and known.string and _first(known.string) != _first(message.string):
                clashes.append(f"{path.name}: {_first(message.id)!r} is {known.string!r} elsewhere")
            whole.add(message.id, message.string)
    return whole, clashes


def _first(value: str | tuple[str, ...] | list[str]) -> str:
    return value if isinstance(value, str) else value[0]


def problems() -> Iterator[str]:
    """Everything wrong with the catalogues, one sentence each."""
    strings = used()
    whole, clashes = translated()
    known = {_first(m.id) for m in whole if m.id}
    for msgid, place in sorted(strings.items(), key=lambda item: item[1]):
        if msgid not in known:
            yield f"no Chinese for {msgid!r} ({place})"
    for msgid in sorted(known - strings.keys()):
        yield f"nothing uses {msgid!r}"
    yield from clashes


def compile_catalogue() -> None:
    """Write the machine file that Flask-Babel reads."""
    whole, _ = translated()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("wb") as file:
        write_mo(file, whole)
    with SECURITY_SOURCE.open("rb") as source, (TARGET.parent / "flask_security.mo").open("wb") as file:
        write_mo(file, read_po(source, locale="zh_Hans_CN"))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Put the Chinese catalogues together, or check them.")
    parser.add_argument("action", choices=["compile", "check"])
    if parser.parse_args().action == "compile":
        compile_catalogue()
        return 0
    found = list(problems())
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

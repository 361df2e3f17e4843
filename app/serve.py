"""The site and a worker beside it, as one command: `python -m app.serve`. Ends both when either ends or on Ctrl-C."""

import argparse
import os
import signal
import subprocess
import sys
import time
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from app.config import INSTANCE, ROOT


def commands(port: int, threads: int) -> dict[str, list[str]]:
    """What is started: name → command line."""
    return {
        "site": [
            sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--preload", "--workers", "2",
            "--worker-class", "gthread", "--threads", str(threads), "--timeout", "120", "--graceful-timeout", "10",
            "--log-level", "warning", "--control-socket", str(INSTANCE / "gunicorn.ctl"), "app:create_app()",
        ],
        "worker": [sys.executable, "-m", "flask", "--app", "app", "worker"],
    }  # fmt: skip


def wait_until_ready(port: int, site: subprocess.Popen[bytes], seconds: float = 60) -> bool:
    """Wait until the site answers; False where it ended or never did."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and site.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/login", timeout=5):
                return True
        except (URLError, OSError):
            time.sleep(0.2)
    return False


def stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask each process to end, and wait for it."""
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    for process in processes.values():
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    return serve(options.port, options.threads)


def serve(port: int, threads: int = 8) -> int:
    """Serve until Ctrl-C or until either process ends; returns the exit status."""
    INSTANCE.mkdir(parents=True, exist_ok=True)
    with (INSTANCE / "site.log").open("ab") as log:
        started = {
            name: subprocess.Popen(line, cwd=ROOT, stdout=log, stderr=log, env=os.environ | {"PYTHONUNBUFFERED": "1"})
            for name, line in commands(port, threads).items()
        }
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if wait_until_ready(port, started["site"]):
            sys.stdout.write(f"Qinglan 青蓝 is at http://127.0.0.1:{port} (log: instance/site.log; Ctrl-C ends it)\n")
            sys.stdout.flush()
        while all(process.poll() is None for process in started.values()):
            time.sleep(0.5)
        ended = [name for name, process in started.items() if process.poll() is not None]
        sys.stderr.write(f"The {' and the '.join(ended)} ended by itself; see instance/site.log.\n")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        stop(started)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

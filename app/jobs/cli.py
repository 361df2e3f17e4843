"""Shell commands of the jobs room."""

import logging
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from app.jobs import worker


@click.command("worker")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many jobs at a time.")
@click.option(
    "--kind",
    type=click.Choice(["process", "thread"]),
    default="thread" if sys.platform == "win32" else "process",
    show_default=True,
    help="Worker processes, or threads where the system cannot fork.",
)
@with_appcontext
def run_worker(workers: int, kind: str) -> None:
    """Do background jobs until stopped (SIGTERM or Ctrl-C); running jobs then go back to the queue."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    logging.getLogger("huey").setLevel(logging.WARNING)
    consumer = worker.build_consumer(app, workers=workers, kind=kind)
    try:
        consumer.run()
    finally:
        worker.forget_worker(app)

"""Pausing the garbage collector while many rows are in memory.

A sheet of 50,000 rows is millions of small objects without cycles; the collector would walk over all of them again
and again and free nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collection() -> Iterator[None]:
    """No collection inside; the collector runs on afterwards, if it ran before."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()

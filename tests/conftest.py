"""Fixtures of all tests. Each test that touches rows runs on SQLite and on a real PostgreSQL."""

from tests.fixtures import postgres

pytest_plugins = ["tests.fixtures.application", "tests.fixtures.jobs"]


def pytest_configure(config):
    """Start one PostgreSQL server in the controlling process; workers find it through the environment."""
    if not hasattr(config, "workerinput"):
        postgres.start()


def pytest_unconfigure(config):
    """Stop the server that this process started."""
    if not hasattr(config, "workerinput"):
        postgres.stop()

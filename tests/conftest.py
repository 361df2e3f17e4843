"""Fixtures of all tests. Each test that touches rows runs on SQLite and on a real PostgreSQL."""

from hypothesis import HealthCheck, settings

from tests.fixtures import postgres

# The longest tests, longest first: files, then folders.
LONG = ("test_every_page", "test_routes", "journeys")

# How long drawing an example takes says how busy the machine is, not whether the code is right. Fixtures that empty the
# database do so before each test; a property that writes rows cleans up by itself.
settings.register_profile(
    "calm", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("calm")

pytest_plugins = ["tests.fixtures.application", "tests.fixtures.jobs"]


def pytest_configure(config):
    """Start one PostgreSQL server in the controlling process; workers find it through the environment."""
    if not hasattr(config, "workerinput"):
        postgres.start()


def pytest_unconfigure(config):
    """Stop the server that this process started."""
    if not hasattr(config, "workerinput"):
        postgres.stop()


def pytest_collection_modifyitems(items):
    """What is long comes first on its database, and the many short tests fill whatever worker is free.

    Each worker changes once from SQLite to PostgreSQL: an application made anew for every change would cost seconds.
    """
    items.sort(key=_place)


def _place(item):
    backend = item.callspec.params.get("backend") if hasattr(item, "callspec") else None
    named = [n for n, name in enumerate(LONG) if name in (item.path.stem, item.path.parent.name)]
    return backend == "postgresql", min(named, default=len(LONG))

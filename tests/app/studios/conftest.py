"""What the tests of this room share: sentences are read in English, whatever catalogue was put together here."""

import pytest
from flask_babel import force_locale


@pytest.fixture(autouse=True)
def english(app):
    with force_locale("en"):
        yield

"""Every string has its Chinese, no Chinese is left over, and one string has one translation."""

from app.web import catalogues


def test_the_catalogues_are_complete():
    found = list(catalogues.problems())
    assert not found, f"{len(found)} problems (python -m app.web.catalogues check):\n" + "\n".join(found)

"""An exact number as people type it."""

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from app.training.forms.fields import ExactField
from app.web.forms import Form


class OneNumber(Form):
    amount = ExactField("Amount")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("7.5", "7.5"), ("1,200", "1200"), ("1，200.50", "1200.5"), ("", None), ("7,5", "refused"), ("12,34", "refused")],
)
def test_a_comma_groups_thousands_and_is_never_taken_for_nothing(app, typed, meant):
    with app.test_request_context():
        form = OneNumber(MultiDict({"amount": typed}), meta={"csrf": False})
        is_valid = form.validate()
        assert is_valid is (meant != "refused")
        if is_valid:
            assert form.amount.data == (None if meant is None else Decimal(meant))
        else:
            assert typed in form.amount()

"""Filling figures in, by the county and by a school, and taking them back."""

import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from flask_babel import force_locale
from sqlalchemy import select

from app.access import Role
from app.audit.operations import SYSTEM
from app.home.tasks import tasks_for
from app.targets.models import FilledFigure
from app.targets.operations.packs import adopt_pack, copy_pack
from tests.app.targets.pack_text import TEXT
from tests.factories import CountyFactory, SchoolFactory, user_with
from tests.factories.files import png

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T08:00:00+08:00", tick=False):
        yield


@pytest.fixture
def pack(county, school):
    row = copy_pack(county=county, text=TEXT, actor=SYSTEM)
    adopt_pack(row=row, from_on=date(2026, 1, 1), actor=SYSTEM)
    return row


def english(user):
    user.language = "en"
    return user


def address(pack, clause, part="", school=None):
    more = f"&school={school.id}" if school else ""
    return f"/targets/clauses/{pack.id}/{clause}/fill?part={part}{more}"


def text_of(client, where):
    answer = client.get(where)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_what_is_due_stands_first_and_leads_to_the_form(client, pack, officer):
    page = text_of(client.sign_in(english(officer)), "/targets/filled")
    assert page.count("Due</span>") == 4
    assert "0 of 1 schools" in page
    assert f"/targets/clauses/{pack.id}/T-02/fill?part=all" in page
    assert "1:1" not in page


def test_a_figure_is_filled_in_with_its_evidence(client, session, pack, officer):
    client.sign_in(english(officer))
    given = {"on": "2026-11-01", "numerator": "7", "denominator": "10", "note": "台账"}
    files = {"evidence": (io.BytesIO(png()), "台账.png")}
    answer = client.post(address(pack, "T-04"), data=given | files, content_type="multipart/form-data")
    row = session.scalars(select(FilledFigure)).one()
    assert answer.location.endswith(f"/targets/filled/{row.id}")
    assert (row.figure, row.numerator, row.denominator, row.school_id) == ("partner.share", 7, 10, None)
    page = text_of(client, answer.location)
    assert "7 / 10 (70.0 %)" in page
    assert "台账.png" in page
    assert "70.0 %" in text_of(client, f"/targets/clauses/{pack.id}/T-04")


def test_a_share_without_its_whole_is_refused_and_what_was_typed_stays(client, session, pack, officer):
    client.sign_in(english(officer))
    answer = client.post(address(pack, "T-04"), data={"on": "2026-11-01", "numerator": "7", "note": "再查"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "without it there is no share" in page
    assert 'value="7"' in page
    assert "再查" in page
    future = client.post(address(pack, "T-02", "all"), data={"on": "2026-12-01", "numerator": "1"})
    assert future.status_code == 422
    assert "a day that has come" in future.get_data(as_text=True)
    assert session.scalars(select(FilledFigure)).all() == []


def test_a_later_figure_takes_the_place_of_the_earlier_which_stays(client, session, pack, officer):
    client.sign_in(english(officer))
    for value in ("3", "6"):
        client.post(address(pack, "T-04"), data={"on": "2026-11-01", "numerator": value, "denominator": "10"})
    first, second = session.scalars(select(FilledFigure).order_by(FilledFigure.id))
    page = text_of(client, f"/targets/filled/{second.id}")
    assert f"/targets/filled/{first.id}" in page
    assert "60.0 %" in text_of(client, f"/targets/clauses/{pack.id}/T-04")


def test_a_figure_is_taken_back_with_a_reason(client, session, pack, officer):
    client.sign_in(english(officer))
    client.post(address(pack, "T-04"), data={"on": "2026-11-01", "numerator": "7", "denominator": "10"})
    row = session.scalars(select(FilledFigure)).one()
    where = f"/targets/filled/{row.id}"
    assert client.post(f"{where}/withdraw", data={"reason": ""}).status_code == 422
    assert client.post(f"{where}/withdraw", data={"reason": "录入有误"}).status_code == 303
    assert "录入有误" in text_of(client, where)
    again = client.post(f"{where}/withdraw", data={"reason": "再次"})
    assert again.status_code == 422
    assert "withdrawn already" in again.get_data(as_text=True)


def test_a_school_fills_its_own_figure_and_no_other(client, session, county, school, pack, administrator):
    other = SchoolFactory(county=county)
    client.sign_in(english(administrator))
    page = text_of(client, "/targets/filled")
    assert f"school={school.id}" in page
    assert "T-04" not in page
    answer = client.post(
        address(pack, "T-03", school=school), data={"on": "2026-11-01", "numerator": "6", "denominator": "100"}
    )
    row = session.scalars(select(FilledFigure)).one()
    assert (answer.status_code, row.school_id) == (303, school.id)
    assert text_of(client, f"/targets/filled/{row.id}")
    for where in (address(pack, "T-03", school=other), address(pack, "T-03"), address(pack, "T-04")):
        assert client.get(where).status_code == 404
        assert client.post(where, data={"on": "2026-11-01", "numerator": "1"}).status_code == 404


def test_a_figure_of_another_school_or_county_is_not_found(client, session, county, pack, administrator, officer):
    other = SchoolFactory(county=county)
    client.sign_in(officer)
    client.post(address(pack, "T-03", school=other), data={"on": "2026-11-01", "numerator": "6", "denominator": "100"})
    row = session.scalars(select(FilledFigure)).one()
    for user in (administrator, user_with(Role.PERSONNEL_OFFICER, region=CountyFactory())):
        client.sign_in(user)
        assert client.get(f"/targets/filled/{row.id}").status_code == 404
        assert client.post(f"/targets/filled/{row.id}/withdraw", data={"reason": "不是我的"}).status_code == 404


def test_a_leader_reads_and_does_not_fill(client, county, pack):
    client.sign_in(english(user_with(Role.BUREAU_LEADER, region=county)))
    assert "Fill in<" not in text_of(client, "/targets/filled")
    assert client.get(address(pack, "T-04")).status_code == 403


def test_a_measured_figure_is_not_filled_in(client, pack, officer):
    client.sign_in(officer)
    assert client.get(address(pack, "T-01")).status_code == 404


def test_the_landing_page_tells_what_is_due(app, county, school, pack, officer, administrator):
    with app.test_request_context(), force_locale("en"):
        for user, number in ((officer, "4"), (administrator, "1")):
            found = [task for task in tasks_for(user, TODAY) if "/targets/filled" in task.url]
            assert [task.title.split()[0] for task in found] == [number]


def test_a_number_typed_exactly_is_kept_exactly(client, session, pack, officer):
    client.sign_in(officer)
    client.post(address(pack, "T-04"), data={"on": "2026-11-01", "numerator": "0.1", "denominator": "0.3"})
    row = session.scalars(select(FilledFigure)).one()
    assert (row.numerator, row.denominator) == (Decimal("0.1"), Decimal("0.3"))

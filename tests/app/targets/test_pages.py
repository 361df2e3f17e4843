"""The board and the clauses' pages, as a leader, a school and an auditor see them."""

from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.jobs.worker import run_pending_jobs
from app.targets import tasks
from app.targets.operations.figures import fill_figure, refresh_pack, take_snapshot
from app.targets.operations.packs import adopt_pack, copy_pack
from app.teachers.models import RotationRecord
from tests.app.rotation.county import build_county
from tests.app.targets.pack_text import TEXT
from tests.factories import CountyFactory, RotationRecordFactory, TeacherFactory, user_with

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T08:00:00+08:00", tick=False):
        yield


@pytest.fixture
def small(app):
    """A county of six schools whose rules are in force, with one teacher on the way to another school."""
    county = build_county()
    sent = county.teachers[0]
    RotationRecordFactory(
        teacher_id=sent.id,
        from_school_id=county.sending[0].id,
        to_school_id=county.others[0].id,
        from_on=date(2026, 9, 1),
        to_on=None,
    )
    return county


@pytest.fixture
def pack(small):
    row = copy_pack(county=small.region, text=TEXT, actor=SYSTEM)
    adopt_pack(row=row, from_on=date(2026, 1, 1), actor=SYSTEM)
    for month in (9, 10, 11):
        take_snapshot(row, on=date(2026, month, 1))
    refresh_pack(row, on=TODAY)
    db.session.commit()
    return row


@pytest.fixture
def leader(small):
    return user_with(Role.BUREAU_LEADER, region=small.region)


def school_user(small, place=0):
    return user_with(Role.SCHOOL_ADMINISTRATOR, school=small.others[place])


def english(user):
    user.language = "en"
    return user


def page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_board_says_how_each_clause_stands_and_computes_nothing(client, pack, leader, monkeypatch):
    monkeypatch.setattr("app.targets.evaluators.registry.find", None)
    page = page_of(client.sign_in(english(leader)), "/targets/")
    assert "Small pack" in page
    assert "Teachers who rotate, of those who meet the conditions" in page
    assert "Not reached" in page
    assert "more people" in page
    assert "≥ 10.0 %" in page
    assert f'href="/targets/clauses/{pack.id}/T-01"' in page
    assert "ql-spark-line" in page
    assert "Clauses by verdict, month by month" in page


def test_the_board_costs_the_same_however_many_clauses_there_are(client, session, queries, small, pack, leader):
    client.sign_in(english(leader))
    client.get("/targets/")
    with queries() as seen:
        client.get("/targets/")
    few = len(seen)
    more = "".join(TEXT[TEXT.index("[[clause]]") :].replace("T-0", f"T-{number}") for number in range(1, 6))
    row = copy_pack(county=small.region, text=TEXT + more, actor=SYSTEM, based_on=pack)
    adopt_pack(row=row, from_on=date(2026, 11, 1), actor=SYSTEM)
    take_snapshot(row, on=date(2026, 11, 1))
    refresh_pack(row, on=TODAY)
    client.get("/targets/")
    with queries() as seen:
        page = client.get("/targets/").get_data(as_text=True)
    assert "T-54" in page
    assert len(seen) <= few < 30


def test_a_verdict_narrows_the_board(client, pack, leader):
    client.sign_in(english(leader))
    page = page_of(client, "/targets/?verdict=missed")
    assert f"/targets/clauses/{pack.id}/T-01" in page
    assert f"/targets/clauses/{pack.id}/T-04" not in page


def test_a_past_day_shows_what_was_kept(client, pack, leader):
    client.sign_in(english(leader))
    page = page_of(client, f"/targets/?pack={pack.id}&on=2026-10-15")
    assert "Figures as they were kept up to 2026-10-15" in page
    assert f"/targets/clauses/{pack.id}/T-01?on=2026-10-15" in page
    assert "is not a day" in page_of(client, "/targets/?on=soon")


def test_the_board_of_a_county_without_a_pack_says_what_to_do(client, app):
    county = CountyFactory()
    officer = english(user_with(Role.PERSONNEL_OFFICER, region=county))
    page = page_of(client.sign_in(officer), "/targets/")
    assert "No policy pack is in force here" in page
    assert f"/targets/packs?county={county.id}" in page


def test_old_figures_say_so_and_are_computed_again_once(client, session, small, pack, leader):
    client.sign_in(english(leader))
    assert "Records changed after these figures" not in page_of(client, "/targets/")
    fill_figure(
        county=small.region,
        figure="partner.share",
        on=TODAY,
        numerator=Decimal(6),
        denominator=Decimal(10),
        actor=SYSTEM,
    )
    with time_machine.travel("2026-11-22T09:00:00+08:00", tick=False):
        fill_figure(county=small.region, figure="competition.vacant", on=TODAY, numerator=Decimal(1), actor=SYSTEM)
        assert "Records changed after these figures" in page_of(client, "/targets/")
        for _time in range(2):
            assert client.post(f"/targets/counties/{small.region.id}/compute").status_code == 303
        assert session.scalars(select(Job.status).where(Job.kind == tasks.EVALUATE)).all() == [JobStatus.QUEUED]
        assert "Computing the figures" in page_of(client, "/targets/")
        run_pending_jobs()
        page = page_of(client, "/targets/")
    assert "Records changed after these figures" not in page
    assert "60.0 %" in page


def test_a_clause_leads_to_the_names_and_what_mends_it(client, small, pack, leader):
    client.sign_in(english(leader))
    page = page_of(client, f"/targets/clauses/{pack.id}/T-01")
    pool = len([t for t in small.teachers if t.employing_school_id in {s.id for s in small.sending}])
    assert f">{pool}<" in page
    assert "Missing for ≥ 10.0 %" in page
    assert "Go to: Postings" in page
    assert "side=lacking" in page
    names = page_of(client, f"/targets/clauses/{pack.id}/T-01/names?part=&side=counted")
    assert small.teachers[0].name in names
    assert f"/targets/clauses/{pack.id}/T-01?on=2026-11-22" in names
    lacking = page_of(client, f"/targets/clauses/{pack.id}/T-01/names?part=&side=lacking")
    assert "27 rows" in lacking


def test_a_clause_of_a_past_day_is_computed_for_that_day(client, session, small, pack, leader):
    session.delete(session.scalars(select(RotationRecord)).one())
    session.commit()
    client.sign_in(english(leader))
    page = page_of(client, f"/targets/clauses/{pack.id}/T-01?on=2026-10-10")
    assert 'value="2026-10-10"' in page
    assert "0.0 %" in page


def test_a_school_sees_its_own_rows_only(client, small, pack):
    own, other = small.others[0], small.others[1]
    fill_figure(
        county=small.region, school=own, figure="training.money", on=TODAY, actor=SYSTEM,
        numerator=Decimal(4), denominator=Decimal(100),
    )  # fmt: skip
    refresh_pack(pack, on=TODAY)
    client.sign_in(english(school_user(small)))
    board = page_of(client, "/targets/")
    assert "T-03" in board
    assert "4.0 %" in board
    assert "T-01" not in board
    clause = page_of(client, f"/targets/clauses/{pack.id}/T-03")
    units = page_of(client, f"/targets/clauses/{pack.id}/T-03/units")
    assert own.name in clause
    assert own.name in units
    assert other.name not in clause + units
    assert "of the county as a whole" in page_of(client, f"/targets/clauses/{pack.id}/T-01")


def test_a_school_reads_the_names_of_its_own_teachers_only(client, small, pack):
    client.sign_in(english(user_with(Role.SCHOOL_ADMINISTRATOR, school=small.sending[0])))
    page = page_of(client, f"/targets/clauses/{pack.id}/T-01/names?side=among")
    assert "14 rows" in page
    assert small.teachers[20].name not in page


def test_nobody_else_comes_in(client, small, pack):
    for role in (Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR):
        client.sign_in(user_with(role, region=small.region))
        for address in ("/targets/", f"/targets/clauses/{pack.id}/T-01", "/targets/packs", "/targets/filled"):
            assert client.get(address).status_code == 403
    client.sign_in(user_with(Role.TEACHER, teacher=small.teachers[0]))
    assert client.get("/targets/").status_code == 403
    client.sign_in(user_with(Role.BUREAU_LEADER, region=CountyFactory()))
    for address in (f"/targets/clauses/{pack.id}/T-01", f"/targets/clauses/{pack.id}/T-01/names"):
        assert client.get(address).status_code == 404


def test_units_are_searched_filtered_and_put_in_order(client, small, pack, leader):
    for number, school in enumerate(small.schools):
        fill_figure(
            county=small.region, school=school, figure="training.money", on=TODAY, actor=SYSTEM,
            numerator=Decimal(number + 2), denominator=Decimal(100),
        )  # fmt: skip
    client.sign_in(english(leader))
    here = f"/targets/clauses/{pack.id}/T-03/units"
    assert "6 rows" in page_of(client, here)
    assert "3 rows" in page_of(client, f"{here}?passes=no")
    by_figure = page_of(client, f"{here}?sort=-figure")
    assert by_figure.index(small.schools[5].name) < by_figure.index(small.schools[0].name)
    assert "1 row" in page_of(client, f"{here}?q={small.schools[3].name}")


def test_an_export_of_names_is_on_record(client, session, small, pack, leader):
    client.sign_in(english(leader))
    answer = client.post(f"/targets/clauses/{pack.id}/T-01/names/export?side=counted")
    assert answer.status_code == 200
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.after["clause"], entry.after["side"], entry.after["rows"]) == ("T-01", "counted", 1)
    units = client.post(f"/targets/clauses/{pack.id}/T-03/units/export?passes=unknown")
    assert units.status_code == 200


def test_an_exported_list_opens(client, small, pack, leader, tmp_path):
    client.sign_in(english(leader))
    path = tmp_path / "names.xlsx"
    path.write_bytes(client.post(f"/targets/clauses/{pack.id}/T-01/names/export?side=counted").data)
    cells = [str(cell.value) for row in openpyxl.load_workbook(path).active.iter_rows() for cell in row]
    assert small.teachers[0].name in cells


def test_a_person_of_two_counties_chooses_one(client, pack, small):
    from tests.factories import PrefectureFactory

    prefecture = PrefectureFactory()
    far = CountyFactory(parent_id=prefecture.id)
    near = CountyFactory(parent_id=prefecture.id)
    TeacherFactory(county_id=far.id)
    user = english(user_with(Role.BUREAU_LEADER, region=prefecture))
    client.sign_in(user)
    page = page_of(client, f"/targets/?county={far.id}")
    assert near.name in page
    assert client.get(f"/targets/?county={small.region.id}").status_code == 404

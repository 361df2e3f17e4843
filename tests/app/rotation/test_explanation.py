"""The explanation leaves as one workbook, and that is on record."""

import io

import openpyxl
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.rotation.models import ProposedMove
from tests.app.rotation.county import build_county, make_plan, make_scenario, solved
from tests.factories import user_with


def test_all_that_was_worked_out_leaves_in_one_workbook(county, client, officer, leader, session, run_jobs):
    scenario = solved(make_scenario(make_plan(county, officer), officer), officer)
    number, moves = scenario.id, scenario.report["counts"]["moves"]
    move = session.scalar(select(ProposedMove.id).where(ProposedMove.scenario_id == number))
    path = f"/rotation/scenarios/{number}/explanation"
    client.sign_in(leader)
    assert path in client.get(f"/rotation/scenarios/{number}").text
    before = openpyxl.load_workbook(io.BytesIO(client.post(path).data))
    assert before.sheetnames == ["Why this move", "Eligible, not moved", "Posts that stay vacant"]
    for kind, form in (("costs", {}), ("fairness", {}), ("why", {"move": move})):
        client.post(f"/rotation/scenarios/{number}/ask/{kind}", data=form)
    run_jobs()
    book = openpyxl.load_workbook(io.BytesIO(client.post(path).data))
    assert book.sheetnames[3:] == ["What the rules cost", "What more moves give", "Who is worse off"]
    assert book["Why this move"].max_row == moves + 2
    assert sum(bool(row[5].value) for row in book["Why this move"].iter_rows(min_row=3)) == 1
    text = str([[cell.value for cell in row] for page in book for row in page.iter_rows()])
    assert "%(" not in text
    assert all(teacher.id_number not in text and teacher.id_number_masked not in text for teacher in county.teachers)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "export").order_by(AuditEntry.at)).all()
    assert entries[-1].after["sheets"] == book.sheetnames
    assert entries[-1].region_id == county.region.id


def test_only_those_who_may_export_here_take_it_away(county, client, officer):
    number = solved(make_scenario(make_plan(county, officer), officer), officer).id
    school = county.schools[0]
    client.sign_in(build_county().officer())
    assert client.post(f"/rotation/scenarios/{number}/explanation").status_code == 404
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    assert client.post(f"/rotation/scenarios/{number}/explanation").status_code == 404

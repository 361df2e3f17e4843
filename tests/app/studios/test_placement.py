"""Placement rounds: wishes and choices become a verified proposal, an officer's decisions hold, places are given."""

import contextvars
import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.notices.models import Notice
from app.regions.models import Region
from app.schools.models import School
from app.studios import placement
from app.studios.models import (
    GivenStatus,
    MemberRole,
    Membership,
    MembershipStatus,
    PlacementDecisionKind,
    PlacementEntry,
    PlacementProposal,
    PlacementRound,
    PlacementSnapshot,
    ProposalStatus,
    ProposedPlace,
    RoundStatus,
    Studio,
    StudioKind,
)
from app.studios.operations import people
from app.studios.operations import placement_proposals as proposals
from app.studios.operations import placement_rounds as rounds
from app.studios.queries import placement as read
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.factories import BackboneHonourFactory, CountyFactory, SchoolFactory, user_with
from tests.factories.placement import choose, make_round, wish
from tests.factories.studios import add_person, make_studio, make_teacher

D = PlacementDecisionKind
MEMBER, MENTEE = MemberRole.MEMBER, MemberRole.MENTEE


@pytest.fixture
def county(app):
    return CountyFactory()


@pytest.fixture
def market(county):
    """Two studios with one mentee's place each, three teachers, a round: (round, studios, teachers)."""
    studios = [make_studio(county=county, mentee_places=1, school=SchoolFactory(county=county)) for _ in range(2)]
    for studio in studios:
        add_person(studio, MEMBER)
    teachers = [make_teacher(studios[0]) for _ in range(3)]
    return make_round(county.id), studios, teachers


def solved(one, run_jobs):
    row = proposals.solve_round(one=one, actor=SYSTEM)
    run_jobs()
    return fresh(row)


def fresh(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def at(row):
    """Teacher → host of a proposal."""
    return {place.teacher_id: place.host_id for place in read.places_of(row.id)}


def test_wishes_and_choices_become_a_proven_proposal_with_a_snapshot(market, run_jobs):
    one, (first, second), (amy, ben, eve) = market
    for teacher in (amy, ben, eve):
        wish(one, teacher, first, second)
    choose(one, first, ben, amy, eve)
    row = solved(one, run_jobs)
    assert (row.status, row.report["status"]) == (ProposalStatus.SOLVED, "optimal")
    assert at(row)[ben.id] == first.id
    counts = row.report["counts"]
    assert (counts["placed"], counts["first"], counts["unplaced"], counts["blocking"]) == (2, 1, 1, 0)
    snapshot = db.session.get(PlacementSnapshot, row.snapshot_id)
    assert (snapshot.applicant_count, snapshot.place_count, len(snapshot.sha256)) == (3, 2, 64)
    again = solved(one, run_jobs)
    assert (again.number, again.snapshot_id) == (2, row.snapshot_id)


def test_an_open_application_counts_as_a_wish_where_none_was_stated(market, run_jobs):
    one, (first, second), (amy, ben, _eve) = market
    people.apply(actor=SYSTEM, studio=first, teacher=amy, role=MENTEE, statement="")
    people.apply(actor=SYSTEM, studio=first, teacher=ben, role=MENTEE, statement="")
    wish(one, ben, second)
    row = solved(one, run_jobs)
    assert at(row) == {amy.id: first.id, ben.id: second.id}


@pytest.mark.parametrize("code", ["veto", "elsewhere", "left"])
def test_who_cannot_join_is_left_out_and_named(market, run_jobs, code):
    one, (first, _second), (amy, ben, _eve) = market
    wish(one, amy, first)
    wish(one, ben, first)
    if code == "veto":
        from tests.factories import CircumstanceFactory

        CircumstanceFactory(
            teacher_id=amy.id, kind_code="ethics_failed", evidence="认定书", from_on=today(), to_on=None
        )
    elif code == "elsewhere":
        other = make_studio(host=make_teacher(first, school=SchoolFactory(county_id=first.county_id)))
        add_person(other, MEMBER)
        add_person(other, teacher=amy)
    else:
        amy.left_on = today()
    db.session.flush()
    row = solved(one, run_jobs)
    assert at(row) == {ben.id: first.id}
    assert read.detail_of(row.id)["left_out"] == [{"teacher": amy.id, "code": code}]


def test_a_member_is_placed_only_where_the_title_suffices(county, run_jobs):
    plain = make_studio(county=county)
    strict = make_studio(
        county=county, school=SchoolFactory(county=county), honour_types=["subject_leader"], honour_levels=["3"]
    )
    backbone, leader = make_teacher(plain, backbone=True), make_teacher(plain)
    BackboneHonourFactory(teacher_id=leader.id, type_code="subject_leader", level_code="3")
    untitled = make_teacher(plain)
    one = make_round(county.id, role=MEMBER)
    for teacher in (backbone, leader, untitled):
        wish(one, teacher, strict, plain)
    row = solved(one, run_jobs)
    assert at(row) == {backbone.id: plain.id, leader.id: strict.id}
    assert read.detail_of(row.id)["left_out"] == [{"teacher": untitled.id, "code": "no_title"}]
    reasons = read.detail_of(row.id)["reasons"][f"T{backbone.id}"]["hosts"][0]["reasons"]
    assert [item["code"] for item in reasons] == ["host_refuses"]


def test_the_most_places_of_a_host_are_kept(market, run_jobs):
    _one, (first, _second), teachers = market
    add_person(first, MEMBER)
    wide, narrow = (
        make_round(first.county_id, name="宽"),
        make_round(first.county_id, name="窄", settings={"most_each": 1}),
    )
    for one in (wide, narrow):
        for teacher in teachers:
            wish(one, teacher, first)
    assert solved(wide, run_jobs).report["counts"]["placed"] == 2
    assert solved(narrow, run_jobs).report["counts"]["placed"] == 1


def reason(row, teacher, host):
    about = read.detail_of(row.id)["reasons"][f"T{teacher.id}"]
    line = next(line for line in about["hosts"] if line["host"] == f"H{host.id}")
    return [item["code"] for item in line["reasons"]]


def test_each_reason_for_being_left(market, run_jobs):
    one, (first, second), (amy, ben, eve) = market
    second.subject_code = "mathematics"
    far = make_studio(host=make_teacher(first, school=SchoolFactory(county_id=first.county_id, lat=30.0, lng=110.0)))
    add_person(far, MEMBER)
    for number in (first.school_id, second.school_id):
        school = db.session.get(School, number)
        school.lat, school.lng = 24.0, 110.0
    rounds.change_round(one=one, actor=SYSTEM, settings={"max_km": 100})
    wish(one, amy, first)
    wish(one, ben, first, second, far)
    wish(one, eve, first)
    choose(one, first, amy, ben, refused=[eve])
    row = solved(one, run_jobs)
    assert at(row) == {amy.id: first.id}
    assert reason(row, ben, first) == ["filled_by"]
    assert reason(row, ben, second) == ["subject"]
    assert reason(row, ben, far) == ["too_far"]
    assert reason(row, eve, first) == ["host_refuses"]


def test_a_lock_and_a_ban_hold_and_the_rest_stays_close(market, run_jobs):
    one, (first, second), (amy, ben, eve) = market
    for teacher in (amy, ben, eve):
        wish(one, teacher, first, second)
    choose(one, first, ben, amy, eve)
    choose(one, second, amy, ben, eve)
    base = solved(one, run_jobs)
    assert at(base) == {ben.id: first.id, amy.id: second.id}
    proposals.decide(proposal=base, kind=D.LOCK, teacher=eve, host_id=first.id, actor=SYSTEM)
    proposals.decide(proposal=base, kind=D.BAN, teacher=amy, host_id=second.id, actor=SYSTEM)
    assert read.pending(base, read.decisions_of(base.id)) == 2
    again = proposals.solve_again(proposal=base, settings=base.settings, is_same_data=True, actor=SYSTEM)
    run_jobs()
    again = fresh(again)
    assert at(again) == {eve.id: first.id, ben.id: second.id}
    changes = read.changes_between(base.id, again.id)
    assert [place.teacher_id for place in changes.added] == [eve.id]
    assert [place.teacher_id for place in changes.removed] == [amy.id]
    assert [new.teacher_id for _old, new in changes.moved] == [ben.id]


def test_locks_that_contradict_are_named(market, run_jobs):
    one, (first, _second), (amy, ben, _eve) = market
    wish(one, amy, first)
    wish(one, ben, first)
    base = solved(one, run_jobs)
    for teacher in (amy, ben):
        proposals.decide(proposal=base, kind=D.LOCK, teacher=teacher, host_id=first.id, actor=SYSTEM)
    again = proposals.solve_again(proposal=base, settings=base.settings, is_same_data=True, actor=SYSTEM)
    run_jobs()
    again = fresh(again)
    assert again.status is ProposalStatus.INFEASIBLE
    assert {lock["applicant"] for lock in again.report["conflict"]} == {f"T{amy.id}", f"T{ben.id}"}
    proposals.undo(decision=read.decisions_of(again.id)[0], actor=SYSTEM)
    proposals.try_again(proposal=again, actor=SYSTEM)
    run_jobs()
    assert fresh(again).status is ProposalStatus.SOLVED


def test_what_the_verifier_rejects_is_not_stored(market, run_jobs, monkeypatch):
    one, (first, _second), (amy, _ben, _eve) = market
    wish(one, amy, first)
    monkeypatch.setattr(placement.verify, "faults", lambda problem, solution: ["P2 H1: 9 people, 1 places"])
    row = solved(one, run_jobs)
    assert (row.status, row.snapshot_id is not None) == (ProposalStatus.FAILED, True)
    assert at(row) == {}
    assert row.report["faults"] == ["P2 H1: 9 people, 1 places"]


def test_a_waiting_solve_can_be_cancelled(market, run_jobs):
    one, _studios, _teachers = market
    row = proposals.solve_round(one=one, actor=SYSTEM)
    with pytest.raises(Refused, match="already being solved"):
        proposals.try_again(proposal=row, actor=SYSTEM)
    proposals.cancel_solve(proposal=row, actor=SYSTEM)
    run_jobs()
    assert fresh(row).status is ProposalStatus.CANCELLED


# --- approval -----------------------------------------------------------------------------------------------------


def test_approval_gives_the_places_and_tells_everybody(market, run_jobs):
    one, (first, second), (amy, ben, eve) = market
    accounts = {teacher.id: user_with(Role.TEACHER, teacher=teacher) for teacher in (amy, ben, eve)}
    host = user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, first.host_id))
    officer = user_with(Role.DEVELOPMENT_CENTRE, region=db.session.get(Region, one.county_id))
    people.apply(actor=SYSTEM, studio=second, teacher=amy, role=MENTEE, statement="")
    wish(one, amy, first)
    wish(one, ben, first, second)
    wish(one, eve, first)
    choose(one, first, amy, ben, eve)
    row = solved(one, run_jobs)
    proposals.approve(proposal=row, actor=officer)
    run_jobs()
    assert read.given_counts(row.id)[GivenStatus.GIVEN] == 2
    joined = db.session.scalars(
        select(Membership).where(Membership.status == MembershipStatus.ACTIVE, Membership.role == MENTEE)
    )
    assert {(m.teacher_id, m.studio_id) for m in joined} == {(amy.id, first.id), (ben.id, second.id)}
    other = db.session.scalar(
        select(Membership).where(Membership.teacher_id == amy.id, Membership.studio_id == second.id)
    )
    assert other.status is MembershipStatus.WITHDRAWN
    told = {(n.user_id, n.kind) for n in db.session.scalars(select(Notice)) if n.kind.startswith("placement")}
    assert told >= {(accounts[amy.id].id, "placement.placed"), (accounts[eve.id].id, "placement.left")}
    assert (host.id, "placement.hosts") in told
    assert fresh(one).status is RoundStatus.APPROVED
    assert db.session.scalar(select(AuditEntry.position).where(AuditEntry.action == "placement.approve"))


def test_a_place_taken_meanwhile_is_refused_alone_and_can_be_tried_again(market, run_jobs):
    one, (first, second), (amy, ben, eve) = market
    wish(one, amy, first)
    wish(one, ben, second)
    row = solved(one, run_jobs)
    squatter = add_person(first, teacher=eve)
    proposals.approve(proposal=row, actor=SYSTEM)
    run_jobs()
    places = {place.teacher_id: place for place in read.places_of(row.id)}
    assert (places[amy.id].status, places[ben.id].status) == (GivenStatus.REFUSED, GivenStatus.GIVEN)
    assert "no place free" in places[amy.id].problem or places[amy.id].problem
    assert db.session.get(Membership, squatter.id).status is MembershipStatus.ACTIVE
    assert not db.session.scalar(
        select(Membership).where(Membership.teacher_id == amy.id, Membership.status == MembershipStatus.WAITING)
    )
    people.leave(actor=SYSTEM, row=db.session.get(Membership, squatter.id), reason="调动")
    proposals.give_rest(one=one, actor=SYSTEM)
    run_jobs()
    assert read.given_counts(row.id)[GivenStatus.GIVEN] == 2
    with pytest.raises(Refused, match="has been given"):
        proposals.give_rest(one=one, actor=SYSTEM)


def test_of_two_approvals_one_is_told_so(market, run_jobs):
    one, (first, _second), (amy, _ben, _eve) = market
    wish(one, amy, first)
    row, other = solved(one, run_jobs), solved(one, run_jobs)
    proposals.approve(proposal=row, actor=SYSTEM)
    with pytest.raises(Refused, match="Somebody else was faster"):
        proposals.approve(proposal=other, actor=SYSTEM)
    with pytest.raises(IntegrityError):
        db.session.execute(update(PlacementProposal).where(PlacementProposal.id == other.id).values(is_approved=True))
    db.session.rollback()


def test_two_officers_at_once_on_postgresql(app, market, run_jobs):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("concurrent writers need PostgreSQL")
    one, (first, _second), (amy, _ben, _eve) = market
    wish(one, amy, first)
    numbers = [solved(one, run_jobs).id for _ in range(2)]
    db.session.commit()
    outcomes, gate = [], threading.Barrier(2)

    def press(number):
        with app.app_context():
            try:
                gate.wait(timeout=20)
                with transaction():
                    proposals.approve(proposal=db.session.get_one(PlacementProposal, number), actor=SYSTEM)
                outcomes.append("approved")
            except Refused:
                outcomes.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=contextvars.Context().run, args=(press, number)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["approved", "told"]


# --- wishes and choices -------------------------------------------------------------------------------------------


def test_wishes_are_stated_changed_and_taken_back_in_time_only(market):
    one, (first, second), (amy, _ben, _eve) = market
    wish(one, amy, second, first)
    wish(one, amy, first)
    entry = read.entry_of(one.id, amy.id)
    assert [w.host_id for w in entry.wishes] == [first.id]
    assert wish(one, amy) is None
    assert db.session.scalar(select(PlacementEntry)) is None
    with pytest.raises(Refused, match="only once"):
        wish(one, amy, first, first)
    late = time_machine.travel(f"{one.wishes_until + timedelta(days=1)}T08:00:00+08:00", tick=False)
    with late, pytest.raises(Refused, match="could be stated until"):
        wish(one, amy, first)
    rounds.cancel_round(one=one, reason="并入下期", actor=SYSTEM)
    with pytest.raises(Refused, match="nothing in it changes"):
        wish(one, amy, first)


def test_a_studio_of_another_kind_is_no_wish(market, county):
    one, _studios, (amy, _ben, _eve) = market
    other = make_studio(county=county, school=SchoolFactory(county=county), kind=StudioKind.PSYCHOLOGY)
    with pytest.raises(Refused, match="not part of this round"):
        wish(one, amy, other)


def test_a_host_chooses_among_those_who_ask_until_the_last_day(market):
    one, (first, _second), (amy, ben, eve) = market
    wish(one, amy, first)
    wish(one, ben, first)
    choose(one, first, ben, refused=[amy])
    choices = read.choices_of(one, first.id)
    assert (choices[ben.id].rank, choices[amy.id].is_refused) == (1, True)
    with pytest.raises(Refused, match="took a wish back"):
        choose(one, first, eve, asked=[amy.id, ben.id])
    late = time_machine.travel(f"{one.choices_until + timedelta(days=1)}T08:00:00+08:00", tick=False)
    with late, pytest.raises(Refused, match="could choose until"):
        choose(one, first, amy)


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def centre(county):
    return user_with(Role.DEVELOPMENT_CENTRE, region=county)


def test_the_officer_opens_a_round_by_the_form(county, centre, client):
    client.sign_in(centre)
    page = client.get("/studios/placement/new?lang=en")
    assert page.status_code == 200
    form = {
        "county": county.id, "name": "2026年学员安置", "studio_kind": "teacher", "role": "mentee",
        "wishes_until": "2026-12-01", "choices_until": "2026-11-01", "most_wishes": "3", "rural_percent": "20",
        "rural_scopes": "all", "seconds": "30", "max_km": "", "most_each": "",
        "aim_1": "unplaced", "aim_2": "stability", "aim_3": "change", "aim_4": "applicants", "aim_5": "applicants",
        "aim_6": "distance",
    }  # fmt: skip
    page = client.post("/studios/placement/new?lang=en", data=form)
    assert page.status_code == 422
    assert "last day cannot be earlier" in page.text
    assert "Each aim stands in the order once" in page.text
    page = client.post("/studios/placement/new", data=form | {"choices_until": "2026-12-08", "aim_5": "hosts"})
    assert page.status_code == 303
    one = db.session.scalar(select(PlacementRound))
    assert (one.settings["rural_percent"], one.settings["aims"][4]) == (20, "hosts")
    assert client.get(f"/studios/placement/{one.id}").status_code == 200
    assert (
        client.post(
            f"/studios/placement/{one.id}/edit",
            data=form | {"choices_until": "2026-12-09", "aim_5": "hosts", "row_version": one.version},
        ).status_code
        == 303
    )


def test_every_page_of_a_proposal_shows(market, centre, client, run_jobs):
    one, (first, second), (amy, ben, eve) = market
    for teacher in (amy, ben, eve):
        wish(one, teacher, first, second)
    row = solved(one, run_jobs)
    proposals.decide(proposal=row, kind=D.BAN, teacher=amy, host_id=first.id, actor=SYSTEM)
    again = fresh(proposals.solve_again(proposal=row, settings=row.settings, is_same_data=False, actor=SYSTEM))
    run_jobs()
    client.sign_in(centre)
    for part in ("", "/places", "/hosts", "/left", "/blocking", "/decisions", "/changes", "/again"):
        page = client.get(f"/studios/placement/proposals/{again.id}{part}?lang=en")
        assert page.status_code == 200, part
    assert "full with people" in client.get(f"/studios/placement/proposals/{row.id}/left?lang=en").text
    assert client.get(f"/studios/placement/{one.id}/wishes?lang=en&who={amy.name}").status_code == 200
    assert client.get("/studios/placement").status_code == 200
    sheet = client.post(f"/studios/placement/proposals/{again.id}/places/export")
    assert sheet.status_code == 200
    assert db.session.scalar(
        select(AuditEntry).where(AuditEntry.action == "export", AuditEntry.subject_type == "placement_place")
    )
    assert client.post(f"/studios/placement/{one.id}/wishes/export").status_code == 200


def test_pages_cost_the_same_for_many(market, centre, client, run_jobs, queries):
    one, (first, second), (amy, ben, eve) = market
    wish(one, amy, first)
    few = solved(one, run_jobs)
    client.sign_in(centre)
    paths = ("places", "left", "hosts")
    counted = [len(_asked(client, queries, few, path)) for path in paths]
    add_person(first, MEMBER)
    for teacher in [make_teacher(first) for _ in range(8)] + [ben, eve]:
        wish(one, teacher, first, second)
    many = solved(one, run_jobs)
    assert [len(_asked(client, queries, many, path)) for path in paths] <= [number + 2 for number in counted]


def _asked(client, queries, row, path):
    with queries() as asked:
        assert client.get(f"/studios/placement/proposals/{row.id}/{path}").status_code == 200
    return asked


def test_a_teacher_states_wishes_and_learns_why_not_without_others_names(market, client, run_jobs):
    one, (first, _second), (amy, ben, _eve) = market
    user = user_with(Role.TEACHER, teacher=amy)
    client.sign_in(user)
    assert one.name in client.get("/studios/placement/my?lang=en").text
    data = {"wish_1": first.id, "wish_2": first.id}
    assert client.post(f"/studios/placement/my/{one.id}?lang=en", data=data).status_code == 422
    assert (
        client.post(f"/studios/placement/my/{one.id}", data={"wish_1": first.id, "statement": "想学"}).status_code
        == 303
    )
    wish(one, ben, first)
    choose(one, first, ben, amy)
    row = solved(one, run_jobs)
    proposals.approve(proposal=row, actor=SYSTEM)
    run_jobs()
    page = client.get(f"/studios/placement/my/{one.id}?lang=en").text
    assert "full with people it ranks at least as high" in page
    assert ben.name not in page
    stranger = user_with(Role.TEACHER, teacher=make_teacher(make_studio()))
    client.sign_in(stranger)
    assert client.get(f"/studios/placement/my/{one.id}").status_code == 404


def test_the_host_ranks_on_a_page_and_others_do_not(market, client):
    one, (first, second), (amy, ben, _eve) = market
    wish(one, amy, first)
    wish(one, ben, first)
    client.sign_in(user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, first.host_id)))
    path = f"/studios/work/{first.id}/placement/{one.id}"
    assert amy.name in client.get(path).text
    assert client.post(path, data={f"rank_{amy.id}": "2", f"rank_{ben.id}": "no"}).status_code == 303
    choices = read.choices_of(one, first.id)
    assert (choices[amy.id].rank, choices[ben.id].is_refused) == (2, True)
    assert client.get(f"/studios/work/{second.id}/placement/{one.id}").status_code == 404


def test_who_may_do_what(market, county, client, run_jobs):
    one, (first, _second), (amy, _ben, _eve) = market
    wish(one, amy, first)
    row = solved(one, run_jobs)
    leader = user_with(Role.BUREAU_LEADER, region=county)
    client.sign_in(leader)
    assert client.post(f"/studios/placement/{one.id}/solve").status_code == 403
    stranger = user_with(Role.DEVELOPMENT_CENTRE, region=CountyFactory())
    client.sign_in(stranger)
    assert client.get(f"/studios/placement/{one.id}").status_code == 404
    assert client.post(f"/studios/placement/proposals/{row.id}/approve").status_code == 404
    client.sign_in(leader)
    assert client.post(f"/studios/placement/proposals/{row.id}/approve").status_code == 303
    assert fresh(one).status is RoundStatus.APPROVED
    assert db.session.scalar(select(Studio.id).where(Studio.id == first.id))
    assert db.session.scalar(select(ProposedPlace.id).where(ProposedPlace.proposal_id == row.id))

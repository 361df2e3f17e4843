"""青蓝工程: who may be a pair, what is signed and reported, what an appraisal brings; two clicks at once."""

import contextvars
import threading
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.credits.models import ClaimSource, ClaimStatus, CreditClaim
from app.db.clock import today
from app.extensions import db
from app.growth.models import Mentor, MentorPair, PairLesson, PairReport, PairSide, PairStatus
from app.growth.operations import mentors as operations
from app.growth.queries import mentors as read
from app.growth.terms import term_of, terms_between
from app.notices.models import Notice
from app.regions.models import Region
from app.studios.models import AppraisalResult, GivenStatus, PlacementKind, ProposalStatus
from app.studios.operations import placement_proposals as proposals
from app.studios.queries import placement as placements
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.factories import CircumstanceFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.mentors import GOALS, mentor, newcomer, pair, report
from tests.factories.placement import choose, make_round, wish

M, N = PairSide.MENTOR, PairSide.NEWCOMER


pytestmark = pytest.mark.usefixtures("november")


def reread(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def test_terms_run_from_august_and_february():
    assert [term_of(date(2026, m, 1)) for m in (8, 12)] == [(2026, 1), (2026, 1)]
    assert [term_of(date(2027, m, 1)) for m in (1, 2, 7)] == [(2026, 1), (2026, 2), (2026, 2)]
    assert terms_between(date(2026, 9, 1), date(2027, 9, 1)) == [(2026, 1), (2026, 2), (2027, 1)]
    assert terms_between(date(2026, 9, 1), date(2026, 8, 1)) == []


def test_only_who_began_within_the_countys_years_is_a_newcomer(county, school):
    guide = mentor(school)
    old, young = (
        newcomer(school, started_work_on=date(2023, 11, 19)),
        newcomer(school, started_work_on=date(2023, 11, 20)),
    )
    with pytest.raises(Refused, match="last 3 years"):
        pair(guide, old)
    assert pair(guide, young).status is PairStatus.ACTIVE
    operations.set_settings(county=county, fields={"newcomer_years": 4}, actor=SYSTEM)
    assert pair(guide, old).status is PairStatus.ACTIVE


def test_newcomers_are_counted_by_each_countys_own_years(county, school):
    far_school = SchoolFactory()
    began = date(2022, 12, 1)
    here, there = newcomer(school, started_work_on=began), newcomer(far_school, started_work_on=began)
    operations.set_settings(county=county, fields={"newcomer_years": 5}, actor=SYSTEM)
    found = set(db.session.scalars(select(Teacher.id).where(read.newcomer_where(today()))))
    assert here.id in found
    assert there.id not in found


def test_a_newcomer_has_one_mentor_and_a_mentor_no_more_than_the_places(school):
    guide, other = mentor(school, places=1), mentor(school)
    first, second = newcomer(school), newcomer(school)
    row = pair(guide, first)
    with pytest.raises(Refused, match="every place is taken"):
        pair(guide, second)
    with pytest.raises(Refused, match="has a mentor already"):
        pair(other, first)
    operations.end_early(pair=row, reason="调动", actor=SYSTEM)
    assert reread(guide).pairs_taken == 0
    assert pair(guide, second).mentor_id == guide.id


def test_the_database_itself_keeps_the_limits(school):
    guide = mentor(school, places=1)
    person = newcomer(school)
    row = pair(guide, person)
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(update(Mentor).where(Mentor.id == guide.id).values(pairs_taken=2))
    db.session.rollback()
    twin = MentorPair(
        county_id=row.county_id, school_id=row.school_id, mentor_id=guide.id, newcomer_id=person.id, name_pinyin="x",
        goals="x", from_on=today(), to_on=today() + timedelta(days=9),
    )  # fmt: skip
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(twin)
    with pytest.raises(IntegrityError):
        db.session.execute(update(MentorPair).where(MentorPair.id == row.id).values(school_signed_at=None))
    db.session.rollback()


@pytest.mark.parametrize("limit", ["places", "newcomer"])
def test_of_many_at_once_the_limits_let_one_through_on_postgresql(app, school, limit):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("concurrent writers need PostgreSQL")
    if limit == "places":
        guide = mentor(school, places=1)
        tries = [(guide.id, newcomer(school).id) for _ in range(6)]
    else:
        person = newcomer(school)
        tries = [(mentor(school).id, person.id) for _ in range(6)]
    db.session.commit()
    outcomes, gate = [], threading.Barrier(6)

    def press(mentor_id, newcomer_id):
        with app.app_context():
            try:
                gate.wait(timeout=20)
                with transaction():
                    guide = db.session.get_one(Mentor, mentor_id)
                    pair(guide, db.session.get_one(Teacher, newcomer_id), is_signed=False)
                outcomes.append("made")
            except Refused:
                outcomes.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=contextvars.Context().run, args=(press, *one)) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["made"] + ["told"] * 5
    assert len(db.session.scalars(select(MentorPair)).all()) == 1
    assert sorted(db.session.scalars(select(Mentor.pairs_taken)))[-1] == 1


def test_a_vetoed_teacher_and_a_newcomer_are_no_mentors(school):
    vetoed = TeacherFactory(school=school)
    CircumstanceFactory(teacher_id=vetoed.id, kind_code="ethics_failed", evidence="认定书", from_on=today(), to_on=None)
    with pytest.raises(Refused, match="professional ethics"):
        operations.add_mentor(teacher=vetoed, places=2, actor=SYSTEM)
    with pytest.raises(Refused, match="is a newcomer"):
        operations.add_mentor(teacher=newcomer(school), places=2, actor=SYSTEM)
    guide = mentor(school)
    with pytest.raises(Refused, match="is a mentor already"):
        operations.add_mentor(teacher=db.session.get(Teacher, guide.teacher_id), places=2, actor=SYSTEM)


def test_a_mentors_places_never_go_below_the_newcomers(school):
    guide = mentor(school)
    pair(guide, newcomer(school))
    with pytest.raises(Refused, match="more newcomers than that"):
        operations.change_mentor(mentor=guide, places=0, is_active=True, actor=SYSTEM)
    operations.change_mentor(mentor=guide, places=1, is_active=False, actor=SYSTEM)
    with pytest.raises(Refused, match="every place is taken"):
        pair(guide, newcomer(school))


def test_the_third_signature_puts_the_agreement_in_force_and_a_change_asks_for_all_again(school):
    row = pair(mentor(school), newcomer(school), is_signed=False)
    operations.sign(pair=row, side=M, actor=SYSTEM)
    operations.sign(pair=row, side=None, actor=SYSTEM)
    assert reread(row).status is PairStatus.DRAFT
    operations.change_agreement(pair=row, goals=GOALS * 2, from_on=row.from_on, to_on=row.to_on, actor=SYSTEM)
    assert reread(row).mentor_signed_at is None
    for side in (M, N, None):
        operations.sign(pair=row, side=side, actor=SYSTEM)
    assert reread(row).status is PairStatus.ACTIVE
    with pytest.raises(Refused, match="Meanwhile"):
        operations.change_agreement(pair=row, goals=GOALS, from_on=row.from_on, to_on=row.to_on, actor=SYSTEM)


def test_reports_are_one_a_side_and_term_and_of_terms_that_have_begun(school):
    row = pair(mentor(school), newcomer(school), from_on=date(2026, 3, 1))
    first = report(row, M)
    with pytest.raises(Refused, match="a report of this term already"):
        report(row, M)
    report(row, N)
    report(row, M, term=(2025, 2))
    with pytest.raises(Refused, match="terms of the agreement"):
        report(row, M, term=(2026, 2))
    report(row, M, report=first, done="补充：指导公开课一节。")
    assert reread(first).done.startswith("补充")
    whole = read.pair_of(
        row.id,
        user_with(Role.DEVELOPMENT_CENTRE, region=db.session.get(Region, row.county_id)).grants,
        read.P.GROWTH_READ,
    )
    due = read.terms_of(whole, today())
    assert [(one.term, one.reports[M] is not None, one.reports[N] is not None) for one in due] == [
        ((2026, 1), True, True),
        ((2025, 2), True, False),
    ]


def lesson(row, **fields):
    given = {"on": today(), "given_by": N, "topic": "观潮", "remarks": ""} | fields
    return operations.save_lesson(pair=row, fields=given, actor=SYSTEM)


def test_lessons_lie_within_the_agreement(school):
    row = pair(mentor(school), newcomer(school))
    made = lesson(row)
    with pytest.raises(Refused, match="between the beginning"):
        lesson(row, on=today() + timedelta(days=1))
    with pytest.raises(Refused, match="between the beginning"):
        lesson(row, on=row.from_on - timedelta(days=1))
    operations.delete_lesson(lesson=made, actor=SYSTEM)
    assert db.session.scalar(select(PairLesson)) is None


@pytest.mark.parametrize(("result", "hours"), [("excellent", "30"), ("passed", "20"), ("failed", None)])
def test_the_appraisal_credits_the_mentor_once(school, result, hours):
    row = pair(mentor(school), newcomer(school))
    with pytest.raises(Refused, match="No report has come from: Mentor, Newcomer"):
        operations.appraise(pair=row, result=AppraisalResult(result), opinion="同意", actor=SYSTEM)
    report(row, M)
    report(row, N)
    operations.appraise(pair=row, result=AppraisalResult(result), opinion="同意", actor=SYSTEM)
    row = reread(row)
    assert (row.status, row.result) == (PairStatus.COMPLETED, AppraisalResult(result))
    assert row.credited_hours == (Decimal(hours) if hours else None)
    claims = db.session.scalars(select(CreditClaim).where(CreditClaim.source == ClaimSource.MENTORING)).all()
    assert [(c.hours, c.status, c.source_id) for c in claims] == (
        [(Decimal(hours), ClaimStatus.CONFIRMED, row.id)] if hours else []
    )
    assert db.session.get(Mentor, row.mentor_id).pairs_taken == 0
    with pytest.raises(Refused, match="Meanwhile"):
        operations.appraise(pair=row, result=AppraisalResult(result), opinion="同意", actor=SYSTEM)
    with pytest.raises(Refused, match="Meanwhile"):
        report(row, M, term=(2026, 1))


def test_both_are_told_and_the_school_is_asked_to_sign(school):
    guide, person = mentor(school), newcomer(school)
    users = [user_with(Role.TEACHER, teacher=t) for t in (db.session.get(Teacher, guide.teacher_id), person)]
    admin = user_with(Role.SCHOOL_ADMINISTRATOR, school=school)
    row = pair(guide, person)
    operations.end_early(pair=row, reason="休假", actor=SYSTEM)
    told = {(n.user_id, n.kind) for n in db.session.scalars(select(Notice))}
    for user in users:
        assert told >= {(user.id, kind) for kind in ("mentor.sign", "mentor.begun", "mentor.ended")}
    assert (admin.id, "mentor.school") in told


# --- pages --------------------------------------------------------------------------------------------------------


def test_a_school_arranges_its_own_newcomers_only(county, school, client):
    other = SchoolFactory(county=county)
    guide, person, stranger = mentor(school), newcomer(school), newcomer(other)
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    form = {"newcomer": f"{person.name} ({school.name})", "mentor": guide.id, "from_on": "2026-11-01",
            "to_on": "2028-10-31", "goals": GOALS}  # fmt: skip
    page = client.post("/growth/mentoring/new?lang=en", data=form | {"newcomer": f"{stranger.name} ({other.name})"})
    assert page.status_code == 422
    assert client.post("/growth/mentoring/new", data=form).status_code == 303
    row = db.session.scalar(select(MentorPair))
    assert client.post(f"/growth/mentoring/pairs/{row.id}/sign").status_code == 303
    assert reread(row).school_signed_at is not None
    theirs = pair(mentor(other), stranger)
    assert client.get(f"/growth/mentoring/pairs/{theirs.id}").status_code == 404
    ours = pair(guide, newcomer(other))  # our mentor, the other school's newcomer: to be read, not arranged
    assert client.get(f"/growth/mentoring/pairs/{ours.id}").status_code == 200
    assert client.get(f"/growth/mentoring/pairs/{ours.id}/appraise").status_code == 403


def test_the_two_sign_report_and_enter_lessons_from_their_own_page(school, client):
    guide, person = mentor(school), newcomer(school)
    row = pair(guide, person, is_signed=False)
    operations.sign(pair=row, side=None, actor=SYSTEM)
    operations.sign(pair=row, side=M, actor=SYSTEM)
    client.sign_in(user_with(Role.TEACHER, teacher=person))
    assert "Your signature is asked for" in client.get(f"/growth/mentoring/my/{row.id}?lang=en").text
    assert client.post(f"/growth/mentoring/my/{row.id}/sign").status_code == 303
    assert reread(row).status is PairStatus.ACTIVE
    data = {"term": "2026-1", "done": "听课十节，上汇报课一节。", "plans": "研究单元教学"}
    assert client.post(f"/growth/mentoring/my/{row.id}/report", data=data).status_code == 303
    page = client.get(f"/growth/mentoring/my/{row.id}/report?term=2026-1")
    assert "听课十节" in page.text
    assert (
        client.post(
            f"/growth/mentoring/my/{row.id}/report", data=data | {"done": "听课十二节，上汇报课一节。"}
        ).status_code
        == 303
    )
    assert [one.done for one in db.session.scalars(select(PairReport))] == ["听课十二节，上汇报课一节。"]
    entered = {"on": "2026-11-10", "given_by": "newcomer", "topic": "走月亮"}
    assert client.post(f"/growth/mentoring/my/{row.id}/lesson", data=entered).status_code == 303
    made = db.session.scalar(select(PairLesson))
    assert (
        client.post(f"/growth/mentoring/my/lessons/{made.id}", data=entered | {"topic": "爬山虎的脚"}).status_code
        == 303
    )
    assert reread(made).topic == "爬山虎的脚"
    assert db.session.get(Teacher, guide.teacher_id).name in client.get("/growth/mentoring/my").text
    client.sign_in(user_with(Role.TEACHER, teacher=newcomer(school)))
    assert client.get(f"/growth/mentoring/my/{row.id}").status_code == 404
    assert client.get(f"/growth/mentoring/my/lessons/{made.id}").status_code == 404


def test_lists_filter_and_export_and_cost_the_same_for_many(county, school, client, queries):
    client.sign_in(user_with(Role.DEVELOPMENT_CENTRE, region=county))
    pair(mentor(school), newcomer(school))
    paths = ("/growth/mentoring", "/growth/mentoring/newcomers", "/growth/mentoring/mentors")

    def asked():
        counted = []
        for path in paths:
            with queries() as seen:
                assert client.get(path).status_code == 200
            counted.append(len(seen))
        return counted

    asked()
    few = asked()
    for _ in range(6):
        pair(mentor(school), newcomer(school))
    alone = newcomer(school)
    db.session.commit()
    assert asked() == few
    page = client.get("/growth/mentoring/newcomers?mentored=0&lang=en").text
    assert alone.name in page
    for path in paths:
        assert client.post(f"{path}/export").status_code == 200
    kinds = set(db.session.scalars(select(AuditEntry.subject_type).where(AuditEntry.action == "export")))
    assert kinds == {"mentor_pair", "newcomer", "growth_mentor"}
    assert client.get("/growth/mentoring?status=open&reported=0&sort=-ends").status_code == 200


def test_the_figure_of_newcomers_with_a_mentor(county, school, client):
    pair(mentor(school), newcomer(school))
    newcomer(school)
    centre = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    found = {one.label: one for one in _figures(centre)}
    one = found["Newcomers who have a mentor"]
    assert (one.value, one.needed, one.is_met) == (1, 2, False)
    client.sign_in(centre)
    assert client.get(f"/growth/mentoring/settings/{county.id}?lang=en").status_code == 200
    form = {"newcomer_years": 5, "mentor_places": 3, "agreement_years": 2, "lessons_a_term": 8,
            "credit_kind": "other", "excellent_hours": "12.5", "passed_hours": ""}  # fmt: skip
    assert client.post(f"/growth/mentoring/settings/{county.id}", data=form).status_code == 303
    rules = operations.settings_of(county.id)
    assert (rules.newcomer_years, rules.excellent_hours, rules.passed_hours) == (5, Decimal("12.5"), Decimal(0))


def _figures(user):
    with current_app.test_request_context(), force_locale("en"):
        return read.figures(user.grants, today())


# --- placement ----------------------------------------------------------------------------------------------------


def test_a_round_places_every_newcomer_their_own_school_first(county, school, run_jobs):
    other = SchoolFactory(county=county)
    near, far = mentor(school, places=1), mentor(other, places=1)
    here, there, chooser = newcomer(school), newcomer(other), newcomer(other)
    third = mentor(school)
    pair(third, newcomer(school))  # has a mentor: takes no part, and leaves one place free
    one = make_round(county.id, kind=PlacementKind.MENTOR)
    wish(one, chooser, db.session.get(Teacher, far.teacher_id))
    choose(one, db.session.get(Teacher, far.teacher_id), chooser)
    row = proposals.solve_round(one=one, actor=SYSTEM)
    run_jobs()
    row = reread(row)
    assert (row.status, row.report["counts"]["people"]) == (ProposalStatus.SOLVED, 3)
    at = {place.teacher_id: place.host_id for place in placements.places_of(row.id)}
    assert at[chooser.id] == far.teacher_id
    assert {at[here.id], at[there.id]} == {near.teacher_id, third.teacher_id}
    assert f"T{here.id}" in placements.detail_of(row.id)["implied"]
    proposals.approve(proposal=row, actor=SYSTEM)
    run_jobs()
    assert placements.given_counts(row.id)[GivenStatus.GIVEN] == 3
    made = db.session.scalars(select(MentorPair).where(MentorPair.status == PairStatus.DRAFT)).all()
    assert {one.newcomer_id for one in made} == set(at)


def test_the_mentor_ranks_and_pages_of_the_second_kind_show(county, school, client, run_jobs):
    guide = mentor(school)
    teacher = db.session.get(Teacher, guide.teacher_id)
    person = newcomer(school)
    one = make_round(county.id, kind=PlacementKind.MENTOR)
    wish(one, person, teacher)
    client.sign_in(user_with(Role.TEACHER, teacher=teacher))
    assert one.name in client.get("/growth/mentoring/my?lang=en").text
    assert client.post(f"/growth/mentoring/choose/{one.id}", data={f"rank_{person.id}": "1"}).status_code == 303
    assert placements.choices_of(one, teacher.id)[person.id].rank == 1
    client.sign_in(user_with(Role.PERSONNEL_OFFICER, region=county))
    assert client.post(f"/growth/placement/{one.id}/solve").status_code == 303
    run_jobs()
    row = placements.proposals_of(one.id)[0]
    for part in ("", "/places", "/hosts", "/left", "/blocking", "/decisions"):
        assert client.get(f"/growth/placement/proposals/{row.id}{part}").status_code == 200
    assert client.get(f"/studios/placement/{one.id}").status_code == 404  # of the other kind
    assert client.get("/growth/placement/new").status_code == 200
    sheet = client.post(f"/growth/placement/proposals/{row.id}/places/export")
    assert sheet.status_code == 200
    assert BytesIO(sheet.data).read(2) == b"PK"

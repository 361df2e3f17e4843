"""The ladder of backbone titles: from the application to the honour, and what keeps it honest."""

import contextvars
import io
import threading
from datetime import date
from decimal import Decimal

import pytest
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.extensions import db
from app.growth.models import LadderApplication, LadderReview, LadderRound, LadderRung, LadderStatus, RoundStatus
from app.growth.operations import ladder, ladder_people
from app.growth.queries.ladder import figures_of
from app.growth.requirements import Requirements
from app.notices.models import Notice
from app.qualifications.models import CertificateState
from app.teachers.models import BackboneHonour
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.factories import BackboneHonourFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.ethics import EthicsEntryFactory
from tests.factories.files import png
from tests.factories.ladder import announced, apply_for, close_applications, make_round, make_rung, score
from tests.factories.qualifications import CertificateFactory

S, R = LadderStatus, RoundStatus
RUNG = {
    "position": "2",
    "name": "教学能手",
    "type_code": "teaching_expert",
    "level_code": "4",
    "valid_years": "3",
    "yearly_target": "20",
    "notice_days": "5",
    "pass_mark": "70",
    "criteria": "师德, 20\n业绩, 80",
    "honour": "rising_star",
    "honour_years": "3",
    "title": "first",
    "is_open": "y",
}


pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def reviewers(county):
    return [user_with(Role.DEVELOPMENT_CENTRE, region=county) for _ in range(2)]


def reread(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def held(teacher):
    return db.session.scalars(select(BackboneHonour).where(BackboneHonour.teacher_id == teacher.id)).all()


def test_the_centre_sets_a_rung_up_and_changes_it(client, county, centre):
    client.sign_in(centre)
    assert client.post("/growth/ladder/rungs/new", data=RUNG | {"county": county.id}).status_code == 303
    rung = db.session.scalars(select(LadderRung)).one()
    assert rung.requirements == {"honour": "rising_star", "honour_years": 3, "title": "first"}
    assert rung.criteria == [{"name": "师德", "weight": 20}, {"name": "业绩", "weight": 80}]
    edited = RUNG | {"county": county.id, "yearly_target": "25", "row_version": str(rung.version)}
    assert client.post(f"/growth/ladder/rungs/{rung.id}/edit", data=edited).status_code == 303
    assert reread(rung).yearly_target == 25
    page = client.get("/growth/ladder").text
    assert "教学能手" in page
    assert "25 missing" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"criteria": "师德, 20\n业绩, 70"}, "these add up to 90"),
        ({"criteria": "师德 20"}, "is no name and weight"),
        ({"pass_mark": "0"}, "Number must be between"),
        ({"name": ""}, "This must be filled in."),
    ],
)
def test_a_rung_that_cannot_be_scored_is_told_and_keeps_what_was_typed(client, county, centre, change, sentence):
    client.sign_in(centre)
    answer = client.post("/growth/ladder/rungs/new", data=RUNG | {"county": county.id, "yearly_target": "77"} | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="77"' in answer.text


def test_two_rungs_have_two_names_and_two_places(county):
    make_rung(county)
    for fields in ({"position": 2}, {"name": "教学能手"}):
        with pytest.raises(Refused, match="already"):
            make_rung(county, **fields)


def test_what_is_lacking_is_said_all_at_once(county, school):
    asked = {"honour": "rising_star", "honour_years": 3, "years_from": 30, "hours_from": 90, "certificate": "mental_a",
             "is_party": True}  # fmt: skip
    teacher = TeacherFactory(school=school)
    db.session.refresh(teacher, ["honours"])
    found = "; ".join(Requirements.of(asked).lacking(teacher, date(2026, 11, 19)))
    for part in ("Rising star", "30 years", "90 training hours", "verified and valid", "Communist Party"):
        assert part in found


def test_an_honour_counts_once_it_was_held_long_enough(county, school):
    asked = Requirements.of({"honour": "rising_star", "honour_years": 3})
    teacher = TeacherFactory(school=school)
    BackboneHonourFactory(teacher_id=teacher.id, type_code="rising_star", valid_from=date(2023, 11, 20), valid_to=None)
    db.session.refresh(teacher, ["honours"])
    assert asked.lacking(teacher, date(2026, 11, 19))
    assert not asked.lacking(teacher, date(2026, 11, 20))


def test_a_certificate_counts_while_it_is_verified_and_valid(county, school):
    asked = Requirements.of({"certificate": "mental_c"})
    teacher = TeacherFactory(school=school)
    db.session.refresh(teacher, ["honours"])
    kept = CertificateFactory(teacher=teacher, type_code="mental_c", valid_to=date(2026, 11, 19))
    assert kept.state is CertificateState.VERIFIED
    assert not asked.lacking(teacher, date(2026, 11, 19))
    assert asked.lacking(teacher, date(2026, 11, 20))


def test_a_teacher_applies_with_evidence_the_school_recommends_and_both_are_told(
    client, make_client, county, school, reviewers
):
    row = make_round(make_rung(county), reviewers)
    teacher = TeacherFactory(school=school)
    user, head = user_with(Role.TEACHER, teacher=teacher), user_with(Role.SCHOOL_ADMINISTRATOR, school=school)
    client.sign_in(user)
    assert "Apply for this rung" in client.get("/growth/my-ladder").text
    form = {"statement": "近三年公开课六节，课题一项。", "evidence": (io.BytesIO(png()), "获奖证书.png")}
    sent = client.post(f"/growth/my-ladder/rounds/{row.id}/apply", data=form, content_type="multipart/form-data")
    assert sent.status_code == 303
    one = db.session.scalars(select(LadderApplication)).one()
    desk = make_client().sign_in(head)
    page = desk.get(f"/growth/ladder/applications/{one.id}").text
    assert "近三年公开课六节" in page
    assert "获奖证书.png" in page
    file_id = db.session.scalars(
        select(LadderApplication).options(db.selectinload(LadderApplication.evidence))
        .execution_options(populate_existing=True)
    ).one().evidence[0].id  # fmt: skip
    assert desk.get(f"/evidence/{file_id}").status_code == 200
    stranger = make_client().sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=SchoolFactory(county=county)))
    assert stranger.get(f"/growth/ladder/applications/{one.id}").status_code == 404
    assert stranger.get(f"/evidence/{file_id}").status_code == 404
    said = {"opinion": "同意推荐。", "row_version": str(one.version)}
    assert desk.post(f"/growth/ladder/applications/{one.id}/opinion", data=said).status_code == 303
    assert reread(one).status is S.SUPPORTED
    kinds = dict(db.session.execute(select(Notice.kind, Notice.user_id)).tuples().all())
    assert kinds == {"growth.ladder_opinion": head.id, "growth.ladder": user.id}


def test_a_returned_application_is_completed_and_goes_to_the_school_again(client, county, school, reviewers):
    row = make_round(make_rung(county), reviewers)
    teacher = TeacherFactory(school=school)
    one = apply_for(row, teacher, is_supported=False)
    ladder_people.send_back(one=one, reason="请补充佐证", actor=SYSTEM)
    client.sign_in(user_with(Role.TEACHER, teacher=teacher))
    assert "请补充佐证" in client.get("/growth/my-ladder").text
    form = {"statement": "补充了三年的公开课记录。", "row_version": str(reread(one).version)}
    assert client.post(f"/growth/my-ladder/applications/{one.id}", data=form).status_code == 303
    assert reread(one).status is S.APPLIED
    ladder_people.support(one=ladder_people.fresh(one.id), opinion="同意", actor=SYSTEM)
    late = client.post(f"/growth/my-ladder/applications/{one.id}", data=form | {"row_version": ""})
    assert late.status_code == 422
    assert "somebody else was faster" in late.text


def test_nobody_applies_outside_the_days_or_twice_or_for_what_they_hold(county, school, november):
    rung = make_rung(county)
    row = make_round(rung)
    teacher, holder = TeacherFactory(school=school), TeacherFactory(school=school)
    BackboneHonourFactory(teacher_id=holder.id, type_code="rising_star", level_code="4", valid_to=None)
    apply_for(row, teacher)
    with pytest.raises(Refused, match="already"):
        apply_for(row, teacher)
    with pytest.raises(Refused, match="held already"):
        apply_for(row, holder)
    november.move_to("2026-11-30T08:00:00+08:00")
    with pytest.raises(Refused, match="2026-11-29"):
        apply_for(row, TeacherFactory(school=school))


def test_ethics_speaks_against_an_application_without_saying_what_was_found(county, school):
    row = make_round(make_rung(county))
    teacher = TeacherFactory(school=school)
    entry = vetoing(teacher)
    with pytest.raises(Refused) as refusal:
        apply_for(row, teacher)
    assert "professional ethics stands" in str(refusal.value.message)
    assert entry.clause_text not in str(refusal.value.message)


def vetoing(teacher):
    entry = EthicsEntryFactory(teacher=teacher)
    db.session.flush()
    return entry


def test_ranking_goes_by_the_exact_mean_then_by_service_and_the_places_hold(county, school):
    three = [user_with(Role.DEVELOPMENT_CENTRE, region=county) for _ in range(3)]
    row = make_round(make_rung(county, pass_mark=60), three, places=2)
    young = TeacherFactory(school=school, started_work_on=date(2015, 9, 1))
    old = TeacherFactory(school=school, started_work_on=date(2005, 9, 1))
    best, low = TeacherFactory(school=school), TeacherFactory(school=school)
    ones = [apply_for(row, teacher) for teacher in (young, old, best, low)]
    # The means are 90⅓, 90⅓, 90⅔ and 59: rounding must decide nothing.
    same = [(90, 90), (90, 90), (91, 91)]
    marks = [same, same, [(90, 90), (91, 91), (91, 91)], [(59, 59)] * 3]
    announced(row, [(one, list(zip(three, given, strict=True))) for one, given in zip(ones, marks, strict=True)])
    db.session.expire_all()
    told = [(one.rank, one.score, one.status) for one in map(reread, ones)]
    assert told == [
        (3, Decimal("90.33"), S.NOT_CHOSEN),
        (2, Decimal("90.33"), S.PROPOSED),
        (1, Decimal("90.67"), S.PROPOSED),
        (4, Decimal("59.00"), S.NOT_CHOSEN),
    ]
    assert reread(ones[3]).reason == "The score lies below 60."
    assert (reread(row).notice_from, reread(row).notice_to) == (date(2026, 11, 19), date(2026, 11, 23))


def test_nobody_scores_an_application_of_the_own_school(county, school, reviewers):
    colleague = user_with(Role.STUDIO_HOST, teacher=TeacherFactory(school=school))
    row = make_round(make_rung(county), [*reviewers, colleague])
    one = apply_for(row, TeacherFactory(school=school))
    other = apply_for(row, TeacherFactory(school=SchoolFactory(county=county)))
    close_applications(row)
    ladder.begin_review(row=row, actor=SYSTEM)
    asked = db.session.execute(select(LadderReview.application_id, LadderReview.reviewer_id)).tuples().all()
    assert {reviewer for number, reviewer in asked if number == one.id} == {user.id for user in reviewers}
    assert colleague.id in {reviewer for number, reviewer in asked if number == other.id}
    only = make_round(make_rung(county, position=3, name="名师"), [colleague])
    apply_for(only, TeacherFactory(school=school))
    close_applications(only)
    with pytest.raises(Refused, match="Name another reviewer"):
        ladder.begin_review(row=only, actor=SYSTEM)


def test_a_review_waits_for_the_schools_and_the_notice_for_the_reviews(county, school, reviewers):
    row = make_round(make_rung(county), reviewers)
    one = apply_for(row, TeacherFactory(school=school), is_supported=False)
    with pytest.raises(Refused, match="the review begins after it"):
        ladder.begin_review(row=row, actor=SYSTEM)
    close_applications(row)
    with pytest.raises(Refused, match=r"1 applications still wait"):
        ladder.begin_review(row=row, actor=SYSTEM)
    ladder_people.support(one=one, opinion="同意", actor=SYSTEM)
    ladder.begin_review(row=row, actor=SYSTEM)
    score(one, reviewers[0], 80, 80)
    with pytest.raises(Refused, match=r"1 reviews are still missing"):
        ladder.announce(row=row, actor=SYSTEM)


def test_a_reviewer_scores_on_the_page_and_another_does_not(client, make_client, county, school, reviewers):
    row = make_round(make_rung(county), reviewers)
    one = apply_for(row, TeacherFactory(school=school))
    close_applications(row)
    ladder.begin_review(row=row, actor=SYSTEM)
    client.sign_in(reviewers[0])
    assert one.teacher.name in client.get("/growth/ladder/reviews").text
    mine, other = db.session.scalars(select(LadderReview).order_by(LadderReview.reviewer_id)).all()
    address = f"/growth/ladder/reviews/{mine.id}"
    wrong = client.post(address, data={"score_0": "101", "score_1": "80", "comment": "很好"})
    assert (wrong.status_code, "很好" in wrong.text) == (422, True)
    assert client.post(address, data={"score_0": "85", "score_1": "80"}).status_code == 303
    assert reread(mine).score == Decimal("83.00")
    assert client.get(f"/growth/ladder/reviews/{other.id}").status_code == 404


@pytest.fixture
def chosen(county, school, reviewers):
    """Two teachers under public notice for one place more than there is."""
    row = make_round(make_rung(county), reviewers, places=2)
    ones = [apply_for(row, TeacherFactory(school=school)) for _ in range(2)]
    announced(row, [(one, [(user, (80, 80)) for user in reviewers]) for one in ones])
    return row, [ladder_people.fresh(one.id) for one in ones]


def test_recognition_waits_for_the_end_of_the_notice_then_gives_the_honour(client, centre, chosen, november):
    row, (one, _other) = chosen
    client.sign_in(centre)
    assert client.post(f"/growth/ladder/rounds/{row.id}/recognise").status_code == 303
    assert held(one.teacher) == []
    november.move_to("2026-11-24T08:00:00+08:00")
    client.sign_in(centre).post(f"/growth/ladder/rounds/{row.id}/recognise")
    assert "2 teachers were recognised" in client.get(f"/growth/ladder/rounds/{row.id}").text
    (honour,) = held(one.teacher)
    assert (honour.type_code, honour.level_code, honour.title) == ("rising_star", "4", "教坛新秀")
    assert (honour.valid_from, honour.valid_to) == (date(2026, 11, 24), date(2029, 11, 23))
    assert (reread(one).status, reread(one).honour_id, reread(row).status) == (S.RECOGNISED, honour.id, R.DONE)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.position)).all()
    assert actions.count("honour.add") == actions.count("ladder.recognise") == 2


def test_who_is_vetoed_meanwhile_is_passed_over_and_nothing_of_it_stays(chosen, november):
    row, (one, other) = chosen
    november.move_to("2026-11-24T08:00:00+08:00")
    vetoing(one.teacher)
    done, refused = ladder_people.recognise_all(row=row, actor=SYSTEM)
    assert (done, len(refused)) == (1, 1)
    assert (held(one.teacher), len(held(other.teacher))) == ([], 1)
    assert (reread(row).places_taken, reread(row).status, reread(one).status) == (1, R.NOTICE, S.PROPOSED)
    ladder_people.drop(one=ladder_people.fresh(one.id), reason="师德一票否决", actor=SYSTEM)
    assert (reread(row).status, reread(one).status) == (R.DONE, S.NOT_CHOSEN)


@pytest.mark.parametrize(("on", "last"), [("2026-11-24", None), ("2026-11-30", date(2026, 11, 29))])
def test_a_recognition_is_withdrawn_with_its_honour(client, centre, chosen, november, on, last):
    row, (one, _other) = chosen
    november.move_to("2026-11-24T08:00:00+08:00")
    ladder_people.recognise_all(row=row, actor=SYSTEM)
    november.move_to("2026-12-01T08:00:00+08:00")
    client.sign_in(centre)
    address = f"/growth/ladder/applications/{one.id}/revoke"
    form = {"on": on, "reason": "材料不实", "row_version": str(reread(one).version)}
    assert client.post(address, data=form | {"reason": ""}).status_code == 422
    assert client.post(address, data=form).status_code == 303
    assert [honour.valid_to for honour in held(one.teacher)] == ([last] if last else [])
    assert (reread(one).status, reread(one).reason) == (S.REVOKED, "材料不实")
    assert "材料不实" in client.get(f"/growth/ladder/applications/{one.id}").text
    assert client.post(address, data=form | {"row_version": ""}).status_code == 422


def test_at_the_same_time_only_as_many_are_recognised_as_there_are_places(app, county, school, reviewers, backend):
    row = make_round(make_rung(county), reviewers, places=8)
    ones = [apply_for(row, TeacherFactory(school=school)) for _ in range(8)]
    announced(row, [(one, [(user, (80, 80)) for user in reviewers]) for one in ones])
    # The county took places back meanwhile: three are left for eight.
    ended = {"notice_from": date(2026, 11, 18), "notice_to": date(2026, 11, 18)}
    db.session.execute(db.update(LadderRound).values(places=3, **ended))
    numbers = [one.id for one in ones]
    teachers = [one.teacher_id for one in ones]
    db.session.commit()
    told = at_once(
        app, [lambda n=n: ladder_people.recognise(one=ladder_people.fresh(n), actor=SYSTEM) for n in numbers]
    )
    assert len(told) == 5
    assert all("All 3 places" in said or "places" in said for said in told)
    db.session.expire_all()
    assert db.session.get(LadderRound, row.id).places_taken == 3
    honours = select(db.func.count()).select_from(BackboneHonour).where(BackboneHonour.teacher_id.in_(teachers))
    assert db.session.scalar(honours) == 3


def test_the_same_recognition_clicked_twice_gives_one_honour(app, chosen):
    row, (one, _other) = chosen
    db.session.execute(db.update(LadderRound).values(notice_from=date(2026, 11, 18), notice_to=date(2026, 11, 18)))
    number, teacher = one.id, one.teacher_id
    db.session.commit()
    told = at_once(app, [recognising(number)] * 4)
    assert len(told) == 3
    honours = select(db.func.count()).select_from(BackboneHonour).where(BackboneHonour.teacher_id == teacher)
    assert db.session.scalar(honours) == 1
    assert reread(row).places_taken == 1


def recognising(number):
    return lambda: ladder_people.recognise(one=ladder_people.fresh(number), actor=SYSTEM)


def at_once(app, actions):
    """What the refused were told; each acts in a thread and a connection of its own."""
    start, told, failures = threading.Barrier(len(actions)), [], []

    def run(action):
        with app.app_context(), force_locale("en"):
            start.wait()
            try:
                with transaction():
                    action()
            except Refused as refusal:
                told.append(str(refusal.message))
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=contextvars.Context().run, args=(run, one)) for one in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return told


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"places_taken": 3}, "ck_ladder_round_places_not_exceeded"),
        ({"status": "cancelled"}, "ck_ladder_round_cancelled_has_reason"),
        ({"status": "notice", "notice_to": None}, "ck_ladder_round_notice_has_days"),
    ],
)
def test_the_database_itself_refuses_a_round_that_cannot_be(county, values, name):
    make_round(make_rung(county), places=2)
    with pytest.raises(IntegrityError) as error:
        db.session.execute(db.update(LadderRound).values(**values))
    assert name in str(error.value)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"status": "recognised"}, "ck_ladder_application_"),
        ({"status": "refused"}, "ck_ladder_application_refusal_has_reason"),
        ({"rank": 0}, "ck_ladder_application_rank_from_one"),
    ],
)
def test_the_database_itself_refuses_an_application_that_cannot_be(county, school, values, name):
    apply_for(make_round(make_rung(county)), TeacherFactory(school=school))
    with pytest.raises(IntegrityError) as error:
        db.session.execute(db.update(LadderApplication).values(**values))
    assert name in str(error.value)


def test_a_year_has_one_round_of_a_rung_unless_it_was_called_off(county, school):
    rung = make_rung(county)
    row = make_round(rung)
    one = apply_for(row, TeacherFactory(school=school))
    with pytest.raises(Refused, match="already"):
        make_round(rung)
    ladder.cancel_round(row=row, reason="名额未下达", actor=SYSTEM)
    assert (reread(one).status, reread(one).reason) == (S.NOT_CHOSEN, "名额未下达")
    assert make_round(rung).status is R.OPEN


def test_the_figures_name_the_people_behind_them(client, centre, chosen, county, november):
    row, (one, other) = chosen
    november.move_to("2026-11-24T08:00:00+08:00")
    ladder_people.recognise(one=ladder_people.fresh(one.id), actor=SYSTEM)
    rung = reread(row).rung
    found = figures_of([rung], centre.grants, date(2026, 11, 24))[rung.id]
    assert (found.recognised, found.holders, found.is_met(rung, 2026)) == ({2026: 1}, 1, False)
    client.sign_in(centre)
    behind = client.get(f"/growth/ladder/applications?rung={rung.id}&year=2026&status=recognised").text
    assert (one.teacher.name in behind, other.teacher.name in behind) == (True, False)
    assert one.teacher.name in client.get(f"/growth/ladder/rungs/{rung.id}/holders").text


def test_the_public_notice_lists_those_to_be_recognised_by_rank(client, county, centre, chosen):
    row, (one, other) = chosen
    ladder_people.drop(one=ladder_people.fresh(other.id), reason="本人放弃", actor=SYSTEM)
    text = client.sign_in(centre).post(f"/growth/ladder/rounds/{row.id}/notice?format=csv").data.decode("utf-8-sig")
    assert (one.teacher.name in text, other.teacher.name in text, "80" in text) == (True, False, True)
    taken = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert taken.subject_type == "ladder_notice"


def test_a_school_sees_and_exports_its_own_teachers_only(client, county, school, reviewers):
    row = make_round(make_rung(county), reviewers)
    own = apply_for(row, TeacherFactory(school=school, name="林青禾"))
    apply_for(row, TeacherFactory(school=SchoolFactory(county=county), name="高远"))
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    page = client.get(f"/growth/ladder/rounds/{row.id}").text
    assert ("林青禾" in page, "高远" in page) == (True, False)
    text = client.post("/growth/ladder/applications/export?format=csv").data.decode("utf-8-sig")
    assert ("林青禾" in text, "高远" in text) == (True, False)
    assert client.post(f"/growth/ladder/applications/{own.id}/recognise").status_code == 403


def test_the_queries_of_a_round_do_not_grow_with_its_applications(client, county, school, centre, reviewers, queries):
    row = make_round(make_rung(county), reviewers)
    apply_for(row, TeacherFactory(school=school))
    client.sign_in(centre)
    for address in (f"/growth/ladder/rounds/{row.id}", "/growth/ladder/applications", "/growth/ladder"):
        client.get(address)
    counted = []
    for _ in range(3):
        with queries() as found:
            for address in (f"/growth/ladder/rounds/{row.id}", "/growth/ladder/applications", "/growth/ladder"):
                client.get(address)
        counted.append(len(found))
        for _more in range(4):
            apply_for(row, TeacherFactory(school=school))
        for position in range(5, 9):
            if not db.session.scalar(select(LadderRung.id).where(LadderRung.position == position)):
                make_rung(county, position=position, name=f"称号{position}")
    assert counted[1] == counted[2]


def test_the_centre_opens_changes_and_calls_a_round_off_on_its_pages(client, county, centre, reviewers):
    rung = make_rung(county)
    client.sign_in(centre)
    form = {
        "year": "2026",
        "places": "5",
        "opens_on": "2026-11-01",
        "closes_on": "2026-12-01",
        "reviewers": [str(reviewers[0].id)],
    }
    wrong = client.post(f"/growth/ladder/rungs/{rung.id}/open", data=form | {"closes_on": "2026-10-01"})
    assert (wrong.status_code, "The end lies before the beginning." in wrong.text) == (422, True)
    assert client.post(f"/growth/ladder/rungs/{rung.id}/open", data=form).status_code == 303
    row = db.session.scalars(select(LadderRound)).one()
    address = f"/growth/ladder/rounds/{row.id}"
    shown = client.get(f"{address}/edit").text
    assert shown.count("checked") == 1
    both = [str(user.id) for user in reviewers]
    edited = form | {"places": "6", "reviewers": both, "row_version": str(row.version)}
    assert client.post(f"{address}/edit", data=edited).status_code == 303
    db.session.expire_all()
    assert db.session.get(LadderRound, row.id).places == 6
    assert reviewers[1].name in client.get(address).text
    stale = client.post(f"{address}/edit", data=edited)
    assert (stale.status_code, "Somebody else changed" in stale.text) == (422, True)
    assert client.post(f"{address}/cancel", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/cancel", data={"reason": "名额未下达"}).status_code == 303
    assert reread(row).status is R.CANCELLED
    assert "Round called off" in client.get("/growth/ladder/rounds").text


def test_the_holders_of_a_rung_are_exported(client, county, school, centre):
    rung = make_rung(county)
    holder = TeacherFactory(school=school, name="沈知秋")
    BackboneHonourFactory(teacher_id=holder.id, type_code="rising_star", level_code="4", valid_to=None)
    ended = TeacherFactory(school=school, name="何远山")
    BackboneHonourFactory(
        teacher_id=ended.id,
        type_code="rising_star",
        level_code="4",
        valid_from=date(2020, 1, 1),
        valid_to=date(2022, 1, 1),
    )
    client.sign_in(centre)
    text = client.post(f"/growth/ladder/rungs/{rung.id}/holders/export?format=csv").data.decode("utf-8-sig")
    assert ("沈知秋" in text, "何远山" in text) == (True, False)

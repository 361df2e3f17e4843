"""Reviewers: one of two wins, many at once, stand-ins by date, hours only with a reason, disputes with a ruling."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.credits import packs
from app.credits.books import ensure_rules
from app.credits.ledger import confirmed_claims, recount
from app.credits.models import (
    ClaimStatus,
    CreditClaim,
    CreditClaimStep,
    CreditEntry,
    CreditStandIn,
    CreditTotal,
    EntryCause,
    LedgerIsClosed,
)
from app.credits.operations import disputes, reviews
from app.credits.operations.rule_sets import create_draft, put_in_force
from app.credits.operations.stand_ins import appoint
from app.credits.verifying import verify
from app.db.clock import today
from app.extensions import db
from app.regions.models import Region
from app.web.errors import Refused
from tests.factories import TeacherFactory, UserFactory, user_with
from tests.factories.credits import MOMENT, ClaimFactory


def counted(teacher):
    return db.session.scalar(select(func.sum(CreditEntry.hours)).where(CreditEntry.teacher_id == teacher.id)) or 0


def use(pack, county_id, valid_from=date(2011, 1, 1)):
    draft = create_draft(actor=SYSTEM, county_id=county_id, valid_from=valid_from, rules=packs.pack(pack))
    put_in_force(actor=SYSTEM, draft=draft)


def test_of_two_reviewers_one_wins_and_the_other_is_told(scene, make_client):
    claim = scene.claim(status=ClaimStatus.AT_COUNTY)
    other = user_with(Role.DEVELOPMENT_CENTRE, region=db.session.get_one(Region, scene.school.county_id))
    number, seen = claim.id, claim.version
    first, second = make_client().sign_in(scene.centre), make_client().sign_in(other)
    answer = first.post(f"/credits/queue/{number}", data={"action": "accept", "row_version": seen})
    assert answer.status_code == 303
    late = second.post(f"/credits/queue/{number}", data={"action": "return", "reason": "材料不全", "row_version": seen})
    assert late.status_code == 422 and "Somebody else was faster" in late.text and "Hours confirmed" in late.text
    assert "材料不全" in late.text
    assert db.session.get(CreditClaim, number).status is ClaimStatus.CONFIRMED
    assert counted(scene.teacher) == 6


def test_two_transactions_cannot_both_confirm(scene):
    claim = scene.claim(status=ClaimStatus.AT_COUNTY)
    db.session.execute(update(CreditClaim).values(version=9), execution_options={"synchronize_session": False})
    with pytest.raises(Refused):
        reviews.confirm(actor=scene.centre, claim=claim)
    assert counted(scene.teacher) == 0


def test_many_are_confirmed_at_once_or_none(scene, client, queries):
    teachers = [TeacherFactory(school=scene.school) for _n in range(4)]
    claims = [ClaimFactory(teacher=one, status=ClaimStatus.AT_COUNTY) for one in teachers]
    client.sign_in(scene.centre)
    boxes = [f"{claim.id}:{claim.version}" for claim in claims]
    stale = [*boxes[:-1], boxes[-1] + "7"]
    client.post("/credits/queue/accept?stage=county", data={"claim": stale})
    assert {c.status for c in db.session.scalars(select(CreditClaim))} == {ClaimStatus.AT_COUNTY}
    assert "Somebody else was faster" in client.get("/credits/queue?stage=county").text
    client.post("/credits/queue/accept?stage=county", data={"claim": boxes})
    db.session.expire_all()
    assert {c.status for c in db.session.scalars(select(CreditClaim))} == {ClaimStatus.CONFIRMED}
    assert [counted(one) for one in teachers] == [6] * 4


def test_a_school_passes_on_only_its_own(scene, client):
    strange = ClaimFactory(status=ClaimStatus.AT_SCHOOL)
    own = scene.claim(status=ClaimStatus.AT_SCHOOL)
    client.sign_in(scene.head)
    page = client.get("/credits/queue").text
    assert own.title in page and strange.title not in page
    client.post("/credits/queue/accept", data={"claim": [f"{c.id}:{c.version}" for c in (own, strange)]})
    assert db.session.get(CreditClaim, own.id).status is ClaimStatus.AT_COUNTY
    assert db.session.get(CreditClaim, strange.id).status is ClaimStatus.AT_SCHOOL


def test_nobody_reviews_their_own_claim(scene, client):
    from tests.factories import grant

    grant(scene.head, Role.TEACHER, teacher=scene.teacher)
    own = scene.claim(status=ClaimStatus.AT_SCHOOL)
    client.sign_in(scene.head)
    assert own.title not in client.get("/credits/queue").text
    assert client.get(f"/credits/queue/{own.id}").status_code == 404


@pytest.mark.parametrize(
    ("hours", "reason"), [("4", ""), ("-1", "缺勤"), ("x", "缺勤"), ("1000000000", "缺勤"), ("6", "缺勤")]
)
def test_hours_change_only_with_a_reason_and_to_what_can_be(scene, client, hours, reason):
    claim = scene.claim(status=ClaimStatus.AT_SCHOOL)
    client.sign_in(scene.head)
    data = {"action": "hours", "hours": hours, "reason": reason, "row_version": claim.version}
    answer = client.post(f"/credits/queue/{claim.id}", data=data)
    assert answer.status_code == 422
    assert db.session.get(CreditClaim, claim.id).hours == 6


def test_changed_hours_stand_on_record_with_their_reason(scene, client, make_client):
    claim = scene.claim(status=ClaimStatus.AT_SCHOOL)
    client.sign_in(scene.head)
    data = {"action": "hours", "hours": "4.5", "reason": "缺席半天", "row_version": claim.version}
    assert client.post(f"/credits/queue/{claim.id}", data=data).status_code == 303
    claim = db.session.get(CreditClaim, claim.id)
    assert (claim.hours, claim.hours_claimed) == (Decimal("4.5"), 6)
    assert "缺席半天" in make_client().sign_in(scene.user).get(f"/credits/me/claims/{claim.id}").text


def test_a_stand_in_reviews_only_in_those_days_and_the_record_names_both(scene, client):
    deputy = UserFactory(name="代理人")
    claim = scene.claim(status=ClaimStatus.AT_SCHOOL)
    row = appoint(
        actor=scene.head,
        for_user=scene.head,
        user=deputy,
        county_id=scene.school.county_id,
        from_on=today(),
        to_on=today(),
        reason="出差",
    )
    client.sign_in(deputy)
    assert claim.title in client.get("/credits/queue").text
    assert client.get("/teachers").status_code == 403
    client.post(f"/credits/queue/{claim.id}", data={"action": "accept", "row_version": claim.version})
    assert db.session.get(CreditClaim, claim.id).status is ClaimStatus.AT_COUNTY
    step = db.session.scalars(select(CreditClaimStep)).one()
    assert step.actor_id == deputy.id and scene.head.username in step.acting_for_label
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "credit.check")).one()
    assert deputy.username in entry.actor_label and scene.head.username in entry.actor_label
    second = scene.claim(status=ClaimStatus.AT_SCHOOL)
    db.session.get(CreditStandIn, row.id).from_on = today() - timedelta(days=2)
    db.session.get(CreditStandIn, row.id).to_on = today() - timedelta(days=1)
    assert second.title not in client.get("/credits/queue").text
    assert client.get(f"/credits/queue/{second.id}").status_code == 404


def test_a_stand_in_is_named_and_ended_on_a_page(scene, client, rows):
    deputy = user_with(Role.TEACHER, teacher=TeacherFactory(school=scene.school))
    client.sign_in(scene.head)
    day = today().isoformat()
    data = {"for_user": scene.head.id, "user": "nobody", "from_on": day, "to_on": day}
    assert "Nobody of this county" in client.post("/credits/stand-ins", data=data).text
    assert client.post("/credits/stand-ins", data=data | {"user": deputy.username}).status_code == 303
    assert client.post("/credits/stand-ins", data=data | {"user": deputy.username}).status_code == 422
    row = db.session.scalars(select(CreditStandIn)).one()
    assert client.post(f"/credits/stand-ins/{row.id}/end").status_code == 303
    assert db.session.get(CreditStandIn, row.id).ended_on == today()


def test_an_objection_is_answered_and_ruled(scene, make_client):
    claim = scene.claim(status=ClaimStatus.AT_COUNTY)
    reviews.change_hours(actor=scene.centre, claim=claim, hours=Decimal(3), reason="只认一半")
    reviews.confirm(actor=scene.centre, claim=claim)
    teacher, head, centre = (make_client().sign_in(one) for one in (scene.user, scene.head, scene.centre))
    assert counted(scene.teacher) == 3
    teacher.post(f"/credits/me/claims/{claim.id}/dispute", data={"body": "我全程参加"})
    head.post(f"/credits/queue/{claim.id}/answer", data={"body": "签到表可证明"})
    assert "签到表可证明" in teacher.get(f"/credits/me/claims/{claim.id}").text
    assert head.post(f"/credits/queue/{claim.id}/rule", data={"ruling": "upheld", "body": "同意"}).status_code == 404
    ruling = {"ruling": "upheld", "body": "认定全部", "hours": "6"}
    centre.post(f"/credits/queue/{claim.id}/rule", data=ruling)
    assert counted(scene.teacher) == 6
    assert centre.post(f"/credits/queue/{claim.id}/rule", data=ruling).status_code == 404
    assert "Teacher was right" in teacher.get(f"/credits/me/claims/{claim.id}").text


def test_only_one_objection_is_open_at_a_time(scene):
    claim = scene.claim(status=ClaimStatus.CONFIRMED)
    disputes.open_dispute(actor=scene.user, claim=claim, body="有误")
    db.session.commit()
    with pytest.raises(Refused):
        disputes.open_dispute(actor=scene.user, claim=db.session.get(CreditClaim, claim.id), body="再次")


# --- the ledger -----------------------------------------------------------------------------------------------------


def test_the_ledger_refuses_to_be_changed(scene):
    reviews.confirm(actor=scene.centre, claim=scene.claim(status=ClaimStatus.AT_COUNTY))
    db.session.commit()
    entry = db.session.scalars(select(CreditEntry)).one()
    entry.hours = Decimal(100)
    with pytest.raises(LedgerIsClosed):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(LedgerIsClosed):
        db.session.execute(delete(CreditEntry))
    with pytest.raises(LedgerIsClosed):
        db.session.execute(update(CreditEntry).values(hours=Decimal(1)))
    db.session.rollback()
    db.session.delete(db.session.scalars(select(CreditEntry)).one())
    with pytest.raises(LedgerIsClosed):
        db.session.flush()
    db.session.rollback()


def test_the_database_lets_no_line_be_reversed_twice_or_be_empty(scene):
    reviews.confirm(actor=scene.centre, claim=scene.claim(status=ClaimStatus.AT_COUNTY))
    entry = db.session.scalars(select(CreditEntry)).one()
    facts = {name: getattr(entry, name) for name in ("teacher_id", "claim_id", "rule_set_id", "kind_code", "account")}
    facts |= {"year": 2026, "cycle": 2026, "cause": EntryCause.RECOUNT, "at": MOMENT}
    db.session.commit()
    reverse = facts | {"hours": Decimal(-6), "reverses_id": entry.id}
    for rows in (
        [reverse, reverse],
        [facts | {"hours": Decimal(0)}],
        [facts | {"hours": Decimal(-1)}],
        [facts | {"hours": Decimal(1), "reverses_id": entry.id}],
    ):
        db.session.add_all(CreditEntry(**row) for row in rows)
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_an_earlier_claim_confirmed_later_displaces_hours_by_reversing_lines(scene):
    use("zhejiang", scene.school.county_id)
    late = scene.claim(status=ClaimStatus.AT_COUNTY, kind_code="online", from_on=date(2026, 5, 1), hours=Decimal(8))
    early = scene.claim(status=ClaimStatus.AT_COUNTY, kind_code="online", from_on=date(2026, 3, 1), hours=Decimal(6))
    reviews.confirm(actor=scene.centre, claim=late)
    reviews.confirm(actor=scene.centre, claim=early)
    lines = db.session.execute(
        select(CreditEntry.claim_id, CreditEntry.hours, CreditEntry.cause).order_by(CreditEntry.id)
    ).all()
    assert [(c == late.id, h) for c, h, _why in lines] == [(True, 8), (True, -8), (False, 6), (True, 4)]
    assert {why for c, _h, why in lines[1:] if c == late.id} == {EntryCause.DISPLACED}
    assert counted(scene.teacher) == 10
    assert db.session.get(CreditTotal, (scene.teacher.id, 2026)).hours == 10


@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["online", "school_based", "short", "ethics"]), st.integers(1, 40), st.integers(0, 700)
        ),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_whatever_the_order_of_confirmation_caps_hold_and_recomputation_agrees(scene, rows, chance):
    teacher = TeacherFactory(school=scene.school)
    if db.session.scalar(select(func.count()).select_from(CreditEntry)) == 0:
        use("zhejiang", scene.school.county_id)
    claims = [
        ClaimFactory(
            teacher=teacher,
            status=ClaimStatus.AT_COUNTY,
            kind_code=kind,
            hours=Decimal(hours),
            from_on=date(2024, 6, 1) + timedelta(days=day),
        )
        for kind, hours, day in rows
    ]
    db.session.commit()
    for claim in chance.sample(claims, len(claims)):
        reviews.confirm(actor=SYSTEM, claim=claim)
    by = {
        (kind, year): hours
        for kind, year, hours in db.session.execute(
            select(CreditEntry.kind_code, CreditEntry.year, func.sum(CreditEntry.hours))
            .where(CreditEntry.teacher_id == teacher.id)
            .group_by(CreditEntry.kind_code, CreditEntry.year)
        )
    }
    caps = {"online": 10, "school_based": 24, "ethics": 16}
    assert all(hours <= caps.get(kind, 120) for (kind, _year), hours in by.items())
    assert all(sum(h for (_k, y), h in by.items() if y == year) <= 144 for _kind, year in by)
    db.session.commit()
    assert verify(scene.school.county_id).different == 0
    undone = chance.choice(claims)
    db.session.execute(
        update(CreditClaim).where(CreditClaim.id == undone.id).values(status=ClaimStatus.WITHDRAWN, confirmed_at=None)
    )
    recount([teacher.id], cause=EntryCause.WITHDRAWN, because_of={undone.id})
    db.session.commit()
    assert verify(scene.school.county_id).different == 0
    assert undone.id not in {c.claim_id for found in confirmed_claims([teacher.id]).values() for c in found}


def test_verify_names_what_somebody_changed_behind_our_back(scene, runner):
    ensure_rules(scene.school.county_id)
    claim = scene.claim(status=ClaimStatus.AT_COUNTY)
    reviews.confirm(actor=scene.centre, claim=claim)
    fine = runner.invoke(args=["credits", "verify"])
    assert fine.exit_code == 0 and "1 teachers, 1 confirmed claims" in fine.output and "no differences" in fine.output
    db.session.execute(CreditEntry.__table__.update().values(hours=Decimal(60)))
    wrong = runner.invoke(args=["credits", "verify"])
    assert wrong.exit_code == 1
    assert f"teacher {scene.teacher.id}: claim {claim.id} as concentrated" in wrong.output and "60.00 h" in wrong.output
    db.session.execute(CreditEntry.__table__.update().values(hours=Decimal(6)))
    db.session.execute(CreditTotal.__table__.update().values(hours=Decimal(60)))
    assert runner.invoke(args=["credits", "verify"]).exit_code == 1
    db.session.execute(CreditTotal.__table__.update().values(hours=Decimal(6)))
    db.session.execute(CreditClaim.__table__.update().values(hours=Decimal(5)))
    assert runner.invoke(args=["credits", "verify"]).exit_code == 1
    code = db.session.get_one(Region, scene.school.county_id).code
    assert runner.invoke(args=["credits", "recount", "--county", code]).exit_code == 0
    assert runner.invoke(args=["credits", "verify", "--county", code]).exit_code == 0
    assert runner.invoke(args=["credits", "verify", "--county", "000000"]).exit_code == 1

"""A teacher logs: drafts as typed, bad input said beside its field, evidence noticed, nothing counted twice."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select

from app.credits.models import ClaimStatus, CreditClaim, CreditClaimEvidence, CreditEntry
from app.credits.operations.claims import start_claim
from app.db.clock import today
from app.extensions import db
from app.notices.models import Notice
from tests.factories import TeacherFactory
from tests.factories.credits import ClaimFactory
from tests.factories.files import png

NOON = "2026-06-15 04:00:00+00:00"
FILLED = {
    "kind": "concentrated",
    "title": "县级教研培训",
    "from_on": "2026-06-01",
    "done_on": "2026-06-02",
    "quantity": "12",
    "action": "submit",
}


@pytest.fixture(autouse=True)
def _a_day_in_june():
    with time_machine.travel(NOON, tick=True):
        yield


def photo(content=None, name="证书.png"):
    return (BytesIO(content or png()), name)


def start(scene):
    claim = start_claim(actor=scene.user, teacher=scene.teacher)
    db.session.commit()
    return claim.id


def send(client, claim_id, **typed):
    data = FILLED | {"evidence": photo()} | typed
    return client.post(f"/credits/me/claims/{claim_id}/edit", data={k: v for k, v in data.items() if v is not None})


def test_a_claim_goes_from_a_telephone_to_the_school(scene, client):
    number = start(scene)
    client.sign_in(scene.user)
    answer = send(client, number)
    assert answer.status_code == 303, answer.text
    claim = db.session.get(CreditClaim, number)
    assert (claim.status, claim.hours, claim.school_id) == (ClaimStatus.AT_SCHOOL, 12, scene.school.id)
    assert db.session.scalar(select(CreditClaimEvidence.claim_id)) == number
    page = client.get(f"/credits/me/claims/{number}").text
    assert "县级教研培训" in page and "证书.png" in page


def test_a_draft_is_kept_as_typed(scene, client):
    number = start(scene)
    client.sign_in(scene.user)
    assert send(client, number, quantity="2.5.1", from_on="", kind="", action="draft").status_code == 303
    page = client.get(f"/credits/me/claims/{number}/edit").text
    assert 'value="2.5.1"' in page and 'value="县级教研培训"' in page and "证书.png" in page
    assert db.session.get(CreditClaim, number).status is ClaimStatus.DRAFT


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"quantity": "-1"}, "more than 0"),
        ({"quantity": "1e9"}, "No training lasts longer"),
        ({"quantity": "1000000000"}, "No training lasts longer"),
        ({"quantity": "2.5.1"}, "is no number"),
        ({"quantity": "NaN"}, "is no number"),
        ({"quantity": "1.234"}, "two decimal places"),
        ({"quantity": "25"}, "do not fit into 2 days"),
        ({"quantity": ""}, "Write how much it was"),
        ({"from_on": "1900-01-01"}, "lies before 2011-01-01"),
        ({"done_on": "2027-01-01"}, "has not come yet"),
        ({"done_on": "2026-05-31"}, "last day lies before the first"),
        ({"from_on": "soon"}, "Write the date as"),
        ({"from_on": "2023-01-01", "done_on": "2023-01-02"}, "up to 24 months"),
        ({"kind": "nothing"}, "Choose the kind of training"),
        ({"title": ""}, "Say what it was"),
        ({"kind": "paper", "quantity": "0.9"}, "Less than one 1,000 characters counts nothing"),
        ({"evidence": None}, "needs a photograph"),
        ({"evidence": b"<html><script>x()</script>"}, "web page"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(scene, client, typed, said):
    number = start(scene)
    client.sign_in(scene.user)
    given = {k: photo(v, "证书.pdf") if isinstance(v, bytes) else v for k, v in typed.items()}
    answer = send(client, number, **given)
    assert answer.status_code == 422
    assert said in answer.text
    for name in ("title", "quantity"):
        assert f'value="{(FILLED | typed)[name]}"' in answer.text or not (FILLED | typed)[name]
    assert db.session.get(CreditClaim, number).status is ClaimStatus.DRAFT
    if typed.get("evidence", photo) is photo:
        assert "证书.png" in answer.text  # uploaded once is uploaded


def test_training_on_the_same_days_must_be_said_to_be_another(scene, client):
    scene.claim(status=ClaimStatus.AT_SCHOOL, from_on=date(2026, 6, 2), title="网络研修")
    number = start(scene)
    client.sign_in(scene.user)
    answer = send(client, number)
    assert answer.status_code == 422 and "网络研修 (2026-06-02 – 2026-06-02)" in answer.text
    assert send(client, number, both="y").status_code == 303


def test_the_very_same_training_counts_once(scene, client):
    scene.claim(status=ClaimStatus.CONFIRMED, from_on=date(2026, 6, 1), done_on=date(2026, 6, 2), title=FILLED["title"])
    number = start(scene)
    client.sign_in(scene.user)
    answer = send(client, number, both="y")
    assert answer.status_code == 422 and "You have logged this already" in answer.text


def test_a_photograph_used_before_is_noticed(scene, client):
    client.sign_in(scene.user)
    first, second = start(scene), start(scene)
    send(client, first)
    answer = send(client, second, from_on="2026-05-01", done_on="2026-05-02", action="draft")
    page = client.get(answer.location).text
    assert "This evidence is used elsewhere" in page and "县级教研培训" in page


def test_anothers_claim_with_the_same_photograph_is_named_to_reviewers_only(scene, client, make_client):
    other = TeacherFactory(school=scene.school, name="李四")
    from app.access import Role
    from tests.factories import user_with

    theirs = start_claim(actor=scene.user, teacher=other)
    db.session.commit()
    make_client().sign_in(user_with(Role.TEACHER, teacher=other)).post(
        f"/credits/me/claims/{theirs.id}/edit", data=FILLED | {"evidence": photo(), "title": "别人的培训"}
    )
    number = start(scene)
    client.sign_in(scene.user)
    send(client, number, action="draft")
    page = client.get(f"/credits/me/claims/{number}/edit").text
    assert "evidence of another teacher" in page and "李四" not in page and "别人的培训" not in page
    send(client, number)
    review = make_client().sign_in(scene.head).get(f"/credits/queue/{number}").text
    assert "李四" in review and "别人的培训" in review


def test_others_claims_are_not_found(scene, client):
    strange = ClaimFactory(status=ClaimStatus.AT_SCHOOL)
    client.sign_in(scene.user)
    for path in (f"/credits/me/claims/{strange.id}", f"/credits/me/claims/{strange.id}/edit"):
        assert client.get(path).status_code == 404
    assert client.post(f"/credits/me/claims/{strange.id}/take-back").status_code == 404


def test_a_waiting_claim_can_be_taken_back_and_a_draft_given_up(scene, client, rows):
    number = start(scene)
    client.sign_in(scene.user)
    send(client, number)
    assert client.get(f"/credits/me/claims/{number}/edit").status_code == 303
    client.post(f"/credits/me/claims/{number}/take-back")
    assert db.session.get(CreditClaim, number).status is ClaimStatus.DRAFT
    client.post(f"/credits/me/claims/{number}/give-up")
    assert db.session.get(CreditClaim, number).status is ClaimStatus.WITHDRAWN  # it was handed in once
    fresh = start(scene)
    client.post(f"/credits/me/claims/{fresh}/give-up")
    assert rows(CreditClaim) == 1


def test_school_returns_teacher_mends_county_confirms_and_the_ring_moves(scene, client, make_client, rows):
    number = start(scene)
    teacher, head, centre = (make_client().sign_in(one) for one in (scene.user, scene.head, scene.centre))
    send(teacher, number)

    def version():
        db.session.expire_all()
        return db.session.get(CreditClaim, number).version

    returned = {"action": "return", "reason": "照片看不清", "row_version": version()}
    assert head.post(f"/credits/queue/{number}", data=returned).status_code == 303
    assert "照片看不清" in teacher.get(f"/credits/me/claims/{number}").text
    assert "照片看不清" in teacher.get("/credits/me").text
    assert rows(Notice, Notice.user_id == scene.user.id) == 1
    kept = db.session.scalar(select(CreditClaimEvidence.evidence_id))
    assert send(teacher, number, evidence=str(kept), row_version=version()).status_code == 303
    head.post(f"/credits/queue/{number}", data={"action": "accept", "row_version": version()})
    assert rows(CreditEntry) == 0
    centre.post(f"/credits/queue/{number}", data={"action": "accept", "row_version": version()})
    db.session.expire_all()
    assert db.session.get(CreditClaim, number).status is ClaimStatus.CONFIRMED
    assert rows(CreditEntry) == 1
    page = teacher.get("/credits/me").text
    assert ">12<" in page.replace("\n", "") and "of 360 hours" in page


def test_the_page_me_costs_the_same_with_many_claims(scene, client, queries):
    client.sign_in(scene.user)

    def statements():
        with queries() as seen:
            assert client.get("/credits/me").status_code == 200
        return len(seen)

    scene.claim(status=ClaimStatus.AT_SCHOOL)
    statements()  # the first visit notes that the session is in use
    few = statements()
    for n in range(30):
        scene.claim(status=ClaimStatus.AT_SCHOOL, from_on=today() - timedelta(days=n))
    assert statements() == few <= 24

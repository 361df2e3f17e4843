"""The pages: who sees what, that every look is on record, and what bad input is told."""

import io
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.ethics import operations
from app.ethics.models import EthicsActivity, EthicsAppraisal, EthicsClause, EthicsEntry, State
from app.evidence.models import EvidenceFile, ScanState
from app.regions.models import Region
from app.schools.models import School
from tests.factories import SchoolFactory, TeacherFactory, UserFactory, officer_of, user_with
from tests.factories.ethics import EthicsActivityFactory, EthicsAppraisalFactory, EthicsEntryFactory
from tests.factories.files import part, png


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel("2026-11-22 04:00", tick=False):
        yield


@pytest.fixture
def place(session, app):
    class Place:
        teacher = TeacherFactory()

    place = Place()
    place.home = session.get(School, place.teacher.employing_school_id)
    place.county = session.get(Region, place.teacher.county_id)
    place.school = user_with(Role.SCHOOL_ADMINISTRATOR, school=place.home)
    place.officer = officer_of(place.county)
    place.person = user_with(Role.TEACHER, teacher=place.teacher)
    place.new = f"/ethics/teachers/{place.teacher.id}/entries/new"
    return place


def entry_data(**more):
    return {
        "kind": "negative",
        "clause": "teacher:T06",
        "happened_on": "2026-11-01",
        "facts": "周末在家有偿补课",
        "evidence": part(),
    } | more


def looks(session):
    session.expire_all()
    return [(e.actor_id, e.subject_type, e.subject_id) for e in session.scalars(
        select(AuditEntry).where(AuditEntry.action == "ethics.look").order_by(AuditEntry.position)
    )]  # fmt: skip


def test_from_proposal_to_ruling(session, make_client, place):
    school, officer, teacher = (make_client().sign_in(u) for u in (place.school, place.officer, place.person))
    answer = school.post(place.new, data=entry_data())
    assert answer.status_code == 303
    entry = session.scalars(select(EthicsEntry)).one()
    assert (entry.points, entry.to_on, entry.state) == (-30, date(2027, 10, 31), State.PROPOSED)
    url = f"/ethics/entry/{entry.id}"
    assert "周末在家有偿补课" in teacher.get(f"/me{url}").text
    assert teacher.post(f"/me{url}/answer", data={"said": "当天不在本地"}).status_code == 303
    assert "当天不在本地" in officer.get(url).text
    assert officer.post(f"{url}/rule", data={"said": " "}).status_code == 422
    assert officer.post(f"{url}/rule", data={"said": "查证属实"}).status_code == 303
    assert school.post(f"{url}/confirm").status_code == 403
    assert officer.post(f"{url}/confirm").status_code == 303
    page = teacher.get("/me").text
    assert "Vetoed" in page
    assert "Vetoed" in officer.get(f"/teachers/{place.teacher.id}").text
    assert officer.post(f"{url}/return", data={"said": "again"}).status_code == 422


def test_every_look_is_on_record_but_ones_own(session, make_client, place):
    entry = EthicsEntryFactory(teacher=place.teacher)
    officer = make_client().sign_in(place.officer)
    officer.get(f"/ethics/teachers/{place.teacher.id}")
    officer.get(f"/ethics/entry/{entry.id}")
    officer.get("/ethics?state=in_force")
    make_client().sign_in(place.person).get("/me/ethics")
    who = place.officer.id
    teacher = str(place.teacher.id)
    assert looks(session) == [(who, "teacher", teacher), (who, "teacher", teacher), (who, "ethics_list", "")]


def test_who_may_not_look_leaves_no_trace_and_sees_nothing(session, make_client, place):
    entry = EthicsEntryFactory(teacher=place.teacher)
    stranger = user_with(Role.SCHOOL_ADMINISTRATOR, school=SchoolFactory(county=place.county))
    colleague = user_with(Role.TEACHER, teacher=TeacherFactory(school=place.home))
    centre = user_with(Role.DEVELOPMENT_CENTRE, region=place.county)
    assert make_client().sign_in(stranger).get(f"/ethics/entry/{entry.id}").status_code == 404
    assert make_client().sign_in(stranger).get(f"/ethics/teachers/{place.teacher.id}").status_code == 404
    assert make_client().sign_in(colleague).get(f"/me/ethics/entry/{entry.id}").status_code == 404
    assert make_client().sign_in(centre).get("/ethics").status_code == 403
    assert "ethics" not in make_client().sign_in(centre).get(f"/teachers/{place.teacher.id}").text.lower()
    assert looks(session) == []


def test_an_entry_that_ran_out_is_on_no_page(session, make_client, place):
    entry = EthicsEntryFactory(teacher=place.teacher, to_on=date(2026, 11, 21))
    officer, person = make_client().sign_in(place.officer), make_client().sign_in(place.person)
    assert entry.clause_text not in officer.get("/ethics").text
    assert entry.clause_text not in officer.get(f"/ethics/teachers/{place.teacher.id}").text
    assert officer.get(f"/ethics/entry/{entry.id}").status_code == 404
    assert person.get(f"/me/ethics/entry/{entry.id}").status_code == 404
    assert "Vetoed" not in person.get("/me").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"happened_on": "2026-11-23"}, "lies in the future"),
        ({"happened_on": "1889-01-01"}, "Check the year"),
        ({"from_on": "2026-11-10", "to_on": "2026-11-09"}, "lies before the first"),
        ({"from_on": "2026-10-01"}, "begins before it happened"),
        ({"clause": "", "kind": "negative"}, "Choose the clause"),
        ({"kind": "award", "points": "-5"}, "gives at least one point"),
        ({"kind": "deduction", "points": "5"}, "takes at least one point"),
        ({"kind": "award", "points": "1000000000"}, "between -100 and 100"),
        ({"kind": "award", "points": "2.5.1"}, "Points"),
        ({"kind": "award", "points": ""}, "gives at least one point"),
        ({"facts": " "}, "What happened"),
        ({"evidence": (b"<html><script>x</script>", "证明.pdf")}, "is a web page"),
        ({"evidence": (b"", "")}, "Add a photograph"),
    ],
)
def test_bad_input_is_told_what_and_kept(session, client, place, wrong, said, rows):
    client.sign_in(place.school)
    given = {name: part(*value) if isinstance(value, tuple) else value for name, value in wrong.items()}
    answer = client.post(place.new, data=entry_data(**given))
    assert answer.status_code == 422
    assert said in answer.text
    if "facts" not in wrong:
        assert "周末在家有偿补课" in answer.text
    assert rows(EthicsEntry) == 0


def test_what_was_uploaded_is_still_there_when_the_form_comes_back(session, client, place, rows):
    client.sign_in(place.school)
    first = client.post(place.new, data=entry_data(facts=""))
    assert first.status_code == 422
    draft = session.scalars(select(EvidenceFile)).one()
    assert draft.is_draft
    assert f'value="{draft.id}"' in first.text
    again = client.post(place.new, data=entry_data(evidence=[str(draft.id), part(png(b"b"), "二.png")]))
    assert again.status_code == 303
    entry = session.scalars(select(EthicsEntry)).one()
    links = session.connection().exec_driver_sql("SELECT count(*) FROM ethics_entry_evidence").scalar_one()
    assert links == 2
    session.expire_all()
    assert not session.get(EvidenceFile, draft.id).is_draft
    assert entry.state is State.PROPOSED


def test_nobody_hangs_another_persons_draft_or_record_on_theirs(session, client, place, make_client, rows):
    client.sign_in(place.school)
    client.post(place.new, data=entry_data(facts=""))
    draft = session.scalars(select(EvidenceFile)).one()
    other = make_client().sign_in(place.officer)
    answer = other.post(place.new, data=entry_data(evidence=str(draft.id)))
    assert answer.status_code == 422
    assert "Add a photograph" in answer.text
    assert make_client().sign_in(place.officer).get(f"/evidence/{draft.id}").status_code == 404
    assert client.get(f"/evidence/{draft.id}").status_code == 200


def test_evidence_follows_the_record_is_a_download_and_goes_on_record(session, client, place, make_client):
    client.sign_in(place.school).post(place.new, data=entry_data())
    file = session.scalars(select(EvidenceFile)).one()
    answer = make_client().sign_in(place.officer).get(f"/evidence/{file.id}")
    assert answer.status_code == 200
    assert answer.data == png()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert make_client().sign_in(place.person).get(f"/evidence/{file.id}").status_code == 200
    assert make_client().sign_in(UserFactory()).get(f"/evidence/{file.id}").status_code == 404
    taken = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "evidence.download")).all()
    assert taken == [place.officer.id, place.person.id]
    file.scan_state = ScanState.INFECTED
    session.commit()
    refused = make_client().sign_in(place.officer).get(f"/evidence/{file.id}")
    assert refused.status_code == 409
    assert "virus" in refused.text


def test_a_200_mb_jpg_is_thrown_away_as_it_comes_and_the_page_says_why(client, place, rows):
    class Endless(io.RawIOBase):
        taken = place = 0

        def readable(self):
            return True

        def tell(self):
            return self.place

        def seek(self, place, whence=0):
            self.place = 200 * 1024 * 1024 if whence == 2 else place
            return self.place

        def readinto(self, into):
            assert len(into) <= 1 << 20, "kept in memory as a whole"
            self.taken += len(into)
            return len(into)

    body = Endless()
    client.sign_in(place.school)
    answer = client.post(
        place.new,
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "10 MB" in answer.text
    assert body.taken == 200 * 1024 * 1024
    assert rows(EvidenceFile) == 0


def test_a_12_mb_picture_gets_its_own_sentence_and_the_form_back(client, place, rows):
    client.sign_in(place.school)
    answer = client.post(
        place.new, data=entry_data(evidence=(io.BytesIO(b"\xff\xd8\xff" + b"\0" * (12 << 20)), "照片.jpg"))
    )
    assert answer.status_code == 422
    assert "12.0 MB" in answer.text
    assert "周末在家有偿补课" in answer.text
    assert rows(EvidenceFile) == 0


def test_a_correction_based_on_an_older_reading_is_refused_and_kept(session, client, place, rows):
    client.sign_in(place.officer).post(place.new, data=entry_data())
    entry = session.scalars(select(EthicsEntry)).one()
    file = session.scalars(select(EvidenceFile)).one()
    data = {
        "row_version": str(entry.version - 1),
        "points": "-20",
        "happened_on": "2026-11-01",
        "from_on": "2026-11-01",
        "to_on": "2027-11-01",
        "facts": "更正后的经过",
        "evidence": str(file.id),
        "reason": "分值有误",
    }
    url = f"/ethics/entry/{entry.id}/correct"
    assert client.get(url).status_code == 200
    stale = client.post(url, data=data)
    assert stale.status_code == 422
    assert "更正后的经过" in stale.text
    session.expire_all()
    assert client.post(url, data=data | {"row_version": str(entry.version)}).status_code == 303
    session.expire_all()
    assert session.get(EthicsEntry, entry.id).points == -20


def test_a_whole_school_is_appraised_on_one_page(session, client, place, rows):
    others = [TeacherFactory(school=place.home) for _ in range(3)]
    client.sign_in(place.school)
    query = {"school": place.home.name, "year": "2026", "appraised_on": "2026-11-20"}
    page = client.get("/ethics/appraisals/school", query_string=query)
    assert all(t.name in page.text for t in others)
    data = query | {f"teacher-{t.id}": "2" for t in others} | {f"teacher-{place.teacher.id}": "4"}
    assert client.post("/ethics/appraisals/school", data=data).status_code == 303
    assert rows(EthicsAppraisal) == 3
    assert rows(EthicsAppraisal, EthicsAppraisal.conclusion_code == "4") == 0
    again = client.get("/ethics/appraisals/school", query_string=query)
    assert place.teacher.name in again.text
    wrong = client.get("/ethics/appraisals/school", query_string=query | {"year": "20x6"})
    assert wrong.status_code == 422


def test_an_appraisal_that_fails_goes_to_the_county(session, client, place):
    client.sign_in(place.school)
    url = f"/ethics/teachers/{place.teacher.id}/appraisals/new"
    assert client.get(url).status_code == 200
    data = {"year": "2025", "conclusion_code": "4", "appraised_on": "2026-01-10"}
    bare = client.post(url, data=data)
    assert bare.status_code == 422
    assert "Say what the conclusion rests on" in bare.text
    assert client.post(url, data=data | {"facts": "经查", "evidence": part()}).status_code == 303
    row = session.scalars(select(EthicsAppraisal)).one()
    assert (row.state, row.veto_to) == (State.PROPOSED, date(2027, 1, 9))
    assert client.get(f"/ethics/appraisal/{row.id}").status_code == 200
    assert client.get("/ethics/appraisals?year=2025&veto=1").status_code == 200


def test_activities_are_entered_mended_and_missing_ones_named(session, client, place, rows):
    client.sign_in(place.school)
    assert place.home.name in client.get("/ethics/activities/new").text
    data = {
        "school": place.home.name, "kind": "study", "held_on": "2026-10-12", "topic": "师德学习", "participants": "41",
    }  # fmt: skip
    assert client.post("/ethics/activities/new", data=data).status_code == 303
    assert client.post("/ethics/activities/new", data=data).status_code == 422
    assert client.post("/ethics/activities/new", data=data | {"held_on": "2026-12-01"}).status_code == 422
    assert client.post("/ethics/activities/new", data=data | {"participants": "-1"}).status_code == 422
    row = session.scalars(select(EthicsActivity)).one()
    url = f"/ethics/activities/{row.id}"
    assert client.post(url, data=data | {"row_version": "1", "participants": "42"}).status_code == 303
    session.expire_all()
    assert session.get(EthicsActivity, row.id).participants == 42
    page = client.get("/ethics/coverage").text
    assert "2026-09" in page
    assert "2026-10" not in page
    assert client.post(f"{url}/remove").status_code == 303
    assert rows(EthicsActivity) == 0


def test_the_lists_of_a_county(session, client, place, rows):
    client.sign_in(place.officer)
    assert "T06" in client.get("/ethics/lists").text
    assert client.post(f"/ethics/lists/{place.county.id}/own").status_code == 303
    row = session.scalars(select(EthicsClause).where(EthicsClause.code == "T06")).one()
    data = {"row_version": "1", "text": "有偿家教", "points": "-25", "term_months": "18", "does_veto": "y"}
    assert client.post(f"/ethics/clauses/{row.id}", data=data | {"points": "5"}).status_code == 422
    assert client.post(f"/ethics/clauses/{row.id}", data=data | {"is_active": "y"}).status_code == 303
    new = {"audience": "leader", "code": "L99", "text": "违规操作", "points": "0", "term_months": "6"}
    assert client.post(f"/ethics/lists/{place.county.id}/new", data=new).status_code == 303
    assert client.post(f"/ethics/lists/{place.county.id}/new", data=new).status_code == 422
    assert "有偿家教" in client.get(place.new).text


def test_lists_export_what_they_show_and_cost_the_same_for_many(session, client, place, queries):
    counts = []
    client.sign_in(place.officer)
    for number in (2, 30):
        for _ in range(number):
            teacher = TeacherFactory(school=place.home)
            EthicsEntryFactory(teacher=teacher)
            EthicsAppraisalFactory(teacher=teacher)
            EthicsActivityFactory(school=place.home)
        seen = []
        for url in ("/ethics", "/ethics/appraisals", "/ethics/activities", "/ethics/coverage"):
            client.get(url)
            with queries() as asked:
                assert client.get(url).status_code == 200
            seen.append(len(asked))
        counts.append(seen)
    assert counts[0] == counts[1]
    for url in ("/ethics/export?veto=1", "/ethics/appraisals/export?format=csv", "/ethics/activities/export"):
        assert client.post(url).status_code == 200
    assert "经查属实" not in client.post("/ethics/export?format=csv").text


def test_what_waits_is_on_the_landing_page(session, client, place, make_client):
    entry = EthicsEntryFactory(teacher=place.teacher, state=State.PROPOSED)
    assert "1 ethics record waits for you" in client.sign_in(place.officer).get("/").text
    operations.give_back(actor=place.officer, record=entry, reason="证据不足")
    session.commit()
    assert "1 ethics record was returned" in make_client().sign_in(place.school).get("/").text


def test_eligibility_says_the_veto_and_leads_to_the_file(session, app, place):
    from app.eligibility.facts import facts_digest, load_facts
    from app.eligibility.judging import Outcome, judge
    from app.eligibility.rules import default_rules
    from app.eligibility.wording import reason_text

    before = facts_digest(place.county.id)
    EthicsAppraisalFactory(teacher=place.teacher)
    assert facts_digest(place.county.id) != before
    verdict = judge(default_rules(2026), load_facts(place.county.id)[0])
    reason = next(r for r in verdict.reasons if r.code == "exempt.ethics_failed")
    assert reason.outcome is Outcome.EXCLUDES
    assert "2026-01-10" in reason_text(reason)

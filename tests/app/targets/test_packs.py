"""Packs as an officer works with them: copied, changed by field and as text, weighed, put in force, compared, ended."""

import tomllib
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import select

from app.access import Role
from app.audit.operations import SYSTEM
from app.extensions import db
from app.jobs.models import Job
from app.jobs.worker import run_pending_jobs
from app.targets.models import PackStatus, PolicyPack
from app.targets.operations.packs import adopt_pack, copy_pack
from app.targets.packs import read_pack, shipped_packs, shipped_text
from app.targets.packs.comparing import differences
from app.targets.packs.editing import changed, data_of
from app.targets.packs.writing import write_toml
from app.targets.queries.packs import pack_of
from tests.app.rotation.county import build_county
from tests.app.targets.pack_text import TEXT
from tests.factories import CountyFactory, RotationRecordFactory, user_with

T01 = {
    "is_on": "y",
    "words_zh": "交流轮岗人数占符合条件教师的比例",
    "words_en": "Teachers who rotate",
    "source": "第1条",
    "parts-0-key": "",
    "parts-0-scope": "county",
    "parts-0-operator": "at_least",
    "parts-0-aims-0-value": "10%",
}


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T08:00:00+08:00", tick=False):
        yield


@pytest.fixture
def small(app):
    """28 teachers of sending schools meet the conditions; two of them are on the way."""
    county = build_county()
    for teacher in county.teachers[:2]:
        RotationRecordFactory(
            teacher_id=teacher.id,
            from_school_id=county.sending[0].id,
            to_school_id=county.others[0].id,
            from_on=date(2026, 9, 1),
            to_on=None,
        )
    return county


@pytest.fixture
def adopted(small):
    row = copy_pack(county=small.region, text=TEXT, actor=SYSTEM)
    adopt_pack(row=row, from_on=date(2026, 1, 1), actor=SYSTEM)
    return row


@pytest.fixture
def draft(small, adopted):
    return copy_pack(county=small.region, text=TEXT, actor=SYSTEM, based_on=adopted)


@pytest.fixture
def officer(small, client):
    user = user_with(Role.PERSONNEL_OFFICER, region=small.region)
    user.language = "en"
    client.sign_in(user)
    return user


def text_of(client, where):
    answer = client.get(where)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def version(row):
    db.session.expire_all()
    return {"row_version": str(db.session.get(PolicyPack, row.id).version)}


def test_an_officer_copies_a_pack_that_ships(client, session, small, officer):
    page = text_of(client, "/targets/packs")
    assert all(escape(pack.name_en) in page for pack in shipped_packs().values())
    answer = client.post(
        f"/targets/counties/{small.region.id}/packs", data={"base": "shipped:luxi", "code": "qing-2026", "note": "试行"}
    )
    row = session.scalars(select(PolicyPack)).one()
    assert answer.location.endswith(f"/targets/packs/{row.id}")
    assert (row.code, row.status, row.note) == ("qing-2026", PackStatus.DRAFT, "试行")
    assert "Draft" in text_of(client, answer.location)
    wrong = client.post(
        f"/targets/counties/{small.region.id}/packs", data={"base": "shipped:luxi", "code": "Qing 2026"}
    )
    assert wrong.status_code == 422
    assert "Qing 2026" in wrong.get_data(as_text=True)


def test_a_threshold_is_changed_in_the_form_and_its_effect_seen_before_saving(client, officer, draft):
    where = f"/targets/packs/{draft.id}/clauses/T-01/edit"
    assert 'value="10%"' in text_of(client, where)
    typed = T01 | {"parts-0-aims-0-value": "5%"}
    preview = client.post(where, data=typed | version(draft) | {"action": "preview"}).get_data(as_text=True)
    assert "Nothing is saved yet" in preview
    assert preview.index("Not reached") < preview.index("Reached<")
    assert 'value="5%"' in preview
    assert pack_of(fresh(draft)).clause("T-01").parts[0].thresholds[0].value == Fraction(1, 10)
    assert client.post(where, data=typed | version(draft) | {"action": "save"}).status_code == 303
    assert pack_of(fresh(draft)).clause("T-01").parts[0].thresholds[0].value == Fraction(1, 20)


def fresh(row):
    db.session.expire_all()
    found = db.session.get(PolicyPack, row.id)
    assert found.content
    return found


def test_thresholds_by_day_are_added_and_taken_out(client, officer, draft):
    where = f"/targets/packs/{draft.id}/clauses/T-01/edit"
    more = client.post(where, data=T01 | version(draft) | {"action": "add-"})
    assert 'name="parts-0-aims-1-value"' in more.get_data(as_text=True)
    days = {
        "parts-0-aims-0-by": "2026-12-31",
        "parts-0-aims-1-value": "12.5%",
        "parts-0-aims-1-by": "2027-12-31",
        "action": "save",
    }
    assert client.post(where, data=T01 | version(draft) | days).status_code == 303
    first, second = pack_of(fresh(draft)).clause("T-01").parts[0].thresholds
    assert (first.by, second.by, second.value) == (date(2026, 12, 31), date(2027, 12, 31), Fraction(1, 8))
    assert client.post(where, data=T01 | version(draft) | days | {"parts-0-aims-0-gone": "y"}).status_code == 303
    (only,) = pack_of(fresh(draft)).clause("T-01").parts[0].thresholds
    assert only.value == Fraction(1, 8)


def test_what_is_no_number_is_said_beside_its_field_and_stays(client, officer, draft):
    where = f"/targets/packs/{draft.id}/clauses/T-01/edit"
    answer = client.post(where, data=T01 | version(draft) | {"parts-0-aims-0-value": "ten", "words_en": "Kept words"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "This is not a number" in page
    assert 'value="ten"' in page
    assert "Kept words" in page
    none = client.post(where, data=T01 | version(draft) | {"parts-0-aims-0-value": ""})
    assert none.status_code == 422
    assert "no threshold" in none.get_data(as_text=True)


def test_a_clause_is_taken_out_of_count_and_put_back(client, officer, draft):
    where = f"/targets/packs/{draft.id}/clauses/T-01/edit"
    off = {name: value for name, value in T01.items() if name != "is_on"}
    assert client.post(where, data=off | version(draft)).status_code == 303
    assert "T-01" in [clause.id for clause in pack_of(fresh(draft)).off]
    assert "Does not count" in text_of(client, f"/targets/packs/{draft.id}")
    assert client.post(where, data=T01 | version(draft)).status_code == 303
    assert pack_of(fresh(draft)).off == ()


def test_of_two_people_who_edit_the_second_is_told_and_loses_nothing(client, officer, draft):
    where = f"/targets/packs/{draft.id}/clauses/T-01/edit"
    read = version(draft)
    assert client.post(where, data=T01 | read | {"words_en": "First words"}).status_code == 303
    second = client.post(where, data=T01 | read | {"words_en": "Second words"})
    page = second.get_data(as_text=True)
    assert second.status_code == 422
    assert "Somebody else changed this record" in page
    assert "Second words" in page
    assert pack_of(fresh(draft)).clause("T-01").words_en == "First words"
    text = client.post(f"/targets/packs/{draft.id}/text", data=read | {"content": TEXT + "# mine"})
    assert text.status_code == 422
    assert "# mine" in text.get_data(as_text=True)


def test_faults_of_the_text_are_told_with_their_lines(client, officer, draft):
    where = f"/targets/packs/{draft.id}/text"
    wrong = TEXT.replace('kind = "ratio"', 'kind = "shares"', 1).replace("第2条", "第2条\nx", 1)
    answer = client.post(where, data={"content": TEXT.replace('"10%"', '"ten"', 1)} | version(draft))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f"line {TEXT.splitlines().index('threshold = "10%"') + 1}" in page
    assert "&#34;ten&#34;" in page
    unread = client.post(where, data={"content": wrong} | version(draft))
    assert "This is not TOML" in unread.get_data(as_text=True)
    right = TEXT.replace('"10%"', '"8%"', 1)
    assert client.post(where, data={"content": right, "note": "按县情"} | version(draft)).status_code == 303
    assert (fresh(draft).content, fresh(draft).note) == (right, "按县情")


def test_the_effect_on_every_clause_is_computed_by_a_job(client, session, officer, draft):
    where = f"/targets/packs/{draft.id}"
    client.post(f"{where}/text", data={"content": TEXT.replace('"10%"', '"5%"', 1)} | version(draft))
    assert "Compute the effect" in text_of(client, f"{where}/effect")
    for _time in range(2):
        assert client.post(f"{where}/effect").status_code == 303
    assert len(session.scalars(select(Job)).all()) == 1
    assert "Computing every clause by the draft" in text_of(client, f"{where}/effect")
    session.commit()
    run_pending_jobs()
    page = text_of(client, f"{where}/effect")
    assert "1 figure would count otherwise than now" in page
    assert page.index("≥ 10.0 %") < page.index("≥ 5.0 %")
    client.post(f"{where}/text", data={"content": TEXT.replace('"10%"', '"6%"', 1)} | version(draft))
    assert "Compute the effect" in text_of(client, f"{where}/effect")


def test_a_draft_is_put_in_force_and_the_version_before_ends(client, officer, adopted, draft):
    where = f"/targets/packs/{draft.id}/adopt"
    backwards = client.post(where, data={"from_on": "2026-12-01", "to_on": "2026-11-01"} | version(draft))
    assert "The last day lies before the first" in backwards.get_data(as_text=True)
    early = client.post(where, data={"from_on": "2025-12-01"} | version(draft))
    assert early.status_code == 422
    assert "is in force since 2026-01-01" in early.get_data(as_text=True)
    assert client.post(where, data={"from_on": "2026-11-22"} | version(draft)).status_code == 303
    assert (fresh(adopted).status, fresh(adopted).adopted_to) == (PackStatus.ENDED, date(2026, 11, 21))
    assert fresh(draft).status is PackStatus.ADOPTED
    led = client.get(f"/targets/packs/{draft.id}/clauses/T-01/edit")
    assert led.location.endswith(f"/targets/packs/{draft.id}")
    assert (
        client.post(f"/targets/packs/{draft.id}/end", data={"to_on": "2026-12-31"} | version(draft)).status_code == 303
    )
    assert fresh(draft).status is PackStatus.ENDED


def test_a_version_tells_what_happened_to_it(client, officer, draft):
    client.post(f"/targets/packs/{draft.id}/adopt", data={"from_on": "2026-11-22"} | version(draft))
    page = text_of(client, f"/targets/packs/{draft.id}")
    assert "Draft made" in page
    assert "In force from" in page[page.index("What happened so far") :]


def test_a_draft_has_no_board(client, officer, draft):
    assert client.get(f"/targets/?pack={draft.id}").location.endswith(f"/targets/packs/{draft.id}")


def test_two_versions_stand_side_by_side(client, officer, adopted, draft):
    client.post(f"/targets/packs/{draft.id}/text", data={"content": TEXT.replace('"10%"', '"8%"', 1)} | version(draft))
    page = text_of(client, f"/targets/packs/{draft.id}/compare?with={adopted.id}")
    assert "≥ 10.0 %" in page
    assert "≥ 8.0 %" in page
    assert "T-03" not in page
    assert client.get(f"/targets/packs/{draft.id}/compare?with=999999").status_code == 404


def test_a_draft_is_removed_and_what_was_in_force_is_not(client, session, officer, adopted, draft):
    assert client.post(f"/targets/packs/{adopted.id}/drop").status_code == 303
    assert client.post(f"/targets/packs/{draft.id}/drop").status_code == 303
    assert session.scalars(select(PolicyPack.id)).all() == [adopted.id]


def test_a_pack_is_carried_elsewhere_as_text(client, officer, draft):
    answer = client.get(f"/targets/packs/{draft.id}/text.toml")
    assert answer.get_data(as_text=True) == TEXT
    assert "small-v2.toml" in answer.headers["Content-Disposition"]


def test_who_may_not_edit_packs_reads_them(client, small, draft):
    user = user_with(Role.BUREAU_LEADER, region=small.region)
    user.language = "en"
    client.sign_in(user)
    page = text_of(client, f"/targets/packs/{draft.id}")
    assert "Put in force" not in page
    for where in ("adopt", "end", "text", "name", "effect", "clauses/T-01/edit"):
        assert client.get(f"/targets/packs/{draft.id}/{where}").status_code == 403
    client.sign_in(user_with(Role.PERSONNEL_OFFICER, region=CountyFactory()))
    for where in ("", "/adopt", "/text", "/effect", "/compare", "/clauses/T-01/edit"):
        assert client.get(f"/targets/packs/{draft.id}{where}").status_code == 404


# --- texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", list(shipped_packs()))
def test_a_pack_written_anew_says_the_same(app, code):
    text = shipped_text(code)
    data = data_of(text)
    assert data_of(write_toml(data)) == data
    assert differences(read_pack(text), read_pack(write_toml(data))) == []


@pytest.mark.parametrize("code", list(shipped_packs()))
def test_a_clause_opened_and_saved_stays_as_it_was(app, code):
    from app.targets.forms.packs import clause_form
    from app.targets.packs.editing import clause_data

    text = shipped_text(code)
    pack = read_pack(text)
    with app.test_request_context():
        for clause in pack.clauses:
            form = clause_form(clause_data(data_of(text), clause.id), 1)
            again = read_pack(changed(text, clause.id, form.own(), form.of_parts()))
            assert differences(pack, again) == [], clause.id


signs = st.text('ab"\\\n\t#=[]{}甲“', max_size=8)
scalars = st.one_of(signs, st.integers(), st.booleans(), st.just(date(2026, 9, 1)), st.just(Decimal("0.125")))
keys = st.text("abz-_0 汉", min_size=1, max_size=4)
tables = st.dictionaries(keys, st.one_of(scalars, st.lists(scalars, max_size=2)), max_size=3)


@given(st.dictionaries(keys, st.one_of(scalars, st.lists(tables, max_size=2), tables), max_size=3))
def test_whatever_is_written_reads_back_the_same(data):
    assert tomllib.loads(write_toml(data), parse_float=Decimal) == data

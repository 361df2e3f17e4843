"""Code tables are data: people correct them, and everything that reads a code notices."""

import pytest
from sqlalchemy import select, update

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.codes import queries
from app.codes.models import CodeItem
from app.codes.operations import add_item, edit_item, load_codes
from app.extensions import db
from app.web.errors import Refused
from tests.factories import CountyFactory, PrefectureFactory, user_with


@pytest.fixture(autouse=True)
def _unchanged(app):
    """Code tables stay between tests, so what a test did to them is taken back."""
    rows = db.session.execute(select(CodeItem.__table__)).mappings().all()
    db.session.rollback()
    yield
    db.session.rollback()
    db.session.execute(CodeItem.__table__.delete())
    db.session.execute(CodeItem.__table__.insert(), [dict(row) for row in rows])
    db.session.commit()
    queries.forget()


@pytest.fixture
def administrator(app):
    """Somebody who answers for every county there is."""
    prefecture = PrefectureFactory()
    CountyFactory(parent_id=prefecture.id)
    return user_with(Role.SYSTEM_ADMINISTRATOR, region=prefecture)


def item(code="100", table="teacher_state"):
    return queries.item(table, code)


def test_an_edited_label_is_read_everywhere_at_once(client, administrator):
    client.sign_in(administrator)
    form = {
        "label_zh": "在职在岗",
        "label_en": "At work",
        "aliases": "在岗\n在册在岗",
        "is_active": "y",
        "parent_code": "",
    }
    answer = client.post("/codes/teacher_state/items/100", data=form)
    assert answer.status_code == 303, answer.text
    db.session.expire_all()
    assert queries.tables()["teacher_state"]["100"].label_zh == "在职在岗"
    assert item().aliases == ["在岗", "在册在岗"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "code.edit")).one()
    assert entry.after["label_zh"] == "在职在岗"


def test_another_process_notices_by_the_revision(app):
    queries.tables()
    number = item().revision
    edit_item(actor=SYSTEM, item=item(), label_zh="改了")
    assert item().revision == number + 1
    # What another process does: it never calls forget() here.
    db.session.execute(update(CodeItem).where(CodeItem.code == "100").values(label_en="Elsewhere", revision=99))
    from flask import g

    g.pop("codes_stamp", None)
    assert queries.tables()["teacher_state"]["100"].label_en == "Elsewhere"


def test_an_item_no_longer_offered_keeps_its_meaning(app):
    edit_item(actor=SYSTEM, item=item(), is_active=False)
    assert "100" not in dict(queries.choices("teacher_state"))
    assert queries.label("teacher_state", "100") != "100"


def test_a_local_item_is_added_at_the_end_and_marked(client, administrator):
    client.sign_in(administrator)
    form = {"code": "901", "label_zh": "援藏", "label_en": "In Tibet", "is_active": "y", "parent_code": ""}
    assert client.post("/codes/teacher_state/new", data=form).status_code == 303
    assert queries.choices("teacher_state")[-1][0] == "901"
    assert queries.is_local("teacher_state", "901")
    page = client.get("/codes/teacher_state").text
    assert "援藏" in page
    assert page.count(">Local<") == 1
    again = client.post("/codes/teacher_state/new", data=form)
    assert again.status_code == 422
    assert "already has the code" in again.text


def test_one_spelling_means_one_item(app):
    other = next(c for c in queries.tables()["teacher_state"].values() if c.code != "100")
    with pytest.raises(Refused, match=other.label_zh):
        edit_item(actor=SYSTEM, item=item(), aliases=[*item().aliases, other.label_zh])
    with pytest.raises(Refused):
        add_item(actor=SYSTEM, table_key="teacher_state", code="902", label_zh=other.label_zh)


def test_the_administrator_of_one_county_reads_but_does_not_change_them(client, app):
    county, _other = CountyFactory(), CountyFactory()
    client.sign_in(user_with(Role.SYSTEM_ADMINISTRATOR, region=county))
    page = client.get("/codes/teacher_state/items/100")
    assert page.status_code == 200
    assert "only an administrator of all counties" in page.text
    assert client.post("/codes/teacher_state/items/100", data={"label_zh": "改"}).status_code == 403
    assert client.post("/codes/teacher_state/new", data={"code": "1", "label_zh": "改"}).status_code == 403


def test_every_table_has_a_name_of_its_own(app):
    from app.codes.names import NAMES

    assert set(queries.tables()) <= set(NAMES)


def test_loading_again_adds_nothing_and_overwrites_nothing(runner, app):
    edit_item(actor=SYSTEM, item=item(), label_zh="本地叫法")
    db.session.execute(CodeItem.__table__.delete().where(CodeItem.table_key == "sex"))
    result = runner.invoke(args=["codes", "load"])
    assert "items added" in result.output
    assert "complete" in runner.invoke(args=["codes", "load"]).output
    assert item().label_zh == "本地叫法"
    assert load_codes() == 0


def test_a_table_is_exported_and_the_export_recorded(client, administrator):
    answer = client.sign_in(administrator).post("/codes/teacher_state/export")
    assert answer.status_code == 200
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert entry.after["table"] == "teacher_state"

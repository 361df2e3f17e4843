"""Changing the rules: the preview is what happens, it applies from its date, and what was in force stays."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.audit.operations import SYSTEM
from app.credits import packs
from app.credits.books import ensure_rules, in_force
from app.credits.effects import effect_of
from app.credits.ledger import recount
from app.credits.models import ClaimStatus, CreditEntry, CreditRuleSet, CreditTotal, EntryCause, RuleStatus
from app.credits.operations import rule_sets
from app.credits.routes import rules as rule_pages
from app.credits.rules import Rules
from app.credits.verifying import verify
from app.extensions import db
from app.jobs.models import Job
from app.web.errors import Refused
from tests.factories import TeacherFactory
from tests.factories.credits import ClaimFactory

SINCE = date(2026, 3, 1)


def capped(kind="online", **caps):
    """The national rules with caps on one kind."""
    data = packs.pack(packs.NATIONAL)
    kinds = [{**row, **caps} if row["code"] == kind else row for row in data["kinds"]]
    return {**data, "kinds": kinds}


def credited(scene, days, kind="online", hours=10, teacher=None):
    """Confirmed claims on these days, counted."""
    teacher = teacher or scene.teacher
    for day in days:
        ClaimFactory(teacher=teacher, status=ClaimStatus.CONFIRMED, kind_code=kind, hours=Decimal(hours), from_on=day)
    recount([teacher.id], cause=EntryCause.CONFIRMED)
    db.session.commit()


def draft_of(scene, rules, since=SINCE):
    return rule_sets.create_draft(actor=scene.centre, county_id=scene.school.county_id, valid_from=since, rules=rules)


def sums(teacher_id):
    rows = db.session.execute(
        select(CreditTotal.cycle, func.sum(CreditTotal.hours))
        .where(CreditTotal.teacher_id == teacher_id)
        .group_by(CreditTotal.cycle)
    ).tuples()
    return {cycle: int(hours * 100) for cycle, hours in rows if hours}


def test_a_change_applies_from_its_date(scene):
    credited(scene, [date(2026, 1, 5), date(2026, 2, 5), date(2026, 4, 5), date(2026, 5, 5)])
    rule_sets.put_in_force(actor=scene.centre, draft=draft_of(scene, capped(year_cap="25")))
    assert sums(scene.teacher.id) == {2026: 25_00}  # 20 before the day, of 20 after it only five
    summed = select(CreditEntry.rule_set_id, func.sum(CreditEntry.hours)).group_by(CreditEntry.rule_set_id)
    by_rule = dict(db.session.execute(summed).tuples().all())
    first, second = in_force(scene.school.county_id)
    assert by_rule == {first.id: 40 - 20, second.id: 5}


def test_a_cap_lower_than_what_stands_takes_nothing_from_before(scene):
    credited(scene, [date(2026, 1, 5), date(2026, 2, 5), date(2026, 4, 5)])
    rule_sets.put_in_force(actor=scene.centre, draft=draft_of(scene, capped(year_cap="5")))
    assert sums(scene.teacher.id) == {2026: 20_00}


CAPS = st.none() | st.integers(1, 60).map(str)


@settings(max_examples=10)
@given(
    st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 30)), min_size=1, max_size=8),
    st.tuples(CAPS, CAPS, CAPS),
    st.integers(0, 1500),
)
def test_the_preview_is_what_happens(scene, claims, caps, since):
    teachers = [scene.teacher, TeacherFactory(school=scene.school)]
    start = date(2022, 1, 1)
    for n, (day, hours) in enumerate(claims):
        credited(scene, [start + timedelta(days=day)], hours=hours, teacher=teachers[n % 2])
    named = {k: v for k, v in zip(("record_cap", "year_cap", "cycle_cap"), caps, strict=True) if v}
    rules, valid_from = capped(**named), start + timedelta(days=since)
    before = {teacher.id: sums(teacher.id) for teacher in teachers}
    effect = effect_of(scene.school.county_id, Rules.from_dict(rules), valid_from)
    rule_sets.put_in_force(actor=SYSTEM, draft=draft_of(scene, rules, valid_from))
    db.session.commit()
    for teacher in teachers:
        said = {c.cycle: (c.before, c.after) for c in effect.changes if c.teacher_id == teacher.id}
        after = sums(teacher.id)
        for cycle in before[teacher.id].keys() | after.keys():
            was, now = before[teacher.id].get(cycle, 0), after.get(cycle, 0)
            assert said.get(cycle, (was, was)) == (was, now)
    assert verify(scene.school.county_id).different == 0


def test_what_is_in_force_is_never_changed(scene):
    ensure_rules(scene.school.county_id)
    row = in_force(scene.school.county_id)[0]
    with pytest.raises(Refused):
        rule_sets.save_draft(actor=scene.centre, draft=row, rules=capped(), valid_from=SINCE, note="")
    with pytest.raises(Refused):
        rule_sets.discard(actor=scene.centre, draft=row)
    with pytest.raises(Refused):
        rule_sets.put_in_force(actor=scene.centre, draft=row)


def test_what_comes_into_force_last_holds_even_where_its_draft_is_older(scene):
    credited(scene, [date(2026, 4, 5), date(2026, 5, 5)])
    older, newer = draft_of(scene, capped(year_cap="7")), draft_of(scene, capped(year_cap="15"))
    rule_sets.put_in_force(actor=SYSTEM, draft=newer)
    assert sums(scene.teacher.id) == {2026: 15_00}
    rule_sets.put_in_force(actor=SYSTEM, draft=older)
    assert sums(scene.teacher.id) == {2026: 7_00}


# --- the pages ------------------------------------------------------------------------------------------------------


def typed_of(client, path):
    """The form as the browser would send it back."""
    page = client.get(path).text
    page = page[page.index('class="ql-form') :]
    data = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag) and "hidden" not in tag:
            data[name[1]] = unescape(value[1]) if value else "y"
        elif name and name[1] == "row_version":
            data[name[1]] = value[1]
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', inner)
        data[name] = chosen[1] if chosen else ""
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.S):
        data[name] = unescape(inner).strip()
    return data


def test_rules_are_edited_in_a_form_previewed_and_put_in_force(scene, client):
    credited(scene, [date(2026, 4, 5), date(2026, 5, 5)])
    client.sign_in(scene.centre)
    county = scene.school.county_id
    made = client.post(f"/credits/rules?county={county}", data={"pack": "", "valid_from": "2026-03-01"})
    path = made.location
    typed = typed_of(client, path)
    assert typed["kinds-1-code"] == "online"
    refused = client.post(path, data=typed | {"kinds-1-year_cap": "lots", "action": "preview"})
    assert refused.status_code == 422 and 'value="lots"' in refused.text and "are expected here" in refused.text
    preview = client.post(path, data=typed | {"kinds-1-year_cap": "12", "action": "preview"})
    assert preview.status_code == 200 and scene.teacher.name in preview.text
    draft = db.session.scalar(select(CreditRuleSet).where(CreditRuleSet.status == RuleStatus.DRAFT))
    assert "year_cap" not in draft.rules["kinds"][1]  # nothing was saved
    saved = client.post(path, data=typed | {"kinds-1-year_cap": "12", "action": "save"})
    assert saved.status_code == 303
    assert scene.teacher.name in client.get(saved.location).text
    client.post(saved.location.replace("/effect", "/in-force"))
    assert sums(scene.teacher.id) == {2026: 12_00}
    assert client.get(path).status_code == 303


def test_a_form_that_nobody_changed_says_the_same_rules(scene, client):
    client.sign_in(scene.centre)
    for name in packs.names():
        made = client.post("/credits/rules", data={"pack": name, "valid_from": "2026-03-01"})
        before = db.session.scalar(select(CreditRuleSet).order_by(CreditRuleSet.id.desc()).limit(1))
        assert client.post(made.location, data=typed_of(client, made.location) | {"action": "save"}).status_code == 303
        db.session.refresh(before)
        again, shipped = Rules.from_dict(before.rules), Rules.from_dict(packs.pack(name))
        assert again == shipped


def test_a_row_can_be_added_and_taken_out(scene, client):
    client.sign_in(scene.centre)
    path = client.post("/credits/rules", data={"pack": "national", "valid_from": "2026-03-01"}).location
    typed = typed_of(client, path)
    more = client.post(path, data=typed | {"action": "add-kinds"})
    assert more.status_code == 200 and f'name="kinds-{len(packs.pack("national")["kinds"])}-code"' in more.text
    client.post(path, data=typed | {"kinds-1-gone": "y", "action": "save"})
    draft = db.session.scalar(select(CreditRuleSet).where(CreditRuleSet.status == RuleStatus.DRAFT))
    assert "online" not in [row["code"] for row in draft.rules["kinds"]]


def test_a_wrong_file_is_refused_with_line_and_reason(scene, client, rows):
    client.sign_in(scene.centre)
    text = (packs.FOLDER / "zhejiang.toml").read_text("utf-8")
    wrong = text.replace('year_cap = "144"', 'year_cap = "14"')
    data = {"file": (BytesIO(wrong.encode()), "rules.toml"), "valid_from": "2026-01-01"}
    answer = client.post("/credits/rules/file", data=data)
    assert answer.status_code == 422 and "Line 19: cycle.year_cap" in answer.text
    assert rows(CreditRuleSet) == 0
    data = {"file": (BytesIO(text.encode()), "rules.toml"), "valid_from": "2026-01-01"}
    assert client.post("/credits/rules/file", data=data).status_code == 303


def test_a_large_county_is_counted_by_a_job(scene, client, monkeypatch, run_jobs):
    monkeypatch.setattr(rule_pages, "AT_ONCE", 1)
    credited(scene, [date(2026, 4, 5), date(2026, 5, 5)])
    client.sign_in(scene.centre)
    draft = draft_of(scene, capped(year_cap="7"))
    path = f"/credits/rules/{draft.id}/effect"
    assert "Count now" in client.get(path).text
    client.post(path)
    run_jobs()
    assert scene.teacher.name in client.get(path).text
    client.post(f"/credits/rules/{draft.id}/in-force")
    run_jobs()
    assert sums(scene.teacher.id) == {2026: 7_00}
    assert db.session.scalars(select(Job.status)).all().count("done") == 2


def test_who_does_not_decide_rules_sees_no_drafts(scene, client):
    draft = draft_of(scene, capped())
    client.sign_in(scene.head)
    assert client.get(f"/credits/rules/{draft.id}").status_code == 404
    assert client.get(f"/credits/rules/{draft.id}/edit").status_code == 403

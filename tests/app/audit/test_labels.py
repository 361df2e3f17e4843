"""Whatever is put on record has its words: an auditor never reads the name of a function."""

import ast
from pathlib import Path

from app import audit
from app.access import Role
from app.audit.labels import OBJECTS, VERBS, action_label
from app.audit.operations import SYSTEM
from app.rotation.models import ReviewAction
from tests.factories import CountyFactory, user_with

SOURCES = Path(__file__).resolve().parents[3] / "app"


def actions():
    """Every `object.verb` that the application records."""
    found = {f"rotation.plan.{one.value}" for one in ReviewAction}
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found |= set(named_by(node))
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action":
                found |= {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    return {one for one in found if isinstance(one, str) and "." in one}


def named_by(call):
    """What a call names as `action=…`, or hands to a function that records."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
    if getattr(call.func, "attr", getattr(call.func, "id", "")).strip("_") in {"record", "note", "set_state"}:
        given += call.args
    return [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def is_said(what, dot, verb):
    return what in OBJECTS and (what + dot + verb in VERBS or verb in VERBS)


def test_every_recorded_action_is_said_in_words(app):
    found = actions()
    assert {"posts.propose", "school.close", "teacher.leave", "eligibility.in_force", "keys.rotate"} <= found
    silent = [one for one in found if not is_said(*one.rpartition("."))]
    assert not silent, f"app/audit/labels.py has no words for {sorted(silent)}"


def test_an_action_reads_as_a_sentence(app):
    assert action_label("rotation.plan.submit") == "轮岗方案：提交"
    assert action_label("teacher.return") == "教师：恢复在册"
    assert action_label("export") == "导出"


def test_what_the_system_did_is_said_of_the_system(client, app):
    county = CountyFactory()
    audit.record(actor=SYSTEM, action="code.load", region_id=county.id)
    auditor = user_with(Role.AUDITOR, region=county)
    auditor.language = "zh_Hans_CN"
    page = client.sign_in(auditor).get("/audit/").text
    assert ">系统</td>" in page
    assert ">system</td>" not in page

"""From a hand-made plan to scenarios: completed with its moves locked, or improved from where it stands."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import Actor
from app.extensions import db
from app.rotation.models import AnswerKind, Decision, DecisionKind, Scenario, ScenarioAnswer
from app.rotation.operations import answers, scenarios
from app.rotation.snapshot import teacher_number
from app.schools.models import School
from app.web.errors import Refused

COMPLETE, IMPROVE = "complete", "improve"


def check(*, scenario: Scenario, name: str, moves: Sequence[Mapping[str, Any]], actor: Actor) -> ScenarioAnswer:
    """Have a list of moves judged by the rules of a scenario; the same list is judged once."""
    key = hashlib.sha256(json.dumps(list(moves), sort_keys=True).encode()).hexdigest()[:16]
    payload = {"name": name[:80], "moves": list(moves)}
    return answers.ask(scenario=scenario, kind=AnswerKind.HANDMADE, key=key, payload=payload, actor=actor)


def rework(*, scenario: Scenario, found: Mapping[str, Any], how: str, actor: Actor) -> Scenario:
    """A scenario from a hand-made plan, sent to be solved on the data it was checked with.

    `complete` locks its moves, after the officers' own decisions; `improve` takes them as the moves to stay close to.
    """
    if not found["moves"]:
        raise Refused(_("No move of this list can be asked for."))
    wish = (
        _("%(name)s completed", name=found["name"]) if how == COMPLETE else _("%(name)s improved", name=found["name"])
    )
    made = scenarios.solve_again(
        scenario=scenario,
        name=scenarios.free_name(scenario.plan_id, str(wish)),
        settings=scenario.settings,
        is_same_data=True,
        actor=actor,
    )
    if how == COMPLETE:
        _lock(made, found, actor)
    else:
        moves = [{"teacher": move["teacher"], "to": move["to"]} for move in found["moves"]]
        answers.keep(scenario_id=made.id, kind=AnswerKind.REFERENCE, body={"moves": moves})
    scenarios.request_solve(scenario=made, actor=actor)
    return made


def _lock(made: Scenario, found: Mapping[str, Any], actor: Actor) -> None:
    """A lock for each move that can be made and that no decision speaks against."""
    impossible = {
        teacher
        for row in found["broken"]
        if row["rule"] in ("H1", "H8") and row["code"] != "wrong_origin"
        for teacher in row["teachers"]
    }
    placed = set(
        db.session.scalars(
            select(Decision.teacher_id).where(Decision.scenario_id == made.id, Decision.kind != DecisionKind.BAN)
        )
    )
    schools = dict(
        db.session.execute(
            select(School.code, School.id).where(School.code.in_({move["to"] for move in found["moves"]}))
        )
        .tuples()
        .all()
    )
    for move in found["moves"]:
        number = teacher_number(move["teacher"])
        if move["teacher"] not in impossible and number not in placed and move["to"] in schools:
            db.session.add(
                Decision(
                    scenario_id=made.id,
                    kind=DecisionKind.LOCK,
                    teacher_id=number,
                    school_id=schools[move["to"]],
                    note=str(_("From the hand-made plan “%(name)s”", name=found["name"])),
                    created_by_id=actor.id,
                )
            )
    db.session.flush()

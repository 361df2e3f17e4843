"""The optimiser's solution → rows: the proposed moves, the report that pages show, the whole solution."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from app.db.mixins import utc_now
from app.db.packed import pack
from app.extensions import db
from app.rotation import figures
from app.rotation.models import Direction, ProposedMove, Scenario, ScenarioStatus
from app.rotation.snapshot import teacher_number
from app.schools.models import School, Stage
from optimizer.geometry import distance_km

type Data = Mapping[str, Any]


def store(scenario: Scenario, problem: Data, solution: Data, report: Data, strict: Data | None = None) -> None:
    """Write a verified solution. Whatever an earlier, interrupted attempt left is replaced.

    `strict` are the aims of the plan that gives nothing up, where this one's settings let it.
    """
    moves = solution["moves"]
    detail = {
        "solution": solution,
        "spread": figures.spread(problem, moves),
        "posts": figures.posts(problem, moves),
        "flows": figures.flows(problem, moves),
        "asked": {key: problem[key] for key in ("settings", "locks", "bans", "reference")},
        "schools": {s["id"]: {"sending": s["sending"], "locality": s["locality"]} for s in problem["schools"]},
    }
    scenario.report = summary(problem, solution, report) | ({"strict": dict(strict)} if strict else {})
    scenario.detail = pack(detail)
    scenario.problem_sha256 = solution["problem_sha256"]
    scenario.status, scenario.solved_at = ScenarioStatus.SOLVED, utc_now()
    db.session.execute(delete(ProposedMove).where(ProposedMove.scenario_id == scenario.id))
    db.session.add_all(_moves(scenario, problem, solution))
    db.session.flush()


def summary(problem: Data, solution: Data, report: Data) -> dict[str, Any]:
    """The figures that pages show without opening the whole solution."""
    teachers = {t["id"]: t for t in problem["teachers"]}
    counted_only = {lock["teacher"] for lock in problem["locks"] if lock["to"] is None}
    moved = [teachers[move["teacher"]] for move in solution["moves"]]
    return {
        "status": solution["status"],
        "seconds": solution["seconds"],
        "tiers": solution["tiers"],
        "rules": report["rules"],
        "before": report["before"],
        "cv": report["cv"],
        "gaps": report["gaps"]["by_subject"],
        "counts": {
            "moves": len(moved),
            "backbone": sum(t["backbone"] for t in moved),
            "young": sum(t["young"] for t in moved),
            "eligible": sum(t["eligible"] for t in teachers.values()),
            "locked_in_place": len(counted_only),
            "schools": len(problem["schools"]),
            "teachers": len(teachers),
            "vacant_before": report["gaps"]["before"],
            "vacant_after": report["gaps"]["after"],
        },
    }


def _moves(scenario: Scenario, problem: Data, solution: Data) -> list[ProposedMove]:
    schools = {s["id"]: s for s in problem["schools"]}
    teachers = {t["id"]: t for t in problem["teachers"]}
    number = _school_numbers(scenario.plan.county_id)
    rows = []
    for position, move in enumerate(solution["moves"], start=1):
        teacher, origin, target = teachers[move["teacher"]], schools[move["from"]], schools[move["to"]]
        rows.append(
            ProposedMove(
                scenario_id=scenario.id,
                position=position,
                teacher_id=teacher_number(move["teacher"]),
                from_school_id=number[move["from"]],
                to_school_id=number[move["to"]],
                stage=Stage(teacher["stage"]),
                subject_code=move["subject"],
                direction=Direction(figures.direction(origin, target)),
                km=_km(teacher, origin, target),
                is_backbone=teacher["backbone"],
                is_young=teacher["young"],
                is_from_sending=origin["sending"],
                why=[dict(reason) for reason in move["why"]],
            )
        )
    return rows


def _km(teacher: Data, origin: Data, target: Data) -> float | None:
    home = _place(teacher) or _place(origin)
    place = _place(target)
    return round(distance_km(home, place), 1) if home and place else None


def _place(item: Data) -> tuple[float, float] | None:
    lat, lng = item["lat"], item["lng"]
    return (lat, lng) if lat is not None and lng is not None else None


def _school_numbers(county_id: int) -> dict[str, int]:
    rows = db.session.execute(select(School.code, School.id).where(School.county_id == county_id)).tuples()
    return dict(rows.all())

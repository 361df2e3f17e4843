"""The log's entries of this room."""

from typing import Any

from app.audit.operations import Actor
from app.audit.operations import record as write
from app.training.models import Enrolment, TrainingProgramme, TrainingSession


def record(actor: Actor, action: str, row: TrainingProgramme | TrainingSession, **more: Any) -> None:
    """An entry about a programme or a session, under its region and school."""
    write(actor=actor, action=action, subject=row, region_id=row.region_id, school_id=row.school_id, **more)


def record_enrolment(actor: Actor, action: str, row: Enrolment, label: str, **more: Any) -> None:
    """An entry about somebody's enrolment, under the person's county and school."""
    write(
        actor=actor,
        action=action,
        subject_type=row.__tablename__,
        subject_id=row.id,
        subject_label=label,
        region_id=row.county_id,
        school_id=row.school_id,
        **more,
    )

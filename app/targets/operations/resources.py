"""Writing what schools have, and putting a year's official figures on record."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from app.audit.operations import Actor, changes
from app.audit.operations import record as write
from app.db.clock import today, utc_now
from app.extensions import db
from app.regions.models import Region
from app.schools.models import School, SchoolStage
from app.targets.evaluators.periods import school_year_of
from app.targets.models import BalanceRecord, GuaranteeEntry, ResourcePart, SchoolResources
from app.targets.queries.balance import county_rows
from app.training.month_view import FIRST_YEAR, LAST_YEAR
from app.web.errors import Refused, refused_if_taken

FIGURES = ("teaching_area", "sport_area", "equipment_value", "multimedia_rooms")


def save_resources(
    *,
    actor: Actor,
    school: School,
    school_year: int,
    part: ResourcePart,
    resources: SchoolResources | None = None,
    **fields: Any,
) -> SchoolResources:
    """Enter what a school or one campus of it has in a year, or change it."""
    _check(school, school_year, part, fields)
    if resources is None:
        resources = SchoolResources(school_id=school.id, school_year=school_year, part=part, **fields)
        before, after = dict[str, Any](), {"part": part, **fields}
        _insert(resources)
    else:
        before, after = changes(resources, fields)
        for name, value in after.items():
            setattr(resources, name, value)
        db.session.flush()
    if after:
        _record(actor, "resources.set", school, resources, before or None, after)
    return resources


def _check(school: School, year: int, part: ResourcePart, fields: dict[str, Any]) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(_("The school year lies between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
    taught = db.session.scalars(select(SchoolStage.stage).where(SchoolStage.school_id == school.id)).all()
    if part.stage is not None and part.stage not in taught:
        raise Refused(_("%(school)s does not teach this stage: %(stage)s.", school=school.name, stage=part.stage.label))
    whole, indoor = fields.get("teaching_area"), fields.get("indoor_sport_area") or 0
    if whole is not None and indoor > whole:
        raise Refused(_("The indoor sport area is part of the teaching rooms: it cannot exceed them."))


def _insert(resources: SchoolResources) -> None:
    with refused_if_taken(_("Somebody else has just entered these figures. Open them and compare.")):
        db.session.add(resources)
        db.session.flush()


def remove_resources(*, actor: Actor, school: School, resources: SchoolResources) -> None:
    """Take a row out, such as that of a campus that is none; the log keeps what it was."""
    before = {name: getattr(resources, name) for name in ("school_year", "part", *FIGURES)}
    _record(actor, "resources.remove", school, resources, before, None)
    db.session.delete(resources)
    db.session.flush()


def record_balance(*, actor: Actor, county: Region, day: date | None = None) -> int:
    """Put the present school year's official figures on record, in place of what was recorded of it before.

    Afterwards the year can be looked at and compared with when its pupils and teachers are others.
    """
    day = day or today()
    year = school_year_of(day)
    rows = county_rows(county.id, year, day)
    kept = BalanceRecord.county_id == county.id, BalanceRecord.school_year == year
    db.session.execute(delete(BalanceRecord).where(*kept), execution_options={"synchronize_session": False})
    now = utc_now()
    lines = [
        {
            "county_id": county.id,
            "school_id": row.school_id,
            "stage": row.stage,
            "school_year": year,
            "recorded_on": day,
            "recorded_by_label": actor.label,
            "pupils": row.pupils,
            "classes": row.classes,
            "excluded": row.excluded,
            "items": {one.value: str(value) for one, value in row.items.items()},
            "created_at": now,
            "updated_at": now,
        }
        for row in rows
    ]
    if lines:
        db.session.execute(insert(BalanceRecord), lines)
    write(
        actor=actor,
        action="balance.record",
        subject=county,
        subject_label=f"{county.name} {year}",
        after={"school_year": year, "rows": len(lines)},
        region_id=county.id,
    )
    return len(lines)


def state_guarantee(
    *,
    actor: Actor,
    county: Region,
    school_year: int,
    item: int,
    entry: GuaranteeEntry | None,
    is_met: bool,
    figure: str,
    evidence: str,
) -> GuaranteeEntry:
    """Say of one of the government's guarantees whether the county keeps it, and by what that shows."""
    if not 1 <= item <= 15:
        raise Refused(_("The guarantees are numbered 1 to 15."))
    fields = {"is_met": is_met, "figure": figure, "evidence": evidence, "stated_on": today()}
    if entry is None:
        entry = GuaranteeEntry(county_id=county.id, school_year=school_year, item=item, **fields)
        db.session.add(entry)
        before, after = dict[str, Any](), dict[str, Any](fields)
    else:
        before, after = changes(entry, fields)
        for name, value in after.items():
            setattr(entry, name, value)
    db.session.flush()
    if after:
        write(
            actor=actor,
            action="guarantee.state",
            subject=entry,
            before=before or None,
            after=after,
            region_id=county.id,
        )
    return entry


def _record(
    actor: Actor,
    action: str,
    school: School,
    resources: SchoolResources,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    write(
        actor=actor,
        action=action,
        subject_type=SchoolResources.__tablename__,
        subject_id=resources.id,
        subject_label=f"{school.name} {resources.label}",
        before=before,
        after=after,
        region_id=school.county_id,
        school_id=school.id,
    )

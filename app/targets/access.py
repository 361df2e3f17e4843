"""Which packs and filled-in figures a person reaches."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from app.access import Grant, Permission
from app.evidence.models import EvidenceFile
from app.schools.access import in_regions
from app.schools.models import School
from app.targets.models import FILLED_EVIDENCE, FilledFigure, PolicyPack


def packs_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on PolicyPack: the packs of a granted county; a granted school reads those of its county."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(PolicyPack.county_id, held, permission)
    schools = {g.school_id for g in held if g.school_id}
    if schools and permission is Permission.TARGET_READ:
        ways.append(PolicyPack.county_id.in_(select(School.county_id).where(School.id.in_(schools))))
    return or_(false(), *ways)


def figures_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on FilledFigure: those of a granted county, and a granted school's own."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(FilledFigure.county_id, held, permission)
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(FilledFigure.school_id.in_(schools))
    return or_(false(), *ways)


def evidence_where(grants: Iterable[Grant], user: Any) -> ColumnElement[bool]:
    """Condition on EvidenceFile: those that hang on a filled-in figure within the person's reach."""
    hung = select(FILLED_EVIDENCE.c.evidence_id).join(FilledFigure, FilledFigure.id == FILLED_EVIDENCE.c.figure_id)
    return EvidenceFile.id.in_(hung.where(figures_where(grants, Permission.TARGET_READ)))

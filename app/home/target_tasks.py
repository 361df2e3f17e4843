"""What waits for a person in the policy targets: figures to be filled in, clauses that the county does not meet."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from app.access import Permission
from app.extensions import db
from app.home.task import Source, Task
from app.schools.access import one_county, schools_where
from app.targets.evaluators.outcome import Verdict
from app.targets.evaluators.periods import school_year_of
from app.targets.models import CurrentFigure, PackStatus, PolicyPack
from app.targets.queries import boards, filling, resources

P = Permission
COUNTIES = 3  # of whoever answers for more, the first show what a day's work there is


def figures_to_fill(user: Any, today: date) -> Iterator[Task]:
    """Figures of the packs in force that nobody filled in for their period."""
    for county in boards.counties_reached(user.grants, P.TARGET_EDIT)[:COUNTIES]:
        schools = boards.own_schools(county, user.grants, P.TARGET_EDIT)
        if number := len(filling.waiting(county.id, today, schools)):
            title = ngettext("%(num)d figure waits to be filled in", "%(num)d figures wait to be filled in", number)
            note = "" if schools is not None else _("What no record holds is filled in, with its evidence.")
            yield Task(title, url_for("targets.filled", county=county.id, due=1), "edit", "info", note)


def clauses_missed(user: Any, _today: date) -> Iterator[Task]:
    """Clauses that the county does not meet, for who decides."""
    for county in boards.counties_reached(user.grants, P.PLAN_APPROVE)[:COUNTIES]:
        if boards.own_schools(county, user.grants, P.TARGET_READ) is not None:
            continue
        rows = db.session.execute(
            select(PolicyPack.id, func.count(CurrentFigure.clause_id.distinct()))
            .join(CurrentFigure, CurrentFigure.pack_id == PolicyPack.id)
            .where(
                PolicyPack.county_id == county.id,
                PolicyPack.status == PackStatus.ADOPTED,
                CurrentFigure.verdict == Verdict.MISSED,
            )
            .group_by(PolicyPack.id)
            .order_by(func.count(CurrentFigure.clause_id.distinct()).desc(), PolicyPack.id)
        ).all()
        if rows:
            number = sum(count for _pack, count in rows)
            title = ngettext("%(num)d policy clause is not met", "%(num)d policy clauses are not met", number)
            url = url_for("targets.board", county=county.id, pack=rows[0][0], verdict=Verdict.MISSED.value)
            yield Task(title, url, "flag", "warning")


def resources_missing(user: Any, today: date) -> Iterator[Task]:
    """Schools whose rooms and equipment of this school year are not filled in, for those who fill them in."""
    if not one_county(user.grants, P.TARGET_EDIT):
        return
    year = school_year_of(today)
    found = resources.filled(schools_where(user.grants, P.TARGET_EDIT), year)
    if number := found.schools - found.complete:
        title = ngettext(
            "%(num)d school lacks figures of rooms and equipment",
            "%(num)d schools lack figures of rooms and equipment",
            number,
        )
        state = "none" if not found.started else "incomplete"
        note = _("Without them nobody can say whether the school passes.")
        yield Task(title, url_for("targets.resources", year=year, state=state), "building", "info", note)


SOURCES: tuple[tuple[Permission, Source], ...] = (
    (P.TARGET_EDIT, figures_to_fill),
    (P.TARGET_EDIT, resources_missing),
    (P.PLAN_APPROVE, clauses_missed),
)

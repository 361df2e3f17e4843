"""What the growth clauses come to, each figure with the address of the names behind it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.access import Grant, Permission
from app.extensions import db
from app.growth.access import draws_where
from app.growth.models import DrawnLesson, GrowthProgramme, LadderRung, LessonStatus, WeeklyDraw
from app.growth.queries import groups, ladder, mentors
from app.growth.queries.programmes import intakes, programmes_where
from app.growth.weeks import school_year_of, week_of
from app.schools.models import School, SchoolStage
from app.studios.queries.figures import ClauseFigure

P = Permission
# The clauses for which a county sets programmes up, and what each is about.
CLAUSES = {
    "HY-02": "growth.programmes",
    "HY-03": "growth.programmes",
    "JM-07": "growth.programmes",
    "LP-09": "growth.programmes",
    "LX-20": "growth.programmes",
}


def figures(grants: Iterable[Grant], day: date) -> list[ClauseFigure]:
    """Every figure of the growth clauses within reach."""
    held = list(grants)
    return [
        *mentors.figures(held, day),
        *_ladder(held, day),
        *_programmes(held, day),
        *_groups(held),
        *_stationings(held),
        *_draws(held, day),
    ]


def _ladder(grants: list[Grant], day: date) -> list[ClauseFigure]:
    rungs = db.session.scalars(
        select(LadderRung)
        .where(ladder.rungs_where(grants, P.GROWTH_READ))
        .order_by(LadderRung.county_id, LadderRung.position)
        .limit(100)
    ).all()
    found = ladder.figures_of(rungs, grants, day)
    return [
        ClauseFigure(
            "LP-08",
            str(_("%(rung)s recognised in %(year)s", rung=rung.name, year=day.year)),
            found[rung.id].recognised.get(day.year, 0),
            url_for("growth.ladder_applications", rung=rung.id, year=day.year, status="recognised"),
            rung.yearly_target,
        )
        for rung in rungs
    ]


def _programmes(grants: list[Grant], day: date) -> list[ClauseFigure]:
    rows = db.session.scalars(
        select(GrowthProgramme)
        .where(programmes_where(grants, P.GROWTH_READ), GrowthProgramme.is_open)
        .order_by(GrowthProgramme.clause, GrowthProgramme.name, GrowthProgramme.id)
        .limit(100)
    ).all()
    taken = intakes(rows)
    found = []
    for row in rows:
        year = next((y for y in range(day.year, row.first_year - 1, -1) if row.takes_in(y)), day.year)
        one = taken[row.id].get(year)
        here = url_for("growth.programme", programme_id=row.id, year=year, status="in_course")
        label = str(_("%(programme)s: taken in, %(year)s", programme=row.name, year=year))
        found.append(ClauseFigure(row.clause or "–", label, one.taken_in if one else 0, here, row.yearly_intake))
        if row.total is not None:
            all_years = url_for("growth.programme", programme_id=row.id, status="in_course")
            label = str(_("%(programme)s: taken in, all years", programme=row.name))
            found.append(ClauseFigure(row.clause or "–", label, taken[row.id][0].taken_in, all_years, row.total))
    known = {row.clause for row in rows}
    return found + [
        ClauseFigure(clause, str(_("No programme is set up for this clause")), 0, url_for(page, clause=clause), 1)
        for clause, page in CLAUSES.items()
        if clause not in known
    ]


def _groups(grants: list[Grant]) -> list[ClauseFigure]:
    needed = _count(SchoolStage, groups.stages_where(grants))
    full = _count(SchoolStage, groups.stages_where(grants), groups.is_full())
    label = str(_("Schools' stages with a complete growth group (1+6+N, 1+3+N)"))
    return [ClauseFigure("JM-06", label, full, url_for("growth.groups", state="full"), needed)]


def _stationings(grants: list[Grant]) -> list[ClauseFigure]:
    needed = _count(School, groups.needing_where(grants))
    covered = _count(School, groups.needing_where(grants), groups.is_covered())
    label = str(_("Rural and weak schools with a researcher stationed there"))
    return [ClauseFigure("HY-05", label, covered, url_for("growth.stationings", covered="1"), needed)]


def _draws(grants: list[Grant], day: date) -> list[ClauseFigure]:
    """The newest draw of the school year within reach: how many were drawn over how many schools."""
    drawn = db.session.scalar(
        select(WeeklyDraw).where(draws_where(grants)).order_by(WeeklyDraw.week.desc(), WeeklyDraw.id.desc()).limit(1)
    )
    if drawn is None or school_year_of(drawn.week) != school_year_of(week_of(day)):
        label = str(_("Teachers drawn for a lesson this week"))
        return [ClauseFigure("LX-22", label, 0, url_for("growth.draws"), 20)]
    standing = (DrawnLesson.draw_id == drawn.id, DrawnLesson.status != LessonStatus.EXCUSED)
    here = url_for("growth.show_draw", draw_id=drawn.id)
    schools = db.session.scalar(select(func.count(DrawnLesson.school_id.distinct())).where(*standing)) or 0
    return [
        ClauseFigure("LX-22", str(_("Teachers drawn in %(week)s", week=drawn.week)),
                     _count(DrawnLesson, *standing), here, drawn.wanted),
        ClauseFigure("LX-22", str(_("Schools met in %(week)s", week=drawn.week)), schools, here, drawn.wanted),
    ]  # fmt: skip


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

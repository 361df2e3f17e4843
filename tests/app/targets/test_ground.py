"""The road of a pack: shipped, copied, changed, adopted, worked out, kept; and figures filled in."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.targets.evaluators.evaluating import Side, evaluate, names
from app.targets.evaluators.outcome import Source, Verdict
from app.targets.models import CurrentFigure, FigureSnapshot, FilledFigure, PackStatus
from app.targets.operations.figures import fill_figure, refresh_clause, refresh_pack, take_snapshot, withdraw_figure
from app.targets.operations.packs import adopt_pack, change_pack, copy_pack, end_pack
from app.targets.packs import shipped_pack, shipped_text
from app.targets.queries.figures import board, trend
from app.targets.queries.packs import pack_in_force, pack_of
from app.web.errors import Refused
from tests.factories import CountyFactory, TeacherFactory

DAY = date(2026, 11, 1)


@pytest.fixture
def county(session):
    return CountyFactory()


@pytest.fixture
def adopted(county):
    row = copy_pack(county=county, text=shipped_text("luxi"), actor=SYSTEM)
    adopt_pack(row=row, from_on=date(2026, 1, 1), actor=SYSTEM)
    return row


def fill(county, figure, on, numerator, **more):
    return fill_figure(county=county, figure=figure, on=on, numerator=Decimal(numerator), actor=SYSTEM, **more)


def shown_of(row, clause):
    return next(outcome for one, outcome in board(row, pack_of(row)) if one.id == clause.id)


def clause_of(code, clause_id):
    pack = shipped_pack(code)
    return pack, pack.clause(clause_id)


def test_a_version_ends_the_one_before(county, adopted):
    text = shipped_text("luxi").replace('threshold = "10%"', 'threshold = "12%"', 1)
    draft = copy_pack(county=county, text=shipped_text("luxi"), actor=SYSTEM, based_on=adopted)
    change_pack(row=draft, text=text, actor=SYSTEM)
    adopt_pack(row=draft, from_on=date(2026, 9, 1), actor=SYSTEM)
    assert (adopted.status, adopted.adopted_to) == (PackStatus.ENDED, date(2026, 8, 31))
    assert pack_in_force(county.id, "luxi", date(2026, 8, 31)) is adopted
    assert pack_in_force(county.id, "luxi", date(2026, 9, 1)) is draft
    assert pack_of(draft).clause("LX-01").parts[0].thresholds[0].value == Fraction(12, 100)


def test_what_was_in_force_is_never_changed(county, adopted):
    with pytest.raises(Refused):
        change_pack(row=adopted, text=shipped_text("luxi"), actor=SYSTEM)
    end_pack(row=adopted, to_on=date(2026, 12, 31), actor=SYSTEM)
    with pytest.raises(Refused):
        adopt_pack(row=adopted, from_on=date(2027, 1, 1), actor=SYSTEM)


def test_a_wrong_text_is_refused_with_its_lines(county):
    with pytest.raises(Refused) as refused:
        copy_pack(county=county, text='format = 1\ncode = "x y"\n', actor=SYSTEM)
    assert "2" in str(refused.value.message)


def test_a_number_of_a_period_is_summed_within_it(county):
    pack, clause = clause_of("luxi", "LX-04")
    assert evaluate(pack, clause, county_id=county.id, on=DAY).verdict is Verdict.UNKNOWN
    fill(county, "competition.all", date(2024, 7, 1), 1)
    fill(county, "competition.vacant", date(2026, 7, 1), 1)
    every, vacant = evaluate(pack, clause, county_id=county.id, on=DAY).parts
    assert (vacant.verdict, vacant.source, vacant.figure) == (Verdict.MET, Source.FILLED, 1)
    # The round of three years that began in 2026 has none yet.
    assert every.verdict is Verdict.UNKNOWN
    fill(county, "competition.all", date(2026, 8, 1), 1)
    assert evaluate(pack, clause, county_id=county.id, on=DAY).verdict is Verdict.MET


def test_a_later_row_of_the_same_day_takes_its_place_and_a_withdrawn_one_gives_it_back(county):
    pack, clause = clause_of("luxi", "LX-04")
    fill(county, "competition.vacant", date(2026, 7, 1), 0)
    second = fill(county, "competition.vacant", date(2026, 7, 1), 1)
    outcome = evaluate(pack, clause, county_id=county.id, on=DAY).part("vacant")
    assert outcome.figure == 1
    withdraw_figure(row=second, reason="记错", actor=SYSTEM)
    assert evaluate(pack, clause, county_id=county.id, on=DAY).part("vacant").figure == 0


def test_the_board_reads_what_was_worked_out(session, county, adopted):
    assert all(outcome is None for _clause, outcome in board(adopted, pack_of(adopted)))
    refresh_pack(adopted, on=DAY)
    shown = board(adopted, pack_of(adopted))
    assert all(outcome is not None for _clause, outcome in shown)
    fill(county, "competition.vacant", date(2026, 7, 1), 1)
    clause = pack_of(adopted).clause("LX-04")
    assert shown_of(adopted, clause) is None
    refresh_clause(adopted, clause, on=DAY)
    assert shown_of(adopted, clause).part("vacant").verdict is Verdict.MET
    assert session.scalars(select(CurrentFigure.computed_on).distinct()).all() == [DAY]


def test_a_day_is_kept_once(session, county, adopted):
    assert take_snapshot(adopted, on=DAY) > 0
    fill(county, "competition.vacant", date(2026, 7, 1), 1)
    assert take_snapshot(adopted, on=DAY) == 0
    assert take_snapshot(adopted, on=date(2026, 12, 1)) > 0
    first, second = trend(county.id, "luxi", "LX-04")["vacant"]
    assert (first.verdict, second.verdict, second.figure) == (Verdict.UNKNOWN, Verdict.MET, 1)
    assert session.scalars(select(FigureSnapshot.on).distinct().order_by(FigureSnapshot.on)).all() == [
        DAY,
        date(2026, 12, 1),
    ]


def test_a_figure_of_tomorrow_is_refused(county):
    with pytest.raises(Refused):
        fill(county, "competition.vacant", date(2999, 1, 1), 1)


def test_history_stays(session, county):
    fill(county, "competition.vacant", date(2026, 7, 1), 1)
    fill(county, "competition.vacant", date(2026, 7, 1), 2)
    assert session.scalars(select(FilledFigure.numerator).order_by(FilledFigure.id)).all() == [1, 2]


def test_nobody_judged_says_so(county):
    TeacherFactory(county_id=county.id)
    pack, clause = clause_of("luxi", "LX-01")
    outcome = evaluate(pack, clause, county_id=county.id, on=DAY)
    assert outcome.verdict is Verdict.UNKNOWN
    assert outcome.parts[0].notes == ("not_judged",)
    assert names(pack, clause, "", Side.LACKING, county_id=county.id, on=DAY).ids == ()

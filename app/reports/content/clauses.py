"""The clauses of the county's policy packs in force, as they stood when they were worked out last."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app.extensions import db
from app.reports.content.layout import Cell, Column, Table
from app.targets.evaluators.outcome import Verdict
from app.targets.models import CurrentFigure, PackStatus, PolicyPack
from app.targets.packs.reading import read_pack

VERDICTS = {
    Verdict.MET: "已达成",
    Verdict.ON_COURSE: "按进度",
    Verdict.MISSED: "未达成",
    Verdict.UNKNOWN: "暂不可测",
    Verdict.REPORTED: "仅列示",
}


def tables(county_id: int) -> list[Table]:
    """One table a pack in force."""
    packs = db.session.scalars(
        select(PolicyPack)
        .where(PolicyPack.county_id == county_id, PolicyPack.status == PackStatus.ADOPTED)
        .options(undefer(PolicyPack.content), joinedload(PolicyPack.county))
        .order_by(PolicyPack.code)
    ).all()
    return [_table(row) for row in packs]


def _table(row: PolicyPack) -> Table:
    figures = db.session.scalars(select(CurrentFigure).where(CurrentFigure.pack_id == row.id)).all()
    verdicts = {(figure.clause_id, figure.part_key): figure for figure in figures}
    days = [figure.computed_on for figure in figures]
    counted = f"计算日期：{max(days)}。" if days else "尚未计算。"
    return Table(
        f"{row.name_zh}条款完成情况",
        [
            Column("条款", width=10),
            Column("内容", width=60, is_left=True),
            Column("来源", width=22, is_left=True),
            Column("状态", width=10),
        ],
        list(_rows(row, verdicts)),
        (counted + "逐条数值、口径和名单见系统“政策目标”。",),
        sheet=f"条款 {row.name_zh}",
    )


def _rows(row: PolicyPack, verdicts: dict[tuple[str, str], CurrentFigure]) -> Iterable[list[Cell]]:
    for clause in read_pack(row.content).clauses:
        found = [verdicts.get((clause.id, part.key)) for part in clause.parts]
        words = "；".join(dict.fromkeys(VERDICTS[one.verdict] if one else "未计算" for one in found))
        yield [clause.id, clause.words_zh, clause.source, words]

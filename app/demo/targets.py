"""The demo county's policy packs: all five adopted, the numbers that a county sets for itself set, and what no record
holds filled in with its paper, so that every clause has a figure. The months before are kept too.
"""

import io
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import click
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.accounts.models import User
from app.db.clock import today
from app.demo.ethics import page
from app.evidence.operations import keep
from app.extensions import db
from app.regions.models import Region
from app.targets.evaluators.evaluating import evaluate_all
from app.targets.evaluators.frame import Frame
from app.targets.evaluators.outcome import Verdict
from app.targets.models import FigureSnapshot, PolicyPack
from app.targets.operations.figures import fill_figure, refresh_pack, take_snapshot
from app.targets.operations.packs import adopt_pack, copy_pack
from app.targets.packs import Kind, Part, shipped_packs, shipped_text
from app.targets.packs.editing import changed
from app.targets.queries.packs import pack_of, packs_in_force
from app.web.transaction import transaction

ADOPTED = date(2026, 1, 1)
MONTHS = 6
# What this county lays down where the documents leave the number to it: clause, part, number.
SET = (
    ("lianping", "LP-08", {"pairs": 40, "talents": 12, "studios": 4, "rising_star": 10, "expert": 8, "leader": 5,
                           "famous": 2}),
    ("lianping", "LP-09", {"secondments": 6, "colleges": 10}),
    ("lianping", "LP-10", {"": 20}),
    ("lianping", "LP-13", {"researchers": 38}),
    ("heyuan", "HY-06", {"studios": 4, "network": 2}),
    ("county-2021", "WP-03", {"elite": 10, "newcomers": 10, "class_teachers": 20}),
    ("county-2021", "WP-04", {"lessons": 12, "showcases": 2}),
)  # fmt: skip
# What was filled in: figure to numerator, denominator (None for a number), and the paper it stands in.
FILLED: Mapping[str, tuple[int, int | None, str]] = {
    "competition.all": (1, None, "青蓝县2026年全员竞聘工作总结"),
    "competition.vacant": (1, None, "2026年空岗竞聘结果公示"),
    "research.observed_40": (17, 19, "教研员听评课登记汇总"),
    "research.events": (4, None, "县教研室活动记录"),
    "observing.heads": (10, 11, "校长听课记录抽查表"),
    "observing.deputies": (16, 18, "副校长听课记录抽查表"),
    "observing.central_heads": (6, 6, "中心学校听课记录"),
    "observing.central_researchers": (6, 7, "中心学校听课记录"),
    "mental.service_not_counted": (0, None, "县人社局、教体局工龄认定清单"),
    "sent_to_colleges": (8, None, "2026年赴师范院校培训名单"),
    "groups.of_city_quality": (1, None, "市教育局优质教育集团名单"),
    "research.mental_health_events": (1, None, "心理健康教研活动签到表"),
    "universities.mental_health": (3, 11200, "驻县高校函复"),
    "universities.with_two": (1, 1, "驻县高校函复"),
    "excellent_class_teachers": (18, None, "2026年优秀班主任表彰决定"),
}
# Of figures that the records would give and do not yet: what the bureau's own papers say.
OTHERWISE: Mapping[Kind, tuple[int, int | None]] = {
    Kind.RATIO: (17, 20),
    Kind.CYCLE: (17, 20),
    Kind.EACH: (9, 10),
    Kind.COUNT: (6, None),
    Kind.GATE: (0, None),
}


def fill(county_code: str) -> None:
    """Adopt, set, fill in, and keep the months; a re-run keeps what is there."""
    county = db.session.scalars(select(Region).where(Region.code == county_code)).one()
    officer = db.session.scalars(select(User).where(User.username == "officer")).one()
    if db.session.scalar(select(PolicyPack.id).where(PolicyPack.county_id == county.id)):
        return
    click.echo("\n== 政策目标 Policy targets")
    with transaction():
        for code in shipped_packs():
            row = copy_pack(county=county, text=_text(code), actor=officer, note="按本县实际核定")
            adopt_pack(row=row, from_on=ADOPTED, actor=officer)
    with transaction():
        _fill_in(county, officer)
    with transaction():
        kept = _keep_months(county)
    click.echo(f"   {len(shipped_packs())} packs, {kept} figures kept")


def _text(code: str) -> str:
    """A shipped pack with the county's own numbers."""
    text = shipped_text(code)
    for pack, clause_id, numbers in SET:
        if pack == code:
            parts = {key: {"set_by_county": None, "aims": [{"value": number}]} for key, number in numbers.items()}
            text = changed(text, clause_id, {"set_by_county": None}, parts)
    return text


def _fill_in(county: Region, officer: User) -> None:
    frame = Frame([county.id], today())
    done: set[str] = set()
    for row in packs_in_force(county.id, today()):
        pack = pack_of(row)
        for clause, outcome in zip(pack.clauses, evaluate_all(pack, frame), strict=True):
            for part, one in zip(clause.parts, outcome.parts, strict=True):
                if one.verdict is Verdict.UNKNOWN and part.figure not in done:
                    done.add(part.figure)
                    _fill_one(county, officer, part)


def _fill_one(county: Region, officer: User, part: Part) -> None:
    numerator, denominator, paper = FILLED.get(part.figure, (*OTHERWISE[part.kind], "局机关台账"))
    upload = FileStorage(stream=io.BytesIO(page(part.figure)), filename=f"{paper}.pdf")
    fill_figure(
        county=county,
        figure=part.figure,
        on=today() - timedelta(days=3),
        numerator=Decimal(numerator),
        denominator=None if denominator is None else Decimal(denominator),
        note=paper,
        evidence=[keep(actor=officer, upload=upload, county_id=county.id)],
        actor=officer,
    )


def _keep_months(county: Region) -> int:
    """The figures of the first of each of the last months, and those of today."""
    first = today().replace(day=1)
    months = [date(first.year + (first.month - 1 - back) // 12, (first.month - 1 - back) % 12 + 1, 1)
              for back in range(MONTHS - 1, -1, -1)]  # fmt: skip
    for on in months:
        frame = Frame([county.id], on)
        for row in packs_in_force(county.id, on):
            take_snapshot(row, on=on, outcomes=evaluate_all(pack_of(row), frame))
    frame = Frame([county.id], today())
    for row in packs_in_force(county.id, today()):
        refresh_pack(row, on=today(), frame=frame)
    return len(db.session.scalars(select(FigureSnapshot.id).where(FigureSnapshot.county_id == county.id)).all())

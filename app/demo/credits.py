"""Training claims of the demo county: logged, checked, confirmed, returned and disputed as people would."""

import io
import random
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import click
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.access import Role
from app.accounts.models import RoleGrant, User
from app.audit.operations import SYSTEM, Actor
from app.credits import packs
from app.credits.judging import MOST_A_DAY, Facts
from app.credits.models import ClaimStatus, CreditClaim
from app.credits.operations import claims, disputes, reviews, rule_sets
from app.credits.queries.duplicates import same_claims
from app.db.clock import today
from app.evidence.operations import keep
from app.extensions import db
from app.regions.models import Region
from app.teachers.models import Teacher
from app.web.transaction import transaction

RULES, TEACHERS, SEED = "project_platform", 24, 20
PROVIDER = "县教师发展中心"
TITLES: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("concentrated", "县级学科教学研修班", (12, 18, 24)),
    ("school_based", "校本教研：大单元教学设计", (4, 6, 8)),
    ("online", "国家中小学智慧教育平台暑期研修", (8, 10)),
    ("ethics", "师德专题学习", (4, 6)),
    ("paper", "论文发表", (3, 4)),
    ("exchange", "片区联片教研活动", (1, 2)),
    ("school_based", "作业设计工作坊", (4, 6)),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: the teacher of the demo account, those who log, the reviewers."""

    county: Region
    teacher: Teacher
    person: User
    others: Sequence[Teacher]
    head: User
    centre: User


def fill(county_code: str) -> None:
    """Put the county's rules in force, and log, check and confirm claims; nothing where there are some already."""
    with transaction() as session:
        if session.scalar(select(CreditClaim.id).where(CreditClaim.provider == PROVIDER).limit(1)):
            return
        cast = _cast(county_code)
        if cast is None:
            return
        click.echo("\n== 登记培训学时 Logging training hours")
        draft = rule_sets.create_draft(
            actor=cast.centre, county_id=cast.county.id, valid_from=date(today().year, 1, 1), rules=packs.pack(RULES)
        )
        rule_sets.put_in_force(actor=cast.centre, draft=draft)
        chance = random.Random(SEED)
        _of_others(cast, chance)
        _of_the_teacher(cast, chance)


def _cast(county_code: str) -> Cast | None:
    county = db.session.scalars(select(Region).where(Region.code == county_code)).one()
    people = {
        role: db.session.execute(
            select(User, RoleGrant)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(User.is_demo, RoleGrant.role == role)
            .limit(1)
        ).first()
        for role in (Role.TEACHER, Role.SCHOOL_ADMINISTRATOR, Role.DEVELOPMENT_CENTRE)
    }
    if None in people.values():
        return None
    (person, grant), (head, school), (centre, _scope) = (row for row in people.values() if row is not None)
    teacher = db.session.get_one(Teacher, grant.teacher_id)
    same = select(Teacher).where(
        Teacher.working_school_id == school.school_id, Teacher.id != teacher.id, Teacher.left_on.is_(None)
    )
    others = db.session.scalars(same.order_by(Teacher.id).limit(TEACHERS)).all()
    return Cast(county, teacher, person, others, head, centre)


def _of_others(cast: Cast, chance: random.Random) -> None:
    """Colleagues: most claims confirmed, some with the school, some with the county, one returned."""
    with_county: list[CreditClaim] = []
    for n, teacher in enumerate(cast.others):
        for claim in [_log(SYSTEM, teacher, chance) for _n in range(3)]:
            if chance.random() < 0.2:
                continue
            reviews.check(actor=cast.head, claim=claim)
            with_county.append(claim)
        if n == 3:
            reviews.send_back(
                actor=cast.head, claim=_log(SYSTEM, teacher, chance), reason="签到表照片不清晰，请重新上传"
            )
    kept = len(with_county) // 5
    reviews.confirm_many(actor=cast.centre, claims=with_county[kept:])


def _of_the_teacher(cast: Cast, chance: random.Random) -> None:
    """The demo teacher: something at every stage, and an objection."""
    done = [_log(cast.person, cast.teacher, chance) for _n in range(5)]
    for claim in done:
        reviews.check(actor=cast.head, claim=claim)
    changed = done[0]
    half = (changed.hours or Decimal(2)) / 2
    reviews.change_hours(actor=cast.centre, claim=changed, hours=half, reason="缺勤半天，按实际认定")
    reviews.confirm_many(actor=cast.centre, claims=done[:4])
    disputes.open_dispute(actor=cast.person, claim=changed, body="我全程参加了研修，签到表可以证明，请复核。")
    returned = _log(cast.person, cast.teacher, chance)
    reviews.send_back(actor=cast.head, claim=returned, reason="请补充培训通知或结业证明")
    _log(cast.person, cast.teacher, chance)
    draft = claims.start_claim(actor=cast.person, teacher=cast.teacher)
    typed = {
        "kind": "research",
        "title": "县级课题：乡村小学阅读教学",
        "quantity": "2.5.1",
        "from_on": "",
        "done_on": "",
    }
    facts = Facts(kind_code="research", title=typed["title"])
    claims.save_draft(actor=cast.person, claim=draft, facts=facts, typed=typed, evidence=[])


def _log(actor: Actor, teacher: Teacher, chance: random.Random) -> CreditClaim:
    """One claim, handed in with its photograph."""
    claim = claims.start_claim(actor=actor, teacher=teacher)
    facts = _facts(chance)
    while same_claims(teacher.id, facts, without=claim.id):
        facts = _facts(chance)
    picture = FileStorage(io.BytesIO(_picture(claim.id)), filename="证明.png")
    file = keep(actor=actor, upload=picture, county_id=teacher.county_id)
    typed = {"kind": facts.kind_code or "", "title": facts.title, "quantity": str(facts.quantity)}
    typed |= {"from_on": str(facts.from_on), "done_on": str(facts.done_on), "provider": facts.provider}
    claims.submit(actor=actor, claim=claim, facts=facts, typed=typed, evidence=[file])
    if claim.status is not ClaimStatus.AT_SCHOOL:
        raise RuntimeError("a demo claim was not handed in")
    return claim


def _facts(chance: random.Random) -> Facts:
    """Some training of this year, over by now."""
    kind, title, amounts = chance.choice(TITLES)
    first, last = date(today().year, 1, 1), today()
    done_on = last - timedelta(days=chance.randrange((last - first).days + 1))
    from_on = max(first, done_on - timedelta(days=2))
    quantity = min(chance.choice(amounts), MOST_A_DAY * ((done_on - from_on).days + 1))
    return Facts(kind, None, f"{title}（{done_on.month}月）", PROVIDER, from_on, done_on, Decimal(quantity))


def _picture(number: int) -> bytes:
    """A small photograph-like picture, each its own."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    width, height = 320, 200
    shade = 150 + number % 80
    rows = b"".join(
        b"\0" + bytes((shade, 220, 235) if 20 < y < 180 else (245, 245, 240)) * width for y in range(height)
    )
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    mark = chunk(b"tEXt", b"mark\0" + str(number).encode())
    return b"\x89PNG\r\n\x1a\n" + head + mark + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

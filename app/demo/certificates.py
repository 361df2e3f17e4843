"""What the demo county's teachers hold: the bureau's lists of certificates, titles, appraisals and studies, and what
waits in the queues. A few lack something, so that the list of who may not teach has names on it."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage

from app.accounts.models import User
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.demo.people import Teacher
from app.demo.sheets import Cell, Layout, Line, write_book
from app.demo.workbooks import Manifest, WrittenFile
from app.evidence.operations import keep
from app.extensions import db
from app.qualifications import operations
from app.qualifications.models import Certificate, CertificateSource, CertificateState
from app.qualifications.operations import Fields
from app.regions.models import Region
from app.tables.codes import seed_list
from app.teachers.models import Teacher as TeacherRow
from app.web.transaction import transaction

KIND_OF_STAGE = {"kindergarten": "1", "primary": "2", "junior": "3", "senior": "4"}
SCHOOLS_OF_DEGREE = ("云澜师范大学", "望川学院", "云澜大学", "云澜第二师范学院", "望川师范高等专科学校")
MAJOR_OF_STAGE = {"kindergarten": "学前教育", "primary": "小学教育", "junior": "学科教学", "senior": "学科教学"}


def write_books(manifest: Manifest, folder: Path, *, seed: int) -> tuple[WrittenFile, ...]:
    """Write the bureau's lists of what teachers hold; the same seed makes the same lists."""
    chance, on = random.Random(seed * 31 + 7), manifest.county.census_on
    teachers = manifest.accepted_teachers
    made = (
        ("qualifications", "教师资格", _QUALIFICATIONS, _qualifications(chance, teachers, on)),
        ("certificates", "技能及证书", _CERTIFICATES, _certificates(chance, teachers, on)),
        ("titles", "专业技术职务聘任", _TITLES, _titles(teachers, on)),
        ("appraisals", "年度考核", _APPRAISALS, _appraisals(chance, teachers, on)),
        ("degrees", "学习经历", _DEGREES, _degrees(chance, teachers)),
    )
    files = []
    for sheet, title, headers, rows in made:
        lines = [Line(cells) for cells in rows]
        path = folder / f"{title}.xlsx"
        write_book(
            path, Layout(title, (f"青蓝县教师{title}信息表",), headers, footers=("填表人：教育局人事股",)), lines
        )
        files.append(WrittenFile(path, sheet, len(lines)))
    return tuple(files)


_QUALIFICATIONS = (
    "*姓名", "*身份证件号", "*教师资格证种类", "教师资格证号码", "任教学科", "证书颁发日期\n(yyyy-MM-dd)", "颁发机构",
    "首次注册日期", "首次注册结论", "定期注册日期", "定期注册结论",
)  # fmt: skip
_CERTIFICATES = (
    "*姓名", "*身份证件号", "普通话等级", "证书名称", "发证年月", "有效期至", "发证单位", "证书编号",
)  # fmt: skip
_TITLES = ("姓名", "身份证件号", "聘任专业技术职务", "聘任开始年月", "聘任结束年月", "聘任单位名称")
_APPRAISALS = ("姓名", "身份证件号", "考核年度", "考核结果", "考核单位名称", "考核确认日期")
_DEGREES = (
    "姓名", "身份证件号", "获得学历", "院校或机构", "所学专业", "是否师范类专业", "入学年月", "毕业年月", "学位层次",
    "学习方式",
)  # fmt: skip


def _qualifications(chance: random.Random, teachers: Sequence[Teacher], on: date) -> Iterator[tuple[Cell, ...]]:
    kinds, subjects = seed_list("certificate_kind"), seed_list("subject")
    for number, teacher in enumerate(teachers):
        roll = chance.random()
        if roll < 0.006:
            continue
        kind = KIND_OF_STAGE[teacher.stage]
        if teacher.stage == "primary" and roll > 0.86:
            kind = "3"
        elif teacher.stage == "junior" and roll > 0.66:
            kind = "4"
        elif roll < 0.009:
            kind = "2" if teacher.stage == "junior" else kind
        issued = date(teacher.started_work_on.year, 6, chance.randint(1, 28))
        subject = teacher.subject if chance.random() < 0.95 else "chinese"
        first = date(min(max(issued.year + 1, 2014), on.year), 3, 1)
        newest = _registered(chance, first, on)
        code = f"{issued.year}9901{kind}{teacher.sex}{number + 1:07d}"
        yield (
            teacher.name, teacher.id_number, kinds.option(kind), code, subjects[subject].label_zh, issued,
            "望川市教育局" if kind in "34" else "青蓝县教育局", first.isoformat(), "注册合格",
            newest[0].isoformat() if newest else "", newest[1] if newest else "",
        )  # fmt: skip


def _registered(chance: random.Random, first: date, on: date) -> tuple[date, str] | None:
    """The newest registration: in time for most, overdue for a few; somebody new has only the first."""
    if (on - first).days < 5 * 365:
        return None
    roll = chance.random()
    if roll < 0.012:
        return None
    year = on.year - chance.randint(0, 4)
    if roll < 0.03:
        year = on.year - 5
    day = date(year, chance.choice((3, 4, 9, 10)), chance.randint(1, 28))
    return (min(day, on), "暂缓注册" if roll > 0.99 else "注册合格")


def _certificates(chance: random.Random, teachers: Sequence[Teacher], on: date) -> Iterator[tuple[Cell, ...]]:
    def row(person: Teacher, name: str, issued: date, by: str, *, level: str = "", prefix: str) -> tuple[Cell, ...]:
        serial = f"{prefix}{issued:%Y}{chance.randrange(10**8):08d}"
        return (person.name, person.id_number, level, name, issued.isoformat(), "", by, serial)

    for teacher in teachers:
        began = teacher.started_work_on
        if chance.random() > 0.008:
            better = chance.random() < (0.97 if teacher.subject == "chinese" else 0.28)
            level = "二级甲等" if better else "二级乙等"
            yield row(teacher, "", date(began.year, 5, 1), "云澜省语言文字培训测试中心", level=level, prefix="99")
        if teacher.is_class_teacher:
            if chance.random() < 0.93:
                yield row(
                    teacher, "班主任培训合格证书", _past(chance, on, 9, began), "青蓝县教师发展中心", prefix="BZR"
                )
            if chance.random() < 0.86:
                yield row(teacher, "心理健康教育教师C证", _past(chance, on, 5.3, began), "云澜省教育厅", prefix="XLC")
        if "mental_health" in (teacher.subject, *teacher.further_subjects) and chance.random() < 0.9:
            name = chance.choice(("心理健康教育教师B证", "心理健康教育教师A证", "国家心理咨询师"))
            yield row(teacher, name, _past(chance, on, 4.5, began), "云澜省教育厅", prefix="XLB")
        if teacher.school_position == "11" and chance.random() < 0.95:
            yield row(
                teacher, "校长任职资格培训合格证书", _past(chance, on, 9, began), "望川市教师进修学校", prefix="XZ"
            )
        if chance.random() < 0.04:
            yield row(teacher, "救护员证", _past(chance, on, 3.2, began), "青蓝县红十字会", prefix="JH")


def _past(chance: random.Random, on: date, years: float, began: date) -> date:
    return max(on - timedelta(days=chance.randint(20, round(365 * years))), began)


def _titles(teachers: Sequence[Teacher], on: date) -> Iterator[tuple[Cell, ...]]:
    names = seed_list("title")
    for teacher in teachers:
        since = teacher.title_employed_on
        if since is not None and since <= on and teacher.title_employed not in ("none", "ungraded"):
            label = names[teacher.title_employed].label_zh
            yield (teacher.name, teacher.id_number, label, f"{since:%Y-%m}", "", "青蓝县教育局")


def _appraisals(chance: random.Random, teachers: Sequence[Teacher], on: date) -> Iterator[tuple[Cell, ...]]:
    for teacher in teachers:
        result = chance.choices(("优秀", "合格", "基本合格", "不合格", "未参加考核"), (15, 83, 1, 0.2, 0.8))[0]
        yield (teacher.name, teacher.id_number, float(on.year - 1), result, "青蓝县教育局", f"{on.year}-01-15")


def _degrees(chance: random.Random, teachers: Sequence[Teacher]) -> Iterator[tuple[Cell, ...]]:
    levels = seed_list("education_level")
    for teacher in teachers:
        if chance.random() > 0.4:
            continue
        end = teacher.started_work_on.year
        degree = {"14": "3-硕士", "21": "4-学士"}.get(teacher.highest_degree, "0-无")
        yield (
            teacher.name, teacher.id_number, levels.option(teacher.highest_degree), chance.choice(SCHOOLS_OF_DEGREE),
            MAJOR_OF_STAGE[teacher.stage], "是" if chance.random() < 0.85 else "否", f"{end - 4}-09", f"{end}-07",
            degree, "1-全脱产",
        )  # fmt: skip


# --- what waits ---------------------------------------------------------------------------------------------------


def add_claims(county_code: str) -> None:
    """Certificates on their way: of the demo teacher and colleagues to the school, of others to the county."""
    with transaction() as session:
        county_id = session.scalars(select(Region.id).where(Region.code == county_code)).one()
        user = session.scalars(select(User).where(User.username == "teacher", User.is_demo)).one()
        teacher = session.get_one(TeacherRow, user.teacher_id)
        waiting = select(Certificate).where(Certificate.state == CertificateState.CLAIMED)
        if session.scalar(select(waiting.exists())):
            return
        _fill(county_id, teacher, waiting.options(joinedload(Certificate.teacher)).order_by(Certificate.id))


def _fill(county_id: int, teacher: TeacherRow, waiting: Select[Certificate]) -> None:
    here = select(TeacherRow).where(TeacherRow.county_id == county_id, TeacherRow.left_on.is_(None))
    here = here.order_by(TeacherRow.name_pinyin, TeacherRow.id)
    school = TeacherRow.employing_school_id
    mine = here.where(school == teacher.employing_school_id, TeacherRow.id != teacher.id)
    colleagues = db.session.scalars(mine.limit(4)).all()
    others = db.session.scalars(here.where(school != teacher.employing_school_id).limit(6)).all()
    for number, person in enumerate((teacher, *colleagues, *others)):
        _claim(person, "first_aid", f"JH{number:04d}", today() - timedelta(days=30 + number), "青蓝县红十字会")
    ids = [person.id for person in others]
    operations.check(actor=SYSTEM, rows=db.session.scalars(waiting.where(Certificate.teacher_id.in_(ids))).all())
    _claim(teacher, "skill_computer", "JSJ202600017", today() - timedelta(days=60), "教育部教育考试院")
    newest = db.session.scalars(waiting.where(Certificate.type_code == "skill_computer")).all()
    reason = "证书编号与照片不一致，请核对后重新提交。"
    operations.return_(actor=SYSTEM, rows=newest, at=CertificateState.CLAIMED, reason=reason)


def _claim(person: TeacherRow, code: str, number: str, issued: date, by: str) -> None:
    scan = FileStorage(io.BytesIO(_picture(number)), filename="证书照片.png")
    file = keep(actor=SYSTEM, upload=scan, county_id=person.county_id)
    fields = Fields(code, number=number, issued_by=by, issued_on=issued)
    operations.add(actor=SYSTEM, teacher=person, source=CertificateSource.TEACHER, fields=fields, evidence=[file])


def _picture(mark: str) -> bytes:
    """A plain sheet of paper as a PNG; no two are the same."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    width, height = 420, 300
    line = b"\0" + bytes((247, 242, 228)) * width
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    text = chunk(b"tEXt", b"Comment\0" + mark.encode())
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(line * height)) + chunk(b"IEND", b"")

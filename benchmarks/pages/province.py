"""A province of any size: counties of five thousand teachers, written by bare bulk inserts."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from app.access import Role
from app.accounts.models import RoleGrant, User
from app.db import crypto
from app.demo.names import GIVEN_FEMALE, GIVEN_MALE, SURNAMES
from app.extensions import db
from app.regions.models import Region, RegionLevel
from app.schools.models import School, SchoolStage, Stage, SubjectPost
from app.schools.pinyin import person_initials, person_pinyin, school_initials, school_pinyin
from app.teachers.models import BackboneHonour, Sex, Teacher

TEACHERS_A_COUNTY, SCHOOLS_A_COUNTY, CHUNK = 5_000, 110, 5_000
SUBJECTS = ("chinese",) * 8 + ("mathematics",) * 7 + ("english",) * 4 + ("pe", "music", "art", "science", "physics")
STATES = ("100",) * 96 + ("205", "203", "209", "301")
TITLES = (None,) * 4 + ("senior",) * 12 + ("first",) * 20 + ("second",) * 12 + ("third",) * 2
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def fill(teachers: int) -> None:
    """Fill the empty database of the present application, and let it gather its statistics."""
    counties = max(1, teachers // TEACHERS_A_COUNTY)
    with db.engine.begin() as connection:
        _regions(connection, counties)
        schools = _schools(connection, random.Random(1), counties)
        for rows in batched(_teachers(random.Random(2), teachers, schools), CHUNK):
            people = [row for row, _honours in rows]
            _write(connection, Teacher.__table__, people)
            _write(connection, BackboneHonour.__table__, [h for _row, honours in rows for h in honours])
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    _accounts()


def _write(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows and isinstance(table, Table):
        connection.execute(insert(table), list(rows))


def _regions(connection: Connection, counties: int) -> None:
    rows = [
        {"id": 1, "code": "990000", "name": "试验省", "level": RegionLevel.PROVINCE, "parent_id": None, "path": "/1/"}
    ]
    for n in range(counties):
        prefecture = 2 + n // 10
        if n % 10 == 0:
            path, code = f"/1/{prefecture}/", f"99{n // 10 + 1:02d}00"
            level = RegionLevel.PREFECTURE
            rows.append(
                {"id": prefecture, "code": code, "name": f"市{n // 10}", "level": level, "parent_id": 1, "path": path}
            )
    for n in range(counties):
        prefecture, number = 2 + n // 10, county_id(n)
        rows.append(
            {
                "id": number,
                "code": f"99{n // 10 + 1:02d}{n % 10 + 1:02d}",
                "name": f"试验{n}县",
                "level": RegionLevel.COUNTY,
                "parent_id": prefecture,
                "path": f"/1/{prefecture}/{number}/",
            }
        )
    _write(connection, Region.__table__, rows)


def county_id(n: int) -> int:
    """The id of the n-th county."""
    return 1_000 + n


def _schools(connection: Connection, chance: random.Random, counties: int) -> dict[int, list[int]]:
    schools, stages, posts, found = [], [], [], {}
    number = 0
    for n in range(counties):
        found[n] = []
        for k in range(SCHOOLS_A_COUNTY):
            number += 1
            name = f"试验{n}县第{k + 1}小学"
            found[n].append(number)
            schools.append(
                {
                    "id": number, "county_id": county_id(n), "code": f"21990{number:05d}", "name": name,
                    "name_pinyin": school_pinyin(name), "name_initials": school_initials(name), "kind_code": "211",
                    "locality_code": "111" if k < 24 else "220", "is_sending": k < 24, "is_weak": k > 90,
                    "township": f"乡{k % 16}", "quota": 48, "lat": 24.5, "lng": 103.7, "version": 1,
                    "created_at": NOW, "updated_at": NOW,
                }
            )  # fmt: skip
            stages.append({"school_id": number, "stage": Stage.PRIMARY, "pupils": 850, "boarders": 0, "classes": 20})
            posts += [
                {"school_id": number, "stage": Stage.PRIMARY, "subject_code": subject, "posts": chance.randint(1, 12)}
                for subject in ("chinese", "mathematics", "english", "pe", "music", "art", "science")
            ]
    for model, rows in ((School, schools), (SchoolStage, stages), (SubjectPost, posts)):
        _write(connection, model.__table__, rows)
    return found


def _teachers(
    chance: random.Random, teachers: int, schools: dict[int, list[int]]
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    for number in range(1, teachers + 1):
        county = (number - 1) // TEACHERS_A_COUNTY
        row = _teacher(chance, number, county, schools[county])
        honours = []
        if chance.random() < 0.12:
            level = chance.choices("1234", (1, 5, 30, 64))[0]
            honours.append(
                {
                    "teacher_id": number, "type_code": "backbone", "level_code": level, "title": "骨干教师",
                    "valid_from": date(2020, 1, 1), "valid_to": date(2024 + chance.randrange(6), 12, 31),
                }
            )  # fmt: skip
        yield row, honours


def _teacher(chance: random.Random, number: int, county: int, schools: list[int]) -> dict[str, Any]:
    sex = Sex.FEMALE if chance.random() < 0.62 else Sex.MALE
    surname = SURNAMES[min(int(chance.expovariate(0.05)), len(SURNAMES) - 1)]
    name = surname + chance.choice(GIVEN_FEMALE if sex is Sex.FEMALE else GIVEN_MALE)
    born = date(1966, 9, 1) + timedelta(days=chance.randrange(37 * 365))
    started = date(born.year + 22, 9, 1)
    joined = date(min(2026, started.year + chance.randrange(max(1, 2027 - started.year))), 9, 1)
    document = f"P{number:09d}"
    employing = chance.choice(schools)
    state = chance.choice(STATES)
    return {
        "id": number, "county_id": county_id(county), "name": name, "name_pinyin": person_pinyin(name),
        "name_initials": person_initials(name), "sex": sex, "id_type_code": "A", "id_number": document,
        "id_number_digest": crypto.digest(f"A:{document}"), "id_number_masked": f"P00***{document[-4:]}",
        "birth_on": born, "started_work_on": started, "joined_school_on": joined, "staff_category_code": "A1",
        "employing_school_id": employing, "working_school_id": chance.choice(schools) if state == "205" else employing,
        "stage": Stage.PRIMARY, "subject_code": chance.choice(SUBJECTS), "title_rated_code": chance.choice(TITLES),
        "state_code": state, "left_on": date(2025, 8, 31) if state == "301" else None, "staff_number": f"T{number:07d}",
        "is_established": True, "is_class_teacher": False, "version": 1, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


def _accounts() -> None:
    for username, region in (("county", county_id(0)), ("province", 1)):
        user = User(username=username, name=username, active=True, fs_uniquifier=username, language="zh_Hans_CN")
        db.session.add(user)
        db.session.flush()
        db.session.add(RoleGrant(user_id=user.id, role=Role.PERSONNEL_OFFICER, region_id=region))
    db.session.commit()

"""The demo county's teachers: who they are, what they hold, where they were and what keeps them at home."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.demo import names, places
from app.demo.places import School
from app.tables.identity import check_digit


@dataclass(frozen=True)
class Honour:
    """A backbone title held by a teacher, valid from one day to another."""

    type: str
    level: str
    title: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Rotation:
    """An earlier or present rotation; `to_on` is None while it lasts."""

    kind: str
    is_transfer: bool
    from_on: date
    to_on: date | None
    from_school: str
    to_school: str


@dataclass(frozen=True)
class Circumstance:
    """What keeps a teacher from rotating for a time, with its evidence."""

    kind: str
    evidence: str
    from_on: date
    to_on: date | None


@dataclass
class Teacher:
    """One teacher; schools are given by code, codes as in the shipped code tables."""

    name: str
    sex: str
    id_number: str
    birth_on: date
    ethnic_group: str
    political_status: str
    highest_degree: str
    started_work_on: date
    joined_school_on: date
    employing_school: str
    working_school: str
    stage: str
    subject: str
    further_subjects: tuple[str, ...]
    title_rated: str
    title_employed: str
    title_employed_on: date | None
    post_grade: str
    school_position: str
    state: str
    is_class_teacher: bool
    phone: str
    email: str
    home_township: str
    home: tuple[float, float] | None
    staff_number: str
    former_name: str = ""
    is_established: bool = True
    honours: list[Honour] = field(default_factory=list)
    rotations: list[Rotation] = field(default_factory=list)
    circumstances: list[Circumstance] = field(default_factory=list)

    def age(self, on: date) -> int:
        return on.year - self.birth_on.year - ((on.month, on.day) < (self.birth_on.month, self.birth_on.day))

    def years_in_school(self, on: date) -> float:
        return ((on.year - self.joined_school_on.year) * 12 + on.month - self.joined_school_on.month) / 12


def staff_county(chance: random.Random, schools: Sequence[School], census_on: date) -> list[Teacher]:
    """Teachers for every school, over-staffed in town and short in the country."""
    maker = _Maker(chance, census_on)
    teachers = [teacher for school in schools for teacher in maker.staff(school)]
    maker.give_special_names(teachers)
    maker.send_out(teachers, schools)
    for teacher in teachers:
        maker.add_circumstances(teacher)
    return teachers


class _Maker:
    """Draws people one by one; holds what must not repeat."""

    def __init__(self, chance: random.Random, census_on: date) -> None:
        self.chance = chance
        self.census_on = census_on
        self.orders: dict[tuple[date, str], int] = {}
        self.made = 0

    def staff(self, school: School) -> Iterable[Teacher]:
        chance = self.chance
        for stage in school.stages:
            posts = sum(school.posts[stage].values())
            fill = chance.uniform(0.98, 1.05) if school.is_urban else chance.uniform(0.86, 1.0)
            mix = {
                subject: weight * self._stress(school, subject) for subject, weight in places.SUBJECT_MIX[stage].items()
            }
            for position in range(round(posts * fill)):
                subject = chance.choices(list(mix), list(mix.values()))[0]
                yield self._teacher(school, stage, subject, is_first=position == 0 and stage == school.stages[0])

    def _stress(self, school: School, subject: str) -> float:
        if subject in places.MAJOR_SUBJECTS:
            return 1.0
        return self.chance.uniform(1.0, 1.5) if school.is_urban else self.chance.uniform(0.3, 0.9)

    def _teacher(self, school: School, stage: str, subject: str, *, is_first: bool) -> Teacher:
        chance, year = self.chance, self.census_on.year
        self.made += 1
        sex = "2" if chance.random() < (0.96 if stage == "kindergarten" else 0.66) else "1"
        age = chance.randint(35 if is_first else 23, 59 if sex == "1" else 54)
        birth_on = date(year - age, chance.randint(1, 8), chance.randint(1, 28))
        career = max(1, age - chance.randint(22, 23))
        years = min(career, max(1, int(chance.gammavariate(2.2, 4))))
        started = date(year - career, chance.choice((7, 8, 9)), 1)
        joined = (
            date(year - years, 9, 1) if chance.random() < 0.85 else date(year - years, chance.choice((2, 3, 10)), 1)
        )
        joined = max(joined, started)
        title, grade = self._title(age)
        home_at = places.around(chance, (school.lat, school.lng), 6) if chance.random() < 0.7 else None
        surname = chance.choices(names.SURNAMES, [max(1, 60 - i) for i in range(len(names.SURNAMES))])[0]
        teacher = Teacher(
            name=surname + chance.choice(names.GIVEN_FEMALE if sex == "2" else names.GIVEN_MALE),
            sex=sex,
            id_number=self._id_number(birth_on, sex),
            birth_on=birth_on,
            ethnic_group=chance.choices(("01", "07", "03", "08", "06", "15", "11"), (84, 6, 3, 3, 2, 1, 1))[0],
            political_status=self._political_status(age),
            highest_degree=self._degree(age, stage),
            started_work_on=started,
            joined_school_on=joined,
            employing_school=school.code,
            working_school=school.code,
            stage=stage,
            subject=subject,
            further_subjects=self._further(stage, subject),
            title_rated=title,
            title_employed=title if chance.random() < 0.94 else _one_below(title),
            title_employed_on=None
            if title == "ungraded"
            else date(max(started.year, year - chance.randint(1, 9)), 12, 1),
            post_grade=grade,
            school_position="11" if is_first else chance.choices(("00", "12", "21", "22", "29"), (90, 2, 4, 3, 1))[0],
            state="100",
            is_class_teacher=not is_first and subject in places.MAJOR_SUBJECTS and chance.random() < 0.5,
            phone=f"199{self.made:04d}{chance.randint(0, 9999):04d}",
            email=f"teacher{self.made:05d}@example.cn" if chance.random() < 0.5 else "",
            home_township=school.township if chance.random() < 0.8 else chance.choice(names.URBAN_TOWNSHIPS),
            home=home_at,
            staff_number=f"{places.COUNTY_CODE}{self.made:06d}",
            is_established=chance.random() > 0.02,
        )
        self._honour(teacher, 0.24 if school.is_urban else 0.07)
        self._past_rotation(teacher, school)
        return teacher

    def _id_number(self, birth_on: date, sex: str) -> str:
        order = self.orders.get((birth_on, sex), 0)
        self.orders[birth_on, sex] = order + 1
        body = f"{places.COUNTY_CODE}{birth_on:%Y%m%d}{2 * order + (1 if sex == '1' else 2):03d}"
        return body + check_digit(body + "0")

    def _title(self, age: int) -> tuple[str, str]:
        """Title and post grade as they usually go with age."""
        chance = self.chance
        if age < 25:
            return "ungraded", "998"
        if age < 32:
            return "second", chance.choice(("111", "112"))
        if age < 42:
            return ("first", chance.choice(("109", "110"))) if chance.random() < 0.7 else ("second", "111")
        roll = chance.random()
        if roll < 0.01:
            return "full_senior", "104"
        if roll < 0.35:
            return "senior", chance.choice(("105", "106", "107", "107"))
        return "first", chance.choice(("108", "108", "109", "110"))

    def _degree(self, age: int, stage: str) -> str:
        if stage == "kindergarten":
            return self.chance.choice(("31", "31", "21"))
        weights = (4, 70, 26) if age > 42 else (8, 86, 6)
        return self.chance.choices(("14", "21", "31"), weights)[0]

    def _political_status(self, age: int) -> str:
        youth = 30 if age < 28 else 0
        return self.chance.choices(("13", "01", "03", "05", "07"), (60, 32, youth, 1, 1))[0]

    def _further(self, stage: str, subject: str) -> tuple[str, ...]:
        if self.chance.random() > 0.2:
            return ()
        others = [other for other in places.SUBJECT_MIX[stage] if other != subject]
        return (self.chance.choice(others),) if others else ()

    def _honour(self, teacher: Teacher, share: float) -> None:
        chance, year = self.chance, self.census_on.year
        if teacher.age(self.census_on) < 27:
            return
        roll = chance.random()
        if roll < share:
            begun, term = year - chance.randint(0, 3), 5
        elif roll < share + 0.04:
            begun, term = year - chance.randint(6, 9), 5
        else:
            return
        kind = chance.choices(("backbone", "subject_leader", "famous_teacher", "special_grade"), (74, 20, 5, 1))[0]
        level = "2" if kind == "special_grade" else chance.choices(("4", "3", "2"), (76, 18, 6))[0]
        words = {
            "backbone": "骨干教师",
            "subject_leader": "学科带头人",
            "famous_teacher": "教学名师",
            "special_grade": "特级教师",
        }
        area = {"4": "青蓝县", "3": "望川市", "2": "云澜省"}[level]
        title = f"{area}{begun}年{words[kind]}"
        day = date(begun, chance.choice((1, 6, 9) if begun < year else (1, 6)), 1)
        teacher.honours.append(Honour(kind, level, title, day, date(day.year + term, 8, 31)))

    def _past_rotation(self, teacher: Teacher, school: School) -> None:
        """Some have been out before; the other school is filled in when all schools are known."""
        if teacher.years_in_school(self.census_on) < 4 or self.chance.random() > 0.07:
            return
        begun = self.census_on.year - self.chance.randint(2, 6)
        start = date(begun, 9, 1)
        if start < teacher.joined_school_on:
            return
        end = date(min(begun + self.chance.choice((1, 1, 2, 3)), self.census_on.year), 7, 31)
        kind = self.chance.choices(("10", "20", "15", "16", "17"), (50, 20, 15, 10, 5))[0]
        teacher.rotations.append(Rotation(kind, False, start, end, school.code, ""))

    def give_special_names(self, teachers: Sequence[Teacher]) -> None:
        """A few names that software likes to spoil: middle dots, rare characters, former names."""
        for (group, sex), choices in names.MINORITY_NAMES.items():
            for name in choices:
                teacher = self.chance.choice([t for t in teachers if t.sex == sex and t.ethnic_group == "01"])
                teacher.name, teacher.ethnic_group = name, group
        for name in names.RARE_NAMES:
            teacher = self.chance.choice([t for t in teachers if t.ethnic_group == "01"])
            teacher.former_name, teacher.name = teacher.name, name

    def send_out(self, teachers: Sequence[Teacher], schools: Sequence[School]) -> None:
        """Who is away on the census day: rotation, loans, illness, study, waiting for retirement."""
        by_stage = {stage: [s for s in schools if stage in s.stages] for stage in places.SUBJECT_MIX}
        for teacher in teachers:
            others = [s.code for s in by_stage[teacher.stage] if s.code != teacher.employing_school]
            if not others:
                teacher.rotations.clear()
                continue
            teacher.rotations[:] = [
                Rotation(r.kind, r.is_transfer, r.from_on, r.to_on, r.from_school, self.chance.choice(others))
                for r in teacher.rotations
            ]
            self._absence(teacher, others)

    def _absence(self, teacher: Teacher, others: Sequence[str]) -> None:
        chance, year = self.chance, self.census_on.year
        roll = chance.random()
        if roll < 0.012 and teacher.years_in_school(self.census_on) >= 4:
            teacher.state, teacher.working_school = "205", chance.choice(others)
            start = date(year - chance.choice((1, 1, 2)), 9, 1)
            teacher.rotations[:] = [r for r in teacher.rotations if r.to_on is not None and r.to_on < start]
            kind = chance.choice(("10", "15", "20"))
            teacher.rotations.append(
                Rotation(kind, False, start, None, teacher.employing_school, teacher.working_school)
            )
        elif roll < 0.016:
            teacher.state = "201"
        elif roll < 0.021:
            teacher.state, teacher.working_school = "202", chance.choice(others)
        elif roll < 0.027:
            teacher.state = "203"
        elif roll < 0.030:
            teacher.state = "204"
        elif roll < 0.06 and teacher.age(self.census_on) >= (58 if teacher.sex == "1" else 53):
            teacher.state = "209"

    def add_circumstances(self, teacher: Teacher) -> None:
        chance, year = self.chance, self.census_on.year
        age = teacher.age(self.census_on)
        if teacher.state == "203":
            teacher.circumstances.append(
                Circumstance("long_illness", "望川市人民医院病假证明", date(year, 3, 1), date(year + 1, 2, 28))
            )
            return
        roll = chance.random()
        young_mother = teacher.sex == "2" and 25 <= age <= 40
        if young_mother and roll < 0.05:
            teacher.circumstances.append(
                Circumstance("pregnancy", "青蓝县妇幼保健院孕检证明", date(year, 4, 1), date(year + 1, 1, 31))
            )
        elif young_mother and roll < 0.10:
            born = date(year, chance.randint(1, 7), chance.randint(1, 28))
            teacher.circumstances.append(
                Circumstance("nursing", f"出生医学证明，婴儿{born:%Y-%m-%d}出生", born, born.replace(year=year + 1))
            )
        elif roll > 0.985:
            teacher.circumstances.append(self._other_circumstance())

    def _other_circumstance(self) -> Circumstance:
        chance, year = self.chance, self.census_on.year
        return chance.choice(
            (
                Circumstance(
                    "special_programme",
                    "省级非遗进校园课程领衔教师，教育局批复",
                    date(year - 1, 9, 1),
                    date(year + 2, 8, 31),
                ),
                Circumstance("special_programme", "校园足球传统项目负责人，体育局文件", date(year - 2, 9, 1), None),
                Circumstance("punishment", f"青教纪〔{year}〕3号，警告处分", date(year, 5, 10), date(year, 11, 9)),
                Circumstance(
                    "punishment", f"青教纪〔{year - 2}〕8号，记过处分", date(year - 2, 3, 1), date(year - 1, 2, 28)
                ),
                Circumstance(
                    "ethics_failed", f"{year - 1}年师德考核结果通知书", date(year - 1, 12, 31), date(year, 12, 31)
                ),
                Circumstance(
                    "long_illness", "望川市中医院诊断证明，建议减轻工作", date(year, 6, 1), date(year, 12, 31)
                ),
                Circumstance("rural_service", "云峰乡支教三年期满鉴定表", date(year - 1, 9, 1), date(year + 2, 8, 31)),
            )
        )


def _one_below(title: str) -> str:
    order = ("full_senior", "senior", "first", "second")
    return order[min(order.index(title) + 1, 3)] if title in order else title

"""A large roster: full columns, believable spread, a few habits of offices."""

import io
import random
from datetime import date, timedelta

import xlsxwriter

from app.tables.catalogue import TEACHERS
from tests.factories.people import identity_number

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹苏潘葛范彭郎鲁韦昌马苗方俞任袁柳"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力青禾子涵雨欣浩宇梓轩思远嘉怡晓东建国志强海燕春梅"
SUBJECTS = ("语文", "数学", "英语", "科学", "体育", "音乐", "美术", "道德与法治", "信息科技", "劳动")
TITLES = ("正高级教师", "高级教师", "一级教师", "二级教师", "三级教师")
DEGREES = ("21-大学本科毕业", "大学本科毕业", "硕士研究生毕业", "31-大学专科毕业")


def number_of(index: int) -> str:
    """An identity number that no other index has."""
    return identity_number(index % 1000, date(1962, 1, 1) + timedelta(days=index // 1000 * 37 + index % 7))


def school_names(count: int) -> list[str]:
    """Names of the county's schools."""
    return [f"青蓝县第{n}小学" for n in range(1, count + 1)]


def row_of(index: int, schools: list[str], chance: random.Random) -> dict[str, object]:
    """One teacher's cells."""
    school = chance.choice(schools)
    year = chance.randint(1992, 2024)
    return {
        "name": chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2)))),
        "former_name": "无",
        "sex": ("2-女", "1-男")[int(number_of(index)[16]) % 2],
        "id_type": "1-居民身份证",
        "id_number": number_of(index),
        "ethnic_group": "01-汉族",
        "political_status": chance.choice(("13-群众", "01-中共党员", "群众")),
        "highest_degree": chance.choice(DEGREES),
        "started_work_on": f"{year}.09",
        "joined_school_on": f"{year + chance.randint(0, 2024 - year)}-09",
        "staff_category": "A1-专任教师",
        "is_established": "是",
        "employing_school": school,
        "working_school": school,
        "stage": "小学",
        "subject": chance.choice(SUBJECTS),
        "further_subjects": chance.choice(("", "", "劳动", "科学；体育")),
        "title_rated": chance.choice(TITLES),
        "title_employed": chance.choice(TITLES),
        "title_employed_on": f"{chance.randint(2005, 2024)}年12月",
        "post_category": "1-教师岗位",
        "school_position": "00-无",
        "state": chance.choice(("100-在本单位任职", "在本单位任职", "205-暂未在本单位任职-交流轮岗")),
        "is_class_teacher": chance.choice(("是", "否")),
        "phone": f"139{index:08d}",
        "email": f"teacher{index}@example.org",
        "home_township": f"第{index % 23}乡",
        "staff_number": f"QL{index:07d}",
    }


def write_roster(count: int, schools: list[str], seed: int = 1) -> bytes:
    """The workbook."""
    chance = random.Random(seed)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("教师名册")
        keys = list(row_of(0, schools, random.Random(0)))
        page.write_string(0, 0, "青蓝县教师名册")
        for column, key in enumerate(keys):
            page.write_string(1, column, TEACHERS[key].label_zh)
        for index in range(count):
            for column, value in enumerate(row_of(index, schools, chance).values()):
                page.write_string(index + 2, column, str(value))
    return buffer.getvalue()

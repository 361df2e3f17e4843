"""Values as people type them, and those that must be refused rather than guessed."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tables.catalogue import CATALOGUE
from app.tables.codes import ContradictoryCode, UnknownCode, seed_list, seed_lists
from app.tables.dates import DateRefused, read_date
from app.tables.identity import birth_date, check_digit, mask, read_id_number, sex_code
from app.tables.problems import TEMPLATES, CellProblem, Severity, english
from app.tables.specification import Kind, MissingDay
from app.tables.text import compact_text, tidy_text
from app.tables.values import Refused, read_boolean, read_integer, read_phone, reader_for, split_stage_subject
from tests.app.tables.books import id_number

DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))


def month(value, *, is_typed=True):
    return read_date(value, Kind.MONTH, MissingDay.FIRST, is_typed=is_typed)


def day(value, missing=MissingDay.REFUSED):
    return read_date(value, Kind.DATE, missing)


@pytest.mark.parametrize(
    "typed",
    [
        "2015.09",
        "2015.9",
        "2015-09",
        "2015/9",
        "2015年9月",
        "2015 年 09 月",
        "201509",
        "20150901",
        "2015-09-01",
        "2015/09/30",
        "２０１５．０９",
        "15.9",
        "2015年9月1日",
        "2015-09-01 00:00:00",
        2015.09,
        2015.9,
        201509,
        201509.0,
        20150901.0,
        42248.0,
        datetime(2015, 9, 1),  # noqa: DTZ001 - workbooks know no zones
        date(2015, 9, 15),
        15.9,
    ],
)
def test_every_form_of_september_2015_is_read(typed):
    assert month(typed) == date(2015, 9, 1)


def test_text_keeps_january_and_october_apart_and_a_number_does_not():
    assert month("2015.1") == date(2015, 1, 1)
    assert month("2015.10") == date(2015, 10, 1)
    assert month(2015.11) == date(2015, 11, 1)
    with pytest.raises(DateRefused, match="ambiguous_month"):
        month(2015.1)
    with pytest.raises(DateRefused, match="ambiguous_month"):
        month("2015.1", is_typed=False)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2018年13月", "impossible_date"),
        ("1985-02-30", "impossible_date"),
        ("明天", "not_a_date"),
        (2015, "not_a_date"),
        ("2015", "not_a_date"),
        ("20159", "ambiguous_date"),
        (20159.0, "ambiguous_date"),
        ("03/04/05", "ambiguous_date"),
        ("09/01/2015", "ambiguous_date"),
        ("1785-01-01", "date_out_of_range"),
        (True, "not_a_date"),
        ("1990.05", "day_missing"),
        (2015.0912, "ambiguous_date"),
    ],
)
def test_dates_that_are_none_or_two_are_refused(typed, code):
    with pytest.raises(DateRefused, match=code):
        day(typed)


def test_the_end_of_a_span_without_a_day_is_the_month_s_last():
    assert day("2024.02", MissingDay.LAST) == date(2024, 2, 29)
    assert read_date("2024-02-05", Kind.MONTH, MissingDay.LAST) == date(2024, 2, 29)
    assert day("至今", MissingDay.LAST) is None


@given(DAYS)
def test_all_forms_of_a_day_mean_that_day(when):
    forms = [
        when.isoformat(),
        f"{when:%Y/%m/%d}",
        f"{when.year}年{when.month}月{when.day}日",
        f"{when:%Y.%m.%d}",
        f"{when:%Y%m%d}",
        datetime(when.year, when.month, when.day),  # noqa: DTZ001 - workbooks know no zones
    ]
    assert {day(form) for form in forms} == {when}


@given(st.one_of(st.floats(allow_nan=False), st.integers(), st.text(max_size=12)))
def test_a_date_is_read_or_refused_but_never_fails(value):
    for read in (month, day):
        try:
            assert read(value) is None or 1900 <= read(value).year <= 2100
        except DateRefused as refusal:
            assert refusal.code in TEMPLATES


@given(st.dates(date(1930, 1, 1), date(2010, 1, 1)), st.integers(1, 999))
def test_a_right_number_is_accepted_and_any_changed_digit_is_noticed(born, order):
    number = id_number(f"{born:%Y%m%d}", order)
    assert read_id_number(number) == (number, None)
    assert birth_date(number) == born
    assert sex_code(number) == ("1" if order % 2 else "2")
    for place in range(17):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert read_id_number(wrong)[1] is not None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (9.9010119880312e17, "digits_lost"),
        ("9.90101E+17", "digits_lost"),
        ("990101198803120000", "digits_lost"),
        ("990101880312002", "id_old_form"),
        ("99010119880312", "id_length"),
        ("99010119880312002A", "id_characters"),
        (id_number()[:-1] + ("1" if id_number()[-1] != "1" else "2"), "id_checksum"),
        ("99010119881312002" + check_digit("990101198813120020"), "id_birth_date"),
    ],
)
def test_wrong_identity_numbers_are_told_apart(typed, code):
    assert read_id_number(typed)[1] == code


def test_identity_numbers_are_folded_before_they_are_judged():
    number = id_number("19900101", 6)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number.lower())
    assert read_id_number(f" {wide} ") == (number, None)


def test_a_number_that_rightly_ends_in_zeros_is_kept():
    number = next(
        n
        for n in (
            id_number(f"19{y}{m:02d}{d:02d}", 0) for y in range(60, 99) for m in range(1, 13) for d in range(1, 29)
        )
        if n.endswith("000")
    )
    assert read_id_number(number) == (number, None)


def test_other_documents_are_taken_as_given():
    assert read_id_number("E1234 5678", "A") == ("E12345678", None)
    assert read_id_number(12345678.0, "6") == ("12345678", None)
    assert read_id_number(1.2e17, "A")[1] == "digits_lost"


def test_masking_leaves_too_little_to_guess_from():
    assert mask("990101198803120028") == "990*************28"
    assert mask("12345") == "*****"


@pytest.mark.parametrize(
    ("table", "typed", "code"),
    [
        ("teacher_state", "205-暂未在本单位任职-交流轮岗", "205"),
        ("teacher_state", 205.0, "205"),
        ("teacher_state", "在岗", "100"),
        ("teacher_state", "在本单位任职-交流轮岗", "101"),
        ("post_grade", "教师岗位-专业技术岗位一级", "101"),
        ("post_grade", "专技７级", "107"),
        ("title", "小中高", "senior"),
        ("title", "中学一级", "first"),
        ("title", "小学高级", "first"),
        ("title", "小学一级", "second"),
        ("language_certificate", "二甲", "PTH21"),
        ("subject", "心里健康", "mental_health"),
        ("political_status", 1.0, "01"),
        ("political_status", "01-中共党员", "01"),
        ("school_kind", "完 全 中 学 ", "341"),
        ("sex", "男", "1"),
        ("ethnic_group", "汉", "01"),
        ("staff_category", "A1-专任教师", "A1"),
        ("locality", "111－主城区", "111"),
        ("education_level", "大学本科教育-大学本科毕业", "21"),
    ],
)
def test_codes_are_known_by_any_of_their_spellings(table, typed, code):
    assert seed_list(table).resolve(typed) == code


def test_a_code_beside_another_code_s_label_is_refused():
    with pytest.raises(ContradictoryCode):
        seed_list("teacher_state").resolve("205-长病假")
    with pytest.raises(UnknownCode):
        seed_list("subject").resolve("书法")


def test_every_shipped_code_is_found_by_label_alias_and_option():
    for table in seed_lists().values():
        labels = [item.label_zh for item in table]
        assert len({item.code for item in table}) == len(table.items), table.name
        assert len(set(labels)) == len(labels) or table.name in ("staff_category",), table.name
        for item in table:
            assert table.resolve(table.option(item.code)) == item.code
            assert not item.parent or item.parent in table
            for alias in item.aliases:
                assert table.resolve(alias) == item.code, (table.name, alias)


def test_the_fifty_six_ethnic_groups_are_there():
    codes = [item.code for item in seed_list("ethnic_group")]
    assert codes == [f"{n:02d}" for n in range(1, 57)] + ["97", "98"]


def test_several_codes_are_separated_as_people_do():
    read = reader_for(CATALOGUE["teachers"]["further_subjects"], seed_list("subject"))
    assert read("科学；劳动;音乐、美术") == ("science", "labour", "music", "art")
    assert read("音乐/美术") == ("music", "art")
    assert read("无") == ()
    with pytest.raises(Refused, match="unknown_code"):
        read("科学；书法")


@pytest.mark.parametrize("typed", ["是", "√", "有", "1", 1.0, True, "在编", " 是 ", "Ｙ"])
def test_yes_in_all_its_forms(typed):
    assert read_boolean(typed) is True


@pytest.mark.parametrize("typed", ["否", "×", "无", "0", 0.0, False, "非编"])
def test_no_in_all_its_forms(typed):
    assert read_boolean(typed) is False


def test_neither_yes_nor_no_is_refused():
    with pytest.raises(Refused, match="not_boolean"):
        read_boolean("也许")


@pytest.mark.parametrize(
    "typed",
    [
        19912345678.0,
        "19912345678",
        "199 1234 5678",
        "199-1234-5678",
        "+8619912345678",
        "１９９１２３４５６７８",
        "19912345678.0",
    ],
)
def test_phones_are_digits(typed):
    assert read_phone(typed) == "19912345678"


def test_phones_that_lost_digits_are_refused_and_odd_ones_kept_with_a_warning():
    with pytest.raises(Refused, match="digits_lost"):
        read_phone("1.99E+10")
    with pytest.raises(Refused) as odd:
        read_phone("转 302")
    assert (odd.value.severity, odd.value.kept) == (Severity.WARNING, "转 302")
    assert read_phone("0876-2123456") == "0876-2123456"


def test_whole_numbers_may_come_as_floats_or_with_a_unit():
    assert [read_integer(v) for v in (1.0, "1.0", "1,234", "35人", "３５")] == [1, 1, 1234, 35, 35]
    for wrong, code in (
        (1.5, "not_whole"),
        ("很多", "not_a_number"),
        (float("inf"), "not_whole"),
        (-1, "out_of_range"),
    ):
        with pytest.raises(Refused, match=code):
            read_integer(wrong, 0)


def test_stage_and_subject_in_one_column_are_split():
    stages, subjects = seed_list("stage"), seed_list("subject")
    assert split_stage_subject("小学语文", stages, subjects) == ("primary", "chinese")
    assert split_stage_subject("初级中学-信息技术", stages, subjects) == ("junior", "it")
    with pytest.raises(Refused, match="stage_subject_unclear"):
        split_stage_subject("语文", stages, subjects)


def test_names_lose_stretching_spaces_but_foreign_names_keep_theirs():
    assert compact_text("张　 三 ") == "张三"
    assert compact_text("阿依古丽•买买提") == "阿依古丽·买买提"
    assert compact_text("John  Smith") == "John Smith"
    assert compact_text("李𬍛") == "李𬍛"


@given(st.text(max_size=40))
def test_tidying_a_text_twice_changes_nothing_more(text):
    assert tidy_text(tidy_text(text)) == tidy_text(text)
    assert compact_text(compact_text(text)) == compact_text(text)


def test_every_sentence_can_be_said_even_without_its_parameters():
    for code in TEMPLATES:
        assert english(CellProblem(code, Severity.ERROR, 1))


def test_every_code_that_is_raised_has_its_sentence():
    sources = "".join(path.read_text(encoding="utf-8") for path in Path("app/tables").glob("*.py"))
    raised = set(re.findall(r'(?:Refused|TableFileError|\.add)\(\s*"([a-z_]+)"', sources))
    assert len(raised) > 30
    assert raised <= set(TEMPLATES)

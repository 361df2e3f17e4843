"""What is wrong with a cell or a file, in the person's language: what, where, and how to mend it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.tables.packages import TableFileError
from app.tables.problems import CellProblem
from app.tables.specification import Field, Sheet

SENTENCES: dict[str, LazyString] = {
    "file_empty": _l("The file is empty."),
    "file_too_large": _l("The file has %(size_mb)s MB; at most %(limit_mb)s MB can be read. Split it by school."),
    "file_unpacks_too_large": _l(
        "The workbook unpacks to more than %(limit_mb)s MB. Remove pictures and unused sheets, then upload it again."
    ),
    "file_too_many_parts": _l(
        "The workbook has %(count)s parts; at most %(limit)s are read. Copy the data into a new workbook."
    ),
    "file_damaged": _l("The file is damaged and cannot be opened. Open it in Excel and save it again."),
    "file_encrypted": _l("The workbook is protected by a password. Remove the password and save it again."),
    "file_not_a_table": _l("This is not an Excel workbook (xlsx, xls) or a CSV file."),
    "file_html_disguised": _l(
        "The file is a web page named like a workbook. Open it in Excel and save it as xlsx, then upload that."
    ),
    "file_format_unsupported": _l("Files of the form %(format)s cannot be read. Save the workbook as xlsx."),
    "file_encoding_unknown": _l(
        "The text encoding was not recognised. Save the file as “CSV UTF-8” or as xlsx, then upload it again."
    ),
    "too_many_rows": _l("Sheet %(sheet)s has %(count)s rows; at most %(limit)s can be read. Split the file."),
    "too_many_columns": _l("Sheet %(sheet)s has %(count)s columns; at most %(limit)s can be read. Delete empty ones."),
    "too_many_cells": _l(
        "Sheet %(sheet)s spans %(count)s cells; at most %(limit)s can be read. Delete empty rows and columns."
    ),
    "too_many_sheets": _l("The workbook has %(count)s sheets; at most %(limit)s can be read. Delete those not needed."),
    "no_data_sheet": _l("The workbook has no visible sheet with data."),
    "headers_not_found": _l(
        "No header row was found in sheet %(sheet)s. Expected columns such as %(expected)s; compare with the template."
    ),
    "missing_column": _l("The required column %(label)s is missing."),
    "repeated_row": _l("The row repeats row %(first)s word for word and was left out."),
    "duplicate_row": _l("Rows %(rows)s name the same record, but differ. Keep the right one and delete the others."),
    "required": _l("%(label)s must be filled in."),
    "too_long": _l("The text has %(length)s characters; at most %(limit)s are kept. Shorten it."),
    "bad_pattern": _l("“%(value)s” does not look like %(label)s. Check it."),
    "cell_error": _l("The cell holds the Excel error %(value)s. Type the value itself."),
    "not_a_number": _l("“%(value)s” is not a number."),
    "not_whole": _l("“%(value)s” is not a whole number."),
    "too_precise": _l("%(value)s has more than two decimal places."),
    "out_of_range": _l("%(value)s is outside %(minimum)s to %(maximum)s."),
    "not_boolean": _l("“%(value)s” is neither yes (是) nor no (否)."),
    "unknown_code": _l("“%(value)s” is not in the list for %(label)s. Choose from the list of the template."),
    "code_label_disagree": _l("In “%(value)s” the code and the label do not belong together. Keep the right one."),
    "stage_subject_unclear": _l("“%(value)s” does not name one stage and one subject. Write for example 小学语文."),
    "phone_unusual": _l("“%(value)s” does not look like a telephone number. Check it."),
    "digits_lost": _l("Excel has dropped digits of this number. Format the column as text and type the number again."),
    "ambiguous_month": _l("%(value)s as a number may be January or October. Write %(year)s-01 or %(year)s-10 as text."),
    "ambiguous_date": _l("“%(value)s” can be read as more than one date. Write it as %(form)s."),
    "day_missing": _l("“%(value)s” has no day. Write it as yyyy-MM-dd."),
    "impossible_date": _l("“%(value)s” is not a date that exists."),
    "not_a_date": _l("“%(value)s” is not a date. Write it as %(form)s."),
    "date_out_of_range": _l("%(value)s is outside the years %(first)s to %(last)s."),
    "dates_reversed": _l("The end lies before the beginning. Check both dates."),
    "dates_unusual": _l("This date lies before %(label)s. Check both dates."),
    "id_length": _l("An identity number has 18 characters; this one has %(length)s."),
    "id_characters": _l("An identity number has 17 digits and a digit or X; this one has other characters."),
    "id_checksum": _l("The last character does not fit the number; at least one digit is wrong. Check the card."),
    "id_birth_date": _l("The birth date inside the number does not exist. Compare with the card."),
    "id_old_form": _l("This is a 15-digit number of the old form. Write the 18-digit number of the present card."),
    "birth_differs_from_id": _l("The date of birth differs from the one in the identity number (%(expected)s)."),
    "sex_differs_from_id": _l("The sex differs from the one in the identity number."),
    "unknown_school": _l("No school of the county is called “%(value)s”. Import the school first, or mend the name."),
    "ambiguous_school": _l("More than one school is called “%(value)s”; give its code."),
    "unknown_teacher": _l(
        "No teacher of the county with this identity number is on record. Import the teacher roster first."
    ),
    "honour_vetoed": _l(
        "No honour can be granted from this day: %(reason)s Give another day, or have the county rule."
    ),
    "name_differs": _l("The identity number belongs to a teacher with another name. Check both."),
    "unknown_subject_post": _l("%(school)s has no stage %(stage)s. Mend the stage here, or add it to the school."),
    "duplicate_across_files": _l("The same record also stands in %(file)s, row %(other_row)s."),
    "school_elsewhere": _l(
        "“%(value)s” is a school of another county. Only schools of %(county)s can be named here; let that county"
        " import the row."
    ),
    "teacher_elsewhere": _l(
        "This identity number is already on record outside %(county)s. Ask the other county to release the teacher"
        " first."
    ),
    "before_birth": _l("This date is not after the date of birth (%(birth)s). Check both."),
    "school_name_taken": _l(
        "The code is that of one school and the name that of another (code %(other)s). Check both."
    ),
    "boarders_exceed_pupils": _l("There are more boarders than pupils. Check both figures."),
    "certificate_unknown": _l(
        "It is not clear which certificate is meant. Give its name as in the county's list of types, or its kind."
    ),
    "certificate_number_taken": _l(
        "Another certificate of this type has this number in the county. Compare it with the document."
    ),
    "unknown_mentor": _l(
        "Nobody on the county's roster has this name or identity number, so the mentor is not known. Check both."
    ),
    "ambiguous_mentor": _l("More than one teacher of the county is called “%(value)s”; give the school or the number."),
    "same_person": _l("Mentor and newcomer are two people; here both are the same."),
    "teacher_left": _l("%(name)s has left the county's schools and can be in no pair."),
    "not_newcomer": _l(
        "%(name)s was no newcomer on this day: that is who began to work within %(years)s years before. Check the day"
        " here, or the first day of work in the record."
    ),
    "mentor_is_newcomer": _l("%(name)s is a newcomer; a newcomer has a mentor and is none."),
    "mentor_vetoed": _l("A finding on professional ethics stands against %(name)s; name another mentor."),
    "mentor_inactive": _l("%(name)s takes no more newcomers. Open the mentor for newcomers first."),
    "mentor_full": _l(
        "%(name)s has %(places)s places for newcomers, and with the rows above all are taken. Give the mentor more"
        " places, or name another."
    ),
    "mentored_already": _l("%(name)s has a mentor already: %(mentor)s. End that pair first."),
    "pair_in_force": _l("The agreement of this pair is in force and is not changed by a list."),
    "same_school": _l("A rotation leads to another school; here both are the same."),
}


def say(problem: CellProblem, sheet: Sheet) -> str:
    """The sentence of a problem, without the place."""
    return _filled(problem.code, {"value": problem.value, **problem.params}, sheet)


def say_with_place(problem: CellProblem, sheet: Sheet, sheet_name: str) -> str:
    """The sentence of a problem with sheet, row and column, for the shell."""
    text = say(problem, sheet)
    if problem.key and problem.key in sheet:
        return str(
            _(
                "%(sheet)s, row %(row)s, %(column)s: %(problem)s",
                sheet=sheet_name,
                row=problem.row,
                column=label_of(sheet[problem.key]),
                problem=text,
            )
        )
    return str(_("%(sheet)s, row %(row)s: %(problem)s", sheet=sheet_name, row=problem.row, problem=text))


def say_file_error(error: TableFileError) -> str:
    """Why a file cannot be read."""
    return _filled(error.code, error.params, None)


def short(code: str) -> str:
    """A problem's kind for filters and counts: its sentence with the particulars left open."""
    return _filled(code, {}, None)


def label_of(column: Field) -> str:
    """A column's name in the person's language."""
    return column.label_zh if str(get_locale() or "zh").startswith("zh") else column.label_en


def _filled(code: str, params: Mapping[str, Any], sheet: Sheet | None) -> str:
    template = str(SENTENCES[code]) if code in SENTENCES else code
    return template % _Lenient(_localised(params, sheet))


def _localised(params: Mapping[str, Any], sheet: Sheet | None) -> dict[str, Any]:
    """Labels of columns come in Chinese; they are shown in the person's language."""
    found = dict(params)
    if sheet is not None and isinstance(found.get("label"), str):
        labels = {column.label_zh: label_of(column) for column in sheet}
        found["label"] = labels.get(found["label"], found["label"])
    return found


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"

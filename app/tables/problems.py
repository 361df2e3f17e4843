"""What can be wrong with a cell, as data; sentences are made from the code and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """An error keeps the row out; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing wrong at one place.

    `row` is the sheet's own row number, from 1; `column` is the sheet's column counted from 0, or None where the
    whole row is meant; `key` is that of the column's field. `value` shows what was found, identity numbers
    masked.
    """

    code: str
    severity: Severity
    row: int
    column: int | None = None
    key: str | None = None
    value: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


TEMPLATES: dict[str, str] = {
    # reading a file
    "file_empty": "The file is empty.",
    "file_too_large": "The file has {size_mb} MB; at most {limit_mb} MB can be read. Split it by school.",
    "file_unpacks_too_large": "The workbook unpacks to more than {limit_mb} MB. Remove pictures and unused sheets.",
    "file_too_many_parts": "The workbook has {count} parts; at most {limit} are read. Remove unused sheets.",
    "file_damaged": "The file is damaged and cannot be opened. Open it in Excel and save it again.",
    "file_encrypted": "The workbook is protected by a password. Remove the password and save it again.",
    "file_not_a_table": "This is not an Excel workbook (xlsx, xls) or a CSV file.",
    "file_html_disguised": "The file is a web page named like a workbook. Open it in Excel and save it as xlsx.",
    "file_format_unsupported": "Files of the form {format} cannot be read. Save the workbook as xlsx.",
    "file_encoding_unknown": "The text encoding was not recognised. Save the file as “CSV UTF-8” or as xlsx.",
    "too_many_rows": "Sheet {sheet} has {count} rows; at most {limit} can be read. Split the file.",
    "too_many_columns": "Sheet {sheet} has {count} columns; at most {limit} can be read. Remove empty ones.",
    "too_many_cells": "Sheet {sheet} spans {count} cells; at most {limit} can be read. Remove empty rows and columns.",
    "too_many_sheets": "The workbook has {count} sheets; at most {limit} can be read.",
    "no_data_sheet": "The workbook has no visible sheet with data.",
    "headers_not_found": "No header row was found in sheet {sheet}. Expected columns such as {expected}.",
    # whole rows and columns
    "missing_column": "The required column {label} is missing.",
    "repeated_row": "The row repeats row {first} and was left out.",
    "duplicate_row": "Rows {rows} name the same record; only one can be right.",
    # values
    "required": "{label} must be filled in.",
    "too_long": "The text has {length} characters; at most {limit} are kept.",
    "bad_pattern": "This does not look like {label}.",
    "cell_error": "The cell holds the Excel error {value}.",
    "not_a_number": "“{value}” is not a number.",
    "not_whole": "“{value}” is not a whole number.",
    "out_of_range": "{value} is outside {minimum} to {maximum}.",
    "not_boolean": "“{value}” is neither yes (是) nor no (否).",
    "unknown_code": "“{value}” is not in the list for {label}.",
    "code_label_disagree": "In “{value}” the code and the label do not belong together.",
    "stage_subject_unclear": "“{value}” does not name one stage and one subject.",
    "phone_unusual": "“{value}” does not look like a telephone number.",
    "digits_lost": "Excel has dropped digits of this number. Format the column as text and type the number again.",
    "ambiguous_month": "{value} as a number may be January or October. Write {year}-01 or {year}-10.",
    "ambiguous_date": "“{value}” can be read as more than one date. Write it as {form}.",
    "day_missing": "“{value}” has no day. Write it as yyyy-MM-dd.",
    "impossible_date": "“{value}” is not a date that exists.",
    "not_a_date": "“{value}” is not a date. Write it as {form}.",
    "date_out_of_range": "{value} is outside the years {first} to {last}.",
    "dates_reversed": "The end lies before the beginning.",
    "dates_unusual": "This date lies before {label}.",
    # identity numbers
    "id_length": "An identity number has 18 characters; this one has {length}.",
    "id_characters": "An identity number has 17 digits and a digit or X; this one has other characters.",
    "id_checksum": "The last character does not fit the number; at least one digit is wrong.",
    "id_birth_date": "The birth date inside the number does not exist.",
    "id_old_form": "This is a 15-digit number of the old form. Write the 18-digit number of the present card.",
    "birth_differs_from_id": "The date of birth differs from the one in the identity number ({expected}).",
    "sex_differs_from_id": "The sex differs from the one in the identity number.",
    # found by whoever compares with the records
    "unknown_school": "No school is called “{value}”.",
    "ambiguous_school": "More than one school is called “{value}”; give its code.",
    "unknown_teacher": "No teacher with this name and identity number is on record.",
    "honour_vetoed": "No honour can be granted from this day: {reason}",
    "name_differs": "The identity number belongs to a teacher with another name.",
    "unknown_subject_post": "{school} has no stage {stage}.",
    "duplicate_across_files": "The same record also stands in {file}, row {other_row}.",
}


def english(problem: CellProblem) -> str:
    """The English sentence of a problem."""
    return sentence(problem.code, {"value": problem.value, **problem.params})


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The English sentence of a code; a missing parameter shows as a question mark rather than failing."""
    return TEMPLATES.get(code, code).format_map(_Lenient(params))


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"

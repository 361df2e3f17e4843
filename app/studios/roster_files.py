"""Reading a list of people to invite: 姓名, 身份证号. Each row is matched with the county's teachers.

Identity numbers are used to find somebody and are not kept.
"""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.codes import queries as codes
from app.extensions import db
from app.tables.packages import TableFileError
from app.tables.specification import Field, Kind, Sheet
from app.tables.tidying import read_table
from app.tables.writing import write_template
from app.teachers.identity import digest
from app.teachers.models import Teacher
from app.web.errors import Refused

PEOPLE = Sheet(
    "studio_people",
    "工作室学员名单",
    "People of a studio",
    (
        Field("name", "姓名", "Name", aliases=("教师姓名", "学员姓名"), required=True, compact=True, example="林清禾"),
        Field(
            "id_number",
            "身份证号",
            "Identity number",
            Kind.ID_NUMBER,
            ("身份证", "身份证号码", "身份证件号", "身份证件号码", "证件号码"),
            required=True,
        ),
    ),
    identity=("id_number",),
)
MOST = 500


@dataclass
class PeopleFile:
    """What a list says: teachers who were found, and what is wrong with the other rows."""

    teachers: list[Teacher] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_people(content: bytes, county_id: int) -> PeopleFile:
    """Read a list; nothing is changed. Refused where the file is no such list."""
    try:
        table = read_table(content, PEOPLE, {})
    except TableFileError as error:
        raise Refused(
            _("This is no table with the columns 姓名 and 身份证号. Save the list as xlsx or csv and try again.")
        ) from error
    if len(table) > MOST:
        raise Refused(_("The list has more than %(most)s rows. Split it.", most=MOST))
    found, rejected = PeopleFile(), table.rejected
    for number in sorted(rejected):
        found.problems.append(_("Row %(row)s: name or identity number is missing or wrong.", row=number))
    for number, values in table.records(accepted_only=True):
        teacher = _teacher(str(values["id_number"]), county_id)
        if teacher is None:
            found.problems.append(_("Row %(row)s: nobody in this county has this identity number.", row=number))
        elif teacher.name != values["name"]:
            found.problems.append(
                _("Row %(row)s: the identity number belongs to a teacher with another name.", row=number)
            )
        elif teacher not in found.teachers:
            found.teachers.append(teacher)
    if not found.teachers and not found.problems:
        raise Refused(_("The list holds nobody."))
    return found


def _teacher(number: str, county_id: int) -> Teacher | None:
    digests = [digest(kind, number.upper()) for kind in codes.tables().get("id_type", {"1": None})]
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.id_number_digest.in_(digests), Teacher.county_id == county_id, Teacher.left_on.is_(None))
        .options(joinedload(Teacher.working_school))
    )


def template() -> bytes:
    """An empty list to fill in."""
    return write_template(PEOPLE, {})

"""The facts about a teacher, as pages, history and export call them; the order is that of the national system."""

from datetime import date

from flask_babel import lazy_gettext as _l

from app.schools.models import Stage
from app.teachers.backbones import is_backbone
from app.teachers.models import Sex, Teacher
from app.web.exports import Column
from app.web.facts import DAY, MONTH, Fact, Vocabulary, vocabulary_of

BASIC, WORK, POST, TEACHING, CONTACT = (
    _l("Basic information"),
    _l("Employment"),
    _l("Post and title"),
    _l("Teaching"),
    _l("Contact and home"),
)
_LIST = (
    Fact("name", _l("Name"), section="basic"),
    Fact("former_name", _l("Former name"), section="basic"),
    Fact("sex", _l("Sex"), values=Sex, section="basic"),
    Fact("birth_on", _l("Date of birth"), DAY, section="basic"),
    Fact("id_type_code", _l("Type of identity document"), table="id_type", section="basic"),
    Fact("id_number", _l("Identity document number")),
    Fact("ethnic_group_code", _l("Ethnic group"), table="ethnic_group", section="basic"),
    Fact("political_status_code", _l("Political status"), table="political_status", section="basic"),
    Fact("highest_degree_code", _l("Highest education"), table="education_level", section="basic"),
    Fact("started_work_on", _l("Started work"), MONTH, section="work"),
    Fact("joined_school_on", _l("Joined this school"), MONTH, section="work"),
    Fact("staff_number", _l("Staff number"), section="work"),
    Fact("staff_category_code", _l("Staff category"), table="staff_category", section="work"),
    Fact("is_established", _l("On the establishment"), section="work"),
    Fact("state_code", _l("State"), table="teacher_state", section="work"),
    Fact("left_on", _l("Left on"), DAY, section="work"),
    Fact("stage", _l("Stage"), values=Stage, section="teaching"),
    Fact("subject_code", _l("Subject"), table="subject", section="teaching"),
    Fact("is_class_teacher", _l("Class teacher"), section="teaching"),
    Fact("title_rated_code", _l("Title obtained"), table="title", section="post"),
    Fact("title_employed_code", _l("Title employed"), table="title", section="post"),
    Fact("title_employed_on", _l("Title employed since"), MONTH, section="post"),
    Fact("post_category_code", _l("Post category"), table="post_category", section="post"),
    Fact("post_grade_code", _l("Post grade"), table="post_grade", section="post"),
    Fact("school_position_code", _l("School position"), table="school_position", section="post"),
    Fact("phone", _l("Phone"), section="contact"),
    Fact("email", _l("Email"), section="contact"),
    Fact("home_township", _l("Home township"), section="contact"),
    Fact("home_lat", _l("Home latitude"), section="contact"),
    Fact("home_lng", _l("Home longitude"), section="contact"),
)
FACTS = {fact.name: fact for fact in _LIST}
SECTIONS = (("basic", BASIC), ("work", WORK), ("teaching", TEACHING), ("post", POST), ("contact", CONTACT))

_TOLD = FACTS | {
    fact.name: fact
    for fact in (
        Fact("employing_school", _l("Employing school")),
        Fact("working_school", _l("Working school")),
        Fact("effective_on", _l("With effect from"), DAY),
        Fact("type_code", _l("Type of honour"), table="honour_type"),
        Fact("level_code", _l("Level"), table="honour_level"),
        Fact("title", _l("Title of the honour")),
        Fact("valid_from", _l("Valid from"), DAY),
        Fact("valid_to", _l("Valid to"), DAY),
        Fact("rotation_kind", _l("Kind of rotation"), table="rotation_kind"),
        Fact("is_hr_transferred", _l("Personnel file moved too")),
        Fact("from_on", _l("Begins"), DAY),
        Fact("to_on", _l("Ends"), DAY),
        Fact("from_school_name", _l("From school")),
        Fact("to_school_name", _l("To school")),
        Fact("circumstance_kind", _l("Circumstance"), table="circumstance_kind"),
        Fact("evidence", _l("Evidence")),
        Fact("further_subjects", _l("Further subjects"), table="subject"),
    )
}
HISTORY = vocabulary_of(
    "teacher",
    Vocabulary(
        _TOLD,
        {
            "teacher.add": (_l("Teacher added"), "user-plus"),
            "teacher.edit": (_l("Record changed"), "pencil"),
            "teacher.import": (_l("Changed by an import"), "file-import"),
            "teacher.leave": (_l("Left"), "user-minus"),
            "teacher.return": (_l("Returned"), "user-check"),
            "teacher.transfer": (_l("Employing school changed"), "transfer"),
            "teacher.relocate": (_l("Working school changed"), "arrows-exchange"),
            "teacher.subjects": (_l("Further subjects changed"), "books"),
            "honour.add": (_l("Honour added"), "award"),
            "honour.edit": (_l("Honour changed"), "award"),
            "honour.remove": (_l("Honour removed"), "trash"),
            "rotation.add": (_l("Rotation added"), "route"),
            "rotation.edit": (_l("Rotation changed"), "route"),
            "rotation.remove": (_l("Rotation removed"), "trash"),
            "circumstance.add": (_l("Circumstance added"), "flag"),
            "circumstance.edit": (_l("Circumstance changed"), "flag"),
            "circumstance.remove": (_l("Circumstance removed"), "trash"),
            "identity.reveal": (_l("Identity number shown"), "eye"),
        },
    ),
)


def years_between(start: date | None, day: date) -> int | None:
    """Completed years from `start` to `day`."""
    if start is None:
        return None
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def export_columns(today: date) -> list[Column]:
    """The columns of an export, named so that the file can be imported again; the identity number is masked."""
    columns = []
    for fact in _LIST:
        if fact.name == "id_number":
            columns.append(Column(_l("Identity number, masked"), "id_number_masked"))
        elif fact.name in ("is_established", "is_class_teacher", "home_lat", "home_lng", "email", "staff_number"):
            columns.append(Column(fact.label, fact.name))
        else:
            columns.append(Column(fact.label, fact.of))
        if fact.name == "joined_school_on":
            columns += [
                Column(_l("Employing school"), "employing_school.name"),
                Column(_l("Working school"), "working_school.name"),
            ]
    columns.append(Column(_l("Backbone teacher today"), lambda teacher: is_backbone(teacher, today)))
    columns.append(Column(_l("Age"), lambda teacher: years_between(teacher.birth_on, today)))
    return columns


def sections_of(teacher: Teacher) -> list[tuple[str, list[tuple[str, object]]]]:
    """The sections of a teacher's page: heading, and pairs of label and value."""
    return [
        (str(heading), [(str(f.label), f.of(teacher)) for f in _LIST if f.section == key]) for key, heading in SECTIONS
    ]

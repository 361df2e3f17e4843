"""What the code tables are called."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

NAMES: dict[str, LazyString] = {
    "appraisal": _l("Annual appraisal"),
    "certificate_kind": _l("Teaching certificate"),
    "change_kind": _l("Kind of staff change"),
    "circumstance_kind": _l("Circumstance that exempts from rotation"),
    "concurrent_work": _l("Concurrent work"),
    "contract": _l("Contract"),
    "degree_level": _l("Degree"),
    "education_level": _l("Level of education"),
    "employment_form": _l("Form of employment"),
    "ethics_appraisal": _l("Ethics appraisal"),
    "ethnic_group": _l("Ethnic group"),
    "free_normal_student": _l("Publicly funded normal student"),
    "grassroots_programme": _l("Grassroots service programme"),
    "health": _l("Health"),
    "honour_level": _l("Level of an honour"),
    "honour_type": _l("Type of honour"),
    "id_type": _l("Type of identity document"),
    "insurance": _l("Insurance"),
    "it_ability": _l("Ability with information technology"),
    "language_certificate": _l("Language certificate"),
    "language_mastery": _l("Mastery of a language"),
    "locality": _l("Urban or rural"),
    "marital_status": _l("Marital status"),
    "mental_health_teacher": _l("Mental health teacher"),
    "political_status": _l("Political status"),
    "post_category": _l("Category of post"),
    "post_grade": _l("Grade of post"),
    "punishment": _l("Punishment"),
    "quota_kind": _l("Kind of staffing quota"),
    "registration_conclusion": _l("Conclusion of registration"),
    "rotation_kind": _l("Kind of rotation"),
    "school_kind": _l("Kind of school"),
    "school_position": _l("Position in the school"),
    "session_mode": _l("Mode of a session"),
    "sex": _l("Sex"),
    "skill_certificate": _l("Skill certificate"),
    "sponsor": _l("Sponsor of the school"),
    "staff_category": _l("Category of staff"),
    "staff_source": _l("Source of staff"),
    "stage": _l("Stage"),
    "study_mode": _l("Mode of study"),
    "subject": _l("Subject"),
    "teacher_state": _l("State of a teacher"),
    "title": _l("Professional title"),
    "training_category": _l("Category of training"),
    "training_kind": _l("Kind of training"),
    "training_mode": _l("Mode of training"),
}


def name_of(table_key: str) -> str:
    """The name of a code table in the person's language."""
    return str(NAMES.get(table_key, table_key))

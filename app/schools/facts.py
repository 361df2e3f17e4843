"""The facts about a school, as its history and its export call them."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.codes import queries as codes
from app.schools.models import School, SchoolStage, Stage
from app.schools.staffing import Staffing
from app.web.exports import Column
from app.web.facts import Fact, Vocabulary, vocabulary_of

FACTS = {
    fact.name: fact
    for fact in (
        Fact("name", _l("Name of the school")),
        Fact("code", _l("School code")),
        Fact("kind_code", _l("Kind of school"), table="school_kind"),
        Fact("locality_code", _l("Locality"), table="locality"),
        Fact("is_sending", _l("Sends teachers")),
        Fact("is_weak", _l("Weak school")),
        Fact("township", _l("Township")),
        Fact("group", _l("Education group")),
        Fact("quota", _l("Staffing quota")),
        Fact("lat", _l("Latitude")),
        Fact("lng", _l("Longitude")),
        Fact("is_active", _l("Open")),
        Fact("pupils", _l("Pupils")),
        Fact("boarders", _l("Boarders")),
        Fact("classes", _l("Classes")),
    )
}


class _Facts(dict[str, Fact]):
    """Beside the columns: `primary.pupils` and `primary.posts.chinese`, as operations write them."""

    def get(self, name: str, default: Any = None) -> Any:
        if name in FACTS:
            return FACTS[name]
        stage, _dot, rest = name.partition(".")
        if stage not in Stage:
            return default
        if rest.startswith("posts."):
            subject = codes.label("subject", rest.removeprefix("posts."))
            return Fact(name, _("Posts: %(stage)s, %(subject)s", stage=Stage(stage).label, subject=subject))
        known = FACTS.get(rest)
        return Fact(name, f"{Stage(stage).label} · {known.label}") if known else default


HISTORY = vocabulary_of(
    "school",
    Vocabulary(
        _Facts(),
        {
            "school.add": (_l("School added"), "plus"),
            "school.edit": (_l("School changed"), "pencil"),
            "school.close": (_l("School closed"), "archive"),
            "school.reopen": (_l("School opened again"), "refresh"),
            "school.import": (_l("Changed by an import"), "file-import"),
            "posts.edit": (_l("Subject posts changed"), "pencil"),
            "posts.propose": (_l("Subject posts taken from the norm"), "calculator"),
            "group.join": (_l("Joined an education group"), "users-group"),
            "group.leave": (_l("Left an education group"), "users-minus"),
        },
    ),
)


def stage_of(school: School, stage: Stage) -> SchoolStage | None:
    """The school's figures of one stage."""
    return next((one for one in school.stages if one.stage is stage), None)


def _figure(stage: Stage, name: str) -> Any:
    def read(row: tuple[School, Staffing]) -> Any:
        one = stage_of(row[0], stage)
        return getattr(one, name) if one else None

    return read


def _fact(name: str) -> Any:
    return lambda row: FACTS[name].of(row[0])


def export_columns() -> list[Column]:
    """The columns of an export; a row is a school and its staff."""
    columns = [
        Column(FACTS["code"].label, lambda row: row[0].code),
        Column(FACTS["name"].label, lambda row: row[0].name),
        Column(_l("County"), lambda row: row[0].county.name),
        Column(FACTS["kind_code"].label, _fact("kind_code")),
        Column(_l("Stages"), lambda row: "；".join(str(s.stage.label) for s in row[0].stages)),
        Column(FACTS["locality_code"].label, _fact("locality_code")),
        Column(FACTS["is_sending"].label, lambda row: row[0].is_sending),
        Column(FACTS["is_weak"].label, lambda row: row[0].is_weak),
        Column(FACTS["township"].label, lambda row: row[0].township),
        Column(FACTS["lat"].label, lambda row: row[0].lat),
        Column(FACTS["lng"].label, lambda row: row[0].lng),
        Column(FACTS["group"].label, lambda row: row[0].group and row[0].group.name),
        Column(FACTS["quota"].label, lambda row: row[0].quota),
        Column(_l("Staff on the establishment"), lambda row: row[1].established),
        Column(_l("Teachers working here"), lambda row: row[1].working),
    ]
    for stage in Stage:
        columns += [
            Column(f"{stage.label}{FACTS[name].label}", _figure(stage, name))
            for name in ("pupils", "boarders", "classes")
        ]
    return columns

"""Who may be proposed: a programme's requirements as data, and what a teacher lacks of them, in words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from flask_babel import gettext as _

from app.codes import queries as codes
from app.teachers import backbones
from app.teachers.facts import years_between
from app.teachers.models import Teacher

LEVELS = {
    "county": backbones.COUNTY_AND_ABOVE,
    "prefecture": backbones.PREFECTURE_AND_ABOVE,
    "province": backbones.PROVINCE_AND_ABOVE,
}
# From the lowest; a higher title stands for a lower one.
TITLES = ("third", "second", "first", "senior", "full_senior")


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a teacher must bring; what is empty is not asked for. Ages and years are completed ones."""

    backbone: str = ""
    title: str = ""
    years_from: int | None = None
    age_to: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """The requirements as a programme stores them."""
        return cls(**{name: stored[name] for name in cls.__slots__ if stored.get(name) not in (None, "")})

    def stored(self) -> dict[str, Any]:
        """The requirements as a programme stores them."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    def lacking(self, teacher: Teacher, day: date) -> list[str]:
        """Each requirement that the teacher (honours loaded) does not meet on that day, with what would."""
        found = []
        if self.backbone and not any(self._counts(honour, day) for honour in teacher.honours):
            found.append(_("no backbone honour of the level asked for is valid on %(day)s", day=day.isoformat()))
        if self.title and not self._has_title(teacher):
            found.append(_("the title %(title)s or a higher one is asked for", title=codes.label("title", self.title)))
        years, age = years_between(teacher.started_work_on, day), years_between(teacher.birth_on, day)
        if self.years_from is not None and (years is None or years < self.years_from):
            found.append(_("%(years)s years of service are asked for", years=self.years_from))
        if self.age_to is not None and (age is None or age > self.age_to):
            found.append(_("nobody older than %(age)s is taken in", age=self.age_to))
        return found

    def _counts(self, honour: Any, day: date) -> bool:
        return backbones.counts_on(honour, day) and honour.level_code in LEVELS[self.backbone]

    def _has_title(self, teacher: Teacher) -> bool:
        held = teacher.title_rated_code
        return held in TITLES and TITLES.index(held) >= TITLES.index(self.title)

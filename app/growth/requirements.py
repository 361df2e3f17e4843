"""Who may be proposed or may apply: requirements as data, and what a teacher lacks of them, in words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.codes import queries as codes
from app.credits.ledger import as_hours
from app.credits.queries.standing import standing_of
from app.ethics.vetoes import veto_of
from app.extensions import db
from app.qualifications.kinds import types_of
from app.qualifications.models import Certificate, CertificateState
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
PARTY = ("01", "02")


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a teacher must bring; what is empty is not asked for. Ages and years are completed ones.

    `backbone` asks for any backbone honour of a level, `honour` for one type that was held for `honour_years`;
    `hours_from` for credited hours of the present training cycle, `certificate` for a verified one that is valid.
    """

    backbone: str = ""
    honour: str = ""
    honour_years: int | None = None
    title: str = ""
    years_from: int | None = None
    age_to: int | None = None
    hours_from: int | None = None
    certificate: str = ""
    is_party: bool = False

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """The requirements as a programme stores them."""
        return cls(**{name: stored[name] for name in cls.__slots__ if stored.get(name) not in (None, "", False)})

    def stored(self) -> dict[str, Any]:
        """The requirements as a programme stores them."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "", False)}

    def lacking(self, teacher: Teacher, day: date) -> list[str]:
        """Each requirement that the teacher (honours loaded) does not meet on that day, with what would."""
        found = self._honours_lacking(teacher, day)
        if self.title and not self._has_title(teacher):
            found.append(_("the title %(title)s or a higher one is asked for", title=codes.label("title", self.title)))
        years, age = years_between(teacher.started_work_on, day), years_between(teacher.birth_on, day)
        if self.years_from is not None and (years is None or years < self.years_from):
            found.append(_("%(years)s years of service are asked for", years=self.years_from))
        if self.age_to is not None and (age is None or age > self.age_to):
            found.append(_("nobody older than %(age)s is taken in", age=self.age_to))
        if self.is_party and teacher.political_status_code not in PARTY:
            found.append(_("only members of the Communist Party are taken in"))
        return found + self._record_lacking(teacher, day)

    def told(self, county_id: int) -> list[tuple[str, Any]]:
        """What is asked for, in words: (label, value)."""
        levels = {
            "county": _("County level and above"),
            "prefecture": _("Prefecture level and above"),
            "province": _("Provincial level and above"),
        }
        held = codes.label("honour_type", self.honour)
        if self.honour_years:
            held = _("%(honour)s, held for %(years)s years", honour=held, years=self.honour_years)
        title = _("%(title)s and above", title=codes.label("title", self.title)) if self.title else ""
        asked: list[tuple[str, Any]] = [
            (_("Honour held before"), held),
            (_("Backbone honour"), levels.get(self.backbone, "")),
            (_("Professional title"), title),
            (_("Years of service from"), self.years_from),
            (_("Age to"), self.age_to),
            (_("Training hours of the cycle from"), self.hours_from),
            (_("Certificate"), types_of(county_id).label(self.certificate) if self.certificate else ""),
            (_("Communist Party member"), _("Yes") if self.is_party else ""),
        ]
        return [(str(label), value) for label, value in asked if value not in (None, "")]

    def _honours_lacking(self, teacher: Teacher, day: date) -> list[str]:
        found = []
        if self.backbone and not any(self._counts(honour, day) for honour in teacher.honours):
            found.append(_("no backbone honour of the level asked for is valid on %(day)s", day=day.isoformat()))
        if self.honour and not any(self._was_held(honour, day) for honour in teacher.honours):
            found.append(
                _(
                    "the honour %(honour)s is asked for, valid today and held for %(years)s years",
                    honour=codes.label("honour_type", self.honour),
                    years=self.honour_years or 0,
                )
            )
        return found

    def _record_lacking(self, teacher: Teacher, day: date) -> list[str]:
        """What the training record and the certificates lack; they are read only where they are asked for."""
        found = []
        if self.hours_from is not None and (hours := hours_of(teacher, day)) < self.hours_from:
            sentence = _("%(asked)s training hours of the cycle are asked for, %(hours)s are credited",
                         asked=self.hours_from, hours=hours)  # fmt: skip
            found.append(sentence)
        if self.certificate and not holds(teacher, self.certificate, day):
            label = types_of(teacher.county_id).label(self.certificate)
            found.append(_("the certificate %(certificate)s is asked for, verified and valid", certificate=label))
        return found

    def _was_held(self, honour: Any, day: date) -> bool:
        is_valid = honour.valid_from <= day and (honour.valid_to is None or honour.valid_to >= day)
        years = years_between(honour.valid_from, day) or 0
        return is_valid and honour.type_code == self.honour and years >= (self.honour_years or 0)

    def _counts(self, honour: Any, day: date) -> bool:
        return backbones.counts_on(honour, day) and honour.level_code in LEVELS[self.backbone]

    def _has_title(self, teacher: Teacher) -> bool:
        held = teacher.title_rated_code
        return held in TITLES and TITLES.index(held) >= TITLES.index(self.title)


def hours_of(teacher: Teacher, day: date) -> Decimal:
    """The hours that stand against the target of the teacher's training cycle."""
    return as_hours(standing_of(teacher, day).counted)


def holds(teacher: Teacher, type_code: str, day: date) -> bool:
    """Whether a verified certificate of the type, or of one that is as good, is valid on that day."""
    good = [one.code for one in types_of(teacher.county_id).covering(type_code)] or [type_code]
    found = select(Certificate.id).where(
        Certificate.teacher_id == teacher.id,
        Certificate.type_code.in_(good),
        Certificate.state == CertificateState.VERIFIED,
        or_(Certificate.expires_on.is_(None), Certificate.expires_on >= day),
    )
    return db.session.scalar(found.limit(1)) is not None


def ethics_refusal(teacher_id: int, day: date) -> str | None:
    """Whether professional ethics speaks against somebody on that day; what was found stays with the ethics record."""
    if veto_of(teacher_id, day) is None:
        return None
    return str(_("a confirmed finding on professional ethics stands; the personnel office knows until when"))

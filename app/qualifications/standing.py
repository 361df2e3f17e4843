"""What a teacher lacks on a day: plain rules over plain facts, so that pages, lists and jobs say the same.

Three questions, in this order: does a valid certificate let them teach this stage (教师资格, registered in time); is it
of the subject they teach; and do they hold what people in their place must hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.qualifications.kinds import Category, CertificateType, Need, SubjectMatch, Types
from app.qualifications.models import CertificateState, GapReason

QUALIFIED, DEFERRED, REFUSED = "1", "2", "3"
TEACHING_STAFF = frozenset({"A1", "A5", "01", "02", "04"})
# The type that stands for "some teaching qualification" where none is held: the one of the stage.
QUALIFICATION_OF = {
    "kindergarten": "teacher_kindergarten",
    "primary": "teacher_primary",
    "junior": "teacher_junior",
    "senior": "teacher_senior",
}
_S = CertificateState
# The nearer to being right, the sooner it explains why something is not there.
_CLOSEST = (
    GapReason.UNVERIFIED,
    GapReason.REGISTRATION_OVERDUE,
    GapReason.EXPIRED,
    GapReason.REGISTRATION_REFUSED,
    GapReason.REVOKED,
)


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules ask about a teacher; `pupils` are those of the school they work at."""

    id: int
    stage: str
    subject: str
    further: tuple[str, ...] = ()
    is_class_teacher: bool = False
    position: str = ""
    category: str = ""
    pupils: int = 0

    @property
    def teaches(self) -> bool:
        """Whether they stand before a class; where the category is unknown, they are taken to."""
        return not self.category or self.category in TEACHING_STAFF


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate as the rules see it."""

    id: int
    type_code: str
    state: CertificateState
    subject: str | None = None
    valid_to: date | None = None
    registered_to: date | None = None
    conclusion: str | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is lacking; `since_on` is the first day without, where that is known."""

    type_code: str
    reason: GapReason
    is_barring: bool
    certificate_id: int | None = None
    since_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """What somebody may do on a day, and what they lack."""

    person: Person
    on: date
    gaps: tuple[Gap, ...] = field(default=())

    @property
    def may_teach(self) -> bool:
        """Whether nothing keeps them from teaching."""
        return not any(gap.is_barring for gap in self.gaps)


def failure(held: Held, kind: CertificateType | None, on: date) -> tuple[GapReason, date | None] | None:
    """Why a certificate is not good on a day and since when; None where it is good."""
    if held.state is _S.REVOKED:
        return GapReason.REVOKED, None
    if held.state not in (_S.VERIFIED, _S.RENEWED):
        return GapReason.UNVERIFIED, None
    if held.issued_on and held.issued_on > on:
        return GapReason.UNVERIFIED, None
    if held.valid_to and held.valid_to < on:
        return GapReason.EXPIRED, _day_after(held.valid_to)
    if kind is None or not kind.registration_months:
        return None
    if held.conclusion == REFUSED:
        return GapReason.REGISTRATION_REFUSED, None
    if held.registered_to and held.registered_to < on:
        return GapReason.REGISTRATION_OVERDUE, _day_after(held.registered_to)
    return None


def standing(person: Person, held: Sequence[Held], types: Types, on: date) -> Standing:
    """Judge one teacher on one day."""
    if not person.teaches:
        return Standing(person, on)
    seen = [one for one in held if not one.state.is_with_holder]
    gaps = [*_entitlement(person, seen, types, on), *_needs(person, seen, types, on)]
    return Standing(person, on, tuple(_once(gaps)))


def _entitlement(person: Person, held: Sequence[Held], types: Types, on: date) -> Iterable[Gap]:
    """The qualification for the stage, its registration and its subject."""
    ours = [one for one in held if one.type_code in types and types[one.type_code].category is Category.TEACHING]
    right = [one for one in ours if person.stage in types[one.type_code].stages]
    good = [one for one in right if failure(one, types[one.type_code], on) is None]
    if good:
        yield from _deferred(good, types)
        yield from _subject(person, good, types)
        return
    wanted = QUALIFICATION_OF.get(person.stage, "")
    if wanted not in types or not types[wanted].is_active:
        return
    if right:
        yield _closest(wanted, right, types, on, is_barring=True)
    elif others := [one for one in ours if failure(one, types[one.type_code], on) is None]:
        yield Gap(wanted, GapReason.OTHER_STAGE, True, others[0].id)
    else:
        yield Gap(wanted, GapReason.MISSING, True)


def _deferred(good: Sequence[Held], types: Types) -> Iterable[Gap]:
    if all(one.conclusion == DEFERRED and types[one.type_code].registration_months for one in good):
        yield Gap(good[0].type_code, GapReason.REGISTRATION_DEFERRED, False, good[0].id)


def _subject(person: Person, good: Sequence[Held], types: Types) -> Iterable[Gap]:
    """One certificate of the right subject, or whose type asks for none, is enough."""
    strictest = []
    for one in good:
        match = types[one.type_code].subject_match
        if match is SubjectMatch.IGNORE or not one.subject or one.subject == person.subject:
            return
        strictest.append((match is SubjectMatch.REQUIRE, one))
    is_barring = all(required for required, _one in strictest)
    yield Gap(good[0].type_code, GapReason.OTHER_SUBJECT, is_barring, good[0].id)


def _needs(person: Person, held: Sequence[Held], types: Types, on: date) -> Iterable[Gap]:
    for kind in types.active():
        fitting = [need for need in kind.needs if applies(need, person, on)]
        if not fitting:
            continue
        answering = [one for one in held if kind.code in types.covered_by(one.type_code, one.subject)]
        if any(failure(one, types.get(one.type_code), on) is None for one in answering):
            continue
        is_barring = any(need.is_barring for need in fitting)
        if answering:
            yield _closest(kind.code, answering, types, on, is_barring=is_barring)
        else:
            yield Gap(kind.code, GapReason.MISSING, is_barring)


def applies(need: Need, person: Person, on: date) -> bool:
    """Whether a need is this person's on a day: every condition that it gives fits."""
    subjects = {person.subject, *person.further} if need.counts_further else {person.subject}
    positions = set(filter(None, person.position.split(";")))
    return (
        (not need.from_on or on >= need.from_on)
        and (not need.stages or person.stage in need.stages)
        and (not need.subjects or bool(subjects & set(need.subjects)))
        and (not need.is_class_teacher or person.is_class_teacher)
        and (not need.positions or bool(positions & set(need.positions)))
        and (need.min_pupils is None or person.pupils >= need.min_pupils)
        and (need.max_pupils is None or person.pupils <= need.max_pupils)
    )


def _closest(wanted: str, held: Sequence[Held], types: Types, on: date, *, is_barring: bool) -> Gap:
    """The certificate that comes nearest, and what is wrong with it. One that waits to be verified bars nobody."""
    found = [(one, failure(one, types.get(one.type_code), on)) for one in held]
    wrong = [(one, why) for one, why in found if why is not None]
    one, (reason, since) = min(wrong, key=lambda pair: (_CLOSEST.index(pair[1][0]), -pair[0].id))
    kind = types.get(one.type_code)
    if reason is GapReason.UNVERIFIED or (
        reason is GapReason.REGISTRATION_OVERDUE and kind is not None and not kind.is_overdue_barring
    ):
        is_barring = False
    return Gap(wanted, reason, is_barring, one.id, since)


def _once(gaps: Iterable[Gap]) -> list[Gap]:
    """One line a type and reason; the graver one stays."""
    found: dict[tuple[str, GapReason], Gap] = {}
    for gap in gaps:
        key = (gap.type_code, gap.reason)
        if key not in found or gap.is_barring:
            found[key] = gap
    return list(found.values())


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)

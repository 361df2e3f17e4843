"""What differs between two versions of a pack, clause by clause."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.targets.packs.pack import Clause, Pack, Part, Threshold, in_language
from app.targets.wording import written


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One clause that differs; `old` or `new` is None where a version does not have it."""

    id: str
    old: Clause | None
    new: Clause | None
    changes: tuple[Change, ...]

    @property
    def words(self) -> str:
        """The clause in the person's language."""
        clause = self.new or self.old
        return clause.words if clause else ""


def differences(old: Pack, new: Pack) -> list[Difference]:
    """The clauses that differ, in the order of the new version, those that went last."""
    before, after = ({clause.id: clause for clause in (*pack.clauses, *pack.off)} for pack in (old, new))
    found = []
    for clause_id in [*after, *(one for one in before if one not in after)]:
        then, now = before.get(clause_id), after.get(clause_id)
        changes = tuple(_of_clause(then, now)) if then and now else ()
        if changes or not (then and now):
            found.append(Difference(clause_id, then, now, changes))
    return found


def heads(old: Pack, new: Pack) -> list[Change]:
    """What differs of the packs as a whole."""
    pairs = [
        (_("Name in Chinese"), old.name_zh, new.name_zh),
        (_("Name in English"), old.name_en, new.name_en),
        (_("For"), old.place, new.place),
        (_("Source"), old.source, new.source),
        (_("Plan begins"), old.from_on.isoformat(), new.from_on.isoformat()),
        (_("Plan ends"), old.to_on.isoformat(), new.to_on.isoformat()),
    ]
    return list(_different(pairs))


def _different(pairs: list[tuple[Any, str, str]]) -> Iterator[Change]:
    for label, then, now in pairs:
        if then != now:
            yield Change(str(label), then, now)


def _of_clause(old: Clause, new: Clause) -> Iterator[Change]:
    yield from _different(
        [
            (_("This clause counts"), _yes(not old.is_off), _yes(not new.is_off)),
            (_("Words in Chinese"), old.words_zh, new.words_zh),
            (_("Words in English"), old.words_en, new.words_en),
            (_("Where it stands in the document"), old.source, new.source),
        ]
    )
    keys = [*(part.key for part in new.parts), *(part.key for part in old.parts if new.part(part.key) is None)]
    for key in keys:
        then, now = old.part(key), new.part(key)
        if then and now:
            yield from _of_part(then, now, is_alone=not key)
        else:
            gone, come = (one.words or one.key if one else "" for one in (then, now))
            yield Change(str(_("Figure")), gone, come)


def _yes(value: bool) -> str:
    return str(_("Yes") if value else _("No"))


def _of_part(old: Part, new: Part, *, is_alone: bool) -> Iterator[Change]:
    pairs = [
        (_("Words in Chinese"), old.words_zh, new.words_zh),
        (_("Words in English"), old.words_en, new.words_en),
        (_("Kind of figure"), str(old.kind.label), str(new.kind.label)),
        (_("Measure"), _measure(old), _measure(new)),
        (_("Whose figure"), str(old.scope.label), str(new.scope.label)),
        (_("How it is written"), str(old.unit.label), str(new.unit.label)),
        (_("Compared"), str(old.operator.label), str(new.operator.label)),
        (_("Period"), str(old.per.label if old.per else ""), str(new.per.label if new.per else "")),
        (_("Thresholds"), "; ".join(aims_in_words(old)), "; ".join(aims_in_words(new))),
    ]
    name = in_language(new.words_zh, new.words_en) or new.key
    for change in _different(pairs):
        yield change if is_alone else Change(f"{name} · {change.label}", change.old, change.new)


def _measure(part: Part) -> str:
    params = ", ".join(f"{name}={value}" for name, value in sorted(part.params.items()))
    return f"{part.measure} ({params})" if params else part.measure


def aims_in_words(part: Part) -> list[str]:
    """The thresholds of a figure, each with its day."""
    return [_aim_in_words(part, one) for one in part.thresholds]


def _aim_in_words(part: Part, aim: Threshold) -> str:
    text = f"{part.operator.sign} {written(aim.value, part.unit)}" if aim.value is not None else str(_("as measured"))
    if aim.share != 1:
        text = str(_("%(aim)s at %(share)s %% of them", aim=text, share=f"{float(aim.share * 100):g}"))
    if aim.by is not None:
        return str(_("%(aim)s by %(day)s", aim=text, day=aim.by.isoformat()))
    return str(_("%(aim)s from %(day)s on", aim=text, day=aim.from_on.isoformat())) if aim.from_on else text

"""Why a proposal differs from the one it is based on: a reason for every move that is not as it was.

What an officer decided comes first; then what followed from it, teacher by teacher: somebody else takes the post, or
leaves the school instead. What neither explains is told by the proposal's own reasons.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.rotation import wording
from app.rotation.models import Decision, DecisionKind, ProposedMove, Scenario
from app.rotation.presenting import settings_lines
from app.rotation.presenting_reasons import stayed_rows
from app.rotation.queries.scenarios import Changes
from app.rotation.settings import TIER_NAMES
from app.rotation.wording import Names
from app.rotation.wording_reasons import Told, teacher_reasons

type Post = tuple[int, str, str]
MOST_NAMED = 3


def causes(
    changes: Changes,
    decisions: Iterable[Decision],
    answer: Mapping[str, Any] | None,
    told: Told,
    names: Names,
) -> dict[int, list[str]]:
    """For each teacher whose move changed, why, the most telling reason first."""
    return _Causes(changes, decisions, answer, told, names).all()


def basis(before: Scenario, after: Scenario) -> list[str]:
    """What else distinguishes the two: other data, other settings."""
    found = []
    if before.snapshot_id != after.snapshot_id:
        found.append(_("The data are those of another day, so people and posts may differ."))
    if _others(before) != _others(after):
        order = _(", then ").join(str(TIER_NAMES[tier]) for tier in after.settings["tiers"])
        found.append(_("The aims have another order: %(order)s.", order=order))
    old, new = dict(settings_lines(before.settings)), dict(settings_lines(after.settings))
    for name in (_("Time limit (seconds)"), _("What is best")):
        old.pop(name), new.pop(name)
    for name in {**old, **new}:
        if old.get(name, "0") != new.get(name, "0"):
            found.append(f"{name}: {old.get(name, '0')} → {new.get(name, '0')}")
    return found


def _others(scenario: Scenario) -> list[str]:
    """The order of the aims but stability, which a new solve moves to the front to keep the rest still."""
    return [tier for tier in scenario.settings["tiers"] if tier != "change"]


class _Causes:
    def __init__(
        self,
        changes: Changes,
        decisions: Iterable[Decision],
        answer: Mapping[str, Any] | None,
        told: Told,
        names: Names,
    ) -> None:
        self.changes, self.told, self.names = changes, told, names
        self.decided: dict[int, list[Decision]] = {}
        for row in decisions:
            if row.is_input:
                self.decided.setdefault(row.teacher_id, []).append(row)
        self.gone = [*changes.removed, *(old for old, _new in changes.redirected)]
        self.come = [*changes.added, *(new for _old, new in changes.redirected)]
        self.stays = stayed_rows(answer, [move.teacher_id for move in changes.removed])

    def all(self) -> dict[int, list[str]]:
        """The reasons by teacher."""
        found = {move.teacher_id: self._removed(move) for move in self.changes.removed}
        found |= {move.teacher_id: self._added(move) for move in self.changes.added}
        return found | {old.teacher_id: self._redirected(old, new) for old, new in self.changes.redirected}

    def _removed(self, move: ProposedMove) -> list[str]:
        followed = self._decisions(move.teacher_id) or self._lost(move) + self._instead(move)
        return followed or teacher_reasons(self.stays.get(move.teacher_id, []), self.told)[:1]

    def _added(self, move: ProposedMove) -> list[str]:
        return self._decisions(move.teacher_id) or self._taken(move) + self._in_place(move) or self._own(move)

    def _redirected(self, old: ProposedMove, new: ProposedMove) -> list[str]:
        return self._decisions(old.teacher_id) or self._lost(old) + self._taken(new) or self._own(new)

    def _decisions(self, teacher_id: int) -> list[str]:
        return [_decision(row) for row in self.decided.get(teacher_id, [])]

    def _lost(self, move: ProposedMove) -> list[str]:
        """Who takes the post that the teacher was to have."""
        who = [one for one in self.come if _post(one) == _post(move) and one.teacher_id != move.teacher_id]
        return (
            [_("The post at %(school)s goes to %(who)s now.", school=move.to_school.name, who=_named(who))]
            if who
            else []
        )

    def _instead(self, move: ProposedMove) -> list[str]:
        """Who leaves the school instead."""
        who = [one for one in self.changes.added if one.from_school_id == move.from_school_id]
        text = _("%(who)s leaves %(school)s instead.", who=_named(who), school=move.from_school.name) if who else ""
        return [text] if text else []

    def _taken(self, move: ProposedMove) -> list[str]:
        """Whose post it was to be."""
        who = [one for one in self.gone if _post(one) == _post(move) and one.teacher_id != move.teacher_id]
        school = move.to_school.name
        return (
            [_("Takes the post at %(school)s that %(who)s was to have.", school=school, who=_named(who))] if who else []
        )

    def _in_place(self, move: ProposedMove) -> list[str]:
        """Who does not leave the school any more."""
        who = [one for one in self.changes.removed if one.from_school_id == move.from_school_id]
        school = move.from_school.name
        return [_("Leaves %(school)s in the place of %(who)s.", school=school, who=_named(who))] if who else []

    def _own(self, move: ProposedMove) -> list[str]:
        return [wording.headline(move.why, self.names)]


def _post(move: ProposedMove) -> Post:
    return move.to_school_id, move.stage, move.subject_code


def _named(moves: Sequence[ProposedMove]) -> str:
    names = [move.teacher.name for move in moves[:MOST_NAMED]]
    more = len(moves) - len(names)
    text = _(", ").join(names)
    return str(_("%(names)s and %(count)s more", names=text, count=more)) if more else text


def _decision(row: Decision) -> str:
    if row.kind is DecisionKind.KEEP:
        return str(_("You decided: stays in place."))
    school = row.school.name if row.school else ""
    if row.kind is DecisionKind.LOCK:
        return str(_("You decided: goes to %(school)s.", school=school))
    return str(_("You decided: must not go to %(school)s.", school=school))

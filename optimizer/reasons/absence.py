"""Why not: for each eligible teacher who stays and each post left open, a reason that is true.

Every reason is a claim about the plan as it stands, and says what happens when the move is added and everything else
is held: a hard rule is broken (which, where, with which numbers) or a tier becomes worse (which, by how much). The
reasons of one teacher together cover every post the teacher could fill; those of one post cover every teacher who
could fill it. `proof.check_reason` forces each and looks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.problem import Problem
from optimizer.reasons import sentences
from optimizer.reasons.base import Asked, Asking, Tell
from optimizer.reasons.ledger import Breach, Effect, Ledger
from optimizer.reasons.reach import Arc, Option, Reach, Wanted
from optimizer.solution import Reason, Solution
from optimizer.solve import solve as _solve

FLOOR = "school_would_fall_under_its_floor"
RULE_CODES = {
    "H2": "quota_full", "H3": FLOOR, "H4": FLOOR, "H5": "out_rate_reached", "H6": "cap_on_moves", "H7": FLOOR,
}  # fmt: skip
ORDER = (
    "would_improve", "equally_good", "post_filled_by", "not_worth_a_tier", "quota_full", FLOOR, "out_rate_reached",
    "cap_on_moves", "needed_elsewhere", "locked_or_banned", "direction_not_allowed",
)  # fmt: skip
MOST_INSTEAD = 5


@dataclass(frozen=True, slots=True)
class NotMoved:
    """An eligible teacher who stays, and why."""

    teacher: str
    school: str
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "teacher": self.teacher, "school": self.school, "reasons": [reason.to_dict() for reason in self.reasons]
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenPost:
    """Posts of one subject that stay open, and why."""

    school: str
    stage: str
    subject: str
    open: int
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "school": self.school, "stage": self.stage, "subject": self.subject, "open": self.open,
            "reasons": [reason.to_dict() for reason in self.reasons],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Every eligible teacher not moved, and every post left open."""

    teachers: tuple[NotMoved, ...]
    posts: tuple[OpenPost, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "teachers": [row.to_dict() for row in self.teachers],
            "posts": [row.to_dict() for row in self.posts],
            "teacher_codes": dict(Counter(row.reasons[0].code for row in self.teachers).most_common()),
            "post_codes": dict(Counter(row.reasons[0].code for row in self.posts).most_common()),
        }


def why_not(
    problem: Problem,
    solution: Solution,
    *,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> WhyNot:
    """Why each eligible teacher who stays does, and why each post left open is, all without a solve.

    The first reason of each is the main one. A time limit cuts the list short; teachers come before posts.
    """
    asking = Asking(_solve, progress, cancelled, time_limit)
    books = Absences(Ledger.of(problem, solution))
    staying = [i for i in books.county.eligible if i not in books.ledger.plan]
    gaps = books.ledger.open_posts()
    asking.total = len(staying) + len(gaps)
    teachers: list[NotMoved] = []
    posts: list[OpenPost] = []
    for i in staying:
        if _pause(asking, "teachers"):
            break
        teachers.append(books.teacher(i))
    for k, open_posts in gaps:
        if _pause(asking, "posts"):
            break
        posts.append(books.post(k, open_posts))
    return WhyNot(tuple(teachers), tuple(posts))


def _pause(asking: Asking, stage: str) -> bool:
    asking.done += 1
    if asking.done % 50 == 1:
        asking.tell(stage)
        return asking.out_of_time()
    return False


@dataclass(frozen=True, slots=True)
class _Tried:
    """One post tried for one teacher: the reason's code, and what the change would do."""

    code: str
    arc: Arc
    effect: Effect
    breach: Breach | None = None
    km: float | None = None


class Absences:
    """The reasons of a plan, from its books."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.reach: Reach = ledger.reach
        self.county = ledger.county
        self._arrivals: dict[tuple[int, str, str], list[int]] = defaultdict(list)
        for i, arc in ledger.plan.items():
            self._arrivals[arc.school, self.county.teachers[i].stage, arc.subject].append(i)
        self._options: dict[int, list[Option]] = {}
        self._by_team: dict[tuple[int, str, str], list[Option]] | None = None

    def options(self, i: int) -> list[Option]:
        if i not in self._options:
            self._options[i] = self.reach.options(i)
        return self._options[i]

    def id(self, s: int) -> str:
        return self.county.schools[s].id

    # -- teachers --

    def teacher(self, i: int) -> NotMoved:
        """Why eligible teacher ``i``, whom the plan leaves where they are, does not move."""
        teacher = self.county.teachers[i]
        return NotMoved(teacher.id, teacher.school, self.reasons(i))

    def reasons(self, i: int, wanted: Wanted | None = None) -> tuple[Reason, ...]:
        """The reasons, over all posts or only those ``wanted``."""
        options = [option for option in self.options(i) if wanted is None or wanted(option)]
        ways = [option for option in options if option.near]
        if not ways:
            return (self._out_of_reach(i, options),)
        allowed = [option for option in ways if option.allowed]
        if not allowed:
            return (self._wrong_way(ways),)
        free = [option for option in allowed if not option.decided]
        if not free:
            return (self._decided(i, allowed),)
        held = self._held(i)
        if held:
            return held
        tried = [self._try(option) for option in free]
        return self._grouped(tried)

    def _out_of_reach(self, i: int, options: Sequence[Option]) -> Reason:
        teacher = self.county.teachers[i]
        far = min(options, key=lambda o: (o.km or 0, o.arc), default=None)
        params = {
            "subjects": list(teacher.subjects), "posts_elsewhere": len(options),
            "nearest_school": None if far is None else self.id(far.arc.school),
            "nearest_km": None if far is None or far.km is None else round(far.km, 1),
            "max_km": self.county.settings.max_km,
        }  # fmt: skip
        return sentences.reason("no_post_within_reach", params)

    def _wrong_way(self, options: Sequence[Option]) -> Reason:
        params = {
            "ways": sorted({option.way for option in options}),
            "allowed": list(self.county.settings.directions),
            "schools": sorted({self.id(option.arc.school) for option in options}),
        }
        return sentences.reason("direction_not_allowed", params)

    def _decided(self, i: int, options: Sequence[Option]) -> Reason:
        teacher = self.county.teachers[i].id
        params: dict[str, Any] = {
            "locked": teacher in self.reach.locks,
            "to": self.reach.locks.get(teacher),
            "banned": sorted({self.id(o.arc.school) for o in options if o.decided == "banned"}),
        }
        return sentences.reason("locked_or_banned", params)

    def _held(self, i: int) -> tuple[Reason, ...]:
        """Rules that keep the teacher at the school wherever they would go: those broken by leaving alone."""
        origin = self.county.schools[self.county.school_of[i]].id
        some = next((o.arc for o in self.options(i) if o.open), None)
        if some is None:
            return ()
        found = []
        for breach in self.ledger.effect(join=[some]).breaches:
            if breach.school == origin and breach.rule in ("H3", "H4", "H5", "H7"):
                found.append(sentences.reason(RULE_CODES[breach.rule], breach.to_dict()))
        return tuple(sorted(found, key=lambda reason: (reason.code, reason.params["rule"])))

    def _try(self, option: Option) -> _Tried:
        """The true reason that is most to the point why one arc of a teacher who stays is not in the plan."""
        arc, effect = option.arc, self.ledger.effect(join=[option.arc])
        broken = {breach.rule: breach for breach in effect.breaches}
        worth = effect.first
        if worth is not None and worth[1] < 0:
            for rule in ("H2", "H6"):
                if rule in broken:
                    return _Tried(RULE_CODES[rule], arc, effect, broken[rule], option.km)
            return _Tried("would_improve", arc, effect, None, option.km)
        if self._filled(arc):
            return _Tried("post_filled_by", arc, effect, None, option.km)
        if "H2" in broken:
            return _Tried("quota_full", arc, effect, broken["H2"], option.km)
        if "H6" in broken:
            return _Tried("cap_on_moves", arc, effect, broken["H6"], option.km)
        if worth is not None:
            return _Tried("not_worth_a_tier", arc, effect, None, option.km)
        return _Tried("equally_good", arc, effect, None, option.km)

    def _filled(self, arc: Arc) -> list[int]:
        """Those whose coming closed the last gap of a post, where somebody's did."""
        stage = self.county.teachers[arc.teacher].stage
        key = (arc.school, stage, arc.subject)
        posts = self.county.teams[self.county.team_index[key]].posts
        came, staff = self._arrivals.get(key, []), self.ledger.staff(*key)
        return came if staff >= posts > staff - len(came) else []

    def _grouped(self, tried: Iterable[_Tried]) -> tuple[Reason, ...]:
        """One reason a code; first what covers most posts, an improvement before everything."""
        groups: dict[str, list[_Tried]] = defaultdict(list)
        for one in tried:
            groups[one.code].append(one)
        found = [self._reason(code, self._best_first(some)) for code, some in groups.items()]
        return tuple(
            sorted(
                found,
                key=lambda r: (
                    ORDER.index(r.code) if r.code in ORDER[:2] else 2, -len(r.params["posts"]), ORDER.index(r.code)
                ),
            )
        )  # fmt: skip

    @staticmethod
    def _best_first(tried: list[_Tried]) -> list[_Tried]:
        return sorted(tried, key=lambda t: (*_key(t.effect), t.km or 0.0, t.arc))

    def _reason(self, code: str, tried: list[_Tried]) -> Reason:
        best = tried[0]
        params: dict[str, Any] = {"posts": [[self.id(t.arc.school), t.arc.subject] for t in tried]}
        if code == "post_filled_by":
            params |= {"filled_by": self._filled_by(tried), "instead": self._instead(best.arc)}
        elif best.breach is not None:
            params |= best.breach.to_dict()
            full = {t.breach.school: t.breach for t in tried if t.breach is not None}
            params["schools"] = [breach.to_dict() for breach in full.values()]
        if code in ("not_worth_a_tier", "would_improve", "cap_on_moves") and best.effect.first is not None:
            tier, by = best.effect.first
            params |= {"tier": tier, "by": by}
        params |= {"school": self.id(best.arc.school), "subject": best.arc.subject}
        return sentences.reason(code, params)

    def _filled_by(self, tried: Iterable[_Tried]) -> list[dict[str, str]]:
        return [
            {"school": self.id(t.arc.school), "subject": t.arc.subject, "teacher": self.county.teachers[j].id}
            for t in tried
            for j in self._filled(t.arc)
        ]

    def _instead(self, arc: Arc) -> list[dict[str, Any]]:
        """What the plan would be with this teacher in the place of each who came, all else as it is."""
        found = []
        for j in self._filled(arc)[:MOST_INSTEAD]:
            effect = self.ledger.effect(leave=[self.ledger.plan[j]], join=[arc])
            found.append({"teacher": self.county.teachers[j].id, **told(effect)})
        return found

    # -- posts --

    def post(self, k: int, open_posts: int) -> OpenPost:
        """Why posts of team ``k`` stay open."""
        team = self.county.teams[k]
        key = (team.school, team.stage, team.subject)
        return OpenPost(self.id(team.school), team.stage, team.subject, open_posts, self._post_reasons(key))

    def _post_reasons(self, key: tuple[int, str, str]) -> tuple[Reason, ...]:
        options = self._candidates().get(key, [])
        ways = [option for option in options if option.near]
        if not ways:
            return (self._nobody(key, options),)
        allowed = [option for option in ways if option.allowed]
        if not allowed:
            params = {**self._wrong_way(ways).params, "teachers": self._teachers(ways)}
            return (sentences.reason("direction_not_allowed", params, post=True),)
        there = [o for o in allowed if not o.decided]
        if not there:
            return (self._all_decided(allowed),)
        there = [o for o in there if self.ledger.plan.get(o.arc.teacher) != o.arc]
        if not there:
            return (sentences.reason("all_come_already", {"coming": self._coming(key)}, post=True),)
        full = self._full(key[0])
        if full is None:
            return self._by_candidate(there)
        inside = [o for o in there if self._goes_to(o.arc.teacher) == key[0]]
        others = [o for o in there if self._goes_to(o.arc.teacher) != key[0]]
        params = full.to_dict() | {"teachers": self._teachers(others)}
        said = (sentences.reason("quota_full", params, post=True),) if others else ()
        return said + self._by_candidate(inside)

    def _coming(self, key: tuple[int, str, str]) -> list[str]:
        return [self.county.teachers[i].id for i in self._arrivals[key]]

    def _goes_to(self, i: int) -> int | None:
        return self.ledger.plan[i].school if i in self.ledger.plan else None

    def _candidates(self) -> dict[tuple[int, str, str], list[Option]]:
        if self._by_team is None:
            self._by_team = defaultdict(list)
            for i in self.county.eligible:
                for option in self.options(i):
                    key = (option.arc.school, self.county.teachers[i].stage, option.arc.subject)
                    self._by_team[key].append(option)
        return self._by_team

    def _teachers(self, options: Iterable[Option]) -> list[str]:
        return [self.county.teachers[i].id for i in sorted({option.arc.teacher for option in options})]

    def _nobody(self, key: tuple[int, str, str], options: Sequence[Option]) -> Reason:
        far = min(options, key=lambda o: (o.km or 0, o.arc), default=None)
        params = {
            "stage": key[1], "subject": key[2], "eligible_elsewhere": len({o.arc.teacher for o in options}),
            "nearest_teacher": None if far is None else self.county.teachers[far.arc.teacher].id,
            "nearest_km": None if far is None or far.km is None else round(far.km, 1),
            "max_km": self.county.settings.max_km,
        }  # fmt: skip
        return sentences.reason("no_teacher_within_reach", params, post=True)

    def _all_decided(self, options: Sequence[Option]) -> Reason:
        params: dict[str, Any] = {
            "teachers": self._teachers(options),
            "locked": [self.county.teachers[o.arc.teacher].id for o in options if o.decided == "locked"],
            "banned": [self.county.teachers[o.arc.teacher].id for o in options if o.decided == "banned"],
        }
        return sentences.reason("locked_or_banned", params, post=True)

    def _full(self, s: int) -> Breach | None:
        """H2, where nobody can come to the school unless somebody else leaves it."""
        seats, now = self.county.seats(s), self.ledger.head[s]
        return Breach("H2", self.id(s), None, None, now, now + 1, seats) if now >= seats else None

    def _by_candidate(self, options: Sequence[Option]) -> tuple[Reason, ...]:
        groups: dict[str, list[_Tried]] = defaultdict(list)
        for option in options:
            tried = self._try_for_post(option)
            groups[tried.code].append(tried)
        found = [self._post_reason(code, self._best_first(some)) for code, some in groups.items()]
        order: Callable[[Reason], tuple[int, int, int]] = lambda r: (  # noqa: E731
            ORDER.index(r.code) if r.code in ORDER[:2] else 2, -len(r.params["teachers"]), ORDER.index(r.code)
        )  # fmt: skip
        return tuple(sorted(found, key=order))

    def _try_for_post(self, option: Option) -> _Tried:
        arc = option.arc
        planned = self.ledger.plan.get(arc.teacher)
        effect = self.ledger.effect(leave=[] if planned is None else [planned], join=[arc])
        if not effect.breaches and not _worse(effect):
            code = "equally_good" if effect.first is None else "would_improve"
            return _Tried(code, arc, effect, None, option.km)
        if planned is not None:
            return _Tried("needed_elsewhere", arc, effect, None, option.km)
        if effect.breaches:
            breach = effect.breaches[0]
            return _Tried(RULE_CODES[breach.rule], arc, effect, breach, option.km)
        return _Tried("not_worth_a_tier", arc, effect, None, option.km)

    def _post_reason(self, code: str, tried: list[_Tried]) -> Reason:
        best, who = tried[0], self.county.teachers
        params: dict[str, Any] = {"teachers": [who[t.arc.teacher].id for t in tried]}
        if code == "needed_elsewhere":
            params["elsewhere"] = [
                {
                    "teacher": who[t.arc.teacher].id,
                    "to": self.id(self.ledger.plan[t.arc.teacher].school),
                    **told(t.effect),
                }
                for t in tried
            ]
        elif best.breach is not None:
            params["held"] = [
                {"teacher": who[t.arc.teacher].id, **t.breach.to_dict()} for t in tried if t.breach is not None
            ]
            params |= best.breach.to_dict()
        if code != "needed_elsewhere" and best.effect.first is not None:
            params |= {"tier": best.effect.first[0], "by": best.effect.first[1]}
        params["teacher"] = who[best.arc.teacher].id
        return sentences.reason(code, params, post=True)


def _worse(effect: Effect) -> bool:
    return effect.first is not None and effect.first[1] > 0


def _key(effect: Effect) -> tuple[float, ...]:
    return tuple(round(by, 9) for by in effect.change.values())


def told(effect: Effect) -> dict[str, Any]:
    """An effect in short: the first rule broken, or the first tier that changes."""
    if effect.breaches:
        return {"rule": effect.breaches[0].rule, "school": effect.breaches[0].school, "tier": None, "by": 0}
    tier, by = effect.first or (None, 0)
    return {"rule": None, "school": None, "tier": tier, "by": by}

"""Two mechanisms from the literature on teachers' assignment, on the same data and under the same hard rules.

Julien Combe, Olivier Tercieux and Camille Terrier, "The Design of Teacher Assignment: Theory and Evidence", Review of
Economic Studies 89 (2022), 3154–3222, study teachers who hold a post and wish for another. They show that the
mechanism used in practice, deferred acceptance with each holder put first at the present school (MDA, after Pereyra,
"A Dynamic School Choice Model", Games and Economic Behavior 80 (2013), and Compte and Jehiel, 2008), leaves exchanges
unmade by which teachers *and* schools would gain, and propose block exchange: top trading cycles in which a school
only gives up a teacher for one it ranks higher; the teacher-optimal one is TO-BE.

Both need what a rotation problem does not fully have, so this is an adaptation, and its choices are these. A teacher
takes part by giving wishes and prefers each listed school to staying, no other. A post is a (school, stage, subject);
besides its holders' seats it has one seat for each open post. Schools rank by ``priority``, by default backbone
teachers first, then who lives nearer. H1–H8 bind: MDA is run again without the lowest-ranked moves that break a rule
until none does; TO-BE carries out an exchange only where the plan so far and the exchange together keep every rule.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from optimizer.problem import Problem, Teacher
from optimizer.reasons.administrative import as_moves, place_locked
from optimizer.reasons.ledger import Breach, Ledger
from optimizer.reasons.reach import Arc
from optimizer.reasons.standing import breaches
from optimizer.solution import Move

Priority = Callable[[Teacher, str, float | None], Any]
Post = tuple[int, str, str]


def backbone_then_near(teacher: Teacher, school: str, km: float | None) -> tuple[Any, ...]:
    """The default rank of a teacher at a school; less is better."""
    return (not teacher.backbone, km or 0.0)


def mda(problem: Problem, *, priority: Priority = backbone_then_near) -> tuple[Move, ...]:
    """Modified deferred acceptance (Combe, Tercieux and Terrier 2022, section 3): teachers propose down their list,
    a post keeps the best up to its seats and its own holders before anyone else."""
    market = _Market(problem, priority)
    while True:
        plan = market.deferred_acceptance()
        ledger = Ledger(problem, (), market.reach)
        place_locked(ledger)
        for arc in plan:
            ledger.make(arc)
        dropped = market.offenders(ledger)
        if not dropped:
            return as_moves(ledger)
        for arc in sorted(dropped):
            market.wishes[arc.teacher].remove(arc)


def to_be(problem: Problem, *, priority: Priority = backbone_then_near) -> tuple[Move, ...]:
    """Teacher-optimal block exchange (Combe, Tercieux and Terrier 2022, section 4): each teacher points at the best
    post left in their opportunity set, those with an open seat or a holder of lower rank; the post points at that
    holder; cycles, and chains that end at an open seat, are carried out."""
    return _Exchange(problem, priority).run()


class _Market:
    """Who wishes what, and how posts rank those who wish."""

    def __init__(self, problem: Problem, priority: Priority) -> None:
        self.ledger = Ledger(problem, ())
        self.reach, self.county = self.ledger.reach, self.ledger.county
        self.priority = priority
        place_locked(self.ledger)
        takes_part = [i for i in self.county.eligible if i not in self.ledger.plan]
        self.wishes = {i: self._listed(i) for i in takes_part if self.county.teachers[i].preferences}
        self.open = {(team.school, team.stage, team.subject): 0 for team in self.county.teams}
        for k, n in self.ledger.open_posts():
            team = self.county.teams[k]
            self.open[team.school, team.stage, team.subject] = n

    def _listed(self, i: int) -> list[Arc]:
        """The arcs to wished schools, best first; at one school the present subject first."""
        teacher = self.county.teachers[i]
        arcs = [arc for arc in self.reach.arcs(i) if self.county.schools[arc.school].id in teacher.preferences]
        return sorted(
            arcs,
            key=lambda a: (
                teacher.preferences.index(self.county.schools[a.school].id), teacher.subjects.index(a.subject)
            ),
        )  # fmt: skip

    def post(self, arc: Arc) -> Post:
        return arc.school, self.county.teachers[arc.teacher].stage, arc.subject

    def held(self, i: int) -> Post:
        teacher = self.county.teachers[i]
        return self.county.school_of[i], teacher.stage, teacher.subject

    def rank(self, i: int, s: int) -> tuple[Any, ...]:
        """At its own school a holder ranks before everyone in MDA; this is the rank apart from that."""
        teacher = self.county.teachers[i]
        return (self.priority(teacher, self.county.schools[s].id, self.reach.km(i, s)), teacher.id)

    # -- deferred acceptance --

    def deferred_acceptance(self) -> list[Arc]:
        """Every wish tried in turn. A post's seats are its open posts and those of holders who take part."""
        seats = Counter(self.open)
        for i in self.wishes:
            seats[self.held(i)] += 1
        held: dict[Post, list[tuple[Any, int, Arc | None]]] = defaultdict(list)
        tried: Counter[int] = Counter()
        queue = sorted(self.wishes, reverse=True)
        while queue:
            i = queue.pop()
            wishes = self.wishes[i]
            arc = wishes[tried[i]] if tried[i] < len(wishes) else None
            tried[i] += 1
            post = self.held(i) if arc is None else self.post(arc)
            rank = (arc is not None, self.rank(i, post[0]) if arc is not None else ())
            held[post].append((rank, i, arc))
            held[post].sort(key=lambda offer: (offer[0], offer[1]))
            if len(held[post]) > seats[post]:
                queue.append(held[post].pop()[1])
        return [arc for offers in held.values() for _, _, arc in offers if arc is not None]

    def offenders(self, ledger: Ledger) -> set[Arc]:
        """The lowest-ranked moves that the broken rules cannot carry; the county's cap only when all else is well."""
        broken = breaches(ledger)
        found: set[Arc] = set()
        for breach in [b for b in broken if b.rule != "H6"] or broken:
            arcs = [
                arc for i, arc in ledger.plan.items() if i in self.wishes and self._adds_to(breach.rule, breach, arc)
            ]
            arcs.sort(key=lambda arc: (self.rank(arc.teacher, arc.school), arc))
            found |= set(arcs[-abs(breach.after - breach.limit) :])
        return found

    def _adds_to(self, rule: str, breach: Breach, arc: Arc) -> bool:
        teacher = self.county.teachers[arc.teacher]
        if rule == "H6":
            return True
        if rule == "H2":
            return self.county.schools[arc.school].id == breach.school
        if teacher.school != breach.school:
            return False
        if rule == "H4":
            return (teacher.stage, teacher.subject) == (breach.stage, breach.subject)
        return rule != "H7" or bool(teacher.backbone and teacher.stage == breach.stage)


class _Exchange:
    """TO-BE: a graph of who points at whose seat, from which cycles and chains are taken until nobody points."""

    def __init__(self, problem: Problem, priority: Priority) -> None:
        self.market = _Market(problem, priority)
        self.ledger = self.market.ledger
        self.left = {i: list(wishes) for i, wishes in self.market.wishes.items() if wishes}
        self.open = Counter(self.market.open)
        self.holders: dict[Post, list[int]] = defaultdict(list)
        for i in self.left:
            self.holders[self.market.held(i)].append(i)

    def run(self) -> tuple[Move, ...]:
        while self.left:
            found = self.follow(min(self.left))
            if found is not None:
                self.carry_out(*found)
        return as_moves(self.ledger)

    def target(self, i: int) -> tuple[Arc, int | None] | None:
        """The best post in the opportunity set, and the holder who would go (None: an open seat)."""
        while self.left.get(i):
            arc = self.left[i][0]
            post = self.market.post(arc)
            if self.open[post] > 0:
                return arc, None
            mine = self.market.rank(i, arc.school)
            weaker = [j for j in self.holders[post] if j in self.left and mine < self.market.rank(j, arc.school)]
            if weaker:
                return arc, max(weaker, key=lambda j: self.market.rank(j, arc.school))
            self.left[i].pop(0)
        self.left.pop(i, None)
        return None

    def follow(self, start: int) -> tuple[list[Arc], bool] | None:
        """From ``start`` along the pointers to a cycle (True) or an open seat; None where somebody dropped out."""
        path: list[tuple[int, Arc]] = []
        seen: dict[int, int] = {}
        i = start
        while i not in seen:
            seen[i] = len(path)
            aim = self.target(i)
            if aim is None:
                return None
            path.append((i, aim[0]))
            if aim[1] is None:
                return [arc for _, arc in path], False
            i = aim[1]
        return [arc for _, arc in path[seen[i] :]], True

    def carry_out(self, path: Sequence[Arc], cycle: bool) -> None:
        """Make the exchange whole; a chain that breaks a rule is shortened from its start, and then given up.

        Of an exchange given up, the last one loses the wish, so that the search always ends.
        """
        for n in range(1 if cycle else len(path)):
            part = path[n:]
            if self.ledger.effect(join=part).possible:
                self.settle(part, cycle=cycle)
                return
        self.left[path[-1].teacher].pop(0)

    def settle(self, part: Iterable[Arc], *, cycle: bool) -> None:
        arcs = list(part)
        for arc in arcs:
            self.ledger.make(arc)
            self.left.pop(arc.teacher, None)
        if not cycle:
            self.open[self.market.post(arcs[-1])] -= 1
            first = self.market.held(arcs[0].teacher)
            team = self.ledger.county.team_index.get(first)
            posts = 0 if team is None else self.ledger.county.teams[team].posts
            if self.ledger.team[first] < posts:
                self.open[first] += 1

"""The weekly draw as arithmetic: from a seed and a list of people to those drawn. It reads nothing else.

Clause LX-22: each week teachers are drawn for a lesson that others watch, spread over schools. Every teacher of the
pool has the same chance in a week; no school gives more than one. A school is met with a probability proportional to
its teachers (systematic sampling over a random order of the schools), then one of its teachers, each as likely as the
next, which gives each teacher `draws / teachers`. Only where a school holds more than its even share of the pool is it
met for certain, and its teachers stand a little below that chance.

Anybody can repeat it: `random` numbers are SHA-256 of the seed and a counter, and all sums are in whole numbers.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

WORD_BITS = 256


@dataclass(frozen=True, slots=True)
class Drawn:
    """A school that was met, its teachers of the pool in drawn order: the first is drawn, the rest stand in."""

    school_id: int
    teacher_ids: tuple[int, ...]


class Numbers:
    """Whole numbers below a bound, each as likely as the next, from a seed."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._words = count()

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` − 1; words beyond the last whole multiple of it are thrown away as unfair."""
        limit = (1 << WORD_BITS) // bound * bound
        while True:
            word = int.from_bytes(hashlib.sha256(self._seed + next(self._words).to_bytes(8, "big")).digest(), "big")
            if word < limit:
                return word % bound

    def shuffled(self, items: Sequence[int]) -> list[int]:
        """The items in a random order (Fisher–Yates, from the end)."""
        found = list(items)
        for last in range(len(found) - 1, 0, -1):
            other = self.below(last + 1)
            found[last], found[other] = found[other], found[last]
        return found


def seed_of(link: bytes, pool_digest: bytes, week: str) -> bytes:
    """The seed of a week: the link of the year's chain, the list of people as it was, and the week itself."""
    return hashlib.sha256(link + pool_digest + week.encode()).digest()


def digest_of(pool: Mapping[int, Sequence[int]]) -> bytes:
    """SHA-256 of the pool: a line a school in order of its number, `school:teacher,teacher,…`, teachers in order."""
    lines = (f"{school}:{','.join(map(str, sorted(pool[school])))}\n" for school in sorted(pool))
    return hashlib.sha256("".join(lines).encode()).digest()


def draw(seed: bytes, pool: Mapping[int, Sequence[int]], number: int) -> list[Drawn]:
    """`number` schools of the pool (all where it has no more), each with its teachers in drawn order."""
    numbers = Numbers(seed)
    sizes = {school: len(people) for school, people in pool.items() if people}
    met = _schools(numbers, sizes, min(number, len(sizes)))
    return [Drawn(school, tuple(numbers.shuffled(sorted(pool[school])))) for school in met]


def _schools(numbers: Numbers, sizes: Mapping[int, int], number: int) -> list[int]:
    certain: list[int] = []
    rest = dict(sizes)
    while too_large := [s for s in sorted(rest) if rest[s] * (number - len(certain)) >= sum(rest.values())]:
        # The largest first: taking it may bring the next below its even share again.
        largest = max(too_large, key=lambda school: (rest[school], -school))
        certain.append(largest)
        del rest[largest]
        if len(certain) == number:
            return numbers.shuffled(certain)
    return numbers.shuffled([*certain, *_spread(numbers, rest, number - len(certain))])


def _spread(numbers: Numbers, sizes: Mapping[int, int], number: int) -> list[int]:
    """Systematic sampling: the schools laid end to end, `number` marks at even distances from a random start."""
    if not number:
        return []
    people = sum(sizes.values())
    mark = numbers.below(people)
    found, reached = [], 0
    for school in numbers.shuffled(sorted(sizes)):
        reached += sizes[school] * number
        if mark < reached:
            found.append(school)
            mark += people
    return found

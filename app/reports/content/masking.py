"""Small groups in reports that leave the county: fewer people than the least number are not told.

A number that follows from others is hidden as well: with a sum beside them, one hidden number could be worked out, so a
second one is hidden then.
"""

from collections.abc import Sequence
from dataclasses import dataclass


def hidden(numbers: Sequence[int | None], least: int, *, has_sum: bool = False) -> set[int]:
    """The places of the numbers that must not be told: 1 to `least` - 1, and one more where their sum is told."""
    found = {at for at, number in enumerate(numbers) if number and number < least}
    if has_sum and len(found) == 1:
        others = [(number, at) for at, number in enumerate(numbers) if number and at not in found]
        if others:
            found.add(min(others)[1])
    return found


@dataclass(frozen=True, slots=True)
class Mask:
    """How a report hides small groups; within the county (`least` 0) it hides none."""

    least: int = 0

    @property
    def word(self) -> str:
        """What stands in place of a hidden number."""
        return f"少于{self.least}"

    def is_small(self, number: int | None) -> bool:
        """Whether a number alone must not be told."""
        return bool(number) and number is not None and number < self.least

    def number(self, number: int | None) -> int | str | None:
        """The number, or the word for a small one."""
        return self.word if self.is_small(number) else number

    def column(self, numbers: Sequence[int | None], *, has_sum: bool = False) -> list[int | str | None]:
        """A column of numbers with the small ones hidden; a number hidden because of their sum is an asterisk."""
        places = hidden(numbers, self.least, has_sum=has_sum)
        return [
            (self.word if self.is_small(number) else "＊") if at in places else number
            for at, number in enumerate(numbers)
        ]

    @property
    def note(self) -> str:
        """What is printed below a report that hides something."""
        if not self.least:
            return ""
        return f"本报表供县外使用：人数为1至{self.least - 1}人的以“{self.word}”代替，由此可推算的数据以“＊”代替。"

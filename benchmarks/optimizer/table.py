"""The tables of the optimiser's benchmark, and what they miss of what was promised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from benchmarks.optimizer.ways import OURS, PLAIN

TIERS = ("rules", "needs", "balance", "moves", "cost")
MEDIAN, WORST, WORST_LATER = 0.06, 0.15, 0.3
LARGER, LARGE_SECONDS, LARGE_MIB, LARGE_GAP = 25, 600, 4096, 0.001
PEAK_MIB = 400
FIRST_SEEDS = 12
Data = dict[str, Any]
NAMES = {
    OURS: "Qinglan", PLAIN: "straightforward, HiGHS", "cbc": "straightforward, CBC", "cp-sat": "OR-Tools CP-SAT",
    "greedy": "administrative rule", "mda": "MDA", "to-be": "TO-BE",
}  # fmt: skip


class Report:
    """Lines for the reader; ``missed`` holds what was promised and not kept."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.missed: list[str] = []
        self.median_wall = self.median_cpu = 0.0

    def text(self) -> str:
        verdict = [f"MISSED: {line}" for line in self.missed] or ["Every figure is met."]
        return "\n".join([*self.lines, *verdict]) + "\n"

    def promise(self, what: str, kept: bool) -> None:
        self.lines.append(f"{'met   ' if kept else 'MISSED'}  {what}")
        if not kept:
            self.missed.append(what)

    def table(self, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        self.lines += ["| " + " | ".join(heading) + " |", "|" + " --- |" * len(heading)]
        self.lines += ["| " + " | ".join(row) + " |" for row in rows]
        self.lines.append("")

    # -- the parts --

    def pairs(self, found: list[tuple[Data, Data, Data]]) -> None:
        """Ours before and after the straightforward way, county by county."""
        self.lines += [
            "111 schools, ours beside the straightforward way: PuLP and HiGHS, teacher by teacher, tier by tier.",
            "Seconds are wall / CPU; ours is the mean of a run before and a run after the other. Where the other was",
            "stopped before it had proven every tier, its ratio is an upper bound (<).",
            "",
        ]
        rows, walls, cpus = [], [], []
        for before, plain, after in found:
            wall, cpu = (before["wall"] + after["wall"]) / 2, (before["cpu"] + after["cpu"]) / 2
            walls.append(wall / plain["wall"])
            cpus.append(cpu / plain["cpu"])
            rows.append([
                before["problem"].removeprefix("county-111-"), f"{wall:.1f} / {cpu:.1f}",
                f"{plain['wall']:.1f} / {plain['cpu']:.1f}", _ratio(walls[-1], plain), _ratio(cpus[-1], plain),
                _proofs(before), _proofs(plain), *(_value(before, tier) for tier in TIERS),
            ])  # fmt: skip
        heading = ["seed", "ours s", "other s", "ratio wall", "ratio CPU", "ours proved", "other proved", *TIERS]
        self.table(heading, rows)
        if not found:
            return
        ours = [run for before, _, after in found for run in (before, after)]
        self.median_wall = median(run["wall"] for run in ours)
        self.median_cpu = median(run["cpu"] for run in ours)
        numbers = [int(before["problem"].rsplit("-", 1)[1]) for before, _, _ in found]
        self._ratios("wall", numbers, walls)
        self._ratios("CPU", numbers, cpus)
        self.promise("every tier proven by ours on every county", all(_is_whole(run) for run in ours))
        self.promise(
            "tier values equal to the straightforward way's wherever it proved them",
            not any(differs(before, plain) for before, plain, _ in found),
        )
        peak = max(run["peak_mib"] for run in ours)
        self.promise(f"peak memory at 111 schools {peak:.0f} MiB (≤ {PEAK_MIB})", peak <= PEAK_MIB)
        self._sound(ours)
        self.lines.append("")

    def _ratios(self, kind: str, seeds: list[int], ratios: list[float]) -> None:
        pairs = list(zip(seeds, ratios, strict=True))
        first = [ratio for seed, ratio in pairs if seed <= FIRST_SEEDS]
        later = [ratio for seed, ratio in pairs if seed > FIRST_SEEDS]
        if first:
            what = f"{len(first)} of seeds 1–{FIRST_SEEDS}, {kind}"
            middle, worst = median(first), max(first)
            self.promise(f"{what}: median ratio {middle:.3f} (≤ {MEDIAN})", middle <= MEDIAN)
            self.promise(f"{what}: worst ratio {worst:.3f} (≤ {WORST})", worst <= WORST)
        if later:
            worst = max(later)
            what = f"{len(later)} of seeds above {FIRST_SEEDS}, {kind}: worst ratio {worst:.3f} (≤ {WORST_LATER})"
            self.promise(what, worst <= WORST_LATER)

    def large(self, found: list[Data]) -> None:
        """300 and 800 schools."""
        if not found:
            return
        self.lines.append("Larger counties, one run each, at most ten minutes.\n")
        rows = [
            [
                run["problem"].split("-")[1], f"{run['wall']:.0f} / {run['cpu']:.0f}", f"{run['peak_mib']:.0f}",
                *(f"{_value(run, tier)} ({_gap(run, tier)})" for tier in TIERS),
            ]
            for run in found
        ]  # fmt: skip
        self.table(["schools", "s wall / CPU", "MiB", *(f"{tier} (gap)" for tier in TIERS)], rows)
        for run in found:
            schools = run["problem"].split("-")[1]
            if schools == "300":
                self.promise("300 schools: every tier proven", _is_whole(run))
                if self.median_wall:
                    times, cpu = run["wall"] / self.median_wall, run["cpu"] / self.median_cpu
                    what = f"300 schools: {times:.1f} × the median at 111 schools, CPU {cpu:.1f} × (≤ {LARGER})"
                    self.promise(what, max(times, cpu) <= LARGER)
            else:
                far = max((_part(run, tier) for tier in TIERS), default=1.0)
                self.promise(f"{schools} schools: every tier within {far:.3%} (≤ 0.1 %)", far <= LARGE_GAP)
                self.promise(
                    f"{schools} schools: {run['wall']:.0f} s (≤ {LARGE_SECONDS}), {run['peak_mib']:.0f} MiB (≤ 4096)",
                    run["wall"] <= LARGE_SECONDS and run["peak_mib"] <= LARGE_MIB,
                )
        self._sound(found)
        self.lines.append("")

    def peers(self, found: list[list[Data]]) -> None:
        """What the other ways reach."""
        self.lines.append(
            "Other ways on the same counties. CBC and CP-SAT: a minute for each tier; a star marks a tier"
        )
        self.lines.append("proven, a percentage the gap the solver reports. The last three prove nothing, and the two")
        self.lines.append("mechanisms move only teachers who wish to. × is their wall time over ours.\n")
        rows = []
        for runs in found:
            ours = next((run for run in runs if run["way"] == OURS), None)
            rows += [
                [
                    run["problem"].removeprefix("county-"), NAMES[run["way"]], f"{run['wall']:.1f} / {run['cpu']:.1f}",
                    f"{run['wall'] / ours['wall']:.1f}" if ours else "–",
                    *(_marked(run, tier) for tier in TIERS), _wishes(run),
                ]
                for run in runs
            ]  # fmt: skip
        heading = ["county", "way", "s wall / CPU", "×", *TIERS, "wishes: first, listed, other"]
        self.table(heading, rows)

    def part(self, lines: Iterable[str], promises: Iterable[tuple[str, bool]]) -> None:
        """A part that words itself."""
        self.lines += lines
        for what, kept in promises:
            self.promise(what, kept)
        self.lines.append("")

    def _sound(self, runs: Iterable[Data]) -> None:
        faults = [f"{run['problem']}: {fault}" for run in runs for fault in run["faults"]]
        self.promise("every plan of ours verified" + "".join(f"; {fault}" for fault in faults), not faults)


def differs(ours: Data, other: Data) -> bool:
    """Whether a tier that both have proven has two values, all tiers before it being proven by both."""
    for tier in ours["values"]:
        if tier not in ours["proven"] or tier not in other["proven"]:
            return False
        a, b = ours["values"][tier], other["values"][tier]
        if abs(a - b) > (2e-6 * a if tier == "balance" else 0.5):
            return True
    return False


def _is_whole(run: Data) -> bool:
    return bool(run["values"]) and set(run["proven"]) == set(run["values"])


def _ratio(ratio: float, other: Data) -> str:
    """With a sign where the other way was stopped before it had proven every tier: then it is an upper bound."""
    return f"{ratio:.3f}" if _is_whole(other) and "cost" in other["proven"] else f"< {ratio:.3f}"


def _proofs(run: Data) -> str:
    if _is_whole(run) and "cost" in run["proven"]:
        return "all"
    return ", ".join(tier for tier in run["proven"] if tier in TIERS) or "none"


def _value(run: Data, tier: str) -> str:
    return f"{run['values'][tier]:.9g}" if tier in run["values"] else "–"


def _part(run: Data, tier: str) -> float:
    """How far the value may be above the best, as a part of it."""
    value = run["values"].get(tier)
    if value is None:
        return 1.0
    if tier in run["proven"]:
        return 0.0
    return (value - run["bounds"].get(tier, 0.0)) / abs(value) if value else 0.0


def _gap(run: Data, tier: str) -> str:
    return "proven" if tier in run["proven"] else f"{_part(run, tier):.3%}"


def _marked(run: Data, tier: str) -> str:
    if tier not in run["values"]:
        return "–"
    if not run["bounds"]:
        return _value(run, tier)
    return _value(run, tier) + (" *" if tier in run["proven"] else f" ({_part(run, tier):.0%})")


def _wishes(run: Data) -> str:
    wishes = run["wishes"]
    return f"{wishes['first']}, {wishes['listed']}, {wishes['unlisted']}" if wishes else "–"

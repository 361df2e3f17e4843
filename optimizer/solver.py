"""The only file that names HiGHS: relaxations kept hot, and small MIPs cut out of them.

PuLP describes the model and hands it over once; from there on the solver object is driven directly, because
every solve through PuLP is a cold one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from optimizer.errors import Cancelled, SolverFailed

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

THREADS = 1
DUAL, PRIMAL = 1, 4
# From this many columns on, an interior point from cold beats a simplex that starts at the last optimum.
WIDE = 30_000
# The steps the simplex may take to judge whether rows added prove something.
MOST_STEPS, NO_LIMIT = 2_000, 2_147_483_647
INFINITY = highspy.kHighsInf
OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "log_to_console": False,
    "threads": THREADS,
    "parallel": "off",
    "random_seed": 0,
}


class Ending(Enum):
    """How a run ended, in the words of the search."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    TARGET = "target"
    TIME = "time"
    INTERRUPTED = "interrupted"
    LIMIT = "limit"


_Status = highspy.HighsModelStatus
_ENDINGS: dict[Any, Ending] = {
    _Status.kOptimal: Ending.OPTIMAL,
    _Status.kModelEmpty: Ending.OPTIMAL,
    _Status.kInfeasible: Ending.INFEASIBLE,
    # every column of the models here is bounded through its rows, so this can only mean infeasible
    _Status.kUnboundedOrInfeasible: Ending.INFEASIBLE,
    _Status.kObjectiveBound: Ending.INFEASIBLE,
    _Status.kObjectiveTarget: Ending.TARGET,
    _Status.kTimeLimit: Ending.TIME,
    _Status.kInterrupt: Ending.INTERRUPTED,
    _Status.kIterationLimit: Ending.LIMIT,
    _Status.kSolutionLimit: Ending.LIMIT,
    _Status.kMemoryLimit: Ending.LIMIT,
}


@dataclass
class Watch:
    """The caller's clock, cancel button and progress line, looked at from inside a run.

    ``report`` is called with (incumbent, bound) at most every ``every`` seconds. ``until`` is when the work at hand
    must end, before the ``deadline`` of it all (`share`).
    """

    deadline: float = float("inf")
    until: float = float("inf")
    cancelled: Callable[[], bool] | None = None
    report: Callable[[float | None, float | None], None] | None = None
    every: float = 0.25
    stopped: bool = False
    error: BaseException | None = None
    _looked: float = field(default=0.0, repr=False)

    def share(self, part: float) -> None:
        """Give the work that now begins a part of the time left; what it does not use is left to the rest."""
        now = time.monotonic()
        self.until = now + part * (self.deadline - now)
        self.stopped = False

    def left(self) -> float:
        """Seconds until the work at hand must end."""
        return min(self.deadline, self.until) - time.monotonic()

    def out_of_time(self) -> bool:
        return self.left() <= 0

    def check(self) -> None:
        """Raise ``Cancelled`` if the caller wants to stop."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled

    def glance(self, incumbent: float | None = None, bound: float | None = None) -> bool:
        """From inside a run: whether it must stop. Cheap; looks a few times a second."""
        now = time.monotonic()
        if now - self._looked < self.every:
            return self.stopped
        self._looked = now
        if self.report is not None:
            self.report(incumbent, bound)
        if (self.cancelled is not None and self.cancelled()) or now > min(self.deadline, self.until):
            self.stopped = True
        return self.stopped


@dataclass(frozen=True)
class Basis:
    """Which columns and rows are basic, and where the others stand, in the solver's words."""

    columns: list[Any]
    rows: list[Any]


@dataclass(frozen=True)
class Relaxed:
    """A solved relaxation: objective, column values, reduced costs and the rows' prices."""

    ending: Ending
    value: float
    columns: Floats
    reduced: Floats
    prices: Floats


@dataclass(frozen=True)
class Whole:
    """A MIP's end: ``columns`` is None where no plan was found; ``bound`` is proven for the MIP as given."""

    ending: Ending
    value: float
    bound: float
    columns: Floats | None


class Relaxation:
    """The LP relaxation of a PuLP model, hot between objectives, with its matrix at hand.

    Columns are those of the PuLP model, in its order (``column``: variable id → column).
    """

    def __init__(self, lp: pulp.LpProblem, watch: Watch, *, first: str = "ipm") -> None:
        self.watch = watch
        self.first = first
        if lp.objective is None:
            lp.setObjective(0)
        solver = pulp.HiGHS(mip=False, msg=False, threads=THREADS)
        solver.createAndConfigureSolver(lp)
        solver.buildSolverModel(lp)
        exported = lp.exported_variables()
        self.column = {variable.id: n for n, variable in enumerate(exported)}
        self.names = [variable.name for variable in exported]
        self.whole: Flags = np.array([variable.cat == "Integer" for variable in exported], dtype=bool)
        h: Any = lp.solverModel
        self.h = h
        _configure(self.h)
        model: Any = self.h.getLp()
        self.lower: Floats = np.array(model.col_lower_, dtype=np.float64)
        self.upper: Floats = np.array(model.col_upper_, dtype=np.float64)
        self.row_lower: Floats = np.array(model.row_lower_, dtype=np.float64)
        self.row_upper: Floats = np.array(model.row_upper_, dtype=np.float64)
        self.start, self.index, self.value = _by_row(model)
        self.runs = 0
        self.begun = False
        _listen(self.h, watch)

    @property
    def width(self) -> int:
        return len(self.lower)

    def vector(self, terms: list[tuple[Any, float]]) -> Floats:
        """An objective's coefficients by column."""
        cost = np.zeros(self.width)
        for variable, coefficient in terms:
            cost[self.column[variable.id]] += coefficient
        return cost

    def set_bounds(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Tighten bounds for good."""
        if len(columns):
            self.lower[columns], self.upper[columns] = lower, upper
            _ok(self.h.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper))

    def add_row(self, cost: Floats, lower: float, upper: float) -> None:
        """Add a row over all columns."""
        columns = np.nonzero(cost)[0]
        _ok(self.h.addRow(lower, upper, len(columns), columns.astype(np.int32), cost[columns]))
        self.start = np.append(self.start, self.start[-1] + len(columns))
        self.index = np.append(self.index, columns)
        self.value = np.append(self.value, cost[columns])
        self.row_lower = np.append(self.row_lower, lower)
        self.row_upper = np.append(self.row_upper, upper)

    def add_columns(self, cost: Floats, rows: Ints, values: Floats) -> None:
        """Add continuous columns ≥ 0 with two entries each: ``rows`` and ``values`` have shape (columns, 2)."""
        new = len(cost)
        upper = np.full(new, INFINITY)
        entries = rows.astype(np.int32).ravel(), values.ravel()
        starts = np.arange(0, 2 * new, 2, dtype=np.int32)
        _ok(self.h.addCols(new, cost, np.zeros(new), upper, 2 * new, starts, *entries))
        row_of = np.repeat(np.arange(len(self.row_lower)), np.diff(self.start))
        all_rows = np.concatenate([row_of, rows.ravel()])
        order = np.argsort(all_rows, kind="stable")
        fresh = np.repeat(np.arange(self.width, self.width + new), 2)
        self.index = np.concatenate([self.index, fresh])[order]
        self.value = np.concatenate([self.value, values.ravel()])[order]
        counts = np.bincount(all_rows, minlength=len(self.row_lower))
        self.start = np.concatenate([[0], np.cumsum(counts)])
        self.lower = np.concatenate([self.lower, np.zeros(new)])
        self.upper = np.concatenate([self.upper, upper])
        self.whole = np.concatenate([self.whole, np.zeros(new, dtype=bool)])

    def begin_at(self, basic: set[int], high: set[int], held: set[int]) -> None:
        """Let the next solve begin with the dual simplex at a basis: these columns, and the slacks of all rows but
        those ``held``; the columns in ``high`` stand at their upper bounds, the others at their lower ones."""
        basis: Any = highspy.HighsBasis()
        status = highspy.HighsBasisStatus
        basis.col_status = [
            status.kBasic if n in basic else status.kUpper if n in high else status.kLower for n in range(self.width)
        ]
        # a row is held at the bound it has; with two of them, at the lower
        basis.row_status = [
            status.kBasic if n not in held else status.kLower if low > -INFINITY else status.kUpper
            for n, low in enumerate(self.row_lower.tolist())
        ]
        _ok(self.h.setBasis(basis))
        self.runs += 1
        self.begun = True

    def basis(self) -> Basis:
        """The basis at hand, to begin from again (`begin_from`)."""
        here: Any = self.h.getBasis()
        return Basis(list(here.col_status), list(here.row_status))

    def begin_from(self, basis: Basis) -> None:
        """Let the next solve begin with the dual simplex at a basis; columns added since stand at zero."""
        here: Any = highspy.HighsBasis()
        added = self.width - len(basis.columns)
        here.col_status = [*basis.columns, *[highspy.HighsBasisStatus.kLower] * added]
        here.row_status = basis.rows
        _ok(self.h.setBasis(here))
        self.begun = True

    def value_with(self, rows: Sequence[tuple[Floats, float, float]]) -> float:
        """A lower bound of the objective solved last, were these rows (coefficients, lower, upper) there too; none
        where that takes the simplex too many steps. The relaxation is afterwards what it was."""
        here: Any = self.h.getBasis()
        if not here.valid:
            return -INFINITY
        last = len(self.row_lower)
        for row, low, high in rows:
            used = np.nonzero(row)[0]
            _ok(self.h.addRow(low, high, len(used), used.astype(np.int32), row[used]))
        _set(self.h, "solver", "simplex")
        _set(self.h, "simplex_strategy", DUAL)
        _set(self.h, "simplex_iteration_limit", MOST_STEPS)
        try:
            ending = _run(self.h, self.watch)
        except SolverFailed:  # then it says nothing
            ending = Ending.LIMIT
        _set(self.h, "simplex_iteration_limit", NO_LIMIT)
        value = float(self.h.getObjectiveValue()) if ending is Ending.OPTIMAL else -INFINITY
        _ok(self.h.deleteRows(len(rows), np.arange(last, last + len(rows), dtype=np.int32)))
        _ok(self.h.setBasis(here))
        return INFINITY if ending is Ending.INFEASIBLE else value

    def solve(self, cost: Floats, *, hot: bool = False) -> Relaxed:
        """Minimise over the relaxation: the first time by ``first`` (interior point with crossover unless told
        otherwise), then by primal simplex, which stays feasible when the objective changes. A wide model is solved
        from cold each time, unless ``hot`` says that the last optimum is near."""
        every = np.arange(self.width, dtype=np.int32)
        if self.width >= WIDE and not hot and not self.begun:
            _ok(self.h.clearSolver())
            self.runs = 0
        _ok(self.h.changeColsCost(self.width, every, cost))
        _set(self.h, "solver", self.first if self.runs == 0 else "simplex")
        _set(self.h, "simplex_strategy", PRIMAL if self.runs and not self.begun else DUAL)
        self.begun = False
        ending = self._run_or_restart()
        if ending is Ending.OPTIMAL:  # only then is there a basis to go on from
            self.runs += 1
        if ending is Ending.INFEASIBLE:
            return Relaxed(ending, INFINITY, np.zeros(0), np.zeros(0), np.zeros(0))
        if ending is not Ending.OPTIMAL:
            return Relaxed(ending, -INFINITY, np.zeros(0), np.zeros(0), np.zeros(0))
        solution = self.h.getSolution()
        return Relaxed(
            ending,
            float(self.h.getObjectiveValue()),
            np.array(solution.col_value, dtype=np.float64),
            np.array(solution.col_dual, dtype=np.float64),
            np.array(solution.row_dual, dtype=np.float64),
        )

    def _run_or_restart(self) -> Ending:
        """Run; where the solver gives up (an interior point may, on an infeasible model), by dual simplex from cold."""
        try:
            return _run(self.h, self.watch)
        except SolverFailed:
            _ok(self.h.clearSolver())
            _set(self.h, "solver", "simplex")
            _set(self.h, "simplex_strategy", DUAL)
            return _run(self.h, self.watch)

    def ray(self) -> Floats | None:
        """After an infeasible solve: row weights that prove it, if the solver kept them."""
        status, there, values = self.h.getDualRay()
        return np.array(values, dtype=np.float64) if status == highspy.HighsStatus.kOk and there else None

    def mip(
        self,
        cost: Floats,
        free: Flags,
        at: Floats,
        *,
        cutoff: float = INFINITY,
        target: float = -INFINITY,
        extra: Sequence[tuple[Floats, float, float]] = (),
        options: dict[str, Any] | None = None,
    ) -> Whole:
        """Minimise over whole columns with the columns outside ``free`` held at ``at``.

        Plans above ``cutoff`` may be left out (one may still come back); the run stops at one of at most
        ``target``; ``extra`` rows (coefficients, lower, upper) hold for this run only. Values and bounds are
        those of the full model's ``cost``.
        """
        keep = np.nonzero(free)[0]
        held = np.where(free, 0.0, at)
        constant = float(cost @ held)
        h: Any = _new_highs()
        _configure(h)
        for name, value in {"mip_rel_gap": 0.0, "mip_abs_gap": 1e-6, **(options or {})}.items():
            _set(h, name, value)
        if cutoff < INFINITY:
            _set(h, "objective_bound", cutoff - constant)
        if target > -INFINITY:
            _set(h, "objective_target", target - constant)
        if not _pass_rest(h, self, keep, held, cost):
            return Whole(Ending.INFEASIBLE, INFINITY, INFINITY, None)
        for row, low, high in extra:
            fixed = float(row @ held)
            used = np.nonzero(row[keep])[0].astype(np.int32)
            _ok(h.addRow(low - fixed, high - fixed, len(used), used, row[keep][used]))
        _listen(h, self.watch)
        ending = _run(h, self.watch)
        info = h.getInfo()
        columns: Floats | None = None
        value = INFINITY
        if info.primal_solution_status == 2:
            columns = held.copy()
            columns[keep] = np.array(h.getSolution().col_value, dtype=np.float64)
            columns[self.whole] = np.round(columns[self.whole])
            value = float(cost @ columns)
        bound = INFINITY if ending is Ending.INFEASIBLE else float(info.mip_dual_bound) + constant
        if not len(keep):
            bound = value
        return Whole(ending, value, bound, columns)


def _by_row(model: Any) -> tuple[Ints, Ints, Floats]:
    """Row starts, column indices and values of a model's matrix."""
    matrix = model.a_matrix_
    start = np.array(matrix.start_, dtype=np.int64)
    index = np.array(matrix.index_, dtype=np.int64)
    value = np.array(matrix.value_, dtype=np.float64)
    if matrix.format_ == highspy.MatrixFormat.kColwise:
        columns = np.repeat(np.arange(len(start) - 1), np.diff(start))
        order = np.argsort(index, kind="stable")
        counts = np.bincount(index, minlength=model.num_row_)
        return np.concatenate([[0], np.cumsum(counts)]), columns[order], value[order]
    return start, index, value


def _pass_rest(h: Any, full: Relaxation, keep: Ints, held: Floats, cost: Floats) -> bool:
    """Hand over what is left of the model once the held columns are constants. False if a row cannot hold."""
    place = np.full(full.width, -1, dtype=np.int64)
    place[keep] = np.arange(len(keep))
    rows = np.repeat(np.arange(len(full.row_lower)), np.diff(full.start))
    fixed = np.bincount(rows, weights=full.value * held[full.index], minlength=len(full.row_lower))
    lower, upper = full.row_lower - fixed, full.row_upper - fixed
    inside = place[full.index] >= 0
    counts = np.bincount(rows[inside], minlength=len(lower))
    empty = counts == 0
    if np.any(empty & ((lower > 1e-6) | (upper < -1e-6))):
        return False
    used = np.nonzero(~empty)[0]
    starts = np.concatenate([[0], np.cumsum(counts[used])])
    none = np.zeros(0, dtype=np.int32)
    _ok(h.addCols(len(keep), cost[keep], full.lower[keep], full.upper[keep], 0, none, none, np.zeros(0)))
    _ok(
        h.addRows(
            len(used),
            lower[used],
            upper[used],
            int(starts[-1]),
            starts[:-1].astype(np.int32),
            place[full.index[inside]].astype(np.int32),
            full.value[inside],
        )
    )
    whole = np.nonzero(full.whole[keep])[0].astype(np.int32)
    if len(whole):
        _ok(h.changeColsIntegrality(len(whole), whole, np.full(len(whole), highspy.HighsVarType.kInteger)))
    return True


_new_highs: Callable[[], Any] = highspy.Highs


def _configure(h: Any) -> None:
    for name, value in OPTIONS.items():
        _set(h, name, value)


def _set(h: Any, name: str, value: Any) -> None:
    if h.setOptionValue(name, value) != highspy.HighsStatus.kOk:
        raise SolverFailed(f"the solver has no option {name}={value!r}")


def _ok(status: Any) -> None:
    if status == highspy.HighsStatus.kError:
        raise SolverFailed("the solver refused part of the model")


def _listen(h: Any, watch: Watch) -> None:
    """Have the solver ask the watch whether to go on; directly, since it asks at every simplex iteration."""

    def ask(kind: Any, _message: str, out: Any, answer: Any, _user: Any) -> None:
        try:
            in_mip = kind == _MIP_ASKS
            stop = watch.glance(out.mip_primal_bound, out.mip_dual_bound) if in_mip else watch.glance()
        except BaseException as error:  # must not pass through the solver's own code; `_run` raises it
            watch.error, stop = error, True
        if stop:
            answer.user_interrupt = True

    _ok(h.setCallback(ask, None))
    for kind in (_MIP_ASKS, _Callback.kCallbackSimplexInterrupt, _Callback.kCallbackIpmInterrupt):
        _ok(h.startCallback(kind))


_Callback = highspy.cb.HighsCallbackType
_MIP_ASKS = _Callback.kCallbackMipInterrupt


def _run(h: Any, watch: Watch) -> Ending:
    watch.check()
    left = watch.left()
    if left <= 0:
        return Ending.TIME
    if left < INFINITY:  # besides the callback, which some phases of the solver never reach
        _set(h, "time_limit", h.getRunTime() + left)
    status = h.run()
    if watch.error is not None:
        raise watch.error
    if watch.stopped:
        watch.check()
        return Ending.TIME
    if status == highspy.HighsStatus.kError:
        raise SolverFailed(f"the solver failed: {h.modelStatusToString(h.getModelStatus())}")
    found = h.getModelStatus()
    if found not in _ENDINGS:
        raise SolverFailed(f"the solver ended with {h.modelStatusToString(found)}")
    return _ENDINGS[found]

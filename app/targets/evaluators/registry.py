"""The measures that a pack may name: each is a small function over the rows of one day."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

if TYPE_CHECKING:
    from app.targets.evaluators.finding import Ask, Found, Lacking

MODULES = (
    "certificates", "rotation", "backbones", "balance", "training", "studios", "growth", "ethics", "posts", "filled",
)  # fmt: skip
type Names = tuple[str, ...]
type Tables = tuple[Mapping[str, Any], ...]
RULE_KEYS = {"from", "to", "places", "min_pupils", "min_boarders", "full", "any"}


@dataclass(frozen=True, slots=True)
class Action:
    """The page that mends a figure: an endpoint and its arguments."""

    endpoint: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by its name, and the page that mends what it finds lacking.

    `sets_threshold`: the data say what is to be reached, such as the share of another group. `present_only`: some of
    what it reads is kept for the present only, so that a figure of an earlier day says so.
    """

    name: str
    run: Callable[..., "Found | Lacking"]
    mends: Action | None
    sets_threshold: bool
    present_only: bool


_MEASURES: dict[str, Measure] = {}


def measure[F: Callable[..., "Found | Lacking"]](
    name: str, *, mends: Action | None = None, sets_threshold: bool = False, present_only: bool = False
) -> Callable[[F], F]:
    """Register `run(ask, *, …)` as the measure `name`; its keyword arguments are the params a pack may give."""

    def register(run: F) -> F:
        _MEASURES[name] = Measure(name, run, mends, sets_threshold, present_only)
        return run

    return register


@cache
def known_measures() -> Mapping[str, Measure]:
    """All measures by name."""
    for module in MODULES:
        import_module(f"app.targets.evaluators.measures.{module}")
    return _MEASURES


def find(ask: "Ask", name: str, params: Mapping[str, Any]) -> "Found | Lacking":
    """What a measure finds."""
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in params.items()}
    return known_measures()[name].run(ask, **given)


def wrong_params(name: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the params of a measure: the name of each and the reason."""
    wanted = {key: one for key, one in _parameters(name).items() if key != "ask"}
    for key, value in params.items():
        if key not in wanted:
            known = ", ".join(wanted) or "–"
            yield key, _("The measure has no param “%(name)s”; it knows: %(known)s.", name=key, known=known)
        elif not _fits(value, str(wanted[key].annotation)):
            yield key, _("The param “%(name)s” is %(what)s.", name=key, what=_described(str(wanted[key].annotation)))
        elif unknown := _unknown_words(key, value):
            yield key, _("“%(name)s” does not know: %(what)s.", name=key, what=", ".join(unknown))
    for key, one in wanted.items():
        if one.default is inspect.Parameter.empty and key not in params:
            yield key, _("The measure needs the param “%(name)s”.", name=key)


def _parameters(name: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(known_measures()[name].run).parameters


def _kind_of(annotation: str) -> str:
    bare = annotation.removeprefix("<class '").removesuffix("'>")
    return next((kind for kind in ("Names", "Tables", "bool", "int", "str") if bare.split(" |")[0] == kind), "Mapping")


def _fits(value: Any, annotation: str) -> bool:
    kind = _kind_of(annotation)
    if kind == "Names":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind in ("bool", "str"):
        return isinstance(value, {"bool": bool, "str": str}[kind])
    if kind == "Tables":
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)
    return isinstance(value, dict)


def _described(annotation: str) -> str:
    words = {
        "Names": _("a list of texts"),
        "Tables": _("a list of tables"),
        "int": _("a whole number"),
        "bool": _("true or false"),
        "str": _("a text"),
        "Mapping": _("a table"),
    }
    return str(words[_kind_of(annotation)])


def _unknown_words(key: str, value: Any) -> Sequence[str]:
    from app.schools.models import Stage
    from app.targets.evaluators.people import GROUPS

    if key == "rules":
        return [name for one in value for name in one if name not in RULE_KEYS]
    known = {"people": set(GROUPS), "stages": {stage.value for stage in Stage}}.get(key)
    if known is None:
        return ()
    return [one for one in ([value] if isinstance(value, str) else value) if one not in known]

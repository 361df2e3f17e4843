"""What policy asks for. Each rule has a whole-number shortfall, so that a plan always comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.settings import exact, share_ceiling
from optimizer.variables import Terms

if TYPE_CHECKING:
    from optimizer.build import Model


def r1_rotation_rate(model: Model) -> None:
    """R1: moves out of the scope + missing ≥ ⌈rate · eligible in the scope⌉.

    Scopes: `pool` the sending schools together, `county` all schools, `school` each sending school by itself.
    Clause: at least 10 % of those eligible rotate each year.
    """
    county = model.county
    for scope, schools in rate_scopes(model).items():
        inside = set(schools)
        eligible = sum(county.school_of[i] in inside for i in county.eligible)
        needed = share_ceiling(county.settings.rate, eligible)
        terms = [term for s in schools for term in model.variables.leaving_school[s]]
        model.row(f"R1_{scope}", [*terms, (model.shortfall("R1", scope), 1.0)], ">=", needed)


def rate_scopes(model: Model) -> dict[str, list[int]]:
    """The schools of each R1 scope, by the scope's name in a solution."""
    county = model.county
    sending = [s for s in range(len(county.schools)) if county.sending(s)]
    scopes = {"pool": sending, "county": list(range(len(county.schools)))}
    chosen = {name: scopes[name] for name in county.settings.rate_scopes if name in scopes}
    if "school" in county.settings.rate_scopes:
        chosen |= {county.schools[s].id: [s] for s in sending}
    return chosen


def r2_backbone_share(model: Model) -> None:
    """R2: backbone moves + missing ≥ share · moves, in each scope, missing whole.

    With share = a/b exactly: b · backbone moves + b · missing − a · moves ≥ 0.
    Clause: at least 20 % of those who rotate are backbone teachers.
    """
    ratio = exact(model.county.settings.share)
    for scope in model.county.settings.share_scopes:
        column = model.shortfall("R2", scope)
        terms: Terms = [(column, ratio.denominator)]
        for cohort, goes in zip(model.network.cohorts, model.variables.goes, strict=True):
            if scope == "county" or model.county.sending(cohort.school):
                terms.append((goes, ratio.denominator * cohort.backbone - ratio.numerator))
        model.row(f"R2_{scope}", terms, ">=", 0)


def r3_two_way(model: Model) -> None:
    """R3: up moves + missing ≥ up_share · down moves, missing whole.

    With up_share = a/b exactly: b · up + b · missing − a · down ≥ 0. Clause: exchange goes both ways.
    """
    ratio = exact(model.county.settings.up_share)
    terms: Terms = [(model.shortfall("R3", "county"), ratio.denominator)]
    for c, column in model.variables.arrivals.items():
        kind = model.arcs.classes[c]
        to_sending = model.county.sending(model.county.teams[kind.team].school)
        if kind.from_sending and not to_sending:
            terms.append((column, -ratio.numerator))
        elif to_sending and not kind.from_sending:
            terms.append((column, ratio.denominator))
    model.row("R3_county", terms, ">=", 0)


def r4_groups(model: Model) -> None:
    """R4: young teachers moving inside the group + missing ≥ ⌈group_young_rate · its young teachers⌉.

    Clause: young teachers rotate between the schools of their education group.
    """
    county = model.county
    for group, young in county.young_in_group.items():
        terms: Terms = [(model.shortfall("R4", group), 1.0)]
        for c, column in model.variables.arrivals.items():
            kind = model.arcs.classes[c]
            if kind.young_in_group and county.schools[county.teams[kind.team].school].group == group:
                terms.append((column, 1.0))
        model.row(f"R4_{group}", terms, ">=", share_ceiling(county.settings.group_young_rate, young))

"""The pages of placements, once for every kind: each view is told the kind, and a blueprint takes them all over.

    @page("/placement/<int:round_id>", right="read")
    def placement_round(at: At, round_id: int) -> Page: ...

    add_to(bp, PlacementKind.STUDIO)

The address begins with the blueprint's, the endpoint is the function's name, and the permission the kind's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, abort, url_for
from flask_login import current_user

from app.access import Permission
from app.studios.models import PlacementKind, PlacementProposal, PlacementRound
from app.studios.placement_kinds import KINDS, Spec
from app.studios.queries import placement as queries
from app.web.attempts import Page
from app.web.guards import requires

P = Permission


@dataclass(frozen=True, slots=True)
class At:
    """Where a view is: the kind of placement, and what is within the person's reach of it."""

    spec: Spec

    @property
    def kind(self) -> PlacementKind:
        """The kind of placement."""
        return self.spec.kind

    def url(self, endpoint: str, **values: Any) -> str:
        """The address of another page of the same kind."""
        return url_for(f"{self.spec.blueprint}.{endpoint}", **values)

    def round_or_404(self, round_id: int, permission: Permission | None = None) -> PlacementRound:
        """A round within the person's reach."""
        right = permission or self.spec.read
        return queries.round_of(current_user.grants, self.kind, right, round_id) or abort(404)

    def proposal_or_404(self, proposal_id: int, permission: Permission | None = None) -> PlacementProposal:
        """A proposal within the person's reach."""
        right = permission or self.spec.read
        return queries.proposal_of(current_user.grants, self.kind, right, proposal_id) or abort(404)

    def may(self, permission: Permission, one: PlacementRound) -> bool:
        """Whether the person holds a permission for this very round."""
        return queries.round_of(current_user.grants, self.kind, permission, one.id) is not None


@dataclass(frozen=True, slots=True)
class View:
    """One page of every kind: its address below the blueprint's, how it is asked, and which right it needs."""

    rule: str
    methods: Sequence[str]
    right: str
    function: Callable[..., Page]

    @property
    def endpoint(self) -> str:
        """The name of the page within a blueprint."""
        return self.function.__name__

    def permission(self, spec: Spec) -> Permission:
        """The permission that a kind asks for."""
        named = {"own": P.OWN_RECORD, "export": P.EXPORT, "read": spec.read, "edit": spec.edit, "approve": spec.approve}
        return named[self.right]


VIEWS: list[View] = []


def page(rule: str, *, right: str, methods: Sequence[str] = ("GET",)) -> Callable[[Callable[..., Page]], Any]:
    """Make a function a page of every kind."""

    def keep(function: Callable[..., Page]) -> Callable[..., Page]:
        VIEWS.append(View(rule, methods, right, function))
        return function

    return keep


def add_to(bp: Blueprint, kind: PlacementKind) -> None:
    """Give a blueprint the pages of a kind."""
    at = At(KINDS[kind])
    for view in VIEWS:
        bp.add_url_rule(view.rule, view.endpoint, _told(view, at), methods=list(view.methods))


def _told(view: View, at: At) -> Callable[..., Page]:
    @wraps(view.function)
    def call(**values: Any) -> Page:
        return view.function(at, **values)

    return requires(view.permission(at.spec))(call)

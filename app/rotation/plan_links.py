"""Pages about a plan that later rooms bring along, without this room knowing them."""

from dataclasses import dataclass

from flask import url_for
from flask_babel.speaklater import LazyString
from flask_login import current_user

from app.access import Permission


@dataclass(frozen=True, slots=True)
class PlanLink:
    """A page that takes a plan: its endpoint, whose parameter is `plan_id`, and who may open it."""

    endpoint: str
    label: LazyString
    icon: str
    permission: Permission


_links: dict[str, PlanLink] = {}


def register(link: PlanLink) -> None:
    """Show a link on a plan's pages; an endpoint is registered once."""
    _links[link.endpoint] = link


def links_of(plan_id: int) -> list[dict[str, str]]:
    """The links that the present person may follow."""
    return [
        {"url": url_for(link.endpoint, plan_id=plan_id), "label": str(link.label), "icon": link.icon}
        for link in _links.values()
        if current_user.may(link.permission)
    ]

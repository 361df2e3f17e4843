"""Every route says who may come in, and keeps everybody else out: each role × own scope, other school, other county.

New parameters are added in subjects.py.
"""

from dataclasses import dataclass

import pytest
from flask import url_for
from werkzeug.routing import AnyConverter
from werkzeug.routing.converters import NumberConverter

from app.access import MATRIX, Permission, Role
from app.extensions import db
from app.web import errors
from app.web.guards import PUBLIC, SIGNED_IN, guard_of
from tests.architecture.subjects import ALSO_RIGHT, QUERIES, SUBJECTS
from tests.architecture.world import InCounty, InSchool, Personal, Shared, build_world

# Flask-Security checks its own pages; what matters here is that each is declared.
LIBRARY = "security."
OPEN = frozenset({200, 302, 303, 304})
HIDDEN = frozenset({404})


@dataclass(frozen=True)
class Route:
    """One URL rule with its guard."""

    rule: object
    guard: object

    @property
    def endpoint(self):
        return self.rule.endpoint

    @property
    def parameters(self):
        return sorted(self.rule.arguments)

    def admits(self, role):
        """Whether the guard lets a role in at all."""
        if self.guard in (PUBLIC, SIGNED_IN):
            return True
        return self.guard in MATRIX[role]


def all_routes(app):
    """Every route, those of libraries too."""
    return [Route(rule, guard_of(app, rule.endpoint)) for rule in app.url_map.iter_rules()]


def routes_of(app):
    """All routes of our own."""
    return [r for r in all_routes(app) if r.endpoint != "static" and not r.endpoint.startswith(LIBRARY)]


def key_of(route, name):
    """The entry of SUBJECTS for a parameter."""
    special = f"{route.endpoint}:{name}"
    return special if special in SUBJECTS else name


class Walk:
    """Addresses for the routes at each place, made once."""

    def __init__(self, app):
        self.app = app
        self.world = build_world()
        # All at once: a page without parameters may show what the parameter of another names.
        self.made = {key: make(self.world) for key, make in SUBJECTS.items()}
        self.empty = {}

    def subject(self, route, name):
        """What a parameter of a route names."""
        return self.made[key_of(route, name)]

    def knows(self, route):
        """Whether all parameters of a route have their entry; another test names those that have none."""
        return all(key_of(route, name) in SUBJECTS for name in route.parameters)

    def subjects(self, route):
        return {name: self.subject(route, name) for name in route.parameters}

    def address(self, route, place, user):
        """The route's address at `own`, `other_school` or `other_county`; None where there is no such place."""
        values = {name: value_at(s, place, user, self.world) for name, s in self.subjects(route).items()}
        if None in values.values():
            return None
        return self.url(route, values)

    def empty_address(self, route):
        """An address for somebody who must not even get as far as the row; the same for everybody."""
        key = route.endpoint, route.rule.rule
        if key not in self.empty:
            converters = route.rule._converters
            self.empty[key] = self.url(route, {name: some_value(converters[name]) for name in route.parameters})
        return self.empty[key]

    def url(self, route, values):
        with self.app.test_request_context():
            more = QUERIES[route.endpoint](self.made) if route.endpoint in QUERIES else {}
            return url_for(route.endpoint, **values, **more)

    def expected(self, route, role, place):
        """The statuses that are right for a role that the guard admits."""
        right = self.expected_of_place(route, role, place)
        if right == HIDDEN:
            return right
        return right | ALSO_RIGHT.get(route.endpoint, frozenset()) | ALSO_RIGHT.get((route.endpoint, role), frozenset())

    def expected_of_place(self, route, role, place):
        """The same without the exceptions that rooms declare."""
        kinds = {type(s) for s in self.subjects(route).values()}
        if not kinds or kinds == {Shared}:
            return OPEN
        if place != "own":
            reaches_other_school = place == "other_school" and role.scope_kind == "region"
            return OPEN | HIDDEN if reaches_other_school else HIDDEN
        is_exact = kinds <= {Shared, Personal} or (
            isinstance(route.guard, Permission)
            and (role.scope_kind == "region" or (role.scope_kind == "school" and InCounty not in kinds))
        )
        return OPEN if is_exact else OPEN | HIDDEN


def some_value(converter):
    """A value that a parameter accepts."""
    if isinstance(converter, NumberConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else "x"


def value_at(subject, place, user, world):
    """The value of a parameter at a place, None where the place means nothing for it."""
    if isinstance(subject, Shared):
        return subject.value
    if isinstance(subject, Personal):
        return {"own": lambda: subject.of(user), "other_county": lambda: subject.of(world.stranger)}.get(
            place, lambda: None
        )()
    if isinstance(subject, InSchool):
        return getattr(subject, place)
    assert isinstance(subject, InCounty)
    return {"own": subject.own, "other_county": subject.other_county}.get(place)


@pytest.fixture
def walk(app, monkeypatch):
    # Hundreds of refusals are asked for; what their pages look like is tested elsewhere.
    monkeypatch.setattr(errors, "page", lambda status, **context: ("", status))
    return Walk(app)


def test_every_route_declares_its_guard(application):
    silent = sorted({r.endpoint for r in all_routes(application) if r.guard is None})
    assert not silent, f"these views say not who may come in (app/web/guards.py): {', '.join(silent)}"


def test_the_walk_knows_what_every_parameter_names(application):
    unknown = [
        f"{route.endpoint} ({route.rule.rule}) takes <{name}>: add {name!r} or '{route.endpoint}:{name}'"
        for route in routes_of(application)
        for name in route.parameters
        if key_of(route, name) not in SUBJECTS
    ]
    assert not unknown, "SUBJECTS in tests/architecture/subjects.py lacks an entry:\n" + "\n".join(sorted(unknown))


def test_a_stranger_is_sent_to_log_in(walk, client):
    wrong = []
    for route in routes_of(walk.app):
        if route.guard in (PUBLIC, None):
            continue
        for method in sorted(route.rule.methods & {"GET", "POST"}):
            status = client.open(walk.empty_address(route), method=method).status_code
            if status not in (302, 401):
                wrong.append(f"{method} {route.endpoint}: {status}")
    assert not wrong, "without a log-in these answered otherwise than 302 or 401:\n" + "\n".join(wrong)


def test_a_role_without_the_permission_is_refused(walk, make_client):
    wrong = []
    for role in Role:
        client = make_client().sign_in(walk.world.person(role))
        for route in routes_of(walk.app):
            if route.guard is None or route.admits(role):
                continue
            for method in sorted(route.rule.methods & {"GET", "POST"}):
                status = client.open(walk.empty_address(route), method=method).status_code
                if status not in (403, 404):
                    wrong.append(f"{role} {method} {route.endpoint}: {status}")
    assert not wrong, "these let in a role that lacks the permission:\n" + "\n".join(wrong)


def test_each_role_sees_its_own_scope_and_nothing_else(walk, make_client):
    wrong = []
    for role in Role:
        user = walk.world.person(role)
        client = make_client().sign_in(user)
        for route in routes_of(walk.app):
            if route.guard is None or not route.admits(role) or not walk.knows(route):
                continue
            for place in ("own", "other_school", "other_county") if route.parameters else ("own",):
                address = walk.address(route, place, user)
                expected = address and walk.expected(route, role, place)
                wrong += (address and answers(client, route, address, expected, f"{role}, {place}")) or []
        db.session.rollback()
    assert not wrong, "unexpected answers:\n" + "\n".join(wrong)


def answers(client, route, address, expected, who):
    """What is wrong with the answers of one address: GET always; POST only where the row must stay hidden."""
    wrong = []
    asked = {"GET": expected} if "GET" in route.rule.methods else {}
    if "POST" in route.rule.methods and expected == HIDDEN:
        asked["POST"] = {403, 404}
    for method, right in asked.items():
        try:
            status = client.open(address, method=method).status_code
        except Exception as error:
            status = f"raised {type(error).__name__}: {error}"
        if status not in right:
            wrong.append(f"{method} {address} ({route.endpoint}) as {who}: {status}, expected {sorted(right)}")
    return wrong

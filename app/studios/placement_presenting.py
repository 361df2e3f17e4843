"""What the pages of placements show: rows, cards and sentences made from what was kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.codes import queries as codes
from app.extensions import db
from app.jobs.models import Job
from app.jobs.solving import settled_status
from app.studios import placement_wording as wording
from app.studios.models import PlacementDecision, PlacementProposal, ProposalStatus, ProposedPlace
from app.studios.placement_kinds import Spec, number_of
from app.studios.placement_settings import AIM_LABELS
from app.studios.queries import placement as queries
from app.teachers.models import Teacher

STATES = {"queued": "queued", "solving": "running", "solved": "done", "cancelled": "cancelled"}
MOST_PAIRS = 300


def subject(teacher: Teacher) -> str:
    """The subject that somebody teaches, in words."""
    return codes.label("subject", teacher.subject_code) if teacher.subject_code else ""


def number(value: Any) -> str:
    """A number without a tail of zeros; a dash for none."""
    if value is None:
        return "–"
    return f"{int(value):,}" if float(value).is_integer() else f"{value:.1f}"


def proposal_lines(rows: Sequence[PlacementProposal]) -> list[dict[str, Any]]:
    """The proposals of a round, each with where it really stands."""
    jobs = {
        job.id: job
        for job in db.session.scalars(db.select(Job).where(Job.id.in_([r.job_id for r in rows if r.job_id])))
    }
    return [{"row": row, "status": settled_status(row.status, jobs.get(row.job_id or 0))} for row in rows]


def solving_view(row: PlacementProposal, job: Job | None) -> dict[str, Any]:
    """What the card of a solve shows."""
    status = settled_status(row.status, job)
    state = STATES.get(status.value, "failed")
    if status.is_under_way and job is not None and job.is_cancel_requested:
        state = "cancelling"
    detail = job.detail if job is not None and status.is_under_way else {}
    return {
        "status": status,
        "state": state,
        "label": _("Being cancelled") if state == "cancelling" else status.label,
        "percent": round(100 * job.progress) if job is not None and status is ProposalStatus.SOLVING else None,
        "message": wording.STEPS.get(job.stage) if job is not None and status.is_under_way else None,
        "figures": _solve_figures(detail),
        "error": job.error if job is not None and status is ProposalStatus.FAILED else None,
        "is_open": status.is_under_way,
    }


def _solve_figures(detail: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not (tier := detail.get("tier")):
        return []
    rank = _("%(rank)s of %(count)s", rank=detail["tier_index"] + 1, count=detail["tier_count"])
    return [
        {"label": _("Aim"), "value": f"{AIM_LABELS[tier]} ({rank})"},
        {"label": _("Best so far"), "value": number(detail.get("incumbent"))},
        {"label": _("Cannot be below"), "value": number(detail.get("bound"))},
        {"label": _("Seconds"), "value": number(detail.get("seconds"))},
    ]


def giving_view(job: Job | None) -> dict[str, Any]:
    """What the card of the job that gives places shows."""
    status = job.status.value if job is not None else "failed"
    is_open = job is not None and not job.status.is_over
    return {
        "state": "cancelling" if is_open and job is not None and job.is_cancel_requested else status,
        "label": job.status.label if job is not None else "",
        "percent": round(100 * job.progress) if is_open and job is not None else None,
        "message": wording.STEPS.get(job.stage) if is_open and job is not None else None,
        "error": job.error if job is not None else None,
        "is_open": is_open,
    }


# --- a solved proposal --------------------------------------------------------------------------------------------


def aims(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each aim in its order: its value, whether it is proven, and what deferred acceptance comes to."""
    rows = []
    for tier in report["tiers"]:
        name, scale = tier["name"], 10 if tier["name"] == "distance" else 1
        rows.append(
            {
                "name": name,
                "label": AIM_LABELS[name],
                "value": number(tier["value"] / scale),
                "bound": number(tier["bound"] / scale),
                "is_proven": tier["value"] <= tier["bound"],
                "peer": number(report["deferred"]["tiers"][name] / scale),
                "better": tier["value"] < report["deferred"]["tiers"][name],
                "worse": tier["value"] > report["deferred"]["tiers"][name],
            }
        )
    return rows


def wish_shares(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who got which wish, here and by deferred acceptance."""
    ours, peer = report["counts"], report["deferred"]["counts"]
    keys = (("1", "first"), ("23", "second_third"), ("later", "later"), ("other", "other"))
    words = dict(queries.WISHES)
    return [{"key": key, "label": words[key], "value": ours[name], "peer": peer[name]} for key, name in keys]


def reasons_of(place: ProposedPlace, implied: Collection[str]) -> list[str]:
    """Why somebody has the place, reason by reason."""
    is_implied = f"T{place.teacher_id}" in implied
    return [wording.why(item, is_implied=is_implied) for item in place.why]


def host_lines(spec: Spec, detail: Mapping[str, Any], places: Iterable[ProposedPlace]) -> list[dict[str, Any]]:
    """Each host with its free places and whom it gets, the fullest first."""
    by_host = queries.school_counts(places)
    free = {number_of(key): places for key, places in detail["free"].items()}
    names = spec.names(free)
    lines = [
        {
            "id": host,
            "name": names.get(host, "–"),
            "url": spec.host_url(host),
            "free": offered,
            "people": by_host.get(host, []),
            "rural": sum(row.is_rural for row in by_host.get(host, [])),
        }
        for host, offered in free.items()
    ]
    return sorted(lines, key=lambda line: (-len(line["people"]), str(line["name"])))


def left_rows(
    spec: Spec, left: Mapping[int, Mapping[str, Any]], numbers: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    """For each person on the page: each wish with why not."""
    wanted = {number: left[number] for number in numbers}
    told = _Told(spec, [one for row in wanted.values() for one in row["hosts"]])
    return {number: [told.line(one) for one in row["hosts"]] for number, row in wanted.items()}


def better_wishes(spec: Spec, about: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """One person's wishes that were not met, each with why; nobody else is named."""
    if about is None:
        return []
    told = _Told(spec, about["hosts"], names_people=False)
    return [told.line(one) for one in about["hosts"]]


class _Told:
    """The names that a set of reasons speaks of, looked up once."""

    def __init__(self, spec: Spec, rows: Iterable[Mapping[str, Any]], *, names_people: bool = True) -> None:
        people: set[int] = set()
        hosts: set[int] = set()
        for row in rows:
            hosts.add(number_of(row["host"]))
            for item in row["reasons"]:
                params = item["params"]
                people |= {number_of(one["applicant"]) for one in params.get("by", ())}
                people |= {number_of(one) for one in params.get("lower", ())}
                hosts |= {number_of(params[key]) for key in ("host", "to") if params.get(key)}
        self.people = queries.people_named(people) if names_people else None
        self.hosts = spec.names(hosts)

    def line(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One host with the reasons."""
        host = number_of(row["host"])
        return {
            "host_id": host,
            "host": self.hosts.get(host, "–"),
            "reasons": [wording.why_not(item, self.people, self.hosts) for item in row["reasons"]],
        }


def pairs(spec: Spec, rows: Sequence[Mapping[str, Any]], places: Iterable[ProposedPlace]) -> list[dict[str, Any]]:
    """Pairs who would both rather be together, with where the person is instead."""
    shown = rows[:MOST_PAIRS]
    at = {row.teacher_id: row.host_id for row in places}
    people = queries.people_named(number_of(row["applicant"]) for row in shown)
    hosts = spec.names({number_of(row["host"]) for row in shown} | set(at.values()))
    return [
        {
            "person_id": number_of(row["applicant"]),
            "person": people.get(number_of(row["applicant"]), "–"),
            "host": hosts.get(number_of(row["host"]), "–"),
            "instead": hosts.get(at.get(number_of(row["applicant"]), 0)),
        }
        for row in shown
    ]


def peer_changes(spec: Spec, detail: Mapping[str, Any], places: Iterable[ProposedPlace]) -> list[dict[str, Any]]:
    """Whom deferred acceptance would place elsewhere."""
    ours = {row.teacher_id: row.host_id for row in places}
    peer = {number_of(row["applicant"]): number_of(row["host"]) for row in detail["deferred"]}
    differing = sorted(number for number in ours.keys() | peer.keys() if ours.get(number) != peer.get(number))
    people = queries.people_named(differing)
    hosts = spec.names(set(ours.values()) | set(peer.values()))
    return [
        {
            "person_id": number,
            "person": people.get(number, "–"),
            "ours": hosts.get(ours.get(number, 0)),
            "peer": hosts.get(peer.get(number, 0)),
        }
        for number in differing
    ]


def causes(
    changes: queries.Changes,
    decisions: Iterable[PlacementDecision],
    spec: Spec,
    detail: Mapping[str, Any],
) -> dict[int, str]:
    """Why each place changed, as far as that can be said: a decision about the person, or the reason now."""
    found: dict[int, str] = {}
    for row in decisions:
        if row.is_input:
            found[row.teacher_id] = str(_("Decided: %(decision)s", decision=row.kind.label))
    left = queries.left_people(detail)
    gone = [row.teacher_id for row in changes.removed if row.teacher_id in left and row.teacher_id not in found]
    for number, lines in left_rows(spec, left, gone).items():
        if lines:
            found[number] = f"{lines[0]['host']}: {_('; ').join(lines[0]['reasons'])}"
    return found


def conflict(spec: Spec, report: Mapping[str, Any]) -> dict[str, list[str]]:
    """The smallest set of decisions that cannot hold together, and why."""
    locks, reasons = report.get("conflict", []), report.get("reasons", [])
    people = queries.people_named(number_of(lock["applicant"]) for lock in locks)
    keys = {lock["host"] for lock in locks} | {item["params"].get("host") for item in reasons}
    hosts = spec.names({number_of(key) for key in keys if key})
    said = []
    for lock in locks:
        host = hosts.get(number_of(lock["host"]), "–") if lock["host"] else _("no place")
        said.append(f"{people.get(number_of(lock['applicant']), '–')} → {host}")
    return {"locks": said, "reasons": [_clash(item, people, hosts) for item in reasons]}


def _clash(item: Mapping[str, Any], people: Mapping[int, str], hosts: Mapping[int, str]) -> str:
    params = item["params"]
    host = hosts.get(number_of(params["host"]), "–") if params.get("host") else ""
    if item["code"] == "too_many_locked":
        told = {"host": host, "places": params["places"], "locked": len(params["locked"])}
        return str(_("%(host)s has %(places)s places, and %(locked)s people are locked to it.", **told))
    who = people.get(number_of(params["applicant"]), "–") if params.get("applicant") else ""
    return f"{who} → {host}: {wording.why_not(item, people, hosts)}"

"""Answers about a proposal as pages show them: names instead of ids, rows instead of JSON."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from app.codes.queries import label
from app.jobs.kinds import stage_of
from app.jobs.models import JobStatus
from app.rotation import wording_reasons as words
from app.rotation.queries.answers import Asked
from app.rotation.snapshot import teacher_number
from app.rotation.wording_reasons import Told
from app.web.exports import Column

type Post = tuple[str, str, str]


def card(asked: Asked) -> dict[str, Any] | None:
    """The card of the job that works or worked a question out; None where there is none."""
    job = asked.job
    if job is None or asked.row is None:
        return None
    is_stopping = job.status is JobStatus.RUNNING and job.is_cancel_requested
    detail = job.detail if asked.is_open else {}
    figures = []
    if detail.get("total"):
        value = _("%(done)s of %(total)s", done=detail["done"], total=detail["total"])
        figures.append({"label": _("Plans tried"), "value": value})
    return {
        "title": asked.row.kind.label,
        "state": "cancelling" if is_stopping else job.status.value,
        "label": _("Stopping") if is_stopping else job.status.label,
        "percent": round(100 * job.progress) if job.progress else None,
        "message": stage_of(job.kind, job.stage) if job.stage and asked.is_open else None,
        "figures": figures,
        "error": asked.error,
        "is_open": asked.is_open,
    }


# --- why not ------------------------------------------------------------------------------------------------------


def stayed_codes(answer: Mapping[str, Any] | None) -> dict[int, str]:
    """The main reason of each teacher who stays, by the teacher's row."""
    rows = answer["teachers"] if answer else []
    return {teacher_number(row["teacher"]): row["reasons"][0]["code"] for row in rows}


def stayed_rows(answer: Mapping[str, Any] | None, teacher_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The reasons of some teachers who stay, as they are kept."""
    wanted = set(teacher_ids)
    rows = answer["teachers"] if answer else []
    return {n: row["reasons"] for row in rows if (n := teacher_number(row["teacher"])) in wanted}


def stayed_words(reasons: Mapping[int, list[dict[str, Any]]], told: Told) -> dict[int, list[str]]:
    """Why some teachers stay, the main reason first."""
    return {number: words.teacher_reasons(rows, told) for number, rows in reasons.items()}


def post_rows(answer: Mapping[str, Any] | None) -> dict[Post, list[dict[str, Any]]]:
    """The reasons of each post left open, by school, stage and subject."""
    rows = answer["posts"] if answer else []
    return {(row["school"], row["stage"], row["subject"]): row["reasons"] for row in rows}


def code_choices(codes: Iterable[str], labels: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The main reasons that occur, with how often, as choices of a filter."""
    every = list(codes)
    return [(code, f"{name} ({every.count(code)})") for code, name in labels.items() if code in every]


def with_reasons(
    posts: Iterable[Mapping[str, Any]], why: Mapping[Post, list[dict[str, Any]]], code: str
) -> list[dict[str, Any]]:
    """Open posts with their reasons, narrowed to those whose main reason is `code`."""
    found = [{**post, "reasons": why.get((post["school"], post["stage"], post["subject"]), [])} for post in posts]
    return [post for post in found if not code or (post["reasons"] and post["reasons"][0]["code"] == code)]


def post_lines(posts: Iterable[Mapping[str, Any]], told: Told) -> list[dict[str, Any]]:
    """Open posts with their reasons in words."""
    return [{**post, "why": words.post_reasons(post["reasons"], told)} for post in posts]


def why_columns(
    reasons_of: Callable[[Any], list[dict[str, Any]]], told: Told, labels: Mapping[str, Any]
) -> list[Column]:
    """Two columns of an export: the main reason in short, and all reasons in words."""

    def main(row: Any) -> str:
        found = reasons_of(row)
        return str(labels[found[0]["code"]]) if found else ""

    return [
        Column(_("Main reason"), main),
        Column(_("Why not"), lambda row: " ".join(words.teacher_reasons(reasons_of(row), told))),
    ]


def vacancy_columns(told: Told) -> list[Column]:
    """The columns of exported posts that stay open."""
    return [
        Column(_("School"), lambda post: post["name"]),
        Column(_("Stage"), lambda post: label("stage", post["stage"])),
        Column(_("Subject"), lambda post: label("subject", post["subject"])),
        Column(_("Posts"), lambda post: post["posts"]),
        Column(_("Staff after the moves"), lambda post: post["after"]),
        Column(_("Vacant"), lambda post: post["vacant"]),
        Column(_("Main reason"), lambda post: str(words.POST_CODES[post["reasons"][0]["code"]]) if post["why"] else ""),
        Column(_("Why not"), lambda post: " ".join(post["why"])),
    ]

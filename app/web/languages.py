"""Chinese by default, English one click away."""

from flask import Flask, has_request_context, request, session
from flask_babel import format_date, format_datetime, get_locale
from flask_login import current_user

from app.config import ROOT
from app.extensions import babel

BROWSERS = (
    ("MicroMessenger", "WeChat"), ("QQBrowser", "QQ"), ("360SE", "360"), ("Edg/", "Edge"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip


def chosen_locale() -> str:
    """The person's choice: of this session, else of the account, else Chinese."""
    if not has_request_context():
        return "zh_Hans_CN"
    if chosen := session.get("language"):
        return str(chosen)
    if current_user and current_user.is_authenticated:
        return str(current_user.language)
    return "zh_Hans_CN"


def school_year_label(year: int) -> str:
    """2026 → 2026–2027 学年 (2026–2027 in English)."""
    years = f"{year}–{year + 1}"
    return f"{years} 学年" if str(get_locale()).startswith("zh") else years


def browser_name(agent: str | None) -> str:
    """The browser that a User-Agent line stands for, short."""
    for mark, name in BROWSERS:
        if mark in (agent or ""):
            return name
    return (agent or "–")[:40]


def init_app(app: Flask) -> None:
    """Bind Flask-Babel and the template filters that depend on the language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    babel.init_app(app, locale_selector=chosen_locale)
    app.jinja_env.filters["school_year"] = school_year_label
    app.jinja_env.filters["day"] = lambda value: "" if value is None else format_date(value, "yyyy-MM-dd")
    app.jinja_env.filters["moment"] = lambda value: "" if value is None else format_datetime(value, "yyyy-MM-dd HH:mm")
    app.jinja_env.filters["browser_name"] = browser_name
    app.jinja_env.filters["month"] = lambda value: "" if value is None else f"{value:%Y-%m}"

    @app.context_processor
    def locale() -> dict[str, str]:
        return {"locale": str(get_locale())}

    @app.before_request
    def remember() -> None:
        if (asked := request.args.get("lang")) in app.config["LANGUAGES"]:
            session["language"] = asked

"""Configuration, one class per environment. Production refuses to start without its secrets."""

import base64
import json
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = Path(os.environ.get("QINGLAN_INSTANCE", ROOT / "instance"))
SECRET_NAMES = (
    "SECRET_KEY",
    "SECURITY_PASSWORD_SALT",
    "TOTP_KEY",
    "RECOVERY_KEY",
    "DATA_KEYS",
    "LOOKUP_KEY",
    "AUDIT_KEY",
)


class ConfigurationError(Exception):
    """The configuration is incomplete; the message says what to set."""


class Base:
    """What all environments share."""

    TESTING = False
    DEMO = False
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    # An error's text goes to the log, where names and numbers of people do not belong.
    SQLALCHEMY_ENGINE_OPTIONS = {"hide_parameters": True}
    MAX_CONTENT_LENGTH = 64 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 4 * 1024 * 1024
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_NAME = "qinglan"
    PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
    BABEL_DEFAULT_LOCALE = "zh_Hans_CN"
    BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
    LANGUAGES = ("zh_Hans_CN", "en")
    # WTForms' own messages follow the locale that Flask-Babel chose.
    WTF_I18N_ENABLED = True
    WTF_CSRF_TIME_LIMIT = None
    SEND_FILE_MAX_AGE_DEFAULT = timedelta(days=365)  # every asset's address carries its content's hash
    IMPORT_MAX_BYTES = 32 * 1024 * 1024
    IMPORT_MAX_UNPACKED_BYTES = 512 * 1024 * 1024
    IMPORT_MAX_ROWS = 200_000
    JOB_LEASE_SECONDS = 60
    EVIDENCE_MAX_BYTES = 10 * 1024 * 1024
    EVIDENCE_MAX_FILES = 12
    # In reports that leave the county, groups of fewer people are not told.
    REPORT_SMALL_GROUP = int(os.environ.get("QINGLAN_REPORT_SMALL_GROUP", "5"))

    @classmethod
    def settings(cls) -> dict[str, Any]:
        """All settings as a mapping for `app.config`."""
        found = {k: getattr(cls, k) for k in dir(cls) if k.isupper()}
        found["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'qinglan.db'}"
        found["HUEY_URL"] = os.environ.get("HUEY_URL") or found["SQLALCHEMY_DATABASE_URI"]
        found["TRUSTED_PROXIES"] = int(os.environ.get("QINGLAN_TRUSTED_PROXIES", "0"))
        return found | outside() | cls.secrets()

    @classmethod
    def secrets(cls) -> dict[str, Any]:
        """Secrets from the environment; missing ones are named together."""
        missing = [name for name in SECRET_NAMES if not os.environ.get(f"QINGLAN_{name}")]
        if missing:
            names = ", ".join(f"QINGLAN_{name}" for name in missing)
            raise ConfigurationError(f"Set these environment variables before starting in production: {names}.")
        return {name: os.environ[f"QINGLAN_{name}"] for name in SECRET_NAMES}


class Production(Base):
    """A bureau's installation."""

    SESSION_COOKIE_SECURE = True
    PREFERRED_URL_SCHEME = "https"


class Development(Base):
    """A person's own machine; secrets are made once under instance/ and never leave it."""

    DEMO = True

    @classmethod
    def secrets(cls) -> dict[str, Any]:
        path = INSTANCE / "secrets.json"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(json.dumps(new_secrets(), indent=1), encoding="ascii")
        return json.loads(path.read_text(encoding="ascii"))  # type: ignore[no-any-return]


class Testing(Base):
    """Tests: fresh secrets each run, a database named by the fixture."""

    TESTING = True
    DEMO = True
    WTF_CSRF_ENABLED = False
    SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS = {"argon2__rounds": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
    RATELIMIT_ENABLED = False
    SERVER_NAME = None

    @classmethod
    def secrets(cls) -> dict[str, Any]:
        return new_secrets()


ENVIRONMENTS: dict[str, type[Base]] = {"production": Production, "development": Development, "testing": Testing}


def outside() -> dict[str, Any]:
    """What stands outside the application: the virus scanner, the mail server, and our own address in letters."""
    named = os.environ.get
    security = named("QINGLAN_SMTP_SECURITY", "starttls")
    if security not in ("none", "starttls", "tls"):
        raise ConfigurationError("QINGLAN_SMTP_SECURITY must be none, starttls or tls.")
    return {
        "EVIDENCE_SCAN_COMMAND": named("QINGLAN_EVIDENCE_SCAN_COMMAND", ""),
        "SMTP_HOST": named("QINGLAN_SMTP_HOST", ""),
        "SMTP_PORT": int(named("QINGLAN_SMTP_PORT", "465" if security == "tls" else "587")),
        "SMTP_SECURITY": security,
        "SMTP_USER": named("QINGLAN_SMTP_USER", ""),
        "SMTP_PASSWORD": named("QINGLAN_SMTP_PASSWORD", ""),
        "SMTP_FROM": named("QINGLAN_SMTP_FROM", ""),
        "PUBLIC_URL": named("QINGLAN_PUBLIC_URL", "").rstrip("/"),
        "DIGEST_HOUR": int(named("QINGLAN_DIGEST_HOUR", "7")),
    }


def new_secrets() -> dict[str, str]:
    """One fresh value for each secret. DATA_KEYS is `version=base64` pairs joined by commas."""
    made = {name: secrets.token_urlsafe(48) for name in SECRET_NAMES}
    made["DATA_KEYS"] = "1=" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    return made


def data_keys(text: str) -> dict[int, bytes]:
    """Parse DATA_KEYS; each key must be 32 bytes."""
    keys = {}
    for pair in text.split(","):
        version, _, body = pair.strip().partition("=")
        key = base64.b64decode(body)
        if not version.isdigit() or len(key) != 32:
            raise ConfigurationError("QINGLAN_DATA_KEYS must look like 1=<base64 of 32 bytes>[,2=…].")
        keys[int(version)] = key
    return keys

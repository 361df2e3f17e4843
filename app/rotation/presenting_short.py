"""Short rules: who is missing, and what would mend it, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.rotation import wording
from app.rotation import wording_prices as prices
from app.rotation.settings import SCOPE_LABELS
from app.rotation.snapshot import teacher_number
from app.rotation.wording_reasons import TEACHER_CODES, Told


def rule_cards(short: Iterable[Mapping[str, Any]], told: Told) -> list[dict[str, Any]]:
    """Each short rule with those whose move would count and who stay, by reason."""
    return [
        {
            **rule,
            "id": f"short-{rule['rule']}-{number}",
            "name": wording.RULES[rule["rule"]],
            "scope_name": scope(rule["scope"], told),
            "counted": len(rule["counted"]),
            "otherwise": people(rule["otherwise"], told),
            "people": [
                {"label": TEACHER_CODES[code], "code": code, "people": people(who, told)}
                for code, who in sorted(rule["people"].items(), key=lambda item: -len(item[1]))
            ],
            "schools": [
                {"name": told.school(row["school"]), "teachers": row["teachers"], "code": row["school"]}
                for row in rule["schools"]
            ],
        }
        for number, rule in enumerate(short, start=1)
    ]


def scope(code: str, told: Told) -> str:
    """Where a rule holds."""
    return str(SCOPE_LABELS[code]) if code in ("pool", "county") else told.names.scope(code)


def people(keys: Iterable[str], told: Told) -> list[dict[str, Any]]:
    """Teachers with the way to their records."""
    return [{"id": teacher_number(key), "name": told.teacher(key)} for key in keys]


def mend_rows(rows: Iterable[Mapping[str, Any]], near: Iterable[Mapping[str, Any]], told: Told) -> list[dict[str, Any]]:
    """Each mend: its changes in words, and what it leaves short."""
    sizes = {(group["code"], group["params"]["value"]): group["count"] for group in near}
    return [
        {
            "changes": [_change(one, sizes) for one in row["changes"]],
            "people": [person for one in row["changes"] for person in people(one["teachers"], told)],
            "is_policy": any(one["policy"] for one in row["changes"]),
            "before": row["before"],
            "after": row["after"],
            "still": [f"{wording.RULES[code]} ({scope(at, told)}): {missing}" for code, at, missing in row["still"]],
            "is_smallest": row["smallest"],
        }
        for row in rows
    ]


def _change(change: Mapping[str, Any], sizes: Mapping[tuple[str, Any], int]) -> str:
    if change["setting"]:
        was, value = (prices.setting_value(change["setting"], change[key]) for key in ("was", "value"))
        return str(_("%(setting)s: from %(was)s to %(value)s",
                     setting=prices.SETTINGS[change["setting"]], was=was, value=value))  # fmt: skip
    p = change["params"]
    count = sizes.get((change["code"], p["value"]), len(change["teachers"]))
    adds = ngettext("adds %(num)s teacher", "adds %(num)s teachers", count)
    used = len(change["teachers"])
    return str(_("%(rule)s %(adds)s, of whom %(used)s are needed", rule=_milder(change), adds=adds, used=used))


def _milder(change: Mapping[str, Any]) -> str:
    """The condition that would be milder."""
    p = change["params"]
    values = {"was": p["was"], "value": p["value"]}
    if change["code"] == "service":
        return str(_("Lowering the years-in-school rule from %(was)s to %(value)s", **values))
    if p["sex"] == "male":
        return str(_("Raising the age limit for men from %(was)s to %(value)s", **values))
    if p["sex"] == "female":
        return str(_("Raising the age limit for women from %(was)s to %(value)s", **values))
    return str(_("Raising the age limit from %(was)s to %(value)s", **values))

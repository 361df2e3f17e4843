"""The packs that ship, in `policies/packs/`."""

from functools import cache

from app.config import ROOT
from app.targets.packs.pack import Pack
from app.targets.packs.reading import read_pack

FOLDER = ROOT / "policies" / "packs"
ORDER = ("luxi", "lianping", "jingmen", "heyuan", "county-2021")


@cache
def shipped_packs() -> dict[str, Pack]:
    """Code to pack."""
    return {code: read_pack(shipped_text(code)) for code in ORDER}


def shipped_pack(code: str) -> Pack | None:
    """The shipped pack with a code."""
    return shipped_packs().get(code)


@cache
def shipped_text(code: str) -> str:
    """The pack's file as it stands."""
    if code not in ORDER:
        raise KeyError(code)
    return (FOLDER / f"{code}.toml").read_text(encoding="utf-8")

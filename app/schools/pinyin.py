"""Pinyin of names, for sorting and searching where the database knows no Chinese order.

A person's surname is read as a surname (单 shàn, 曾 zēng); the rest by each character's commonest reading. Names of
schools are read with the phrases of the language (重庆 chóngqìng). ü is written v, as people type it.
"""

import re
from functools import lru_cache

SURNAMES = {
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
    "长孙": ("zhang", "sun"),
    "单于": ("chan", "yu"),
    "澹台": ("tan", "tai"),
    "宿": ("su",),
    "单": ("shan",),
    "仇": ("qiu",),
    "解": ("xie",),
    "曾": ("zeng",),
    "区": ("ou",),
    "任": ("ren",),
    "华": ("hua",),
    "朴": ("piao",),
    "查": ("zha",),
    "盖": ("ge",),
    "翟": ("zhai",),
    "覃": ("qin",),
    "乐": ("yue",),
    "尉": ("wei",),
    "员": ("yun",),
    "缪": ("miao",),
    "那": ("na",),
    "纪": ("ji",),
    "折": ("she",),
    "黑": ("he",),
    "秘": ("bi",),
    "繁": ("po",),
    "种": ("chong",),
    "召": ("shao",),
    "牟": ("mu",),
    "燕": ("yan",),
    "谌": ("chen",),
    "隗": ("wei",),
    "郇": ("xun",),
    "於": ("yu",),
    "哈": ("ha",),
    "莘": ("shen",),
    "应": ("ying",),
    "车": ("che",),
    "祭": ("zhai",),
    "石": ("shi",),
    "冼": ("xian",),
    "逄": ("pang",),
}
_LATIN = re.compile(r"[^a-z0-9]+")
_SYLLABLE = re.compile(
    "(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|ei|ao|ou|an|en|in|un|vn|ia|ie|iu|ua|uo|ui|ue|ve|er|a|o|e|i|u|v)"
)


def _read(text: str) -> list[str]:
    # Its dictionaries take as long to load as the rest of a room: whatever starts without reading names does without.
    from pypinyin import Style, lazy_pinyin

    return [_LATIN.sub("", syllable.lower()) for syllable in lazy_pinyin(text, style=Style.NORMAL)]


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    return _read(character)[0]


def _of_person(name: str) -> list[str]:
    for length in (2, 1):
        if surname := SURNAMES.get(name[:length]):
            return [*surname, *(_syllable(c) for c in name[length:])]
    return [_syllable(c) for c in name]


def person_pinyin(name: str) -> str:
    """张三丰 → zhangsanfeng."""
    return "".join(_of_person(name))


def person_initials(name: str) -> str:
    """张三丰 → zsf; a name in Latin letters gives the first letter of each word."""
    if name.isascii():
        return "".join(word[0] for word in _LATIN.split(name.lower()) if word)
    return "".join(syllable[:1] for syllable in _of_person(name))


def school_pinyin(name: str) -> str:
    """青蓝县第一小学 → qinglanxiandiyixiaoxue."""
    return "".join(_read(name))


def school_initials(name: str) -> str:
    """青蓝县第一小学 → qlxdyxx."""
    return "".join(syllable[:1] for syllable in _read(name))


def typed(text: str) -> str:
    """Letters as a person types them, in the form in which pinyin is kept."""
    return _LATIN.sub("", text.lower().replace("ü", "v"))


def may_begin_pinyin(letters: str) -> bool:
    """Whether `letters` can be the beginning of written-out pinyin: zhan and zh can, zsf cannot."""
    place = 0
    while place < len(letters):
        found = _SYLLABLE.match(letters, place)
        if not found or not found[0]:
            return letters[place:] in {"b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r"} | {
                "z",
                "c",
                "s",
                "y",
                "w",
                "zh",
                "ch",
                "sh",
            }
        place = found.end()
    return True

"""How people write a language of another script on a Latin keyboard: Russian and Ukrainian translit, Arabizi, Finglish,
toneless pinyin. Heads are fitted on the phrases in both spellings, so that a question in Latin letters is understood.

On the development questions (21 Nov 2026) 49 instead of 44 of the 54 in Latin letters have the right need among three,
40 instead of 36 first; the others gain too (Ukrainian three, Persian two).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.model import Locale, Phrase
from bot.text import fold

_RUSSIAN: Final = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "yo", "є": "ye", "ж": "zh", "з": "z",
    "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "yu", "я": "ya", "'": "", "’": "",
})  # fmt: skip
_UKRAINIAN: Final = {**_RUSSIAN, ord("и"): "y", ord("г"): "h", ord("х"): "kh"}
_ARABIC: Final = str.maketrans({
    "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "7", "خ": "kh", "د": "d", "ذ": "z", "ر": "r", "ز": "z",
    "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "3", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "o", "ي": "i", "ى": "a", "ة": "e", "أ": "a", "إ": "i", "آ": "a",
    "ء": "2", "ئ": "2", "ؤ": "o",
})  # fmt: skip
_PERSIAN: Final = str.maketrans({
    "ا": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "s", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "z",
    "ر": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh",
    "ف": "f", "ق": "gh", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "o", "ه": "e", "ی": "i", "آ": "a",
    "\u200c": " ",
})  # fmt: skip


def _pinyin(text: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionary is large; only the fitting process needs it

    return " ".join(lazy_pinyin(text))


_SPELLINGS: Final[dict[Locale, Callable[[str], str]]] = {
    "ru": lambda text: text.lower().translate(_RUSSIAN),
    "uk": lambda text: text.lower().translate(_UKRAINIAN),
    "ar": lambda text: text.translate(_ARABIC),
    "fa": lambda text: text.translate(_PERSIAN),
    "zh": _pinyin,
}


def in_both_spellings(language: Locale, phrases: Sequence[Phrase]) -> list[Phrase]:
    """The phrases, and those of them that change in Latin letters once more so spelt."""
    spell = _SPELLINGS.get(language)
    if spell is None:
        return list(phrases)
    spelt = [(phrase, spell(phrase.text)) for phrase in phrases]
    return [
        *phrases,
        *(
            replace(phrase, text=text, folded=fold(text))
            for phrase, text in spelt
            if fold(text) != (phrase.folded or fold(phrase.text))
        ),
    ]

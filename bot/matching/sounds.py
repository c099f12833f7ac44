"""How a word sounds, roughly: words that people spell by ear share one key ("kemando" and "quemando").

One table a script, not a language: what differs only between letters that some language of that script sounds alike.
It is used to choose among the known words of one language, so that a key which is too rough for another does no harm.
"""

from __future__ import annotations

import re
from typing import Final

_LATIN: Final = re.compile(r"qu|ck|ph|ll|[cg](?=[eiy])|tz")
_LATIN_PIECES: Final = {"qu": "k", "ck": "k", "ph": "f", "ll": "i", "c": "s", "g": "j", "tz": "s"}
_CYRILLIC: Final = re.compile(r"т(?:ь)?с(?=я|ц)|сч|стн|здн")
_CYRILLIC_PIECES: Final = {"тс": "ц", "тьс": "ц", "сч": "щ", "стн": "сн", "здн": "зн"}
_LETTERS: Final = str.maketrans(
    {
        "c": "k", "q": "k", "z": "s", "w": "v", "b": "v", "y": "i", "x": "s", "h": "",
        # Unstressed vowels and voiceless endings of Russian and Ukrainian.
        "о": "а", "е": "и", "э": "и", "ы": "и", "й": "и", "я": "а", "б": "п", "в": "ф", "г": "к", "д": "т", "ж": "ш",
        "з": "с", "щ": "ш", "ь": "", "ъ": "",
        # Letters of Arabic that Persian, Turkish and many dialects speak alike.
        "ث": "س", "ص": "س", "ذ": "ز", "ض": "ز", "ظ": "ز", "ط": "ت", "ح": "ه", "ق": "غ", "ع": "ا",
    }
)  # fmt: skip
_DOUBLE: Final = re.compile(r"(.)\1+")


def sound_of(folded: str) -> str:
    """The key of a folded word; "" when nothing is heard of it."""
    if folded.isascii():
        folded = _LATIN.sub(lambda found: _LATIN_PIECES[found.group()], folded)
    elif "а" <= folded[:1] <= "я":
        folded = _CYRILLIC.sub(lambda found: _CYRILLIC_PIECES[found.group()], folded)
    return _DOUBLE.sub(r"\1", folded.translate(_LETTERS))

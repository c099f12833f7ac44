"""One normalisation for all scripts. What people type is compared only after ``fold``."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Letters that people write in several ways for one and the same. Sources: research on Arabic/Persian keyboards
# (yeh, kaf, heh, alef and hamza variants), Russian/Ukrainian keyboards (io; the apostrophe), Latin letters without a
# canonical decomposition. Applied after NFKC and casefold, before marks are taken off.
_LETTERS: Final = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ئ": "ی", "ې": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ء": "", "ـ": "",
        "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "đ": "d", "ß": "ss",
        "ё": "е", "ґ": "г", "і": "и", "ї": "и", "є": "е",
        "'": "", "’": "", "ʼ": "", "`": "", "´": "", "‘": "", "ʻ": "", "′": "",
        "\u200c": " ",  # zero-width non-joiner: Persian writes it, leaves it out or types a blank
    }
)  # fmt: skip
_FOLD_MARKS: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "COMBINING"})
_ASCII: Final = {
    code: None if chr(code) in "'`" else chr(code).lower() if chr(code).isalnum() else " " for code in range(128)
}
"""The whole of folding for plain ASCII in one table: most of what is typed, several times as fast."""
_RUNS: Final = re.compile(r"(\w)\1{2,}", re.UNICODE)


@lru_cache(maxsize=4096)
def _keeps_marks(char: str) -> bool:
    """Scripts whose combining marks are vowels (Devanagari, Thai …) keep them; ours lose them."""
    return unicodedata.name(char, "").split(" ", 1)[0] not in _FOLD_MARKS


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    """One casefolded character without marks, digits as ASCII, or a blank when it is neither letter nor digit."""
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if category in {"Mn", "Mc", "Me"}:
        return char if _keeps_marks(char) else ""
    if category == "Cf":
        return ""
    return char if char.isalnum() else " "


def fold(text: str) -> str:
    """Return ``text`` in the form in which texts are compared.

    NFKC, casefold, one spelling for letters with variants, no combining marks (Latin, Cyrillic, Greek, Arabic,
    Hebrew), ASCII digits, runs of three or more equal letters cut to two, everything else a single blank. Idempotent;
    raises on nothing; a text with a letter or digit never becomes empty, unless all of it is hamza or apostrophes.
    """
    if text.isascii():
        return " ".join(_RUNS.sub(r"\1\1", text.translate(_ASCII)).split())
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFD", text)
    text = unicodedata.normalize("NFC", "".join(map(_fold_char, text)))
    return " ".join(_RUNS.sub(r"\1\1", text).split())

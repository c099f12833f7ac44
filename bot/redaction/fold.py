"""A text as the patterns see it: one sort of digits, letters, dashes and blanks, nothing that is invisible."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, TypeAlias

MASK: Final = "\u2592"
"""▒: one UTF-16 unit, in every common font, neutral in direction (right-to-left lines keep their order);
neither letter, digit nor punctuation, so that no word is read into it; no meaning in HTML or Markdown (unlike
``*``)."""

Span: TypeAlias = tuple[int, int, str]
"""First index, index after the last, kind; indexes of the fold."""

_HAN_NUMERALS: Final = "\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d"
_HAN_DIGITS: Final = {char: str(value) for value, char in enumerate(_HAN_NUMERALS)}
_HAN_DIGITS["\u96f6"] = "0"
_BLANKS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and symbols that are drawn as nothing."""
_LINE_ENDS: Final = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_DASHES: Final = frozenset("\u2212\u30fc\u02d7~\uff5e\u301c")
_DOTS: Final = frozenset("\u00b7\u2022\u2219\u22c5\u2027\u30fb\u3002\u06d4")
_COMMAS: Final = frozenset("\u060c\u066b\u066c\u3001")


@lru_cache(maxsize=20_000)
def fold_char(char: str) -> str:
    """One character as the patterns see it; nothing for what a reader does not see."""
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    if char in _HAN_DIGITS:
        return _HAN_DIGITS[char]
    if char in _LINE_ENDS:
        return "\n"
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category in {"Cf", "Cc", "Mn", "Me"} or char in _BLANKS:
        return ""
    if category == "Pd" or char in _DASHES:
        return "-"
    if char in _DOTS:
        return "."
    if char in _COMMAS:
        return ","
    return unicodedata.normalize("NFKC", char)

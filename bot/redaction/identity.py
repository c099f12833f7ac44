"""Finnish identity codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.redaction.fold import Span

_SIGN_LETTER: Final = (
    r"[A-Za-z\u0391\u0392\u0395\u03a5\u03a7"
    r"\u0410\u0412\u0415\u0421\u0423\u0425\u0430\u0432\u0435\u0441\u0443\u0445]"
)
"""Century letters old and new, mistyped ones too, and the Greek and Cyrillic letters that look like them."""
_CODE: Final = re.compile(rf"(?<!\d)\d{{6}}(?:[\-+]{{1,2}}|{_SIGN_LETTER})\d{{3}}[^\W_]?(?!\d)")
_S: Final = r"[ \n.,_/]{0,3}"
_SPACED_CODE: Final = re.compile(
    rf"(?<!\d)(?:0{_S}[1-9]|[12]{_S}\d|3{_S}[01]){_S}(?:0{_S}[1-9]|1{_S}[0-2]){_S}\d{_S}\d"
    rf"{_S}(?:[\-+]{{1,2}}|{_SIGN_LETTER}){_S}\d{_S}\d{_S}\d(?:[^\W_]|{_S}(?:\d|[^\W_](?![^\W_])))?(?!\d)"
)


def identity_codes(fold: str, keep: frozenset[str]) -> Iterator[Span]:
    """Codes close together, then codes with spaces; the check character may be wrong, missing or typed
    apart."""
    end = 0
    codes = (*_CODE.finditer(fold), *_SPACED_CODE.finditer(fold))
    for code in sorted(codes, key=lambda found: (found.start(), -found.end())):
        digits = re.sub(r"[^\w]", "", code[0])
        bare_number = digits.isdigit()
        # Without any letter it may as well be a phone number: only a day and a month make it a code.
        if code.start() < end or (bare_number and (digits in keep or not _is_day_and_month(digits))):
            continue
        end = code.end()
        yield code.start(), end, "identity-code"


def _is_day_and_month(digits: str) -> bool:
    return 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12

"""IBANs: by their checksum, and by their shape, because a typing error identifies too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.redaction.fold import Span

LENGTHS: Final = {
    pair[:2]: int(pair[2:])
    for pair in (  # noqa: SIM905 a list of 117 strings would be a page
        "AD24 AE23 AL28 AO25 AT20 AZ28 BA20 BE16 BF28 BG22 BH22 BI27 BJ28 BR29 BY28 CF27 CG27 CH21 CI28 "
        "CM27 CR22 CV25 CY28 CZ24 DE22 DJ27 DK18 DO28 DZ26 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GA27 GB22 "
        "GE22 GI23 GL18 GQ27 GR27 GT28 GW25 HN28 HR21 HU28 IE22 IL23 IQ23 IR26 IS26 IT27 JO30 KM27 KW30 "
        "KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MA28 MC27 MD24 ME22 MG27 MK19 ML28 MN20 MR27 MT31 MU30 "
        "MZ25 NE28 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 "
        "SK24 SM27 SN28 SO23 ST25 SV28 TD27 TG28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 "
    ).split()
}
_LONGEST_IBAN: Final = 34
_GAP: Final = r"[ \n.,\-_/]{0,3}"
_IBAN_HEAD: Final = re.compile(rf"(?=[A-Za-z]{_GAP}[A-Za-z]{_GAP}\d{_GAP}\d)", re.ASCII)
_IBAN_CLEAR_HEAD: Final = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]{2}\d)", re.ASCII)
_IBAN_REST: Final = re.compile(rf"[A-Za-z]{{2}}\d{_GAP}\d(?:{_GAP}\d){{9,32}}", re.ASCII)


def ibans(fold: str, _: frozenset[str]) -> Iterator[Span]:
    """Those whose checksum is right, wherever they begin, and what has the shape of one: a typing error
    identifies."""
    for head in _IBAN_HEAD.finditer(fold):
        # What looks like one inside another is masked too: the spans may overlap.
        if span := _right_iban(fold, head.start()) or _shape_of_iban(fold, head.start()):
            yield *span, "iban"


def _right_iban(fold: str, start: int) -> tuple[int, int] | None:
    known = LENGTHS.get("".join(fold[place] for place in _places(fold, start, 2)).upper())
    if known is None and not _IBAN_CLEAR_HEAD.match(fold, start):
        return None
    places = _places(fold, start, known or _LONGEST_IBAN)
    text = "".join(fold[place] for place in places)
    for length in (known,) if known else range(len(text), 14, -1):
        if length <= len(text) and _is_mostly_digits(text[:length]) and _mod_97(text[:length]) == 1:
            return start, places[length - 1] + 1
    return None


def _shape_of_iban(fold: str, start: int) -> tuple[int, int] | None:
    length = LENGTHS.get(fold[start : start + 2].upper())
    if length is None or not _IBAN_CLEAR_HEAD.match(fold, start):
        return None
    places = _places(fold, start, length)
    if len(places) == length and _is_mostly_digits("".join(fold[place] for place in places)):
        return start, places[-1] + 1
    rest = _IBAN_REST.match(fold, start)
    return rest.span() if rest else None


def _places(fold: str, start: int, count: int) -> list[int]:
    """Where the next ASCII letters and digits stand, ``count`` at most, small gaps between them skipped."""
    found: list[int] = []
    gap = 0
    for index in range(start, len(fold)):
        if fold[index].isascii() and fold[index].isalnum():
            found.append(index)
            gap = 0
            if len(found) == count:
                break
        elif fold[index] not in " \n.,-_/" or (gap := gap + 1) > 3:
            break
    return found


def _is_mostly_digits(text: str) -> bool:
    return sum(map(str.isdigit, text)) * 2 >= len(text)


def _mod_97(iban: str) -> int:
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97

"""Phones, cards and long numbers; not dates, times, prices and opening hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.redaction.fold import MASK, Span

LONG: Final = 7
"""Digits from which a bare number is masked. 116117 and a postcode with a bus number stay below it."""

_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"(?:19|20)\d\d"
_HOUR: Final = r"(?:[01]?\d|2[0-4])"
_DATE: Final = (
    rf"(?:{_DAY}\.{_MONTH}\.{_YEAR}|{_DAY}/{_MONTH}/{_YEAR}|{_MONTH}/{_DAY}/{_YEAR}|{_DAY}-{_MONTH}-{_YEAR}"
    rf"|{_YEAR}-{_MONTH}-{_DAY}|{_YEAR}/{_MONTH}/{_DAY}|{_YEAR}\.{_MONTH}\.{_DAY})"
)
_CURRENCY: Final = r"(?:[\u20ac$\u00a3\u20bd\u20b4\u20ba\u00a5]|eur(?:oa?|os)?\b|kr\b|usd\b)"
_HARMLESS: Final = re.compile(
    # Nothing but a date or a time: neither "+" nor more digits may stand close to it.
    r"(?<![\d+(])(?<!\d[-./:_()])(?:"
    rf"{_DAY}\.(?:{_MONTH}\.)? ?- ?{_DATE}|{_DATE}(?: ?- ?{_DATE})?|{_DAY}\.{_MONTH}\. ?- ?{_DAY}\.{_MONTH}\."
    rf"|{_HOUR}[.:][0-5]\d ?- ?{_HOUR}(?:[.:][0-5]\d)?|{_HOUR}:[0-5]\d(?::[0-5]\d)?"
    rf"|(?<!\d )(?:[1-9]\d{{0,3}}/{_YEAR}|{_YEAR} ?[-/] ?{_YEAR})(?! ?\d)"
    rf"|(?<!\d )[1-9]\d{{0,2}}(?:[ .,]\d{{3}}){{1,2}}(?:[.,]\d\d)?(?= ?{_CURRENCY})"
    rf"|(?<!\d )[1-9](?:\d{{0,2}}(?: \d{{3}})?|\d{{0,5}})[.,]\d\d(?= ?(?:{_CURRENCY}|e(?![\w-])))"
    r")(?!\d)(?![-./:_()]\d)",
    re.IGNORECASE | re.ASCII,
)
_SEPARATOR: Final = r"(?:[ \-./()_*'|\\:]|,(?=\d))"
_RUN: Final = re.compile(
    # What begins like a phone number may go on in the next line; "Street 31" and the postcode under it are
    # not one.
    rf"(?:\+[ (]{{0,2}}\d|\(?0)(?:(?:{_SEPARATOR}|\n){{0,12}}\d)*|\(?\d(?:{_SEPARATOR}{{0,12}}\d)*",
    re.ASCII,
)
_HOURS: Final = re.compile(rf"{_HOUR} ?- ?{_HOUR}(?: +{_HOUR} ?- ?{_HOUR})+", re.ASCII)
_PIECE: Final = re.compile(r"\d+", re.ASCII)


def numbers(fold: str, keep: frozenset[str]) -> Iterator[Span]:
    """All runs of seven digits and more, separators counted through, that are not a date, a time, a price or
    kept."""
    fold = _HARMLESS.sub(lambda harmless: MASK * len(harmless[0]), fold)
    for run in _RUN.finditer(fold):
        if _is_opening_hours(run[0]):
            continue
        for start, end in _not_kept(run, keep):
            digits = "".join(_PIECE.findall(fold, start, end))
            if len(digits) >= LONG:
                yield start, end, _kind_of_number(fold[start:end], digits)


def _is_opening_hours(run: str) -> bool:
    """ "9-12 13-16": hours that only go up."""
    if not _HOURS.fullmatch(run):
        return False
    hours = [int(hour) for hour in _PIECE.findall(run)]
    return hours == sorted(set(hours))


def _not_kept(run: re.Match[str], keep: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The parts of a run that are no catalogue number; a run may hold several numbers, split at its
    separators."""
    pieces = list(_PIECE.finditer(run.string, run.start(), run.end()))
    kept = _kept(pieces, keep) if keep else []
    place = 0
    for first, last in (*kept, (len(pieces), len(pieces))):
        if first > place:
            yield run.start() if place == 0 else pieces[place].start(), pieces[first - 1].end()
        place = last


def _kept(pieces: list[re.Match[str]], keep: frozenset[str]) -> list[tuple[int, int]]:
    """Which pieces, from the first to before the last, make up catalogue numbers."""
    digits = [piece[0] for piece in pieces]
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(pieces):
        # Fifteen digits are the longest phone number; "00" and "(0)" may stand in it.
        for last in range(min(len(pieces), first + 16), first, -1):
            if _is_kept("".join(digits[first:last]), pieces[first:last], keep):
                found.append((first, last))
                first = last - 1
                break
        first += 1
    if sum(last - first for first, last in found) == len(pieces):
        return found
    # A short number (112) in a longer run is a part of it; so is one behind other digits, unless it begins
    # like one.
    return [
        (first, last)
        for first, last in found
        if sum(map(len, digits[first:last])) >= LONG and (first == 0 or digits[first].startswith("0"))
    ]


def _is_kept(digits: str, pieces: list[re.Match[str]], keep: frozenset[str]) -> bool:
    if digits in keep or digits.removeprefix("00") in keep:
        return True
    # "+358 (0)17 …": the zero in brackets is not dialled from abroad.
    plain = "".join(
        piece[0]
        for piece in pieces
        if not (piece[0] == "0" and piece.string[piece.start() - 1] == "(" and piece is not pieces[0])
    )
    return len(plain) < len(digits) and (plain in keep or plain.removeprefix("00") in keep)


def _kind_of_number(run: str, digits: str) -> str:
    if run.startswith("+") or digits.startswith("0"):
        return "phone"
    return "card" if _begins_with_card(run) else "number"


def _begins_with_card(run: str) -> bool:
    """Whether 13 to 19 digits up to a separator pass the Luhn check (expiry and security code may follow)."""
    digits = ""
    for piece in _PIECE.findall(run):
        digits += piece
        if 13 <= len(digits) <= 19 and _luhn(digits):
            return True
    return False


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0

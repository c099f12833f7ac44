"""What must not be kept is taken out of a text here, before anything is written.

The text is read through a *fold*: every digit of every script becomes an ASCII digit, wide and ornamental
letters become plain ones, all dashes one dash, and what is invisible (zero-width, direction marks, combining
signs) disappears. The patterns look at the fold; the mask falls on the characters the person typed. A mistake
that hides a harmless number costs a word, a mistake that keeps an identity code cannot be taken back: in
doubt it is masked.
"""

from __future__ import annotations

import re
import traceback
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MASK: Final = "\u2592"
"""▒: one UTF-16 unit, in every common font, neutral in direction (right-to-left lines keep their order);
neither letter, digit nor punctuation, so that no word is read into it; no meaning in HTML or Markdown (unlike
``*``)."""

LONG: Final = 7
"""Digits from which a bare number is masked. 116117 and a postcode with a bus number stay below it."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what must not be kept."""

    text: str
    """As long as the original in UTF-16 units, so that the offsets of Telegram's entities stay true."""
    kinds: frozenset[str]
    """What was taken out: identity-code, phone, email, iban, card, number, handle."""


Span = tuple[int, int, str]
"""First index, index after the last, kind; indexes of the fold."""


def redact(text: str, keep: frozenset[str] = frozenset()) -> Redacted:
    """The text with all personal numbers and addresses masked; raises nothing, whatever the text holds.

    ``keep``: the catalogue's phone numbers as digits, with country code and in the national form; never
    masked.
    """
    kinds: set[str] = set()
    kept = _digits_only(keep)
    # What is masked changes the neighbourhood of what is left; the loop makes the result a fixed point
    # (idempotent). Each turn masks at least one character; most texts need one that finds and one that does
    # not.
    while found := _find(text, kept):
        text = _mask(text, [(start, end) for start, end, _ in found])
        kinds.update(kind for _, _, kind in found)
    return Redacted(text, frozenset(kinds))


def trace_of(error: BaseException) -> str:
    """Type and places of an error, for the log. Not its text: that may repeat what a person wrote."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def _mask(text: str, spans: list[tuple[int, int]]) -> str:
    chars = list(text)
    for start, end in spans:
        for index in range(start, end):
            chars[index] = MASK * (2 if text[index] > "\uffff" else 1)
    return "".join(chars)


def _find(text: str, keep: frozenset[str]) -> list[Span]:
    """Spans of the text (not of its fold) that must go."""
    folds = [_fold(char) for char in text]
    fold = "".join(folds)
    if sum(map(str.isdigit, fold)) < LONG and not _MAY_BE_ADDRESS.search(fold):
        return []
    origin = [index for index, piece in enumerate(folds) for _ in piece]
    found: list[Span] = []
    for look in (_emails, _handles, _ibans, _identity_codes, _numbers):
        # Each looks at what the ones before it left over.
        chars = list(fold)
        for start, end, kind in look(fold, keep):
            chars[start:end] = MASK * (end - start)
            found.append((origin[start], origin[end - 1] + 1, kind))
        fold = "".join(chars)
    return found


# --- the fold --------------------------------------------------------------------------------------------

_MAY_BE_ADDRESS: Final = re.compile(r"@|[\[({]\s?[a\u00e4]t|t\s?\.\s?me|telegram|tg:", re.IGNORECASE)
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
def _fold(char: str) -> str:
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


@lru_cache(maxsize=8)
def _digits_only(keep: frozenset[str]) -> frozenset[str]:
    return frozenset(re.sub(r"\D", "", number) for number in keep)


# --- addresses: e-mail and Telegram ----------------------------------------------------------------------

_LATIN: Final = r"0-9A-Za-z\u00aa-\u02af\u1e00-\u1eff"
_LATIN_LOCAL: Final = re.compile(rf"[{_LATIN}!#$%&'*+/=?^_`{{|}}~.\-]")
_OTHER_LOCAL: Final = re.compile(rf"[^\W{_LATIN}]|[.+_\-]")
_AT: Final = re.compile(r"@|[\[({]\s?(?:at|\u00e4t|\u00e4tt)\s?[\])}]", re.IGNORECASE)
_DOT: Final = r"(?:\.| \. |\s?[\[({]\s?(?:dot|piste|punkt)\s?[\])}]\s?)"
_LATIN_DOMAIN: Final = re.compile(rf"[{_LATIN}_\-]+(?:{_DOT}[{_LATIN}_\-]+)*", re.IGNORECASE)
_OTHER_DOMAIN: Final = re.compile(rf"[\w\-]+(?:{_DOT}[\w\-]+)*", re.IGNORECASE)
_COMMAND: Final = re.compile(r"(?:^|\s)/[A-Za-z0-9_]{1,32}$")


def _emails(fold: str, _: frozenset[str]) -> Iterator[Span]:
    """Both sides of each @ are walked, in one script each: in Chinese, without spaces, the sentence around
    stays."""
    done = 0
    for at in _AT.finditer(fold):
        end_local = at.start() - _spaces(fold, at.start(), -1)
        start_domain = at.end() + _spaces(fold, at.end(), +1)
        start = _local_part(fold, end_local, done)
        domain = _LATIN_DOMAIN.match(fold, start_domain) or _OTHER_DOMAIN.match(fold, start_domain)
        if start == end_local or domain is None:
            continue
        close = end_local == at.start() and start_domain == at.end()
        # "matti@gmail" lacks its end and is an address all the same; "5 kg @ 10" is not.
        if not close and not re.search(_DOT, domain[0]):
            continue
        # "/start@opas_bot": a command addressed to one of several bots in a group.
        if close and domain[0].lower().endswith("bot") and _COMMAND.search(fold, max(0, start - 1), end_local):
            continue
        done = domain.end()
        yield start, done, "email"


def _spaces(fold: str, index: int, step: int) -> int:
    """How many spaces (at most two) stand before or after the index."""
    count = 0
    place = index if step > 0 else index - 1
    while count < 2 and 0 <= place < len(fold) and fold[place] == " ":
        count += 1
        place += step
    return count


def _local_part(fold: str, end: int, floor: int) -> int:
    """Where the local part that ends before ``end`` begins."""
    kind = _LATIN_LOCAL if end > floor and _LATIN_LOCAL.match(fold[end - 1]) else _OTHER_LOCAL
    while end > floor and kind.match(fold[end - 1]):
        end -= 1
    return end


_LINK: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?<![A-Za-z0-9])(?:[A-Za-z0-9_]+\.)?(?:t|telegram)\s?\.\s?(?:me|dog)\s?/\s?[^\s<>\"]+"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9_]{3,32}\.t\.me(?![A-Za-z0-9])"
    r"|tg:(?://)?[^\s<>\"]+",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(r"(?<![A-Za-z0-9_])@[A-Za-z][A-Za-z0-9_]{2,31}(?![A-Za-z0-9_])")


def _handles(fold: str, _: frozenset[str]) -> Iterator[Span]:
    yield from ((*link.span(), "handle") for link in _LINK.finditer(fold))
    for handle in _HANDLE.finditer(fold):
        # Names that end in "bot" belong to bots only: no person, and in a group the bot must see its own
        # name.
        if not handle[0].lower().endswith("bot"):
            yield *handle.span(), "handle"


# --- IBAN ------------------------------------------------------------------------------------------------

_IBAN_LENGTHS: Final = {
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


def _ibans(fold: str, _: frozenset[str]) -> Iterator[Span]:
    """Those whose checksum is right, wherever they begin, and what has the shape of one: a typing error
    identifies."""
    for head in _IBAN_HEAD.finditer(fold):
        # What looks like one inside another is masked too: the spans may overlap.
        if span := _right_iban(fold, head.start()) or _shape_of_iban(fold, head.start()):
            yield *span, "iban"


def _right_iban(fold: str, start: int) -> tuple[int, int] | None:
    known = _IBAN_LENGTHS.get("".join(fold[place] for place in _places(fold, start, 2)).upper())
    if known is None and not _IBAN_CLEAR_HEAD.match(fold, start):
        return None
    places = _places(fold, start, known or _LONGEST_IBAN)
    text = "".join(fold[place] for place in places)
    for length in (known,) if known else range(len(text), 14, -1):
        if length <= len(text) and _is_mostly_digits(text[:length]) and _mod_97(text[:length]) == 1:
            return start, places[length - 1] + 1
    return None


def _shape_of_iban(fold: str, start: int) -> tuple[int, int] | None:
    length = _IBAN_LENGTHS.get(fold[start : start + 2].upper())
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


# --- Finnish identity codes ------------------------------------------------------------------------------

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


def _identity_codes(fold: str, keep: frozenset[str]) -> Iterator[Span]:
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


# --- phones, cards, long numbers -------------------------------------------------------------------------

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


def _numbers(fold: str, keep: frozenset[str]) -> Iterator[Span]:
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

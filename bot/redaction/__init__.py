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
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.redaction.addresses import MAY_BE_ADDRESS, emails, handles
from bot.redaction.fold import MASK, Span, fold_char
from bot.redaction.iban import ibans
from bot.redaction.identity import identity_codes
from bot.redaction.numbers import LONG, numbers

LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what must not be kept."""

    text: str
    """As long as the original in UTF-16 units, so that the offsets of Telegram's entities stay true."""
    kinds: frozenset[str]
    """What was taken out: identity-code, phone, email, iban, card, number, handle."""


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


def reason_of(error: BaseException) -> str:
    """What an error says, masked, at most ``LONGEST_REASON`` characters, and such that a database can hold it."""
    return redact(str(error)).text[:LONGEST_REASON].encode(errors="replace").decode()


def _mask(text: str, spans: list[tuple[int, int]]) -> str:
    chars = list(text)
    for start, end in spans:
        for index in range(start, end):
            chars[index] = MASK * (2 if text[index] > "\uffff" else 1)
    return "".join(chars)


def _find(text: str, keep: frozenset[str]) -> list[Span]:
    """Spans of the text (not of its fold) that must go."""
    folds = [fold_char(char) for char in text]
    fold = "".join(folds)
    if sum(map(str.isdigit, fold)) < LONG and not MAY_BE_ADDRESS.search(fold):
        return []
    origin = [index for index, piece in enumerate(folds) for _ in piece]
    found: list[Span] = []
    for look in (emails, handles, ibans, identity_codes, numbers):
        # Each looks at what the ones before it left over.
        chars = list(fold)
        for start, end, kind in look(fold, keep):
            chars[start:end] = MASK * (end - start)
            found.append((origin[start], origin[end - 1] + 1, kind))
        fold = "".join(chars)
    return found


@lru_cache(maxsize=8)
def _digits_only(keep: frozenset[str]) -> frozenset[str]:
    return frozenset(re.sub(r"\D", "", number) for number in keep)


__all__ = ["MASK", "Redacted", "reason_of", "redact", "trace_of"]

"""E-mail addresses and Telegram's handles and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.redaction.fold import Span

MAY_BE_ADDRESS: Final = re.compile(r"@|[\[({]\s?[a\u00e4]t|t\s?\.\s?me|telegram|tg:", re.IGNORECASE)
"""Whether it is worth looking for one at all."""
_LATIN: Final = r"0-9A-Za-z\u00aa-\u02af\u1e00-\u1eff"
_LATIN_LOCAL: Final = re.compile(rf"[{_LATIN}!#$%&'*+/=?^_`{{|}}~.\-]")
_OTHER_LOCAL: Final = re.compile(rf"[^\W{_LATIN}]|[.+_\-]")
_AT: Final = re.compile(r"@|[\[({]\s?(?:at|\u00e4t|\u00e4tt)\s?[\])}]", re.IGNORECASE)
_DOT: Final = r"(?:\.| \. |\s?[\[({]\s?(?:dot|piste|punkt)\s?[\])}]\s?)"
_LATIN_DOMAIN: Final = re.compile(rf"[{_LATIN}_\-]+(?:{_DOT}[{_LATIN}_\-]+)*", re.IGNORECASE)
_OTHER_DOMAIN: Final = re.compile(rf"[\w\-]+(?:{_DOT}[\w\-]+)*", re.IGNORECASE)
_COMMAND: Final = re.compile(r"(?:^|\s)/[A-Za-z0-9_]{1,32}$")


def emails(fold: str, _: frozenset[str]) -> Iterator[Span]:
    """Both sides of each @ are walked, in one script each: in Chinese, without spaces, the sentence around
    stays."""
    done = 0
    for at in _AT.finditer(fold):
        start_domain = at.end() + _spaces(fold, at.end(), +1)
        domain = _LATIN_DOMAIN.match(fold, start_domain) or _OTHER_DOMAIN.match(fold, start_domain)
        if domain is None:  # asked before anything is walked back: a thousand "{at}" in a row took a second
            continue
        end_local = at.start() - _spaces(fold, at.start(), -1)
        start = _local_part(fold, end_local, done)
        if start == end_local:
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
    r"(?:https?://)?(?:www\.)?(?<![A-Za-z0-9])(?:[A-Za-z0-9_]{1,63}\.)?(?:t|telegram)\s?\.\s?(?:me|dog)\s?/\s?[^\s<>\"]+"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9_]{3,32}\.t\.me(?![A-Za-z0-9])"
    r"|tg:(?://)?[^\s<>\"]+",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(r"(?<![A-Za-z0-9_])@[A-Za-z][A-Za-z0-9_]{2,31}(?![A-Za-z0-9_])")


def handles(fold: str, _: frozenset[str]) -> Iterator[Span]:
    """Handles of people, and every link to Telegram."""
    yield from ((*link.span(), "handle") for link in _LINK.finditer(fold))
    for handle in _HANDLE.finditer(fold):
        # Names that end in "bot" belong to bots only: no person, and in a group the bot must see its own
        # name.
        if not handle[0].lower().endswith("bot"):
            yield *handle.span(), "handle"

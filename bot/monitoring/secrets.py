"""Whatever the log says, it never says the token: it stands in every address of the Bot API, and libraries put those
addresses into their messages and exceptions."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Final
from urllib.parse import quote, urlsplit

from bot.settings import Settings

HIDDEN: Final = "[hidden]"
SHORTEST: Final = 8
"""Characters from which a part of a setting is a secret that can be told from an ordinary word."""
_TOKEN_LIKE: Final = re.compile(r"\b\d{6,}(?::|%3A)[\w-]{30,}", re.IGNORECASE)
"""As @BotFather makes them: also one of another bot, or an old one."""


def secrets_of(settings: Settings) -> frozenset[str]:
    """All that must not be read by who reads the log."""
    proxy = urlsplit(settings.proxy)
    found = {settings.token, settings.webhook_secret, settings.secret() if settings.token else "", proxy.password or ""}
    # The half behind the colon is the secret one; a library may have written the colon in another way.
    _, _, half = settings.token.partition(":")
    if len(half) > 2 * SHORTEST:
        found.add(half)
    return frozenset(secret for secret in found if len(secret) >= SHORTEST)


def masking(secrets: Collection[str]) -> Callable[[str], str]:
    """A function that takes the secrets, and whatever looks like a token, out of a text."""
    forms = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
    longest_first = sorted(map(re.escape, forms), key=len, reverse=True)
    pattern = re.compile("|".join([*longest_first, _TOKEN_LIKE.pattern]), re.IGNORECASE)
    return lambda text: pattern.sub(HIDDEN, text)


class Discreet(logging.Formatter):
    """What another formatter makes of a record, without the secrets: message, fields and trace alike."""

    def __init__(self, inner: logging.Formatter, mask: Callable[[str], str]) -> None:
        super().__init__()
        self._inner = inner
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        return self._mask(self._inner.format(record))


def keep_secret(secrets: Collection[str]) -> None:
    """From now on no handler of the log writes one of the secrets, and no trace of a program that ends with a fault."""
    mask = masking(secrets)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Discreet(handler.formatter or logging.Formatter(), mask))

    def last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(mask("".join(traceback.format_exception(kind, error, trace))))

    sys.excepthook = last_words

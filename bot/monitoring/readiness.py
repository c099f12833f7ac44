"""Whether the bot can answer people now, and which part cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

from bot.guides import Guides
from bot.matching.cache import languages_of
from bot.store import Store, StoreUnavailable

SILENT_S: Final = 90.0
"""How long Telegram may be silent: a poll lasts 25 seconds, a wait between two at most 30."""
WRITING_S: Final = 6.0
"""How long the database may take to write."""
FRESH_S: Final = 5.0
"""That the database writes is believed for so long: whoever asks often must not make the disk work."""

Part = Callable[[], Awaitable[str]]
"""Why it is not ready; "" when it is."""


class TelegramLink(Protocol):
    """How updates come from Telegram."""

    def complaint(self) -> str: ...


class PollLink:
    """Updates come by polling: ready as long as Telegram answers."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._heard_s: float | None = None

    def heard(self) -> None:
        """Telegram has answered a poll."""
        self._heard_s = self._monotonic_s()

    def complaint(self) -> str:
        if self._heard_s is None:
            return "no poll has been answered yet"
        silent_s = self._monotonic_s() - self._heard_s
        return f"no poll has been answered for {silent_s:.0f} s" if silent_s > SILENT_S else ""


class WebhookLink:
    """Updates come by webhook: ready when Telegram knows our address."""

    def __init__(self) -> None:
        self.is_set = False

    def complaint(self) -> str:
        return "" if self.is_set else "the webhook is not set yet"


class Readiness:
    """Asks the parts one by one."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._parts = parts

    async def __call__(self) -> Mapping[str, str]:
        """Part → why it is not ready; "" when it is."""
        return {name: await part() for name, part in self._parts.items()}


def phrases_ready(guides: Guides) -> Part:
    async def complaint() -> str:
        guide = guides()
        if not guide.missing:
            return ""
        languages = languages_of(guide.missing)
        if not languages:
            return "what the languages have in common is not learnt yet"
        return f"{languages} of {languages_of(guide.sources.wanted)} languages not learnt yet"

    return complaint


def database_ready(store: Store, monotonic_s: Callable[[], float], damage: Callable[[], str]) -> Part:
    """Writes a number: only writing shows that writing is possible. Remembers for a moment what it found. ``damage``:
    what is wrong with the file, in which much can be written all the same."""
    found, until_s = "", float("-inf")
    asking = asyncio.Lock()

    async def complaint() -> str:
        nonlocal found, until_s
        async with asking:
            if monotonic_s() >= until_s:
                found = await _why_not_written(store)
                until_s = monotonic_s() + FRESH_S
            return found or damage()

    return complaint


async def _why_not_written(store: Store) -> str:
    unit = store.unit()
    unit.bump("ready")
    try:
        async with asyncio.timeout(WRITING_S):
            await store.commit(unit)
    except StoreUnavailable as error:
        return str(error)
    except TimeoutError:
        return f"nothing could be written within {WRITING_S:.0f} s"
    return ""


def telegram_ready(link: TelegramLink) -> Part:
    async def complaint() -> str:
        return link.complaint()

    return complaint

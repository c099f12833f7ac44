"""What comes from Telegram, by polling or webhook, into the inbox: nothing is acknowledged that is not stored."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.dialogue.profile import COMMANDS
from bot.errors import OpasError
from bot.handlers.incoming import mention_of
from bot.handlers.line import Line, Way, pause_s, why_out_of_reach
from bot.handlers.unstored import Unstored
from bot.redaction import Redacted
from bot.reduction import Received, reduce_update
from bot.store import StoreUnavailable

ALLOWED: Final = ("message", "edited_message", "callback_query")
"""Kinds of update that are asked for. Who blocks the bot is not among them: a message then meets a 403, and whoever
comes back writes."""
ANONYMOUS_ADMINISTRATOR: Final = 1087968824
"""In whose name Telegram lets administrators of a group write without a name of their own."""
POLL_S: Final = 25
"""How long Telegram holds a poll open when nothing comes."""
AT_A_STRETCH: Final = 10
"""Updates that are reduced before others have a turn: a full poll would else hold them up for 30 ms."""
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
"""Between two tries while Telegram is out of reach."""
UNSTORED_WAIT_S: Final = 3.0
"""The same while nothing can be stored: so long at most somebody in danger waits for the number to call."""
MOST_AT_ONCE: Final = 100
"""Updates that Telegram shows at a time, the oldest first; newer ones only when some of them are acknowledged."""
ONLY_SO_MANY: Final = (
    f"{MOST_AT_ONCE} messages wait, and Telegram shows no newer ones before these are stored: whoever writes now hears "
    "nothing, not even the number to call."
)
SAY_AGAIN_S: Final = 60.0
"""How often the log says the same again."""

Keep = Callable[[Sequence[Received]], Awaitable[None]]

_log = logging.getLogger(__name__)


class Intake:
    """Reduces and redacts raw updates and puts them into the inbox."""

    def __init__(self, keep: Keep, bot: Bot, redact: Callable[[str], Redacted], unstored: Unstored) -> None:
        """``keep``: puts updates on the disk, or raises StoreUnavailable. ``unstored``: says a word to those whose
        messages cannot be kept now."""
        self._keep = keep
        self._bot = bot
        self._redact = redact
        self._unstored = unstored

    async def take(self, raw: Sequence[object]) -> None:
        """Return when all of ``raw`` is on the disk. Raises StoreUnavailable when it could not be kept."""
        received = []
        for number, update in enumerate(raw, start=1):
            if self._concerns_us(update):
                received.append(reduce_update(update, self._redact))
            if number % AT_A_STRETCH == 0:
                await asyncio.sleep(0)  # who sends or answers has a turn; never in the middle of a webhook's one update
        kept = [update for update in received if not _is_others_talk(update)]
        try:
            await self._keep(kept)
        except StoreUnavailable:
            await self._unstored.tell_waiting(kept)
            raise

    def _concerns_us(self, update: object) -> bool:
        """In a group only what is addressed to the bot: the others' talk is not even reduced."""
        if not isinstance(update, dict):
            return True
        message = update.get("message") or update.get("edited_message")
        if not isinstance(message, dict) or not isinstance(message.get("chat"), dict):
            return True
        if message["chat"].get("type") == "private":
            return True
        return _is_addressed(message, self._bot.username, self._bot.id)


def _is_addressed(message: dict[str, Any], username: str, bot_id: int) -> bool:
    text = message.get("text") or message.get("caption") or ""
    if not isinstance(text, str):
        return False
    if _author(message).get("is_bot") is True and _author(message).get("id") != ANONYMOUS_ADMINISTRATOR:
        return False  # two bots could answer each other for ever
    command = re.match(r"/(\w+)(@\w+)?", text)
    if command:
        # Without a name it may be another bot's; those that we know are answered.
        name, addressee = command[1].casefold(), (command[2] or "").casefold()
        return addressee == f"@{username}".casefold() if addressee else name in COMMANDS
    if _author(message.get("reply_to_message")).get("id") == bot_id:
        return True
    return mention_of(username).search(text) is not None


def _author(message: object) -> dict[str, Any]:
    author = message.get("from") if isinstance(message, dict) else None
    return author if isinstance(author, dict) else {}


def _is_others_talk(update: Received) -> bool:
    return update.chat_type == "channel"


class Polling:
    """Asks Telegram for updates, for ever. Raw: one malformed update must not stop the others."""

    def __init__(
        self, bot: Bot, intake: Intake, way: Way | None = None, on_answer: Callable[[], None] = lambda: None
    ) -> None:
        """``on_answer``: told whenever Telegram has answered a poll and what came is on the disk."""
        self._bot = bot
        self._intake = intake
        self._on_answer = on_answer
        # A client of its own: a long poll that was cut off must not block the only connection.
        self._request = Line(way, connections=4, read_timeout_s=POLL_S + 10)
        self._offset: int | None = None
        self._is_full = False
        """As much came as comes at a time: more may wait."""
        self._complained = "", 0.0
        """What was said last, and when."""

    async def run(self) -> None:
        """Poll until cancelled. Raises OpasError when Telegram does not know the token."""
        async with self._request:
            wait = FIRST_WAIT_S
            patience_s = 0  # the first poll comes back at once, so that a quiet bot is soon known to be ready
            await self._end_webhook()
            while True:
                try:
                    await self._poll(patience_s)
                    self._on_answer()
                    self._complained = "", 0.0
                    wait, patience_s = FIRST_WAIT_S, POLL_S
                except InvalidToken as error:
                    raise OpasError("Telegram does not know this TELEGRAM_BOT_TOKEN. Ask @BotFather for it.") from error
                except RetryAfter as error:
                    await asyncio.sleep(pause_s(error))
                except (TelegramError, StoreUnavailable) as error:
                    unstored = isinstance(error, StoreUnavailable)
                    self._complain(f"{_reason(error)} {ONLY_SO_MANY}" if unstored and self._is_full else _reason(error))
                    patience_s = 0
                    if isinstance(error, Conflict) and "webhook" in error.message.casefold():
                        await self._end_webhook()
                    await asyncio.sleep(wait)
                    wait = min(UNSTORED_WAIT_S if unstored else LONGEST_WAIT_S, wait * 1.5)

    async def _poll(self, patience_s: int) -> None:
        """Take what there is, or wait ``patience_s`` seconds for it."""
        query = (
            f"timeout={patience_s}&limit={MOST_AT_ONCE}&allowed_updates={json.dumps(ALLOWED, separators=(',', ':'))}"
        )
        if self._offset is not None:
            query += f"&offset={self._offset}"
        found = await self._request.post(f"{self._bot.base_url}/getUpdates?{query}")
        updates: Sequence[object] = found if isinstance(found, list) else []
        if not updates:
            return
        self._is_full = len(updates) >= MOST_AT_ONCE
        await self._intake.take(updates)
        # Only now, that they are on the disk, may Telegram forget them.
        ids = [
            update["update_id"] for update in updates if isinstance(update, dict) and _is_id(update.get("update_id"))
        ]
        if ids:
            self._offset = max(ids) + 1
        else:  # without a number nothing can be confirmed, and the same comes again at once
            await asyncio.sleep(FIRST_WAIT_S)

    def _complain(self, reason: str) -> None:
        said, at_s = self._complained
        if reason != said or time.monotonic() - at_s > SAY_AGAIN_S:
            self._complained = reason, time.monotonic()
            _log.warning("no updates for now", extra={"reason": reason})

    async def _end_webhook(self) -> None:
        """Polling and a webhook exclude each other; what waits at Telegram stays there for us."""
        while True:
            try:
                await self._bot.delete_webhook(drop_pending_updates=False)
                return
            except InvalidToken:
                return  # the first poll says it in words
            except TelegramError as error:
                _log.warning("webhook not ended yet", extra={"reason": _reason(error)})
                await asyncio.sleep(2)


async def set_webhook(bot: Bot, url: str, secret: str) -> None:
    """Tell Telegram where we listen; return when it has taken note."""
    wait_s = 1.0
    while True:
        try:
            await bot.set_webhook(url, allowed_updates=list(ALLOWED), secret_token=secret, drop_pending_updates=False)
            return
        except RetryAfter as error:
            wait_s = pause_s(error)
        except TelegramError as error:
            _log.warning("webhook not set", extra={"reason": why_out_of_reach(error)})
        await asyncio.sleep(wait_s)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _reason(error: Exception) -> str:
    """Why, without addresses: those of the Bot API hold the token."""
    if isinstance(error, Conflict):
        if "webhook" in error.message.casefold():
            return "a webhook was set for this token meanwhile; it is ended now, and polling goes on"
        return (
            "another program asks Telegram for updates with the same TELEGRAM_BOT_TOKEN, and each takes messages away "
            "from the other. Stop one of the two, or ask @BotFather for a second bot"
        )
    if isinstance(error, NetworkError):
        return f"Telegram is out of reach ({why_out_of_reach(error)})"
    return str(error) if isinstance(error, StoreUnavailable) else type(error).__name__

"""What a chat sees while an answer takes long: "Opas is typing", which Telegram says in each person's own language."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

FIRST_S: Final = 0.5
"""What is answered sooner needs no sign."""
AGAIN_S: Final = 4.5
"""Telegram shows it for five seconds (Bot API, sendChatAction)."""
AT_ONCE: Final = 2
"""Signs under way: answers, urgent ones before all, need the other connections."""

_log = logging.getLogger(__name__)


class Typing:
    """Shows signs in the name of one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def until(self, done: Callable[[], Awaitable[None]], chat_id: int) -> None:
        """Return when ``done`` does, and raise what it raises; until then the chat sees that an answer is coming. No
        sign is sent while too many are under way."""
        shown = asyncio.create_task(self._show(chat_id))
        try:
            await done()
        finally:
            shown.cancel()

    async def _show(self, chat_id: int) -> None:
        await asyncio.sleep(FIRST_S)
        while True:
            if not self._turns.locked():
                async with self._turns:
                    await self._send(chat_id)
            await asyncio.sleep(AGAIN_S)

    async def _send(self, chat_id: int) -> None:
        try:
            await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
        except TelegramError as error:  # a sign, nothing that must arrive
            _log.debug("typing not shown", extra={"reason": str(error)})

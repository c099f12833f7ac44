"""What a chat sees while an answer takes long: "Opas is typing", which Telegram says in each person's own language."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Final

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

FIRST_S: Final = 0.5
"""What is answered sooner needs no sign."""
AGAIN_S: Final = 4.5
"""Telegram shows it for five seconds (Bot API, sendChatAction)."""

_log = logging.getLogger(__name__)


async def typing_until(done: Awaitable[None], bot: Bot, chat_id: int) -> None:
    """Return when ``done`` does; until then the chat sees that somebody is at work on what it wrote."""
    shown = asyncio.create_task(_show(bot, chat_id))
    try:
        await done
    finally:
        shown.cancel()


async def _show(bot: Bot, chat_id: int) -> None:
    await asyncio.sleep(FIRST_S)
    try:
        while True:
            await bot.send_chat_action(chat_id, ChatAction.TYPING)
            await asyncio.sleep(AGAIN_S)
    except TelegramError as error:  # a sign, nothing that must arrive
        _log.debug("typing not shown", extra={"reason": str(error)})

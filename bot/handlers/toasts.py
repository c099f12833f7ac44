"""What is shown for a moment above a button; ends the waiting sign on it. Goes out directly, not through the outbox:
Telegram forgets a press within about a minute, and nothing is lost when it is too late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

LONGEST: Final = 200
"""Characters that Telegram shows (answerCallbackQuery)."""
STALE: Final = timedelta(minutes=1)
"""A press that waited longer cannot be answered any more."""


class Toasts:
    """Answers presses in the background."""

    def __init__(self) -> None:
        self._on_the_way: set[asyncio.Task[None]] = set()

    def show(self, bot: Bot, query_id: str, text: str, waited: timedelta) -> None:
        """``text``: may be empty. ``waited``: since the press came in; a stale one is left alone."""
        if waited > STALE:
            return
        task = asyncio.create_task(_shown(bot, query_id, text[:LONGEST]))
        self._on_the_way.add(task)
        task.add_done_callback(self._on_the_way.discard)


async def _shown(bot: Bot, query_id: str, text: str) -> None:
    try:
        await bot.answer_callback_query(query_id, text or None)
    except TelegramError:
        return  # too old, or Telegram out of reach: the reply itself comes through the outbox

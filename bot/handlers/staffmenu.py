"""Telegram's menu of commands in the chats of the staff: everybody's commands, and the one by which they work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import RetryAfter, TelegramError

from bot.dialogue.profile import profile_in
from bot.guide import Guide
from bot.handlers.line import pause_s
from bot.review import Review, Staff

_log = logging.getLogger(__name__)


class StaffMenus:
    """Keeps the menus as the staff is: also of whoever comes, goes or gets another Telegram number meanwhile."""

    def __init__(self, bot: Bot, guide: Callable[[], Guide], review: Review) -> None:
        self._bot = bot
        self._guide = guide
        self._review = review
        self._set: dict[int, tuple[BotCommand, ...]] = {}
        """What each chat is known to show besides what everybody sees; nothing: no commands of its own."""
        self._changed = asyncio.Event()
        self._changed.set()
        review.staff.on_change.append(self._changed.set)

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.sync()

    async def sync(self) -> None:
        """Bring Telegram's copy up to date. Goes on in spite of refusals: who never wrote to the bot has no chat."""
        wanted: dict[int, tuple[BotCommand, ...]] = dict.fromkeys(self._set, ())
        everybody = self._review.staff.everybody
        wanted |= {one.telegram_id: self._commands(one) for one in everybody if one.telegram_id is not None}
        for chat_id, commands in wanted.items():
            if self._set.get(chat_id) != commands:
                try:
                    await self._show(chat_id, commands)
                    self._set[chat_id] = commands
                except TelegramError as error:
                    _log.info("menu of one of the staff not set", extra={"error": type(error).__name__})

    def _commands(self, staff: Staff) -> tuple[BotCommand, ...]:
        guide, speaker = self._guide(), self._review.parts.words(staff)
        known = profile_in(guide.texts.speaker(speaker.locale), guide.catalogue, len(guide.texts.locales)).commands
        own = ("review", speaker.say("Questions that wait for a person"))
        return tuple(BotCommand(name, text) for name, text in (own, *known))

    async def _show(self, chat_id: int, commands: tuple[BotCommand, ...]) -> None:
        """Set them where they differ, after every pause that Telegram asks for. Raises TelegramError if it refuses."""
        scope = BotCommandScopeChat(chat_id)
        while True:
            try:
                if await self._bot.get_my_commands(scope) == commands:
                    return
                if commands:
                    await self._bot.set_my_commands(commands, scope)
                else:
                    await self._bot.delete_my_commands(scope)
                return
            except RetryAfter as error:
                await asyncio.sleep(pause_s(error))

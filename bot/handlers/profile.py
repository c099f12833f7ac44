"""The bot's commands and descriptions at Telegram, in every language; set only where they differ."""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot, BotCommand
from telegram.error import RetryAfter, TelegramError

from bot.dialogue.profile import Profile, profile_in
from bot.guide import Guide
from bot.handlers.line import pause_s

_log = logging.getLogger(__name__)


async def sync_profile(bot: Bot, guide: Guide) -> None:
    """Bring Telegram's copy up to date. Goes on in spite of refusals: a greeting must not keep a bot from working."""
    texts, catalogue = guide.texts, guide.catalogue
    languages = len(texts.locales)
    # "" is what people see whose language is not spoken here: English, as everywhere in the fallback.
    for code, locale in (("", None), *((locale, locale) for locale in texts.locales if len(locale) == 2)):
        profile = profile_in(texts.speaker(locale), catalogue, languages)
        try:
            await _set(bot, profile, code)
        except TelegramError as error:
            _log.warning("profile not set", extra={"language": code, "error": type(error).__name__})


async def _set(bot: Bot, profile: Profile, code: str) -> None:
    """Set what differs, after every pause that Telegram asks for. Raises TelegramError when it refuses."""
    while True:
        try:
            await _set_now(bot, profile, code)
            return
        except RetryAfter as error:
            await asyncio.sleep(pause_s(error))


async def _set_now(bot: Bot, profile: Profile, code: str) -> None:
    commands = [BotCommand(name, text) for name, text in profile.commands]
    if list(await bot.get_my_commands(language_code=code)) != commands:
        await bot.set_my_commands(commands, language_code=code)
    if (await bot.get_my_description(language_code=code)).description != profile.description:
        await bot.set_my_description(profile.description, language_code=code)
    if (await bot.get_my_short_description(language_code=code)).short_description != profile.short_description:
        await bot.set_my_short_description(profile.short_description, language_code=code)

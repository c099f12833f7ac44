"""What a bot says about itself: names, descriptions, commands and the menu button, per language and scope."""

from __future__ import annotations

import re

from bot.loopback.refusal import Json, bad_request

_COMMAND = re.compile("[a-z0-9_]{1,32}")
_LANGUAGE = re.compile("(?:[a-z]{2})?")
_MOST_COMMANDS = 100
_TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}
_SCOPES = frozenset(
    {
        "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
        "chat", "chat_administrators", "chat_member",
    }
)  # fmt: skip

Scope = tuple[str, int, int]
"""Kind of scope, chat id or 0, user id or 0."""


class Profile:
    """The bot's own page, as its setters left it."""

    def __init__(self, name: str) -> None:
        self._texts: dict[tuple[str, str], str] = {("name", ""): name}
        self._commands: dict[tuple[Scope, str], list[Json]] = {}
        self._menu: dict[int, Json] = {}

    def name(self, language: str = "") -> str:
        """The bot's name in this language, else in none."""
        return self.text("name", language)

    def text(self, field: str, language: str) -> str:
        """name, description or short_description, as somebody with this language sees it."""
        _check_language(language)
        return self._texts.get((field, language)) or self._texts.get((field, ""), "")

    def set_text(self, field: str, language: str, text: str) -> None:
        """Sets one of the three; an empty text removes that of the language."""
        _check_language(language)
        if len(text) > _TEXT_LIMITS[field]:
            # Telegram's words for these three were never seen; only that it refuses is certain.
            raise bad_request(f"BOT_{field.upper()}_TOO_LONG")
        if text:
            self._texts[field, language] = text
        elif field != "name" or language:
            self._texts.pop((field, language), None)

    def set_commands(self, commands: object, scope: Scope, language: str) -> None:
        """Replaces a list of commands; refused when a name or description is out of bounds."""
        _check_language(language)
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > _MOST_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        kept = [_checked_command(command) for command in commands]
        if kept:
            self._commands[scope, language] = kept
        else:
            self._commands.pop((scope, language), None)

    def commands(self, scope: Scope, language: str) -> list[Json]:
        """Exactly the list that was set for this scope and language."""
        _check_language(language)
        return self._commands.get((scope, language), [])

    def commands_shown(self, chat_id: int, user_id: int, language: str | None) -> list[Json]:
        """The list a phone shows: the narrowest scope first, each first in the language of the phone."""
        if chat_id > 0:
            scopes: list[Scope] = [("chat", chat_id, 0), ("all_private_chats", 0, 0), ("default", 0, 0)]
        else:
            member: Scope = ("chat_member", chat_id, user_id)
            scopes = [member, ("chat", chat_id, 0), ("all_group_chats", 0, 0), ("default", 0, 0)]
        for scope in scopes:
            for code in ((language or "")[:2], ""):
                if found := self._commands.get((scope, code)):
                    return found
        return []

    def set_menu(self, chat_id: int, button: object) -> None:
        """Sets the menu button of a private chat, or with 0 that of all."""
        if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
            raise bad_request("MenuButton has unsupported type")
        self._menu[chat_id] = button

    def menu(self, chat_id: int) -> Json:
        """The menu button of a private chat."""
        return self._menu.get(chat_id) or self._menu.get(0) or {"type": "commands"}


def scope_of(raw: object) -> Scope:
    """A BotCommandScope object into a key; nothing at all means the default scope."""
    if raw is None:
        return ("default", 0, 0)
    if not isinstance(raw, dict) or raw.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    try:
        return (raw["type"], int(raw.get("chat_id", 0)), int(raw.get("user_id", 0)))
    except (TypeError, ValueError):
        raise bad_request("chat not found") from None


def _check_language(language: str) -> None:
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")


def _checked_command(command: object) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = command.get("command"), command.get("description")
    if not isinstance(name, str) or not _COMMAND.fullmatch(name.removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= len(description.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description.strip()}

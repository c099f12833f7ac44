"""One row of the outbox into one call of the Bot API, and Telegram's refusals into the outbox's own words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar, cast

from telegram import Bot, InputFile
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter  # what a RequestData is made of is not handed out

from bot.handlers.line import pause_s
from bot.outbox import ChatClosed, InDoubt, NotSent, NotTaken, TryLater
from bot.store import OutboxRow, Store, StoreUnavailable

_NO_PREVIEW: Final = {"is_disabled": True}
MOST_DELETED_AT_ONCE: Final = 100
_Result = TypeVar("_Result")


class Sender:
    """Sends rows of the outbox; the only place where messages go to Telegram."""

    def __init__(self, bot: Bot, store: Store | None = None, on_wiped: Callable[[int], None] = lambda _: None) -> None:
        """``store``: None while it cannot be used; then nobody's talk can be removed."""
        self._bot = bot
        self._store = store
        self._on_wiped = on_wiped

    async def send(self, row: OutboxRow) -> int | None:
        """The message's id, or None when the call makes no message.

        Raises TryLater, ChatClosed, NotTaken, NotSent or InDoubt (bot.outbox) and nothing else.
        """
        try:
            return await self._call(row)
        except RetryAfter as error:
            # Telegram does not say whether one chat or everybody is meant; a wait above a minute is never one chat's.
            seconds = pause_s(error)
            raise TryLater(seconds, everyone=seconds > 60) from error
        except (Forbidden, ChatMigrated) as error:
            raise ChatClosed(str(error)) from error
        except BadRequest as error:
            # Nobody is behind this number (any more): for us the same as a chat that is closed.
            raise (ChatClosed if "chat not found" in error.message.casefold() else NotTaken)(error.message) from error
        except TimedOut as error:
            # python-telegram-bot says in the text when the request was certainly not sent (its pool was exhausted).
            raise (NotSent if "was *not* sent" in str(error) else InDoubt)(str(error)) from error
        except NetworkError as error:
            raise (NotSent if _certainly_not_sent(error) else InDoubt)(str(error)) from error
        except InvalidToken as error:
            # The polling says it in words and ends the program; with the right token the message goes out.
            raise NotSent("the token is not valid") from error
        except TelegramError as error:
            # An answer that is no JSON: whatever stands between us and Telegram, it was not a refusal.
            raise InDoubt(error.message) from error

    async def _call(self, row: OutboxRow) -> int | None:
        body = dict(row.body)
        match row.kind:
            case "send":
                return await self._text(row.chat_id, body)
            case "edit":
                return await self._edit(row, body)
            case "contact":
                return await self._ask("sendContact", {"chat_id": row.chat_id, **body})
            case "venue":
                return await self._ask("sendVenue", {"chat_id": row.chat_id, **body})
            case "document":
                message = await self._bot.send_document(
                    row.chat_id,
                    InputFile(str(body["content"]).encode(), filename=str(body["name"])),
                    caption=str(body["caption"]) or None,
                )
                return message.message_id
            case "wipe":
                try:
                    await self._wipe(row, body)
                except StoreUnavailable as error:
                    raise NotSent(str(error)) from error
                return None
            case _:
                raise NotTaken(f"no kind of message '{row.kind}'")

    async def _text(self, chat_id: int, body: Mapping[str, object]) -> int | None:
        return await _html_or_plain(
            lambda parse_mode: self._ask("sendMessage", {"chat_id": chat_id, **_worded(body, parse_mode)})
        )

    async def _ask(self, method: str, fields: Mapping[str, object]) -> int | None:
        """One call of the Bot API; the number of the message that it made.

        python-telegram-bot's own methods build a keyboard out of ours and a whole Message out of the answer, for which
        they take as long again as the call itself; its request stays, and so do its errors.
        """
        data = RequestData([RequestParameter(name, value, None) for name, value in fields.items()])
        made = await self._bot.request.post(f"{self._bot.base_url}/{method}", data)
        number = made.get("message_id") if isinstance(made, dict) else None
        return number if isinstance(number, int) else None

    async def _edit(self, row: OutboxRow, body: dict[str, object]) -> int | None:
        """Change a message; where that is impossible (too old, deleted) the text is sent as a new one."""
        message_id = row.target_message_id or body.get("message_id")
        if message_id is None:
            return await self._text(row.chat_id, body)
        changed = {"chat_id": row.chat_id, "message_id": message_id}

        async def edit(parse_mode: str | None) -> None:
            await self._ask("editMessageText", {**changed, **_worded(body, parse_mode)})

        try:
            await _html_or_plain(edit)
        except BadRequest as error:
            reason = error.message.casefold()
            if "message is not modified" in reason:  # a second press, or an update worked on twice: it is as it should
                return cast(int, message_id)
            if "message to edit not found" in reason or "can't be edited" in reason:
                return await self._text(row.chat_id, body)
            raise
        return cast(int, message_id)

    async def _wipe(self, row: OutboxRow, body: Mapping[str, object]) -> None:
        """Delete both sides' messages of the last 48 hours, then forget the chat. Raises NotSent when either has to
        be tried again."""
        if self._store is None:
            raise NotSent("nobody can be forgotten without a database")
        unit = self._store.unit()
        asked_ms, update_id, pressed = (body.get(name) for name in ("asked_ms", "update_id", "message_id"))
        # Nothing of what was written and answered while this waited for its turn: nobody is left without a reply.
        until_ms = asked_ms if isinstance(asked_ms, int) else unit.now_ms
        ids = await self._store.message_numbers_of(row.chat_id, until_ms)
        ids = sorted({*ids, *([pressed] if isinstance(pressed, int) and pressed else [])})
        for start in range(0, len(ids), MOST_DELETED_AT_ONCE):
            try:
                await self._bot.delete_messages(row.chat_id, ids[start : start + MOST_DELETED_AT_ONCE])
            except (BadRequest, Forbidden):
                continue  # one that is gone already, or too old, or a blocked bot must not keep the rest from going
            except NetworkError as error:
                # What is deleted twice is deleted: it is tried until Telegram answers, for else nobody is forgotten.
                raise NotSent(str(error)) from error
        unit.forget(row.chat_id, after=update_id if isinstance(update_id, int) else None, until_ms=until_ms)
        await self._store.commit(unit)
        self._on_wiped(row.chat_id)


def _certainly_not_sent(error: NetworkError) -> bool:
    """Whether there was no connection at all, or Telegram answered with a fault of its own (5xx)."""
    cause = error.__cause__
    if cause is None or isinstance(cause, TelegramError):  # an HTTP answer came; its page may be no JSON
        return True
    return "connect" in type(cause).__name__.casefold()


async def _html_or_plain(call: Callable[[str | None], Awaitable[_Result]]) -> _Result:
    """Call with HTML; if Telegram cannot parse it, the same text once more as it is."""
    try:
        return await call(ParseMode.HTML)
    except BadRequest as error:
        if "can't parse entities" not in error.message.casefold():
            raise
        return await call(None)


def _worded(body: Mapping[str, object], parse_mode: str | None) -> dict[str, object]:
    """The text of a message and what stands around it, as the Bot API's fields."""
    fields: dict[str, object] = {"text": str(body["text"]), "link_preview_options": _NO_PREVIEW}
    if parse_mode is not None:
        fields["parse_mode"] = parse_mode
    if rows := body.get("keyboard"):
        fields["reply_markup"] = {"inline_keyboard": rows}
    return fields

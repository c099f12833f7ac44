"""People who talk with the bot, as tests and the browser phone move them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.loopback.attachments import attachment
from bot.loopback.chats import Chat, Message
from bot.loopback.refusal import Json, Refusal
from bot.loopback.wording import TEXT_LIMIT, cleaned, with_found_entities

if TYPE_CHECKING:
    from bot.loopback.world import World

_PATIENCE_S: Final = 5.0
"""How long somebody waits for what should come."""


class Toast(NamedTuple):
    """What the bot answered to a press: a short line over the chat, or a dialogue when `alert`."""

    query_id: str
    text: str
    alert: bool
    url: str


class Person:
    """Somebody with a phone. Everything they do becomes an update; nothing here waits except `hears` and `sees`."""

    def __init__(self, world: World, identity: Json, *, started: bool) -> None:
        self.identity = identity
        self.started = started  # before that a bot cannot write to somebody
        self.blocking = False
        self.toasts: list[Toast] = []
        self.actions: list[str] = []
        """The chat actions the bot showed, "typing" for example."""
        self.chat = Chat(identity, world.clock)
        self._world = world
        self._heard: dict[int, int] = {}

    @property
    def id(self) -> int:
        """The user id, which is also the id of the private chat."""
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """What this person's screen shows in the chat with the bot, own messages too, without deleted ones."""
        return list(self.chat.messages.values())

    @property
    def replies(self) -> list[Message]:
        """Only the bot's messages of that screen."""
        return [message for message in self.messages if message.from_bot]

    def as_user(self) -> Json:
        """The Bot API's User object."""
        names = ("id", "is_bot", "first_name", "last_name", "username", "language_code", "is_premium")
        return {name: self.identity[name] for name in names if self.identity.get(name) is not None}

    def write(self, text: str, chat: Chat | None = None, reply_to: Message | None = None) -> Message:
        """Sends a text; returns the message. A phone refuses blank and too long texts, so ValueError here."""
        try:
            text, _ = cleaned(text, [])
        except Refusal:
            raise ValueError("a phone cannot send a blank text; use world.update() for it") from None
        if len(text) > TEXT_LIMIT:
            raise ValueError(f"a phone cannot send more than {TEXT_LIMIT} characters; use world.update() for it")
        content: Json = {"text": text}
        if entities := with_found_entities(text, []):
            content["entities"] = entities
        return self._say(content, chat, reply_to)

    def send(self, kind: str, chat: Chat | None = None, reply_to: Message | None = None, **fields: object) -> Message:
        """Sends a photo, sticker, voice, location, contact, document, poll …; fields replace the sample's own."""
        return self._say(attachment(kind, self.as_user(), **fields), chat, reply_to)

    def edit(self, message: Message, text: str) -> None:
        """Changes an own text."""
        if message.from_bot or message.raw["from"]["id"] != self.id:
            raise ValueError("nobody edits what somebody else wrote")
        message.chat.change(message, {"text": text, "entities": with_found_entities(text, []) or None})
        self._tell("edited_message", message.chat, dict(message.raw))

    def move(self, message: Message, latitude: float, longitude: float) -> None:
        """Goes elsewhere while sharing where they are: Telegram edits the location every few seconds."""
        message.chat.change(message, {"location": {"latitude": latitude, "longitude": longitude, "live_period": 3600}})
        self._tell("edited_message", message.chat, dict(message.raw))

    def press(self, button: str, message: Message | None = None) -> str:
        """Presses the button with this label or callback_data, under `message` or the newest that has it.

        Returns the id of the callback query. LookupError when there is no such button to press.
        """
        chat = message.chat if message is not None else self.chat
        under = [message] if message is not None else reversed(chat.messages.values())
        for shown in under:
            for row in shown.keyboard:
                for found in row:
                    if button in (found["text"], found.get("callback_data")) and "callback_data" in found:
                        return self._press(shown, found["callback_data"])
        labels = [label for shown in chat.messages.values() for label in shown.buttons]
        raise LookupError(f"no button {button!r} to press here, only {labels}")

    def block(self) -> None:
        """Blocks the bot: its messages are refused with 403 from now on."""
        self._membership("kicked")

    def unblock(self) -> None:
        """Lets the bot write again."""
        self._membership("member")

    async def hears(self, n: int = 1, timeout_s: float = _PATIENCE_S, chat: Chat | None = None) -> list[Message]:
        """The bot's next n messages since the last call, waiting for them. AssertionError when they do not come."""
        chat = chat or self.chat
        begin = self._heard.get(chat.id, 0)
        if not await chat.changed.until(lambda: len(chat.arrivals) >= begin + n, timeout_s):
            heard = chat.arrivals[begin:]
            raise AssertionError(f"{n} messages expected within {timeout_s} s, heard {len(heard)}: {heard[-5:]}")
        self._heard[chat.id] = begin + n
        return chat.arrivals[begin : begin + n]

    async def sees(self, condition: Callable[[], bool]) -> None:
        """Waits until something holds of this person's screen: an edit, a deletion, a toast. Else AssertionError."""
        if not await self.chat.changed.until(condition, _PATIENCE_S):
            raise AssertionError(f"not seen within {_PATIENCE_S:g} s; the screen shows {self.messages} {self.toasts}")

    def _say(self, content: Json, chat: Chat | None, reply_to: Message | None) -> Message:
        if self.blocking:
            raise ValueError("who blocks the bot must unblock it before writing to it")
        chat = chat or self.chat
        self.started = self.started or chat.is_private
        message = chat.add(self.as_user(), content, from_bot=False, reply_to=reply_to)
        self._tell("message", chat, dict(message.raw))
        return message

    def _tell(self, kind: str, chat: Chat, raw: Json) -> None:
        if chat.is_private or self._world.hears_in_group(raw):
            self._world.updates.add(kind, raw)

    def _press(self, message: Message, data: str) -> str:
        query_id = self._world.ask(self, message)
        query: Json = {"id": query_id, "from": self.as_user(), "message": dict(message.raw), "data": data}
        query["chat_instance"] = str(abs(message.chat.id) * 1_000_003)
        self._world.updates.add("callback_query", query)
        return query_id

    def _membership(self, status: str) -> None:
        def member(status: str) -> Json:
            kept: Json = {"user": self._world.bot_user(), "status": status}
            return {**kept, "until_date": 0} if status == "kicked" else kept

        old = "kicked" if self.blocking else "member"
        self.blocking = status == "kicked"
        change: Json = {"chat": self.chat.as_chat(), "from": self.as_user(), "date": self.chat.now()}
        change["old_chat_member"] = member(old)
        change["new_chat_member"] = member(status)
        self._world.updates.add("my_chat_member", change)

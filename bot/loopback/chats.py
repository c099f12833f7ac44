"""Chats and the messages in them, as both sides see them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bot.loopback.refusal import Json

_EPOCH: Final = 1_780_272_000  # 1 June 2026
_PER_S: Final = 10
_WRAP: Final = 2**31 - 2**24


class Ids:
    """Numbers that grow with the clock, so that a restart repeats none of them.

    Ten a second from June 2026 stay below 2^31 until 2033 (then they begin again). Bursts may run ahead of the clock.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.last = 0

    def next(self) -> int:
        """A number larger than every one before."""
        self.last = max(self.last + 1, int((self._clock() - _EPOCH) * _PER_S) % _WRAP)
        return self.last


class Signal:
    """Wakes everybody who waits for something to change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Wake all who wait now."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Waits until the condition holds (True) or the time is over (False)."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait_for(future, left)
            except TimeoutError:
                return condition()
            finally:
                self._waiting.discard(future)
        return True


class Message:
    """One message; `raw` is what the Bot API says of it now, edits included."""

    def __init__(self, chat: Chat, raw: Json, *, from_bot: bool) -> None:
        self.chat = chat
        self.raw = raw
        self.from_bot = from_bot
        self.deleted = False

    @property
    def id(self) -> int:
        """Its number within the chat."""
        number: int = self.raw["message_id"]
        return number

    @property
    def text(self) -> str:
        """Text or caption without markup; empty for a card."""
        return str(self.raw.get("text", self.raw.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        """What is bold, a link and so on, in UTF-16 offsets."""
        return list(self.raw.get("entities") or self.raw.get("caption_entities") or [])

    @property
    def keyboard(self) -> list[list[Json]]:
        """The rows of buttons under it, each button as sent."""
        return list(self.raw.get("reply_markup", {}).get("inline_keyboard", []))

    @property
    def buttons(self) -> list[str]:
        """The labels of all buttons in reading order."""
        return [button["text"] for row in self.keyboard for button in row]

    @property
    def edited(self) -> bool:
        """Whether it has changed since it was sent."""
        return "edit_date" in self.raw

    @property
    def kind(self) -> str:
        """text, venue, location, contact, document, photo, sticker, voice, poll …"""
        return next((name for name in _CONTENT if name in self.raw), "other")

    def seen(self) -> Json:
        """What a page needs to show it."""
        return {"id": self.id, "from_bot": self.from_bot, "kind": self.kind, "message": self.raw}

    def __repr__(self) -> str:
        who = "bot" if self.from_bot else "person"
        return f"<{'deleted ' * self.deleted}{self.kind} {self.id} by {who}: {self.text[:60]!r} {self.buttons}>"


_CONTENT = (
    "text", "venue", "location", "contact", "document", "photo", "sticker", "voice", "video", "audio", "animation",
    "video_note", "poll", "dice", "new_chat_members", "left_chat_member",
)  # fmt: skip


class Chat:
    """A private chat or a group: its messages in order, and what happened for those who look on."""

    def __init__(self, identity: Json, clock: Callable[[], float]) -> None:
        self.identity = identity  # shared with the person of a private chat, so a new name is seen here too
        self.messages: dict[int, Message] = {}
        self.arrivals: list[Message] = []  # the bot's messages in the order they came, deleted ones included
        self.changed = Signal()
        self.bot_may_delete = identity["type"] == "private"  # in a group only an administrator may
        self._clock = clock
        self._ids = Ids(clock)
        self._onlookers: set[asyncio.Queue[Json]] = set()

    @property
    def id(self) -> int:
        """The person's id, or a negative number for a group."""
        number: int = self.identity["id"]
        return number

    @property
    def is_private(self) -> bool:
        """Whether it is one person's chat with the bot."""
        return bool(self.identity["type"] == "private")

    def as_chat(self) -> Json:
        """The Bot API's Chat object."""
        names = ("id", "type", "title", "first_name", "last_name", "username")
        return {name: self.identity[name] for name in names if self.identity.get(name) is not None}

    def now(self) -> int:
        """The date of a message that is sent now, in seconds as the Bot API has it."""
        return int(self._clock())

    def add(self, sender: Json, content: Json, *, from_bot: bool, reply_to: Message | None = None) -> Message:
        """Puts a new message into the chat and shows it to everybody."""
        raw: Json = {
            "message_id": self._ids.next(),
            "from": sender,
            "chat": self.as_chat(),
            "date": self.now(),
        }
        if reply_to is not None:
            raw["reply_to_message"] = {name: v for name, v in reply_to.raw.items() if name != "reply_to_message"}
        raw.update(content)
        message = Message(self, raw, from_bot=from_bot)
        self.messages[message.id] = message
        if from_bot:
            self.arrivals.append(message)
        self.tell({"event": "message", **message.seen()})
        return message

    def change(self, message: Message, content: Json) -> None:
        """Replaces parts of a message; a part given as None goes away."""
        raw = {**message.raw, **content, "edit_date": self.now()}
        message.raw = {name: value for name, value in raw.items() if value is not None}
        self.tell({"event": "edit", **message.seen()})

    def delete(self, message: Message) -> None:
        """Takes a message away from everybody's screen."""
        message.deleted = True
        del self.messages[message.id]
        self.tell({"event": "delete", "id": message.id})

    def tell(self, event: Json) -> None:
        """Lets onlookers and waiting tests know."""
        for queue in self._onlookers:
            queue.put_nowait(event)
        self.changed.fire()

    @contextmanager
    def watched(self) -> Iterator[asyncio.Queue[Json]]:
        """A queue of everything that happens from now on: message, edit, delete, action, toast."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._onlookers.add(queue)
        try:
            yield queue
        finally:
            self._onlookers.discard(queue)

"""The little world around a bot: its people, its chats, what it was told and what it did."""

from __future__ import annotations

import itertools
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.loopback.chats import Chat, Message
from bot.loopback.people import Person, Toast
from bot.loopback.profile import Profile
from bot.loopback.refusal import Json, Refusal
from bot.loopback.updates import Updates


@dataclass(slots=True)
class Call:
    """One call of a Bot API method."""

    method: str
    params: Json
    at: float
    """When it came, in seconds of the world's clock."""
    took_s: float | None = None
    """How long until it was answered; None while it is not."""
    code: int | None = None
    """200, or the error code."""
    result: object = None
    """What was answered: the result, or the description of the error."""


@dataclass(slots=True)
class Failure:
    """An answer that has been arranged instead of the real one."""

    method: str
    refusal: Refusal
    performed: bool
    """The call is carried out all the same, only its answer is lost: how doubles come about."""


@dataclass(slots=True)
class StoredFile:
    """A file the bot has sent."""

    name: str
    mime_type: str
    data: bytes


@dataclass(slots=True)
class Query:
    """A button press that waits for its answer."""

    person: Person
    chat: Chat
    at: float


@dataclass
class World:
    """Everything behind the Bot API and the browser phone, in memory. One bot, one token."""

    token: str = "110201543:loopback"  # noqa: S105 - opens nothing
    name: str = "Opas"
    username: str = "opas_bot"
    latency_s: float = 0.0
    """How long each call takes, half of it before it acts and half of it after."""
    query_lifetime_s: float = 60.0
    """A button press older than this cannot be answered any more."""
    limit_set_webhook: bool = False
    """setWebhook twice within a second is answered 429, as on Telegram."""
    privacy_mode: bool = True
    """In groups the bot hears commands, mentions and replies to it only."""
    clock: Callable[[], float] = time.time
    people: dict[int, Person] = field(default_factory=dict)
    groups: dict[int, Chat] = field(default_factory=dict)
    calls_kept: int | None = None
    """How many calls are remembered; None: all."""
    files: dict[str, StoredFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=self.calls_kept)
        """Oldest first."""
        self.profile = Profile(self.name)
        self.updates = Updates(lambda: self.clock())
        self.queries: dict[str, Query] = {}
        self._failures: list[Failure] = []
        self._query_ids = itertools.count(int(self.clock() * 1000))
        self._file_ids = itertools.count(1)
        self._servers = 0

    # -- people and chats

    def person(
        self,
        user_id: int | None = None,
        first_name: str = "Aino",
        language_code: str | None = "fi",
        *,
        started: bool = True,
        **identity: object,
    ) -> Person:
        """The person with this id, new or known; a known one takes on the name and language given.

        `started=False`: the person has never written, so the bot cannot write first.
        """
        if user_id is None:
            user_id = max(self.people, default=1000) + 1
        about: Json = {"first_name": first_name, "language_code": language_code, **identity}
        if user_id in self.people:
            self.people[user_id].identity.update(about)
        else:
            known: Json = {"id": user_id, "is_bot": False, "type": "private", **about}
            self.people[user_id] = Person(self, known, started=started)
        return self.people[user_id]

    def group(self, title: str = "A group", chat_id: int | None = None) -> Chat:
        """A new group in which the bot is; people write to it by `person.write(text, chat=group)`."""
        if chat_id is None:
            chat_id = min(self.groups, default=-1000) - 1
        self.groups[chat_id] = Chat({"id": chat_id, "type": "group", "title": title}, self.clock)
        return self.groups[chat_id]

    def chat(self, chat_id: int) -> Chat | None:
        """The chat with this id, if the bot can know it."""
        if chat_id in self.groups:
            return self.groups[chat_id]
        person = self.people.get(chat_id)
        return person.chat if person is not None else None

    def bot_user(self) -> Json:
        """The bot as a User object."""
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": self.profile.name(),
            "username": self.username,
        }

    @property
    def bot_id(self) -> int:
        """The number before the colon of the token."""
        return int(self.token.partition(":")[0])

    def hears_in_group(self, raw: Json) -> bool:
        """Whether privacy mode lets this group message through to the bot."""
        text = raw.get("text", "")
        answered = raw.get("reply_to_message", {}).get("from", {}).get("id") == self.bot_id
        return not self.privacy_mode or text.startswith("/") or answered or f"@{self.username}" in text

    # -- what tests arrange

    def update(self, raw: object) -> int:
        """Gives the bot any update, also a malformed one; returns the id under which it waits."""
        return self.updates.add_raw(raw)

    def fail_next(
        self,
        method: str,
        code: int,
        description: str,
        retry_after: float | None = None,
        *,
        times: int = 1,
        performed: bool = False,
    ) -> None:
        """The next `times` calls of a method ("*": of any) fail this way; with `performed` they act all the same."""
        refusal = Refusal(code, description, retry_after)
        self._failures += [Failure(method.lower(), refusal, performed)] * times

    def failure_for(self, method: str) -> Failure | None:
        """The failure arranged for this call, used up by asking."""
        for failure in self._failures:
            if failure.method in ("*", method.lower()):
                self._failures.remove(failure)
                return failure
        return None

    # -- what tests ask

    def calls_of(self, *methods: str) -> list[Call]:
        """The calls of these methods that are remembered, oldest first."""
        names = {method.lower() for method in methods}
        return [call for call in self.calls if call.method.lower() in names]

    def doubles(self) -> Counter[tuple[int, str]]:
        """Texts that arrived more than once in a chat: (chat id, text) → how many too many."""
        counted = Counter(
            (chat.id, message.text)
            for chat in [*(person.chat for person in self.people.values()), *self.groups.values()]
            for message in chat.arrivals
        )
        return Counter({key: n - 1 for key, n in counted.items() if n > 1})

    # -- button presses and files

    def ask(self, person: Person, message: Message) -> str:
        """Notes that a button was pressed; returns the id under which the bot may answer."""
        query_id = str(next(self._query_ids))
        self.queries[query_id] = Query(person, message.chat, self.clock())
        return query_id

    def answer_query(self, query_id: str, text: str, *, alert: bool, url: str) -> None:
        """Shows the bot's answer on the phone of whoever pressed. Refused when unknown or too old."""
        query = self.queries.get(query_id)
        if query is None or self.clock() - query.at > self.query_lifetime_s:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        toast = Toast(query_id, text, alert, url)
        query.person.toasts.append(toast)
        query.chat.tell({"event": "toast", "for": query.person.id, **toast._asdict()})
        if query.chat is not query.person.chat:
            query.person.chat.changed.fire()

    def keep_file(self, name: str, mime_type: str, data: bytes) -> str:
        """Stores a file; returns its file_id."""
        file_id = f"file-{int(self.clock())}-{next(self._file_ids)}"
        self.files[file_id] = StoredFile(name, mime_type, data)
        return file_id

    def open(self) -> None:
        """A server has started; a webhook that was set before is pushed to again."""
        self._servers += 1
        self.updates.webhook.resume()

    async def close(self) -> None:
        """A server stops: ends waiting polls and streams, and with the last server all pushing."""
        self._servers -= 1
        for chat in [*(person.chat for person in self.people.values()), *self.groups.values()]:
            chat.tell({"event": "closing"})
        await self.updates.interrupt(stop_pushing=self._servers <= 0)

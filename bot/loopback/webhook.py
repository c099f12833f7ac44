"""Updates pushed to the bot by POST, with Telegram's order and Telegram's patience."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Hashable

import httpx

from bot.loopback.refusal import Json

_LONGEST_PAUSE_S = 60.0
_LONGEST_RETRY_AFTER_S = 3600.0
_TIMEOUT_S = 60.0


class Webhook:
    """One chat's messages go one after another, button presses in a lane of their own per person.

    Only 2xx counts. A refused update is tried again at once, then after 2, 4, 8 … seconds, or after Retry-After;
    all pauses are multiplied by `retry_scale`.
    """

    def __init__(self, pending: dict[int, object], handed_out: Counter[int]) -> None:
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.retry_scale = 1.0
        self.last_error: tuple[int, str] | None = None
        self.on_answer: Callable[[Json], Awaitable[object]] | None = None
        """Carries out the one method call that a 2xx answer may hold."""
        self._pending = pending
        self._handed_out = handed_out
        self._lanes: dict[Hashable, deque[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(self.max_connections)
        self._client: httpx.AsyncClient | None = None

    def set(self, url: str, secret: str, max_connections: int) -> None:
        """Pushes to this address from now on, beginning with what waits."""
        self._stop()
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self._places = asyncio.Semaphore(max_connections)
        for number in list(self._pending):
            self.push(number)

    def resume(self) -> None:
        """Goes on after `close`, if a webhook is set."""
        if self.url and not self._lanes:
            self.set(self.url, self.secret, self.max_connections)

    def clear(self) -> None:
        """Pushes no more; what is not confirmed waits for getUpdates."""
        self._stop()
        self.url = self.secret = ""

    def push(self, number: int) -> None:
        """Puts a waiting update into its lane; does nothing while no webhook is set."""
        if not self.url:
            return
        lane = _lane(self._pending[number])
        if lane in self._lanes:
            self._lanes[lane].append(number)
            return
        self._lanes[lane] = deque([number])
        task = asyncio.get_running_loop().create_task(self._drain(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stops all pushing and waits until it has stopped."""
        tasks = list(self._tasks)
        self._stop()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()

    async def _drain(self, lane: Hashable) -> None:
        queue = self._lanes[lane]
        try:
            while queue:
                await self._deliver(queue[0])
                queue.popleft()
        finally:
            if self._lanes.get(lane) is queue:
                del self._lanes[lane]

    async def _deliver(self, number: int) -> None:
        tries = 0
        while number in self._pending:
            async with self._places:
                retry_after = await self._post(number)
            if retry_after is None:
                self._pending.pop(number, None)
                return
            tries += 1
            pause_s = retry_after or (min(2.0 ** (tries - 1), _LONGEST_PAUSE_S) if tries > 1 else 0.0)
            await asyncio.sleep(pause_s * self.retry_scale)

    async def _post(self, number: int) -> float | None:
        """One attempt: None when the bot took the update, else the seconds it asked to wait (0: it did not ask)."""
        if self._client is None:
            # No proxy from the environment: the bot is next door. A self-signed certificate is as good as any here.
            self._client = httpx.AsyncClient(
                timeout=_TIMEOUT_S,
                trust_env=False,
                verify=False,  # noqa: S501
                limits=httpx.Limits(max_connections=None),
            )
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        self._handed_out[number] += 1
        try:
            answer = await self._client.post(
                self.url, content=json.dumps(self._pending[number]).encode(), headers=headers
            )
        except httpx.HTTPError as error:
            refused = isinstance(error, httpx.ConnectError)
            self.last_error = int(time.time()), "Connection refused" if refused else "Read timeout expired"
            return 0.0
        if answer.is_success:
            await self._carry_out(answer)
            return None
        phrase = f"{answer.status_code} {answer.reason_phrase}"
        self.last_error = int(time.time()), f"Wrong response from the webhook: {phrase}"
        try:
            return min(float(answer.headers.get("Retry-After", 0)), _LONGEST_RETRY_AFTER_S)
        except ValueError:
            return 0.0

    async def _carry_out(self, answer: httpx.Response) -> None:
        if self.on_answer is None or not answer.content.startswith(b"{"):
            return
        try:
            call = json.loads(answer.content)
        except ValueError:
            return
        if isinstance(call.get("method"), str):
            await self.on_answer(call)


def _lane(update: object) -> Hashable:
    """Which queue an update belongs to: its chat, or its person for button presses."""
    if not isinstance(update, dict):
        return "malformed"
    for kind, content in ((str(name), value) for name, value in update.items()):
        if kind == "update_id" or not isinstance(content, dict):
            continue
        sender, chat = content.get("from"), content.get("chat")
        if isinstance(chat, dict):  # a button press has its chat deeper down
            return "chat", str(chat.get("id"))
        if isinstance(sender, dict):
            return kind, str(sender.get("id"))
        return kind
    return "malformed"

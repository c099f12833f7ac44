"""A start at which the database cannot be used: it is tried again until it can; who writes meanwhile hears a word.

The process does not end: ended, it could tell nobody the number to call, and a supervisor that starts it again would
only repeat the same start every few seconds. The operator reads on the terminal, in the log and on ``/readyz`` what to
mend; nothing has to be restarted afterwards. Stopped before the database could be used, the program ends with exit
code 1: it did not do what it was started for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Final

from starlette.applications import Starlette

from bot.app import Bot, application_of, bot_at, initialised, way_of
from bot.guides import Guides
from bot.handlers.intake import Intake, Polling, set_webhook
from bot.handlers.sending import Sender
from bot.handlers.unstored import Unstored
from bot.redaction import redact
from bot.settings import Settings
from bot.store import StoreUnavailable
from bot.web.routes import WEBHOOK_PATH, webhook_route
from bot.web.server import WebServer

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0
"""Between two tries: to read through a large file takes the disk seconds."""

_log = logging.getLogger(__name__)


class Unopened:
    """Opens the bot, however long that takes; says meanwhile why it is not open."""

    def __init__(
        self, settings: Settings, guides: Guides, now: Callable[[], datetime], say: Callable[[str], None]
    ) -> None:
        """``say``: tells the operator."""
        self._settings, self._guides, self._now, self._say = settings, guides, now, say
        self.reason = ""
        """What has to be mended; "" as long as nothing was found, and once the bot is open."""
        self._reached = False

    def complaints(self) -> Mapping[str, str]:
        """Part → why it is not ready; "" when it is."""
        telegram = "" if self._reached else "out of reach since the start"
        return {"database": self.reason, "telegram": telegram} if self.reason else {"telegram": telegram}

    async def opened(self, stack: AsyncExitStack) -> Bot:
        """The bot, which ends with ``stack``. Raises OpasError when waiting would not help: another Opas works with the
        database, or Telegram does not know the token."""
        telling: asyncio.Task[None] | None = None
        wait_s = FIRST_WAIT_S
        try:
            while True:
                try:
                    bot = await stack.enter_async_context(bot_at(self._settings, self._guides, self._now))
                except StoreUnavailable as error:
                    self._complain(str(error), wait_s)
                else:
                    self.reason = ""
                    return bot
                telling = telling or asyncio.create_task(self._tell())
                done, _ = await asyncio.wait({telling}, timeout=wait_s)
                for task in done:
                    task.result()  # it ends only by an error
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)
        finally:
            if telling is not None:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)

    def _complain(self, reason: str, wait_s: float) -> None:
        _log.error("the database cannot be used", extra={"reason": reason, "again_in_s": wait_s})
        if reason != self.reason:
            self._say(
                f"{reason}\nUntil then nothing is stored. Who writes hears so, in danger with the number to call, and "
                "is answered afterwards: Telegram keeps messages for 24 hours. It is tried again by itself."
            )
        self.reason = reason

    async def _tell(self) -> None:
        """Until cancelled: a word to whoever writes; nothing is acknowledged. Raises OpasError: a wrong token."""
        settings = self._settings
        application = application_of(settings)
        await initialised(application)
        self._reached = True
        bot = application.bot
        unstored = Unstored(bot, self._guides, Sender(bot).send, self._now)
        intake = Intake(self._refuse, bot, lambda text: redact(text, self._guides().own_numbers), unstored)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(application.shutdown)
            if not settings.webhook_url:
                await Polling(bot, intake, way_of(settings)).run()
            hook = Starlette(routes=[webhook_route(settings.secret(), intake.take)])
            await stack.enter_async_context(WebServer(hook, settings.bind, settings.webhook_port, "WEBHOOK_PORT"))
            await set_webhook(bot, f"{settings.webhook_url}{WEBHOOK_PATH}", settings.secret())
            await asyncio.Event().wait()

    async def _refuse(self, _: Sequence[object]) -> None:
        raise StoreUnavailable(self.reason)

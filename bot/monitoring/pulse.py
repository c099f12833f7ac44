"""The pulse of the event loop: how late it is, for the figures, and a sign of life for systemd."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Final

BEAT_S: Final = 1.0
STOPPED_S: Final = 15.0
"""After this long without a beat the pulse counts as dead, although the loop goes on: that should never happen."""

_log = logging.getLogger(__name__)


class Pulse:
    """Beats once a second as long as the loop turns."""

    def __init__(self, systemd: Systemd | None = None) -> None:
        self._systemd = systemd
        self._beaten_s: float | None = None
        self._worst_s = 0.0

    async def beat(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            self._beaten_s = began
            if self._systemd is not None:
                self._systemd.say("WATCHDOG=1")
            await asyncio.sleep(BEAT_S)
            self._worst_s = max(self._worst_s, loop.time() - began - BEAT_S)

    def is_alive(self) -> bool:
        """Whether it beats; true before the first beat."""
        return self._beaten_s is None or asyncio.get_running_loop().time() - self._beaten_s < STOPPED_S

    def lag_s(self) -> float:
        """The longest that the loop was late since this was last asked, in seconds."""
        worst, self._worst_s = self._worst_s, 0.0
        return worst


class Systemd:
    """systemd's notification socket (sd_notify)."""

    def __init__(self, address: str) -> None:
        """``address``: NOTIFY_SOCKET; empty outside of a unit with ``Type=notify``: then nothing is said."""
        # An address that begins with @ is abstract: it stands in no folder.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def say(self, state: str) -> None:
        """Tell systemd, for example ``READY=1``. A failure is noted, and never stops the bot."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.connect(self._address)
                line.send(state.encode())
        except OSError as error:
            _log.warning("systemd not told", extra={"state": state, "reason": error.strerror})

"""The web server of the bot: one that says which setting chooses its port."""

from __future__ import annotations

from typing import Self

from starlette.types import ASGIApp

from bot.errors import OpasError
from bot.serving import AppServer


class WebServer(AppServer):
    """Raises OpasError when the port cannot be used."""

    def __init__(self, app: ASGIApp, host: str, port: int, setting: str) -> None:
        """``setting``: the name of the setting that chooses the port, for the message when it is taken."""
        super().__init__(app, host, port)
        self._setting = setting

    async def __aenter__(self) -> Self:
        try:
            return await super().__aenter__()
        except OSError as error:
            other = f"{self._setting}=8090"
            raise OpasError(
                f"{self._host}:{self._port} cannot be used ({error.strerror}). Choose another with {other}."
            ) from error

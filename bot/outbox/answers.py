"""What a try to send can come to, if not to a sent message; raised by the edge, and nothing else is."""

from __future__ import annotations


class TryLater(Exception):  # noqa: N818 these are answers of the edge, named as such
    """Telegram asks for a pause (429); the message was not sent."""

    def __init__(self, retry_after_s: float, *, everyone: bool) -> None:
        """``everyone``: all chats have to wait, not only this one."""
        super().__init__(retry_after_s)
        self.retry_after_s = retry_after_s
        self.everyone = everyone


class ChatClosed(Exception):  # noqa: N818
    """The chat is closed to us (403): blocked, deleted. Final."""


class NotTaken(Exception):  # noqa: N818
    """Telegram does not take this message (400). Final; the text is Telegram's reason."""


class NotSent(Exception):  # noqa: N818
    """The message certainly did not arrive: there was no connection."""


class InDoubt(Exception):  # noqa: N818
    """The message may have arrived or not: the answer was lost."""

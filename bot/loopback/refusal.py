"""What the Bot API says when it refuses a call."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
"""A JSON object as it travels over the wire; this package is the wire."""


class Refusal(Exception):  # noqa: N818 - an answer, not a mishap
    """A call is answered with `{"ok": false}`; code and description are Telegram's own."""

    def __init__(self, code: int, description: str, retry_after: float | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def body(self) -> Json:
        """The answer as Telegram sends it."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(text: str) -> Refusal:
    """A 400 with Telegram's prefix; Telegram's server lower-cases the first letter of ordinary sentences."""
    if text[:1].isupper() and not text[:2].isupper():
        text = text[0].lower() + text[1:]
    return Refusal(400, f"Bad Request: {text}")

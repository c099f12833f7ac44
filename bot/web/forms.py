"""What a form brings: read within bounds, before anything else looks at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.errors import OpasError
from bot.store.records import as_number

LARGEST_FORM: Final = 200_000
"""Bytes; an answer in thirteen languages is far smaller."""
MOST_FIELDS: Final = 2_000


class FormError(OpasError):
    """Not a form of ours: too large, or not what a browser sends."""


class Form:
    """The fields of a form, each with the values that were sent, surrounding white space left out."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        found: dict[str, list[str]] = {}
        for name, value in fields:
            found.setdefault(name, []).append(value.replace("\r\n", "\n").strip())
        self._fields = found

    def one(self, name: str) -> str:
        """The first value; "" when there is none."""
        return self._fields.get(name, [""])[0]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value that is not empty."""
        return tuple(filter(None, self._fields.get(name, [])))

    def own_words(self) -> tuple[str, ...]:
        """What somebody thought up and typed in: letters, answers, proposals. Ways of asking begin as what a person
        wrote, so they are none."""
        return (*self.all("title"), *self.all("note"), *self.all("text"), *self.starting("text-").values())

    def number(self, name: str) -> int | None:
        return as_number(self.one(name))

    def numbers(self, name: str) -> tuple[int, ...]:
        return tuple(number for number in map(as_number, self.all(name)) if number is not None)

    def starting(self, prefix: str) -> Mapping[str, str]:
        """What follows ``prefix`` in the names of fields → the value, where it is not empty."""
        return {
            name.removeprefix(prefix): values[0]
            for name, values in self._fields.items()
            if name.startswith(prefix) and values[0]
        }


async def read_form(request: Request) -> Form:
    """The form that was sent. Raises FormError."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FormError
    body = await read_body(request, LARGEST_FORM)
    if body is None:
        raise FormError
    try:
        return Form(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError as error:
        raise FormError from error


async def read_body(request: Request, most: int) -> bytes | None:
    """What was sent; None as soon as it is longer than ``most`` bytes, and the rest is not read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return bytes(body)

"""The log: one event a line, with its fields; never what a person wrote, never the token.

A line says when, how grave, in which room, what happened (always the same words, so that they can be counted and
searched), and the fields that were given with ``extra``.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TextIO

from bot.redaction import trace_of
from bot.settings import LogStyle

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
"""What every record has; all else are fields."""
_BARE: Final = re.compile(r"[^\s\"=\x00-\x1f\x7f]+")
_TALKATIVE: Final = ("httpx", "httpcore", "telegram", "asyncio", "uvicorn")
"""httpx writes every address at INFO, and those of the Bot API hold the token."""


class EventFormatter(logging.Formatter):
    """A record as one line: ``key=value …`` or a JSON object."""

    def __init__(self, style: LogStyle = "text") -> None:
        super().__init__()
        self._as_json = style == "json"

    def format(self, record: logging.LogRecord) -> str:
        event = event_of(record)
        if self._as_json:
            return json.dumps(event, ensure_ascii=False, default=str)
        return " ".join(f"{key}={_value(value)}" for key, value in event.items())


def event_of(record: logging.LogRecord) -> Mapping[str, object]:
    """The fields of a record in the order in which they are read."""
    ours = record.name.split(".")[0] == "bot"
    said = record.getMessage()
    moment = datetime.fromtimestamp(record.created, UTC)
    event: dict[str, object] = {
        "at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "room": record.name.removeprefix("bot."),
        # Libraries append the text of an exception, which may repeat what a person wrote.
        "event": said if ours else said.partition("\n")[0],
    }
    event.update((name, value) for name, value in vars(record).items() if name not in _OWN)
    if record.exc_info and record.exc_info[1] is not None:
        event["trace"] = trace_of(record.exc_info[1])
    return event


def _value(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def set_up_log(style: LogStyle, stream: TextIO | None = None) -> None:
    """Write all events from now on to ``stream`` (default: the standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(EventFormatter(style))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)

"""The log as an operator and a log collector read it."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.monitoring.logs import set_up_log
from bot.settings import LogStyle


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("style", "line"),
    [
        ("text", ' level=warning room=outbox event="message not sent" outbox_id=7 reason="Bad Request: \\"<\\"\\nx"'),
        ("json", '"outbox_id": 7, "reason": "Bad Request: \\"<\\"\\nx"}'),
    ],
)
def test_an_event_is_one_line_with_its_fields(written: io.StringIO, style: LogStyle, line: str):
    set_up_log(style, written)
    fields = {"outbox_id": 7, "reason": 'Bad Request: "<"\nx'}
    logging.getLogger("bot.outbox").warning("message not sent", extra=fields)
    [shown] = written.getvalue().splitlines()
    assert shown.endswith(line)
    if style == "json":
        event = json.loads(shown)
        assert list(event) == ["at", "level", "room", "event", "outbox_id", "reason"]
        assert event["event"] == "message not sent"


async def test_the_text_of_a_lost_exception_is_not_written(written: io.StringIO):
    set_up_log("text", written)
    words = "my husband beats me"

    async def fails() -> None:
        raise ValueError(words)

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    del task
    gc.collect()  # asyncio tells of an exception that nobody fetched when its task goes away
    [shown] = written.getvalue().splitlines()
    assert 'event="Task exception was never retrieved"' in shown
    assert "ValueError" in shown
    assert "husband" not in shown

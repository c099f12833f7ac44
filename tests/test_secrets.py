"""The token is never in the log, whatever a library says."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from dataclasses import replace
from io import StringIO

import httpx
import pytest

from bot.matching.cache import HeadCache
from bot.monitoring.logs import set_up_log
from bot.monitoring.secrets import HIDDEN, keep_secret, secrets_of
from bot.settings import Settings
from tests.conftest import MARIBOR, SHIPPED

SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
TOKEN = f"110201543:{SECRET}"
URL = f"https://api.telegram.org/bot{TOKEN}/getMe"
SETTINGS = replace(
    Settings(), token=TOKEN, webhook_secret="a-secret-of-the-webhook", proxy="http://me:proxy-word@host:1"
)


@pytest.fixture
def log(request: pytest.FixtureRequest):
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    stream = StringIO()
    set_up_log(getattr(request, "param", "text"), stream)
    keep_secret(secrets_of(SETTINGS))
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook


@pytest.mark.parametrize("log", ["text", "json"], indirect=True)
def test_the_token_is_in_no_message_no_field_and_no_trace(log: StringIO):
    library = logging.getLogger("some.library")
    try:
        raise httpx.ConnectError(f"cannot reach {URL}")
    except httpx.ConnectError as error:
        library.exception("request to %s failed: %s", URL, error)
        logging.getLogger("bot.x").error("failed", exc_info=error, extra={"url": URL, "error": str(error)})
    library.error("half of it %s, quoted 110201543%%3A%s", SECRET, SECRET)
    library.error("another bot's 987654321:%s", SECRET[::-1])
    library.error("hook a-secret-of-the-webhook, proxy proxy-word")
    said = log.getvalue()
    assert HIDDEN in said
    for secret in (TOKEN, SECRET, SECRET[::-1], "a-secret-of-the-webhook", "proxy-word"):
        assert secret not in said
    assert len(said.splitlines()) == 5


def test_a_program_that_ends_with_a_fault_does_not_say_the_token(log: StringIO, capsys: pytest.CaptureFixture[str]):
    try:
        raise RuntimeError(URL)
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert HIDDEN in said
    assert SECRET not in said


async def test_a_bot_that_does_not_reach_telegram_says_so_without_the_token(head_cache: HeadCache, tmp_path):
    environment = {
        **os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": "http://127.0.0.1:9", "OPAS_WEB_PORT": "0",
        "OPAS_DATABASE": f"sqlite:///{tmp_path}/x.db", "OPAS_CACHE": str(head_cache.folder), "OPAS_LOG": "json",
        "OPAS_CONTENT": str(MARIBOR), "PYTHONPATH": str(SHIPPED),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--telegram",
        env=environment, stderr=asyncio.subprocess.STDOUT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    said = b""
    async with asyncio.timeout(30):
        while b"out of reach" not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(15):
            said += await process.stdout.read()
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert SECRET.encode() not in said

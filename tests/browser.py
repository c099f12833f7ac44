"""Headless Chromium for the tests of the pages: started once in a worker, a clean context for each test.

A test asks for the fixture ``browser`` (tests/conftest.py) and is marked ``@IN_THE_BROWSER``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0",
]  # fmt: skip
BROWSER_MARKS = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium found (Debian: apt install chromium): browser tests are skipped"
    ),
]
"""For ``pytestmark`` of a file in which everything needs Chromium."""


def IN_THE_BROWSER(test: Any) -> Any:
    """Marks a test that needs Chromium."""
    for mark in BROWSER_MARKS:
        test = mark(test)
    return test


@contextmanager
def chromium(profile: Path) -> Iterator[str]:
    """A running Chromium; the address that Playwright connects to."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"DevTools listening on (ws://\S+)", line):
                break
        else:
            raise AssertionError(f"Chromium did not start: {''.join(said)}")
        try:
            yield found[1]
        finally:
            process.terminate()
            process.communicate(timeout=20)

"""What the benchmarks of the running bot share: the bot as a process of its own, in front of a Bot API on loopback."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.catalogue.phrases import read_intents
from bot.guide import Guide, load_guide
from bot.loopback import World
from bot.matching.cache import HeadCache

ROOT = Path(__file__).parents[2]
logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # the server of the world, when a client is killed
CACHE = Path(os.environ.get("OPAS_CACHE") or ROOT / ".cache" / "opas")


def learnt_guide() -> Guide:
    """The shipped guide with everything learnt: without a head the figures would be others, and nobody would see why."""
    cache = HeadCache(CACHE)
    cache.fit_missing(load_guide(ROOT, cache).missing)
    return load_guide(ROOT, cache)


class Process:
    """``opas run`` on a world; started, killed, stopped and started again."""

    def __init__(self, world: World, api_url: str, folder: Path, content: Path = ROOT, **settings: str) -> None:
        self.world = world
        self.database = folder / "bench.db"
        self.log = folder / "bench.log"
        self._environment = {
            **os.environ, "TELEGRAM_BOT_TOKEN": world.token, "TELEGRAM_API_URL": api_url, "OPAS_WEB_PORT": "0",
            "OPAS_DATABASE": f"sqlite:///{self.database}", "OPAS_CACHE": str(CACHE), "OPAS_CONTENT": str(content),
            "PYTHONPATH": str(ROOT), **settings,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *command: str) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*(command or (sys.executable, "-m", "bot")), "run", "--telegram"],
                env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        """As a power cut would: no handler runs."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    async def stop(self) -> int:
        """In good order; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self._process.wait, 60)

    async def is_listening(self) -> None:
        """Return when it asks for updates, by whatever way."""
        await until(lambda: bool(self.world.calls_of("getUpdates", "setWebhook")), 300, self.log)

    def memory_mb(self) -> tuple[float, float]:
        """Resident memory of the process itself, mapped files among it: now, and the most there ever was."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = dict(line.split(":", 1) for line in status.splitlines())
        now, most = (int(found[field].split()[0]) / 1024 for field in ("VmRSS", "VmHWM"))
        return now, most

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What stands in the database, whoever works with it."""
        with closing(sqlite3.connect(self.database)) as db:
            return list(db.execute(sql))

    def left_to_do(self) -> tuple[int, int]:
        """Updates that are not dealt with, messages that are not sent."""
        (counts,) = self.rows(
            "SELECT (SELECT COUNT(*) FROM update_inbox WHERE state IN ('new', 'working')), "
            "(SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
        )
        return int(str(counts[0])), int(str(counts[1]))

    def left_over(self) -> dict[str, int]:
        """Rows that a bot at rest must not have, and how damaged the file is."""
        (check,) = self.rows("PRAGMA integrity_check")[0]
        return {
            "unfinished updates": len(self.rows("SELECT 1 FROM update_inbox WHERE state IN ('new', 'working')")),
            "set aside": len(self.rows("SELECT 1 FROM update_inbox WHERE state = 'set-aside'")),
            "unsent messages": len(self.rows("SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending')")),
            "failed messages": len(self.rows("SELECT 1 FROM outbox WHERE state = 'failed'")),
            "damaged pages": 0 if check == "ok" else 1,
        }


async def until(condition: Callable[[], bool], timeout_s: float, log: Path | None = None) -> None:
    """Wait for what another process does; TimeoutError with the end of its log."""
    try:
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    except TimeoutError:
        if log is not None:
            sys.stderr.write(log.read_text(encoding="utf-8", errors="replace")[-3000:])
        raise


def questions(seed: int, content: Path = ROOT) -> Iterator[str]:
    """How people ask, in every language of the content, without end; most are no phrase word for word."""
    intents = read_intents(content / "intents", [])
    phrases = [p.text for found in intents.phrases.values() for p in found if len(p.text.split()) > 2]
    rng = random.Random(seed)

    def asked() -> Iterator[str]:
        while True:
            words = rng.choice(phrases).split()
            if len(words) > 4:
                del words[rng.randrange(len(words))]
            yield " ".join(words)

    # Read before anybody measures: the Bot API answers from this very process.
    return asked()


@contextmanager
def judged(failures: list[str]) -> Iterator[Callable[[str, bool], None]]:
    """Hands out a function that says whether a figure is as promised; what is not ends up in ``failures``.

    Beside it stands how much processor time the host of a virtual machine gave to others since the verdict before: what
    is promised is promised on cores of one's own. With 1 % stolen 95 of 100 replies took 20 ms, with 16 % 110 to 160
    (22 Nov 2026, ten rounds in turn).
    """
    before = _ticks()

    def judge(what: str, good: bool) -> None:
        nonlocal before
        now = _ticks()
        stolen = (now[0] - before[0]) / max(1, now[1] - before[1])
        before = now
        print(f"  {'ok  ' if good else 'FAIL'} {what} (the host took {stolen:.0%} of the processors)", flush=True)
        if not good:
            failures.append(what)

    yield judge


def _ticks() -> tuple[int, int]:
    """Of all processors since the machine started: ticks stolen by the host, and all ticks (proc(5), /proc/stat)."""
    fields = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    return fields[7], sum(fields)

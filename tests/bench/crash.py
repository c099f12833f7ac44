"""``make bench-crash``: 200 people ask at 10 a second while the bot is killed (kill -9) ten times at random moments and
started again, by polling and by webhook, 40 ms latency, five seeds.

Promised: nothing lost; doubles only of what was on its way at a kill, at most 20 in any run and 10 in the mean.
``make bench-crash ARGS="--seeds 1 --by polling"`` is one run of about a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bot.loopback import LoopbackServer, World
from tests.bench.rig import CACHE, ROOT, Process, judged, questions, until

SMALL_CITY = ROOT / "tests" / "content"


@dataclass(frozen=True, slots=True)
class Run:
    """What became of the messages."""

    lost: int
    """People who were never answered."""
    doubles: int
    set_aside: int
    """Whoever is told that something went wrong has not been answered either."""
    left: int
    """Rows that a bot at rest must not have, and damaged pages."""


async def run(seed: int, by: str, given: argparse.Namespace) -> Run:
    """Ten kills, polling or webhook."""
    rng = random.Random(seed)
    world = World(latency_s=given.latency)
    world.updates.webhook.retry_scale = 0.05  # Telegram waits up to a minute between two tries
    people = [world.person(language_code="en") for _ in range(given.people)]
    asked = questions(seed, given.content)
    began = time.perf_counter()
    async with LoopbackServer(world) as api:
        with tempfile.TemporaryDirectory() as folder:
            settings = {}
            if by == "webhook":
                port = _free_port()
                settings = {"WEBHOOK_URL": f"http://127.0.0.1:{port}", "WEBHOOK_PORT": str(port)}
            process = Process(world, api.url, Path(folder), given.content, **settings)
            process.start()
            await process.is_listening()
            asking = asyncio.create_task(_ask(world, people, asked, given.a_second))
            for _ in range(given.kills):
                await asyncio.sleep(rng.uniform(0.1, 2.0))
                process.kill()
                world.calls.clear()
                await asyncio.sleep(rng.uniform(0.05, 0.5))
                process.start()
                # Two of ten die again before they have done anything.
                if rng.random() < 0.8:
                    await process.is_listening()
            await asking
            await until(lambda: all(person.replies for person in people), 120, process.log)
            while any(process.left_to_do()):  # noqa: ASYNC110  # another process tells us nothing
                await asyncio.sleep(0.1)
            left = process.left_over()
            await process.stop()
    set_aside = left.pop("set aside")
    lost = sum(not person.replies for person in people)
    found = Run(lost, sum(world.doubles().values()), set_aside, sum(left.values()))
    print(
        f"  seed {seed}, {by}: {found.lost} lost, {found.doubles} doubles, {found.set_aside} set aside, "
        f"{found.left} left over, {time.perf_counter() - began:.0f} s",
        flush=True,
    )
    return found


async def _ask(world: World, people: list, asked, a_second: float) -> None:
    began = time.perf_counter()
    for number, person in enumerate(people):
        await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
        person.write(f"{next(asked)} ({number + 1})")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--by", nargs="*", default=["polling", "webhook"])
    parser.add_argument("--seeds", type=int, default=5, help="how many runs of each way, each with a seed of its own")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--a-second", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--latency", type=float, default=0.04)
    parser.add_argument(
        "--content", type=Path, default=SMALL_CITY, help="default: the small city, which starts soonest"
    )
    given = parser.parse_args()
    failures: list[str] = []
    print("kill -9")
    subprocess.run(
        [sys.executable, "-m", "bot", "warm", "--content", given.content],
        env={**os.environ, "OPAS_CACHE": str(CACHE), "PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    seeds = range(given.first, given.first + given.seeds)
    with judged(failures) as judge:
        found = [asyncio.run(run(seed, by, given)) for by in given.by for seed in seeds]
        doubles = [run.doubles for run in found]
        mean = sum(doubles) / len(doubles)
        print(
            f"  {len(found)} runs: {sum(run.lost for run in found)} lost, {sum(doubles)} doubles (at most "
            f"{max(doubles)} in a run, {mean:.1f} in the mean), {sum(run.set_aside for run in found)} set aside"
        )
        judge("nothing lost, nothing left over", not any(run.lost + run.set_aside + run.left for run in found))
        judge("at most 20 doubles in any run", max(doubles) <= 20)
        judge("at most 10 doubles in the mean", mean <= 10)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

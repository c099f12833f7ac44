"""``make bench-throughput``: how many messages a second, how soon, and in how much memory, over HTTP on loopback with
everything on (match, inbox, outbox, redaction, fsync).

Promised on two cores of their own: 120 answered messages a second without latency of the Bot API, 60 with 40 ms; at 20
a second 95 of 100 replies within 60 ms above the latency, right after a start too; memory flat over 20,000 messages, and
never above 300 MB.

The latency belongs to every call, half of it on the way there and half on the way back, also to getUpdates. A reply is
timed from the moment when the message is with the Bot API to the moment when the answer is; on that way lie half of a
getUpdates and half of a sendMessage, so one latency is taken off. That a message waits until the bot asks again is not.

``make bench-throughput ARGS="replies"`` measures one of the three; memory takes the longest, ten minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from pathlib import Path

from bot.loopback import LoopbackServer, World
from tests.bench.rig import ROOT, Process, judged, questions, until

ANSWERS = ("sendMessage", "editMessageText", "sendContact", "sendVenue")
MOST_MB = 300
A_PERSON = 5
"""Messages of one person, far below what is answered within a minute."""


async def backlog(latency_s: float, number: int, command: list[str], content: Path = ROOT) -> float:
    """Messages that wait when the bot starts; how many of them a second were answered."""
    world = World(latency_s=latency_s)
    people = [world.person(language_code="en") for _ in range(number // A_PERSON)]
    async with LoopbackServer(world) as api:
        with tempfile.TemporaryDirectory() as folder:
            process = Process(world, api.url, Path(folder), content, OPAS_MESSAGES_PER_MINUTE="1000")
            asked = questions(1, content)
            for person in itertools.islice(itertools.cycle(people), number):
                person.write(next(asked))
            process.start(*command)
            await process.is_listening()
            began, cpu = time.perf_counter(), process.cpu_s()
            await all_answered(process, world)
            took = time.perf_counter() - began
            cpu = process.cpu_s() - cpu
            left = process.left_over()
            assert not any(left.values()), left
            await process.stop()
    sends = len(world.calls_of(*ANSWERS))
    print(
        f"  {number} messages, {1000 * latency_s:.0f} ms: {number / took:.0f} a second; {sends} messages sent", end="; "
    )
    print(f"{1000 * cpu / number:.1f} ms of CPU each", flush=True)
    return number / took


async def all_answered(process: Process, world: World) -> None:
    """Return when nothing is left to fetch, to work on or to send."""
    await until(lambda: not world.updates.pending, 1200, process.log)
    while any(process.left_to_do()):  # noqa: ASYNC110  # another process tells us nothing
        await asyncio.sleep(0.1)


async def replies(
    latency_s: float, a_second: float, seconds: float, content: Path = ROOT, after_s: float = 3.0
) -> float:
    """One person after another asks; the 95th of 100 replies, in ms above the latency. ``after_s``: so long after the
    bot asks for updates first."""
    world = World(latency_s=latency_s)
    asked = questions(2, content)
    async with LoopbackServer(world) as api:
        with tempfile.TemporaryDirectory() as folder:
            process = Process(world, api.url, Path(folder), content)
            process.start()
            await process.is_listening()
            await asyncio.sleep(after_s)
            people = [world.person(language_code="en") for _ in range(int(a_second * seconds))]
            written: dict[str, float] = {}
            began = time.perf_counter()
            for number, person in enumerate(people):
                await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
                written[str(person.id)] = world.clock()
                person.write(next(asked))
            await all_answered(process, world)
            await process.stop()
    seen: dict[str, float] = {}
    for call in world.calls_of(*ANSWERS):
        seen.setdefault(str(call.params["chat_id"]), call.at + latency_s / 2)
    took = sorted(1000 * (seen[chat] - at - latency_s) for chat, at in written.items())
    p95 = took[int(len(took) * 0.95)]
    print(
        f"  {a_second:.0f} a second, {1000 * latency_s:.0f} ms: p50 {took[len(took) // 2]:.0f} ms, p95 {p95:.0f} ms above it"
    )
    return p95


async def memory(number: int, content: Path = ROOT, step: int = 2000) -> tuple[list[float], float]:
    """Resident memory after every ``step`` messages, and the most there ever was, in MB."""
    world = World()
    found, most = [], 0.0
    asked = questions(3, content)
    async with LoopbackServer(world) as api:
        with tempfile.TemporaryDirectory() as folder:
            process = Process(world, api.url, Path(folder), content, OPAS_MESSAGES_PER_MINUTE="1000")
            process.start()
            await process.is_listening()
            people = [world.person(language_code="en") for _ in range(500)]
            for _ in range(number // step):
                for person in itertools.islice(itertools.cycle(people), step):
                    person.write(next(asked))
                await all_answered(process, world)
                world.calls.clear()
                now, most = process.memory_mb()
                found.append(now)
                print(f"  {len(found) * step} messages: {now:.0f} MB, {most:.0f} at most", flush=True)
            await process.stop()
    return found, most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["backlog", "replies", "memory"])
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--content", type=Path, default=ROOT)
    parser.add_argument("--profile", metavar="FILE", help="of the first backlog, for pstats")
    given = parser.parse_args()
    failures: list[str] = []
    with judged(failures) as judge:
        print("Throughput")
        if "backlog" in given.parts:
            command = [sys.executable, "-m", "cProfile", "-o", given.profile, "-m", "bot"] if given.profile else []
            judge(
                "at least 120 a second without latency",
                asyncio.run(backlog(0.0, given.messages, command, given.content)) >= 120,
            )
            judge(
                "at least 60 a second with 40 ms", asyncio.run(backlog(0.04, given.messages, [], given.content)) >= 60
            )
        if "replies" in given.parts:
            judge(
                "p95 at most 60 ms above the latency at 20 a second",
                asyncio.run(replies(0.04, 20, 20, given.content)) <= 60,
            )
            judge(
                "the same when they write from the first moment on",
                asyncio.run(replies(0.04, 20, 20, given.content, after_s=0)) <= 60,
            )
        if "memory" in given.parts:
            found, most = asyncio.run(memory(20_000, given.content))
            # The caches fill at first; from a fifth of the way on nothing may grow that goes on growing.
            judge("memory flat over 20,000 messages (5 % or 10 MB)", found[-1] <= max(1.05 * found[1], found[1] + 10))
            judge("never above 300 MB", most <= MOST_MB)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

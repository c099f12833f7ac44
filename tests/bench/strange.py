"""``make bench-strange``: 10,000 strange messages and updates, malformed and unknown ones among them.

Promised: no exception out of a handler, every private message answered, the database whole.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from bot.loopback import LoopbackServer, World
from tests.bench.crash import SMALL_CITY
from tests.bench.rig import Process, judged, until
from tests.strange import strange


async def run(number: int, seed: int, content: Path) -> tuple[int, int, dict[str, int]]:
    """How many had to be answered, how many of them were not, what is left over in the database."""
    world = World()
    async with LoopbackServer(world) as api:
        with tempfile.TemporaryDirectory() as folder:
            process = Process(world, api.url, Path(folder), content)
            process.start()
            await process.is_listening()
            expected = set()
            for done, made in enumerate(strange(world, seed, number)):
                world.update(made.update)
                if made.chat_id is not None:
                    expected.add(made.chat_id)
                if done % 500 == 499:
                    await until(lambda: not world.updates.pending, 600, process.log)
            await until(lambda: not world.updates.pending, 600, process.log)
            while any(process.left_to_do()):  # noqa: ASYNC110  # another process tells us nothing
                await asyncio.sleep(0.1)
            left = process.left_over()
            malformed = "SELECT 1 FROM update_inbox WHERE state = 'set-aside' AND error = 'malformed update'"
            left["set aside"] -= len(process.rows(malformed))
            # A spoilt number of a chat leads nowhere, and the world does not know the groups; the rest has to arrive.
            nowhere = (
                "SELECT 1 FROM outbox WHERE state = 'failed' AND "
                "(error = 'Chat not found' OR chat_id < 0 AND error = 'the chat is closed to us')"
            )
            left["failed messages"] -= len(process.rows(nowhere))
            await process.stop()
    return len(expected), sum(not world.people[chat].replies for chat in expected), left


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--content", type=Path, default=SMALL_CITY)
    given = parser.parse_args()
    failures: list[str] = []
    print("Strange messages")
    with judged(failures) as judge:
        expected, unanswered, left = asyncio.run(run(given.number, given.seed, given.content))
        judge(f"every private message answered ({expected} of {given.number} updates)", unanswered == 0)
        judge("no exception out of a handler", left["set aside"] == 0)
        judge(f"the database whole, nothing left over {left}", not any(left.values()))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""``make bench-start``: how soon the bot answers after a start.

Promised on two cores of their own: after installation the first answer within 20 seconds and everything learnt within
90; a later start answers within 2.

Whoever asks writes when the bot first asks for updates; the time runs from the beginning of the process. After an
installation nothing is learnt: each round has an empty cache. Questions are those of ``tests/questions``, of the kinds
that the language of the question alone is seldom sure of.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.loopback import LoopbackServer, World
from bot.matching.cache import wanted_heads
from tests.bench.rig import CACHE, ROOT, Process, judged, learnt_guide, until

FIRST_S: Final = 20.0
COMPLETE_S: Final = 90.0
LATER_S: Final = 2.0
EVERY_HEAD: Final = [
    wanted.name for wanted in wanted_heads(ROOT / "intents", sorted(path.name for path in (ROOT / "intents").iterdir()))
]
HARD: Final = {"indirect", "long", "colloquial"}


def asked(language: str) -> Iterator[str]:
    """Hard questions of a language, without end."""
    lines = (ROOT / "tests" / "questions" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    found = [question for question in map(json.loads, lines) if question["needs"] and question.get("kind") in HARD]
    return itertools.cycle(question["text"] for question in found)


async def answers(texts: Sequence[tuple[str, str]], cache: Path, *, until_learnt: bool = False) -> float:
    """Somebody asks each of the ``texts`` (their phone's language, what they write) after a start with this cache; the
    seconds until the last of them has an answer. ``until_learnt``: or until nothing is left to learn."""
    world = World()
    async with LoopbackServer(world) as api:
        with tempfile.TemporaryDirectory() as folder:
            process = Process(world, api.url, Path(folder), OPAS_CACHE=str(cache))
            people = {world.person(language_code=language).id: text for language, text in texts}
            began = time.time()
            process.start()
            try:
                await process.is_listening()
                for chat, text in people.items():
                    world.people[chat].write(text)
                await until(lambda: all(world.people[chat].replies for chat in people), 300, process.log)
                firsts = {chat: world.people[chat].replies[0] for chat in people}
                sent = {
                    str(call.params["chat_id"]): call.at - began for call in reversed(world.calls_of("sendMessage"))
                }
                for chat, text in people.items():
                    said = firsts[chat].text.splitlines()[0]
                    print(f"    {sent[str(chat)]:5.1f} s  {text[:40]!r}: {said[:50]!r}", flush=True)
                if not until_learnt:
                    return max(sent.values())
                await until(lambda: all((cache / name).exists() for name in EVERY_HEAD), 300, process.log)
                return time.time() - began
            finally:
                await process.stop()


async def main(languages: Sequence[str], rounds: int) -> int:
    failures: list[str] = []
    with judged(failures) as judge, tempfile.TemporaryDirectory() as folder:
        fresh = (Path(folder) / str(number) for number in itertools.count())
        for language in languages:
            print(f"first start, somebody writes in {language}:")
            took = await answers([(language, next(asked(language)))], next(fresh))
            judge(f"the first answer within {FIRST_S:.0f} s: {took:.1f}", took <= FIRST_S)
        print("first start, somebody writes in each of these languages:")
        together = next(fresh)
        took = await answers([(language, next(asked(language))) for language in languages], together)
        judge(f"an answer to everyone within {FIRST_S:.0f} s: {took:.1f}", took <= FIRST_S)
        print("first start, until everything is learnt:")
        took = await answers([("en", "when is the library open")], next(fresh), until_learnt=True)
        judge(f"complete within {COMPLETE_S:.0f} s: {took:.1f}", took <= COMPLETE_S)
        learnt_guide()
        print("later starts:")
        questions = asked("en")
        took = max([await answers([("en", next(questions))], CACHE) for _ in range(rounds)])
        judge(f"an answer within {LATER_S:.0f} s of each: {took:.2f}", took <= LATER_S)
    return 1 if failures else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", nargs="*", default=["fi", "en", "so", "ar", "uk"])
    parser.add_argument("--rounds", type=int, default=5, help="later starts")
    options = parser.parse_args()
    sys.exit(asyncio.run(main(options.languages, options.rounds)))

"""How long the queue page takes with 5,000 open questions, and a new one among them: ``python tests/bench/review.py``.
Never part of the tests."""

from __future__ import annotations

import asyncio
import gc
import json
import random
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import httpx
from starlette.applications import Starlette

from bot.guides import Guides
from bot.matching.cache import HeadCache
from bot.matching.matcher import Matcher
from bot.review import Review
from bot.store import Question, Store, Unit
from bot.store.asked import keep
from bot.store.groups import open_group
from bot.web.review import review_routes
from bot.web.server import WebServer
from tests.bench.rig import CACHE, ROOT, learnt_guide

QUESTIONS, GROUPS, ROUNDS, ASKED = 5_000, 4_000, 20, 300
UNDO = timedelta(minutes=10)


def sentences(chance: random.Random) -> list[tuple[str, str]]:
    """What people ask, with its language."""
    files = sorted((ROOT / "tests/questions").glob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
    found = [(line["text"], line["lang"]) for line in lines if line.get("text") and line.get("lang")]
    chance.shuffle(found)
    return found


async def fill(store: Store, asked: list[tuple[str, str]]) -> None:
    """Questions of the last half year in thirteen languages."""
    chance = random.Random(1)
    languages = sorted({language for _, language in asked})
    texts = cycle(asked)
    for group in range(1, GROUPS + 1):
        asked_at = store.now() - timedelta(hours=chance.uniform(1, 4000))
        unit = Unit(asked_at, store.asker)
        open_group(unit, group, kind="question", drawer="queue", language=chance.choice(languages))
        for place in range(QUESTIONS // GROUPS + (group <= QUESTIONS % GROUPS)):
            text, language = next(texts)
            words = f"{text} {group}-{place}"  # no two alike: the same words are found without comparing
            keep(unit, Question(words, language, "unanswered", asked_at, asker=f"{group}-{place}"), group, "")
        await store.commit(unit)


def place(review: Review, store: Store, matcher: Matcher, asked: list[tuple[str, str]]) -> None:
    """New questions, each into a group: what the transaction of an unanswered question waits for."""
    for head in matcher.scorer.heads:
        matcher.repairers.of(head.language)
    gc.collect()
    gc.freeze()  # as the program does when it has started
    times, busy, sorting = [], [], []
    for number, (text, language) in enumerate(asked):
        question = Question(text, language, "unanswered", store.now(), key=f"{number:x}", asker=f"new-{number}")
        matcher.match(text)  # it was not known, and so comes here
        before, busy_before = time.perf_counter(), time.process_time()
        review.handover.keep(store.unit(), question)
        times.append((time.perf_counter() - before) * 1000)
        busy.append((time.process_time() - busy_before) * 1000)
        before = time.perf_counter()
        review.handover.held.sort(number, (), review.handover.new_group)
        sorting.append((time.perf_counter() - before) * 1000)
    for name, some in (
        ("a new question: wall", times), ("a new question: processor", busy), ("sorting after it: wall", sorting)
    ):  # fmt: skip
        some.sort()
        print(
            f"{name:40} median {some[len(some) // 2]:6.1f} ms, p95 {some[len(some) * 95 // 100]:6.1f} ms, slowest {some[-1]:6.1f} ms"
        )


async def main() -> None:
    guides = Guides(ROOT, HeadCache(CACHE), current=learnt_guide())
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = await stack.enter_async_context(await Store.open(folder / "bench.db", now=lambda: datetime.now(UTC)))
        asked = sentences(random.Random(2))
        await fill(store, asked[ASKED:])
        review = Review(store, guides, UNDO, lambda _: ())
        before = time.perf_counter()
        await review.start({1: "admin"})
        print(f"{'start':40} {time.perf_counter() - before:6.1f} s")
        await review.gather()
        print(f"{'all open questions grouped':40} {time.perf_counter() - before:6.1f} s")
        place(review, store, guides.current.matcher, asked[:ASKED])
        routes = review_routes(review, guides, undo_for=UNDO)
        web = await stack.enter_async_context(WebServer(Starlette(routes=routes), "127.0.0.1", 0, "-"))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=web.url, follow_redirects=True))
        admin = review.staff.by_telegram(1)
        assert admin is not None
        token = await review.staff.make_link(admin)
        await client.post("/review/enter", data={"token": token})
        for path in ("/review", "/review?readable=1&topics=1&page=40", "/review/group/77", "/review/group/77/answer"):
            times, busy = [], time.process_time()
            for _ in range(ROUNDS):
                before = time.perf_counter()
                answer = await client.get(path)
                times.append((time.perf_counter() - before) * 1000)
                answer.raise_for_status()
            cpu = (time.process_time() - busy) * 1000 / ROUNDS
            print(
                f"{path:40} median {statistics.median(times):6.0f} ms, slowest {max(times):6.0f} ms, processor {cpu:4.0f} ms"
            )


if __name__ == "__main__":
    asyncio.run(main())

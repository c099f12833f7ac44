"""How long the queue page takes with 5,000 open questions: ``python tests/bench/review.py``. Never part of the tests."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette

from bot.guides import Guides
from bot.matching.cache import HeadCache
from bot.review import Review
from bot.store import Question, Store, Unit
from bot.store.asked import keep
from bot.store.groups import open_group
from bot.web.review import review_routes
from bot.web.server import WebServer

QUESTIONS, GROUPS, ROUNDS = 5_000, 4_000, 20
SHIPPED = Path(__file__).parents[2]
UNDO = timedelta(minutes=10)


async def fill(store: Store) -> None:
    """Questions of the last half year in thirteen languages."""
    chance = random.Random(1)
    languages = ["fi", "sv", "en", "ru", "uk", "et", "ar", "fa", "so", "tr", "fr", "es", "zh"]
    for group in range(1, GROUPS + 1):
        asked_at = store.now() - timedelta(hours=chance.uniform(1, 4000))
        unit = Unit(asked_at, store.asker)
        open_group(unit, group, kind="question", drawer="queue", language=chance.choice(languages))
        for place in range(QUESTIONS // GROUPS + (group <= QUESTIONS % GROUPS)):
            words = " ".join(chance.choice(["where", "talo", "дом", "بيت", "kela", "form"]) for _ in range(9))
            asker, language = f"{group}-{place}", chance.choice(languages)
            keep(unit, Question(words, language, "unanswered", asked_at, asker=asker), group, "")
        await store.commit(unit)


async def main() -> None:
    guides = Guides(SHIPPED, HeadCache(SHIPPED / ".cache/opas"))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = await stack.enter_async_context(await Store.open(folder / "bench.db", now=lambda: datetime.now(UTC)))
        await fill(store)
        review = Review(store, guides, UNDO, lambda _: ())
        await review.start({1: "admin"})
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

"""A program beside the bot, for tests: what a counsellor does at the command line, on one database with the pages.

``python -m tests.second_program CONTENT CACHE DATABASE NUMBER``: acts of the staff with that Telegram number, a line of
JSON each on the way in and out.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bot.guide import load_guide
from bot.handlers.rendering import messages_of
from bot.matching.cache import HeadCache
from bot.review import Done, NewAnswer, Result, Review, TakenBy
from bot.store import Store
from tests.conftest import TUESDAY
from tests.reviewing import UNDO


def told(result: Result) -> dict[str, str]:
    """A result as a line of JSON."""
    if isinstance(result, TakenBy):
        return {
            "result": result.what,
            "words": result.choice or "".join(result.texts.values()),
            "by": result.staff.name if result.staff else "",
        }
    return {"result": "done" if isinstance(result, Done) else type(result).__name__}


async def main(content: str, cache: str, database: str, number: str) -> None:
    guide = load_guide(Path(content), HeadCache(Path(cache)))
    async with await Store.open(Path(database), now=lambda: TUESDAY, beside=True) as store:
        review = Review(store, lambda: guide, UNDO, messages_of, is_beside=True)
        await review.start()
        me = review.staff.by_telegram(int(number))
        assert me is not None
        line = json.dumps({"result": "ready"})
        while True:
            print(line, flush=True)
            if not (given := await asyncio.to_thread(sys.stdin.readline)):
                return
            act, target, what = json.loads(given)
            match act:
                case "answer":
                    new = NewAnswer((), {"en": what}, frozenset({"en"}))
                    result = await review.answering.answer(me, target, new)
                case "claim":
                    result = await review.acts.claim(me, target)
                case "merge":
                    result = await review.acts.merge(me, target, what)
                case _:
                    result = await review.answering.translate(me, target, act, what)
            line = json.dumps(told(result))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

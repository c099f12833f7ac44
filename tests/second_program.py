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
from bot.review import Done, NewAnswer, Outcome, Review, TakenBy
from bot.store import Store
from tests.conftest import TUESDAY
from tests.reviewing import UNDO


def told(outcome: Outcome) -> dict[str, str]:
    """An outcome as a line of JSON."""
    if isinstance(outcome, TakenBy):
        return {"outcome": outcome.what, "words": outcome.words, "by": outcome.staff.name if outcome.staff else ""}
    return {"outcome": "done" if isinstance(outcome, Done) else type(outcome).__name__}


async def main(content: str, cache: str, database: str, number: str) -> None:
    guide = load_guide(Path(content), HeadCache(Path(cache)))
    async with await Store.open(Path(database), now=lambda: TUESDAY, beside=True) as store:
        review = Review(store, lambda: guide, UNDO, messages_of, is_beside=True)
        await review.start()
        me = review.staff.by_telegram(int(number))
        assert me is not None
        line = json.dumps({"outcome": "ready"})
        while True:
            print(line, flush=True)
            if not (given := await asyncio.to_thread(sys.stdin.readline)):
                return
            act, target, what = json.loads(given)
            match act:
                case "answer":
                    new = NewAnswer((), {"en": what}, frozenset({"en"}))
                    outcome = await review.answering.answer(me, target, new)
                case "claim":
                    outcome = await review.acts.claim(me, target)
                case "merge":
                    outcome = await review.acts.merge(me, target, what)
                case _:
                    outcome = await review.answering.translate(me, target, act, what)
            line = json.dumps(told(outcome))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Two programs on one database: the pages in the bot's, a command line beside it. Of two acts one wins."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli.main import opas
from bot.matching.cache import HeadCache
from bot.review import NewAnswer
from bot.store.phrases import phrases
from tests.conftest import MARIBOR, Town
from tests.reviewing import COUNSELLOR, SECOND, Site, site_of, visitor
from tests.second_program import told

Beside = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
async def site(town: Town) -> AsyncIterator[Site]:
    async with site_of(town) as site:
        yield site


@pytest.fixture
async def beside(site: Site, head_cache: HeadCache) -> AsyncIterator[Beside]:
    """Does an act as Samir in a process of its own; returns what came of it."""
    place = (str(MARIBOR), str(head_cache.folder), str(site.town.database), str(SECOND))
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.second_program",
        *place,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    ready = await program.stdout.readline()
    assert ready

    async def act(*what: Any) -> dict[str, str]:
        program.stdin.write(f"{json.dumps(what)}\n".encode())
        return dict(json.loads(await program.stdout.readline()))

    yield act
    program.stdin.close()
    await program.wait()


async def test_of_two_programs_that_act_on_one_group_one_wins_and_the_other_sees_its_words(site: Site, beside: Beside):
    review, cvetka = site.review, site.staff(COUNSELLOR)
    mine = NewAnswer((), {"en": "Words of Cvetka"}, frozenset({"en"}))
    for number in range(12):
        group = await site.ask(f"question number {number} about oaks")
        result, theirs = await asyncio.gather(
            review.answering.answer(cvetka, group, mine), beside("answer", group, "Words of Samir")
        )
        [answer] = await review.queue.answers(group)
        won, lost = (told(result), theirs) if answer.by == cvetka else (theirs, told(result))
        assert won == {"result": "done"}
        assert lost == {"result": "answered", "words": answer.texts["en"], "by": answer.by.name if answer.by else ""}
    # The page that was opened before does not know of it.
    group = await site.ask("who prunes old oak trees")
    async with visitor(site) as counsellor:
        await counsellor.enters(COUNSELLOR)
        await counsellor.opens(f"/review/group/{group}/answer")
        assert await beside("answer", group, "Ask the gardener.") == {"result": "done"}
        page = await counsellor.submits(f"/review/group/{group}/point", need="letters")
        assert page.status_code == 409
        assert "Samir answered this" in page.text
        assert "Ask the gardener." in page.text


async def test_the_command_line_teaches_a_wording_in_the_language_that_it_is_told(
    site: Site, monkeypatch: pytest.MonkeyPatch, head_cache: HeadCache
):
    group = await site.ask({"text": "أين أوقف سيارتي", "language": "ar"})
    monkeypatch.setenv("OPAS_DATABASE", f"sqlite:///{site.town.database}")
    monkeypatch.setenv("OPAS_CACHE", str(head_cache.folder))
    words = ["review", "answer", str(group), "--need", "city-desk", "--content", str(MARIBOR), "--as", "1"]
    wording = ["--wording", "can i park here at night"]
    told = await asyncio.to_thread(CliRunner().invoke, opas, [*words, *wording])
    assert "--wording needs a --lang." in told.output
    told = await asyncio.to_thread(CliRunner().invoke, opas, [*words, *wording, "--lang", "en"])
    assert told.exit_code == 0, told.output
    [phrase] = await phrases(site.town.bot.store)
    assert (phrase.language, phrase.text) == ("en", "can i park here at night")


async def test_claims_and_merges_of_two_programs_leave_one_winner_and_translations_both(site: Site, beside: Beside):
    acts, answering, cvetka = site.review.acts, site.review.answering, site.staff(COUNSELLOR)
    for number in range(6):
        one, other = await site.ask(f"oaks {number}"), await site.ask(f"birds {number}")
        both = [told(await acts.claim(cvetka, one)), await beside("claim", one, "")]
        assert both == [{"result": "done"}, {"result": "claimed", "words": "", "by": "Cvetka"}]
        await acts.release(cvetka, one)
        result, theirs = await asyncio.gather(acts.claim(cvetka, one), beside("claim", one, ""))
        held = await site.review.queue.summary(one)
        assert held is not None
        assert held.claimed_by is not None
        won = told(result) if held.claimed_by == cvetka else theirs
        assert [told(result), theirs].count(won) == 1
        assert won == {"result": "done"}
        await acts.release(held.claimed_by, one)
        # Each is put into the other one: without a winner both would be gone.
        result, theirs = await asyncio.gather(acts.merge(cvetka, one, other), beside("merge", other, one))
        left = [group for group in (one, other) if await site.review.queue.summary(group) is not None]
        assert len(left) == 1
        assert [told(result)["result"], theirs["result"]].count("done") == 1
    # Translations are no rivals: both stay.
    group = await site.ask("who prunes old oak trees")
    await answering.answer(cvetka, group, NewAnswer((), {"en": "The city"}, frozenset({"en"})))
    [answer] = await site.review.queue.answers(group)
    for number in range(6):
        result, theirs = await asyncio.gather(
            answering.translate(cvetka, answer.id, "sl", f"Občina {number}"),
            beside("ar", answer.id, f"{number}"),
        )
        assert [told(result), theirs] == [{"result": "done"}] * 2
        [answer] = await site.review.queue.answers(group)
        assert answer.texts == {"en": "The city", "sl": f"Občina {number}", "ar": f"{number}"}
        assert answer.approved == {"en", "sl", "ar"}

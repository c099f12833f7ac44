"""What the counsellors' loop must show, with the bot as a process that is killed while it sends."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.guide import load_guide
from bot.handlers.rendering import messages_of
from bot.loopback import LoopbackServer, Person, World
from bot.matching.cache import HeadCache
from bot.review import Review
from bot.store import Store
from tests.conftest import MARIBOR, SHIPPED, fit_all, spoil
from tests.patience import until
from tests.test_running import programs

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STAFF = 501
CLOSED = "A person has answered you."
FRENCH = {
    "everyday": "city-desk: [où est la mairie, je veux parler à la mairie]\nletters: [qui peut lire ma lettre]\n",
    "health": "see-doctor: [je cherche un médecin]\nnight-doctor: [un médecin la nuit]\n",
    "none": "off-topic: [quel temps fera-t-il demain, raconte une blague, où faire réparer mon vélo,"
    " comment choisir un téléphone ici]\n",
    "urgent": "emergency: [ma maison brûle, une ambulance vite]\nviolence: [mon mari me frappe]\n",
}
ASKED = [
    *(("en", text) for text in ("where do I register my dog", "how can I register a dog here", "register my dog where",
                                "register my dog please", "where can one register a dog please")),
    *(("ar", text) for text in ("أين أسجل كلبي", "أين يمكنني تسجيل كلبي", "كيف أسجل كلبي")),
    *(("fr", text) for text in ("où faire enregistrer mon chien", "comment enregistrer un chien ici")),
    ("sl", "kje registriram svojega psa"),
]  # fmt: skip


@pytest.fixture
def city(tmp_path: Path, head_cache: HeadCache) -> Path:
    """The small city with a fourth language and hours at which its team reads."""
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    spoil(folder, "en: {}, ar: {}}", "en: {}, ar: {}, fr: {}}")
    spoil(folder, "privacy:", 'team: {hours: "Mo-Fr 09:00-15:00; PH off"}\n\nprivacy:')
    (folder / "intents" / "fr").mkdir()
    for topic, text in FRENCH.items():
        (folder / "intents" / "fr" / f"{topic}.yaml").write_text(text, encoding="utf-8")
    fit_all(head_cache, folder)
    return folder


async def test_eleven_people_in_four_languages_one_answer_and_a_kill_in_the_middle(
    city: Path, head_cache: HeadCache, tmp_path: Path
):
    world = World(latency_s=0.02)
    environment = {
        "TELEGRAM_BOT_TOKEN": world.token, "OPAS_DATABASE": f"sqlite:///{tmp_path}/story.db", "OPAS_WEB_PORT": "0",
        "OPAS_CACHE": str(head_cache.folder), "OPAS_CONTENT": str(city), "OPAS_NOW": NOW.isoformat(), "OPAS_UNDO_S": "0",
        "OPAS_STAFF": f"{STAFF}:admin",
    }  # fmt: skip

    async def opas(*verb: str) -> str:
        own = {**os.environ, "PYTHONPATH": str(SHIPPED), **environment}
        command = [sys.executable, "-m", "bot", *verb]
        return (await asyncio.to_thread(subprocess.check_output, command, env=own, timeout=60)).decode()

    async with LoopbackServer(world) as api:
        environment["TELEGRAM_API_URL"] = api.url
        with programs(environment) as start:
            process = start()
            people = [(world.person(language_code=language), text) for language, text in ASKED]
            for person, text in people:
                person.write(text)
            for person, _ in people:
                await until(lambda person=person: bool(button(person, "v1:write") or button(person, "v1:none")))
                if none := button(person, "v1:none"):  # something was offered: not that
                    person.press(none)
                    await until(lambda person=person: bool(button(person, "v1:write")))
                person.press(button(person, "v1:write"))
            await until(lambda: all(button(person, "v1:silent") for person, _ in people))

            groups = json.loads(await opas("review", "list", "--json"))
            await merge_all([group["id"] for group in groups], city, head_cache, tmp_path / "story.db", world.token)
            [group] = json.loads(await opas("review", "list", "--json"))
            assert group["people"] == group["waiting"] == 11
            assert group["languages"] == ["ar", "en", "fr", "sl"]
            people[4][0].block()

            closed = lambda: sum(heard(person, CLOSED) for person, _ in people)  # noqa: E731
            words = ("--lang", "en", "--text", "At the town hall.", "--service", "city-office")
            world.latency_s = 0.4
            answering = asyncio.create_task(opas("review", "answer", str(group["id"]), *words))
            await until(lambda: closed() >= 3)
            process.kill()
            process.wait()
            assert closed() < 10, "the kill came too late to show anything"
            world.latency_s = 0.02
            assert "11 people asked." in await answering
            process = start()
            twelfth = world.person(language_code="en")
            twelfth.write("Where do I register my dog?")
            await until(
                lambda: all(heard(person, CLOSED) for person, _ in people if not person.blocking), patience_s=30
            )
            await until(lambda: bool(twelfth.replies))
            english, arabic = people[0][0], people[5][0]
            for person in (english, arabic):
                person.press(button(person, "v1:show"))
                await until(lambda person=person: "Mestna občina Maribor" in person.replies[-1].text)
            assert "At the town hall." in english.replies[-1].text
            assert "At the town hall." not in arabic.replies[-1].text  # not approved in Arabic: the facts alone
            await until(lambda: bool(gone(tmp_path / "story.db")))
            process.terminate()
            assert await asyncio.to_thread(process.wait, 20) == 0
    assert "At the town hall." in twelfth.replies[-1].text
    assert sum(extra for (_, text), extra in world.doubles().items() if text == CLOSED) <= 4
    assert gone(tmp_path / "story.db") == [people[4][0].id]


async def merge_all(ids: list[int], city: Path, cache: HeadCache, database: Path, token: str) -> None:
    """What the grouping did not find, a counsellor puts together."""
    guide = load_guide(city, cache)
    async with await Store.open(database, now=lambda: NOW, beside=True) as store:
        review = Review(store, lambda: guide, timedelta(0), messages_of, is_beside=True)
        await review.start()
        admin = review.staff.by_telegram(STAFF)
        assert admin is not None
        for other in ids[1:]:
            await review.acts.merge(admin, other, ids[0])


def button(person: Person, data: str) -> str:
    """The data of the newest button that begins so; "" without any."""
    for message in reversed(person.replies):
        for row in message.keyboard or []:
            for found in row:
                if found.get("callback_data", "").startswith(data):
                    return str(found["callback_data"])
    return ""


def heard(person: Person, text: str) -> bool:
    return any(message.text == text for message in person.replies)


def gone(database: Path) -> list[Any]:
    """The chats that turned out to be closed to us."""
    import sqlite3

    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return [chat for (chat,) in connection.execute("SELECT chat_id FROM delivery WHERE state = 'gone'")]

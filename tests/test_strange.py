"""Whatever comes in: no exception out of a handler, everybody who wrote is answered, the database stays whole, and
nothing that tells who somebody is reaches the disk or the log."""

from __future__ import annotations

import logging
import random
import sqlite3
from contextlib import closing

import pytest

from tests.conftest import Town
from tests.strange import RUBBISH, strange

DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")  # of the library itself, at a timer of a chat
async def test_500_strange_updates(town: Town, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING)
    expected = set()
    for made in strange(town.world, seed=4, number=500):
        town.world.update(made.update)
        if made.chat_id is not None:
            expected.add(made.chat_id)
    await town.bot.intake.take(list(RUBBISH))
    await town.settled()
    with closing(sqlite3.connect(town.database)) as db:
        set_aside = "SELECT error, body FROM update_inbox WHERE state = 'set-aside' AND error <> 'malformed update'"
        assert db.execute(set_aside).fetchall() == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    with closing(sqlite3.connect(town.database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT COUNT(*) FROM update_inbox WHERE state IN ('new', 'working')").fetchone() == (0,)
        assert set(db.execute("SELECT error FROM update_inbox WHERE state = 'set-aside'")) <= {("malformed update",)}
        assert db.execute("SELECT state, error FROM outbox WHERE state <> 'sent'").fetchall() == []
    assert len(expected) > 200
    unanswered = [chat for chat in expected if not town.world.people[chat].replies]
    assert unanswered == []


def secrets(rng: random.Random) -> list[str]:
    """What one person may write of themselves, in the digits of some script, with gaps or without."""
    birth = f"{rng.randrange(1, 29):02}{rng.randrange(1, 13):02}{rng.randrange(40, 99):02}"
    number = f"{rng.randrange(2, 900):03}"
    identity = f"{birth}{rng.choice('-+A')}{number}{CHECK[int(birth + number) % 31]}"
    bban = f"{rng.randrange(10**14):014}"
    iban = f"FI{98 - int(bban + '151800') % 97:02}{bban}"
    phone = rng.choice(("04", "+35850", "+38641", "0044 7700 ")) + f"{rng.randrange(10**7):07}"
    digits = rng.choice(DIGITS)
    gap = rng.choice(("", "", " "))

    def typed(plain: str, every: int) -> str:
        parts = gap.join(plain[at : at + every] for at in range(0, len(plain), every))
        return "".join(digits[int(c)] if c.isascii() and c.isdigit() else c for c in parts)

    name = "".join(rng.choice("bcdfghjklmnprstvwz") + rng.choice("aeiou") for _ in range(4))
    return [
        typed(identity, 20),
        typed(iban, 4),
        typed(phone, 4),
        f"{name}.{rng.randrange(99)}@posti.example",
        f"@{name}_{rng.randrange(999)}",
    ]


async def test_nothing_generated_that_tells_who_somebody_is_reaches_the_disk_or_the_log(
    town: Town, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, logger="bot")
    rng = random.Random(11)
    kept_out: list[str] = []
    for place in range(60):
        name, family, username = (f"{word}{rng.randrange(10**6)}q" for word in ("Nadezhda", "Zubko", "nzubko"))
        person = town.person(rng.choice(("en", "ar", "sl")), first_name=name, last_name=family, username=username)
        own = secrets(rng)
        kept_out += [name, family, username, *own]
        rng.shuffle(own)
        await person.says(
            rng.choice((f"best film about planets {' and '.join(own)} thanks", *(f"my throat hurts. {s}" for s in own)))
        )
        if place % 4 == 0:
            await person.sends("contact", contact={"phone_number": own[0], "first_name": name, "vcard": family})
            await person.sends("document", file_name=f"{family}.pdf", caption=f"is this right? {own[1]}")
            origin = {"type": "user", "date": 1, "sender_user": person.person.as_user()}
            chat = person.person.chat.as_chat()
            town.world.update({"message": {
                "message_id": 7, "date": 1, "chat": chat, "from": person.person.as_user(), "text": f"hello {own[2]}", "forward_origin": origin,
                "reply_to_message": {"message_id": 1, "date": 1, "chat": chat, "from": person.person.as_user(), "text": f"{name} {own[3]}"},
            }})  # fmt: skip
            await town.settled()
            query = {"id": "7", "from": person.person.as_user(), "chat_instance": "1", "data": f"v1:need:{own[4]}",
                     "message": {"message_id": 8, "date": 1, "chat": chat}}  # fmt: skip
            town.world.update({"callback_query": query})
            await town.settled()
    copy = town.database.parent / "copy.db"
    with closing(sqlite3.connect(town.database)) as db, closing(sqlite3.connect(copy)) as target:
        db.backup(target)
    files = {path.name: path.read_bytes() for path in town.database.parent.iterdir() if path.is_file()}
    assert {f"{town.database.name}-wal", "copy.db"} <= files.keys()
    found = [
        (secret, name)
        for secret in kept_out
        for name, content in {**files, "log": caplog.text.encode()}.items()
        if secret.encode() in content or secret.replace(" ", "").encode() in content
    ]
    assert found == []

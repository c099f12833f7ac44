"""What a later start need not do again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import babel.messages.pofile
import pytest
import yaml

import bot.messages
from bot.cli.main import opas
from bot.cli.verbs import VERBS
from bot.guide import Guide, load_guide
from bot.guides import Guides
from bot.matching.cache import HeadCache, wanted_heads
from bot.model import Unsure
from tests.conftest import MARIBOR, SHIPPED


def everything_read(guide: Guide) -> tuple[object, ...]:
    texts = guide.texts
    speakers = [texts.speaker(code) for code in texts.locales] + [
        texts.staff.speaker(code) for code in texts.staff.locales
    ]
    return (
        {code: list(phrases) for code, phrases in guide.content.intents.phrases.items()},
        [(speaker.say("Back"), speaker.count("{n} person", "{n} people", 5)) for speaker in speakers],
        texts.left_out,
    )


@pytest.fixture
def own_cache(tmp_path: Path) -> HeadCache:
    """Not the one of all tests: of what was read it keeps two versions, and those beside these read others."""
    return HeadCache(tmp_path / "cache")


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the program asks its readers of YAML and .po for, as it goes on."""
    done: list[str] = []
    compose, read_po = yaml.compose, babel.messages.pofile.read_po
    monkeypatch.setattr(yaml, "compose", lambda *given, **named: done.append("yaml") or compose(*given, **named))
    monkeypatch.setattr(bot.messages, "read_po", lambda *given, **named: done.append("po") or read_po(*given, **named))
    return done


def test_a_second_start_reads_neither_phrases_nor_translations_anew(
    copied_content: Path, own_cache: HeadCache, readings: list[str]
):
    first = load_guide(copied_content, own_cache)
    assert readings.count("yaml") > 5
    assert "po" in readings
    readings.clear()
    second = load_guide(copied_content, own_cache)
    assert set(readings) <= {"yaml"}
    assert len(readings) <= 2  # services.yaml and not-spoken.yaml
    assert everything_read(second) == everything_read(first)


def test_only_what_was_edited_is_read_anew(copied_content: Path, own_cache: HeadCache, readings: list[str]):
    load_guide(copied_content, own_cache)
    phrases = next((copied_content / "intents" / "en").glob("*.yaml"))
    phrases.write_text(phrases.read_text("utf-8").replace("- ", "- please ", 1), encoding="utf-8")
    readings.clear()
    guide = load_guide(copied_content, own_cache)
    assert len(readings) <= 2 + len(list((copied_content / "intents" / "en").iterdir()))
    assert "po" not in readings
    assert any(phrase.text.startswith("please ") for phrase in guide.content.intents.phrases["en"])


@pytest.mark.parametrize("spoilt", ["", "{}", "nonsense", "\xff", '{"texts": 1}'])
def test_what_was_kept_and_is_spoilt_is_read_anew(copied_content: Path, own_cache: HeadCache, spoilt: str):
    first = load_guide(copied_content, own_cache)
    for path in (own_cache.folder / "kept").iterdir():
        path.write_bytes(spoilt.encode("latin-1"))
    assert everything_read(load_guide(copied_content, own_cache)) == everything_read(first)


def test_content_with_complaints_complains_at_every_start(copied_content: Path, own_cache: HeadCache):
    phrases = next((copied_content / "intents" / "en").glob("*.yaml"))
    text = phrases.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.lstrip().startswith("- "))
    phrases.write_text(text.replace(line, f"{line}\n{line}", 1), encoding="utf-8")
    first, second = (load_guide(copied_content, own_cache).content.warnings for _ in range(2))
    assert first == second != ()


@pytest.mark.parametrize(
    ("verb", "not_needed"),
    [
        ("main", {"telegram", "starlette", "numpy", "yaml", "babel"}),
        ("check", {"telegram", "starlette", "numpy"}),
        ("match", {"telegram", "starlette", "uvicorn"}),
    ],
)
def test_a_verb_loads_only_what_it_needs(verb: str, not_needed: set[str]):
    command = [sys.executable, "-c", f"import bot.cli.{verb}, sys; print(*sys.modules)"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True, cwd=SHIPPED).stdout.split()
    assert not not_needed & set(loaded)


def test_the_list_of_verbs_says_what_each_verb_says_of_itself():
    assert {name: verb.says for name, verb in VERBS.items()} == {
        name: command.get_short_help_str(1000) for name, command in opas.commands.items()
    }
    assert {command.name for command in opas.commands.values()} == VERBS.keys()


async def test_at_a_first_start_the_language_that_somebody_writes_in_is_learnt_first(tmp_path: Path):
    guides = Guides(MARIBOR, HeadCache(tmp_path), early=True)
    order = [wanted.language for wanted in guides.current.missing if not wanted.is_shared]
    assert order[-1] == "ar"
    learnt: list[str] = []
    guides.on_swap.append(lambda guide: learnt.append(guide.heads[-1].language))
    learning = asyncio.create_task(guides.fit())
    await asyncio.sleep(0)  # the first language is begun, and makes room
    await guides.learnt_enough("من يقرأ لي هذه الرسالة ومتى يفتح مكتب المدينة")
    assert "ar" in learnt
    await learning
    assert not guides.is_learning
    assert next(language for language in learnt if language in order) == "ar"


async def test_what_its_own_language_understands_does_not_wait_for_what_all_share(tmp_path: Path):
    cache = HeadCache(tmp_path)
    missing = load_guide(MARIBOR, cache).missing
    cache.fit_missing(wanted for wanted in missing if not wanted.is_shared)
    guides = Guides(MARIBOR, cache)
    assert [wanted.is_shared for wanted in guides.current.missing] == [True]
    unsure, unknown = "office for my throat and for parking permits", "zebra xylophone"
    assert isinstance(guides.current.matcher.match(unsure).verdict, Unsure)
    await guides.learnt_enough(unsure)
    waits = asyncio.create_task(guides.learnt_enough(unknown))
    await asyncio.wait([waits], timeout=0.2)
    assert not waits.done()
    await guides.fit()
    await waits


def test_the_order_of_the_languages_has_nothing_learnt_anew():
    one, other = (wanted_heads(MARIBOR / "intents", languages) for languages in (("en", "sl"), ("sl", "en")))
    assert {wanted.name for wanted in one} == {wanted.name for wanted in other}

"""What the staff taught is written into the content: only those lines change."""

from __future__ import annotations

import asyncio
import difflib
import json
import re
import sqlite3
from contextlib import AsyncExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.catalogue.additions import with_language, with_phrase, with_phrases
from bot.catalogue.content import load_content
from bot.cli.main import opas as cli
from bot.errors import OpasError
from bot.guide import load_guide
from bot.guides import Guides
from bot.matching.cache import HeadCache
from bot.review import Done, NewAnswer
from bot.review.becoming import Becoming, need_of
from bot.review.export import QUESTIONS, export
from bot.store import Store
from bot.store.answers import AnswerRow
from bot.store.phrases import PhraseRow, add_phrase
from tests.conftest import MARIBOR, START, Clock, fit_all, open_town


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n- one\n- two\nb:\n- three\n", "a:\n- one\n- two\n- new\nb:\n- three\n"),
        ("a:\n  - one # why\n\nb:\n  - three\n", "a:\n  - one # why\n  - new\n\nb:\n  - three\n"),
        ("a: [one, two]\nb: []\n", "a: [one, two, new]\nb: []\n"),
        ("a: {phrases: [one], words: [x]}\n", "a: {phrases: [one, new], words: [x]}\n"),
        ("a: [\n  one,\n  two,\n]\n", "a: [\n  one,\n  two, new,\n]\n"),
        ("a: [one, # why\n  two # that]\n]\n", "a: [one, # why\n  two, new # that]\n]\n"),
        ("a: {words: [x],}\n", "a: {words: [x], phrases: [new],}\n"),
        ("a: {}\n", "a: {phrases: [new]}\n"),
        ("a:  # to be filled in\n\nb: [x]\n", "a:  # to be filled in\n- new\n\nb: [x]\n"),
        ("# only this\nb:\n- three", "# only this\nb:\n- three\na:\n- new\n"),
        ("a:\n- NEW!\n", "a:\n- NEW!\n"),
        ("", "a:\n- new\n"),
    ],
)
def test_one_line_is_added_and_no_other_changes(before: str, after: str):
    assert with_phrase(before, "a", "new") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: {words: [x]}\n", "a: {words: [x, one, two]}\n"),
        ("a:\n  words: [x]\n", "a:\n  words: [x, one, two]\n"),
        ("a:\n  phrases:\n    - x\nb: [y]", "a:\n  phrases:\n    - x\n  words: [one, two]\nb: [y]"),
        ("a: {phrases: [x]}\n", "a: {phrases: [x], words: [one, two]}\n"),
        ("a:\n- x\n\nb: [y]\n", "a:\n  phrases:\n    - x\n  words: [one, two]\n\nb: [y]\n"),
        ("a: [x]\n", "a:\n  phrases: [x]\n  words: [one, two]\n"),
        ("a:\nb: [y]\n", "a:\n  words: [one, two]\nb: [y]\n"),
        ("", "a:\n  words: [one, two]\n"),
    ],
)
def test_words_are_added_whatever_the_shape_of_the_need(before: str, after: str):
    assert with_phrases(before, "a", ["one", "two"], "words") == after
    assert with_phrases(after, "a", ["one", "two"], "words") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("languages: {fi: {}, en: {}}\n", "languages: {fi: {}, en: {}, pl: {}}\n"),
        ("languages: {fi: {}, en: {},}\n", "languages: {fi: {}, en: {}, pl: {},}\n"),
        ("languages: {fi: {} # ours\n}\n", "languages: {fi: {}, pl: {} # ours\n}\n"),
        (
            "languages:\n  fi: {}\n  en:  # draft\ntopics: {}\n",
            "languages:\n  fi: {}\n  en:  # draft\n  pl: {}\ntopics: {}\n",
        ),
    ],
)
def test_a_language_is_added_and_no_other_line_changes(before: str, after: str):
    assert with_language(before, "pl") == after


def test_an_export_changes_only_its_lines_is_read_without_a_fault_and_becomes_test_questions(copied_content: Path):
    files = {path: path.read_text(encoding="utf-8") for path in copied_content.glob("intents/*/*.yaml")}
    phrases = [
        PhraseRow(1, "en", "see-doctor", None, "who looks at teeth: yes?", "live", 1),
        PhraseRow(2, "ar", "letters", None, "من يقرأ رسالتي", "live", 2),
        PhraseRow(3, "en", "", 7, "where do I register my dog", "live", 3),
    ]
    done = export(copied_content, load_content(copied_content).catalogue, phrases)
    assert [phrase.id for phrase in done.left] == [3]
    changed = {path for path in files if path.read_text(encoding="utf-8") != files[path]}
    assert {str(path.relative_to(copied_content)) for path in changed} == {
        "intents/en/health.yaml", "intents/ar/everyday.yaml",
    }  # fmt: skip
    for path in changed:
        diff = difflib.ndiff(files[path].splitlines(), path.read_text(encoding="utf-8").splitlines())
        assert [line[0] for line in diff if line[0] != " "] == ["+"]
    content = load_content(copied_content)
    for phrase in phrases[:2]:
        assert (phrase.text, phrase.need) in [(p.text, p.label) for p in content.intents.phrases[phrase.language]]
    lines = (copied_content / QUESTIONS).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["needs"] for line in lines] == [["see-doctor"], ["letters"]]
    again = export(copied_content, content.catalogue, phrases)
    assert again.files == ()


def test_test_questions_that_cannot_be_read_are_named_and_nothing_is_exported(copied_content: Path):
    questions = copied_content / QUESTIONS
    questions.parent.mkdir()
    questions.write_text('{"text": "where is the vet", "needs": []}\nwhere is the vet\n', encoding="utf-8")
    files = {path: path.read_bytes() for path in copied_content.rglob("*.*") if path.is_file()}
    phrase = PhraseRow(1, "en", "see-doctor", None, "who looks at teeth", "live", 1)
    with pytest.raises(OpasError, match=rf"^{re.escape(str(questions))}:2: not a question: write "):
        export(copied_content, load_content(copied_content).catalogue, [phrase])
    assert {path: path.read_bytes() for path in copied_content.rglob("*.*") if path.is_file()} == files


def test_a_sentence_that_a_language_lacks_is_marked_for_its_translator_instead_of_standing_there_in_english(
    copied_content: Path, head_cache: HeadCache
):
    own_words = copied_content / "locales/sl/LC_MESSAGES/opas.po"
    empty = 'msgid "Call first."\nmsgstr ""\n'
    before = own_words.read_text(encoding="utf-8")
    assert empty in before
    own_words.write_text(before.replace(empty, empty.replace('""', '"Najprej pokličite."')), encoding="utf-8")
    guide = load_guide(copied_content, head_cache)
    pieces = ("service:city-office", "sentence:call-first")
    answer = AnswerRow(7, 1, 1, "en", pieces, {}, (), "live", START, START, START)
    phrase = PhraseRow(1, "en", "", 7, "where do I register my dog", "live", 1)
    becoming = need_of(answer, [phrase], guide)
    assert isinstance(becoming, Becoming)
    step = "needs.where-do-i-register-my-dog.steps.0"
    assert becoming.in_english == {"ar": [step]}
    export(copied_content, guide.catalogue, [phrase], [becoming])
    written = {
        code: (copied_content / f"locales/{code}/LC_MESSAGES/catalogue.po").read_text(encoding="utf-8")
        for code in ("en", "ar")
    }
    entry = f'msgctxt "{step}"\nmsgid "Najprej pokličite."\nmsgstr "Call first."\n'
    assert f"#, fuzzy\n{entry}" in written["ar"]
    assert entry in written["en"]
    assert "fuzzy" not in written["en"]
    assert load_guide(copied_content, head_cache).texts.speaker("ar").tell(step, "Najprej pokličite.") == "Call first."


async def test_the_command_says_which_ways_of_asking_have_nowhere_to_go(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path
):
    database = tmp_path / "learn.db"
    async with await Store.open(database, now=clock) as store:
        unit = store.unit()
        for language, need in (("en", "ice-rink"), ("pl", "see-doctor")):
            add_phrase(unit, language=language, need=need, text="on ice", staff_id=1, group_id=None)
        await store.commit(unit)
    environment = {"OPAS_DATABASE": f"sqlite:///{database}", "OPAS_CACHE": str(head_cache.folder)}
    words = ["learn", "export", "--content", str(copied_content)]
    said = await asyncio.to_thread(lambda: CliRunner(env=environment).invoke(cli, words).output)
    assert said.splitlines() == [
        "0 phrases are in the content now.",
        "left: «on ice» (en): services.yaml has no need 'ice-rink'.",
        "left: «on ice» (pl): this language is not spoken here.",
    ]


async def test_the_command_exports_what_counsellors_taught_and_the_bot_goes_on_from_the_files(
    copied_content: Path, head_cache: HeadCache, guides: Guides, clock: Clock, tmp_path: Path
):
    database = tmp_path / "learn.db"
    files = {path: path.read_text(encoding="utf-8") for path in copied_content.rglob("*.*") if path.is_file()}
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, database, staff={501: "admin"})
        rules = town.bot.review
        [admin] = rules.staff.everybody
        await town.person("en").says("who repairs a bicycle here, I am Ana")
        [group] = await rules.queue.groups(admin)
        await rules.answering.point(admin, group.id, "city-desk", "who repairs bicycles")
        await town.person("en").says("where do I register my dog Rex")
        [group] = await rules.queue.groups(admin)
        texts = {"sl": "Psa prijavi pri veterinarju: v 14 dneh.", "en": "Register it at a vet."}
        new = NewAnswer(
            ("service:city-office", "sentence:call-first"), texts, frozenset(texts),
            {"en": "where do I register my dog", "ar": "أين أسجل كلبي"},
        )  # fmt: skip
        assert isinstance(await rules.answering.answer(admin, group.id, new), Done)
    environment = {
        "OPAS_DATABASE": f"sqlite:///{database}", "OPAS_CACHE": str(head_cache.folder),
        "OPAS_NOW": (clock() + timedelta(minutes=11)).isoformat(),
    }  # fmt: skip

    def opas(*words: str, **more: str) -> str:
        result = CliRunner(env=environment | more).invoke(cli, [*words, "--content", str(copied_content)])
        assert result.exit_code == 0, result.output
        return result.output

    early = await asyncio.to_thread(opas, "learn", "export", OPAS_NOW=clock().isoformat())
    assert "0 phrases are in the content now." in early
    assert "left: answer 2: it can still be taken back." in early
    said = await asyncio.to_thread(opas, "learn", "export")
    assert "3 phrases are in the content now." in said
    assert "new need: where-do-i-register-my-dog «Where do I register my dog» (answer 2)." in said
    place = "needs.where-do-i-register-my-dog.steps.0"
    assert f"  {place}: in English, for opas.po lacks it in sl. Rewrite it in services.yaml.\n" in said
    for path, before in files.items():
        diff = difflib.ndiff(before.splitlines(), path.read_text(encoding="utf-8").splitlines())
        assert {line[0] for line in diff if line[0] in "+-"} <= {"+"}, path
    everything = "".join(path.read_text(encoding="utf-8") for path in copied_content.rglob("*.*") if path.is_file())
    assert "Ana" not in everything
    assert "Rex" not in everything
    need = load_content(copied_content).catalogue.needs["where-do-i-register-my-dog"]
    assert (need.topic, need.services, need.advice) == ("everyday", ("city-office",), texts["sl"])
    assert "0 phrases are in the content now." in await asyncio.to_thread(opas, "learn", "export")
    fit_all(head_cache, copied_content)
    figures = await asyncio.to_thread(opas, "eval", str(copied_content / QUESTIONS), "--json")
    assert json.loads(figures)["in_scope"]["all"]["right"] == 3
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT DISTINCT state FROM answer").fetchall() == [("exported",)]
    for folder, begins in (
        (copied_content, "Where do I register my dog\n"),
        (MARIBOR, "A person wrote this answer.\n"),
    ):
        # What runs the new files answers from them; what runs older ones still has the answer.
        async with AsyncExitStack() as stack:
            town = await open_town(stack, Guides(folder, head_cache), clock, database, staff={501: "admin"})
            [reply] = await town.person("en").says("where do I register my dog?")
            assert reply.startswith(begins)
            assert "Register it at a vet." in reply
            [reply] = await town.person("ar").says("أين أسجل كلبي")
            assert "سجل" in reply or "Mestna" in reply
    link = await asyncio.to_thread(opas, "review-link")
    assert link.startswith("http://127.0.0.1:8080/review/enter/")

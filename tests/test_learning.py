"""What the staff taught is written into the content: only those lines change."""

from __future__ import annotations

import asyncio
import difflib
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.catalogue.content import load_content
from bot.cli.main import opas as cli
from bot.guides import Guides
from bot.matching.cache import HeadCache
from bot.review.export import QUESTIONS, export, with_phrase
from bot.store.phrases import PhraseRow
from tests.conftest import Clock, fit_all, open_town


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n- one\n- two\nb:\n- three\n", "a:\n- one\n- two\n- new\nb:\n- three\n"),
        ("a:\n  - one # why\n\nb:\n  - three\n", "a:\n  - one # why\n  - new\n\nb:\n  - three\n"),
        ("a: [one, two]\nb: []\n", "a: [one, two, new]\nb: []\n"),
        ("a: {phrases: [one], words: [x]}\n", "a: {phrases: [one, new], words: [x]}\n"),
        ("# only this\nb:\n- three", "# only this\nb:\n- three\na:\n- new\n"),
        ("a:\n- NEW!\n", "a:\n- NEW!\n"),
        ("", "a:\n- new\n"),
    ],
)
def test_one_line_is_added_and_no_other_changes(before: str, after: str):
    assert with_phrase(before, "a", "new") == after


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


async def test_the_command_exports_what_a_counsellor_taught_and_eval_runs_it(
    copied_content: Path, head_cache: HeadCache, guides: Guides, clock: Clock, tmp_path: Path
):
    database = tmp_path / "learn.db"
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, database, staff={501: "admin"})
        await town.person("en").says("who repairs my broken bicycle, I am Ana")
        rules = town.bot.review
        [admin] = rules.staff.everybody
        [group] = await rules.queue.groups(admin)
        await rules.answering.point(admin, group.id, "city-desk", "who repairs bicycles")
    environment = {"OPAS_DATABASE": f"sqlite:///{database}", "OPAS_CACHE": str(head_cache.folder)}

    def opas(*words: str) -> str:
        result = CliRunner(env=environment).invoke(cli, [*words, "--content", str(copied_content)])
        assert result.exit_code == 0, result.output
        return result.output

    assert "1 phrases are in the content now." in await asyncio.to_thread(opas, "learn", "export")
    everything = "".join(path.read_text(encoding="utf-8") for path in copied_content.rglob("*.*l"))
    assert "who repairs bicycles" in everything
    assert "Ana" not in everything
    fit_all(head_cache, copied_content)
    figures = await asyncio.to_thread(opas, "eval", str(copied_content / QUESTIONS), "--json")
    assert json.loads(figures)["in_scope"]["all"]["right"] == 1
    link = await asyncio.to_thread(opas, "review-link")
    assert link.startswith("http://127.0.0.1:8080/review/enter/")

"""What the staff taught is written into the content: only those lines change."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest

from bot.catalogue.content import load_content
from bot.review.export import QUESTIONS, export, with_phrase
from bot.store.answers import PhraseRow


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

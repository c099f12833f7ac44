"""The thesaurus: its files, and what its words name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.grouping.titles import titles
from bot.kept import Kept
from bot.thesaurus import things
from bot.thesaurus.directions import Directions, directions
from bot.thesaurus.things import Things

FOLDER = Path(__file__).parents[1] / "bot" / "thesaurus" / "things"
HEADER = "id | en | fi | sv | et | ru | uk | ar | fa | so | tr | fr | es | zh"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.name)
def test_every_line_has_a_kind_and_its_thirteen_cells(file: Path):
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines[0] == HEADER
    assert lines[1].startswith("[")
    for line in lines[1:]:
        assert line.startswith("[") or all(cell.strip(" ~") for cell in line.split("|")), line
        assert line.startswith("[") or line.count("|") == HEADER.count("|"), line


def test_no_thing_stands_twice():
    ids = [
        line.split()[0]
        for file in FOLDER.glob("*.txt")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line and line[0] not in "#[" and line != HEADER
    ]
    assert sorted(ids) == sorted(set(ids))


def test_what_counsellors_may_read_of_is_called_something_in_each_language_of_the_pages():
    readers = [path.parts[-3] for path in (FOLDER.parents[2] / "locales").glob("*/LC_MESSAGES/staff.po")]
    assert sorted(readers) == sorted(titles())
    for named in titles().values():
        assert named.keys() == things(strict=True).by_id.keys()
        assert all(named.values())


def test_akin_are_things_that_are_there():
    assert set(things().kin) <= set(things().by_id)


def test_loose_words_and_lines_are_known_but_not_to_whoever_wants_strict_ones():
    text = f"{HEADER}\n[things 1]\ndog | dog ~ puppy{' | x' * 12}\n[things ?]\ncat | cat{' | x' * 12}"
    loose, strict = Things(text), Things(text, strict=True)
    assert loose.named("puppy", "en") == loose.named("dog", "en") == (frozenset({"dog"}),)
    assert loose.named("cat", "en") == (frozenset({"cat"}),)
    assert strict.named("dog", "en") == (frozenset({"dog"}),)
    assert strict.named("puppy", "en") == strict.named("cat", "en") == ()


def test_a_name_of_several_words_may_have_one_word_between_two():
    text = f"{HEADER}\n[acts 1]\nmoney-send | send*_money bank_account_number{' | x' * 12}"
    spans = Things(text).spans
    assert spans(["i", "sent", "money", "or", "sending", "some", "money"], "en") == [(4, 7, "money-send")]
    assert spans(["my", "bank", "account", "number"], "en") == [(1, 4, "money-send")]
    assert spans(["my", "bank", "account", "my", "number"], "en") == []


def test_what_french_and_arabic_write_together_with_a_word_is_taken_off():
    named = things().named
    assert named("lecole", "fr") == named("ecole", "fr") != ()
    assert named("والمدرسه", "ar") == named("مدرسه", "ar") != ()


@pytest.mark.parametrize("damage", [None, "", "{}", '{"tables": [["", [7], []]], "names": {}}'])
def test_words_that_are_kept_mean_the_same_at_the_next_start_and_damaged_ones_are_read_anew(tmp_path, damage):
    kept = Kept(tmp_path)
    cells = "dog* | dogs_home *hund* | home | rent ~ puppy"
    text = f"{HEADER}\n[things 1]\n" + "\n".join(
        f"{thing} | {cell.strip()}{' | x' * 12}"
        for thing, cell in zip(("dog", "shelter", "home", "flat"), cells.split("|"), strict=True)
    )
    text += f"\nlease | rent{' | x' * 12}"
    questions = [["the", "dogs", "home"], ["a", "schnauzerhunde"], ["rent", "a", "puppy"], ["dog", "house"]]

    def answers() -> list[object]:
        table = Things(text)
        table.keep_in(kept)
        return [(table.spans(words, "en"), [table.named(word, "en") for word in words]) for words in questions]

    first = answers()
    assert first[0][0] == [(1, 3, "shelter")]
    assert first[2][1] == [(frozenset({"flat", "lease"}),), (), (frozenset({"flat"}),)]
    (file,) = tmp_path.iterdir()
    if damage is not None:
        file.write_text(damage)
    whole = file.read_bytes()
    assert answers() == first
    assert (file.read_bytes() == whole) is (damage is None), "what is kept is taken, what is damaged is made anew"


def test_what_people_speak_of_together_lies_near_each_other():
    table = directions()

    def near(one: str, other: str) -> float:
        return float(table.vectors[table.places[one]] @ table.vectors[table.places[other]])

    assert near("firewood", "wood-stove") > near("firewood", "dentist") + 0.2


def test_a_text_lies_where_its_words_do_and_what_a_word_may_mean_shares_in_it():
    table = Directions(["bat", "cave"], np.array([1.0, 4.0]), np.array([[127, 0], [0, 127]], np.int8))
    np.testing.assert_allclose(table.sum_of([[0], [1]]), [1, 4])
    np.testing.assert_allclose(table.sum_of([[0, 1], [0]]), [1.5, 2])
    np.testing.assert_allclose(table.sum_of([]), [0, 0])

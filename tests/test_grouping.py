"""Open questions that ask the same meet, within a language and across; others do not."""

from __future__ import annotations

import json
import shutil
from itertools import combinations, count, permutations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.main import opas
from bot.grouping import Grouper, Reason, grouped, understand, worth_asking
from bot.grouping.asking import asking
from bot.grouping.clusters import Links, clusters
from bot.grouping.members import Members
from bot.grouping.nearness import SpokenOf, meant, table
from bot.grouping.sorting import Voice, moves
from bot.guide import load_guide
from bot.guides import Guides
from bot.matching.cache import HeadCache
from bot.text import fold
from bot.thesaurus import things
from tests.conftest import MARIBOR, fit_all


@pytest.fixture
def grouper(guides: Guides) -> Grouper:
    return Grouper(lambda: guides.current)


def placed(grouper: Grouper, number: int, text: str, language: str) -> int:
    """The group of a question that has just been asked; question and group numbers are counted alike."""
    placement = grouper.place(text, language)
    group = placement.group_id or number
    grouper.add(number, group, text, language)
    return group


def groups_of(guides: Guides, *texts: str) -> list[int | None]:
    """The groups of English questions that come one after the other."""
    return [placement.group_id for placement in grouped(guides.current, [(text, "en") for text in texts])]


def test_the_same_words_in_other_letters_are_one_group(grouper: Grouper):
    placed(grouper, 1, "Where can I register my dog?", "en")
    placement = grouper.place("where can i register my DOG", "en")
    assert (placement.group_id, placement.reason.rule, placement.nearest) == (1, "same-words", 1)


def test_words_that_only_frame_a_question_are_no_reason_beside_what_it_speaks_of(grouper: Grouper):
    placed(grouper, 1, "where can i mend the bow of my violin", "en")
    marks = grouper.place("can i have the bow of my violin mended", "en").reason.marks
    assert "violin" in marks
    assert not {"i", "my", "of", "the", "can"}.intersection(marks)


def test_a_question_that_asks_something_else_opens_a_group(grouper: Grouper):
    placed(grouper, 1, "Where can I register my dog?", "en")
    assert grouper.place("my phone was left on the bus", "en").group_id is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("our neighbour smokes on the balcony", "may i grill sausages on the balcony"),
        ("a wasp stung me on the lip", "who takes the wasp nest away from our roof"),
        ("the piano upstairs is played at midnight", "who tunes a piano here"),
        ("our lift is stuck between floors", "does the house have a lift for a wheelchair"),
    ],
)
def test_one_thing_beside_words_that_nobody_knows_joins_no_questions(guides: Guides, one: str, other: str):
    assert groups_of(guides, one, other) == [1, 2]


def test_a_question_that_was_moved_draws_the_next_one_after_it(grouper: Grouper):
    placed(grouper, 1, "Where can I register my dog?", "en")
    grouper.move(1, 7)
    assert grouper.place("where can I register my dog", "en").group_id == 7


PERMIT = "Do I need a permit for fishing?"
PRICE = "fishing licence price and where"
BETWEEN = "هل أحتاج تصريح لصيد السمك"
"""Near to both: do I need a licence to catch fish."""


def three_in_two_groups(grouper: Grouper) -> None:
    """As they stand when the third one has come, in group 1, and nothing is sorted yet."""
    for number, (text, language) in enumerate([(PERMIT, "en"), (PRICE, "en"), (BETWEEN, "ar")], 1):
        placed(grouper, number, text, language)
    assert grouper.place(PRICE, "en").group_id == 2
    assert grouper.place(BETWEEN, "ar").group_id == 1


def test_a_question_that_comes_brings_two_together_that_stood_apart(grouper: Grouper):
    three_in_two_groups(grouper)
    [move] = grouper.sort(3, (), count(10).__next__)
    assert (move.question, move.group, move.to) == (2, 2, 1)
    assert "fishing" in move.reason.marks
    assert move.nearest in {1, 3}
    grouper.move(move.question, move.to)
    assert grouper.sort(3, (), count(10).__next__) == ()


def test_a_group_that_a_person_has_touched_keeps_its_questions_and_may_get_more(grouper: Grouper):
    three_in_two_groups(grouper)
    assert {(move.question, move.to) for move in grouper.sort(3, {2}, count(10).__next__)} == {(1, 2), (3, 2)}
    assert grouper.sort(3, {1, 2}, count(10).__next__) == ()


def test_questions_are_sorted_by_the_guide_in_use(guides: Guides, tmp_path: Path, head_cache: HeadCache):
    city = tmp_path / "city"
    shutil.copytree(MARIBOR, city)
    (city / "intents/en/ask-between.yaml").unlink()  # a label less
    in_use = guides.current
    grouper = Grouper(lambda: in_use)
    three_in_two_groups(grouper)
    assert grouper.sort(3, (), count(10).__next__)
    grouper.add(4, 4, "what does a fishing permit cost", "en")  # nobody has read yet to what it leans
    fit_all(head_cache, city)
    in_use = load_guide(city, head_cache)
    one, other = (guide.matcher.reading(PRICE).labels for guide in (in_use, guides.current))
    assert len(one) < len(other)
    assert {move.to for move in grouper.sort(3, (), count(10).__next__)} == {1}


def test_a_question_that_was_taken_back_sorts_nothing(grouper: Grouper):
    three_in_two_groups(grouper)
    grouper.remove(3)
    assert grouper.sort(3, (), count(10).__next__) == ()


def test_whoever_asks_first_does_not_matter_to_who_stands_together(guides: Guides):
    asked = [(PERMIT, "en"), (PRICE, "en"), (BETWEEN, "ar"), ("where can I register my dog", "en")]
    for order in permutations(asked):
        groups = {text: place.group_id for (text, _), place in zip(order, grouped(guides.current, order), strict=True)}
        assert groups[PERMIT] == groups[PRICE] == groups[BETWEEN] != groups["where can I register my dog"], order


def links_of(size: int, values: list[float]) -> Links:
    links = np.zeros((size, size))
    links[np.triu_indices(size, 1)] = values
    return links + links.T


def linked(seed: int) -> tuple[Links, Random]:
    """Links of some questions, no two alike: of equally near ones the order decides."""
    random = Random(seed)
    size = random.randint(1, 8)
    return links_of(size, [random.uniform(-7, 7) for _ in range(size * (size - 1) // 2)]), random


@given(st.integers())
def test_clusters_do_not_hang_on_the_order(seed: int):
    links, random = linked(seed)
    order = random.sample(range(len(links)), len(links))
    shuffled = clusters(links[np.ix_(order, order)], list(range(len(links))))
    found = clusters(links, list(range(len(links))))
    for one, other in combinations(range(len(links)), 2):
        together = shuffled[order.index(one)] == shuffled[order.index(other)]
        assert together == (found[one] == found[other])


@given(st.integers())
def test_what_stays_together_does_and_of_two_that_are_held_nothing_comes_together(seed: int):
    links, random = linked(seed)
    blocks = [random.randint(0, 3) for _ in links]
    found = clusters(links, blocks, {0, 1})
    for one, other in combinations(range(len(links)), 2):
        if blocks[one] == blocks[other]:
            assert found[one] == found[other]
        elif {blocks[one], blocks[other]} == {0, 1}:
            assert found[one] != found[other]


def test_one_near_pair_does_not_draw_two_subjects_together():
    near, far = 3.0, -5.0
    links = links_of(4, [near, near, far, far, far, near])  # 0–1 and 2–3 are subjects; 0–2 look alike
    one, two, three, four = clusters(links, [0, 1, 2, 3])
    assert one == two != three == four


def test_questions_that_part_get_a_group_of_their_own_and_most_keep_theirs():
    near, far = 3.0, -5.0
    voices = [Voice(number, 8, (number,), stays=False) for number in (1, 2, 3)]
    reasons = dict.fromkeys(combinations(range(3), 2), Reason("near-words"))
    [move] = moves(voices, links_of(3, [near, far, far]), reasons, (), count(20).__next__)
    assert (move.question, move.group, move.to, move.reason.rule, move.nearest) == (3, 8, 20, "new", None)


def test_the_same_wording_goes_along():
    voices = [Voice(1, 8, (1, 4, 5), stays=False), Voice(2, 9, (2,), stays=False)]
    links, reasons = links_of(2, [3.0]), {(0, 1): Reason("near-words", ("fish",))}
    [move] = moves(voices, links, reasons, (), count(20).__next__)
    assert (move.question, move.to, move.reason.marks, move.nearest) == (2, 8, ("fish",), 1)
    goes = moves(voices, links, reasons, {9}, count(20).__next__)
    assert [(move.question, move.to) for move in goes] == [(1, 9), (4, 9), (5, 9)]


def test_a_question_that_is_gone_draws_nobody(grouper: Grouper):
    placed(grouper, 1, "Where can I register my dog?", "en")
    grouper.remove(1)
    assert grouper.place("Where can I register my dog?", "en").group_id is None


def test_a_reason_survives_its_storing():
    reason = Reason("same-things", ("dog", "licence"))
    assert Reason.from_code(reason.code()) == reason


@pytest.mark.parametrize("text", ["qqqq zzzz xxkw", "…", "12345"])
def test_gibberish_is_nobodys_work_unless_a_person_was_asked_for(guides: Guides, text: str):
    matcher = guides.current.matcher
    assert worth_asking(matcher, text) == "gibberish"
    assert worth_asking(matcher, text, person=True) == "queue"


def test_the_command_numbers_groups_as_they_appear(head_cache, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPAS_CACHE", str(head_cache.folder))
    lines = ["where can I register my dog", "lost phone on the bus", "Where can I register my dog?"]
    given = "".join(json.dumps({"text": line, "lang": "en"}) + "\n" for line in lines)
    result = CliRunner().invoke(opas, ["group", "--content", str(MARIBOR)], input=given)
    rows = [json.loads(line) for line in result.output.splitlines()]
    assert [(row["id"], row["group"]) for row in rows] == [(1, 1), (2, 2), (3, 1)]


def test_a_reader_of_another_language_sees_the_nearest_needs_in_their_own(guides: Guides):
    understood = understand(guides.current.matcher, "أحتاج طبيب أسنان", "ar", "en")
    assert understood.needs
    assert all(near.phrase_language == "en" for near in understood.needs if near.phrase)
    assert understood.why.wanted > 0


def test_a_need_that_has_nothing_to_do_with_a_question_is_not_named(guides: Guides):
    def near(text: str) -> dict[str, float]:
        return {need.need: need.confidence for need in understand(guides.current.matcher, text, "en", "en").needs}

    assert near("name of the longest river") == {}
    assert near("playground")["city-desk"] > 0.01
    # Only what may be a cry that was not heard is named below one in a hundred.
    assert {need for need, sure in near("chess club").items() if sure < 0.01} == {"emergency", "violence"}


def test_needs_are_called_equally_near_only_when_they_are(guides: Guides):
    why = [
        understand(guides.current.matcher, text, "en", "en").why.rule
        for text in ("parking at night for my car", "office doctor")
    ]
    assert why == ["asked", "several"]


def test_words_that_only_frame_a_question_do_not_keep_it_apart(guides: Guides):
    framed = "Hello, does anybody know where I could find a chess club around here please"
    assert groups_of(guides, framed, "looking for chess") == [1, 1]


def test_a_word_of_two_meanings_counts_by_the_one_that_the_other_question_has(guides: Guides):
    assert groups_of(guides, "my toilet is blocked", "drain blocked", "blocked road") == [1, 1, 2]


def test_questions_that_name_near_things_are_nearer_than_others():
    def spoken_of(text: str) -> SpokenOf:
        return table().spoken_of(meant(things(), fold(text), "en"))

    logs = spoken_of("birch logs delivered home")
    near, far = table().nearness_to_each(
        logs, [spoken_of("where to buy firewood"), spoken_of("where to buy a bicycle")]
    )
    assert near.direction > far.direction + 0.1
    assert near.covered > far.covered


def test_the_price_and_the_place_of_one_matter_are_two_wishes():
    wishes = asking().wishes
    assert wishes(fold("How much does a sworn translator cost?"), "en") == {"price"}
    assert wishes(fold("哪里可以找到翻译"), "zh") == wishes(fold("Где найти переводчика?"), "ru") == {"where"}
    assert wishes(fold("How long does it take?"), "en") == {"when"}  # not how
    assert not wishes("tick bite", "en")


def test_what_a_finnish_case_leaves_at_the_end_of_a_word_is_no_word():
    named = things().named
    assert named("osta", "fi") == (frozenset({"buy"}),)
    assert named("toimistosta", "fi") == named("toimisto", "fi")  # from the office: no buying
    assert named("lapsilta", "fi") == named("lapsi", "fi")  # from the children: no evening


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc"), st.integers(1, 4))))
def test_whatever_comes_and_goes_the_same_questions_stand_under_a_key(changes: list[tuple[bool, str, int]]):
    kept: Members[str] = Members()
    expected: dict[str, set[int]] = {key: set() for key in "abc"}
    for comes, key, number in changes:
        (kept.add if comes else kept.remove)(key, number)
        (expected[key].add if comes else expected[key].discard)(number)
        assert {key: sorted(kept.of(key)) for key in "abc"} == {key: sorted(some) for key, some in expected.items()}

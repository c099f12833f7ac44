"""Open questions that ask the same meet, within a language and across; others do not."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bot.cli.main import opas
from bot.grouping import Grouper, Reason, understand, worth_asking
from bot.grouping.asking import asking
from bot.grouping.nearness import Said, meant, table
from bot.guides import Guides
from bot.text import fold
from bot.thesaurus import things
from tests.conftest import MARIBOR


@pytest.fixture
def grouper(guides: Guides) -> Grouper:
    return Grouper(lambda: guides.current)


def placed(grouper: Grouper, number: int, text: str, language: str) -> int:
    """The group of a question that has just been asked; question and group numbers are counted alike."""
    placement = grouper.place(text, language)
    group = placement.group_id or number
    grouper.add(number, group, text, language)
    return group


def test_the_same_words_in_other_letters_are_one_group(grouper: Grouper):
    placed(grouper, 1, "Where can I register my dog?", "en")
    placement = grouper.place("where can i register my DOG", "en")
    assert (placement.group_id, placement.reason.rule, placement.nearest) == (1, "same-words", 1)


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
        pytest.param(
            "my son pulled a tick out of his leg",
            "which places give the shot against ticks",
            marks=pytest.mark.xfail(strict=True, reason="both lean to the doctor: a person has to take them apart"),
        ),
    ],
)
def test_one_thing_beside_words_that_nobody_knows_joins_no_questions(grouper: Grouper, one: str, other: str):
    placed(grouper, 1, one, "en")
    assert grouper.place(other, "en").group_id is None


def test_a_question_that_was_moved_draws_the_next_one_after_it(grouper: Grouper):
    placed(grouper, 1, "Where can I register my dog?", "en")
    grouper.move(1, 7)
    assert grouper.place("where can I register my dog", "en").group_id == 7
    assert grouper.place("where can I register my dog", "en", apart={7}).group_id is None


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
    [near, *others] = understand(guides.current.matcher, "what is the capital of the country", "en", "en").needs
    assert near.confidence > 0.002
    assert not others


def test_needs_are_called_equally_near_only_when_they_are(guides: Guides):
    why = [
        understand(guides.current.matcher, text, "en", "en").why.rule
        for text in ("parking at night for my car", "doctor office")
    ]
    assert why == ["asked", "several"]


def test_words_that_only_frame_a_question_do_not_keep_it_apart(grouper: Grouper):
    placed(grouper, 1, "Hello, does anybody know where I could find a chess club around here please", "en")
    assert grouper.place("looking for chess", "en").group_id == 1


def test_a_word_of_two_meanings_counts_by_the_one_that_the_other_question_has(grouper: Grouper):
    placed(grouper, 1, "my toilet is blocked", "en")
    assert grouper.place("drain blocked", "en").group_id == 1
    assert grouper.place("blocked road", "en").group_id is None


def test_questions_that_name_near_things_are_nearer_than_others():
    def said(text: str) -> Said:
        return table().said(meant(things(), fold(text), "en"))

    logs = said("birch logs delivered home")
    near, far = table().nearness_to_each(logs, [said("where to buy firewood"), said("where to buy a bicycle")])
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

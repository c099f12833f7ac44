from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kept import Kept
from bot.matching.repair import Counted, Repairer, Repairers
from bot.model import Phrase, Phrases

REPAIRER = Repairer(Counted.of([
    "where can i study finnish for free", "how do i get a residence permit", "my permit card expires in january",
    "appointment with a doctor", "i need an apartment", "asumistuki vuokraan", "where is my permit",
]))  # fmt: skip


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wher can i studdy finnish", "where can i study finnish"),
        ("wherecanistudyfinnish", "where can i study finnish"),
        ("apartement", "apartment"),
        ("apaartmeent", "apartment"),
        ("resi dence permit", "residence permit"),
        ("appointmnet", "appointment"),
        ("mypermit", "my permit"),
        ("an appointment with a do ctor", "an appointment with a doctor"),
        ("hwo do i get it", "how do i get it"),
        ("where is m ypermit", "where is my permit"),
        ("where is mynpermit", "where is my permit"),
        ("where can i study finnish", "where can i study finnish"),
    ],
)
def test_misspelt_glued_and_torn_words_are_put_right(written: str, meant: str):
    assert REPAIRER.text(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("se esta kemando", "se esta quemando"),
        ("jente sin bibienda", "gente sin vivienda"),
        ("безплатна учится", "бесплатно учиться"),
        ("مصاعده", "مساعده"),
    ],
)
def test_words_that_are_spelt_by_ear_are_put_right(written: str, meant: str):
    phrases = ["se esta quemando la casa", "hay gente sin vivienda", "где бесплатно учиться", "احتاج مساعده", "mente"]
    assert Repairer(Counted.of(phrases)).text(written) == meant


def test_a_word_that_no_phrase_has_is_left_alone_when_it_is_one():
    words = Counted.of(["the rent is too high"])
    assert Repairer(words).text("my tent") == "my rent"
    assert Repairer(words, {"tent"}.__contains__).text("my tent") == "my tent"


def test_slips_are_put_right_by_kept_words_as_by_counted_ones_and_new_phrases_are_counted(tmp_path):
    kept = Kept(tmp_path)

    def mended(*phrases: str) -> str:
        folded = {"en": Phrases.of("en", [Phrase(text, "a-need", "en") for text in phrases])}
        return Repairers(folded, kept).of("en").text("m ycar kemando tentt")

    first = mended("my car", "my other car", "se esta quemando", "the rent", "the tents")
    assert first == "my car quemando tents"
    (file,) = tmp_path.iterdir()
    assert mended("my car", "my other car", "se esta quemando", "the rent", "the tents") == first
    assert mended("my car", "my other car", "the rent", "the tentt") == "my car kemando tentt"
    file.write_text("{}")
    assert mended("my car", "my other car", "se esta quemando", "the rent", "the tents") == first


@pytest.mark.parametrize(("written", "meant"), [("nwxttrack", "next track"), ("thelkst", "the list")])
def test_two_glued_words_are_put_right_though_one_has_a_slip(written: str, meant: str):
    phrases = ["next track", "the next one", "another track", "the list", "on the list", "at last"]
    assert Repairer(Counted.of(phrases)).text(written) == meant


def test_what_else_an_unknown_word_may_have_been_is_read_too():
    repairer = Repairer(Counted.of(["my phone", "my phone number", "one more", "just one", "that one"]))
    assert repairer.texts("my hone") == ["my one", "my phone"]
    assert repairer.texts("my hone", 0) == ["my one"]
    assert repairer.texts("my phone") == ["my phone"]


@pytest.mark.parametrize(
    ("written", "likeliest", "meant"),
    [("my tmmdr", "my tmmdr", "my timer"), ("my rmsenvation", "my rms en v at i on", "my reservation")],
)
def test_in_a_strange_text_a_word_that_resembles_none_may_be_two_slips_away_from_one(
    written: str, likeliest: str, meant: str
):
    repairer = Repairer(Counted.of(["my timer", "my reservation", "i go at ten", "on rms", "en"]))
    assert repairer.texts(written) == [likeliest]
    assert repairer.texts(written, is_strange=True) == [likeliest, meant]


def test_words_that_resemble_nothing_stay_as_they_are():
    for text in ("planetarium zeppelin", "xqzv", "12345", "да нет"):
        assert REPAIRER.text(text) == text


@given(st.text(alphabet="abcdefghij klmnoprstu", max_size=60))
def test_repairing_raises_on_nothing_and_loses_no_known_word(text: str):
    repaired = REPAIRER.text(" ".join(text.split()))
    known = [word for word in text.split() if REPAIRER.knows(word)]
    assert sum(map(len, known)) <= len(repaired.replace(" ", "")) + 1


def test_a_repairer_without_words_changes_nothing():
    assert Repairer(Counted.of([])).text("where can i") == "where can i"

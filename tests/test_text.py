from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.folding import fold_all
from bot.strings import Strings
from bot.text import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Missä VOIN opiskellaaaa suomea??", "missa voin opiskellaa suomea"),
        ("Их там «Навигатор»!", "их там навигатор"),
        ("Їжак і ґанок", "ижак и ганок"),
        ("ﻛﻴﻼ ة أ إ آ", "کیلا ه ا ا ا"),
        ("می‌خواهم ۱۲۳", "می خواهم 123"),
        ("don't ‘quote’", "dont quote"),
        ("IĞDIR ısı İzmir", "igdir isi izmir"),
        ("ＫＥＬＡ １１２", "kela 112"),
        ("Straße Đà", "strasse da"),
        ("हिन्दी", "हिन्दी"),
        ("...!?", ""),
    ],
)
def test_folding(written: str, folded: str):
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing_and_raises_on_nothing(text: str):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcdefghijåäöабвгдابجد中文字", min_size=1))
def test_folding_empties_no_word(word: str):
    assert fold(word)


@given(st.text())
def test_what_is_folded_holds_letters_digits_and_single_blanks_only(text: str):
    folded = fold(text)
    assert "  " not in folded
    assert folded == folded.strip()
    assert not any(char in folded for char in "\n\t.,!?-_\"'")


@given(st.lists(st.text(alphabet=st.characters() | st.sampled_from("ꙮ 'aäя\u0301")), max_size=4))
def test_many_texts_folded_at_once_are_what_each_is_alone(texts: list[str]):
    assert fold_all(texts) == [fold(text) for text in texts]


@given(st.lists(st.text(st.characters()), max_size=8))
@example(["\ud800", "\udc00 ä"])
def test_strings_are_kept_as_they_were(strings: list[str]):
    kept = Strings(strings)
    assert (list(kept), len(kept), kept[::2]) == (strings, len(strings), strings[::2])
    assert [kept[place] for place in range(-len(strings), len(strings))] == [*strings, *strings]

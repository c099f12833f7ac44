"""Texts in a language that the thesaurus knows and a content leaves out, told by how their words are spelt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Final
from unicodedata import normalize

import numpy as np

from bot.matching import thresholds as t
from bot.matching.languages import ENOUGH, SPELT, SPELT_BADLY
from bot.matching.latin import in_both_spellings
from bot.matching.scripts import script_shares
from bot.matching.spelling import Spelling, threes_of
from bot.model import Phrase, Phrases
from bot.text import fold
from bot.thesaurus import things

LATIN: Final = "latin"
"""The script that everybody types at times."""
TYPED: Final = frozenset({"ar", "fa", "ru", "uk"})
"""Languages of other scripts that are typed in Latin letters, one letter after the other."""
WRITES: Final = 0.2
"""A language writes the scripts of which at least this share of its letters are."""
STEP: Final = 4
"""Of so many things in the thesaurus one shows how a language is spelt: all of them tell no more texts, in three times
the time."""
FEWEST_TO_SPELL: Final = 250
"""So many phrases show how a language is spelt of which the thesaurus has no words: 3 of 2,081 questions in four such
languages are taken for another one then, with 60 phrases 15 (22 Nov 2026)."""

_WORD: Final = re.compile(r"[^\W\d_]+")


class LeftOut:
    """The languages of the thesaurus that a content does not speak. How those of a script are spelt is counted when a
    text in it is first asked about (half a second for Latin letters)."""

    def __init__(self, phrases: Mapping[str, Phrases]) -> None:
        self.languages = tuple(code for code in things().languages if code not in phrases)
        self._phrases = phrases
        self._spoken: dict[str, Spellings | None] = {}
        self._left_out: dict[str, Spellings] = {}

    def prepare(self) -> None:
        """Count now what takes longest."""
        if self.languages:
            self._spoken_in(LATIN)
            self._left_out_in(LATIN)

    def language_of(self, text: str, known: float) -> str | None:
        """The language left out in which a text is written, or None when it may be in a spoken one.

        ``known``: how much of it the spoken languages know (0–1).
        """
        if not self.languages or known >= t.WELL_KNOWN:
            return None
        words = _words_of(text[:ENOUGH])
        shares = script_shares("".join(words))
        if not shares:
            return None
        script = max(shares, key=lambda script: shares[script])
        spoken = self._spoken_in(script)
        left_out = self._left_out_in(script)
        if spoken is None or not left_out.codes:
            return None
        threes = _threes(words)
        found = left_out.likelihoods(threes)
        if not spoken.codes and script != LATIN:
            return _likeliest(found)[1]
        if len(words) <= t.LEFT_OUT_BRIEF:
            found = {code: likelihood for code, likelihood in found.items() if _has_word(code, words)}
        likelihood, best = _likeliest(found)
        ahead = likelihood - _likeliest(spoken.likelihoods(threes))[0]
        is_ahead = ahead + t.LEFT_OUT_LIKELY * likelihood - t.LEFT_OUT_KNOWN * known >= t.LEFT_OUT
        return best if is_ahead and likelihood >= t.LEFT_OUT_LEAST else None

    def _left_out_in(self, script: str) -> Spellings:
        """How the languages left out are spelt that write a script."""
        if script not in self._left_out:
            found = {code: _listed(code, script) for code in self.languages}
            self._left_out[script] = Spellings({code: spelling for code, spelling in found.items() if spelling})
        return self._left_out[script]

    def _spoken_in(self, script: str) -> Spellings | None:
        """How the spoken languages are spelt that write a script. None when too little shows it of one of them: it
        could not be told from the others."""
        if script not in self._spoken:
            self._spoken[script] = self._spellings(script)
        return self._spoken[script]

    def _spellings(self, script: str) -> Spellings | None:
        found = {}
        for code, some in self._phrases.items():
            listed = things().written(code, STEP)
            spelling = _spelling(code, script, [*some.texts[:: 1 + len(some) // SPELT], *listed])
            if spelling and not listed and len(some) < FEWEST_TO_SPELL:
                return None
            if spelling:
                found[code] = spelling
        return Spellings(found)


class Spellings:
    """Several languages, asked together: in a fifth of the time that a dozen takes one by one."""

    def __init__(self, spellings: Mapping[str, Spelling]) -> None:
        self.codes = tuple(spellings)
        every = tuple(spellings.values())
        threes = dict.fromkeys(chain.from_iterable(spelling.likelihoods for spelling in every))
        self._rows = {three: row for row, three in enumerate(threes)}
        columns = [
            [*map(spelling.likelihoods.get, threes, repeat(spelling.never)), spelling.never] for spelling in every
        ]
        self._table = np.array(columns, np.float32).reshape(len(every), len(threes) + 1).T.copy()
        """Threes × languages, and below them one that was never seen."""

    def likelihoods(self, threes: Sequence[str]) -> dict[str, float]:
        """By language, the mean log likelihood of a text's threes; there must be some."""
        rows = [*map(self._rows.get, threes, repeat(len(self._rows)))]
        return dict(zip(self.codes, self._table.take(rows, axis=0).mean(axis=0).tolist(), strict=True))


@lru_cache
def _listed(code: str, script: str) -> Spelling | None:
    """How a language is spelt in a script by the words of the thesaurus alone; the same for every content."""
    return _spelling(code, script, things().written(code, STEP))


def _spelling(code: str, script: str, texts: Iterable[str]) -> Spelling | None:
    """How a language is spelt in a script that it writes, or as people type it in Latin letters; else None. With all
    marks, and as folding leaves it, for many type so."""
    text = " ".join(texts)
    if script_shares(text).get(script, 0.0) < WRITES:
        typed = in_both_spellings(code, [Phrase(text, "", code)])[1:] if script == LATIN and code in TYPED else []
        text = " ".join(phrase.text for phrase in typed)
    return Spelling(Counter(_threes([*_words_of(text), *fold(text).split()]))) if text else None


def _likeliest(likelihoods: Mapping[str, float]) -> tuple[float, str | None]:
    """How likely a text is in the likeliest language, and which that is."""
    best = max(likelihoods, key=lambda code: likelihoods[code], default=None)
    return (likelihoods[best], best) if best else (SPELT_BADLY, None)


def _threes(words: Iterable[str]) -> list[str]:
    """The threes of letters in each of the words."""
    return [three for three in threes_of(" ".join(words)) if three[1] != " "]


def _words_of(text: str) -> list[str]:
    """The words of a text in small letters, with their marks."""
    return _WORD.findall(normalize("NFC", text.casefold()))


def _has_word(code: str, words: Iterable[str]) -> bool:
    """Whether one of these is a word for a thing in a language."""
    return any(things().named(fold(word), code, inside=False) for word in words)

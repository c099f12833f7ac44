"""Unknown words of a question put right by the words of the phrases: misspelt, glued together, torn apart."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST: Final = 4
"""Letters of a word that is repaired; shorter ones have too many neighbours."""
TWO_EDITS: Final = 8
"""Letters from which two edits are allowed."""
GLUED: Final = 9
"""Letters from which a word may be several words without their spaces."""
MOST_REPAIRS: Final = 16
"""Words of one text that are repaired; what is stranger than that is not a misspelling."""
STEM: Final = 5
"""A word that shares so many first letters (or all but two) with a known one is a form of it and stays."""


class Repairer:
    """The words of one language and what an unknown word probably was."""

    def __init__(self, texts: Iterable[str]) -> None:
        """``texts``: the folded phrases."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(text.split()))
        self._counts = counts
        total = sum(counts.values())
        self._cost = {word: -math.log(n / total) for word, n in counts.items()}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        self._stems: set[str] = set()
        for word in counts:
            self._by_length[len(word)].append(word)
            if len(word) >= STEM:
                self._stems.add(word[:STEM])
        self._longest = min(24, max(map(len, counts), default=0))
        self.word = lru_cache(maxsize=4096)(self._word)

    def knows(self, word: str) -> bool:
        return word in self._counts

    def text(self, folded: str) -> str:
        """``folded`` with its unknown words repaired where that is likely; the same text when nothing was."""
        words = folded.split()
        repaired: list[str] = []
        left = MOST_REPAIRS
        index = 0
        while index < len(words):
            word = words[index]
            index += 1
            if self.knows(word) or not left or not word.isalpha():
                repaired.append(word)
                continue
            left -= 1
            if index < len(words) and self.knows(joined := word + words[index]):
                repaired.append(joined)
                index += 1
                continue
            repaired.append(self.word(word))
        return " ".join(repaired)

    def _word(self, word: str) -> str:
        """What one unknown word probably was: one edit away, else several words glued, else two edits away."""
        if len(word) < SHORTEST:
            return word
        near = self._near(word, 1)
        if near:
            return near
        if len(word) >= GLUED and (parts := self._split(word)):
            return parts
        if len(word) >= TWO_EDITS and not self._is_form(word):
            return self._near(word, 2) or word
        return word

    def _is_form(self, word: str) -> bool:
        return word[:STEM] in self._stems

    def _near(self, word: str, edits: int) -> str:
        """The known word within ``edits`` (OSA distance); the nearest, then the same beginning, then the commonest."""
        lengths = range(len(word) - edits, len(word) + edits + 1)
        choices = [known for length in lengths for known in self._by_length.get(length, ())]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=8)
        best = min(found, key=lambda hit: (hit[1], hit[0][0] != word[0], -self._counts[hit[0]], hit[0]), default=None)
        return best[0] if best else ""

    def _split(self, word: str) -> str:
        """The cheapest cover of ``word`` by known words (Viterbi over their frequencies), or "" when there is none."""
        costs = [0.0] + [math.inf] * len(word)
        froms = [0] * (len(word) + 1)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - self._longest), end):
                piece = word[start:end]
                cost = self._cost.get(piece)
                # A letter that no word covers costs more than any word: one typo inside glued text must not spoil it.
                if cost is None and end - start > 1:
                    continue
                price = costs[start] + (cost if cost is not None else 16.0) + (0.0 if end - start > 2 else 3.0)
                if price < costs[end]:
                    costs[end], froms[end] = price, start
        pieces = []
        end = len(word)
        while end:
            pieces.append(word[froms[end] : end])
            end = froms[end]
        pieces.reverse()
        covered = sum(len(piece) for piece in pieces if len(piece) > 1 and piece in self._counts)
        return " ".join(pieces) if len(pieces) > 1 and covered >= 0.8 * len(word) else ""

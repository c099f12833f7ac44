"""How a language is spelt: which three letters stand next to each other in its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import repeat
from math import log
from typing import Final

_SMOOTHING: Final = 0.2
_KINDS: Final = 20_000
"""As if each of so many threes of letters had been seen so often."""


class Spelling:
    """The threes of letters of one language, by how often they were seen."""

    def __init__(self, threes: Counter[str]) -> None:
        whole = log(threes.total() + _SMOOTHING * _KINDS)
        self.likelihoods = {three: log(often + _SMOOTHING) - whole for three, often in threes.items()}
        self.never = log(_SMOOTHING) - whole

    def likelihood(self, threes: Sequence[str]) -> float:
        """The mean log likelihood of a text's threes in this language; there must be some."""
        return sum(map(self.likelihoods.get, threes, repeat(self.never))) / len(threes)


def threes_of(text: str) -> list[str]:
    """Three neighbouring letters at a time, with the blanks around the words."""
    padded = f" {text} "
    return [padded[at : at + 3] for at in range(len(text))]

"""Many texts folded at once: word by word, the calls would cost several times what the folding does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.text import fold

_BETWEEN: Final = "ꙮ"
"""A letter that folding leaves alone and nobody writes: it stood once in one manuscript."""

AT_ONCE: Final = 200
"""Texts that are folded with one call: nobody else has the processor meanwhile, and at a start people write already."""


def fold_all(texts: Sequence[str]) -> list[str]:
    """What ``fold`` makes of each of ``texts``."""
    return [folded for at in range(0, len(texts), AT_ONCE) for folded in _folded(texts[at : at + AT_ONCE])]


def _folded(texts: Sequence[str]) -> list[str]:
    joined = f" {_BETWEEN} ".join(texts)
    folded = fold(joined).split(_BETWEEN)
    if len(folded) != len(texts) or joined.count(_BETWEEN) != len(texts) - 1:
        return [fold(text) for text in texts]
    return [text.strip() for text in folded]

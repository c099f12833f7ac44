"""Folded texts with what is looked up of them: the features of several texts take hardly longer than those of one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching.features import Features, features_of
from bot.matching.parts import words_in


@dataclass(frozen=True, slots=True)
class FoldedTexts:
    """Some folded texts."""

    folded: tuple[str, ...]
    features: Features
    words: tuple[float, ...]
    """How long they are (``words_in``)."""


def folded_texts(*folded: str) -> FoldedTexts:
    """Texts that ``bot.text.fold`` has folded."""
    return FoldedTexts(folded, features_of(*folded), tuple(map(words_in, folded)))

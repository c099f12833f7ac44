"""The urgent detector: reads the whole of a message and every part of it. A false alarm costs a line, a miss may cost
a life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from bot.matching import thresholds as t
from bot.matching.exact import Exact
from bot.matching.features import Floats
from bot.matching.labels import needs_asked_between
from bot.matching.scoring import Scorer, Scores

SHOWN: Final = 2
"""Urgent needs that are shown at most."""


class UrgentDetector:
    """Which urgent needs a message speaks of."""

    def __init__(self, scorer: Scorer, urgent: frozenset[str], pairs: Sequence[frozenset[str]]) -> None:
        """``urgent``: labels; ``pairs``: needs that are shown together when both are close."""
        self.labels = tuple(label for label in scorer.labels if label in urgent)
        self._pairs = pairs
        self._rows = np.array([scorer.place(label) for label in self.labels], dtype=np.intp)
        own = set(self._rows.tolist())
        self._others = np.array([row for row in range(len(scorer.labels)) if row not in own], dtype=np.intp)

    def needs(
        self, whole: Scores, parts: Sequence[Scores], exact: Exact | None, *, is_drawn_out: bool = False
    ) -> list[tuple[str, float]]:
        """The urgent needs with the detector's probability (0–1), surest first; none when the text is a phrase of
        something else, small talk and follow-ups included: an editor has read those letter for letter.
        ``is_drawn_out``: letters are ("heeelp"); without them the text is known better than as it is written."""
        if not self.labels or (exact and self._is_something_else(exact)):
            return []
        if exact and exact.label in self.labels and not exact.is_word:
            return [(exact.label, t.EXACT_PHRASE)]  # "help me" is no poisoning, whatever it is near to
        sure: dict[str, float] = {}
        if exact and exact.label in self.labels:
            sure[exact.label] = t.EXACT_WORD
        as_written = max(whole.evidence.values(), default=0.0)
        self._add(sure, whole, t.URGENT if as_written >= t.KNOWN or is_drawn_out else t.URGENT_UNKNOWN, 0.0)
        for part in parts:
            familiar = t.URGENT_FAMILIAR * (part.known - t.FAMILIAR)
            self._add(sure, part, t.URGENT_PART, t.URGENT_BRIEF / max(1.0, part.words) + familiar)
        return sorted(sure.items(), key=lambda item: -item[1])[:SHOWN]

    def may_be_urgent(self, whole: Scores, exact: Exact | None) -> bool:
        """Whether a message with too little for a card may be a cry all the same. Not so a phrase of something else."""
        if not self.labels or exact or whole.known < t.KNOWN:
            return False
        return self._probability(whole)[1] >= t.MAY_BE_URGENT

    def _is_something_else(self, exact: Exact) -> bool:
        """Whether a text means nothing urgent because it is a phrase of something else. Not so a phrase of several
        needs: one of them may be urgent."""
        return not exact.is_word and not needs_asked_between(exact.label) and exact.label not in self.labels

    def _add(self, sure: dict[str, float], scores: Scores, threshold: float, doubt: float) -> None:
        """Put the urgent needs that ``scores`` speak of into ``sure``; ``doubt`` lowers the score."""
        if scores.known < t.KNOWN:
            return
        margins, probability = self._probability(scores, doubt)
        if probability < threshold:
            return
        best = int(np.argmax(margins))
        second = int(np.argsort(margins)[-2]) if len(self.labels) > 1 and probability < t.URGENT_SURE else best
        for place, label in enumerate(self.labels):
            close = margins[place] >= margins[best] - t.URGENT_PAIR and self._are_paired(label, self.labels[best])
            if place in (best, second) or close:
                sure[label] = max(sure.get(label, 0.0), probability)

    def _probability(self, scores: Scores, doubt: float = 0.0) -> tuple[Floats, float]:
        """The margins of the urgent labels, and how likely it is that one of them is meant (0–1)."""
        margins = scores.margins[self._rows]
        best = float(margins.max())
        lead = best - float(scores.margins[self._others].max(initial=t.NO_RIVAL))
        score = t.URGENT_OWN * best + t.URGENT_LEAD * lead + t.URGENT_ALARM * scores.alarm
        return margins, 1 / (1 + float(np.exp(doubt - t.URGENT_INTERCEPT - score)))

    def _are_paired(self, one: str, other: str) -> bool:
        return any(one in group and other in group for group in self._pairs)

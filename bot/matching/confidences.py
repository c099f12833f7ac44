"""Margins into confidences: the probability that a text asks for a need, and which needs it may mean alike."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from bot.matching import thresholds as t
from bot.matching.exact import Exact
from bot.matching.features import Floats
from bot.matching.labels import is_need, needs_asked_between
from bot.matching.scoring import Scorer, Scores
from bot.model import Candidate

RANKED: Final = 5


class Confidences:
    """The constants of ``thresholds`` applied to the labels of a scorer."""

    def __init__(self, scorer: Scorer, *, knows_none: bool) -> None:
        """``knows_none``: whether any phrase stands for what is no need."""
        self._scorer = scorer
        self._labels = scorer.labels
        self._knows_none = knows_none
        outside = [i for i, label in enumerate(self._labels) if not (is_need(label) or needs_asked_between(label))]
        self._outside_rows = np.array(outside, dtype=np.intp)
        self._need_rows = np.array([i for i, label in enumerate(self._labels) if is_need(label)], dtype=np.intp)

    def of(self, scores: Scores) -> Floats:
        """The confidence (0–1) of every label that is a need; 0 for the others."""
        margins = scores.margins
        result = np.zeros(len(margins), dtype=np.float32)
        needs = margins[self._need_rows]
        if not len(needs):
            return result
        best = float(needs.max())
        outside = float(margins[self._outside_rows].max(initial=t.NO_RIVAL))
        intercept = t.INTERCEPT
        if not self._knows_none:  # what nobody wrote a phrase about is all that can stand against the needs
            outside, intercept = max(outside, -scores.known), t.INTERCEPT_ALONE
        length = t.LENGTH * math.log(min(max(scores.words, t.FEWEST_WORDS), t.MOST_WORDS) / t.COMMON_WORDS)
        asked = 1 / (1 + math.exp(-(t.OWN * best + t.OVER_NONE * (best - outside) + length + intercept)))
        shares = np.exp(np.float32(t.SHARPNESS) * (needs - np.float32(best)))
        result[self._need_rows] = asked * shares / np.sort(shares)[-t.RIVALS :].sum()
        return result

    def with_exact(self, confidences: Floats, exact: Exact | None) -> Floats:
        """The need whose phrase the text is raised; the others keep what is left of theirs."""
        if exact is None or not is_need(exact.label):
            return confidences
        raised = confidences.copy()
        wanted = np.float32(t.EXACT_WORD if exact.is_word else t.EXACT_PHRASE)
        place = self._scorer.place(exact.label)
        if raised[place] < wanted:
            raised *= 1 - wanted
            raised[place] = wanted
        return raised

    def between(self, scores: Scores, exact: Exact | None, least: float = t.BETWEEN) -> tuple[str, ...]:
        """The needs of ask-between.yaml that the text may mean alike, or none; ``least``: from which margin on."""
        label = exact.label if exact else ""
        if not exact and scores.known >= t.KNOWN:
            best = int(np.argmax(scores.margins))
            label = self._labels[best] if scores.margins[best] >= least else ""
        return needs_asked_between(label)

    def shared(self, confidences: Floats, needs: tuple[str, ...]) -> Floats:
        """The certainty shared evenly between some needs; what is left goes to the others."""
        shared = confidences * np.float32(1 - t.EXACT_PHRASE)
        for need in needs:
            shared[self._scorer.place(need)] = t.EXACT_PHRASE / len(needs)
        return shared

    def ranked(self, confidences: Floats, scores: Scores, exact: Exact | None) -> tuple[Candidate, ...]:
        """The likeliest needs, best first."""
        order = self._need_rows[np.argsort(-confidences[self._need_rows], kind="stable")][:RANKED]
        return tuple(
            candidate(
                self._labels[row],
                float(confidences[row]),
                scores,
                "exact" if exact and exact.label == self._labels[row] else "scored",
            )
            for row in order
        )

    def best(self, confidences: Floats) -> tuple[str, float]:
        """The label with the highest confidence, and that."""
        row = int(np.argmax(confidences))
        return self._labels[row], float(confidences[row])


def candidate(label: str, confidence: float, scores: Scores, rule: str) -> Candidate:
    """A need with the language that knows most of the text; which phrase is nearest is found out when it is asked."""
    return Candidate(label, confidence, "", scores.language, rule)

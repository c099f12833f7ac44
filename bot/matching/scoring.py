"""All heads together: a text in, a probability for every need, small talk, follow-up and "none" out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.matching.features import Features, Floats, features_of
from bot.matching.head import Head, Weighed
from bot.matching.labels import NONE, needs_asked_between
from bot.matching.scripts import script_shares

EVIDENCE_POWER: Final = 4
OTHERS: Final = 0.6
"""The language that knows most of a text counts fully, another OTHERS * (its evidence / the most) ** EVIDENCE_POWER.

Averages with powers 4 to 32 and sums with powers 1, 2, 4 and shares 0.3, 0.6, 1 were compared on the development
questions of eight languages (21 Nov 2026): this sum has the best likelihood, a point more of close languages right."""
EVIDENCE_FLOOR: Final = 0.02
"""Heads that count less than this are not asked at all: they cost time and change nothing."""

LIKELY: Final = 4
"""So many heads read a text in full: those that know most of its words …"""
LIKELY_KNOWN: Final = 0.25
"""… if one of them knows this much; else all of them do."""
MIXED_SCRIPT: Final = 0.15
"""Share of a text's letters from which the languages of that script read it."""
SCRIPT_KNOWN: Final = 0.7
"""A text that its own scripts' languages know so well is not read by the others."""
WORTH_REPAIR: Final = 0.02
"""A repaired reading counts only when that much more of it is known."""
REPAIR_POWER: Final = 4
"""How sharply the better known reading outweighs the other: glued text is nearly unknown, misspelt mostly known."""

ABSENT: Final = -1.0
"""The margin of a label that a head does not have: what a one-vs-rest classifier says of a stranger."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What all heads say of one text."""

    margins: Floats
    """In the order of ``Scorer.labels``."""
    evidence: Mapping[str, float]
    """0–1 for each language: how much of the text (its words' and n-grams' mass) that language knows."""
    known: float
    """The largest evidence."""


class Scorer:
    """Adds up the heads of several languages; a head can be swapped alone."""

    def __init__(
        self, heads: Sequence[Head], scripts: Mapping[str, str] | None = None, labels: Collection[str] = ()
    ) -> None:
        """``scripts``: the main script of each language; without it every head reads every text.

        ``labels``: further labels that no head knows yet, because they were written after it was fitted.
        """
        self.heads = tuple(heads)
        self._scripts = scripts or {}
        own = {label for known in (labels, *(head.labels for head in heads)) for label in known}
        own = {label for label in own if not label.startswith("none:")}
        # What is asked about must have a place even when nobody wrote a phrase for it alone.
        own |= {need for label in own for need in needs_asked_between(label)}
        self.labels: tuple[str, ...] = (*sorted(own), NONE)
        self._place = {label: index for index, label in enumerate(self.labels)}
        self._maps = [self._map(head) for head in heads]

    def _map(self, head: Head) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Where a head's labels go: rows of named labels, their places, and the rows of none groups."""
        named = [(i, self._place[label]) for i, label in enumerate(head.labels) if not label.startswith("none:")]
        none = [i for i, label in enumerate(head.labels) if label.startswith("none:")]
        rows, places = zip(*named, strict=True) if named else ((), ())
        return np.array(rows, np.intp), np.array(places, np.intp), np.array(none, np.intp)

    def place(self, label: str) -> int:
        return self._place[label]

    def score(self, folded: str, among: Collection[str] | None = None) -> Scores:
        """The scores of a folded text; ``among``: only by the heads of these languages."""
        if among is not None or not self._scripts:
            return self.score_features(features_of(folded), among)
        features = features_of(folded)
        shares = script_shares(folded)
        own = {language for language, script in self._scripts.items() if shares.get(script, 0.0) >= MIXED_SCRIPT}
        if not own or len(own) == len(self.heads):
            return self.score_features(features)
        scores = self.score_features(features, own)
        # Latin letters that no Latin language knows well may be a language of another script, as phones type it.
        return scores if scores.known >= SCRIPT_KNOWN else self.score_features(features)

    def nearest_none(self, folded: str, language: str) -> str:
        """The group of none.yaml (``none:insults``) that a language's head finds nearest to a text; "" without one."""
        head = next((head for head in self.heads if head.language == language), None)
        rows = [i for i, label in enumerate(head.labels) if label.startswith("none:")] if head else []
        if head is None or not rows:
            return ""
        margins = head.margins(head.weigh(features_of(folded)))
        return head.labels[max(rows, key=lambda row: margins[row])]

    def score_features(self, features: Features, among: Collection[str] | None = None) -> Scores:
        chosen = [index for index, head in enumerate(self.heads) if among is None or head.language in among]
        if len(chosen) > LIKELY:
            chosen = self._likely(features, chosen)
        heads = [self.heads[index] for index in chosen]
        weighed = [head.weigh(features) for head in heads]
        evidence = np.array([evidence_of(w) for w in weighed], dtype=np.float64)
        margins = np.full(len(self.labels), ABSENT, dtype=np.float32)
        most = float(evidence.max(initial=0.0))
        if most > 0:
            shares = OTHERS * (evidence / most) ** EVIDENCE_POWER
            shares[int(np.argmax(evidence))] = 1
            for index, known, share in zip(chosen, weighed, shares, strict=True):
                if share >= EVIDENCE_FLOOR:
                    spread = self._spread(self.heads[index], known, self._maps[index])
                    margins += np.float32(share) * (spread - np.float32(ABSENT))
        names = [head.language for head in heads]
        return Scores(margins, dict(zip(names, evidence.tolist(), strict=True)), most)

    def _likely(self, features: Features, chosen: Sequence[int]) -> list[int]:
        """Those of the ``chosen`` heads that know most of the words; all when none knows enough to tell."""
        known = {index: self.heads[index].vocabulary.known_words(features) for index in chosen}
        if max(known.values()) < LIKELY_KNOWN:
            return list(chosen)
        return sorted(sorted(chosen, key=lambda index: -known[index])[:LIKELY])

    def blended(self, original: Scores, repaired: Sequence[Scores]) -> Scores:
        """One set of margins from a text and its repaired readings, each counting by how much of it is known.

        ``evidence`` stays that of the original: a repair must not decide in which language a person writes.
        """
        readings = [original, *(reading for reading in repaired if reading.known > original.known + WORTH_REPAIR)]
        if len(readings) == 1:
            return original
        weights = np.array([reading.known**REPAIR_POWER for reading in readings], dtype=np.float32)
        margins = sum(w * reading.margins for w, reading in zip(weights / weights.sum(), readings, strict=True))
        return Scores(np.asarray(margins, np.float32), original.evidence, max(reading.known for reading in readings))

    def _spread(
        self,
        head: Head,
        weighed: Weighed,
        places: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]],
    ) -> Floats:
        own = head.margins(weighed)
        rows, targets, none = places
        spread = np.full(len(self.labels), ABSENT, dtype=np.float32)
        spread[targets] = own[rows]
        if len(none):
            spread[-1] = own[none].max()
        return spread


def evidence_of(weighed: Weighed) -> float:
    return (weighed.known_words + weighed.known_grams) / 2

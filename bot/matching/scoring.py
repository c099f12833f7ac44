"""All heads together: a text in, a probability for every need, small talk, follow-up and "none" out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.matching.features import Features, Floats, features_of
from bot.matching.head import Head, Mass
from bot.matching.labels import NONE, needs_asked_between
from bot.matching.parts import words_in
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
    alarm: float
    """The margin of "some urgent need"."""
    evidence: Mapping[str, float]
    """0–1 for each language: how much of the text (its words' and n-grams' mass) that language knows."""
    known: float
    """The largest evidence."""
    words: float
    """How long the text is (``words_in``)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as some heads read it, before the heads are added up. Neighbouring texts can be read together: what a head
    says of both is the sum of what it says of each, so that no second search is needed."""

    mass: Mapping[int, Mass]
    """By the head's place."""
    sums: Mapping[int, Floats]
    """``Head.sums`` of the heads that know enough to be asked."""
    words: float

    def with_next(self, other: Heard) -> Heard:
        """This text and the next one as one text; word pairs and n-grams across the border are left out."""
        mass = {index: own + other.mass[index] for index, own in self.mass.items() if index in other.mass}
        sums = {}
        for index in self.sums.keys() & other.sums.keys():
            parts = ((self.mass[index], self.sums[index]), (other.mass[index], other.sums[index]))
            raw = sum(np.sqrt(np.array([[m.words], [m.grams]], np.float32)) * own for m, own in parts)
            whole = mass[index]
            norm = np.sqrt(np.array([[whole.words], [whole.grams]], np.float32))
            sums[index] = np.asarray(raw / np.maximum(norm, np.float32(1e-6)), np.float32)
        return Heard(mass, sums, self.words + other.words)


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
        # The alarm stands behind the labels, there as here.
        rows, places = zip(*named, (len(head.labels), len(self.labels)), strict=True)
        return np.array(rows, np.intp), np.array(places, np.intp), np.array(none, np.intp)

    def place(self, label: str) -> int:
        return self._place[label]

    def score(self, folded: str, among: Collection[str] | None = None) -> Scores:
        """The scores of a folded text; ``among``: only by the heads of these languages."""
        return self.added(self.read(folded, among))

    def read(self, folded: str, among: Collection[str] | None = None) -> Heard:
        """What the heads (of the languages ``among``) say of a folded text, one by one."""
        features, words = features_of(folded), words_in(folded)
        if among is not None or not self._scripts:
            return self._read(features, words, among)
        shares = script_shares(folded)
        own = {language for language, script in self._scripts.items() if shares.get(script, 0.0) >= MIXED_SCRIPT}
        if not own or len(own) == len(self.heads):
            return self._read(features, words)
        reading = self._read(features, words, own)
        known = max((mass.evidence for mass in reading.mass.values()), default=0.0)
        # Latin letters that no Latin language knows well may be a language of another script, as phones type it.
        return reading if known >= SCRIPT_KNOWN else self._read(features, words)

    def nearest_none(self, folded: str, language: str) -> str:
        """The group of none.yaml (``none:insults``) that a language's head finds nearest to a text; "" without one."""
        head = next((head for head in self.heads if head.language == language), None)
        rows = [i for i, label in enumerate(head.labels) if label.startswith("none:")] if head else []
        if head is None or not rows:
            return ""
        margins = head.margins(head.weigh(features_of(folded)))
        return head.labels[max(rows, key=lambda row: margins[row])]

    def _read(self, features: Features, words: float, among: Collection[str] | None = None) -> Heard:
        chosen = [index for index, head in enumerate(self.heads) if among is None or head.language in among]
        if len(chosen) > LIKELY:
            chosen = self._likely(features, chosen)
        weighed = {index: self.heads[index].weigh(features) for index in chosen}
        mass = {index: known.mass for index, known in weighed.items()}
        sums = {index: self.heads[index].sums(weighed[index]) for index in _shares(mass)}
        return Heard(mass, sums, words)

    def added(self, reading: Heard) -> Scores:
        """One margin for each label: those of the heads, each by how much of the text it knows."""
        margins = np.full(len(self.labels) + 1, ABSENT, dtype=np.float32)
        for index, share in _shares(reading.mass).items():
            if index in reading.sums:
                spread = self._spread(index, reading.sums[index])
                margins += np.float32(share) * (spread - np.float32(ABSENT))
        evidence = {self.heads[index].language: mass.evidence for index, mass in reading.mass.items()}
        return Scores(margins[:-1], float(margins[-1]), evidence, max(evidence.values(), default=0.0), reading.words)

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
        weights /= weights.sum()
        margins = np.asarray(weights @ np.stack([reading.margins for reading in readings]), np.float32)
        alarm = float(weights @ np.array([reading.alarm for reading in readings], np.float32))
        known = max(reading.known for reading in readings)
        return Scores(margins, alarm, original.evidence, known, original.words)

    def _spread(self, index: int, sums: Floats) -> Floats:
        """A head's margins and its alarm in the places of all labels."""
        own = sums.sum(axis=0) + self.heads[index].bias
        rows, targets, none = self._maps[index]
        spread = np.full(len(self.labels) + 1, ABSENT, dtype=np.float32)
        spread[targets] = own[rows]
        if len(none):
            spread[self._place[NONE]] = own[none].max()
        return spread


def _shares(mass: Mapping[int, Mass]) -> dict[int, float]:
    """How much each head counts, by its place; those that count too little are left out."""
    evidence = {index: own.evidence for index, own in mass.items()}
    most = max(evidence.values(), default=0.0)
    if most <= 0:
        return {}
    first = max(evidence, key=lambda index: evidence[index])
    shares = {index: OTHERS * (own / most) ** EVIDENCE_POWER for index, own in evidence.items()}
    shares[first] = 1.0
    return {index: share for index, share in shares.items() if share >= EVIDENCE_FLOOR}

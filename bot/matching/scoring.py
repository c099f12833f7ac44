"""All heads together: a text in, a probability for every need, small talk, follow-up and "none" out."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from bot.matching.features import Features, Floats, Places
from bot.matching.foldedtexts import FoldedTexts, folded_texts
from bot.matching.head import Head
from bot.matching.labels import NONE, is_none, needs_asked_between
from bot.matching.lexicon import Doubles, Lexicon, Mass, Weighed
from bot.matching.scripts import script_shares
from bot.matching.shared import SHARED, Meant, SharedHead

EVIDENCE_POWER: Final = 4
OTHERS: Final = 0.6
"""The language that knows most of a text counts fully, another OTHERS * (its evidence / the most) ** EVIDENCE_POWER.

Averages with powers 4 to 32 and sums with powers 1, 2, 4 and shares 0.3, 0.6, 1 were compared on the development
questions of eight languages (21 Nov 2026): this sum has the best likelihood, a point more of close languages right."""
EVIDENCE_FLOOR: Final = 0.08
"""Heads that count less than this are not asked at all: they cost time and change nothing."""

LIKELY: Final = 3
"""How many heads read a text in full: those whose language its words are likest (``Lexicon.known_words``) …"""
LIKELY_KNOWN: Final = 0.25
"""… if one of them knows at least this share; otherwise all of them do …"""
MANY_FEATURES: Final = 4000
"""… unless the text is so long (1,300 letters) that all of them would take too long."""
SCRIPT_LETTERS: Final = 1000
"""How many letters of a text, spread over all of it, are looked at to find its scripts."""
MIXED_SCRIPT: Final = 0.15
"""Share of a text's letters from which the languages of that script read it."""
SCRIPT_KNOWN: Final = 0.7
"""A text of which the languages of its own scripts know this share is not read by the others."""
WORTH_REPAIR: Final = 0.02
"""A repaired reading counts only when that much more of it is known."""
REPAIR_POWER: Final = 4
"""How sharply the better known reading outweighs the other: glued text is nearly unknown, misspelt mostly known."""

SHARED_WEIGHT: Final = 0.4
"""How much the head that all languages share counts, times how much of the text is understood, beside 1 for the head of
the language that knows most of it. Of 0.32, 0.36, 0.4, 0.44 and 0.5 (the constants of ``thresholds`` fitted anew for
each) the log loss is 0.116, 0.116, 0.117, 0.118 and 0.121; with less than 0.4 near misses are answered oftener and
more alarms are false. Without the head 3 points fewer of the development questions are right, 8 of others that nobody
tuned with (22 and 23 Nov 2026)."""
ALONE_POWER: Final = 2
"""Where there is one language the shared head was learnt from the very phrases that the language's own head knows. It
counts there by the share of the text that the thesaurus understands, to this power. In English, 0.6, 0.45, 0.3 and
powers 1 and 2 were compared (22 Nov 2026): of our own phrases as many are right as with 0.6 (74.5 %), of CLINC150 with
100 phrases an intent 93.1 instead of 92.6, of BANKING77 with ten 78.8 instead of 78.3; with 0.3 72.7 of our own."""

ABSENT: Final = -1.0
"""The margin of a label that a head does not have: what a one-vs-rest classifier says of a stranger."""

_Map: TypeAlias = tuple[Places, Places]
"""For each label, and the alarm behind them, its column in a head, the one behind its last when it has none; and the
columns of its none groups."""


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

    @property
    def language(self) -> str:
        """The language that knows most of the text; "" without any."""
        return max(self.evidence, key=lambda code: self.evidence[code], default="")

    def likely(self, number: int) -> list[str]:
        """The languages that know most of the text, best first."""
        return sorted(self.evidence, key=lambda code: -self.evidence[code])[:number]


@dataclass(frozen=True, slots=True)
class Heard:
    """Some texts as some heads read them, before the heads are added up. Neighbouring texts can be read together: what
    a head says of both is the sum of what it says of each, so that no second search is needed."""

    heads: tuple[int, ...]
    """Their places."""
    mass: Mass
    evidence: Doubles
    """Of ``mass``."""
    shares: Doubles
    """How much each head counts for each text; 0 for those that were not asked."""
    sums: tuple[Floats, ...]
    """``Head.sums`` of each head."""
    words: tuple[float, ...]
    """How long the texts are (``words_in``)."""
    meant: Meant | None = None
    """What the shared head says, if there is one."""

    def of(self, texts: slice) -> Heard:
        """Some of the texts."""
        sums = tuple(own[texts] for own in self.sums)
        mass, evidence, shares = self.mass.of(texts), self.evidence[:, texts], self.shares[:, texts]
        meant = self.meant.of(texts) if self.meant else None
        return Heard(self.heads, mass, evidence, shares, sums, self.words[texts], meant)

    def neighbours(self) -> Heard:
        """Each text and the next one as one text; word pairs and n-grams across the border are left out."""
        one, other = slice(None, -1), slice(1, None)
        mass = self.mass.of(one) + self.mass.of(other)
        roots, norms = np.sqrt(self.mass.all).astype(np.float32), np.sqrt(mass.all).astype(np.float32)
        sums = []
        for index, own in enumerate(self.sums):
            raw = roots[index][..., None] * own
            sums.append((raw[one] + raw[other]) / np.maximum(norms[index][..., None], np.float32(1e-6)))
        words = tuple(map(sum, itertools.pairwise(self.words)))
        evidence = mass.evidence
        shares = _shares(evidence) * ((self.shares[:, one] > 0) & (self.shares[:, other] > 0))
        meant = self.meant.neighbours() if self.meant else None
        return Heard(self.heads, mass, evidence, shares, tuple(sums), words, meant)


_NO_PLACES: Final = np.zeros(0, np.intp)
_NOTHING: Final = np.zeros((0, 0, 2))
SILENCE: Final = Heard((), Mass(_NOTHING, _NOTHING), _NOTHING[..., 0], _NOTHING[..., 0], (), ())
"""No text at all."""


class Scorer:
    """Adds up the heads of several languages; a head can be swapped alone."""

    def __init__(
        self, heads: Sequence[Head], scripts: Mapping[str, str] | None = None, labels: Collection[str] = ()
    ) -> None:
        """``scripts``: the main script of each language; without it every head reads every text.

        ``labels``: those that are told apart, also ones that no head knows yet; without it all that the heads know.
        """
        self.heads = tuple(head for head in heads if head.language != SHARED)
        self.shared = next((SharedHead(head) for head in heads if head.language == SHARED and head.labels), None)
        self._scripts = scripts or {}
        own = {label for label in labels or (label for head in heads for label in head.labels) if not is_none(label)}
        own -= {NONE}  # the groups of the head that all share are one already
        # What is asked about must have a place even when nobody wrote a phrase for it alone.
        own |= {need for label in own for need in needs_asked_between(label)}
        self.labels: tuple[str, ...] = (*sorted(own), NONE)
        self._place = {label: index for index, label in enumerate(self.labels)}
        self._maps = [self._map(head) for head in self.heads]
        self._shared_map = self._map(self.shared.head) if self.shared else None
        self._lexicon = Lexicon([head.vocabulary for head in self.heads])
        languages = [head.language for head in self.heads]
        self.vocabularies = dict(zip(languages, self._lexicon.vocabularies, strict=True))
        """What each language knows."""
        # Not how many heads there are: at a first start one is learnt before the others.
        self._is_one_language = len(self._scripts or self.heads) == 1

    def _map(self, head: Head) -> _Map:
        columns = {label: column for column, label in enumerate(head.labels)}
        alarm, absent = len(head.labels), len(head.labels) + 1
        found = [*(columns.get(label, absent) for label in self.labels), alarm]
        none = [column for label, column in columns.items() if is_none(label)]
        return np.array(found, np.intp), np.array(none, np.intp)

    def place(self, label: str) -> int:
        return self._place[label]

    def score(self, folded: str) -> Scores:
        """The scores of a folded text."""
        return self.added(self.hear(folded_texts(folded)))[0]

    def read(self, texts: FoldedTexts, among: Collection[str]) -> Heard:
        """What the heads of the languages ``among`` say of some texts, one by one."""
        if not texts.folded:
            return SILENCE
        chosen = [index for index, head in enumerate(self.heads) if head.language in among]
        return self._read(texts, self._lexicon.weigh(texts.features, chosen), chosen)

    def hear(self, texts: FoldedTexts, most: int = 1) -> Heard:
        """What the heads say of a text of which nothing is known yet. Behind it may stand pieces of it: ``most`` heads
        read them, those that know most of the whole; the others would cost time and say nothing."""
        folded, features, every = texts.folded[0], texts.features, range(len(self.heads))
        own: list[int] = []
        if len(every) > 1:
            shares = script_shares(folded[:: 1 + len(folded) // SCRIPT_LETTERS])
            own = [i for i in every if shares.get(self._scripts.get(self.heads[i].language, ""), 0.0) >= MIXED_SCRIPT]
        if own and len(own) < len(every):
            chosen = self._likely(features, own)
            weighed = self._lexicon.weigh(features, chosen)
            # Latin letters that no Latin language knows well may be a language of another script, as phones type it.
            if weighed.mass.evidence[:, 0].max() >= SCRIPT_KNOWN:
                return self._read(texts, _for_likeliest(weighed, most), chosen)
        chosen = self._likely(features, every)
        return self._read(texts, _for_likeliest(self._lexicon.weigh(features, chosen), most), chosen)

    def nearest_none(self, folded: str, language: str) -> str:
        """The group of none.yaml (``none:insults``) that a language's head finds nearest to a text; "" without one."""
        head = next((head for head in self.heads if head.language == language), None)
        rows = [i for i, label in enumerate(head.labels) if is_none(label)] if head else []
        if head is None or not rows:
            return ""
        heard = self.read(folded_texts(folded), {language})
        margins = heard.sums[0][0].sum(axis=0) + head.bias
        return head.labels[max(rows, key=lambda row: float(margins[row]))]

    def _read(self, texts: FoldedTexts, weighed: Weighed, chosen: Sequence[int]) -> Heard:
        evidence = weighed.mass.evidence
        shares = _shares(evidence)
        told = weighed.known
        if len(texts.words) > 1:
            told = told & np.repeat((shares > 0).repeat(2, axis=1), np.diff(weighed.bounds), axis=1)
        sums = []
        for place, (index, counts) in enumerate(zip(chosen, shares.max(axis=1, initial=0.0).tolist(), strict=True)):
            known = told[place].nonzero()[0] if counts else _NO_PLACES
            rows, values = weighed.rows[place].take(known), weighed.values[place].take(known)
            sums.append(self.heads[index].sums(rows, values, known.searchsorted(weighed.bounds)))
        meant = self._meant(texts.folded, chosen, evidence)
        return Heard(tuple(chosen), weighed.mass, evidence, shares, tuple(sums), texts.words, meant)

    def _meant(self, folded: Sequence[str], chosen: Sequence[int], evidence: Doubles) -> Meant | None:
        """What the shared head says of texts, whose words are looked up in the language that knows most of them."""
        if self.shared is None or not len(evidence):
            return None
        likeliest = [self.heads[chosen[place]].language for place in evidence.argmax(axis=0).tolist()]
        return self.shared.read(list(zip(folded, likeliest, strict=True)))

    def added(self, heard: Heard) -> list[Scores]:
        """One margin for each label, text by text: those of the heads, each by how much of the text it knows."""
        if not heard.words:
            return []
        margins = np.full((len(heard.words), len(self.labels) + 1), ABSENT, dtype=np.float32)
        shares = heard.shares.astype(np.float32)[:, :, None]
        counts = heard.shares.max(axis=1, initial=0.0).tolist()
        for place in itertools.compress(range(len(counts)), counts):
            margins += shares[place] * (self._spread(heard.heads[place], heard.sums[place]) - np.float32(ABSENT))
        if self.shared and self._shared_map and heard.meant:
            spread = self._laid(self._shared_map, self.shared.margins(heard.meant))
            share = self._shared_share(heard, heard.meant).astype(np.float32)
            margins += share[:, None] * (spread - np.float32(ABSENT))
        languages = [self.heads[index].language for index in heard.heads]
        every = zip(margins, margins[:, -1].tolist(), heard.evidence.T.tolist(), heard.words, strict=True)
        return [
            Scores(own[:-1], alarm, dict(zip(languages, evidence, strict=True)), max(evidence, default=0.0), words)
            for own, alarm, evidence, words in every
        ]

    def _shared_share(self, heard: Heard, meant: Meant) -> Doubles:
        """How much the head that all languages share counts for each text."""
        understood = np.asarray(meant.things / np.maximum(heard.words, 1), np.float64)
        if self._is_one_language:
            return np.asarray(np.minimum(understood, 1) ** ALONE_POWER, np.float64)
        known = np.maximum(heard.evidence.max(axis=0), understood)
        return np.asarray(SHARED_WEIGHT * np.minimum(known, 1), np.float64)

    def _likely(self, features: Features, chosen: Sequence[int]) -> Sequence[int]:
        """Those of the ``chosen`` heads whose language the words are likest; all when none knows enough to tell."""
        if len(chosen) <= LIKELY:
            return chosen
        known, likeness = self._lexicon.known_words(features, chosen)
        if known.max() < LIKELY_KNOWN and features.bounds[3] < MANY_FEATURES:
            return chosen
        return sorted(chosen[place] for place in np.argsort(-likeness, kind="stable")[:LIKELY].tolist())

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
        """A head's margins and its alarm in the places of all labels, text by text."""
        return self._laid(self._maps[index], sums[:, 0] + sums[:, 1] + self.heads[index].bias)

    def _laid(self, places: _Map, own: Floats) -> Floats:
        columns, none = places
        wide = np.full((len(own), own.shape[1] + 1), ABSENT, dtype=np.float32)
        wide[:, :-1] = own
        spread = wide.take(columns, axis=1)
        if len(none):
            spread[:, self._place[NONE]] = own.take(none, axis=1).max(axis=1)
        return spread


def _for_likeliest(weighed: Weighed, most: int) -> Weighed:
    """All but the first text as known by those languages alone that know most of the first, ``most`` of them."""
    if len(weighed.rows) <= most or len(weighed.bounds) <= 3:
        return weighed
    known = weighed.mass.known.copy()
    known[np.argsort(-weighed.mass.evidence[:, 0], kind="stable")[most:], 1:] = 0
    return replace(weighed, mass=Mass(weighed.mass.all, known))


def _shares(evidence: Doubles) -> Doubles:
    """How much each head counts for each text; 0 for those that count too little."""
    if not len(evidence):
        return evidence
    most = evidence.max(axis=0)
    shares = OTHERS * (evidence / np.where(most > 0, most, 1)) ** EVIDENCE_POWER
    shares[evidence.argmax(axis=0), np.arange(len(most))] = 1.0
    shares[(shares < EVIDENCE_FLOOR) | (most <= 0)] = 0.0
    return shares

"""Fitting a head from phrases, in a process of its own.

Features and their weights by tf-idf are found here; the linear SVMs over them in ``descent.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.matching.descent import Matrix, descended
from bot.matching.features import Features, Floats, features_of
from bot.matching.head import Head
from bot.matching.labels import NONE, is_need, is_none
from bot.matching.latin import in_both_spellings
from bot.matching.lexicon import Lexicon, Vocabulary
from bot.matching.rows import Rows
from bot.matching.scoring import ABSENT
from bot.matching.shared import DIRECTION_WEIGHT, SHARED, meanings, weighed
from bot.matching.stacking import stacked
from bot.model import Phrase
from bot.text import fold
from bot.thesaurus import things

PASSES: Final = 10
"""Over all phrases. The margins are then 0.001 from the solution on average. When they were 0.005 from it, a point
fewer of the development questions were right (22 Nov 2026)."""
SHARED_PASSES: Final = 8
"""… for the head that all languages share, which has ten times as many phrases: 0.012. With 7 and 12 as many questions
are right or offered within one in 500, but two more calm ones of 1,287 raise an alarm."""
TOGETHER: Final = 4
"""Phrases that take a step together …"""
SHARED_TOGETHER: Final = 16
"""… in the shared head, whose phrases have fewer features in common."""
SHARED_LEAST: Final = 2
"""Things and pairs of fewer phrases say nothing there."""
PRUNE_FROM: Final = 3000
PRUNED_WORDS: Final = 0.4
"""From so many phrases on a head is pruned: two fifths less memory for 0.2 to 0.3 points (development questions, 21 Nov
2026; dropping half of all n-grams costs 1.4, two fifths of everything 3.1)."""
NAMED_IN: Final = "en"
"""The language in which needs have their names, which that head learns beside the phrases. With ten phrases an intent
1.1 points more are right on HWU64, 0.5 on BANKING77, 0.1 on CLINC150 (22 Nov 2026)."""
AT_ONCE: Final = 64
"""Phrases whose features are found in one go."""
OWN_PULL: Final = (0.5, 0.2)
"""So much of what a phrase adds to its own margins would be missing had it been left out, in the head of a language and
in that which all share. Solved without it, it is 0.25 to 0.55 and 0.1 to 0.35; what is asked resembles the phrases less
than they resemble each other (23 Nov 2026)."""
MANY: Final = 20_000
"""From so many phrases on what stands in a single phrase is left out beforehand: a fit would take a gigabyte."""


def fit_head(language: str, phrases: Sequence[Phrase], urgent: Collection[str] = ()) -> Head:
    """A head for the phrases of one language; ``urgent``: the labels that raise the alarm.

    Raises ValueError when there are fewer than two labels.
    """
    phrases = in_both_spellings(language, phrases)
    if language == NAMED_IN:
        phrases = [*phrases, *_names(phrases)]
    texts = [phrase.folded or fold(phrase.text) for phrase in phrases]
    features = [features_of(*texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
    vocabulary, is_word = _vocabulary(features, 2 if len(phrases) >= MANY else 1)
    names = [phrase.label for phrase in phrases]
    labels, weights, _, bias = _learnt(language, _matrix(features, vocabulary), len(vocabulary.hashes), names, urgent)
    if len(phrases) >= PRUNE_FROM:
        vocabulary, weights = _pruned(vocabulary, is_word, weights)
    return Head(language, labels, vocabulary, *_quantised(weights, vocabulary.idf), _no_directions(len(bias)), bias)


def _names(phrases: Sequence[Phrase]) -> list[Phrase]:
    """The name of each need as one more phrase of it: "residence-permit" says what it is about."""
    needs = sorted({phrase.label for phrase in phrases if is_need(phrase.label)})
    return [Phrase(re.sub("[-_/]+", " ", need), need, NAMED_IN) for need in needs]


def fit_shared(phrases: Mapping[str, Sequence[Phrase]], urgent: Collection[str] = ()) -> Head:
    """The head that all languages share (``bot.matching.shared``), from the phrases of each language, one after the
    other; ``urgent``: as in ``fit_head``, whole when the last phrases were given. Without features when the phrases
    speak of too little that the thesaurus knows."""
    found, features, labels, directions = meanings(), [], [], []
    things().hurry()
    for code, some in phrases.items():
        texts = [(own.folded or fold(own.text), code) for own in some]
        labels += [NONE if is_none(own.label) else own.label for own in some]
        read = [found.features(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        features += [own for own, _ in read]
        directions += [lies for _, lies in read]
    vocabulary, _ = _vocabulary(features, SHARED_LEAST)
    if not len(vocabulary.hashes):
        return _silent_head()
    matrix, says = _shared_matrix(features, vocabulary, DIRECTION_WEIGHT * np.concatenate(directions))
    names = [label for label, is_said in zip(labels, says, strict=True) if is_said]
    if len(set(names)) < 2:
        return _silent_head()
    own, weights, toward, bias = _learnt(
        SHARED, matrix, len(vocabulary.hashes), names, urgent, SHARED_PASSES, SHARED_TOGETHER
    )
    return Head(SHARED, own, vocabulary, *_quantised(weights, vocabulary.idf), toward, bias)


def _silent_head() -> Head:
    """A head that says nothing of any text."""
    nothing = Vocabulary(np.zeros(0, np.uint64), np.zeros(0, np.float32), 1.0)
    silent = np.array([ABSENT], np.float32)
    return Head(SHARED, (), nothing, *_quantised(np.zeros((0, 1), np.float32), nothing.idf), _no_directions(1), silent)


def _no_directions(columns: int) -> Floats:
    """What a head says of directions that knows none."""
    return np.zeros((0, columns), np.float32)


def _shared_matrix(
    features: Sequence[Features], vocabulary: Vocabulary, directions: Floats
) -> tuple[Matrix, list[bool]]:
    """The texts that say something known, each of length 1, and where they lie; which ones these are."""
    each = [weighed(some, vocabulary) for some in features]
    lengths = np.concatenate([bounds[2::2] - bounds[:-1:2] for _, _, bounds in each])
    values = np.concatenate([values for _, values, _ in each])
    said = lengths[lengths > 0]
    ends = np.concatenate([[0], np.cumsum(said)])
    if len(values):
        values /= np.repeat(np.sqrt(np.add.reduceat(values**2, ends[:-1])), said)
    rows = np.concatenate([rows for rows, _, _ in each])
    return Matrix(rows, values, ends, directions[lengths > 0]), (lengths > 0).tolist()


def _learnt(
    language: str,
    matrix: Matrix,
    count: int,
    names: Sequence[str],
    urgent: Collection[str],
    passes: int = PASSES,
    together: int = TOGETHER,
) -> tuple[tuple[str, ...], Floats, Floats, Floats]:
    """The labels, and the weights, those of the dense features, and the intercepts of their columns and the alarm's;
    ``names``: each phrase's label."""
    labels = tuple(sorted(set(names)))
    if len(labels) < 2:
        raise ValueError(f"{language}: phrases of at least two needs are necessary")
    # The last column is the alarm: all urgent labels together.
    members = np.column_stack([np.eye(len(labels), dtype=np.bool_), [label in urgent for label in labels]])
    numbers = {label: number for number, label in enumerate(labels)}
    of_phrase = [numbers[name] for name in names]
    found = descended(matrix, count, members, of_phrase, passes, together)
    weights, dense, bias = found.weights, found.dense, found.bias
    others = found.margins - np.float32(OWN_PULL[language == SHARED]) * found.pulls
    needs = np.array([is_need(label) for label in labels])
    change = stacked(others[:, :-1], np.array(of_phrase), needs, np.array([label in urgent for label in labels]))
    bias[:-1] += (bias[:-1] - np.float32(ABSENT)) @ change
    for some in (dense, *np.array_split(weights, 1 + len(weights) // AT_ONCE**2)):
        some[:, :-1] += some[:, :-1] @ change
    if members[:, -1].all() or not members[:, -1].any():
        weights[:, -1], dense[:, -1], bias[-1] = 0, 0, ABSENT
    return labels, weights, dense, bias


def _vocabulary(features: Sequence[Features], least: int) -> tuple[Vocabulary, npt.NDArray[np.bool_]]:
    """The features of at least so many phrases, with smoothed idf (as in scikit-learn's TfidfTransformer); which of
    them are words."""
    documents = sum(f.texts for f in features)
    hashes, counts = np.unique(np.concatenate([f.hashes for f in features]), return_counts=True)
    hashes, counts = hashes[counts >= least], counts[counts >= least]
    words = np.unique(np.concatenate([f.hashes[_are_words(f)] for f in features]))
    idf = (np.log((1 + documents) / (1 + counts)) + 1).astype(np.float32)
    return Vocabulary(hashes, idf, float(np.log(1 + documents) + 1)), np.isin(hashes, words, assume_unique=True)


def _are_words(features: Features) -> npt.NDArray[np.bool_]:
    """Which of the features are words or pairs."""
    return np.repeat(np.arange(3 * features.texts) % 3 != 2, np.diff(features.bounds))


def _matrix(features: Sequence[Features], vocabulary: Vocabulary) -> Matrix:
    lexicon = Lexicon([vocabulary])
    weighed = [lexicon.weigh(some, [0]) for some in features]
    known = np.concatenate([w.known[0] for w in weighed])
    values = np.concatenate([w.values[0] for w in weighed])[known]
    rows = np.concatenate([w.rows[0] for w in weighed])[known]
    lengths = np.concatenate([np.diff(w.bounds[::2]) for w in weighed])
    ends = np.concatenate([[0], np.cumsum(known)])[np.cumsum([0, *lengths])]
    return Matrix(rows, values, ends, np.zeros((len(ends) - 1, 0), np.float32))


def _pruned(vocabulary: Vocabulary, is_word: npt.NDArray[np.bool_], weights: Floats) -> tuple[Vocabulary, Floats]:
    """Without the n-grams of a single phrase and the lightest of its words and pairs."""
    peaks = np.abs(weights).max(axis=1)
    is_rare = vocabulary.idf >= vocabulary.idf.max() - 1e-4
    is_light = peaks < np.quantile(peaks[is_word], PRUNED_WORDS)
    keep = ~is_rare | (is_word & ~is_light)
    return Vocabulary(vocabulary.hashes[keep], vocabulary.idf[keep], vocabulary.unseen_idf), weights[keep]


def _quantised(weights: Floats, idf: Floats) -> tuple[Rows, npt.NDArray[np.int32], Floats]:
    """Rows of int8, which of them is each feature's, and a scale for each feature, so that ``int8 * scale`` is the
    weight to within 0.4 %. Each row is there once, and those of features with a low ``idf`` come first."""
    scales = np.abs(weights).max(axis=1) / 127
    scales[scales == 0] = 1
    every = np.round(weights / scales[:, None]).astype(np.int8)
    common = np.argsort(idf, kind="stable")
    places: dict[bytes, int] = {}
    which = np.empty(len(every), np.int32)
    which[common] = [places.setdefault(every[feature].tobytes(), len(places)) for feature in common]
    rows = np.frombuffer(b"".join(places), np.int8).reshape(-1, every.shape[1])
    return Rows(rows), which, scales.astype(np.float32)

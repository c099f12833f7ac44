"""Fitting a head from phrases. Runs in a process of its own: scikit-learn and SciPy are loaded nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.matching.features import Features, Floats, features_of
from bot.matching.head import Head
from bot.matching.latin import in_both_spellings
from bot.matching.lexicon import Lexicon, Vocabulary
from bot.matching.scoring import ABSENT
from bot.model import Phrase
from bot.text import fold

C: Final = 1.0
"""Inverse strength of the L2 penalty. 0.5, 1 and 3 were compared on the development questions (21 Nov 2026): within
0.3 points of each other; 1 fits twice as fast as 3."""
PRUNE_FROM: Final = 3000
PRUNED_WORDS: Final = 0.4
"""From so many phrases on a head is pruned: two fifths less memory for 0.2 to 0.3 points (development questions, 21 Nov
2026; dropping half of all n-grams costs 1.4, two fifths of everything 3.1)."""
TOLERANCE: Final = 0.01
"""Stopping tolerance of liblinear; 0.001 changes no ranking and doubles the time."""
AT_ONCE: Final = 64
"""Phrases whose features are found in one go."""
MANY: Final = 20_000
"""From so many phrases on a fit would take many minutes: what stands in a single phrase is left out beforehand, and the
solver stops earlier."""
MANY_TOLERANCE: Final = 0.1


def fit_head(language: str, phrases: Sequence[Phrase], urgent: Collection[str] = ()) -> Head:
    """A head for the phrases of one language; ``urgent``: the labels that raise the alarm.

    Raises ValueError when there are fewer than two labels.
    """
    phrases = in_both_spellings(language, phrases)
    texts = [phrase.folded or fold(phrase.text) for phrase in phrases]
    features = [features_of(*texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
    are_many = len(phrases) >= MANY
    vocabulary, is_word = _vocabulary(features, 2 if are_many else 1)
    names = [phrase.label for phrase in phrases]
    labels = tuple(sorted(set(names)))
    if len(labels) < 2:
        raise ValueError(f"{language}: phrases of at least two needs are necessary")
    matrix = _matrix(features, vocabulary)
    tolerance = MANY_TOLERANCE if are_many else TOLERANCE
    weights, bias = _fitted(matrix, names, tolerance)
    if len(labels) == 2:  # liblinear keeps one row for two labels
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    alarming = [name in urgent for name in names]
    if any(alarming) and not all(alarming):
        alarm, alarm_bias = _fitted(matrix, alarming, tolerance)
    else:
        alarm, alarm_bias = np.zeros((len(weights), 1), np.float32), np.full(1, ABSENT, np.float32)
    weights, bias = np.hstack([weights, alarm]), np.concatenate([bias, alarm_bias])
    if len(phrases) >= PRUNE_FROM:
        vocabulary, weights = _pruned(vocabulary, is_word, weights)
    small, scales = _quantised(weights)
    return Head(language, labels, vocabulary, small, scales, bias)


def _fitted(matrix: csr_matrix, classes: Sequence[str] | Sequence[bool], tolerance: float) -> tuple[Floats, Floats]:
    """Weights (features × classes; a single column for two) and intercepts."""
    model = LinearSVC(C=C, tol=tolerance, random_state=0).fit(matrix, classes)
    return np.asarray(model.coef_.T, dtype=np.float32), np.asarray(model.intercept_, dtype=np.float32)


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


def _matrix(features: Sequence[Features], vocabulary: Vocabulary) -> csr_matrix:
    lexicon = Lexicon([vocabulary])
    weighed = [lexicon.weigh(some, [0]) for some in features]
    known = np.concatenate([w.known[0] for w in weighed])
    values = np.concatenate([w.values[0] for w in weighed])[known]
    rows = np.concatenate([w.rows[0] for w in weighed])[known]
    lengths = np.concatenate([np.diff(w.bounds[::2]) for w in weighed])
    ends = np.concatenate([[0], np.cumsum(known)])[np.cumsum([0, *lengths])]
    return csr_matrix((values, rows, ends), shape=(len(lengths), len(vocabulary.hashes)))


def _pruned(vocabulary: Vocabulary, is_word: npt.NDArray[np.bool_], weights: Floats) -> tuple[Vocabulary, Floats]:
    """Without the n-grams of a single phrase and the lightest of its words and pairs."""
    peaks = np.abs(weights).max(axis=1)
    is_rare = vocabulary.idf >= vocabulary.idf.max() - 1e-4
    is_light = peaks < np.quantile(peaks[is_word], PRUNED_WORDS)
    keep = ~is_rare | (is_word & ~is_light)
    return Vocabulary(vocabulary.hashes[keep], vocabulary.idf[keep], vocabulary.unseen_idf), weights[keep]


def _quantised(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Weights as int8 and a scale for each feature, so that ``int8 * scale`` is the weight to within 0.4 %."""
    scales = np.abs(weights).max(axis=1) / 127
    scales[scales == 0] = 1
    return np.round(weights / scales[:, None]).astype(np.int8), scales.astype(np.float32)

"""Fitting a head from phrases. Runs in a process of its own: scikit-learn and SciPy are loaded nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.matching.features import Features, Floats, Hashes, features_of
from bot.matching.head import Block, Head
from bot.matching.latin import in_both_spellings
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


def fit_head(language: str, phrases: Sequence[Phrase]) -> Head:
    """A head for the phrases of one language. Raises ValueError when there are fewer than two labels."""
    phrases = in_both_spellings(language, phrases)
    features = [features_of(phrase.folded or fold(phrase.text)) for phrase in phrases]
    unseen_idf = float(np.log(1 + len(features)) + 1)
    words = _block([f.words for f in features], len(features))
    grams = _block([f.grams for f in features], len(features))
    matrix = _matrix(features, words, grams, unseen_idf)
    names = [phrase.label for phrase in phrases]
    labels = tuple(sorted(set(names)))
    if len(labels) < 2:
        raise ValueError(f"{language}: phrases of at least two needs are necessary")
    model = LinearSVC(C=C, tol=TOLERANCE, random_state=0).fit(matrix, names)
    weights = np.asarray(model.coef_.T, dtype=np.float32)
    bias = np.asarray(model.intercept_, dtype=np.float32)
    if len(labels) == 2:  # liblinear keeps one row for two labels
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    if len(phrases) >= PRUNE_FROM:
        words, grams, weights = _pruned(words, grams, weights)
    small, scales = _quantised(weights)
    return Head(language, labels, words, grams, small, scales, bias, unseen_idf)


def _pruned(words: Block, grams: Block, weights: Floats) -> tuple[Block, Block, Floats]:
    """Without the n-grams of a single phrase and the lightest of its words and pairs."""
    peaks = np.abs(weights).max(axis=1)
    own = peaks[: len(words.hashes)]
    is_rare = words.idf >= words.idf.max() - 1e-4
    keep_words = ~is_rare | (own >= np.quantile(own, PRUNED_WORDS))
    keep_grams = grams.idf < grams.idf.max() - 1e-4
    keep = np.concatenate([keep_words, keep_grams])
    return (
        Block(words.hashes[keep_words], words.idf[keep_words]),
        Block(grams.hashes[keep_grams], grams.idf[keep_grams]),
        weights[keep],
    )


def _block(hashes: Sequence[Hashes], documents: int) -> Block:
    """The features that occur, with smoothed idf (as in scikit-learn's TfidfTransformer)."""
    unique, counts = np.unique(np.concatenate(list(hashes)), return_counts=True)
    return Block(unique, (np.log((1 + documents) / (1 + counts)) + 1).astype(np.float32))


def _matrix(features: Sequence[Features], words: Block, grams: Block, unseen_idf: float) -> csr_matrix:
    rows, values, ends = [], [], [0]
    for feature in features:
        word_rows, word_values, _ = words.look_up(feature.words, feature.word_counts, unseen_idf)
        gram_rows, gram_values, _ = grams.look_up(feature.grams, feature.gram_counts, unseen_idf)
        rows += [word_rows, gram_rows + len(words.hashes)]
        values += [word_values, gram_values]
        ends.append(ends[-1] + len(word_rows) + len(gram_rows))
    shape = (len(features), len(words.hashes) + len(grams.hashes))
    return csr_matrix((np.concatenate(values), np.concatenate(rows), np.array(ends)), shape=shape)


def _quantised(weights: Floats) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int8]], Floats]:
    """Weights as int8 and a scale for each feature, so that ``int8 * scale`` is the weight to within 0.4 %."""
    scales = np.abs(weights).max(axis=1) / 127
    scales[scales == 0] = 1
    return np.round(weights / scales[:, None]).astype(np.int8), scales.astype(np.float32)

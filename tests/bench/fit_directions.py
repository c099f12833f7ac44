"""``make bench-fit_directions``: learn anew which things of the thesaurus lie near each other. Worth it after large changes
of the thesaurus or of the phrases; ``opas eval`` and ``make bench-grouping`` say what it brought.

``directions.npz`` of the thesaurus, which the matcher's shared head reads: from which things stand together in the phrases
of all languages (positive pointwise mutual information) and which have a word in common in some language, reduced to
``DIRECTIONS``. ``nearness.npz`` of grouping: from the phrases alone, reduced to ``NEARNESS_DIRECTIONS``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds

from bot.grouping import nearness
from bot.guide import Guide
from bot.text import fold
from bot.thesaurus import things
from bot.thesaurus.things import DIRECTIONS_FILE
from tests.bench.rig import learnt_guide

NEARNESS = Path(nearness.__file__).parent / "nearness.npz"
NEARNESS_DIRECTIONS = 60
DIRECTIONS = 160
"""With 60, 120, 160 and 200 86.6, 87.0, 87.6 and 87.3 of 100 development questions are right (85.8 without any), of fresh
ones 88.5, 88.8, 88.9 and 89.0 (88.1); the words in common are worth half a point (23 Nov 2026)."""
MOST_MEANINGS = 11
"""A word of more things says nothing of any two of them."""


def learn_directions(guide: Guide) -> None:
    """Write both files."""
    ids = [*things().by_id]
    weights, information = said_together(guide, ids)
    every = information + np.log1p(words_in_common(ids))
    for file, known, dimensions, power in (
        (NEARNESS, information, NEARNESS_DIRECTIONS, 1.0),
        (DIRECTIONS_FILE, every, DIRECTIONS, 0.5),
    ):
        left, strengths, _ = svds(known, k=dimensions, random_state=0)
        vectors = left * strengths**power
        vectors /= np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
        vectors = np.round(vectors * 127).astype(np.int8)
        np.savez_compressed(file, things=np.array(ids), weights=weights, vectors=vectors)
    print("directions of", len(ids), "things")


def said_together(guide: Guide, ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """How rare each thing is in the phrases; how much oftener than by chance two are said in one (things × things)."""
    place_of = {thing: place for place, thing in enumerate(ids)}
    columns: list[list[int]] = []
    for language, phrases in guide.content.intents.phrases.items():
        meant = (nearness.meant(things(), phrase.folded, language) for phrase in phrases)
        columns += [sorted({place_of[thing] for word in said for thing in word}) for said in meant]
    rows = np.repeat(np.arange(len(columns)), [len(row) for row in columns])
    places = [place for row in columns for place in row]
    stands = csr_matrix((np.ones(len(rows)), (rows, places)), shape=(len(columns), len(ids)))
    together = (stands.T @ stands).toarray()
    how_often = together.diagonal().copy()
    np.fill_diagonal(together, 0)
    sums = together.sum(axis=1)
    expected = sums[:, None] * sums[None, :] / sums.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(together / expected) - np.log(2)
    information = np.where(together > 0, np.maximum(information, 0), 0) * np.minimum(1, together / 5)
    return np.log((1 + len(columns)) / (1 + how_often)).astype(np.float16), information


def words_in_common(ids: Sequence[str]) -> np.ndarray:
    """How many words of all languages name both of two things (things × things)."""
    common = np.zeros((len(ids), len(ids)))
    for language in things().languages:
        named_by: dict[str, set[int]] = defaultdict(set)
        for place, thing in enumerate(ids):
            for word in things().cell(thing, language).split():
                named_by[fold(word.strip("*").replace("_", " "))].add(place)
        for named in named_by.values():
            if len(named) <= MOST_MEANINGS:
                for one, other in permutations(named, 2):
                    common[one, other] += 1
    return common


if __name__ == "__main__":
    learn_directions(learnt_guide())

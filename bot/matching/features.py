"""A folded text into features: words, pairs of near words, and character n-grams across words, as 64-bit hashes.

Hashes instead of strings keep thirteen heads of some 60,000 features each small (8 bytes a feature, memory-mapped) and
make the look-up of a whole text one vectorised search. A polynomial rolling hash gives every substring's hash from one
cumulative sum; splitmix64 (Steele, Lea, Flood 2014) spreads it. At 64 bits and 10^6 features a collision is expected
once in about 10^7 fits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.matching.scripts import DENSE

Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]

NGRAMS: Final = (2, 3, 4)
"""Lengths of the character n-grams (research/matching.md section 6: 2–4 across words)."""
PAIR_REACH: Final = 1
"""Two words make a pair when at most this many places apart; pairs have no order. 0, 1, 2 and 3 were compared on the
development questions (21 Nov 2026): without pairs 2 points fewer are right, 2 and 3 add nothing but time."""

_P: Final = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
_P_INVERSE: Final = pow(_P, -1, 1 << 64)
_LONGEST: Final = 8192
_U64: Final = (1 << 64) - 1


def _powers(base: int) -> Hashes:
    values = np.empty(_LONGEST + 4, dtype=np.uint64)
    power = 1
    for index in range(len(values)):
        values[index] = power
        power = power * base & _U64
    return values


_POWERS: Final = _powers(_P)
_INVERSES: Final = _powers(_P_INVERSE)


@dataclass(frozen=True, slots=True)
class Features:
    """The distinct features of a text: first the words (single ones, then pairs), then the n-grams."""

    hashes: Hashes
    weights: Floats
    """1 + ln(how often), before the inverse document frequency."""
    singles: int
    """How many of the first ``hashes`` are single words."""
    words: int
    """How many of them are words or pairs; the rest are n-grams. Each block is normalised by itself."""


def _mixed(values: Hashes, seed: int) -> Hashes:
    """splitmix64's finaliser; ``seed`` keeps the kinds of feature apart."""
    z = values + np.uint64(seed * 0xBF58476D1CE4E5B9 & _U64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def _is_ideograph(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Scripts written without spaces."""
    found = np.zeros(len(codes), dtype=np.bool_)
    if codes.max() >= DENSE[0][0]:
        for low, high in DENSE:
            found |= (codes >= low) & (codes <= high)
    return found


def _spans(codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Starts and ends of the words; in scripts without spaces every character and every pair of them is a word."""
    blank = codes == 32
    edges = np.flatnonzero(blank)
    starts, ends = edges[:-1] + 1, edges[1:]
    whole = ends > starts
    starts, ends = starts[whole], ends[whole]
    dense = _is_ideograph(codes)
    if not dense.any():
        return starts, ends
    keep = ~np.array([bool(dense[a:b].any()) for a, b in zip(starts, ends, strict=True)], dtype=np.bool_)
    single = np.flatnonzero(dense)
    double = single[np.append(np.diff(single) == 1, False)] if len(single) else single
    # Latin or digits glued to ideographs ("Kela卡") are words of their own.
    rest = [
        (a + int(x), a + int(y)) for a, b in zip(starts[~keep], ends[~keep], strict=True) for x, y in _runs(~dense[a:b])
    ]
    extra = np.array(rest, dtype=np.intp).reshape(-1, 2)
    all_starts = np.concatenate([starts[keep], single, double, extra[:, 0]])
    all_ends = np.concatenate([ends[keep], single + 1, double + 2, extra[:, 1]])
    return all_starts, all_ends


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    padded = np.concatenate([[False], mask, [False]])
    edges = np.flatnonzero(np.diff(padded.astype(np.int8)))
    return [(int(edges[i]), int(edges[i + 1])) for i in range(0, len(edges), 2)]


def _distinct(hashes: Hashes) -> tuple[Hashes, Floats]:
    """Each hash once, sorted, and how often it came. ``np.unique`` does the same in twice the time for short texts."""
    ordered = np.sort(hashes)
    new = np.empty(len(ordered), dtype=np.bool_)
    new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    places = np.append(np.flatnonzero(new), len(ordered))
    return ordered[places[:-1]], (places[1:] - places[:-1]).astype(np.float32)


def features_of(folded: str) -> Features:
    """The features of a text that ``bot.text.fold`` has folded; at most 8,190 characters are read."""
    codes = np.frombuffer(f" {folded[: _LONGEST - 2]} ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    length = len(codes)
    sums = np.zeros(length + 1, dtype=np.uint64)
    np.cumsum(codes.astype(np.uint64) * _INVERSES[:length], out=sums[1:])

    def substrings(starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]) -> Hashes:
        return np.asarray((sums[ends] - sums[starts]) * _POWERS[starts], dtype=np.uint64)

    grams = []
    for n in NGRAMS:
        if length >= n:
            starts = np.arange(length - n + 1)
            grams.append(_mixed(substrings(starts, starts + n), n))
    gram_hashes, gram_counts = _distinct(np.concatenate(grams)) if grams else (sums[:0], np.zeros(0, np.float32))

    starts, ends = _spans(codes)
    words = _mixed(substrings(starts, ends), 1)
    often = Counter(words.tolist())  # in the order in which they first come
    singles = np.array(list(often), dtype=np.uint64)
    single_counts = np.array(list(often.values()), dtype=np.float32)
    pairs = [
        _mixed(words[:-reach] + words[reach:], 9)[words[:-reach] != words[reach:]]
        for reach in range(1, PAIR_REACH + 1)
        if len(words) > reach
    ]
    pair_hashes, pair_counts = _distinct(np.concatenate(pairs)) if pairs else (words[:0], np.zeros(0, np.float32))
    counts = np.concatenate([single_counts, pair_counts, gram_counts])
    return Features(
        np.concatenate([singles, pair_hashes, gram_hashes]),
        np.asarray(1 + np.log(counts), dtype=np.float32),
        len(singles),
        len(singles) + len(pair_hashes),
    )


def word_hash(word: str) -> int:
    """The feature of a single word, as it stands first in ``Features.hashes``."""
    return int(features_of(word).hashes[0])

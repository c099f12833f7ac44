"""A folded text into features: words, pairs of near words, and character n-grams across words, as 64-bit hashes.

Hashes instead of strings keep thirteen heads of some 60,000 features each small (8 bytes a feature, memory-mapped) and
make the look-up of a whole text one vectorised search. A polynomial rolling hash gives every substring's hash from one
cumulative sum; splitmix64 (Steele, Lea, Flood 2014) spreads it. At 64 bits and 10^6 features a collision is expected
once in about 10^7 fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.matching.scripts import DENSE, is_dense

Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

NGRAMS: Final = (3, 4)
"""Lengths of the character n-grams, across words. With those of 2 no more is right (CLINC150, HWU64, BANKING77 with ten
phrases an intent, and the development questions, 22 Nov 2026), and a fit takes a third longer."""
PAIR_REACH: Final = 2
"""Two words make a pair when at most this many places apart; pairs have no order. With 2 half a point more is
right on CLINC150, BANKING77 and HWU64 with ten phrases an intent; of our own fresh questions as many are right, but
fewer near misses are answered (3.8 instead of 6.9 in 100). 3 adds nothing (22 Nov 2026)."""

PAIR_WEIGHT: Final = 0.7
"""A pair counts so much of what a word does: two rare pairs must not drown a common word. 0.5, 0.7 and 1 were compared
on the three public sets (22 Nov 2026)."""
BEGINNING: Final = 6
"""Letters of a word that count as the word; its other forms end otherwise. 5, 6, 7, all, and an English stemmer were
compared (22 Nov 2026): 5, 6 and the stemmer are 0.6 points better than all on the public sets; of the development
questions English, Finnish and Swedish were tried, and one question moved."""

_P: Final = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
_P_INVERSE: Final = pow(_P, -1, 1 << 64)
_LONGEST: Final = 8192
_TOGETHER: Final = 4 * _LONGEST
"""Characters of several texts that have powers of their own; beyond that each text has those from the first on."""
_U64: Final = (1 << 64) - 1


def _powers(base: int) -> Hashes:
    values = np.full(_TOGETHER, base, dtype=np.uint64)
    values[0] = 1
    return np.cumprod(values, dtype=np.uint64)


_POWERS: Final = _powers(_P)
_INVERSES: Final = _powers(_P_INVERSE)


@dataclass(frozen=True, slots=True)
class Features:
    """The distinct features of some texts, one text behind the other: its words, its pairs, its n-grams."""

    hashes: Hashes
    """Sorted within each of the three kinds of each text."""
    weights: Floats
    """1 + ln(how often), of pairs ``PAIR_WEIGHT`` of it; before the inverse document frequency."""
    bounds: npt.NDArray[np.intp]
    """Where the words, the pairs and the n-grams of the first text begin, of the second …, and where all end."""

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return len(self.bounds) // 3


def _salt(kind: int) -> np.uint64:
    """What keeps the kinds of feature apart: added to their raw hashes."""
    return np.uint64(kind * 0xBF58476D1CE4E5B9 & _U64)


_WORD, _PAIR, _GRAMS = _salt(1), _salt(9), {n: _salt(n) for n in range(2, 9)}


_27, _30, _31 = np.uint64(27), np.uint64(30), np.uint64(31)
_ONE, _OTHER = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def _mixed(values: Hashes) -> Hashes:
    """splitmix64's finaliser."""
    z: Hashes = values >> _30
    z ^= values
    z *= _ONE
    z ^= z >> _27
    z *= _OTHER
    z ^= z >> _31
    return z


def _is_dense(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_] | None:
    """Which characters belong to scripts written without spaces; None when none does."""
    if np.maximum.reduce(codes) < DENSE[0][0]:
        return None
    found = np.zeros(len(codes), dtype=np.bool_)
    for low, high in DENSE:
        found |= (codes >= low) & (codes <= high)
    return found if found.any() else None


def _spans(codes: npt.NDArray[np.uint32], dense: npt.NDArray[np.bool_] | None) -> tuple[Places, Places]:
    """Starts and ends of the words; in scripts without spaces every character and every pair of them is a word.
    ``dense``: which characters are of such scripts."""
    blank = codes == 32
    edges = np.flatnonzero(blank)
    starts, ends = edges[:-1] + 1, edges[1:]
    whole = ends > starts
    starts, ends = starts[whole], ends[whole]
    if dense is None:
        return starts, ends
    so_far = np.concatenate([[0], np.cumsum(dense)])
    plain = so_far[ends] == so_far[starts]
    single = np.flatnonzero(dense)
    double = single[np.append(np.diff(single) == 1, False)]
    # Latin or digits glued to ideographs ("Kela卡") are words of their own.
    beside = ~(dense | blank)
    for start, end in zip(starts[plain], ends[plain], strict=True):
        beside[start:end] = False
    rests = np.flatnonzero(np.diff(beside.astype(np.int8), prepend=0, append=0))
    all_starts = np.concatenate([starts[plain], single, double, rests[::2]])
    all_ends = np.concatenate([ends[plain], single + 1, double + 2, rests[1::2]])
    return all_starts, all_ends


class _Texts:
    """Texts as one row of characters, each between blanks of its own, and the raw hash of any piece of one of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        cut = [text[: _LONGEST - 2] for text in texts]
        joined = f" {'  '.join(cut)} "
        self.codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self.owners = np.zeros(len(self.codes), np.intp)
        """The text to which each character belongs."""
        # The hash of a piece is the same wherever it stands.
        self._powers, inverses = _POWERS[: len(self.codes)], _INVERSES[: len(self.codes)]
        if len(cut) > 1:
            lengths = np.array([len(text) + 2 for text in cut], dtype=np.intp)
            self.owners = np.arange(len(cut)).repeat(lengths)
            if len(self.codes) > _TOGETHER:
                places = np.arange(len(self.codes)) - (np.cumsum(lengths) - lengths).repeat(lengths)
                self._powers, inverses = _POWERS[places], _INVERSES[places]
        self._sums = np.zeros(len(self.codes) + 1, dtype=np.uint64)
        np.cumsum(self.codes * inverses, out=self._sums[1:])

    def grams(self) -> tuple[list[Hashes], list[Places]]:
        """The n-grams and the texts that they are from."""
        hashes, owners = [], []
        for n in NGRAMS:
            raw = (self._sums[n:] - self._sums[:-n]) * self._powers[: 1 - n] + _GRAMS[n]
            own = self.owners[: 1 - n]
            if self.owners[-1]:  # the border between two texts is in neither of them
                inside = own == self.owners[n - 1 :]
                raw, own = raw[inside], own[inside]
            hashes.append(raw)
            owners.append(own)
        return hashes, owners

    def words(self) -> tuple[Hashes, Places, npt.NDArray[np.bool_]]:
        """The words, the texts that they are from, text by text, and which of them are of scripts without spaces."""
        dense = _is_dense(self.codes)
        starts, ends = _spans(self.codes, dense)
        owners = self.owners[starts]
        if (owners[1:] < owners[:-1]).any():  # scripts without spaces
            order = np.argsort(owners, kind="stable")
            starts, ends, owners = starts[order], ends[order], owners[order]
        are_dense = np.zeros(len(starts), np.bool_) if dense is None else dense[starts]
        return self.hashes(starts, ends), owners, are_dense

    def hashes(self, starts: Places, ends: Places) -> Hashes:
        """Of words: of their beginnings."""
        ends = np.minimum(ends, starts + BEGINNING)
        return np.asarray((self._sums[ends] - self._sums[starts]) * self._powers[starts] + _WORD, dtype=np.uint64)


def _pairs(words: Hashes, owners: Places, dense: npt.NDArray[np.bool_]) -> tuple[Hashes, Places]:
    """Pairs of words near each other and the texts that they are from; ``dense``: the words of scripts without spaces,
    which make none: they are characters and pairs of them, and the n-grams say what follows what. With such pairs a
    point fewer of Chinese questions are right, three with two slips in each (22 Nov 2026)."""
    hashes, texts = [], []
    for reach in range(1, PAIR_REACH + 1):
        one, other, own = words[:-reach], words[reach:], owners[reach:]
        counts = one != other
        counts &= owners[:-reach] == own
        counts &= ~(dense[:-reach] | dense[reach:])
        hashes.append((one + other + _PAIR)[counts])
        texts.append(own[counts])
    return np.concatenate([words[:0], *hashes]), np.concatenate([owners[:0], *texts])


def features_of(*folded: str) -> Features:
    """The features of texts that ``bot.text.fold`` has folded; at most 8,190 characters of each are read."""
    if not folded:
        return Features(np.zeros(0, np.uint64), np.zeros(0, np.float32), np.zeros(1, np.intp))
    texts = _Texts(folded)
    words, word_owners, dense = texts.words()
    grams, gram_owners = texts.grams()
    mixed = _mixed(np.concatenate([words, *grams]))
    pairs, pair_owners = _pairs(mixed[: len(words)], word_owners, dense)
    hashes = np.concatenate([mixed, _mixed(pairs)])
    kinds = np.concatenate([word_owners, *gram_owners, pair_owners])
    kinds *= 3
    kinds[len(words) : len(mixed)] += 2
    kinds[len(mixed) :] += 1
    # One sort for all: the kind above, below it as much of the hash as there is room for.
    room = int(3 * len(folded)).bit_length()
    order = np.argsort((kinds.astype(np.uint64) << np.uint64(64 - room)) | (hashes >> np.uint64(room)))
    hashes, kinds = hashes[order], kinds[order]
    new = np.ones(len(hashes) + 1, dtype=np.bool_)
    new[1:-1] = (hashes[1:] != hashes[:-1]) | (kinds[1:] != kinds[:-1])
    places = new.nonzero()[0]
    counts = (places[1:] - places[:-1]).astype(np.float32)
    hashes, kinds = hashes[places[:-1]], kinds[places[:-1]]
    bounds = kinds.searchsorted(np.arange(3 * len(folded) + 1))
    weights = np.asarray(1 + np.log(counts), dtype=np.float32)
    weights[kinds % 3 == 1] *= np.float32(PAIR_WEIGHT)
    return Features(hashes, weights, bounds)


def word_hashes(words: Sequence[str]) -> list[int]:
    """The feature of each of these single words, as it stands in ``Features.hashes``; none of them empty, and none with
    a blank. Of a word in a script without spaces: that of its first such character."""
    texts = _Texts([next(filter(is_dense, word), word) for word in words])
    starts = np.flatnonzero(np.diff(texts.owners, prepend=-1)) + 1
    ends = np.append(starts[1:] - 2, len(texts.codes) - 1)
    return [int(value) for value in _mixed(texts.hashes(starts, ends))]


def word_hash(word: str) -> int:
    """The feature of a single word."""
    return word_hashes([word])[0]

"""Unknown words of a question put right by the words of the phrases: spelt by ear, misspelt, glued together, torn
apart."""

from __future__ import annotations

import contextlib
import json
import math
import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.kept import Kept, name_of
from bot.matching.hashed import Hashed
from bot.matching.sounds import sound_of
from bot.model import Phrases
from bot.thesaurus import things

SHORTEST: Final = 3
"""Letters of a word that is repaired; shorter ones have too many neighbours."""
SHORTEST_HEARD: Final = 4
"""Letters of a word that may be spelt by ear."""
TWO_EDITS: Final = 7
"""Letters from which two edits are allowed …"""
TWO_EDITS_PERHAPS: Final = 5
"""… and from which they are read beside the word as it stands, in a text of which little is known
(``thresholds.STRANGE``)."""
PAIR: Final = 5
"""Letters from which a word may be two words without their space ("tellme") …"""
PAIR_COMMON: Final = 2
LETTER_COMMON: Final = 20
"""… each of them in so many phrases; a single letter in so many."""
PAIR_WITH_SLIP: Final = 6
"""Letters from which one of two glued words may have a slip too."""
GLUED: Final = 9
"""Letters from which a word may be several words without their spaces."""
COVERED: Final = 0.6
"""Share of a glued word's letters that known words must cover."""
MOST_REPAIRS: Final = 16
"""Words of one text that are repaired; what is stranger than that is not a misspelling."""
OTHERS: Final = 3
"""Texts in which an unknown word was another that is as near, beside the likeliest. With them, and with two words glued
of which one has a slip, two slips (of the keys, of letters and spaces) cost CLINC150 3.1 points instead of 3.6, HWU64
4.2 instead of 5.4, and of 3,796 questions in thirteen languages 94.1 % are right or offered instead of 93.6, 316 of 325
urgent ones heard instead of 313 (22 Nov 2026)."""
REMEMBERED: Final = 512
"""Words of a language that were looked at last."""
STEM: Final = 5
"""A word that shares so many first letters (or all but two) with a known one is a form of it and stays."""


DOUBLED: Final = re.compile(r"(.)\1")
NO_WORDS: Final = frozenset[str]().__contains__

# Which of several words that are equally near was meant: the commonest (logarithm of its phrases), more or less likely
# by so much for how it was spelt. With these, PAIR and SHORTEST 3 two typos cost CLINC150, HWU64 and BANKING77 (each
# turned round as well) 2.6 points instead of 3.2; a space that is a letter off, a letter in its place and TWO_EDITS 7
# instead of 8 bring one more of those that the head of all languages lost (22 Nov 2026).
OTHER_BEGINNING: Final = 1.0
SWAPPED: Final = 2.0
REPLACED: Final = 1.0


@dataclass(frozen=True, slots=True)
class Counted:
    """The words of some phrases."""

    words: list[str]
    """Shortest first, those of equal length in order."""
    often: list[int]
    """In how many phrases each stands."""
    by_sound: dict[str, int]
    """Of the words that sound alike the place of the commonest. With it 3 of the 192 misspelt development questions
    more are right (22 Nov 2026), and the last cry is heard."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> Counted:
        """Of folded phrases."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(text.split()))
        words = sorted(counts, key=lambda word: (len(word), word))
        by_sound: dict[str, str] = {}
        for word in words:
            if len(word) >= SHORTEST_HEARD:
                sound = sound_of(word)
                other = by_sound.setdefault(sound, word)
                if (counts[word], other) > (counts[other], word):
                    by_sound[sound] = word
        places = {word: place for place, word in enumerate(words)}
        return cls(words, [counts[word] for word in words], {sound: places[word] for sound, word in by_sound.items()})

    @classmethod
    def load(cls, text: str) -> Counted:
        """What ``dump`` gave. Raises ValueError, KeyError, IndexError or TypeError for anything else."""
        kept = json.loads(text)
        if max(kept["sounds"].values(), default=-1) >= len(kept["words"]):
            raise ValueError("a word is missing")
        return cls(kept["words"], kept["often"], kept["sounds"])

    def dump(self) -> str:
        """All of it, to be kept."""
        return json.dumps({"words": self.words, "often": self.often, "sounds": self.by_sound}, ensure_ascii=False)


class Repairer:
    """The words of one language and what an unknown word probably was."""

    def __init__(self, words: Counted, is_word: Callable[[str], bool] = NO_WORDS) -> None:
        """``is_word``: whether a word that no phrase has is one all the same."""
        self._is_word = lru_cache(maxsize=REMEMBERED)(is_word)
        # Shortest first, so that the words of neighbouring lengths are one slice; beside each the set of its letters.
        self._words = words.words
        self._letters = _letters_of_all(self._words)
        counts = self._counts = dict(zip(words.words, words.often, strict=True))
        total = sum(words.often)
        self._prices = [math.inf, *(-math.log(n / total) for n in range(1, max(words.often, default=0) + 1))]
        self._by_name = sorted(word for word in counts if len(word) >= STEM)
        self._longest = min(24, max(map(len, counts), default=0))
        self._sounds, self._sounding = Hashed(words.by_sound), array("I", words.by_sound.values())
        """The sounds, and the place of each one's word."""
        lengths = np.array([len(word) for word in self._words], dtype=np.intp)
        self._starts = np.searchsorted(lengths, np.arange(lengths.max(initial=0) + 2))
        self.word = lru_cache(maxsize=REMEMBERED)(self._word)
        self.further = lru_cache(maxsize=REMEMBERED)(self._further)

    def knows(self, word: str) -> bool:
        return word in self._counts

    def text(self, folded: str) -> str:
        """``folded`` with its unknown words repaired where that is likely; the same text when nothing was."""
        return self.texts(folded, 0)[0]

    def texts(self, folded: str, others: int = OTHERS, *, is_strange: bool = False) -> list[str]:
        """``folded`` repaired, and up to so many texts in which one word was another that is as near: what it stands
        beside says which was meant. ``is_strange``: also such in which what is near to no word, or is glued from
        several, was a word further away."""
        words = folded.split()
        repaired: list[str] = []
        doubtful: list[tuple[int, str]] = []
        left = MOST_REPAIRS
        index = 0
        while index < len(words):
            word = words[index]
            index += 1
            if not left or not word.isalpha():
                repaired.append(word)
            elif index < len(words) and (mended := self._across(word, words[index])):
                left -= 1
                repaired.append(mended[0])
                words[index : index + 1] = mended[1:]
            elif self.knows(word) or self._is_word(word):
                repaired.append(word)
            else:
                left -= 1
                likeliest, *rest = self.word(word)
                if is_strange and (likeliest == word or " " in likeliest):
                    rest = self.further(word)
                doubtful += [(len(repaired), other) for other in rest]
                repaired.append(likeliest)
        return [
            " ".join(repaired),
            *(" ".join([*repaired[:place], other, *repaired[place + 1 :]]) for place, other in doubtful[:others]),
        ]

    def _across(self, word: str, other: str) -> list[str]:
        """What two neighbouring words were when the space between them is one too many or a letter off ("m ycar");
        nothing when they may stand as they are."""
        if self.knows(word) and self.knows(other):
            return []
        if self.knows(joined := word + other):
            return [joined]
        moved = [(joined[:at], joined[at:]) for at in (len(word) - 1, len(word) + 1) if 0 < at < len(joined)]
        often, pair = max((min(map(self._often, pair)), pair) for pair in moved) if moved else (0, ())
        return list(pair) if often >= PAIR_COMMON else []

    def _word(self, word: str) -> tuple[str, ...]:
        """What one unknown word probably was: one without its drawn-out letters, which folding left twice, else one
        that sounds alike, else one edit away, else two words glued (one of them with a slip) or more, else two edits
        away. Behind it others that are an edit away, or as near."""
        if len(word) < SHORTEST:
            return (word,)
        if (single := DOUBLED.sub(r"\1", word)) != word and self.knows(single):
            return (single,)
        near = self._near(word, 1)
        if len(word) >= SHORTEST_HEARD and (heard := self._heard(sound_of(word))):
            return (heard, *(other for other in near if other != heard))
        if near:
            return near
        if len(word) >= PAIR and (pair := self._pair(word) or self._pair(word, slip=1)):
            return (pair,)
        is_form = self._is_form(word)
        if len(word) >= PAIR_WITH_SLIP and not is_form and (pair := self._pair_with_slip(word)):
            return (pair,)
        if len(word) >= GLUED and (parts := self._split(word)):
            return (parts,)
        return self._near(word, 2) or (word,) if len(word) >= TWO_EDITS and not is_form else (word,)

    def _further(self, word: str) -> list[str]:
        """What a word that is near to none may have been all the same, the likeliest first."""
        return [] if len(word) < TWO_EDITS_PERHAPS or self._is_form(word) else list(self._near(word, 2))

    def _heard(self, sound: str) -> str:
        """The word of a sound; "" when there is none."""
        words = (self._words[self._sounding[place]] for place in self._sounds.places(sound))
        return next((word for word in words if sound_of(word) == sound), "")

    def _is_form(self, word: str) -> bool:
        stem = word[:STEM]
        place = bisect_left(self._by_name, stem)
        return place < len(self._by_name) and self._by_name[place].startswith(stem)

    def _near(self, word: str, edits: int) -> tuple[str, ...]:
        """The known words within ``edits`` (OSA distance): the nearest ones, the likeliest first."""
        start, end = self._place(len(word) - edits), self._place(len(word) + edits + 1)
        # An edit takes at most one letter out of the set and puts one in: all but a few words are out at a glance.
        differing = np.bitwise_count(self._letters[start:end] ^ np.uint64(_letters(word)))
        choices = [self._words[start + index] for index in np.flatnonzero(differing <= 2 * edits).tolist()]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=8)
        nearest = min((distance for _, distance, _ in found), default=0)
        names = [name for name, distance, _ in found if distance == nearest]
        return tuple(sorted(names, key=lambda name: (-self._likelihood(name, word), name)))

    def _likelihood(self, known: str, typed: str) -> float:
        """How likely a known word is to have been typed so, beside others as near (logarithm)."""
        likelihood = math.log(self._counts[known])
        if known[0] != typed[0]:
            likelihood -= OTHER_BEGINNING
        if len(known) == len(typed):
            likelihood += SWAPPED if sorted(known) == sorted(typed) else -REPLACED
        return likelihood

    def _pair(self, word: str, slip: int = 0) -> str:
        """Two known words that make ``word``, the rarer of them as common as can be; "" when there are none. ``slip``:
        how many letters stand where the space should be."""
        cuts = [(word[:at], word[at + slip :]) for at in range(1, len(word) - slip)]
        often, pair = max((min(map(self._often, pair)), pair) for pair in cuts)
        return " ".join(pair) if often >= PAIR_COMMON else ""

    def _pair_with_slip(self, word: str) -> str:
        """A known word and one that is at most an edit away from one ("nwxttrack"), the longer and commoner they are
        the likelier; "" when there are none."""
        found: list[tuple[int, str]] = []
        for at in range(1, len(word)):
            for known, other, order in ((word[:at], word[at:], "{} {}"), (word[at:], word[:at], "{1} {0}")):
                often = self._often(known)
                if often >= PAIR_COMMON and len(other) >= SHORTEST and (near := self._near(other, 1)):
                    found.append((min(often, self._counts[near[0]]) * len(known), order.format(known, near[0])))
        return max(found, default=(0, ""))[1]

    def _often(self, piece: str) -> int:
        """In how many phrases a piece of a glued word stands; 0 for a letter that is hardly a word."""
        often = self._counts.get(piece, 0)
        return often if len(piece) > 1 or often >= LETTER_COMMON else 0

    def _place(self, length: int) -> int:
        """Where the words of at least ``length`` letters begin."""
        return int(self._starts[length]) if length < len(self._starts) else len(self._words)

    def _split(self, word: str) -> str:
        """The cheapest cover of ``word`` by known words (Viterbi over their frequencies), or "" when there is none."""
        costs = [0.0] + [math.inf] * len(word)
        froms = [0] * (len(word) + 1)
        known, prices = self._counts, self._prices
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - self._longest), end):
                piece = word[start:end]
                often = known.get(piece)
                # A letter that no word covers costs more than any word: one typo inside glued text must not spoil it.
                if often is None and end - start > 1:
                    continue
                price = costs[start] + (prices[often] if often else 16.0) + (0.0 if end - start > 2 else 3.0)
                if price < costs[end]:
                    costs[end], froms[end] = price, start
        pieces: list[str] = []
        end = len(word)
        unknown = False
        while end:
            piece = word[froms[end] : end]
            end = froms[end]
            if piece in self._counts and len(piece) > 1:
                pieces.append(piece)
                unknown = False
            elif unknown:  # letters that no word covers stay together: they are a word nobody wrote before
                pieces[-1] = piece + pieces[-1]
            else:
                pieces.append(piece)
                unknown = True
        pieces.reverse()
        covered = sum(len(piece) for piece in pieces if piece in self._counts)
        return " ".join(pieces) if len(pieces) > 1 and covered >= COVERED * len(word) else ""


class Repairers:
    """A repairer a language, made when it is needed first."""

    def __init__(self, phrases: Mapping[str, Phrases], kept: Kept | None = None) -> None:
        """``kept``: where the words of the phrases are kept, which takes a tenth of the time to count them anew."""
        self._phrases = phrases
        self._kept = kept
        self._made: dict[str, Repairer] = {}

    def of(self, language: str) -> Repairer:
        if language not in self._made:
            words = things().words(language)
            self._made[language] = Repairer(self._counted(language), words.is_word if words else NO_WORDS)
        return self._made[language]

    def _counted(self, language: str) -> Counted:
        folded = self._phrases[language].folded if language in self._phrases else ()
        if self._kept is None:
            return Counted.of(folded)
        name = name_of(f"spelling-{language}", ("\n".join(folded).encode("utf-8", "surrogatepass"), _counting_code()))
        if text := self._kept.read(name):
            with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
                return Counted.load(text)
        words = Counted.of(folded)
        self._kept.write(name, words.dump())
        return words


@lru_cache(maxsize=1)
def _counting_code() -> bytes:
    """The code that counts the words: what other code made of them is not taken."""
    return b"".join(Path(__file__).with_name(name).read_bytes() for name in ("repair.py", "sounds.py"))


def _letters(word: str) -> int:
    """The letters of a word as a set of 64 bits; different letters may share one."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 63)
    return bits


def _letters_of_all(words: Sequence[str]) -> npt.NDArray[np.uint64]:
    """``_letters`` of many words, none of them empty, in a tenth of the time."""
    if not words:
        return np.zeros(0, dtype=np.uint64)
    chars = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.cumsum([0, *map(len, words[:-1])])
    return np.bitwise_or.reduceat(np.uint64(1) << (chars & np.uint32(63)).astype(np.uint64), starts)

"""A message in parts: sentences, long sentences at their commas, clauses that "and" joins; how long a part is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.matching.scripts import DENSE
from bot.text import fold

_SENTENCE: Final = re.compile(r"[.!?…؟。！？;；\n\r]+")
_CLAUSE: Final = re.compile(r"[,،，、:：–—]+|\s-\s")
LONG: Final = 60
"""Characters from which a sentence is cut at its commas too."""
WHOLE: Final = 40
"""Characters up to which a message is one part."""
LONGEST: Final = 300
"""Characters of a part without any punctuation; longer ones are cut between words."""

MOST: Final = 256
"""Parts of a message; more of them are put together with their neighbours, so that nobody can make the bot slow."""
_DENSE: Final = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in DENSE) + "]+")

_STOP: Final = re.compile(
    r"[.!?…؟。！？;；\n\r,،，、–—/+&]+|[:：](?=\s)|\s-\s|还有|还想|还要|还需要|另外|此外|同时|以及|和|也"
    r"|(?<=\s)و(?=[^\W\d_]{3,})"  # written with the next word in Arabic
)
JOINTS: Final = frozenset(
    fold(
        "and also plus ja sekä myös lisäksi och samt också dessutom ning samuti lisaks и а также ещё і й та також ще "
        "ve ayrıca et aussi également ainsi y e también además iyo oo kaloo kale weliba waliba även ühtlasi "
        "و أيضا كذلك همچنین همینطور هم"
    ).split()
)
"""Words of all languages that join two wishes: "a flat and a school"."""
_JOINING_STOPS: Final = frozenset(
    ("还有", "还想", "还要", "还需要", "另外", "此外", "同时", "以及", "和", "也", "و", "+", "&")
)
_JOINT: Final = "and"
_ADVERBS: Final = frozenset(
    fold("also myös också även samuti також также ayrıca aussi également también además kaloo أيضا كذلك همچنین").split()
)
"""Those that stand inside a wish as well: "and find also a flat"."""
_LONG_JOINTS: Final = re.compile(
    r"\b(?:"
    + "|".join(
        fold(words).replace(" ", r"\s")
        for words in (
            "besides that", "apart from that", "as well as", "on top of that",
            "sen lisäksi", "tämän lisäksi", "ja sitten vielä",
            "förutom det", "och så", "en plus de cela", "en plus", "de plus", "en outre", "à part ça",
            "aparte de eso", "y aparte", "de paso", "además de eso", "peale selle veel", "peale selle", "ja veel",
            "кроме того", "кроме этого", "помимо этого", "к тому же", "крім того", "крім цього", "до того ж",
            "bunun yanında", "bunun dışında", "bunun yanı sıra", "bir de", "sidoo kale", "intaas waxaa dheer",
            "بالإضافة إلى ذلك", "إضافة إلى ذلك", "علاوة على ذلك", "إلى جانب ذلك",
            "علاوه بر این", "علاوه بر آن", "در ضمن",
        )
    )
    + r")\b"
)  # fmt: skip
"""The same, of several words."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a message that may be a wish of its own."""

    folded: str
    is_joined: bool
    """"And" or "also" stands before or after it."""


def clauses_of(text: str) -> list[Clause]:
    """The clauses of ``text`` in order, cut at every stop, comma and joining word; none when there is only one."""
    found: list[tuple[str, bool]] = []
    joined = False  # whether a joint stands between the last clause and what comes now
    at = 0
    for stop in (*_STOP.finditer(text), None):
        words: list[str] = []
        piece = _LONG_JOINTS.sub(_JOINT, fold(text[at : stop.start() if stop else None]))
        for word in (*piece.split(), None):
            if word is not None and word not in JOINTS:
                words.append(word)
                continue
            if word in _ADVERBS and joined and len(words) == 1:
                continue
            if words:
                found.append((" ".join(words), joined))
                joined = False
            joined = joined or word is not None
            words = []
        if stop:
            at = stop.end()
            joined = joined or stop.group() in _JOINING_STOPS
    if len(found) < 2:
        return []
    nexts = [*(joined for _, joined in found[1:]), False]
    return [Clause(folded, own or following) for (folded, own), following in zip(found, nexts, strict=True)]


def parts_of(text: str) -> list[str]:
    """The parts of ``text`` in order, without empty ones; none for a text that is a single part."""
    if len(text) <= WHOLE:
        return []
    parts: list[str] = []
    for sentence in _SENTENCE.split(text):
        pieces = _CLAUSE.split(sentence) if len(sentence) > LONG else [sentence]
        for piece in pieces:
            parts += _cut(piece.strip())
    parts = [part for part in parts if part] if len(parts) > 1 else []
    together = -(-len(parts) // MOST)
    return [" ".join(parts[at : at + together]) for at in range(0, len(parts), together)] if parts else []


def words_in(folded: str) -> float:
    """How many words a folded text has; in a script without spaces two characters count as one."""
    dense = 0 if folded.isascii() else sum(map(len, _DENSE.findall(folded)))
    return dense / 2 if dense else float(len(folded.split()))


def is_clause(folded: str) -> bool:
    """Whether a folded text says something by itself: three words, or as much in a script without spaces."""
    words = words_in(folded)
    return words >= 3 or (words >= 2 and _DENSE.search(folded) is not None)


def _cut(piece: str) -> list[str]:
    cut = []
    while len(piece) > LONGEST:
        at = piece.rfind(" ", 1, LONGEST)
        at = at if at > 0 else LONGEST
        cut.append(piece[:at].strip())
        piece = piece[at:].strip()
    return [*cut, piece]

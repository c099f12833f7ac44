"""A long message in parts: sentences, and long sentences at their commas; how long a part is."""

from __future__ import annotations

import re
from typing import Final

from bot.matching.scripts import DENSE

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

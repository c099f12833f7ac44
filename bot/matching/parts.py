"""A long message in parts: sentences, and long sentences at their commas; how long a part is."""

from __future__ import annotations

import re
from typing import Final

from bot.matching.scripts import is_dense

_SENTENCE: Final = re.compile(r"[.!?…؟。！？;；\n\r]+")
_CLAUSE: Final = re.compile(r"[,،，、:：–—]+|\s-\s")
LONG: Final = 60
"""Characters from which a sentence is cut at its commas too."""
WHOLE: Final = 40
"""Characters up to which a message is one part."""
LONGEST: Final = 300
"""Characters of a part without any punctuation; longer ones are cut between words."""


def parts_of(text: str) -> list[str]:
    """The parts of ``text`` in order, without empty ones; none for a text that is a single part."""
    if len(text) <= WHOLE:
        return []
    parts: list[str] = []
    for sentence in _SENTENCE.split(text):
        pieces = _CLAUSE.split(sentence) if len(sentence) > LONG else [sentence]
        for piece in pieces:
            parts += _cut(piece.strip())
    return [part for part in parts if part] if len(parts) > 1 else []


def words_in(folded: str) -> float:
    """How many words a folded text has; in a script without spaces two characters count as one."""
    dense = 0 if folded.isascii() else sum(map(is_dense, folded))
    return dense / 2 if dense else float(len(folded.split()))


def is_clause(folded: str) -> bool:
    """Whether a folded text says something by itself: three words, or as much in a script without spaces."""
    words = words_in(folded)
    return words >= 3 or (words >= 2 and any(map(is_dense, folded)))


def _cut(piece: str) -> list[str]:
    cut = []
    while len(piece) > LONGEST:
        at = piece.rfind(" ", 1, LONGEST)
        at = at if at > 0 else LONGEST
        cut.append(piece[:at].strip())
        piece = piece[at:].strip()
    return [*cut, piece]

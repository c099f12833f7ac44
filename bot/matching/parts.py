"""A long message in parts: sentences, and long sentences at their commas."""

from __future__ import annotations

import re
from typing import Final

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


def _cut(piece: str) -> list[str]:
    cut = []
    while len(piece) > LONGEST:
        at = piece.rfind(" ", 1, LONGEST)
        at = at if at > 0 else LONGEST
        cut.append(piece[:at].strip())
        piece = piece[at:].strip()
    return [*cut, piece]

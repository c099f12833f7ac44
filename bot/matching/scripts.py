"""Which script a text is written in: a text in Arabic letters need not be read by the heads of Latin ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

_RANGES: Final = (
    ("latin", ((0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF))),
    ("cyrillic", ((0x400, 0x52F),)),
    ("arabic", ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF))),
    ("han", ((0x3400, 0x9FFF),)),
)


def _script_table() -> dict[int, str]:
    return {code: name for name, spans in _RANGES for low, high in spans for code in range(low, high + 1)}


_TABLE: Final = _script_table()


DENSE: Final = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF))
"""Scripts written without spaces: Thai and Lao, Burmese, Khmer, kana, Han."""


def is_dense(char: str) -> bool:
    """Whether ``char`` is of a script written without spaces."""
    code = ord(char)
    return code >= DENSE[0][0] and any(low <= code <= high for low, high in DENSE)


def script_shares(folded: str) -> dict[str, float]:
    """The share (0–1) of each script among the letters of a folded text; other scripts count as ``other``."""
    counts: dict[str, int] = {}
    for char, often in Counter(folded).items():
        if char.isalpha():
            name = _TABLE.get(ord(char), "other")
            counts[name] = counts.get(name, 0) + often
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()} if total else {}


def main_script(texts: Iterable[str]) -> str:
    """The script in which most of ``texts`` (folded) are written."""
    sums: dict[str, float] = {}
    for text in texts:
        for name, share in script_shares(text).items():
            sums[name] = sums.get(name, 0.0) + share
    return max(sums, key=lambda name: sums[name], default="other")

"""What everyday things are called where a counsellor reads of them, read from ``titles.txt`` beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.thesaurus import things

_FILE: Final = Path(__file__).parent / "titles.txt"


@lru_cache(maxsize=1)
def titles() -> Mapping[str, Mapping[str, str]]:
    """Language → thing → what it is called."""
    lines = (line for line in _FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    (_, *languages), *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    return {language: {row[0]: row[place] for row in rows} for place, language in enumerate(languages, 1)}


def title(thing: str, language: str) -> str:
    """What a thing is called in a language; a word of its line where nobody has written a title."""
    return titles().get(language, {}).get(thing) or things(strict=True).word(thing, language)

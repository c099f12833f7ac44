"""The process that fits one head: ``python -m bot.matching.fit INTENTS LANGUAGE CACHE NAME``."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from bot.catalogue.phrases import read_intents
from bot.matching.cache import HeadCache
from bot.matching.fitting import fit_head


def main(intents: str, language: str, cache: str, name: str) -> None:
    """Read the phrases, fit, save."""
    with contextlib.suppress(OSError):
        os.nice(10)  # a running bot's replies come first
    found = read_intents(Path(intents), [], only=language)
    heads = HeadCache(Path(cache))
    heads.save(name, fit_head(language, found.phrases[language], found.urgent))
    heads.tidy(language)


if __name__ == "__main__":
    main(*sys.argv[1:])

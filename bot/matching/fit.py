"""The process that fits one head: ``python -m bot.matching.fit INTENTS LANGUAGE CACHE NAME``."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from bot.catalogue.phrases import Intents, read_intents
from bot.matching.cache import HeadCache
from bot.matching.fitting import fit_head, fit_shared
from bot.matching.head import Head
from bot.matching.shared import SHARED


def main(intents: str, language: str, cache: str, name: str) -> None:
    """Read the phrases, fit, save."""
    with contextlib.suppress(OSError):
        os.nice(10)  # a running bot's replies come first
    found = read_intents(Path(intents), [], only=None if language == SHARED else language)
    heads = HeadCache(Path(cache))
    heads.save(name, fitted(language, found))
    heads.tidy(language)


def fitted(language: str, intents: Intents) -> Head:
    """The head of a language, or the one that all share."""
    if language == SHARED:
        return fit_shared(intents.phrases, intents.urgent)
    return fit_head(language, intents.phrases[language], intents.urgent)


if __name__ == "__main__":
    main(*sys.argv[1:])

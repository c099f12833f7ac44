"""The process that fits one head: ``python -m bot.matching.fit INTENTS LANGUAGE CACHE NAME``."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from bot.catalogue.learnt import dump
from bot.catalogue.phrases import read_intents
from bot.errors import Complaint
from bot.matching.cache import HeadCache
from bot.matching.fitting import fit_head


def main(intents: str, language: str, cache: str, name: str) -> None:
    """Read the phrases, fit, save."""
    with contextlib.suppress(OSError):
        os.nice(10)  # a running bot's replies come first
    complaints: list[Complaint] = []
    found = read_intents(Path(intents), complaints, only=language)
    heads = HeadCache(Path(cache))
    phrases = found.phrases[language]
    heads.save(name, fit_head(language, phrases, found.urgent), "" if complaints else dump(phrases, dict(found.topics)))
    heads.tidy(language)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The process that fits one head: ``python -m bot.matching.fit INTENTS LANGUAGE CACHE NAME``."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.catalogue import learnt
from bot.catalogue.phrases import read_intents
from bot.kept import Kept
from bot.matching.cache import HeadCache, has_phrases, wanted_heads
from bot.matching.fitting import fit_head, fit_shared
from bot.matching.head import Head
from bot.matching.shared import SHARED
from bot.model import Phrases
from bot.thesaurus import keep_words


def main(intents: str, language: str, cache: str, name: str) -> None:
    """Read the phrases, fit, save."""
    with contextlib.suppress(OSError):
        # A running bot's replies come first, then a language in which somebody may wait, then what all share.
        os.nice(19 if language == SHARED else 10)
    heads = HeadCache(Path(cache))
    keep_words(heads.kept)  # a running bot looks them up as well
    heads.save(name, fitted(language, PhrasesAsRead(Path(intents), heads.kept)))
    heads.tidy(language)


class PhrasesAsRead(Mapping[str, Phrases]):
    """The phrases of each language of a folder, read when they are asked for: at a first start the bot reads them too,
    and what it has read meanwhile need not be read again."""

    def __init__(self, folder: Path, kept: Kept) -> None:
        self._folder, self._kept = folder, kept
        self.urgent: set[str] = set()
        """The urgent labels of what was read so far."""

    def __getitem__(self, language: str) -> Phrases:
        [wanted, *_] = wanted_heads(self._folder, [language])
        text = self._kept.read(f"phrases-{wanted.name}")
        if text:
            with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
                if phrases := learnt.load(text, language):
                    self.urgent |= learnt.urgent_of(text)
                    return phrases
        found = read_intents(self._folder, [], only=language)
        self.urgent |= found.urgent
        return found.phrases[language]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(folder.name for folder in self._folder.iterdir() if has_phrases(folder)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def fitted(language: str, phrases: PhrasesAsRead) -> Head:
    """The head of a language, or the one that all share."""
    if language == SHARED:
        return fit_shared(phrases, phrases.urgent)
    return fit_head(language, phrases[language], phrases.urgent)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Words of a need that also stand in what nobody answers: a head cannot learn both, so ``opas check`` tells where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from bot.catalogue.composing import compose
from bot.catalogue.content import INTENTS_FOLDER
from bot.catalogue.phrases import NONE, Intents
from bot.errors import Complaint
from bot.matching.labels import is_need, is_none
from bot.matching.scripts import is_dense
from bot.model import Locale, Phrase, Phrases
from bot.text import fold

SHARE: Final = 1 / 8
"""From this share of a need's phrases and words on that stand in one group, the group is about the same. In the shipped
content, whose groups hold near misses with the words of its needs on purpose, 8 % are the most (22 Nov 2026)."""
FEWEST_OWN: Final = 2
"""So many of them at least …"""
FEWEST_TOLD: Final = 3
"""… in so many phrases of the group."""
MOSTLY: Final = 1 / 3
"""From this share of a group on it may be moved as a whole."""
_LETTERS: Final = 4
"""A word shorter than this begins too many others."""


def overlaps(content: Path, intents: Intents) -> list[Complaint]:
    """A warning for each need and group of ``none.yaml`` that speak of the same, with both places."""
    return [complaint for code in intents.phrases for complaint in _of_language(content, intents, code)]


def _of_language(content: Path, intents: Intents, language: Locale) -> Iterator[Complaint]:
    phrases = intents.phrases[language]
    places: dict[str, Mapping[str, int]] = {}

    def place(file: str, phrase: Phrase) -> tuple[str, int]:
        name = f"{INTENTS_FOLDER}/{language}/{file}.yaml"
        if name not in places:
            places[name] = _lines(content / name)
        return name, places[name].get(phrase.folded, 0)

    groups: dict[str, int] = defaultdict(int)
    for phrase in phrases:
        groups[phrase.label] += 1
    for (need, group), found in _shared(phrases).items():
        own = len({entry.folded for _, entry in found})
        count = len({phrase.folded for phrase, _ in found})
        if own < max(FEWEST_OWN, SHARE * groups[need]) or count < FEWEST_TOLD:
            continue
        phrase, entry = found[0]
        file, line = place(NONE, phrase)
        where = "{}:{}".format(*place(intents.topics[need], entry))
        key, size = group.partition(":")[2], groups[group]
        whole = f", or all: `opas content move {key} {need}`" if count >= MOSTLY * size else ""
        text = (
            f"'{phrase.text}' has '{entry.text}', which stands for need '{need}' in {where}; {count} of {size} phrases "
            f"of '{key}' are such. Take out what is answered now{whole}"
        )
        yield Complaint(file, line, 0, text, "warning")


def _shared(phrases: Phrases) -> Mapping[tuple[str, str], list[tuple[Phrase, Phrase]]]:
    """(need, group of none) → phrases of the group, each with a phrase or word of the need that stands in it."""
    entries: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in phrases:
        if is_need(phrase.label) and (len(phrase.folded) >= _LETTERS or is_dense(phrase.folded[0])):
            entries[_beginning(phrase.folded)].append(phrase)
    found: dict[tuple[str, str], list[tuple[Phrase, Phrase]]] = defaultdict(list)
    for phrase in phrases:
        if not is_none(phrase.label):
            continue
        text = phrase.folded
        for start, char in enumerate(text):
            if start and text[start - 1] != " " and not is_dense(char):
                continue
            for entry in entries.get(_beginning(text[start:]), ()):
                if text.startswith(entry.folded, start):
                    found[entry.label, phrase.label].append((phrase, entry))
    return found


def _beginning(text: str) -> str:
    return text[:2] if is_dense(text[0]) else text[:_LETTERS]


def _lines(path: Path) -> Mapping[str, int]:
    """Folded text → the line of a file in which it stands."""
    lines: dict[str, int] = {}
    nodes = [compose(path.read_text("utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.ScalarNode):
            lines[fold(str(node.value))] = node.start_mark.line + 1
        elif node is not None:
            nodes += [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
    return lines

"""Phrases of a language that were read without a fault before, as a text to be kept: reading YAML anew at every start
would take longer than everything else together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from bot.catalogue.phrases import ASK, FOLLOW_UP, FOLLOW_UP_KINDS, SMALL_TALK, SMALL_TALK_KINDS, label_of
from bot.model import URGENT_TOPIC, Catalogue, Locale, Phrases

_KINDS: Final = {SMALL_TALK: SMALL_TALK_KINDS, FOLLOW_UP: FOLLOW_UP_KINDS}
_TALK_LABELS: Final = frozenset(label_of(file, kind) for file, kinds in _KINDS.items() for kind in kinds)


def dump(phrases: Phrases, topics: Mapping[str, str]) -> str:
    """A line about all phrases, a line for each of them, then one for how it is folded, empty where that changes
    nothing. "" when a phrase is longer than a line. ``topics``: each label's file, without its ending."""
    own = {label: topics[label] for label in sorted(phrases.labels)}
    about = json.dumps({"topics": own, "kinds": phrases.kinds, "kind_of": list(phrases.kind_of)}, ensure_ascii=False)
    folded = ["" if folded == text else folded for text, folded in zip(phrases.texts, phrases.folded, strict=True)]
    lines = [about, *phrases.texts, *folded]
    return "" if any("\n" in line for line in lines) else "\n".join(lines)


def load(text: str, language: Locale, catalogue: Catalogue | None = None) -> Phrases | None:
    """The phrases, or None when they do not fit this catalogue: then the files have to be read and complained of.

    Raises ValueError, KeyError or TypeError when the text is not what ``dump`` wrote.
    """
    about, *lines = text.split("\n")
    found = json.loads(about)
    if catalogue and not all(_fits(label, topic, catalogue) for label, topic in found["topics"].items()):
        return None
    kind_of = found["kind_of"]
    texts, folded = lines[: len(kind_of)], lines[len(kind_of) :]
    if len(texts) != len(folded) or len(texts) != len(kind_of):
        raise ValueError("lines are missing")
    # One string for both where they are the same: there are many phrases.
    folded = [own or text for text, own in zip(texts, folded, strict=True)]
    return Phrases(language, texts, folded, [(label, is_word) for label, is_word in found["kinds"]], kind_of)


def urgent_of(text: str) -> set[str]:
    """The urgent labels of what ``dump`` wrote. Raises ValueError, KeyError or TypeError when it is something else."""
    return {label for label, topic in json.loads(text.partition("\n")[0])["topics"].items() if topic == URGENT_TOPIC}


def _fits(label: str, topic: str, catalogue: Catalogue) -> bool:
    if topic in {SMALL_TALK, FOLLOW_UP}:
        return label in _TALK_LABELS
    if topic == ASK:
        return frozenset(label.removeprefix("ask:").split("+")) in catalogue.ask_between
    need = catalogue.needs.get(label)
    return label.startswith("none:") or (need is not None and need.topic == topic)

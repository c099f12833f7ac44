"""Phrases of a language that were read without a fault before, kept beside its head: reading YAML anew at every start
would take longer than everything else together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from bot.catalogue.phrases import ASK, FOLLOW_UP, FOLLOW_UP_KINDS, SMALL_TALK, SMALL_TALK_KINDS, label_of
from bot.model import Catalogue, Locale, Phrase

_KINDS: Final = {SMALL_TALK: SMALL_TALK_KINDS, FOLLOW_UP: FOLLOW_UP_KINDS}
_TALK_LABELS: Final = frozenset(label_of(file, kind) for file, kinds in _KINDS.items() for kind in kinds)


def dump(phrases: Sequence[Phrase], topics: dict[str, str]) -> str:
    """JSON of the phrases; ``topics``: each label's file, without its ending."""
    labels = sorted(topics)
    place = {label: index for index, label in enumerate(labels)}
    rows = [[place[phrase.label], int(phrase.is_word), phrase.text, phrase.folded] for phrase in phrases]
    return json.dumps({"topics": topics, "labels": labels, "rows": rows}, ensure_ascii=False)


def load(text: str, language: Locale, catalogue: Catalogue) -> tuple[Phrase, ...] | None:
    """The phrases, or None when they do not fit this catalogue: then the files have to be read and complained of.

    Raises ValueError or KeyError when the text is not what ``dump`` wrote.
    """
    data = json.loads(text)
    if not all(_fits(label, topic, catalogue) for label, topic in data["topics"].items()):
        return None
    labels = data["labels"]
    return tuple(
        # One string for both where they are the same: there are many phrases.
        Phrase(text, labels[label], language, bool(is_word), text if folded == text else folded)
        for label, is_word, text, folded in data["rows"]
    )


def _fits(label: str, topic: str, catalogue: Catalogue) -> bool:
    if topic in {SMALL_TALK, FOLLOW_UP}:
        return label in _TALK_LABELS
    if topic == ASK:
        return frozenset(label.removeprefix("ask:").split("+")) in catalogue.ask_between
    need = catalogue.needs.get(label)
    return label.startswith("none:") or (need is not None and need.topic == topic)

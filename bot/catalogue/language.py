"""Another language for a city's content: its files, with what is known already and what is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.catalogue.additions import with_language
from bot.catalogue.beginning import begin_language
from bot.catalogue.content import INTENTS_FOLDER
from bot.catalogue.files import put, text_of
from bot.catalogue.moving import move, moved_before
from bot.catalogue.phrases import (
    FOLLOW_UP,
    FOLLOW_UP_KINDS,
    NONE,
    SMALL_TALK,
    SMALL_TALK_KINDS,
    label_of,
    read_intents,
)
from bot.catalogue.services import SERVICES_FILE
from bot.errors import OpasError
from bot.model import URGENT_TOPIC, Catalogue, Locale, Need

_EXAMPLES: Final = 3
_HEAD: Final = """\
# How people ask. Write below each line that ends with a colon, each phrase in a line of its own that begins with "- ":
# as people type on a phone, misspelt too, no translation of the examples; at least twelve for each.
"""
_URGENT: Final = """\
# How people in danger write. They rarely say "help": write many phrases, and quiet ones; a miss may cost a life.
"""
_NONE: Final = """\
# What people ask and nobody here answers, under group names of your own. Without it the bot believes that every
# question is one of those it knows. Write what comes near to them, and what people tell in passing:
#
# pets:
# - where is a vet
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was made for a language."""

    files: list[Path]
    """Relative to the content folder, first what is to be written first."""
    moved: dict[str, Need]
    """Groups of ``none.yaml`` that the city had moved to a need in its other languages, and so now in this one."""


def add_language(content: Path, shipped: Path, catalogue: Catalogue, language: Locale) -> Begun:
    """Make the files of ``language`` in the folder of ``content`` and write it into services.yaml.

    What is ``shipped`` in it (phrases of the needs that the ``catalogue`` has, what the bot says) is there from the
    beginning; of another language the files hold what is to be written. Raises OpasError when it is there already, or
    when a file of the others cannot be read.
    """
    moved: dict[str, Need] = {}
    folder = content / INTENTS_FOLDER / language
    if language in catalogue.languages or folder.exists():
        raise OpasError(f"'{language}' is there already: {SERVICES_FILE}, {INTENTS_FOLDER}/{language}.")
    if (shipped / INTENTS_FOLDER / language).is_dir():
        moved = moved_before(content, shipped, catalogue, language)
        begin_language(content, shipped, catalogue, language)
        for group, need in moved.items():
            move(content, group, need)
    else:
        folder.mkdir()
        for name, text in _forms(content, catalogue).items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    path = content / SERVICES_FILE
    put(path, with_language(text_of(path), language))
    return Begun([made.relative_to(content) for made in sorted(folder.iterdir(), key=_first_to_write)], moved)


def _first_to_write(path: Path) -> tuple[int, str]:
    """What people in danger need first, then what keeps the bot from guessing."""
    first = (URGENT_TOPIC, NONE, SMALL_TALK, FOLLOW_UP)
    return (first.index(path.stem) if path.stem in first else len(first)), path.stem


def _forms(content: Path, catalogue: Catalogue) -> dict[str, str]:
    """File → its text, in which every key is still to be filled in, with examples in a language that is there."""
    model = "en" if "en" in catalogue.languages else catalogue.city.source_language
    phrases = read_intents(content / INTENTS_FOLDER, [], catalogue, content, only=model).phrases.get(model, ())
    examples: dict[str, list[str]] = {}
    for phrase in phrases:
        examples.setdefault(phrase.label, []).append(phrase.text)

    def text(file: str, keys: Sequence[tuple[str, str]]) -> str:
        lines = [_HEAD, _URGENT if file == URGENT_TOPIC else ""]
        for key, title in keys:
            said = [f"# {title}\n"] if title else []
            said += [f"#   {example}\n" for example in examples.get(label_of(file, key), ())[:_EXAMPLES]]
            lines.append(f"\n{''.join(said)}{key}:\n")
        return "".join(lines)

    forms = {
        topic: text(topic, [(need.id, need.title) for need in catalogue.needs_of(topic)]) for topic in catalogue.topics
    }
    forms[SMALL_TALK] = text(SMALL_TALK, [(kind, "") for kind in SMALL_TALK_KINDS])
    forms[FOLLOW_UP] = text(FOLLOW_UP, [(kind, "") for kind in FOLLOW_UP_KINDS])
    forms[NONE] = _NONE
    return forms

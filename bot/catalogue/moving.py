"""A group of ``none.yaml`` that the city answers from now on: its phrases go to a need, in every language; no other
line changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from bot.catalogue.additions import Kind, with_phrases
from bot.catalogue.composing import compose
from bot.catalogue.content import INTENTS_FOLDER
from bot.catalogue.files import put, text_of
from bot.catalogue.nodes import probably_meant
from bot.catalogue.phrases import NONE, needs_between, phrase_files
from bot.errors import OpasError
from bot.model import Catalogue, Locale, Need
from bot.text import fold

_KINDS: Final[tuple[Kind, ...]] = ("phrases", "words")


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved in one language."""

    file: Path
    """Where it stands now, relative to the content folder."""
    count: int
    """Phrases and words."""


def move(content: Path, group: str, need: Need) -> list[Moved]:
    """Move the phrases and words of a group to ``need``, into the file of its topic, in every language that has them.

    Raises OpasError, before anything is written, when no language has it or a file cannot be read.
    """
    texts: dict[Path, str] = {}
    moved: list[Moved] = []
    groups: dict[str, None] = {}
    for folder in sorted(path for path in (content / INTENTS_FOLDER).iterdir() if path.is_dir()):
        path = folder / f"{NONE}.yaml"
        text = text_of(path)
        blocks = _root(path, text)
        groups |= dict.fromkeys(str(key.value) for key, _ in blocks)
        block = next((block for block in blocks if needs_between(str(block[0].value)) == needs_between(group)), None)
        if block is None:
            continue
        target = folder / f"{need.topic}.yaml"
        there = text_of(target)
        phrases = _phrases(block[1])
        first, end = _lines_of(text, *block)
        lines = text.splitlines(keepends=True)
        if all(key.value != need.id for key, _ in _root(target, there)):
            body = "".join([lines[first][block[0].end_mark.column :], *lines[first + 1 : end]])
            there = f"{_ended(there)}{need.id}{_ended(body)}"
        else:
            for kind in _KINDS:
                there = with_phrases(there, need.id, phrases[kind], kind)
        texts |= {path: _without(lines, first, end), target: there}
        moved.append(Moved(target.relative_to(content), sum(map(len, phrases.values()))))
    if not moved:
        raise OpasError(f"no group '{group}' in {NONE}.yaml of any language.{probably_meant(group, groups)}")
    for path, text in texts.items():
        put(path, text)
    return moved


def moved_before(content: Path, shipped: Path, catalogue: Catalogue, language: Locale) -> dict[str, Need]:
    """What a ``shipped`` language that is not there yet will have in ``none.yaml``, and the city moved to a need in all
    others: there most of what is shipped of the group stands below that need, and nothing in ``none.yaml``.

    Raises OpasError when a file cannot be read.
    """
    keys = _texts_in(phrase_files(shipped / INTENTS_FOLDER / language))
    groups = [key for key in keys if not any(need in catalogue.needs for need in needs_between(key))]
    targets: dict[str, set[str]] = {group: set() for group in groups}
    for other in catalogue.languages:
        known = _texts_in(phrase_files(shipped / INTENTS_FOLDER / other))
        folder = content / INTENTS_FOLDER / other
        waiting, there = _texts_in([folder / f"{NONE}.yaml"]), _texts_in(phrase_files(folder))
        for group in known.keys() & targets.keys():
            most = len(known[group]) / 2
            targets[group] |= {need for need in catalogue.needs if len(known[group] & there.get(need, set())) > most}
            if group in waiting:
                targets[group].add(NONE)
    alike = {group: needs.pop() for group, needs in targets.items() if len(needs) == 1}
    return {group: catalogue.needs[need] for group, need in alike.items() if need != NONE}


def _texts_in(files: Sequence[Path]) -> dict[str, set[str]]:
    """The folded phrases and words of some files, by the key that they stand below."""
    found: dict[str, set[str]] = {}
    for path in files:
        for key, value in _root(path, text_of(path)):
            texts = {fold(text) for some in _phrases(value).values() for text in some}
            found.setdefault(str(key.value), set()).update(texts)
    return found


def _root(path: Path, text: str) -> Sequence[tuple[yaml.Node, yaml.Node]]:
    """The keys and values of a file. Raises OpasError when they do not stand in lines of their own."""
    try:
        node = compose(text)
    except yaml.YAMLError as error:
        raise OpasError(f"{path} cannot be read; mend first what `opas check` says.") from error
    if node is None:
        return ()
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise OpasError(f"{path}: write each group or need in lines of its own.")
    found: Sequence[tuple[yaml.Node, yaml.Node]] = node.value
    return found


def _phrases(value: yaml.Node) -> dict[Kind, list[str]]:
    fields = {str(key.value): node for key, node in value.value} if isinstance(value, yaml.MappingNode) else {}
    lists = {"phrases": value, "words": None} if isinstance(value, yaml.SequenceNode) else fields

    def texts(node: yaml.Node | None) -> list[str]:
        return [str(item.value) for item in node.value] if isinstance(node, yaml.SequenceNode) else []

    return {kind: texts(lists.get(kind)) for kind in _KINDS}


def _lines_of(text: str, key: yaml.Node, value: yaml.Node) -> tuple[int, int]:
    """The lines of a key, from the first to the one behind the last; comments around it may be about more."""
    lines = text.split("\n")
    end = value.end_mark.line + (value.end_mark.column > 0)
    while not lines[end - 1].strip() or lines[end - 1].startswith("#"):
        end -= 1
    return key.start_mark.line, end


def _without(lines: Sequence[str], first: int, end: int) -> str:
    """The text without these lines; of the blank ones on both sides one lot is enough."""
    while end < len(lines) and not lines[end].strip() and (first == 0 or not lines[first - 1].strip()):
        end += 1
    return "".join([*lines[:first], *lines[end:]])


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"

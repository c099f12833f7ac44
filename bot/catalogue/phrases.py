"""``intents/``: how people ask, one folder a language, one file a topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from bot.catalogue.nodes import Reader, probably_meant
from bot.errors import Complaint
from bot.folding import fold_all
from bot.model import URGENT_TOPIC, Catalogue, Locale, Phrase, Phrases

SMALL_TALK: Final = "smalltalk"
FOLLOW_UP: Final = "follow-up"
NONE: Final = "none"
ASK: Final = "ask-between"
"""The file of phrases that may mean two or three needs: its keys are ids joined by ``+``."""

SMALL_TALK_KINDS: Final = (
    "hello", "how-are-you", "thanks", "bye", "who-are-you", "what-can-you-do", "ok", "sorry", "praise", "insult",
    "person", "privacy", "language",
)  # fmt: skip
FOLLOW_UP_KINDS: Final = (
    "where", "phone", "hours", "price", "languages", "bring", "email", "web", "appointment", "other", "wrong", "now",
)  # fmt: skip


def label_of(file: str, key: str) -> str:
    """The label of the phrases under ``key`` in the file named ``file`` (without its ending)."""
    if file == ASK:
        return "ask:" + "+".join(needs_between(key))
    return {SMALL_TALK: f"small-talk:{key}", FOLLOW_UP: f"follow-up:{key}", NONE: f"none:{key}"}.get(file, key)


def needs_between(key: str) -> tuple[str, ...]:
    """The needs that a key of ask-between.yaml joins: ``library + digital-help``."""
    return tuple(part.strip() for part in key.split("+"))


@dataclass(frozen=True, slots=True)
class Intents:
    """All phrases of a folder, and which labels are urgent."""

    phrases: Mapping[Locale, Phrases]
    urgent: frozenset[str]
    topics: Mapping[str, str] = field(default_factory=dict)
    """Each label's file, without its ending."""


def phrase_files(folder: Path) -> list[Path]:
    """The files of one language's folder. Hidden ones are not the editors' own: Emacs' locks (``.#housing.yaml``) lead
    nowhere, macOS' companions (``._housing.yaml``) are no text."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))


def read_intents(
    folder: Path,
    complaints: list[Complaint],
    catalogue: Catalogue | None = None,
    root: Path | None = None,
    only: Locale | None = None,
    known: Mapping[Locale, Phrases] | None = None,
) -> Intents:
    """Read ``folder/<lang>/<topic>.yaml``.

    With a catalogue every key must be one of its needs, in the file of its topic; without one (``--intents DIR``) any
    key is a need, those of ``urgent.yaml`` urgent ones. ``root`` is what complaints name files relative to; ``only``
    reads a single language; ``known`` are languages that need not be read because they were, as they are, before.
    """
    root = root or folder.parent
    phrases: dict[Locale, Phrases] = {}
    urgent: set[str] = set()
    topics: dict[str, str] = {}
    if not folder.is_dir():
        complaints.append(Complaint(str(folder.relative_to(root)), 0, 0, "this folder is missing"))
    folders = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    for language in folders:
        if only is not None and language.name != only:
            continue
        if catalogue is not None and language.name not in catalogue.languages:
            name = str(language.relative_to(root))
            hint = probably_meant(language.name, catalogue.languages)
            complaints.append(Complaint(name, 0, 0, f"'{language.name}' is not in languages of services.yaml.{hint}"))
            continue
        if known and language.name in known:
            phrases[language.name] = known[language.name]
            continue
        files = _Language(language, root, complaints, catalogue)
        if found := files.phrases():  # of a language that is only begun nothing can be learnt
            phrases[language.name] = found
        urgent |= files.urgent
        topics |= files.topics
    if catalogue is not None:
        urgent = {need.id for need in catalogue.needs.values() if need.is_urgent}
    return Intents(phrases, frozenset(urgent), topics)


class _Language:
    """The files of one language."""

    def __init__(self, folder: Path, root: Path, complaints: list[Complaint], catalogue: Catalogue | None) -> None:
        self.folder = folder
        self.language = folder.name
        self.root = root
        self.complaints = complaints
        self.catalogue = catalogue
        self.urgent: set[str] = set()
        self.topics: dict[str, str] = {}
        self._seen: dict[str, tuple[str, str]] = {}
        """Folded phrase → where it stands first, and its label."""

    def phrases(self) -> Phrases:
        found: list[Phrase] = []
        faults = len(self.complaints)
        for path in phrase_files(self.folder):
            reader = Reader(str(path.relative_to(self.root)), self.complaints)
            for key, (key_node, node) in reader.entries(reader.compose(path), path.stem).items():
                if complaint := self._wrong_key(path.stem, key):
                    reader.complain(key_node, complaint)
                    continue
                if path.stem == URGENT_TOPIC:
                    self.urgent.add(key)
                label = label_of(path.stem, key)
                self.topics[label] = path.stem
                found += self._of(reader, label, key, node)
        if found and len({phrase.label for phrase in found}) == 1 and len(self.complaints) == faults:
            text = "phrases of one need only; write some of another one, or none.yaml: differences are what is learnt"
            self.complaints.append(Complaint(str(self.folder.relative_to(self.root)), 0, 0, text))
        return Phrases.of(self.language, found)

    def _wrong_key(self, file: str, key: str) -> str | None:
        if self.catalogue is None:
            return None
        if file == NONE:
            here = [self.catalogue.needs[need] for need in needs_between(key) if need in self.catalogue.needs]
            if not here:
                return None
            is_one = key in self.catalogue.needs
            what, move = ("is", key) if is_one else ("speaks of", f"'{key}' {here[0].id}")
            return f"'{key}' {what} a need of services.yaml: move its phrases with `opas content move {move}`"
        kinds = {SMALL_TALK: SMALL_TALK_KINDS, FOLLOW_UP: FOLLOW_UP_KINDS}.get(file)
        if kinds is not None:
            return None if key in kinds else f"no kind '{key}'.{probably_meant(key, kinds)}"
        if file == ASK:
            unknown = [need for need in needs_between(key) if need not in self.catalogue.needs]
            if unknown:
                return f"no need '{unknown[0]}'.{probably_meant(unknown[0], self.catalogue.needs)}"
            groups = [" + ".join(sorted(group)) for group in self.catalogue.ask_between]
            if frozenset(needs_between(key)) not in self.catalogue.ask_between:
                return f"'{key}' is not in ask_between of services.yaml.{probably_meant(key, groups)}"
            return None
        need = self.catalogue.needs.get(key)
        if need is None:
            return f"no need '{key}'.{probably_meant(key, self.catalogue.needs)}"
        if need.topic != file:
            return f"need '{key}' belongs to topic {need.topic}: move it to {need.topic}.yaml"
        return None

    def _of(self, reader: Reader, label: str, key: str, node: yaml.Node) -> list[Phrase]:
        if isinstance(node, yaml.SequenceNode):
            fields: dict[str, yaml.Node] = {"phrases": node}
        elif isinstance(node, yaml.ScalarNode):
            # A key alone is a line still to be filled in.
            said = reader.complain if node.value else reader.warn
            said(node, f"'{key}' has no phrases: write each below it in a line that begins with '- '")
            return []
        else:
            fields = dict(reader.fields(node, key, ("phrases", "words")))
        found = []
        for name in ("phrases", "words"):
            items = reader.items(fields.get(name), f"{key}: {name}")
            texts = [reader.text(item, f"{key}: {name}") for item in items]
            for item, text, folded in zip(items, texts, fold_all(texts), strict=True):
                if text and self._is_new(reader, item, text, folded, label):
                    found.append(Phrase(text, label, self.language, name == "words", folded))
        return found

    def _is_new(self, reader: Reader, item: yaml.Node, text: str, folded: str, label: str) -> bool:
        if not folded:
            reader.complain(item, f"'{text}' has neither letters nor digits")
            return False
        if folded not in self._seen:
            self._seen[folded] = (f"{reader.file}:{item.start_mark.line + 1}", label)
            return True
        first_place, owner = self._seen[folded]
        # Two needs that claim one phrase cannot both be right; the same need twice is only untidy.
        said = reader.warn if owner == label else reader.complain
        said(item, f"'{text}' stands in {first_place} already; a phrase stands once per language")
        return False

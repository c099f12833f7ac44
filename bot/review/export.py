"""What the staff taught, written into the content files: only those lines change, and never a person's own sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from bot.catalogue.content import INTENTS_FOLDER
from bot.model import Catalogue
from bot.store.phrases import PhraseRow
from bot.text import fold

QUESTIONS: Final = Path("questions") / "learnt.jsonl"
"""Below the content folder: each mended question as a test, for ``opas eval``."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export comes to."""

    written: tuple[PhraseRow, ...]
    files: tuple[Path, ...]
    left: tuple[PhraseRow, ...]
    """Phrases that mean an answer and no need: they need a new need in services.yaml first."""


def export(folder: Path, catalogue: Catalogue, phrases: Iterable[PhraseRow]) -> Exported:
    """Write the phrases of needs into ``intents/<lang>/<topic>.yaml`` and a test question for each.

    A phrase that stands there already is left alone and counts as written. Raises OSError.
    """
    written, left, files = [], [], []
    by_file: dict[Path, list[tuple[str, PhraseRow]]] = {}
    for phrase in phrases:
        need = catalogue.need(phrase.need)
        if need is None or phrase.language not in catalogue.languages:
            left.append(phrase)
            continue
        path = folder / INTENTS_FOLDER / phrase.language / f"{need.topic}.yaml"
        by_file.setdefault(path, []).append((need.id, phrase))
        written.append(phrase)
    for path, found in by_file.items():
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = before
        for need_id, phrase in found:
            after = with_phrase(after, need_id, phrase.text)
        if after != before:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(after, encoding="utf-8")
            files.append(path)
    if added := _add_questions(folder / QUESTIONS, catalogue, written):
        files.append(added)
    return Exported(tuple(written), tuple(files), tuple(left))


def with_phrase(text: str, need: str, phrase: str) -> str:
    """The text of an intents file with one more phrase of ``need``; every other line as it was."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader) if text.strip() else None
    entries: Mapping[str, yaml.Node] = (
        {key.value: value for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}
    )
    node = entries.get(need)
    if isinstance(node, yaml.MappingNode):
        node = next((value for key, value in node.value if key.value == "phrases"), None)
    if not isinstance(node, yaml.SequenceNode):
        begin = text if not text or text.endswith("\n") else f"{text}\n"
        return f"{begin}{need}:\n- {scalar(phrase)}\n"
    if any(fold(str(item.value)) == fold(phrase) for item in node.value):
        return text
    if node.flow_style or not node.value:
        at = node.end_mark.index - 1
        return f"{text[:at].rstrip()}{', ' if node.value else ''}{scalar(phrase, flow=True)}{text[at:]}"
    last = node.value[-1]
    lines = text.split("\n")
    indent = lines[last.start_mark.line][: last.start_mark.column].rstrip().removesuffix("-")
    lines.insert(last.end_mark.line + (last.end_mark.column > 0), f"{indent}- {scalar(phrase)}")
    return "\n".join(lines)


def scalar(text: str, *, flow: bool = False) -> str:
    """A text as YAML that reads as this very text, quoted only where it has to be."""
    written = str(yaml.safe_dump([text], allow_unicode=True, width=10_000, default_flow_style=flow)).strip()
    return written[1:-1] if flow else written.removeprefix("- ")


def _add_questions(path: Path, catalogue: Catalogue, phrases: Sequence[PhraseRow]) -> Path | None:
    """Append what is not there yet; the file, if it changed."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    known = {fold(json.loads(line)["text"]) for line in before.splitlines() if line.strip()}
    lines = []
    for phrase in phrases:
        need = catalogue.need(phrase.need)
        if need is not None and fold(phrase.text) not in known:
            known.add(fold(phrase.text))
            question = {"lang": phrase.language, "text": phrase.text, "needs": [need.id], "kind": "learnt"}
            lines.append(json.dumps(question, ensure_ascii=False) + "\n")
    if not lines:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(before + "".join(lines), encoding="utf-8")
    return path

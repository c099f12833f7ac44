"""What is added to the content's files by a command: only those lines change, all others stay as their editors wrote
them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import yaml

from bot.catalogue.composing import compose
from bot.model import Locale, Need
from bot.text import fold

Kind: TypeAlias = Literal["phrases", "words"]


def with_phrase(text: str, need: str, phrase: str) -> str:
    """The text of an intents file with one more phrase of ``need``; every other line as it was."""
    return with_phrases(text, need, [phrase])


def with_phrases(text: str, need: str, new: Sequence[str], kind: Kind = "phrases") -> str:
    """The text of an intents file with more phrases or words of ``need``, but for those that it has; other lines stay
    as they are. A plain list of phrases to which words come is indented, below ``phrases:``."""
    node = _entries(text).get(need)
    if isinstance(node, yaml.SequenceNode) and kind == "words" and new:
        text = _as_fields(text, node)
        node = _entries(text)[need]
    items = node
    if isinstance(node, yaml.MappingNode):
        items = next((value for key, value in node.value if key.value == kind), None)
    known = {fold(str(item.value)) for item in items.value} if isinstance(items, yaml.SequenceNode) else set()
    new = [phrase for phrase in dict.fromkeys(new) if fold(phrase) not in known]
    if not new:
        return text
    if isinstance(items, yaml.SequenceNode):
        return _with_items(text, items, new)
    if isinstance(node, yaml.MappingNode):
        return _with_field(text, node, f"{kind}: [{_in_one_line(new)}]")
    entry = [f"  words: [{_in_one_line(new)}]"] if kind == "words" else [f"- {scalar(phrase)}" for phrase in new]
    if node is not None:  # a key alone, still to be filled in
        return _with_lines(text, node.start_mark.line + 1, entry)
    begin = text if not text or text.endswith("\n") else f"{text}\n"
    return "\n".join([f"{begin}{need}:", *entry, ""])


def _with_items(text: str, node: yaml.SequenceNode, new: Sequence[str]) -> str:
    """The text with more texts in a list."""
    if node.flow_style or not node.value:
        return _with_member(text, node, _in_one_line(new))
    last = node.value[-1]
    indent = text.split("\n")[last.start_mark.line][: last.start_mark.column].rstrip().removesuffix("-")
    at = last.end_mark.line + (last.end_mark.column > 0)
    return _with_lines(text, at, [f"{indent}- {scalar(phrase)}" for phrase in new])


def _with_field(text: str, node: yaml.MappingNode, field: str) -> str:
    """The text with one more ``key: value`` in a mapping."""
    if node.flow_style:
        return _with_member(text, node, field)
    return _with_lines(text, max(_last_lines(node)) + 1, [f"{' ' * node.value[0][0].start_mark.column}{field}"])


def _with_lines(text: str, at: int, new: Sequence[str]) -> str:
    """The text with more lines before line ``at`` (0: the first)."""
    lines = text.split("\n")
    return "\n".join([*lines[:at], *new, *lines[at:]])


def _with_member(text: str, node: yaml.CollectionNode, member: str) -> str:
    """The text with one more member, or several, of a list or mapping that is written in brackets: behind the last one,
    before whatever comma or comment stands there."""
    last = node.value[-1] if node.value else None
    if last is None:
        at = node.start_mark.index + 1
        return f"{text[:at]}{member}{text[at:]}"
    at = max(part.end_mark.index for part in (last if isinstance(last, tuple) else (last,)))
    return f"{text[:at]}, {member}{text[at:]}"


def _entries(text: str) -> Mapping[str, yaml.Node]:
    root = compose(text) if text.strip() else None
    return {str(key.value): value for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}


def _as_fields(text: str, phrases: yaml.SequenceNode) -> str:
    """The text of an intents file in which a need's plain list of phrases stands below ``phrases:``."""
    if phrases.flow_style or not phrases.value:
        start = phrases.start_mark.index
        return f"{text[:start].rstrip(' ')}\n  phrases: {text[start:]}"
    lines = text.split("\n")
    first, last = phrases.start_mark.line, max(_last_lines(phrases))
    lines[first : last + 1] = ["  phrases:", *(f"    {line}" if line else line for line in lines[first : last + 1])]
    return "\n".join(lines)


def _in_one_line(texts: Sequence[str]) -> str:
    return ", ".join(scalar(text, flow=True) for text in texts)


def with_need(text: str, need: Need) -> str:
    """The text of services.yaml with one more need, behind the last one of its topic; every other line as it was.

    ``need``: its texts in the source language. Raises ValueError when the needs do not stand one below the other.
    """
    root = compose(text)
    top = root.value if isinstance(root, yaml.MappingNode) else []
    needs = next((value for key, value in top if key.value == "needs"), None)
    if not isinstance(needs, yaml.MappingNode) or needs.flow_style or not needs.value:
        raise ValueError("the needs of services.yaml do not stand one below the other")
    of_topic = [pair for pair in needs.value if _field(pair[1], "topic") == need.topic]
    key, value = (of_topic or needs.value)[-1]
    lines = text.split("\n")
    key_line = key.start_mark.line
    # A blank line between the needs, where the file has them.
    apart = [""] if key is not needs.value[0][0] and not lines[key_line - 1].strip() else []
    last = max(_last_lines(value))
    added = [f"{' ' * key.start_mark.column}{line}" for line in need_lines(need)]
    return "\n".join([*lines[: last + 1], *apart, *added, *lines[last + 1 :]])


def with_language(text: str, language: Locale) -> str:
    """The text of services.yaml with one more language, the last of the picker; every other line as it was."""
    node = _entries(text)["languages"]
    assert isinstance(node, yaml.MappingNode)  # else it could not be read
    return _with_field(text, node, f"{language}: {{}}")


def need_lines(need: Need) -> list[str]:
    """A need as it stands in services.yaml, below ``needs:``: topic, title, services, advice, steps, what to bring."""
    lines = [f"{need.id}:", f"  topic: {need.topic}", f"  title: {scalar(need.title)}"]
    if need.services:
        lines.append(f"  services: [{', '.join(need.services)}]")
    if need.advice:
        lines.append(f"  advice: {scalar(need.advice)}")
    if need.steps:
        lines += ["  steps:", *(f"    - {scalar(step)}" for step in need.steps)]
    if need.bring:
        lines.append(f"  bring: {scalar(need.bring)}")
    return lines


def scalar(text: str, *, flow: bool = False) -> str:
    """A text as YAML that reads as this very text, in one line, quoted only where it has to be."""
    style = '"' if "\n" in text else None
    written = str(
        yaml.safe_dump([text], allow_unicode=True, width=1_000_000, default_flow_style=flow, default_style=style)
    ).strip()
    return written[1:-1] if flow else written.removeprefix("- ")


def _field(node: yaml.Node, name: str) -> str:
    found = node.value if isinstance(node, yaml.MappingNode) else []
    return next((str(value.value) for key, value in found if key.value == name), "")


def _last_lines(node: yaml.Node) -> Iterator[int]:
    """The lines in which the parts of a node end, comments and blank lines behind it left aside."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        yield node.end_mark.line if node.end_mark.column > 0 else node.end_mark.line - 1
        return
    for part in node.value:
        for inner in part if isinstance(part, tuple) else (part,):
            yield from _last_lines(inner)

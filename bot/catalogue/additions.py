"""What is added to the content's files by a command: only those lines change, all others stay as their editors wrote
them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from bot.model import Need
from bot.text import fold


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


def with_need(text: str, need: Need) -> str:
    """The text of services.yaml with one more need, behind the last one of its topic; every other line as it was.

    ``need``: its texts in the source language. Raises ValueError when the needs do not stand one below the other.
    """
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
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

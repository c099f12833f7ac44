"""YAML read node by node, so that every complaint has its line. All scalars are text; the reader decides the type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeVar

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.catalogue.composing import TooDeep, compose
from bot.errors import Complaint

T = TypeVar("T")

_CLOSE: Final = 0.5
"""Normalised edit similarity (0–1) from which a known word is offered as the one probably meant."""


def probably_meant(word: str, known: Iterable[str]) -> str:
    """`` Did you mean 'x'?``, or "" when no known word is close."""
    best = process.extractOne(word, list(known), scorer=OSA.normalized_similarity, score_cutoff=_CLOSE)
    return f" Did you mean '{best[0]}'?" if best else ""


class Reader:
    """Walks one YAML file; what is wrong is collected in ``complaints`` and reading goes on."""

    def __init__(self, file: str, complaints: list[Complaint]) -> None:
        self.file = file
        self.complaints = complaints

    def complain(self, node: yaml.Node | None, text: str, severity: Literal["error", "warning"] = "error") -> None:
        line = node.start_mark.line + 1 if node else 0
        column = node.start_mark.column + 1 if node else 0
        self.complaints.append(Complaint(self.file, line, column, text, severity))

    def warn(self, node: yaml.Node | None, text: str) -> None:
        self.complain(node, text, "warning")

    def compose(self, path: Path) -> yaml.Node | None:
        """The root node; None when there is no such file, it is empty, or it is not YAML (which is complained of)."""
        try:
            source = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            self.complain(None, "this file is missing")
            return None
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            self.complaints.append(Complaint(self.file, line, 1, "save this file as UTF-8 text"))
            return None
        except OSError as error:
            self.complain(None, f"cannot be read: {error.strerror}")
            return None
        try:
            return compose(source)
        except TooDeep as error:
            line, column = error.mark.line + 1, error.mark.column + 1
            self.complaints.append(Complaint(self.file, line, column, f"{error}: take out brackets, dashes or indents"))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
            problem = error.problem or "something is not as YAML wants it"
            self.complaints.append(
                Complaint(self.file, line, column, f"not YAML: {problem}. Look at indents, quotes and colons here")
            )
        except yaml.YAMLError as error:
            self.complain(None, f"not YAML: {str(error).splitlines()[0]}")
        return None

    def entries(self, node: yaml.Node | None, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """A mapping with free keys: key → (key node, value node). Complains of another shape and of repeated keys."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, f"{what}: 'key: value' lines are expected here, not {_shape(node)}")
            return {}
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.complain(key_node, f"{what}: a key must be plain text")
                continue
            key = str(key_node.value)
            if key in found:
                first = found[key][0].start_mark.line + 1
                self.complain(key_node, f"'{key}' stands here twice; the first one is in line {first}")
                continue
            found[key] = (key_node, value_node)
        return found

    def fields(
        self, node: yaml.Node | None, what: str, allowed: Sequence[str], required: Sequence[str] = ()
    ) -> dict[str, yaml.Node]:
        """A mapping with fixed keys: key → value node. Complains of unknown, repeated and missing keys."""
        found = self.entries(node, what)
        for key, (key_node, _) in found.items():
            if key not in allowed:
                self.complain(key_node, f"{what}: no key '{key}'.{probably_meant(key, allowed)}")
        for key in required:
            if key not in found and node is not None:
                self.complain(node, f"{what}: '{key}' is missing")
        return {key: value for key, (_, value) in found.items() if key in allowed}

    def text(self, node: yaml.Node | None, what: str, *, longest: int = 0) -> str:
        """One text without blanks round it; "" for None. Complains of another shape, of nothing, and of more than
        ``longest`` characters."""
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.complain(node, f"{what}: one text is expected here, not {_shape(node)}")
            return ""
        value = str(node.value).strip()
        if not value:
            self.complain(node, f"{what}: this is empty; write a value or delete the line")
        if longest and len(value) > longest:
            self.complain(node, f"{what}: {len(value)} characters; at most {longest} fit")
        return value

    def choice(self, node: yaml.Node | None, what: str, allowed: Sequence[T]) -> T | None:
        """One of ``allowed``; None when there is none or, with a complaint, when it is another word."""
        value = self.text(node, what)
        if not value or node is None:
            return None
        for option in allowed:
            if option == value:
                return option
        names = [str(option) for option in allowed]
        self.complain(node, f"{what}: '{value}' is not one of {', '.join(names)}.{probably_meant(value, names)}")
        return None

    def items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        """The nodes of a list; none for None. Complains of another shape."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.complain(node, f"{what}: a list is expected here, not {_shape(node)}")
            return []
        for item in node.value:
            if _is_glued(item):
                self.complain(item, f"{what}: these lines are read as one text; begin every '- ' in the same column")
        return list(node.value)

    def texts(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        return tuple(value for item in self.items(node, what) if (value := self.text(item, what)))

    def day(self, node: yaml.Node | None, what: str) -> date | None:
        """A day (ISO 8601); None when there is none or, with a complaint, when it is none."""
        value = self.text(node, what)
        if not value or node is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.complain(node, f"{what}: '{value}' is not a day; write it like 2026-11-21")
            return None

    def number(self, node: yaml.Node | None, what: str, low: float, high: float) -> float | None:
        """A number from ``low`` to ``high``; None when there is none or, with a complaint, when it is none of them."""
        value = self.text(node, what)
        if not value or node is None:
            return None
        try:
            number = float(value)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            self.complain(node, f"{what}: '{value}' is not a number from {low:g} to {high:g}")
            return None
        return number

    def checked(self, node: yaml.Node | None, value: T, check: Callable[[T], str | None]) -> T:
        """Complain at ``node`` of whatever ``check`` says about ``value``."""
        if node is not None and value and (wrong := check(value)):
            self.complain(node, wrong)
        return value


def _is_glued(item: yaml.Node) -> bool:
    """Whether an unquoted text goes on over a line that begins with a dash: an item that is indented too far."""
    is_plain = isinstance(item, yaml.ScalarNode) and not item.style
    return is_plain and item.end_mark.line > item.start_mark.line and " - " in str(item.value)


def _shape(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "'key: value' lines"
    return "a list" if isinstance(node, yaml.SequenceNode) else "one text"

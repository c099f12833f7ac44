"""The only module that lets YAML be parsed: what is nested too deeply is refused on the way down, because libyaml's
composer calls itself for each level and some ten thousand of them end the whole process."""

from __future__ import annotations

from typing import Any, Final

import yaml

DEEPEST: Final = 20
"""Levels of lists and mappings; services.yaml, the deepest of our files, has six."""


class TooDeep(yaml.YAMLError):
    """More than ``DEEPEST`` levels; ``mark`` is where the last that may be begins."""

    def __init__(self, mark: yaml.Mark) -> None:
        super().__init__(f"nested more than {DEEPEST} deep")
        self.mark = mark


class _Loader(yaml.CSafeLoader):
    """As PyYAML's own; it tells of each node when it is entered and when it is left, for paths that we do not use."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:  # noqa: ARG002
        self._depth += 1
        if self._depth > DEEPEST and current_node is not None:
            raise TooDeep(current_node.start_mark)

    def ascend_resolver(self) -> None:
        self._depth -= 1


def compose(text: str) -> yaml.Node | None:
    """The root node; None when there is nothing in the text. Raises yaml.YAMLError, TooDeep among them."""
    return yaml.compose(text, Loader=_Loader)


def values_in(text: str) -> Any:
    """What a text of our own says, as Python's numbers, texts, lists and dictionaries. Raises as ``compose``."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  # as safe as the loader that it is made of

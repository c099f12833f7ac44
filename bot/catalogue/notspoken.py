"""``locales/not-spoken.yaml``: one line, with the emergency number, in each language that a city leaves out."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from bot.catalogue.nodes import Reader, probably_meant
from bot.errors import Complaint, ContentError

NOT_SPOKEN_FILE: Final = "not-spoken.yaml"
NUMBER: Final = "{number}"
"""Stands in each line for the emergency number."""
_Entries: TypeAlias = Mapping[str, tuple[yaml.Node, yaml.Node]]


def read_not_spoken(folder: Path) -> dict[str, str]:
    """``locales/not-spoken.yaml``: for each language that the bot recognises but does not speak, one line in it.

    Raises ContentError with all faults of the file.
    """
    complaints: list[Complaint] = []
    reader, entries = _not_spoken_entries(folder, complaints)
    lines = {code: reader.text(node, code) for code, (_, node) in entries.items()}
    if complaints:
        raise ContentError(complaints)
    return lines


def check_not_spoken(
    folder: Path, recognised: Collection[str], left_out: Collection[str], shipped: Mapping[str, str]
) -> list[Complaint]:
    """What is wrong with that file: what cannot be read, lines without the number, in languages that are not among the
    ``recognised`` ones, and missing in one that is ``left_out``; ``shipped``: the lines that could be there."""
    complaints: list[Complaint] = []
    reader, entries = _not_spoken_entries(folder, complaints)
    for code, (key, node) in entries.items():
        text = reader.text(node, code)
        if text and NUMBER not in text:
            reader.complain(node, f"{code}: the line must keep {NUMBER}, the emergency number")
        if code not in recognised:
            meant = probably_meant(code, recognised)
            reader.warn(key, f"the bot recognises no language '{code}': this line has no effect.{meant}")
    if complaints and not entries:
        return complaints
    for code in sorted({*left_out} - {*entries}):
        add = f" Add: {code}: {json.dumps(shipped[code], ensure_ascii=False)}" if code in shipped else ""
        text = (
            f"no line in {code}, which this city leaves out: a cry for help in it gets no number in its language.{add}"
        )
        last = max((node.end_mark.line + 1 for _, node in entries.values()), default=0)
        complaints.append(Complaint(reader.file, last, 1 if last else 0, text, "warning"))
    return complaints


def _not_spoken_entries(folder: Path, complaints: list[Complaint]) -> tuple[Reader, _Entries]:
    """The lines of that file by their languages, none when there is no such file; and what reads them on."""
    path = folder / NOT_SPOKEN_FILE
    reader = Reader(str(path.relative_to(folder.parent)), complaints)
    return reader, reader.entries(reader.compose(path), NOT_SPOKEN_FILE) if path.exists() else {}

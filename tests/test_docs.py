"""What the papers say exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli.main import opas
from bot.settings import NAMES

ROOT = Path(__file__).parents[1]
PAPERS = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_and_files_exist(paper: Path):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", paper.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_commands_exist(paper: Path):
    text = paper.read_text(encoding="utf-8")
    for verb in re.findall(r"opas (ask|match|eval|check|run|translate|[a-z]+) ", text):
        if re.search(rf"(?:`|/)opas {verb}\b", text):
            assert verb in opas.commands, verb
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z ]+)`", text) + re.findall(r"^make ([a-z ]+)", text, re.MULTILINE):
        for name in target.split():
            assert re.search(rf"^{name}:", makefile, re.MULTILINE), name


def test_every_room_of_the_program_is_on_the_map():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in (ROOT / "bot").iterdir():
        if path.name.startswith("_") or path.name == "content":
            continue
        assert path.name in text or f"{path.name}/" in text, path.name


def test_the_example_of_the_environment_names_real_settings():
    for name in re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE):
        assert name in NAMES, name

"""What the papers say exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from bot.catalogue.content import errors_of, read_content
from bot.cli.main import opas
from bot.settings import NAMES, Settings
from bot.web.routes import WEBHOOK_PATH

ROOT = Path(__file__).parents[1]
PAPERS = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / folder / "README.md" for folder in ("intents", "bot/thesaurus/things", "tests/questions")),
]
SAMPLES = [path for path in sorted((ROOT / "docs" / "operation").iterdir()) if path.suffix != ".md"]
HEAD = """\
city: {id: x, name: X, country: FI, timezone: Europe/Helsinki, source_language: en}
languages: {en: {}}
topics: {urgent: {title: Urgent}, everyday: {title: Everyday}}
"""
"""The head of the city to which the examples for editors belong."""
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def paper_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("paper", PAPERS, ids=paper_name)
def test_links_and_files_exist(paper: Path):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", paper.read_text(encoding="utf-8")):
        assert (paper.parent / target).exists(), target


@pytest.mark.parametrize("paper", PAPERS, ids=paper_name)
def test_commands_exist(paper: Path):
    text = paper.read_text(encoding="utf-8")
    for code in CODE.findall(text):
        assert_commands_exist(code)
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


@pytest.mark.parametrize("sample", SAMPLES, ids=paper_name)
def test_samples_name_real_commands_and_settings(sample: Path):
    text = sample.read_text(encoding="utf-8")
    assert settings_in(text) <= set(NAMES)
    assert_commands_exist(re.sub(r"^\s*#.*", "", text, flags=re.MULTILINE).replace("ExecStart=", ""))


@pytest.mark.parametrize("paper", PAPERS, ids=paper_name)
def test_settings_exist(paper: Path):
    assert settings_in(paper.read_text(encoding="utf-8")) <= set(NAMES)


def test_the_example_of_the_environment_explains_every_setting_and_no_other():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)
    assert sorted(named) == sorted(NAMES)


def test_the_sample_for_nginx_makes_nothing_public_but_the_webhook():
    sample = (ROOT / "docs" / "operation" / "nginx.conf").read_text(encoding="utf-8")
    public, inside = (re.findall(r"location (.+) {([^}]*)}", server) for server in sample.split("server {")[1:])
    defaults = Settings()
    assert [place for place, _ in public] == [f"= {WEBHOOK_PATH}", "/"]
    assert f"proxy_pass http://127.0.0.1:{defaults.webhook_port};" in public[0][1]
    assert [place for place, _ in inside] == ["/review", "/"]
    assert f"proxy_pass http://127.0.0.1:{defaults.web_port};" in inside[0][1]
    assert "deny all;" in inside[0][1]
    assert all("return 404;" in rules for _, rules in (public[1], inside[1]))


def test_the_reference_names_every_command_with_its_options_and_no_other():
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### `(opas[^`]*)`\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    commands = dict(commands_below(opas, "opas"))
    assert sections.keys() == commands.keys()
    for name, command in commands.items():
        for option in (param for param in command.params if isinstance(param, click.Option)):
            assert f"`{option.opts[0]}" in sections[name], f"{name} {option.opts[0]}"


def test_the_examples_for_editors_have_no_fault(tmp_path: Path):
    *examples, _ = blocks_of("editors.md", "yaml")
    content: dict[str, Any] = yaml.safe_load(HEAD)
    (tmp_path / "intents" / "en").mkdir(parents=True)
    for example in examples:
        if place := re.match(r"# (intents/\S+)\n", example):
            (tmp_path / place[1]).write_text(example, encoding="utf-8")
            continue
        for section, entries in yaml.load(example, Loader=yaml.CBaseLoader).items():
            content[section] = content[section] | entries if section in content else entries
    (tmp_path / "services.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    assert read_content(tmp_path)[2] == []


def test_the_faulty_example_for_editors_has_the_faults_that_are_printed(tmp_path: Path):
    *_, faulty = blocks_of("editors.md", "yaml")
    needs = "".join(
        f"  {topic}: {{topic: {topic}, title: Mend, services: [repair-cafe]}}\n" for topic in ("urgent", "everyday")
    )
    (tmp_path / "services.yaml").write_text(f"{HEAD}needs:\n{needs}{faulty}", encoding="utf-8")
    (tmp_path / "intents").mkdir()
    [printed] = blocks_of("editors.md", "text")
    assert [complaint.text for complaint in errors_of(read_content(tmp_path)[2])] == printed.splitlines()


def commands_below(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    for verb, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_below(command, f"{name} {verb}")
        else:
            yield f"{name} {verb}", command


def blocks_of(paper: str, language: str) -> list[str]:
    text = (ROOT / "docs" / paper).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"\b(?:(?:OPAS|TELEGRAM|WEBHOOK)_[A-Z_]*[A-Z]|HTTPS_PROXY)\b", text))


def assert_commands_exist(code: str) -> None:
    """Every ``opas verb …`` in the code, with its options."""
    for line in re.split(r"[`|\n]", code):  # a name in a command of another program is none of ours
        for words in re.findall(r"(?:^\s*(?:[$#] )?|&& |; |/bin/)opas((?: [^\s#&;)]+)*)", line):
            command: click.Command = opas
            for word in words.split():
                if word.startswith("--"):
                    known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
                    assert word.partition("=")[0] in known | {"--help", "--version"}, f"opas{words}"
                elif isinstance(command, click.Group) and re.fullmatch(r"[a-z][a-z-]+", word):
                    assert word in command.commands, f"opas{words}"
                    command = command.commands[word]

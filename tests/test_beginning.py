"""The beginning of another city's content, as docs/another-city.md tells it."""

from __future__ import annotations

import difflib
import re
import shutil
from codecs import BOM_UTF8
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.catalogue.beginning import _blocks
from bot.catalogue.content import read_content
from bot.cli.main import opas
from bot.dialogue.menus import emergency_number
from bot.errors import OpasError
from bot.matching.overlaps import overlaps
from bot.model import City, Phrases
from tests.conftest import SHIPPED

URGENT = {"emergency", "violence", "suicide-crisis", "poisoning"}


def begun(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(opas, ["content", "init", str(folder), *options])


def tartu_in(folder: Path) -> Path:
    """The city of the document, made in a folder that is not there yet."""
    paper = (SHIPPED / "docs" / "another-city.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^\$ opas content init tartu (.*)$", paper, re.MULTILINE)
    services, phrases = re.findall(r"^```yaml\n(# .*?)^```$", paper, re.MULTILINE | re.DOTALL)
    assert begun(folder, *command.split()).exit_code == 0
    (folder / "services.yaml").write_text(services, encoding="utf-8")
    with (folder / phrases.splitlines()[0].removeprefix("# ")).open("a", encoding="utf-8") as file:
        file.write(phrases)
    return folder


@pytest.fixture
def tartu(tmp_path: Path) -> Path:
    return tartu_in(tmp_path / "tartu")


def test_the_city_of_the_document_has_no_faults_and_knows_what_nobody_answers_there(tartu: Path):
    _, intents, complaints = read_content(tartu)
    assert not [complaint for complaint in complaints if complaint.severity == "error"]
    assert set(intents.phrases) == {"et", "en", "ru"}
    shipped = read_content(SHIPPED)[1].phrases
    for language, phrases in intents.phrases.items():
        own = {"harbour"} if language == "et" else set()
        assert {phrase.label for phrase in phrases if ":" not in phrase.label} == {"library", *URGENT, *own}
        assert texts_of(phrases, "library") > texts_of(shipped[language], "library") != set()
        for need in URGENT:
            assert texts_of(phrases, need) == texts_of(shipped[language], need) != set()
        assert texts_of(phrases, "none:daycare") == texts_of(shipped[language], "daycare") != set()
        # What may mean the library or something that nobody answers here means the library.
        assert texts_of(shipped[language], "ask:library+digital-help") <= texts_of(phrases, "library")
    assert not list(tartu.rglob("catalogue.po"))


def texts_of(phrases: Phrases, label: str) -> set[str]:
    return {phrase.folded for phrase in phrases if phrase.label == label}


FILLED = {
    "city: name": "Tartu", "city: country": "EE", "city: timezone": "Europe/Tallinn", "title": "Hädaolukord",
    "name": "Nimi", "summary": "Mida ta teeb.", "number": '"112"', "source": "https://example.org/112",
    "checked": "2026-11-21",
}  # fmt: skip


def test_services_of_a_city_that_begins_are_a_form_of_which_every_empty_line_is_told_and_no_fact_is_known(
    tmp_path: Path,
):
    folder = tmp_path / "tartu"
    assert begun(folder, "--needs", "library,see-doctor", "--languages", "et,en").exit_code == 0
    path = folder / "services.yaml"
    lines = path.read_text("utf-8").splitlines()
    catalogue, _, complaints = read_content(folder)
    assert catalogue is not None
    assert not any(service.name or service.summary or service.facts for service in catalogue.services.values())
    errors = [complaint for complaint in complaints if complaint.severity == "error"]
    for complaint in errors:
        what, _, said = complaint.text.rpartition(": ")
        assert said == "this is empty; write a value or delete the line"
        key = what if what in FILLED else what.rpartition(": ")[2]
        line = lines[complaint.line - 1]
        assert line.lstrip(" -").startswith(f"{key.rpartition(' ')[2]}:  # ")  # where it stands what to write
        lines[complaint.line - 1] = line.replace(":", f": {FILLED[key]}", 1)
    path.write_text("\n".join(lines).replace("name: Nimi", "name: Muu", 1), encoding="utf-8")  # no two of one name
    path.write_text(path.read_text("utf-8").replace("name: Nimi", "name: Kolmas", 1), encoding="utf-8")
    catalogue, _, complaints = read_content(folder)
    assert not [complaint for complaint in complaints if complaint.severity == "error"]
    assert catalogue is not None
    assert catalogue.city == City("tartu", "Tartu", "EE", "Europe/Tallinn", "et")
    assert emergency_number(catalogue) == "112"
    assert catalogue.needs["library"].title == "Raamatukogu"
    # Its title in the shipped content says a number, which may be another one here.
    assert catalogue.needs["emergency"].title == "Hädaolukord"


def test_a_need_that_the_city_answers_from_now_on_must_leave_what_nobody_answers(tartu: Path):
    path = tartu / "services.yaml"
    need = "  daycare: {topic: everyday, title: Lasteaed, advice: Küsi linnast.}\n"
    path.write_text(path.read_text("utf-8").replace("needs:\n", f"needs:\n{need}", 1), encoding="utf-8")
    told = [complaint.text for complaint in read_content(tartu)[2]]
    assert told.count("'daycare' is a need of services.yaml: move its phrases with `opas content move daycare`") == 3
    need = "  asylum: {topic: everyday, title: Varjupaik, advice: Küsi linnast.}\n"
    path.write_text(path.read_text("utf-8").replace("needs:\n", f"needs:\n{need}", 1), encoding="utf-8")
    told = [complaint.text for complaint in read_content(tartu)[2]]
    move = "opas content move 'asylum + legal-aid' asylum"
    assert told.count(f"'asylum + legal-aid' speaks of a need of services.yaml: move its phrases with `{move}`") == 3


def test_a_group_of_what_nobody_answers_goes_to_a_need_in_every_language_and_no_other_line_changes(tartu: Path):
    path = tartu / "services.yaml"
    need = "  daycare: {topic: everyday, title: Lasteaed, advice: Küsi linnast.}\n"
    path.write_text(path.read_text("utf-8").replace("needs:\n", f"needs:\n{need}", 1), encoding="utf-8")
    before = {path: path.read_text("utf-8").splitlines() for path in tartu.glob("intents/*/*.yaml")}
    phrases = read_content(SHIPPED)[1].phrases
    told = moved(tartu, "daycare")
    assert told.output.splitlines()[1].startswith("intents/et/everyday.yaml: ")
    _, intents, complaints = read_content(tartu)
    assert not [complaint for complaint in complaints if complaint.severity == "error"]
    for language, found in intents.phrases.items():
        assert texts_of(found, "daycare") == texts_of(phrases[language], "daycare")
        changes = []
        for name in ("none", "everyday"):
            path = tartu / "intents" / language / f"{name}.yaml"
            diff = list(difflib.ndiff(before.pop(path), path.read_text("utf-8").splitlines()))
            changes.append([line[2:] for line in diff if line[0] in "+-"])
        assert changes[0] == changes[1] != []
    assert all(path.read_text("utf-8").splitlines() == lines for path, lines in before.items())


def test_a_group_joins_the_phrases_and_words_that_its_need_has(tartu: Path):
    (tartu / "intents/et/none.yaml").write_text(
        "# On water.\nboats: {phrases: [kust läheb laev saarele, paadiga järvele], words: [laev]}\n"
        "\nother:\n- midagi muud\n",
        encoding="utf-8",
    )
    moved(tartu, "boats", "harbour")
    assert (tartu / "intents/et/none.yaml").read_text("utf-8") == "# On water.\n\nother:\n- midagi muud\n"
    harbour = (tartu / "intents/et/everyday.yaml").read_text("utf-8").partition("harbour:\n")[2]
    assert harbour == (
        "  phrases: [kust läheb laev saarele, palju paadipilet maksab, kus saab paati sildu panna, laevade sõiduplaan, "
        "paadiga järvele]\n  words: [sadam, praam, paadipilet, laev]\n"
    )


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["pets", "harbor"], "no need 'harbor' in services.yaml: write it there first. Did you mean 'harbour'?"),
        (["pet", "harbour"], "no group 'pet' in none.yaml of any language. Did you mean 'pets'?"),
    ],
)
def test_a_group_or_need_that_is_not_there_is_told_and_nothing_is_moved(tartu: Path, words: list[str], fault: str):
    before = {path: path.read_bytes() for path in tartu.glob("intents/*/*.yaml")}
    told = CliRunner().invoke(opas, ["content", "move", *words, "--content", str(tartu)])
    assert told.exit_code == 1
    assert fault in told.output
    assert {path: path.read_bytes() for path in before} == before


def test_words_of_a_need_that_stand_in_what_nobody_answers_are_told_with_both_places(tartu: Path):
    assert overlaps(tartu, read_content(tartu)[1]) == []
    text = "pets:\n- loomakliinik pühapäeval\n- kes hoiab koera\n- koeramaks\n- merisea puur\nother: [minu koer haugub, midagi muud]\n"
    (tartu / "intents/et/none.yaml").write_text(text, encoding="utf-8")
    path = tartu / "intents/et/everyday.yaml"
    path.write_text(path.read_text("utf-8") + "  # last\n", encoding="utf-8")
    path.write_text(path.read_text("utf-8").replace("words: [sadam", "words: [loomakliinik, koer, sadam"), "utf-8")
    line = path.read_text("utf-8").splitlines().index("harbour:") + 3
    [warning] = overlaps(tartu, read_content(tartu)[1])
    assert (warning.file, warning.line, warning.severity) == ("intents/et/none.yaml", 2, "warning")
    assert warning.text == (
        f"'loomakliinik pühapäeval' has 'loomakliinik', which stands for need 'harbour' in intents/et/everyday.yaml:{line}; "
        "3 of 4 phrases of 'pets' are such. Take out what is answered now, or all: `opas content move pets harbour`"
    )
    assert str(warning) in CliRunner().invoke(opas, ["check", "--content", str(tartu)]).output


def test_near_misses_of_the_shipped_content_may_have_words_of_its_needs():
    assert overlaps(SHIPPED, read_content(SHIPPED)[1]) == []


def test_a_shipped_language_comes_later_with_the_phrases_of_the_needs_of_this_city(tartu: Path):
    before = {path: path.read_bytes() for path in tartu.rglob("*") if path.is_file() and ".git" not in path.parts}
    told = CliRunner().invoke(opas, ["new-language", "fi", "--content", str(tartu)])
    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[1:3] == ["  intents/fi/urgent.yaml", "  intents/fi/none.yaml"]
    catalogue, intents, complaints = read_content(tartu)
    assert catalogue is not None
    assert list(catalogue.languages) == ["et", "en", "ru", "fi"]
    assert not [complaint for complaint in complaints if complaint.severity == "error"]
    found, shipped = intents.phrases["fi"], read_content(SHIPPED)[1].phrases["fi"]
    assert {phrase.label for phrase in found if ":" not in phrase.label} == {"library", *URGENT}
    assert texts_of(found, "none:daycare") == texts_of(shipped, "daycare") != set()
    assert {phrase.folded for phrase in found} == {phrase.folded for phrase in shipped}
    assert 'msgstr "Hei! Olen Opas, kone.' in (tartu / "locales/fi/LC_MESSAGES/opas.po").read_text("utf-8")
    assert "Kuopio" not in (tartu / "locales/fi/LC_MESSAGES/catalogue.po").read_text("utf-8")
    changed = {path.name for path, content in before.items() if path.read_bytes() != content and path.suffix != ".po"}
    assert changed == {"services.yaml"}


def test_what_the_city_moved_to_a_need_of_another_name_is_moved_in_a_language_that_comes_later(tartu: Path):
    moved(tartu, "pets", "harbour")
    told = CliRunner().invoke(opas, ["new-language", "fi", "--content", str(tartu)])
    assert told.exit_code == 0, told.output
    assert told.output.count("to which you moved them") == 1
    assert "The phrases of 'pets' stand below 'harbour', to which you moved them in the other languages." in told.output
    found, shipped = read_content(tartu)[1].phrases["fi"], read_content(SHIPPED)[1].phrases["fi"]
    assert texts_of(found, "harbour") == texts_of(shipped, "none:pets") != set()
    assert texts_of(found, "none:pets") == set()
    assert [line for line in told.output.splitlines() if "locales/not-spoken.yaml may stay" in line]


def test_a_group_that_one_language_of_the_city_kept_is_not_moved_in_a_new_one(tartu: Path):
    kept = (tartu / "intents/ru/none.yaml").read_bytes()
    moved(tartu, "pets", "harbour")
    (tartu / "intents/ru/none.yaml").write_bytes(kept)
    told = CliRunner().invoke(opas, ["new-language", "fi", "--content", str(tartu)])
    assert "to which you moved them" not in told.output
    assert texts_of(read_content(tartu)[1].phrases["fi"], "none:pets") != set()


def test_a_language_that_is_not_shipped_begins_with_what_is_to_be_written_and_every_key_is_told(tartu: Path):
    told = CliRunner().invoke(opas, ["new-language", "pl", "--content", str(tartu)])
    assert told.exit_code == 0, told.output
    _, intents, complaints = read_content(tartu)
    assert "pl" not in intents.phrases  # nothing to learn yet, and nothing that hinders the others
    assert not [complaint for complaint in complaints if complaint.severity == "error"]
    lines = (tartu / "intents/pl/everyday.yaml").read_text("utf-8").splitlines()
    missing = [(c.file, lines[c.line - 1]) for c in complaints if c.file == "intents/pl/everyday.yaml"]
    assert missing == [("intents/pl/everyday.yaml", "library:"), ("intents/pl/everyday.yaml", "harbour:")]
    assert lines[lines.index("library:") - 4] == "# Raamatukogu"
    assert lines[lines.index("library:") - 1].startswith("#   ")  # how people ask in English
    again = CliRunner().invoke(opas, ["new-language", "pl", "--content", str(tartu)])
    assert "'pl' is there already" in again.output


def test_files_saved_with_a_mark_before_utf_8_and_long_line_ends_are_changed_like_others_and_keep_them(
    tartu: Path, tmp_path: Path
):
    def saved_otherwise(text: bytes) -> bytes:
        return BOM_UTF8 + text.replace(b"\n", b"\r\n")

    other = tmp_path / "other" / "tartu"
    shutil.copytree(tartu, other)
    files = [path.relative_to(tartu) for path in (tartu / "services.yaml", *tartu.glob("intents/*/*.yaml"))]
    for file in files:
        (other / file).write_bytes(saved_otherwise((tartu / file).read_bytes()))
    for folder in (tartu, other):
        moved(folder, "pets", "harbour")
        assert CliRunner().invoke(opas, ["new-language", "pl", "--content", str(folder)]).exit_code == 0
    assert "pl: {}" in (tartu / "services.yaml").read_text("utf-8")
    for file in files:
        assert (other / file).read_bytes() == saved_otherwise((tartu / file).read_bytes()), file


def test_what_is_no_language_is_refused_and_nothing_is_made(tartu: Path):
    told = CliRunner().invoke(opas, ["new-language", "xq", "--content", str(tartu)])
    assert told.exit_code == 1
    assert "no language 'xq'" in told.output
    assert not (tartu / "intents" / "xq").exists()


def moved(folder: Path, *words: str) -> Result:
    told = CliRunner().invoke(opas, ["content", "move", *words, "--content", str(folder)])
    assert told.exit_code == 0, told.output
    return told


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--needs", "librari"], "no need 'librari' in the shipped content. Did you mean 'library'?"),
        (["--languages", "en,xx"], "no language 'xx' in the shipped content."),
        (["--needs", " , "], "name at least one"),
    ],
)
def test_a_need_or_language_that_is_not_there_is_told_and_nothing_is_made(
    tmp_path: Path, options: list[str], fault: str
):
    told = begun(tmp_path / "city", *options)
    assert told.exit_code != 0
    assert fault in (told.output or str(told.exception))
    assert not list(tmp_path.iterdir())


def test_fewer_languages_leave_phrases_and_texts_of_the_others_as_they_are(tmp_path: Path):
    assert "leave fi, en in `languages`" in begun(tmp_path / "city", "--languages", "fi, en").output
    for kept in ("intents/en/none.yaml", "intents/fi/family.yaml", "locales/en/LC_MESSAGES/catalogue.po"):
        assert (tmp_path / "city" / kept).read_bytes() == (SHIPPED / kept).read_bytes()
    for part in ("intents", "locales"):
        assert sorted(path.name for path in (tmp_path / "city" / part).iterdir() if path.is_dir()) == ["en", "fi"]


def test_comments_go_with_the_need_that_they_stand_above_and_a_file_of_one_line_is_refused(tmp_path: Path):
    path = tmp_path / "family.yaml"
    path.write_text("# for all\none:\n  - a\n# of two\ntwo: [b]\n", encoding="utf-8")
    assert _blocks(path) == [("one", "# for all\none:\n  - a\n"), ("two", "# of two\ntwo: [b]\n")]
    path.write_text("{one: [a], two: [b]}\n", encoding="utf-8")
    with pytest.raises(OpasError, match="write each need in lines of its own"):
        _blocks(path)

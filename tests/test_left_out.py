"""A cry for help in a language that the bot could speak and a city leaves out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.catalogue.content import read_content
from bot.catalogue.notspoken import read_not_spoken
from bot.cli.main import opas
from bot.dialogue import Asked, Talk
from bot.guide import Guide, load_guide
from bot.matching.cache import HeadCache
from bot.matching.leftout import LeftOut
from bot.matching.matcher import Matcher
from bot.model import Match, Phrases
from tests.conftest import SHIPPED, TUESDAY, fit_all
from tests.test_beginning import tartu_in

SPOKEN = ("et", "en", "ru")
LEFT_OUT = ("fi", "sv", "uk", "ar", "fa", "so", "tr", "fr", "es", "zh")
AT_LEAST = 40
"""Phrases of each language that are looked at."""


@pytest.fixture(scope="module")
def shipped() -> dict[str, Phrases]:
    return dict(read_content(SHIPPED)[1].phrases)


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    """The city of docs/another-city.md, in three of the thirteen languages, with all that it learns."""
    folder = tartu_in(tmp_path_factory.mktemp("city") / "tartu")
    cache = HeadCache(tmp_path_factory.mktemp("heads") / "cache")
    fit_all(cache, folder)
    return load_guide(folder, cache)


def said(guide: Guide, text: str, match: Match) -> str:
    turn = guide.dialogue.asked(Asked(text, match), Talk(locale="et"), TUESDAY)
    return "\n".join(paragraph.text for reply in turn.replies for paragraph in reply.paragraphs)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("زوجي يضربني", "ar"), ("النجدة", "ar"), ("شوهرم کتکم می‌زند", "fa"), ("اقتلني زوجي وعم يهددني بالسكين", "ar"),
        ("apua mieheni lyö", "fi"), ("en jaksa enää elää", "fi"), ("hjälp min man slår mig", "sv"),
        ("jag vill inte leva längre", "sv"), ("чоловік б'є мене, допоможіть", "uk"), ("не хочу більше жити", "uk"),
        ("ninkaygu wuu i garaacayaa", "so"), ("cunuggaygu ma neefsanayo", "so"), ("kocam beni dövüyor", "tr"),
        ("artık yaşamak istemiyorum", "tr"), ("mon mari me frappe", "fr"), ("au secours mon bébé ne respire plus", "fr"),
        ("mi marido me pega", "es"), ("no quiero vivir más", "es"), ("我丈夫打我", "zh"), ("救命", "zh"),
        ("auttakaa minua", "fi"), ("hjälp mig", "sv"), ("i caawi", "so"), ("aidez-moi", "fr"), ("me pega", "es"),
        ("shoharam mano mizane komak konid", "fa"),
    ],
)  # fmt: skip
def test_a_cry_in_a_language_left_out_is_answered_in_it_with_the_number(guide: Guide, text: str, language: str):
    match = guide.matcher.match(text)
    assert match.foreign == language
    line = guide.texts.not_spoken_line(language, "112")
    assert "112" in line
    assert line in said(guide, text, match)


@pytest.mark.parametrize("language", LEFT_OUT)
def test_nearly_every_urgent_phrase_of_a_language_left_out_gets_the_number(
    guide: Guide, shipped: dict[str, Phrases], language: str
):
    urgent = {need.id for need in guide.catalogue.needs.values() if need.is_urgent}
    cries = [phrase.text for phrase in shipped[language] if phrase.label in urgent and not phrase.is_word]
    matches = [guide.matcher.match(cry) for cry in cries[:: len(cries) // AT_LEAST]]
    assert len(matches) >= AT_LEAST
    assert sum(match.urgent or match.foreign is not None for match in matches) >= 0.85 * len(matches)
    assert sum(match.foreign == language for match in matches) >= 0.65 * len(matches)


def test_a_cry_that_is_understood_all_the_same_has_its_card_first(guide: Guide):
    match = guide.matcher.match("apua mieheni lyö")
    assert match.urgent
    assert said(guide, "apua mieheni lyö", match).startswith("112\n")


@pytest.mark.parametrize("language", SPOKEN)
def test_hardly_a_question_in_a_spoken_language_is_taken_for_one_left_out(guide: Guide, language: str):
    lines = (SHIPPED / "tests" / "questions" / f"{language}.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert len(texts) >= AT_LEAST
    assert len([text for text in texts if guide.matcher.match(text).foreign]) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Mohamed", "Olga", "Fatima", "Kristjan Tamm", "Омнива", "Narva", "Swedbank", "Tinder", "qwertz asdf jklö yxcv",
        "ывапролд жжжъэ", "okay", "12345", "👍", "kus lähim apteek asub", "gde blizhayshaya biblioteka",
        "Linnaraamatukogu", "спасибо большое за помощь", "thank you, you have been very kind",
    ],
)  # fmt: skip
def test_names_struck_keys_and_what_is_spoken_are_of_no_language_left_out(guide: Guide, text: str):
    assert guide.matcher.match(text).foreign is None


@pytest.mark.parametrize(
    ("spoken", "text", "language"),
    [
        ("et", "lapsi ei hengitä auttakaa heti", "fi"), ("fi", "laps ei hinga palun aidake kohe", "et"),
        ("ru", "дитина не дихає, допоможіть негайно", "uk"), ("uk", "ребёнок не дышит, помогите быстрее", "ru"),
        ("fa", "طفلي لا يتنفس ساعدوني بسرعة", "ar"), ("ar", "بچه‌ام نفس نمی‌کشد زود کمک کنید", "fa"),
        ("en", "barnet andas inte hjälp fort", "sv"), ("sv", "the baby is not breathing help quickly", "en"),
        ("es", "le bébé ne respire plus aidez-moi vite", "fr"), ("fr", "el bebé no respira ayúdenme rápido", "es"),
    ],
)  # fmt: skip
def test_neighbours_are_told_apart_before_anything_is_learnt(
    shipped: dict[str, Phrases], spoken: str, text: str, language: str
):
    assert Matcher({spoken: shipped[spoken]}, []).match(text).foreign == language
    assert Matcher({spoken: shipped[spoken], language: shipped[language]}, []).match(text).foreign is None


def test_who_speaks_all_languages_leaves_none_out(shipped: dict[str, Phrases]):
    left_out = LeftOut(shipped)
    assert left_out.languages == ()
    assert left_out.language_of("ich spreche sonst nichts", 0.0) is None


def test_a_language_of_which_too_little_is_known_is_taken_for_no_other(maribor: Guide):
    assert "sl" not in LEFT_OUT
    assert maribor.matcher.match("moj sosed ima zelo velikega črnega psa").foreign is None
    assert maribor.matcher.match("lapsi ei hengitä auttakaa heti").foreign is None
    assert maribor.matcher.match("ребёнок не дышит").foreign == "ru"  # nobody in Maribor writes so


def test_every_language_has_its_line_in_the_shipped_content():
    lines = read_not_spoken(SHIPPED / "locales")
    assert {*SPOKEN, *LEFT_OUT} <= {*lines}
    assert all("{number}" in line for line in lines.values())


def test_a_city_begins_with_a_line_in_each_language_that_it_leaves_out(guide: Guide):
    assert {*LEFT_OUT} <= {*read_not_spoken(guide.content.locales)}
    told = CliRunner().invoke(opas, ["check", "--content", str(guide.content.folder)]).output
    assert "not-spoken.yaml" not in told


def test_check_tells_which_lines_are_missing_or_without_effect_or_number(copied_content: Path):
    path = copied_content / "locales" / "not-spoken.yaml"
    lines = path.read_text("utf-8").splitlines()
    assert read_content(copied_content)[0].languages.keys() == {"sl", "en", "ar"}
    places = {line.split(":")[0]: number for number, line in enumerate(lines, 1)}
    lines[places["fi"] - 1] = 'gh: "Soita {number}."'
    lines[places["sv"] - 1] = 'sv: "Ring om du är i fara."'
    lines.append('ar: "{number}"')  # waits until Maribor leaves Arabic out
    path.write_text("\n".join(lines), encoding="utf-8")
    found = CliRunner().invoke(opas, ["check", "--content", str(copied_content)]).output.splitlines()
    sv, gh, fi = (line.partition(": ") for line in found if "not-spoken.yaml" in line)
    assert sv[0] == f"locales/not-spoken.yaml:{places['sv']}:5"
    assert sv[2] == "sv: the line must keep {number}, the emergency number"
    assert gh[0] == f"locales/not-spoken.yaml:{places['fi']}:1"
    assert gh[2].startswith("the bot recognises no language 'gh': this line has no effect.")
    assert fi[0] == f"locales/not-spoken.yaml:{len(lines)}:1"
    assert fi[2].startswith("no line in fi, which this city leaves out: a cry for help in it gets no number")
    assert read_not_spoken(SHIPPED / "locales")["fi"] in fi[2]
    path.unlink()
    found = CliRunner().invoke(opas, ["check", "--content", str(copied_content)]).output
    assert "locales/not-spoken.yaml: no line in fi, which this city leaves out" in found
